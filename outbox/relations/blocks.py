"""Block somebody, or a whole server, for one person: both are hidden from each other, and follow each other no longer.

No Block is sent: it would tell whoever is blocked (AX16). Their server only learns that they follow each other no
more, as it has to, or it would go on showing what is for followers.
"""

from federation.discovery.hosts import read_host
from federation.uris import activity_uri
from models.errors import Invalid
from models.people import actors
from models.people.actors import Actor
from models.posts import message_requests
from models.relations import follows
from models.relations.blocking import blocks
from models.settings import Site
from models.store.database import Connection
from outbox.posts.quotes import end_between
from outbox.relations.follows import reject, unfollow


async def block(conn: Connection, site: Site, actor: Actor, target: Actor) -> None:
    """Want nothing to do with somebody, here or elsewhere. Again changes nothing. Raises Invalid for oneself."""
    if actor.id == target.id:
        raise Invalid("block_self")
    await blocks.begin(conn, actor.id)
    await _end_follows(conn, site, actor, target)
    await end_between(conn, site, actor, target)
    await blocks.save(conn, uri=activity_uri(site, actor.username), actor_id=actor.id, target_id=target.id)
    await message_requests.forget_barred(conn, actor.id)


async def unblock(conn: Connection, actor: Actor, target: Actor) -> bool:
    """Lift that; follows do not come back by themselves. False when there was no block."""
    return await blocks.remove(conn, actor_id=actor.id, target_id=target.id)


async def block_domain(conn: Connection, site: Site, actor: Actor, domain: str) -> str:
    """Want nothing to do with a whole server and what stands under it; its name as it is kept. Raises Invalid."""
    domain = read_domain(domain)
    if domain == site.host:
        raise Invalid("block_own_server", field="domain")
    await blocks.begin(conn, actor.id)
    for id in await blocks.list_related(conn, actor.id, domain):
        target = await actors.get(conn, id)
        await _end_follows(conn, site, actor, target)
        await end_between(conn, site, actor, target)
    await blocks.save_domain(conn, actor.id, domain)
    await message_requests.forget_barred(conn, actor.id)
    return domain


async def unblock_domain(conn: Connection, actor: Actor, domain: str) -> bool:
    """Lift that. False when it was not blocked. Raises Invalid."""
    return await blocks.remove_domain(conn, actor.id, read_domain(domain))


def read_domain(written: str) -> str:
    """A domain as hosts are kept (A-label, lower case), from what somebody typed or pasted. Raises Invalid."""
    try:
        return read_host(written)
    except Invalid:
        raise Invalid("domain_invalid", field="domain") from None


async def _end_follows(conn: Connection, site: Site, actor: Actor, target: Actor) -> None:
    await unfollow(conn, site, actor, target)
    if await follows.find(conn, follower_id=target.id, followed_id=actor.id) is not None:
        await reject(conn, site, actor, target)
