"""How long the parts are: each has a short form for the run of all, and a long one for when it is named."""

from contextvars import ContextVar
from dataclasses import dataclass

SHORT: ContextVar[bool] = ContextVar("SHORT", default=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sized:
    """How many there are of something, in both forms."""

    long: int
    short: int

    @property
    def now(self) -> int:
        """How many there are in this run."""
        return self.short if SHORT.get() else self.long
