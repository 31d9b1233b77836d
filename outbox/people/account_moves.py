"""A member lives elsewhere from now on, or comes from elsewhere: aliases, and the Move to those who follow (AX18)."""

from federation.discovery.fetches import fetch_actor
from federation.discovery.remote import resolve_handle
from federation.instance import Instance
from models.errors import Conflict, Invalid
from models.news import notifications
from models.people import account_moves, actors
from models.people.actors import Actor
from models.relations import follows
from models.relations.blocking import blocks
from models.servers import trust_levels
from models.settings import Site
from models.store.database import Connection, connection
from outbox.builders.activities.move import build_move
from outbox.people.profiles import announce_update
from outbox.relations.follows import follow, unfollow
from outbox.traffic.send import Recipients, send

MOST_ALIASES = 10


async def find_target(instance: Instance, actor: Actor, written: str) -> Actor:
    """The account to move to, as its server shows it this very moment. Uses the network: hold no connection here.

    Raises ResolveFailed and FetchFailed where it cannot be had, Invalid where it is not ready to take the member in.
    """
    found = await resolve_handle(instance, written)
    if not found.local:
        found = await fetch_actor(instance, found.uri, fresh=True)
    async with connection(instance.pool) as conn:
        await require_target(conn, actor, found)
    return found


async def require_target(conn: Connection, actor: Actor, target: Actor) -> None:
    """Raise Invalid unless the target is a living account that says that it is this actor too (B-60)."""
    if target.id == actor.id:
        raise Invalid("move_to_self", field="target")
    if target.deleted_at is not None or target.suspended_at is not None or target.type == "Application":
        raise Invalid("move_target_not_followable", field="target")
    if target.moved_to is not None:
        raise Invalid("move_target_moved", field="target")
    if not target.local and not await trust_levels.is_welcome(conn, target.host):
        raise Invalid("server_not_welcome", field="target")
    if actor.uri not in target.also_known_as:
        raise Invalid("alias_missing", field="target")


async def move(conn: Connection, site: Site, actor: Actor, target: Actor) -> None:
    """Tell the followers, let ours follow there, and say so on the profile. Raises Conflict within seven days.

    `target` is what `find_target` returned a moment ago.
    """
    if not await account_moves.save(conn, actor.id, target.uri):
        raise Conflict("moved_recently")
    await send(conn, actor, build_move(site, actor, target.uri), Recipients(followed_ids=(actor.id,)), about=actor.uri)
    await announce_update(conn, site, await actors.get(conn, actor.id))
    await move_followers(conn, site, actor, target)


async def undo_move(conn: Connection, site: Site, actor: Actor) -> None:
    """The member uses this account again; who left does not return by itself."""
    await account_moves.end(conn, actor.id)
    await announce_update(conn, site, await actors.get(conn, actor.id))


async def add_alias(conn: Connection, site: Site, actor: Actor, other: Actor) -> None:
    """Say that an account elsewhere is the same person's, who may then move here. Raises Invalid."""
    if other.id == actor.id:
        raise Invalid("alias_of_self", field="alias")
    if other.uri in actor.also_known_as:
        return
    if len(actor.also_known_as) >= MOST_ALIASES:
        raise Invalid("too_many_aliases", field="alias")
    await _save_aliases(conn, site, actor, [*actor.also_known_as, other.uri])


async def remove_alias(conn: Connection, site: Site, actor: Actor, uri: str) -> None:
    """That account is the same person's no longer."""
    if uri in actor.also_known_as:
        await _save_aliases(conn, site, actor, [one for one in actor.also_known_as if one != uri])


async def _save_aliases(conn: Connection, site: Site, actor: Actor, uris: list[str]) -> None:
    await account_moves.save_aliases(conn, actor.id, uris)
    await announce_update(conn, site, await actors.get(conn, actor.id))


async def move_followers(conn: Connection, site: Site, old: Actor, new: Actor) -> None:
    """Our people who follow the old address follow the new one and are told; whom a block keeps apart is not moved."""
    for follower_id in await follows.list_local_followers(conn, old.id):
        follower = await actors.get(conn, follower_id)
        if follower_id != new.id and not await blocks.between(conn, follower_id, new.id):
            await follow(conn, site, follower, new)
            await notifications.notify(conn, recipient_id=follower_id, type="move", actor_id=new.id)
        await unfollow(conn, site, follower, old)
