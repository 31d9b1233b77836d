"""How far something of ours has travelled: said to its author, since nothing between servers may fail in silence."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from models import passages as stored
from models.database import Connection
from models.passages import Passage


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A server where it has not arrived: why, and when it is tried again."""

    host: str
    cause: str
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Passages:
    """Servers that have it, those it is on its way to, and those that will not get it."""

    arrived: tuple[str, ...]
    waiting: tuple[Stop, ...]
    failed: tuple[Stop, ...]

    @property
    def total(self) -> int:
        """To how many servers it was to go."""
        return len(self.arrived) + len(self.waiting) + len(self.failed)


async def find_passages(conn: Connection, object_uris: Sequence[str]) -> dict[str, Passages]:
    """Where the newest activity about each of these objects stands."""
    found = await stored.list_passages(conn, object_uris)
    return {uri: sort_passages(rows) for uri, rows in found.items()}


def sort_passages(found: Iterable[Passage]) -> Passages:
    """Deliveries by what the author wants to know of them."""
    rows = list(found)
    return Passages(
        arrived=tuple(row.host for row in rows if row.state == "done"),
        waiting=tuple(_stop(row) for row in rows if row.state in ("waiting", "held")),
        failed=tuple(_stop(row) for row in rows if row.state == "failed"),
    )


def _stop(row: Passage) -> Stop:
    return Stop(host=row.host, cause=row.error or "", due_at=row.due_at)
