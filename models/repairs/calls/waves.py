"""How far a call of ours is told at this moment, and when that is looked at again."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from models.listings.listings import Listing
from models.posts import Audience
from models.repairs.calls.reaches import REACHES, Reach, list_waits
from models.store.background import jobs
from models.store.database import Connection, execute, fetch_column, fetch_one, fetch_value

JOB = "repair_wave"
"""The job that tells of one call of ours (outbox/repairs/calls/waves)."""

AT_ONCE = 50

TOLD: tuple[Audience, ...] = ("network", "coop", "territories")
"""Audiences of which repairers are told; what stays inside a community is told to nobody else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallWave:
    """The wave that a call is in. `told` are the people here whom it reached; with `next_at` None nothing follows by
    itself. Its author was told at `unanswered_at` that nobody came, and asked once more at `renewed_at`.
    """

    post_id: int
    reach: Reach
    since: datetime
    told: int
    next_at: datetime | None
    unanswered_at: datetime | None
    renewed_at: datetime | None


async def begin(conn: Connection, listing: Listing) -> None:
    """A call of ours stands, or stands otherwise: have it told, from its first wave on or in the one it is in."""
    details = listing.details
    if details.kind != "repair_call" or details.latitude is None or listing.post.meant_audience not in TOLD:
        return
    await execute(conn, "INSERT INTO repair_call_wave (post_id) VALUES ($1) ON CONFLICT DO NOTHING", listing.id)
    await ask(conn, listing.id)


async def ask(conn: Connection, post_id: int) -> None:
    """Have somebody look at a call now."""
    await jobs.enqueue(conn, JOB, {"post": post_id}, key=f"{JOB}:{post_id}")


async def find(conn: Connection, post_id: int) -> CallWave | None:
    """The wave of a call; None before it has one."""
    return await fetch_one(conn, CallWave, "SELECT * FROM repair_call_wave WHERE post_id = $1", post_id)


async def start(conn: Connection, post_id: int, reach: Reach, at: datetime, next_at: datetime) -> None:
    """A wave of its own begins; the call says it from now on."""
    await execute(
        conn,
        """
        WITH said AS (
            UPDATE listing SET repair = coalesce(repair, '{}') || jsonb_build_object('reach', $2::text)
            WHERE post_id = $1
        )
        UPDATE repair_call_wave SET reach = $2, since = $3, next_at = $4, told = 0 WHERE post_id = $1
        """,
        post_id,
        reach,
        at,
        next_at,
    )


async def save_reach_of_copy(conn: Connection, post_id: int, reach: Reach) -> bool:
    """A call from elsewhere is told further now; False where it was already, or is no call."""
    return bool(
        await execute(
            conn,
            """
            UPDATE listing SET repair = repair || jsonb_build_object('reach', $2::text)
            WHERE post_id = $1 AND kind = 'repair_call' AND NOT EXISTS (SELECT FROM post WHERE id = $1 AND local)
                AND coalesce(array_position($3::text[], repair ->> 'reach'), 0) < array_position($3, $2)
            """,
            post_id,
            reach,
            list(REACHES),
        )
    )


async def note_told(conn: Connection, post_id: int, people: int, next_at: datetime | None) -> None:
    """So many more were told in this wave, and then it is looked at again."""
    await execute(
        conn,
        "UPDATE repair_call_wave SET told = told + $2, next_at = $3 WHERE post_id = $1",
        post_id,
        people,
        next_at,
    )


async def note_unanswered(conn: Connection, post_id: int) -> None:
    """Its author hears that nobody came; nothing follows by itself."""
    await execute(conn, "UPDATE repair_call_wave SET unanswered_at = now(), next_at = NULL WHERE post_id = $1", post_id)


async def renew(conn: Connection, post_id: int, people: int) -> None:
    """Its author asks once more: so many are told again, as far as it was told, and the wait begins anew."""
    await execute(
        conn,
        """
        UPDATE repair_call_wave SET since = now(), told = $2, next_at = NULL, unanswered_at = NULL, renewed_at = now()
        WHERE post_id = $1
        """,
        post_id,
        people,
    )


async def list_due(conn: Connection, *, at: datetime, after: int = 0) -> list[int]:
    """Open calls that are to go further, or whose author is to hear that nobody came; AT_ONCE of them by keyset."""
    return await fetch_column(
        conn,
        """
        SELECT w.post_id FROM repair_call_wave w JOIN listing l ON l.post_id = w.post_id
        WHERE w.next_at <= $1 AND l.status = 'open' AND w.post_id > $2 ORDER BY w.post_id LIMIT $3
        """,
        at,
        after,
        AT_ONCE,
    )


async def has_proposals(conn: Connection, listing_id: int, urgency: str | None, at: datetime) -> bool:
    """Whether somebody came forward and waits for an answer, or has a yes.

    Words alone end by themselves: they count as long as a call waits for its last wave.
    """
    fresh: timedelta = list_waits(urgency)[-1]
    return bool(
        await fetch_value(
            conn,
            """
            SELECT EXISTS (SELECT FROM agreement WHERE listing_id = $1 AND is_live_state(state)) OR EXISTS (
                SELECT FROM exchange e JOIN exchange_message m ON m.exchange_id = e.id JOIN post p ON p.id = m.post_id
                WHERE e.listing_id = $1 AND p.author_id = e.partner_id AND p.deleted_at IS NULL
                    AND p.published_at > $2
                    AND NOT EXISTS (SELECT FROM agreement a WHERE a.exchange_id = e.id))
            """,
            listing_id,
            at - fresh,
        )
    )
