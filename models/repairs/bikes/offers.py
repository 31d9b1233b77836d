"""Bikes that people of other servers offer to ours with their books: answered, and there once the whole has come."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from models.ids import make_id
from models.store.database import Connection, execute, fetch_all, fetch_one, fetch_value
from models.store.statements import compose, name_values

MOST_OFFERS = 5
"""That one member may have before her: whoever knows her address may send them."""

KEPT = timedelta(days=30)
"""So long after its end what was said yes to is known: the book may come, and one that comes twice is confirmed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOffer:
    """What is told of a bike before anybody said yes."""

    offer_uri: str
    giver_id: int
    taker_id: int
    name: str
    bike_type: str
    lines: int
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class BikeOffer(NewOffer):
    """An offer to one of ours. `accepted_at` once she said yes, `arrived_at` once bike and book are hers."""

    id: int
    accepted_at: datetime | None
    arrived_at: datetime | None


_COLUMNS = "id, offer_uri, giver_id, taker_id, name, bike_type, lines, expires_at, accepted_at, arrived_at"

_OF_TAKER, _BY_URI, _OWN = (
    compose(text, columns=_COLUMNS)
    for text in (
        """
        SELECT {columns} FROM bike_offer
        WHERE taker_id = $1 AND arrived_at IS NULL AND (accepted_at IS NOT NULL OR expires_at > now()) ORDER BY id
        """,
        "SELECT {columns} FROM bike_offer WHERE offer_uri = $1 AND giver_id = $2 FOR NO KEY UPDATE",
        "SELECT {columns} FROM bike_offer WHERE id = $1 AND taker_id = $2 AND arrived_at IS NULL FOR NO KEY UPDATE",
    )
)

_ADD = name_values(
    """
    INSERT INTO bike_offer (id, offer_uri, giver_id, taker_id, name, bike_type, lines, expires_at)
    VALUES (:id, :offer_uri, :giver_id, :taker_id, :name, :bike_type, :lines, :expires_at)
    ON CONFLICT (offer_uri) DO NOTHING
    """,
    NewOffer,
    also=["id"],
)


async def add(conn: Connection, offer: NewOffer) -> bool:
    """Keep it, in place of the giver's last one of that name; False where it is known, or MOST_OFFERS wait for her."""
    await execute(
        conn,
        """
        DELETE FROM bike_offer WHERE taker_id = $1 AND accepted_at IS NULL
            AND (expires_at < now() OR giver_id = $2 AND name = $3 AND offer_uri <> $4)
        """,
        offer.taker_id,
        offer.giver_id,
        offer.name,
        offer.offer_uri,
    )
    waiting = await fetch_value(
        conn, "SELECT count(*) FROM bike_offer WHERE taker_id = $1 AND accepted_at IS NULL", offer.taker_id
    )
    return waiting < MOST_OFFERS and bool(await execute(conn, _ADD.sql, *_ADD.args(offer, id=make_id())))


async def list_waiting(conn: Connection, taker_id: int) -> list[BikeOffer]:
    """What she is offered, or said yes to and waits for."""
    return await fetch_all(conn, BikeOffer, _OF_TAKER, taker_id)


async def find_own(conn: Connection, taker_id: int, offer_id: int | None) -> BikeOffer | None:
    """One that she is offered, held until the transaction ends."""
    return await fetch_one(conn, BikeOffer, _OWN, offer_id, taker_id)


async def find_by_uri(conn: Connection, offer_uri: str, giver_id: int) -> BikeOffer | None:
    """The offer of this id by this giver and nobody else, held until the transaction ends."""
    return await fetch_one(conn, BikeOffer, _BY_URI, offer_uri, giver_id)


async def mark_accepted(conn: Connection, offer_id: int) -> bool:
    """She says yes; False where it is too late, or she did already."""
    return bool(
        await execute(
            conn,
            "UPDATE bike_offer SET accepted_at = now() WHERE id = $1 AND accepted_at IS NULL AND expires_at > now()",
            offer_id,
        )
    )


async def mark_arrived(conn: Connection, offer_id: int) -> None:
    """The bike is hers: what comes again changes nothing."""
    await execute(conn, "UPDATE bike_offer SET arrived_at = now() WHERE id = $1", offer_id)


async def remove(conn: Connection, offer_id: int) -> None:
    """She does not want it."""
    await execute(conn, "DELETE FROM bike_offer WHERE id = $1", offer_id)


async def forget_over(conn: Connection) -> int:
    """Those that nobody answered in time, and a month later those that came or never came; how many. A sweep."""
    return await execute(
        conn,
        """
        DELETE FROM bike_offer WHERE expires_at < CASE WHEN accepted_at IS NULL THEN now() ELSE now() - $1::interval END
        """,
        KEPT,
    )
