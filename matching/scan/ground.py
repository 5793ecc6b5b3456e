"""What an operation may look at (求值的依据): the pack, the table, and the rows of each space."""

from dataclasses import dataclass, field

from matching.packs import Pack
from matching.scan.frames import Frames
from matching.scan.table import FactTable

__all__ = ["Ground"]


@dataclass(slots=True)
class Ground:
    """One table, read by the rules of one pack."""

    pack: Pack
    table: FactTable
    frames: Frames = field(init=False)

    def __post_init__(self) -> None:
        self.frames = Frames(self.table)
