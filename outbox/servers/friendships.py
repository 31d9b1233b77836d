"""Two cooperatives become friends once both said yes, and are no more once either says so; never by itself.

With both yeses the level of the other's server becomes friend (`peers.trust`). That one of them ended it changes no
level of the other: its team is told, and decides.
"""

from dataclasses import replace

from models.errors import Conflict, Invalid
from models.people import actors
from models.people.actors import Actor
from models.servers import friendships
from models.servers.trust_levels import Level
from models.settings import Site
from models.store.database import Connection
from outbox.builders.activities.accept import build_accept_of_friendship
from outbox.builders.activities.offer import build_offer_of_friendship
from outbox.builders.activities.reject import build_reject_of_terms
from outbox.builders.activities.undo import build_undo
from outbox.servers import peers
from outbox.traffic.send import Recipients, send


async def propose(conn: Connection, site: Site, other: Actor, *, by: int | None = None) -> None:
    """Ask a cooperative to be friends; it is said once. Where it asked us before, this is our yes.

    Raises Invalid where it is no cooperative of elsewhere.
    """
    if other.local or other.gone or not other.speaks_for_cooperative:
        raise Invalid("friendship_no_cooperative", field="address")
    held = await friendships.hold(conn, other.id)
    if held is not None and held.state == "asked":
        await accept(conn, site, other, by=by)
    elif held is None or held.state not in ("proposed", "confirmed"):
        ours = await actors.get_local(conn, "coop")
        offer = build_offer_of_friendship(site, ours, other)
        await send(conn, ours, offer, Recipients(named_ids=(other.id,)), about=other.uri)
        await friendships.forget(conn, other.id)  # what was said before counts no more
        await friendships.save(conn, other.id, "proposed", ours=offer.id, by=by)


async def accept(conn: Connection, site: Site, other: Actor, *, by: int | None = None) -> None:
    """Say yes to what it proposed: the two are friends. Raises Conflict where it proposes nothing, or no longer."""
    held = await friendships.hold(conn, other.id)
    if held is None or held.state != "asked" or held.their_offer_uri is None:
        raise Conflict("friendship_not_asked")
    await say_yes(conn, site, other, held.their_offer_uri)
    await confirm(conn, other, by=by)


async def say_yes(conn: Connection, site: Site, other: Actor, offer_uri: str) -> None:
    """Answer its Offer with our yes, which somebody of ours gave before, or gives now."""
    ours = await actors.get_local(conn, "coop")
    answer = build_accept_of_friendship(site, ours, offer_uri, other)
    await send(conn, ours, answer, Recipients(named_ids=(other.id,)), about=other.uri)


async def confirm(conn: Connection, other: Actor, *, theirs: str | None = None, by: int | None = None) -> None:
    """Both said yes: its server is a friend's."""
    await friendships.save(conn, other.id, "confirmed", theirs=theirs, by=by)
    await peers.trust(conn, other.host, "friend")


async def decline(conn: Connection, site: Site, other: Actor, *, by: int | None = None) -> None:
    """Say no to what it proposed; of one that only follows us nothing is said, and it is asked about no more.

    Raises Conflict where it proposes nothing, or no longer.
    """
    held = await friendships.hold(conn, other.id)
    if held is None or held.state not in ("asked", "met"):
        raise Conflict("friendship_not_asked")
    if held.state == "asked" and held.their_offer_uri is not None:
        await say_no(conn, site, other, held.their_offer_uri)
    await friendships.save(conn, other.id, "declined", by=by)


async def say_no(conn: Connection, site: Site, other: Actor, offer_uri: str) -> None:
    """Answer its Offer with our no: before a yes it is refused, after one it is ended."""
    ours = await actors.get_local(conn, "coop")
    answer = build_reject_of_terms(site, ours, offer_uri, other)
    await send(conn, ours, answer, Recipients(named_ids=(other.id,)), about=other.uri)


async def take_back(conn: Connection, site: Site, other: Actor) -> None:
    """What we proposed is proposed no more. Raises Conflict where it was answered meanwhile."""
    held = await friendships.hold(conn, other.id)
    if held is None or held.state != "proposed" or held.our_offer_uri is None:
        raise Conflict("friendship_answered")
    await _undo(conn, site, other, held.our_offer_uri)
    await friendships.forget(conn, other.id)


async def end(conn: Connection, site: Site, other: Actor) -> None:
    """The two are friends no longer: its server is one like others, and it is told. Again changes nothing."""
    held = await friendships.hold(conn, other.id)
    if held is not None and held.state == "confirmed":
        if held.our_offer_uri is not None:
            await _undo(conn, site, other, held.our_offer_uri)
        if held.their_offer_uri is not None:
            await say_no(conn, site, other, held.their_offer_uri)
    await settle_end(conn, other, keep=False)


async def trust(conn: Connection, site: Site, host: str, level: Level) -> None:
    """Set the level of a server. Where it is a friend's no longer, what we said to its cooperative is taken back.

    Whoever is set aside is not told: nothing goes there any more, and of a friendship nothing stays.
    """
    held = await friendships.find_on_host(conn, host) if level == "reader" else None
    if held is not None and held.state in ("proposed", "confirmed"):
        other = await actors.get(conn, held.actor_id)
        await (end if held.state == "confirmed" else take_back)(conn, site, other)
    await peers.trust(conn, host, level)


async def settle_end(conn: Connection, other: Actor, *, keep: bool) -> None:
    """It ended the friendship, and we decide about the level of its server: it stays a friend's, or does not."""
    await friendships.forget(conn, other.id)
    if not keep:
        await peers.trust(conn, other.host, "reader")


async def _undo(conn: Connection, site: Site, other: Actor, offer_uri: str) -> None:
    ours = await actors.get_local(conn, "coop")
    offer = replace(build_offer_of_friendship(site, ours, other), id=offer_uri)
    await send(conn, ours, build_undo(site, ours, offer), Recipients(named_ids=(other.id,)), about=other.uri)
