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
from web.security.signed_urls import peek, read_signed, sign

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


def _holds(said: str) -> bool:
    """Whether it is of the shape of ours, and its minute is not over."""
    until, _, secret = said.partition(" ")
    return bool(secret) and until.isdecimal() and len(until) < 12 and int(until) >= time.time()


async def require_probe(request: web.Request) -> None:
    """Raise NotFound for whoever is not ourselves: nobody else is told what her request looks like to us."""
    instance, given = request.app[INSTANCE], request.headers.get(HEADER, "")
    said = peek(given)
    if said is None or not _holds(said):
        raise NotFound  # without a word to the database, which strangers cannot make work
    async with transaction(instance.pool) as conn:
        if await read_signed(conn, instance.settings, PURPOSE, given) is None:
            raise NotFound
        if not await limit_rows.spend(conn, FRONT_PROBES, said, at=datetime.now(UTC)):
            raise NotFound
