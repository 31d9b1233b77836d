"""Other servers as people call them: the place of their cooperative."""

from collections.abc import Iterable

from models.people import actors
from models.store.database import Connection


async def name_hosts(conn: Connection, hosts: Iterable[str]) -> dict[str, str]:
    """What each of these servers is called: where its cooperative is, or its own name."""
    named = {}
    for host in set(hosts):
        coop = await actors.find_by_handle(conn, "coop", host)
        named[host] = (coop.place_name or coop.display_name) if coop is not None and not coop.gone else host
    return named
