"""How long the parts are: each has a short form for the run of all, and a long one for when it is named."""

from contextvars import ContextVar

SHORT: ContextVar[bool] = ContextVar("SHORT", default=False)


def choose(*, long: int, short: int) -> int:
    """The size for this run."""
    return short if SHORT.get() else long
