"""`/healthz` (the process serves) and `/readyz` (the database is migrated, a worker beats, all its work is done)."""

from aiohttp import web

from models.errors import Unavailable
from models.lazy import is_replaced
from models.store.background import heartbeats
from models.store.database import connection
from models.store.migrate import is_migrated
from web.http.app_keys import BACKGROUND, INSTANCE


async def show_health(_: web.Request) -> web.Response:
    """200 as soon as the process serves, whatever the database does."""
    return web.json_response({"status": "ok"})


async def show_readiness(request: web.Request) -> web.Response:
    """200 when everything that people need is there, else 503 with what is missing.

    "restart" where files of another version lie in the place of ours: what was not read yet is refused until then.
    `failing` names what goes on behind the pages in this process and is started again and again.
    """
    missing = ["restart"] if is_replaced() else []
    try:
        async with connection(request.app[INSTANCE].pool) as conn:
            if not await is_migrated(conn):
                missing.append("migrations")
            elif not await heartbeats.is_beating(conn):
                missing.append("worker")
            else:
                missing.extend(await heartbeats.list_failing(conn))
    except Unavailable:
        missing.append("database")
    failing = request.app[BACKGROUND].failing
    told = {"failing": failing} if failing else {}
    if missing:
        answer = {"status": "not ready", "missing": missing, **told}
        return web.json_response(answer, status=503, headers={"Retry-After": "5"})
    return web.json_response({"status": "ready", **told})


ROUTES: list[web.RouteDef] = [
    web.get("/healthz", show_health),
    web.get("/readyz", show_readiness),
]
