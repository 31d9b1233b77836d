"""People without any account who call for help with a bike: each is a person of ours for one call, by a private link.

Other than guests (models/exchanges/guests), who answer one listing and are of no server, she has a listing of her own
that other servers answer: so she is an actor with keys and an account without a password, whose standing opens the page
of her call and its threads alone (web/security/standing). Her address is kept here, not in her account, where it would
stand in the way of the member who has or will have it; and as her account is never confirmed, no list of members names
her and no mail meant for them reaches her.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from models.hashing import hash_token
from models.ids import make_id
from models.store.database import Connection, execute, fetch_all, fetch_column, fetch_one, fetch_value

UNANSWERED = "passer_by_unanswered"
"""The job that writes to her that nobody came forward (web/mail/passer_by_mails)."""

RELEASED = "passer_by_released"
"""The job that writes to her that the team looked at her call, or at what she changed in it, and that it stands."""

TO_CONFIRM = timedelta(days=3)
"""So long what she typed waits for her to follow the link, before it is forgotten."""

KEPT = timedelta(days=30)
"""So long after the end of her call she is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PasserBy:
    """One person about one call. Without `listing_id` nothing is published, and `fields` is what she typed.

    `turn` is of her link: a new one ends those before. `told_id` is the newest line that a mail told her of; from
    `stopped_at` on she gets no more.
    """

    actor_id: int
    listing_id: int | None
    email: str
    fields: list[tuple[str, str]] | None
    turn: int
    told_id: int
    created_at: datetime
    stopped_at: datetime | None

    @property
    def reached_by_mail(self) -> bool:
        """Whether she is written to: at an address whose link she followed, until she wants no more mails."""
        return self.email != "" and self.listing_id is not None and self.stopped_at is None


async def begin(conn: Connection, actor_id: int, writer: str) -> None:
    """This new account is of somebody who passes by, and `writer` the name of the page that her form stands in."""
    await execute(conn, "UPDATE account SET passing = true WHERE actor_id = $1", actor_id)
    await execute(
        conn, "UPDATE actor SET discoverable = false, indexable = false, locked = true WHERE id = $1", actor_id
    )
    await execute(
        conn, "INSERT INTO repair_passer_by (actor_id, writer_hash) VALUES ($1, $2)", actor_id, hash_token(writer)
    )


async def find_by_writer(conn: Connection, writer: str) -> int | None:
    """Who began with the form of this page, if anybody did."""
    found: int | None = await fetch_value(
        conn, "SELECT actor_id FROM repair_passer_by WHERE writer_hash = $1", hash_token(writer)
    )
    return found


async def find(conn: Connection, actor_id: int) -> PasserBy | None:
    """Who passes by under this account."""
    return await fetch_one(
        conn,
        PasserBy,
        """
        SELECT actor_id, listing_id, email, fields, turn, told_id, created_at, stopped_at FROM repair_passer_by
        WHERE actor_id = $1
        """,
        actor_id,
    )


async def lock(conn: Connection, actor_id: int) -> PasserBy | None:
    """The same, kept from changing until the transaction ends: a link that is opened twice publishes once."""
    await execute(conn, "SELECT FROM repair_passer_by WHERE actor_id = $1 FOR UPDATE", actor_id)
    return await find(conn, actor_id)


async def keep_form(conn: Connection, actor_id: int, email: str, fields: list[tuple[str, str]]) -> None:
    """What she typed waits until she follows the link that goes to this address."""
    await execute(
        conn,
        "UPDATE repair_passer_by SET email = $2, fields = $3, turn = turn + 1 WHERE actor_id = $1",
        actor_id,
        email,
        [list(pair) for pair in fields],
    )


async def drop_address(conn: Connection, actor_id: int) -> None:
    """She takes the private link instead: the address that she gave before was never confirmed, and opens nothing."""
    await execute(
        conn,
        "UPDATE repair_passer_by SET email = '', turn = turn + 1 WHERE actor_id = $1 AND listing_id IS NULL",
        actor_id,
    )


async def save_published(conn: Connection, actor_id: int, listing_id: int) -> None:
    """Her call stands; what she typed is in it."""
    await execute(
        conn,
        "UPDATE repair_passer_by SET listing_id = $2, fields = NULL WHERE actor_id = $1",
        actor_id,
        listing_id,
    )


async def renew(conn: Connection, actor_id: int) -> None:
    """End the link that she had; the next one counts."""
    await execute(conn, "UPDATE repair_passer_by SET turn = turn + 1 WHERE actor_id = $1", actor_id)


async def stop_mails(conn: Connection, actor_id: int) -> None:
    """Write no more mails to her."""
    await execute(
        conn, "UPDATE repair_passer_by SET stopped_at = coalesce(stopped_at, now()) WHERE actor_id = $1", actor_id
    )


async def list_unmailed(conn: Connection, *, until: datetime, limit: int = 100) -> list[int]:
    """Those in whose threads others wrote or did something before `until` that neither a mail nor her page has told."""
    return await fetch_column(
        conn,
        """
        SELECT w.actor_id FROM repair_passer_by w
        WHERE w.email <> '' AND w.stopped_at IS NULL AND w.listing_id IS NOT NULL AND EXISTS (
            SELECT FROM exchange e WHERE e.owner_id = w.actor_id AND e.listing_id = w.listing_id
                AND e.last_id > greatest(w.told_id, e.owner_read_id) AND e.last_id <= $1)
        ORDER BY w.actor_id LIMIT $2
        """,
        make_id(until),
        limit,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadThread:
    """A thread of hers with something new by the other one, and the id of its newest line."""

    id: int
    partner_id: int
    last_id: int


async def list_unread(conn: Connection, passer: PasserBy) -> list[UnreadThread]:
    """The threads of her call in which others wrote or did what neither a mail nor her page has told, newest last."""
    return await fetch_all(
        conn,
        UnreadThread,
        """
        SELECT e.id, e.partner_id, e.last_id FROM exchange e
        WHERE e.owner_id = $1 AND e.listing_id = $2 AND e.last_id > greatest($3, e.owner_read_id) AND (
            EXISTS (SELECT FROM exchange_event v WHERE v.exchange_id = e.id
                AND v.id > greatest($3, e.owner_read_id) AND v.actor_id IS DISTINCT FROM $1)
            OR EXISTS (SELECT FROM exchange_message m JOIN post p ON p.id = m.post_id WHERE m.exchange_id = e.id
                AND p.id > greatest($3, e.owner_read_id) AND p.author_id <> $1 AND p.deleted_at IS NULL))
        ORDER BY e.last_id LIMIT 20
        """,
        passer.actor_id,
        passer.listing_id,
        passer.told_id,
    )


async def save_mailed(conn: Connection, actor_id: int, last_id: int, *, before: int) -> bool:
    """Everything up to this line goes by mail now. False where another worker was faster."""
    return bool(
        await execute(
            conn,
            "UPDATE repair_passer_by SET told_id = $2 WHERE actor_id = $1 AND told_id = $3",
            actor_id,
            last_id,
            before,
        )
    )


async def list_over(conn: Connection, *, at: datetime, limit: int = 50) -> list[int]:
    """Those to be forgotten: whose call ended, or was withdrawn, KEPT ago, with nothing settled still to come."""
    return await fetch_column(
        conn,
        """
        SELECT w.actor_id FROM repair_passer_by w
        JOIN post p ON p.id = w.listing_id JOIN listing l ON l.post_id = p.id
        WHERE $1 > CASE WHEN p.deleted_at IS NOT NULL THEN p.deleted_at
                WHEN l.status IN ('fulfilled', 'cancelled', 'expired') THEN coalesce(p.updated_at, p.published_at)
                ELSE l.expires_at END
            AND NOT EXISTS (SELECT FROM agreement a WHERE a.listing_id = p.id AND is_live_state(a.state)
                AND coalesce(a.ends_at, a.begins_at) >= $1)
        ORDER BY w.actor_id LIMIT $2
        """,
        at - KEPT,
        limit,
    )


async def forget_unconfirmed(conn: Connection) -> int:
    """Delete who never followed the link: nobody was told of her, so she goes without a trace. A sweep."""
    return await execute(
        conn,
        """
        WITH stale AS (
            SELECT w.actor_id, actor.username FROM repair_passer_by w JOIN actor ON actor.id = w.actor_id
            WHERE w.listing_id IS NULL AND w.created_at < now() - $1::interval
                AND NOT EXISTS (SELECT FROM post WHERE post.author_id = w.actor_id)
        ), freed AS (
            DELETE FROM used_username USING stale WHERE used_username.username = stale.username
        )
        DELETE FROM actor USING stale WHERE actor.id = stale.actor_id
        """,
        TO_CONFIRM,
    )


async def erase(conn: Connection, actor_id: int) -> None:
    """The same for one, at her own wish, before anything was published."""
    await execute(
        conn,
        """
        WITH gone AS (
            DELETE FROM actor USING repair_passer_by w
            WHERE w.actor_id = actor.id AND w.listing_id IS NULL AND actor.id = $1 RETURNING actor.username)
        DELETE FROM used_username USING gone WHERE used_username.username = gone.username
        """,
        actor_id,
    )
