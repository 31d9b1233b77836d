"""Threads: one for each listing and other person, with its messages and with what else happened in it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from models.errors import NotFound
from models.ids import make_id
from models.store.database import Connection, execute, fetch_all, fetch_column, fetch_one, fetch_value

EventKind = Literal[
    "requested", "countered", "accepted", "agreed", "refused", "withdrawn", "cancelled", "expired", "out", "back",
    "done", "verified", "begins_soon", "ends_soon", "returned", "forgotten", "last_call", "contact",
    "thanked", "said", "explained", "unheard", "asked_again", "stopped", "resumed",
    "read_by_team", "listing_ended", "reserve_asked", "reserve_joined", "reserve_left", "reserve_next",
    "reserve_passed", "reserve_closed", "reserve_freed", "reserve_lapsed", "reserve_past", "reserve_refused",
    "unreported", "noted",
]  # fmt: skip
"""What may happen besides messages; `accepted` is a yes that the owner's server has not confirmed yet.

`said` are words to or from a guest, whose messages are no posts. To whoever answers in words: `explained` how to,
`unheard` why an answer could not count, `asked_again` whether it was a yes. `stopped`: whoever it is by was suspended,
`resumed`: she is so no more. `read_by_team`: somebody of the team opened all of it, because a message was reported.
`listing_ended`: what they talk about is over. `reserve_joined`: she wants it when it is free, `reserve_left` no longer;
`reserve_asked`: she asked the owner's server for a place, `reserve_refused`: it says no, or no longer, and why;
`reserve_next`: it is her turn, `reserve_passed`: she did not answer in time, `reserve_closed`: it will not be free any
more, `reserve_freed`: it is to be had by anybody, `reserve_lapsed`: she did not say that she stays, `reserve_past`: the
days that she waited for are over. `unreported`: what was said to be done is not. `noted`: what came out of
a repair was noted after that, or noted anew.
"""

ASKING: tuple[EventKind, ...] = ("requested", "countered")
"""What puts terms on the table that wait for an answer; in SQL `is_asking_kind`."""


EntryKind = Literal["message", "event"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One thread. `last_id` is of its newest message or event, read marks are such ids too."""

    id: int
    listing_id: int
    owner_id: int
    partner_id: int
    last_id: int
    owner_read_id: int
    partner_read_id: int
    owner_muted: bool
    partner_muted: bool
    created_at: datetime

    def read_id_of(self, actor_id: int) -> int:
        """How far one of the two has read."""
        return self.owner_read_id if actor_id == self.owner_id else self.partner_read_id

    def is_muted_by(self, actor_id: int) -> bool:
        """Whether one of the two wants no news of it."""
        return self.owner_muted if actor_id == self.owner_id else self.partner_muted

    def other_of(self, actor_id: int) -> int:
        """The other one."""
        return self.partner_id if actor_id == self.owner_id else self.owner_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened; `actor_id` is None for the clock, `details` are terms and words of that moment."""

    id: int
    exchange_id: int
    agreement_id: int | None
    actor_id: int | None
    kind: EventKind
    details: dict[str, Any]
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadEntry:
    """A line of a thread: a message (its post) or an event, by their common order."""

    id: int
    kind: EntryKind


def list_ids(entries: Iterable[ThreadEntry], kind: EntryKind) -> list[int]:
    """The ids of those of these lines that are messages, or of those that are events."""
    return [entry.id for entry in entries if entry.kind == kind]


async def open(conn: Connection, *, listing_id: int, owner_id: int, partner_id: int) -> Exchange:
    """The thread of these, new if need be."""
    id = make_id()
    found = await fetch_one(
        conn,
        Exchange,
        """
        INSERT INTO exchange (id, listing_id, owner_id, partner_id, last_id) VALUES ($1, $2, $3, $4, $1)
        ON CONFLICT (listing_id, partner_id) DO UPDATE SET last_id = exchange.last_id
        RETURNING *
        """,
        id,
        listing_id,
        owner_id,
        partner_id,
    )
    assert found is not None
    return found


async def add_event(
    conn: Connection,
    exchange_id: int,
    kind: EventKind,
    *,
    agreement_id: int | None = None,
    actor_id: int | None = None,
    details: dict[str, Any] | None = None,
) -> int | None:
    """Something happened; whoever did it has seen it. None for what happens once and has happened already."""
    found: int | None = await fetch_value(
        conn,
        """
        WITH added AS (
            INSERT INTO exchange_event (id, exchange_id, agreement_id, actor_id, kind, details)
            VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING RETURNING id
        )
        UPDATE exchange SET last_id = greatest(last_id, $1),
            owner_read_id = CASE WHEN owner_id = $4 THEN greatest(owner_read_id, $1) ELSE owner_read_id END,
            partner_read_id = CASE WHEN partner_id = $4 THEN greatest(partner_read_id, $1) ELSE partner_read_id END
        FROM added WHERE exchange.id = $2
        RETURNING added.id
        """,
        make_id(),
        exchange_id,
        agreement_id,
        actor_id,
        kind,
        details or {},
    )
    return found


async def get_for(conn: Connection, id: int | None, reader_id: int) -> Exchange:
    """The thread, if the reader is one of the two. Raises NotFound, for strangers as for what is not there."""
    found = await fetch_one(
        conn, Exchange, "SELECT * FROM exchange WHERE id = $1 AND $2 IN (owner_id, partner_id)", id, reader_id
    )
    if found is None:
        raise NotFound
    return found


async def find(conn: Connection, *, listing_id: int, partner_id: int) -> Exchange | None:
    """The thread of this person about this listing."""
    return await fetch_one(
        conn, Exchange, "SELECT * FROM exchange WHERE listing_id = $1 AND partner_id = $2", listing_id, partner_id
    )


async def are_in_one(conn: Connection, owner_id: int, partner_id: int) -> bool:
    """Whether this person answered a listing of that owner."""
    return bool(
        await fetch_value(
            conn,
            "SELECT EXISTS (SELECT FROM exchange WHERE owner_id = $1 AND partner_id = $2)",
            owner_id,
            partner_id,
        )
    )


async def list_by_listing(conn: Connection, listing_id: int) -> list[Exchange]:
    """All threads about a listing, the newest first, at most 200: for its owner."""
    return await fetch_all(
        conn, Exchange, "SELECT * FROM exchange WHERE listing_id = $1 ORDER BY last_id DESC LIMIT 200", listing_id
    )


async def list_talking(conn: Connection, listing_id: int) -> list[Exchange]:
    """Threads about a listing in which nothing was settled last: somebody still thinks of it, or waits for a word."""
    return await fetch_all(
        conn,
        Exchange,
        """
        SELECT e.* FROM exchange e
        WHERE e.listing_id = $1
            AND NOT EXISTS (SELECT FROM agreement g WHERE g.exchange_id = e.id AND is_live_state(g.state))
            AND NOT EXISTS (SELECT FROM exchange_event v WHERE v.id = e.last_id AND v.kind IN (
                'refused', 'withdrawn', 'cancelled', 'expired', 'done', 'verified', 'thanked', 'listing_ended',
                'reserve_closed'))
        ORDER BY e.id
        """,
        listing_id,
    )


async def list_entries(
    conn: Connection, exchange_id: int, *, before: int | None = None, limit: int = 50
) -> list[ThreadEntry]:
    """The newest lines of a thread before `before`, in the order in which they are read."""
    rows = await fetch_all(
        conn,
        ThreadEntry,
        """
        (SELECT post_id AS id, 'message' AS kind FROM exchange_message
            WHERE exchange_id = $1 AND ($2::bigint IS NULL OR post_id < $2) ORDER BY post_id DESC LIMIT $3)
        UNION ALL
        (SELECT id, 'event' FROM exchange_event
            WHERE exchange_id = $1 AND ($2::bigint IS NULL OR id < $2) ORDER BY id DESC LIMIT $3)
        ORDER BY 1 DESC LIMIT $3
        """,
        exchange_id,
        before,
        limit,
    )
    return rows[::-1]


async def lock_listing_of(conn: Connection, id: int) -> None:
    """Let nobody else write in this thread, or change what is agreed about its listing, until the transaction ends.

    The listing comes before the thread for everybody (`agreements.lock_listing`): else two would wait for each other.
    """
    await execute(
        conn,
        "SELECT FROM post WHERE id = (SELECT listing_id FROM exchange WHERE id = $1) FOR NO KEY UPDATE",
        id,
    )


async def is_repeated_message(conn: Connection, id: int, actor_id: int, text: str) -> bool:
    """Whether the newest words to or from a guest are these, said within the last minute; the listing is locked."""
    await lock_listing_of(conn, id)
    return bool(
        await fetch_value(
            conn,
            """
            SELECT actor_id = $2 AND details->>'text' = $3 AND created_at > now() - interval '1 minute'
            FROM exchange_event WHERE exchange_id = $1 AND kind = 'said' ORDER BY id DESC LIMIT 1
            """,
            id,
            actor_id,
            text,
        )
    )


async def list_events(conn: Connection, ids: list[int]) -> list[Event]:
    """These events, in their order."""
    return await fetch_all(conn, Event, "SELECT * FROM exchange_event WHERE id = ANY($1) ORDER BY id", ids)


async def list_event_messages(conn: Connection, exchange_id: int, message_ids: list[int]) -> set[int]:
    """Those of these messages that told the other side in words what an event of the thread says already."""
    found: list[int] = await fetch_column(
        conn,
        """
        SELECT (details->>'note')::bigint FROM exchange_event
        WHERE exchange_id = $1 AND (details->>'note')::bigint = ANY($2)
        """,
        exchange_id,
        message_ids,
    )
    return set(found)


async def mark_read(conn: Connection, id: int, reader_id: int, last_id: int) -> None:
    """The reader has seen everything up to this message or event."""
    await execute(
        conn,
        """
        UPDATE exchange SET
            owner_read_id = CASE WHEN owner_id = $2 THEN greatest(owner_read_id, $3) ELSE owner_read_id END,
            partner_read_id = CASE WHEN partner_id = $2 THEN greatest(partner_read_id, $3) ELSE partner_read_id END
        WHERE id = $1
        """,
        id,
        reader_id,
        last_id,
    )


async def save_muted(conn: Connection, id: int, reader_id: int, *, muted: bool) -> None:
    """Whether the reader is told of what comes in this thread."""
    await execute(
        conn,
        """
        UPDATE exchange SET owner_muted = CASE WHEN owner_id = $2 THEN $3 ELSE owner_muted END,
            partner_muted = CASE WHEN partner_id = $2 THEN $3 ELSE partner_muted END
        WHERE id = $1
        """,
        id,
        reader_id,
        muted,
    )
