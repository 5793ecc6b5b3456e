"""What every model has in common: frozen, no unknown fields, no silent coercion of numbers."""

from pydantic import BaseModel, ConfigDict

__all__ = ["Model"]


class Model(BaseModel):
    """A value. Two models with equal content are equal; none is changed after it is made."""

    # What was given may be a name or a number of a person: it stays out of the text of errors.
    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, hide_input_in_errors=True
    )
