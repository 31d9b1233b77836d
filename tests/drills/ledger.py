"""The ledger of (activity, inbox): what the database promised and what the peers noted."""

from collections import Counter
from dataclasses import dataclass, field

import asyncpg

Line = tuple[str, str]
"""An activity's id and the inbox that it goes to."""


@dataclass(slots=True)
class Noted:
    """What came, in order, at all peers."""

    lines: list[Line] = field(default_factory=list)
    bodies: dict[Line, set[bytes]] = field(default_factory=dict)

    def note(self, activity: str, inbox: str, body: bytes) -> None:
        """Something came."""
        self.lines.append((activity, inbox))
        self.bodies.setdefault((activity, inbox), set()).add(body)

    @property
    def twice(self) -> int:
        """How many came more than once, each repetition counted."""
        return len(self.lines) - len(set(self.lines))


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How a drill ended."""

    promised: int
    lost: int
    twice: int


async def compare(conn: asyncpg.Connection, noted: Noted, known: set[str], inboxes: set[str]) -> Verdict:
    """Hold all three against one another; `known` are the ids of the objects whose author was told that they exist.

    Raises AssertionError for a post without its activity or its deliveries, and for bytes that changed on the way.
    """
    created = {
        row["object_uri"]: row["uri"]
        for row in await conn.fetch("SELECT object_uri, uri FROM activity WHERE type = 'Create'")
    }
    promised = {
        (row["uri"], row["inbox"])
        for row in await conn.fetch(
            "SELECT a.uri, d.inbox FROM delivery d JOIN activity a ON a.id = d.activity_id WHERE d.state <> 'cancelled'"
        )
    }
    posts = {row["uri"] for row in await conn.fetch("SELECT uri FROM post WHERE local AND deleted_at IS NULL")}

    assert known <= posts, f"posts that were answered and are gone: {sorted(known - posts)[:3]}"
    assert posts == set(created), "a post without its activity, or the reverse"
    for uri in posts:
        missing = inboxes - {inbox for activity, inbox in promised if activity == created[uri]}
        assert not missing, f"{uri} is not on its way to {missing}"
    changed = [line for line, bodies in noted.bodies.items() if len(bodies) > 1]
    assert not changed, f"not the same bytes each time: {changed[:3]}"
    return Verdict(promised=len(promised), lost=len(promised - set(noted.lines)), twice=noted.twice)


def count_twice(noted: Noted) -> Counter[Line]:
    """What came more than once."""
    return Counter({line: times for line, times in Counter(noted.lines).items() if times > 1})
