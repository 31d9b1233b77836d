"""An instance that ended: every address says so, but what tells servers that somebody is gone, and what probes ask."""

from contextlib import suppress

from aiohttp import web
from aiohttp.typedefs import Handler

from federation.instance import Instance
from models.coop import shutdown
from models.errors import Gone, Unavailable
from models.store.database import connection
from web.http.app_keys import INSTANCE
from web.security.session import SAFE_METHODS

INSTANCE_ENDED = "ended"
"""How `Instance.ended` remembers it, or that it is not so: for a minute, by each process."""

PROBED = ("/healthz", "/readyz", "/static/")
"""What is the same before and after."""

TOMBSTONES = ("/users/", "/.well-known/", "/nodeinfo/", "/sources")
"""What answers by itself that somebody is gone, or still concerns the software."""


@web.middleware
async def shutdown_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Pass on what still has an answer; Gone is raised for all else once the instance ended."""
    if request.path.startswith(PROBED) or not await has_ended(request.app[INSTANCE]):
        return await handler(request)
    if request.method in SAFE_METHODS and request.path.startswith(TOMBSTONES):
        return await handler(request)
    raise Gone("shutdown_ended")


async def has_ended(instance: Instance) -> bool:
    """Whether this instance ended, as far as is known; where the database is away, nothing says so."""
    found: bool | None = instance.ended.find(INSTANCE_ENDED)
    if found is not None:
        return found
    with suppress(Unavailable):  # the view says that the database is away, where it needs it
        async with connection(instance.pool) as conn:
            found = await shutdown.has_ended(conn)
        instance.ended.keep(INSTANCE_ENDED, found)
    return bool(found)
