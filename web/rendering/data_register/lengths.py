"""How long things are kept, read from the very constants and settings by which they are forgotten."""

from dataclasses import dataclass
from datetime import timedelta
from types import ModuleType

from models.preferences import Preferences

UNITS = {"DAYS": timedelta(days=1), "WEEKS": timedelta(weeks=1)}
"""What a whole number counts, by the last word of its name."""


@dataclass(frozen=True, slots=True)
class Constant:
    """A constant of the code that says how long something is kept."""

    module: ModuleType
    name: str

    @property
    def path(self) -> str:
        """Where it stands."""
        return f"{self.module.__name__}.{self.name}"

    def read(self, chosen: Preferences) -> timedelta:
        """What it is now."""
        value = getattr(self.module, self.name)
        return value if isinstance(value, timedelta) else int(value) * UNITS[self.name.rpartition("_")[2]]


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting of the cooperative that does."""

    name: str
    unit: timedelta

    def read(self, chosen: Preferences) -> timedelta:
        """What the cooperative chose."""
        return int(getattr(chosen, self.name)) * self.unit


Length = Constant | Setting
