"""What every model has in common: frozen, no unknown fields, no silent coercion of numbers."""

from pydantic import BaseModel, ConfigDict

__all__ = ["Model"]


class Model(BaseModel):
    """A value. Two models with equal content are equal; none is changed after it is made."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
