"""Marketplaces (flohmarkt) that follow `@instance`: public gifts and sales go there, in the way that they read.

They know no Update, and take an id once. What changed is therefore taken away there and given anew, and what is not to
be had any more is taken away. Their own actors stand for a server: they are answered at its door, and named in `cc`
alone, since some fail on what is addressed to nobody but such an actor.
"""

from dataclasses import replace
from datetime import UTC, datetime

from federation.json.fields import PUBLIC
from federation.vocabulary.activities.activities import Accept, Follow, Reject
from federation.vocabulary.marketplace import Proposal
from models import preferences
from models.errors import NotFound
from models.listings.listings import Listing
from models.people import actors
from models.people.actors import Actor
from models.relations import follows
from models.relations.blocking import blocks
from models.settings import Site
from models.store.database import Connection
from models.traffic.outbound import marketplaces
from models.traffic.outbound.marketplaces import Market
from outbox.builders.activities.accept import build_accept
from outbox.builders.activities.create import build_create
from outbox.builders.activities.delete import build_delete
from outbox.builders.activities.reject import build_reject
from outbox.traffic.send import Recipients, send

_SERVERS = frozenset({"Application", "Service"})


def is_server(actor: Actor) -> bool:
    """Whether it is a server's own actor: people follow the streams and the cooperative instead.

    Flohmarkt calls its own one a Person, by the name of `instance`.
    """
    return actor.type in _SERVERS or actor.username == "instance"


async def answer_follow(conn: Connection, site: Site, instance: Actor, sender: Actor, asked: Follow) -> None:
    """Yes to a server where the cooperative wishes it, and never to one that its administrators stopped.

    A server has one actor that speaks for it: another one could neither be seen nor stopped.
    """
    held = await marketplaces.find_by_host(conn, sender.host)
    welcome = (
        is_server(sender)
        and (held is None or (held.actor_id == sender.id and held.state != "rejected"))
        and (await preferences.load(conn)).markets
        and not await blocks.between(conn, instance.id, sender.id)
    )
    if welcome:
        await follows.save(conn, uri=asked.id, follower_id=sender.id, followed_id=instance.id, state="accepted")
    build = build_accept if welcome else build_reject
    await _answer(conn, instance, sender, build(site, instance, asked))


async def stop(conn: Connection, site: Site, host: str) -> None:
    """This server gets nothing more, also when it asks again. Raises NotFound where it never asked."""
    instance, market = await _find(conn, host)
    held = await follows.find(conn, follower_id=market.actor_id, followed_id=instance.id)
    if held is not None and await follows.reject(conn, held.id):
        await _send_answer(conn, site, instance, market, replace(held, state="rejected"))


async def allow(conn: Connection, site: Site, host: str) -> None:
    """It gets again what is published from now on. Raises NotFound where it never asked."""
    instance, market = await _find(conn, host)
    held = await follows.find(conn, follower_id=market.actor_id, followed_id=instance.id)
    if held is not None and await follows.accept(conn, held.id):
        await _send_answer(conn, site, instance, market, replace(held, state="accepted"))


async def list_served(conn: Connection) -> list[Market]:
    """Those that get what is published now."""
    served = await marketplaces.list_open(conn)
    return served if served and (await preferences.load(conn)).markets else []


async def add_served(conn: Connection, recipients: Recipients, listing: Listing, document: Proposal) -> Recipients:
    """Whoever gets a new listing, and the marketplaces that read it, by the same activity."""
    served = await list_served(conn) if is_for_markets(listing, document) else []
    return replace(recipients, named_ids=(*recipients.named_ids, *(market.actor_id for market in served)))


async def renew(conn: Connection, site: Site, author: Actor, listing: Listing, document: Proposal) -> None:
    """Show the listing there as it is now: taken away where it stands, and given anew while it is to be had."""
    holders = await marketplaces.list_holders(conn, listing.uri)
    served = await list_served(conn)
    cc = tuple(market.uri for market in await marketplaces.list_markets(conn))
    if holders:
        delete = replace(build_delete(site, author, listing.post, datetime.now(UTC)), to=(), cc=cc)
        await send(conn, author, delete, Recipients(named_ids=tuple(holders)), about=listing.uri)
    if served and is_for_markets(listing, document) and listing.details.status == "open":
        create = replace(build_create(site, author, document), to=(PUBLIC,), cc=cc)
        named = Recipients(named_ids=tuple(market.actor_id for market in served))
        await send(conn, author, create, named, about=listing.uri, listed=False)


def is_for_markets(listing: Listing, document: Proposal) -> bool:
    """Whether a marketplace reads it: something given or sold, for everybody."""
    return listing.post.audience == "network" and document.flohmarkt is not None  # not while it is hidden


async def _find(conn: Connection, host: str) -> tuple[Actor, Market]:
    instance, market = await actors.find_local(conn, "instance"), await marketplaces.find_by_host(conn, host)
    if instance is None or market is None:
        raise NotFound
    return instance, market


async def _send_answer(conn: Connection, site: Site, instance: Actor, market: Market, held: follows.Follow) -> None:
    asked = Follow(id=held.uri or "", actor=market.uri, object=instance.uri)
    build = build_accept if held.state == "accepted" else build_reject
    await _answer(conn, instance, await actors.get(conn, market.actor_id), build(site, instance, asked))


async def _answer(conn: Connection, instance: Actor, to: Actor, answer: Accept | Reject) -> None:
    if is_server(to):
        answer = replace(answer, to=(), cc=(to.uri,))
    await send(conn, instance, answer, Recipients(named_ids=(to.id,)))
