"""Follow a whole territory, or whoever is at an address; and no longer: one way for the page and for programs."""

import asyncio
from collections.abc import Collection

from federation.discovery.remote import resolve_handle
from federation.errors import ResolveFailed
from federation.instance import Instance
from federation.uris import host_of
from inbox.posts.lookup import look_up
from models.errors import Invalid
from models.listings import listings
from models.people import actors
from models.people.actors import Actor
from models.relations import follows
from models.servers.neighbour_cooperatives import STREAMS
from models.store.database import connection, transaction
from outbox.relations import follows as outbox
from outbox.servers import friendships, territory_proposals

TERRITORIES = ("Group", "Organization")
"""The types that speak for a territory; a person speaks for none."""


async def follow_address(instance: Instance, acting: Actor, address: str, *, host: str = "") -> list[Actor]:
    """Follow whoever is at this address; a cooperative, a listing's page, or a `host`, means a territory's streams.

    Raises ResolveFailed, and Invalid for what is ours.
    """
    if host == instance.site.host:
        raise Invalid("own_territory")
    found = None if host else await find_followed(instance, address)
    if found is not None and found.local:
        raise Invalid("own_territory")
    if found is not None and found.type != "Organization":
        followed = [found]
    else:
        followed = await find_streams(instance, host or host_of(found.uri if found else ""), found)
    await _follow_all(instance, acting, followed)
    return followed


async def _follow_all(instance: Instance, acting: Actor, followed: Collection[Actor]) -> None:
    """What the cooperative follows is proposed to it no more."""
    async with transaction(instance.pool) as conn:
        for one in followed:
            await outbox.follow(conn, instance.site, acting, one)
        if acting.username == "coop":
            await territory_proposals.note_followed(conn, {one.host for one in followed if one.type in TERRITORIES})


async def find_followed(instance: Instance, address: str) -> Actor:
    """Whoever is at this address; of a listing's page, the cooperative where it stands, else its author."""
    found = await look_up(instance, address)
    if isinstance(found, Actor):
        return found
    async with connection(instance.pool) as conn:
        listing = await listings.find_by_post(conn, found.id)
        territory = listing.details.territory_uri if listing else None
        coops = await actors.list_by_uris(conn, [territory] if territory else [])
        return coops[0] if coops else await actors.get(conn, found.author_id)


async def find_streams(instance: Instance, host: str, coop: Actor | None) -> list[Actor]:
    """The streams of a territory, asked for at once; a coop without any stands for itself. Raises ResolveFailed."""
    answers = await _ask_streams(instance, host)
    found = [one for one in answers if isinstance(one, Actor)]
    if found:
        return found
    if coop is not None:
        return [coop]
    raise next(one for one in answers if isinstance(one, ResolveFailed))


async def _ask_streams(instance: Instance, host: str) -> list[Actor | ResolveFailed]:
    """Each stream, or why it was not found. What else may go wrong is raised once all have answered."""
    answers = await asyncio.gather(
        *(resolve_handle(instance, f"@{name}@{host}") for name in STREAMS), return_exceptions=True
    )
    unforeseen = [one for one in answers if isinstance(one, BaseException) and not isinstance(one, ResolveFailed)]
    if unforeseen:
        raise unforeseen[0]
    return [one for one in answers if isinstance(one, Actor | ResolveFailed)]


async def propose_friendship(instance: Instance, hosts: Collection[str], *, by: int) -> None:
    """Ask the cooperatives of these hosts to be friends with ours. Raises ResolveFailed, and Invalid for none."""
    others = [await resolve_handle(instance, f"@coop@{host}") for host in sorted(hosts)]
    async with transaction(instance.pool) as conn:
        for other in others:
            await friendships.propose(conn, instance.site, other, by=by)


async def unfollow_host(instance: Instance, acting: Actor, host: str) -> None:
    """Follow no stream and no coop of this host any longer."""
    async with transaction(instance.pool) as conn:
        asked = await follows.list_asked(conn, acting.id)
        people = await actors.list_by_ids(conn, [row.followed_id for row in asked])
        for actor in people:
            if actor.host == host and actor.type in TERRITORIES:
                await outbox.unfollow(conn, instance.site, acting, actor)
