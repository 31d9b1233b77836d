"""`declic follow`, `declic lookup`."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

import click
import orjson

from web.commands.imports import when_used
from web.commands.runner import CommandFailed, print_out, run, working_instance

with when_used():
    from federation import errors
    from federation.discovery import fetches, remote
    from federation.documents import serialize
    from models.listings import listings
    from models.people import accounts, actors
    from models.relations import follows
    from models.store import database
    from outbox.relations import follows as outbox
    from web.middlewares import work_signals

if TYPE_CHECKING:
    from federation.instance import Instance
    from models.listings.listings import Listing
    from models.people.actors import Actor
    from models.relations.follows import FollowState

WAIT_SECONDS = 5.0


@click.command()
@click.option("--as", "name", required=True, help="The member who follows; coop for the cooperative itself.")
@click.argument("handle")
def follow(name: str, handle: str) -> None:
    """Follow somebody, such as @offres@henin-carvin.example; prints pending or accepted."""
    run(_follow(name.removeprefix("@"), handle))


@click.command()
@click.argument("address")
def lookup(address: str) -> None:
    """Find a person or a listing by handle or address; prints it as JSON."""
    run(_lookup(address))


async def _follow(name: str, handle: str) -> None:
    async with working_instance() as instance:
        follower = await _find_follower(instance, name)
        followed = await remote.resolve_handle(instance, handle)
        async with database.transaction(instance.pool) as conn:
            await outbox.follow(conn, instance.site, follower, followed)
        await work_signals.notify_work(instance.pool)
        print_out(await _wait_for_answer(instance, follower, followed))


async def _find_follower(instance: Instance, name: str) -> Actor:
    async with database.connection(instance.pool) as conn:
        actor = await actors.find_local(conn, name)
        known = actor is not None and (name in actors.BUILT_IN or await accounts.find(conn, actor.id) is not None)
    if actor is None or not known or actor.deleted_at is not None:
        raise CommandFailed(f"There is no member named {name} here.")
    return actor


async def _wait_for_answer(instance: Instance, follower: Actor, followed: Actor) -> FollowState:
    """The state once it is not pending any more, or after a few seconds."""
    end = time.monotonic() + WAIT_SECONDS
    while True:
        async with database.connection(instance.pool) as conn:
            found = await follows.find(conn, follower_id=follower.id, followed_id=followed.id)
        if found is not None and (found.state != "pending" or time.monotonic() > end):
            return found.state
        await asyncio.sleep(0.1)


async def _lookup(address: str) -> None:
    async with working_instance() as instance:
        found = await _find(instance, address)
        print_out(orjson.dumps(found, option=orjson.OPT_INDENT_2).decode())


async def _find(instance: Instance, address: str) -> dict[str, Any]:
    """What we know here already, else what another server answers. Raises ResolveFailed, FetchFailed."""
    async with database.connection(instance.pool) as conn:
        listing = await listings.find_by_listing_uri(conn, address) or await listings.find_by_url(conn, address)
    if listing is not None and listing.post.deleted_at is None:
        return describe_listing(listing)
    try:
        return describe_actor(await remote.resolve_handle(instance, address))
    except errors.ResolveFailed:
        if "://" not in address:
            raise
    return serialize.to_json(await fetches.fetch_object(instance, address, fresh=True))


def describe_actor(actor: Actor) -> dict[str, Any]:
    """An actor for scripts: addresses and what a page shows of it."""
    names = ("type", "name", "summary", "url", "inbox", "outbox", "locked", "territory_uri", "place_name", "postcode")
    return {"id": actor.uri, "handle": f"@{actor.handle}"} | {name: getattr(actor, name) for name in names}


def describe_listing(listing: Listing) -> dict[str, Any]:
    """A listing for scripts."""
    names = ("kind", "mode", "title", "description", "category", "status", "place_name", "postcode", "expires_at")
    found = {name: getattr(listing.details, name) for name in names}
    return {
        "id": listing.uri,
        "type": "listing",
        "url": listing.post.url,
        "audience": listing.post.meant_audience,
    } | found
