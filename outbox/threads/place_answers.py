"""What becomes of a place on the list of ours, to whoever asked for it from elsewhere by a Join: answers to that."""

from federation.vocabulary.activities.activities import Accept, Reject
from federation.vocabulary.activities.participation import Join, TentativeAccept
from models.exchanges.reserves import ReservePlace
from models.listings.listings import Listing
from models.people import actors
from models.people.actors import Actor
from models.settings import Site
from models.store.database import Connection
from outbox.builders.activities.accept import build_accept_of_join
from outbox.builders.activities.reject import build_reject_of_join
from outbox.builders.activities.tentative_accept import build_tentative_accept
from outbox.traffic.send import Recipients, send


async def tell_standing(
    conn: Connection, site: Site, owner: Actor, listing: Listing, place: ReservePlace, number: int
) -> None:
    """She stands there, so many others before her."""
    join = await _make_join(conn, listing, place)
    await _send(conn, owner, place.actor_id, join, build_tentative_accept(site, owner, join, number))


async def tell_turn(conn: Connection, site: Site, owner: Actor, listing: Listing, place: ReservePlace) -> None:
    """It is free, and her turn."""
    join = await _make_join(conn, listing, place)
    await _send(conn, owner, place.actor_id, join, build_accept_of_join(site, owner, join))


async def tell_end(
    conn: Connection, site: Site, owner: Actor, listing: Listing, place: ReservePlace, reason: str
) -> None:
    """She stands there no more, and why."""
    join = await _make_join(conn, listing, place)
    await _send(conn, owner, place.actor_id, join, build_reject_of_join(site, owner, join, reason))


async def refuse(conn: Connection, site: Site, owner: Actor, partner: Actor, join: Join, reason: str) -> None:
    """There is no place for her."""
    await _send(conn, owner, partner.id, join, build_reject_of_join(site, owner, join, reason))


async def _make_join(conn: Connection, listing: Listing, place: ReservePlace) -> Join:
    """Her Join, as far as it is kept."""
    partner = await actors.get(conn, place.actor_id)
    return Join(
        id=place.join_uri or "",
        actor=partner.uri,
        object=listing.uri,
        begins_at=place.begins_at,
        ends_at=place.ends_at,
    )


async def _send(
    conn: Connection, owner: Actor, partner_id: int, join: Join, answer: Accept | Reject | TentativeAccept
) -> None:
    """To her server alone; it is nobody else's business who waits for what."""
    await send(conn, owner, answer, Recipients(named_ids=(partner_id,)), about=join.id, listed=False)
