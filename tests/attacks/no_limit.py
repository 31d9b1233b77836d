"""Limits that never end, for tests that send thousands of things from one host."""

from typing import Any

from models.limits import Limit
from models.store.limit_memory import MemoryCounter


class NoLimit(MemoryCounter):
    """Always has some left."""

    __slots__ = ()

    def spend(self, limit: Limit, key: str) -> bool:
        """Always."""
        return True


def without_limits() -> dict[str, Any]:
    """Fields of an Instance."""
    return {"counter": NoLimit()}
