"""Requests that we send to our own address, to see what arrives: each bears a secret that holds once, for a minute."""

import secrets
import time
from datetime import UTC, datetime

from aiohttp import web

from models.errors import NotFound
from models.limits import FRONT_PROBES
from models.settings import Settings
from models.store import limit_rows
from models.store.database import Connection, transaction
from web.http.app_keys import INSTANCE
from web.security.signed_urls import read_signed, sign

HEADER = "X-Declic-Probe"

PURPOSE = "front"

SECONDS = 60


async def make_probe(conn: Connection, settings: Settings) -> dict[str, str]:
    """The header of one such request."""
    until = int(time.time()) + SECONDS
    return {HEADER: await sign(conn, settings, PURPOSE, f"{until} {secrets.token_urlsafe(12)}")}


def is_probe(request: web.Request) -> bool:
    """Whether it says so of itself."""
    return HEADER in request.headers


async def require_probe(request: web.Request) -> None:
    """Raise NotFound for whoever is not ourselves: nobody else is told what her request looks like to us."""
    instance, given = request.app[INSTANCE], request.headers.get(HEADER, "")
    if not given:
        raise NotFound
    async with transaction(instance.pool) as conn:
        said = await read_signed(conn, instance.settings, PURPOSE, given)
        if said is None or int(said.partition(" ")[0]) < time.time():
            raise NotFound
        if not await limit_rows.spend(conn, FRONT_PROBES, said, at=datetime.now(UTC)):
            raise NotFound
