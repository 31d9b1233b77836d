"""What friends alone may ask, within one request: who that is, before a byte of the request is read."""

from datetime import UTC, datetime, timedelta

from federation.errors import Malformed
from federation.instance import Instance
from federation.signatures import Envelope
from federation.uris import host_of
from inbox.receiving.inbox_policy import read_key_hosts, require_allowed_host
from models.errors import NotFound
from models.servers import known_hosts
from models.store.database import connection

FRESH = timedelta(hours=1)
"""A question that is older, or ahead of the clock by more, was kept by somebody and is brought again."""


async def require_friend(instance: Instance, envelope: Envelope) -> str:
    """The host of the friend that says to ask, before anything of it is read or fetched.

    Raises Forbidden for servers that are set aside, and NotFound for whoever is no friend: here is nothing for them.
    """
    hosts = read_key_hosts(envelope.headers)
    await require_allowed_host(instance, hosts)
    if len(hosts) != 1:
        raise NotFound
    [host] = hosts
    async with connection(instance.pool) as conn:
        known = await known_hosts.find(conn, host)
    if known is None or known.why != "friend":
        raise NotFound
    return host


def require_own(actor: str, published: datetime, host: str) -> None:
    """Raise Malformed unless it is asked in the name of this server itself, and now."""
    if host_of(actor) != host:
        raise Malformed("A server asks in its own name.")
    if abs(datetime.now(UTC) - published) > FRESH:
        raise Malformed("This question is not of now.")
