"""A bike given to somebody with its book: a code shown once, a yes of who takes it, and a yes of who gives it."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from models.errors import Conflict
from models.hashing import hash_token
from models.ids import make_id
from models.repairs.bikes import bikes, sent_files
from models.repairs.bikes.bikes import Bike
from models.repairs.frame_numbers import sightings
from models.store.database import Connection, execute, fetch_all, fetch_column, fetch_one, fetch_value
from models.store.statements import compose

VALID = timedelta(hours=48)
"""How long the code opens, an offer to another server may be answered, and a book that was sent may be on its way."""

MOST_ASKED = 3
"""People of other servers whom one code offers a bike to: whoever holds it may type any address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """A bike on its way. `taker_id` is who said yes first; `sent_uri` carries the book to another server."""

    id: int
    bike_id: int
    giver_id: int
    named: bool
    with_invoices: bool
    expires_at: datetime
    taker_id: int | None
    taken_at: datetime | None
    sent_uri: str | None


_READ = (
    "SELECT id, bike_id, giver_id, named, with_invoices, expires_at, taker_id, taken_at, sent_uri FROM bike_handover"
)

_OF_BIKE, _OF_BIKES, _BEHIND, _OPEN, _OFFERED, _SENT = (
    compose(text, read=_READ)
    for text in (
        "{read} WHERE bike_id = $1",
        "{read} WHERE bike_id = ANY($1)",
        "{read} WHERE token_hash = $1 AND expires_at > now() AND sent_uri IS NULL",
        "{read} WHERE id = $1 AND expires_at > now() AND sent_uri IS NULL FOR NO KEY UPDATE",
        """
        {read} WHERE expires_at > now() AND id = (
            SELECT handover_id FROM bike_handover_offer WHERE offer_uri = $1 AND taker_id = $2)
        """,
        "{read} WHERE sent_uri = $1 AND taker_id = $2",
    )
)


async def begin(conn: Connection, bike: Bike, *, named: bool, with_invoices: bool) -> str:
    """The token of a new code, shown once and kept by its hash; a code before it, and a yes to that, are void.

    The bike is held by the caller. Raises Conflict for one that is stolen, gone, or under way already.
    """
    require_here(bike)
    if not await cancel(conn, bike.id):
        raise Conflict("bike_under_way")
    token = secrets.token_urlsafe(24)
    await execute(
        conn,
        """
        INSERT INTO bike_handover (id, bike_id, giver_id, token_hash, named, with_invoices, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, now() + $7::interval)
        """,
        make_id(),
        bike.id,
        bike.owner_id,
        hash_token(token),
        named,
        with_invoices,
        VALID,
    )
    return token


def require_here(bike: Bike) -> None:
    """Raise Conflict for a bike that is stolen or gone."""
    if bike.stolen_at is not None or bike.left_at is not None:
        raise Conflict("bike_not_to_give")


async def cancel(conn: Connection, bike_id: int) -> bool:
    """No code opens any more; False where the book is under way to another server."""
    await execute(conn, "DELETE FROM bike_handover WHERE bike_id = $1 AND sent_uri IS NULL", bike_id)
    return await find_of_bike(conn, bike_id) is None


async def find_of_bike(conn: Connection, bike_id: int) -> Handover | None:
    """Whether this bike is being given away, and how far that is."""
    return await fetch_one(conn, Handover, _OF_BIKE, bike_id)


async def list_of_bikes(conn: Connection, bike_ids: Sequence[int]) -> list[Handover]:
    """The same of several."""
    return await fetch_all(conn, Handover, _OF_BIKES, [*bike_ids])


async def find_behind(conn: Connection, token: str) -> Handover | None:
    """What this code is for, while it opens."""
    return await fetch_one(conn, Handover, _BEHIND, hash_token(token))


async def hold_open(conn: Connection, handover_id: int) -> Handover | None:
    """How far it is by now, held until the transaction ends; None where its code opens no more."""
    return await fetch_one(conn, Handover, _OPEN, handover_id)


async def take(conn: Connection, handover_id: int, taker_id: int) -> bool:
    """Somebody says yes; False where another one did before, or it is too late."""
    return bool(
        await fetch_value(
            conn,
            """
            UPDATE bike_handover SET taker_id = $2, taken_at = coalesce(taken_at, now())
            WHERE id = $1 AND (taker_id IS NULL OR taker_id = $2) AND expires_at > now() AND sent_uri IS NULL
            RETURNING true
            """,
            handover_id,
            taker_id,
        )
    )


async def give(conn: Connection, bike: Bike, handover: Handover, *, giver_name: str, on: date) -> None:
    """Both said yes: the bike and its book are the other one's, all at once; who gave it keeps a line that says so.

    The bike is held by the caller. Raises Conflict where the taker has no room, or is not here any more.
    """
    assert handover.taker_id is not None
    require_here(bike)
    await require_taker(conn, handover.taker_id)
    try:
        await bikes.require_room(conn, handover.taker_id)
    except Conflict as full:
        raise Conflict("bike_taker_full") from full
    await forget_private(conn, bike.id, with_invoices=handover.with_invoices)
    await execute(
        conn,
        """
        INSERT INTO bike (id, owner_id, name, bike_type, brand, model, left_at, left_how)
        SELECT $2, owner_id, name, bike_type, brand, model, now(), 'handed-over' FROM bike WHERE id = $1
        """,
        bike.id,
        make_id(),
    )
    await execute(
        conn,
        """
        UPDATE bike SET owner_id = $2, notes = '', came_on = $3, came_from = $4, updated_at = now() WHERE id = $1
        """,
        bike.id,
        handover.taker_id,
        on,
        giver_name if handover.named else "",
    )
    await execute(conn, "DELETE FROM bike_handover WHERE id = $1", handover.id)


async def require_taker(conn: Connection, taker_id: int) -> None:
    """Raise Conflict where whoever said yes does not take part here any more."""
    stands = await fetch_value(
        conn,
        """
        SELECT EXISTS (SELECT FROM account a JOIN actor o ON o.id = a.actor_id
            WHERE a.actor_id = $1 AND a.disabled_at IS NULL AND o.suspended_at IS NULL AND o.deleted_at IS NULL)
        """,
        taker_id,
    )
    if not stands:
        raise Conflict("bike_taker_gone")


async def forget_private(conn: Connection, bike_id: int, *, with_invoices: bool) -> None:
    """What is the giver's alone goes: which calls it was about, whose results its lines were kept of, her invoices.

    So do the addresses of people who wrote to her when it was stolen.
    """
    await sightings.forget_bike(conn, bike_id)
    await execute(conn, "DELETE FROM bike_link WHERE bike_id = $1", bike_id)
    await execute(conn, "UPDATE bike_entry SET result_id = NULL WHERE bike_id = $1", bike_id)
    if not with_invoices:
        await execute(conn, "DELETE FROM bike_file WHERE bike_id = $1 AND kind = 'invoice'", bike_id)


async def add_offer(conn: Connection, handover_id: int, taker_id: int, offer_uri: str) -> bool:
    """It is offered to somebody of another server; False where she was asked already, or MOST_ASKED were.

    The handover is held by the caller.
    """
    asked = await fetch_column(conn, "SELECT taker_id FROM bike_handover_offer WHERE handover_id = $1", handover_id)
    if taker_id in asked or len(asked) >= MOST_ASKED:
        return False
    await execute(
        conn,
        "INSERT INTO bike_handover_offer (handover_id, taker_id, offer_uri) VALUES ($1, $2, $3)",
        handover_id,
        taker_id,
        offer_uri,
    )
    return True


async def find_offered(conn: Connection, offer_uri: str, taker_id: int) -> Handover | None:
    """What this Offer of ours to this person, and to nobody else, is about."""
    return await fetch_one(conn, Handover, _OFFERED, offer_uri, taker_id)


async def find_offer(conn: Connection, handover: Handover) -> str | None:
    """The Offer that who said yes said yes to."""
    found: str | None = await fetch_value(
        conn,
        "SELECT offer_uri FROM bike_handover_offer WHERE handover_id = $1 AND taker_id = $2",
        handover.id,
        handover.taker_id,
    )
    return found


async def mark_sent(conn: Connection, handover: Handover, sent_uri: str) -> None:
    """The book is on its way; here it is read no more, and kept until it is there."""
    await execute(conn, "UPDATE bike_handover SET sent_uri = $2 WHERE id = $1", handover.id, sent_uri)
    await execute(
        conn,
        "UPDATE bike SET left_at = now(), left_how = 'handed-over', updated_at = now() WHERE id = $1",
        handover.bike_id,
    )


async def find_sent(conn: Connection, sent_uri: str, taker_id: int) -> Handover | None:
    """Whose book went by this activity to this person; the bike is held first, as by its owner who takes it back."""
    await execute(
        conn,
        """
        SELECT FROM bike WHERE id = (SELECT bike_id FROM bike_handover WHERE sent_uri = $1 AND taker_id = $2)
        FOR NO KEY UPDATE
        """,
        sent_uri,
        taker_id,
    )
    return await fetch_one(conn, Handover, _SENT, sent_uri, taker_id)


async def take_back(conn: Connection, bike_id: int) -> str | None:
    """No word came for VALID that it is there: its owner keeps it. The activity that carried it; None before that.

    The bike is held by the caller. What says later that it came finds nothing.
    """
    sent_uri: str | None = await fetch_value(
        conn,
        """
        DELETE FROM bike_handover h USING bike b
        WHERE b.id = $1 AND h.bike_id = b.id AND h.sent_uri IS NOT NULL AND b.left_at < now() - $2::interval
        RETURNING h.sent_uri
        """,
        bike_id,
        VALID,
    )
    if sent_uri is not None:
        await bikes.mark_left(conn, bike_id, None)
        await sent_files.take_back(conn, bike_id)
    return sent_uri


async def finish(conn: Connection, handover: Handover) -> None:
    """It is there: of the bike a line is left that says when it went, and its files until they are fetched."""
    await sent_files.part(conn, handover.bike_id)
    await execute(conn, "DELETE FROM bike_entry WHERE bike_id = $1", handover.bike_id)
    await execute(conn, "DELETE FROM awaited_file WHERE bike_id = $1", handover.bike_id)
    await execute(conn, "DELETE FROM bike_reminder WHERE bike_id = $1", handover.bike_id)
    await execute(conn, "DELETE FROM bike_distance WHERE bike_id = $1", handover.bike_id)
    await execute(conn, "DELETE FROM bike_link WHERE bike_id = $1", handover.bike_id)
    await sightings.forget_bike(conn, handover.bike_id)
    await execute(
        conn,
        """
        UPDATE bike SET frame_number = '', notes = '', made_in = NULL, wheel_size = '', kilometres = NULL,
            kilometres_on = NULL, came_on = NULL, came_from = '' WHERE id = $1
        """,
        handover.bike_id,
    )
    await execute(conn, "DELETE FROM bike_handover WHERE bike_id = $1", handover.bike_id)


async def forget_over(conn: Connection) -> int:
    """Codes that opened for two days, to which nobody said yes; how many. A sweep."""
    return await execute(
        conn, "DELETE FROM bike_handover WHERE taker_id IS NULL AND sent_uri IS NULL AND expires_at < now()"
    )
