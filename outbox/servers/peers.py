"""What the cooperative decides about other servers: how far it trusts them, and what waits for them.

The same verbs for pages, command line and demo. Nothing is told to the server concerned; what follows (people
suspended, deliveries cancelled, what may be vouched for) is put into effect with the decision.
"""

from federation.directory import domain_list
from federation.directory.domain_list import Plan
from models import preferences
from models.errors import Conflict
from models.posts import message_requests
from models.servers import access_requests, known_hosts, private_hosts, trust_levels, waiting_posts
from models.servers.directory import deciding
from models.servers.trust_levels import Level
from models.store.database import Connection
from models.traffic.outbound import held_deliveries
from outbox.moderation.message_requests import accept_host


async def trust(
    conn: Connection, host: str, level: Level, *, note: str | None = None, public_reason: str | None = None
) -> None:
    """Friend, reader or aside. Texts that are None stay as they are."""
    await trust_levels.save_level(conn, host, level, note=note, public_reason=public_reason)


async def set_aside(conn: Connection, planned: Plan) -> int:
    """Set aside what a list brings; how many domains."""
    return await domain_list.carry_out(conn, planned)


async def restrict(conn: Connection, *, limited: bool, by: int | None = None) -> None:
    """Deal with friends and guests only, or with everybody again."""
    await trust_levels.save_limited(conn, limited=limited, by=by)


async def announce_levels(conn: Connection, *, told: bool, by: int | None = None) -> None:
    """Let programs read which servers are set aside for a public reason, or no longer."""
    await preferences.write(conn, {"blocks_told": told}, by=by)


async def save_listed(conn: Connection, host: str, *, listed: bool) -> None:
    """Make a server a guest of the restricted federation, or no longer."""
    await trust_levels.save_listed(conn, host, listed=listed)


async def dismiss_access_request(conn: Connection, host: str) -> None:
    """Leave a server without access that asked for it."""
    await access_requests.forget(conn, host)


async def vouch(conn: Connection, host: str) -> None:
    """Say to everybody that this territory is a real one: whoever is vouched for is a friend."""
    await trust(conn, host, "friend")
    await deciding.save_own_vouch(conn, host, vouched=True)


async def withdraw_vouch(conn: Connection, host: str) -> None:
    """Take that word back; the friend stays one."""
    await deciding.save_own_vouch(conn, host, vouched=False)


async def accept_strangers(conn: Connection, host: str) -> int:
    """Let the letters of a server's people through, and all that come; how many waited."""
    return await accept_host(conn, host)


async def refuse_strangers(conn: Connection, host: str, *, aside: bool) -> int:
    """Throw the letters of a server's people away, and set it aside where that was meant; how many there were."""
    thrown = await message_requests.drop_host(conn, host)
    if aside:
        await trust(conn, host, "aside")
    return thrown


async def admit(conn: Connection, host: str) -> int:
    """Let in what a host that nobody knew publishes, what waits and all that comes; how many posts waited."""
    return await known_hosts.admit(conn, host)


async def send_away(conn: Connection, host: str) -> int:
    """Remove the listings of a host that wait, and set it aside: it would send others; how many there were."""
    removed = await waiting_posts.drop(conn, host)
    await trust(conn, host, "aside")
    return removed


async def make_wait(conn: Connection, host: str) -> bool:
    """Let what a host publishes from now on wait again; what stands stays. False where it did already."""
    return await known_hosts.forget(conn, host)


async def hold(conn: Connection, host: str) -> int:
    """Keep everything that leaves for this server; how many deliveries waited."""
    return await held_deliveries.pause(conn, host)


async def release(conn: Connection, host: str) -> int:
    """Let it go again; how many deliveries may leave now."""
    return await held_deliveries.resume(conn, host)


async def withhold_private(conn: Connection, host: str) -> int:
    """Send nothing private to this server any more (B-52); how many deliveries that waited stay here."""
    return await private_hosts.withhold(conn, host)


async def allow_private(conn: Connection, host: str) -> None:
    """Send private things to this server again. Raises Conflict where that is decided for a domain above it."""
    if not await private_hosts.allow(conn, host):
        raise Conflict("decided_for_parent_domain")
