"""`/healthz` (the process serves) and `/readyz` (the database is migrated and a worker beats)."""

from aiohttp import web

from models import heartbeats
from models.database import connection
from models.errors import Unavailable
from models.migrate import is_migrated
from web.keys import INSTANCE


async def show_health(_: web.Request) -> web.Response:
    """200 as soon as the process serves, whatever the database does."""
    return web.json_response({"status": "ok"})


async def show_readiness(request: web.Request) -> web.Response:
    """200 when everything that people need is there, else 503 with what is missing."""
    missing = []
    try:
        async with connection(request.app[INSTANCE].pool) as conn:
            if not await is_migrated(conn):
                missing.append("migrations")
            elif not await heartbeats.is_beating(conn):
                missing.append("worker")
    except Unavailable:
        missing.append("database")
    if missing:
        return web.json_response({"status": "not ready", "missing": missing}, status=503, headers={"Retry-After": "5"})
    return web.json_response({"status": "ready"})


ROUTES: list[web.RouteDef] = [
    web.get("/healthz", show_health),
    web.get("/readyz", show_readiness),
]
