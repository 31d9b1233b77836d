"""How often somebody may try to log in, register or ask for a mail, and an app for a registration or a token."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from aiohttp import web

from models import attempts
from models.database import transaction
from web.keys import INSTANCE

Action = Literal[
    "login",
    "mail",
    "register",
    "app",
    "token",
    "second",
    "passkey",
    "guest",
    "guest_listing",
    "guest_write",
    "report",
    "visitor_report",
    "receipt",
]

QUARTER = timedelta(minutes=15)
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Tries by one network under one name, under one name by everybody, and by one network under any name.

    The first is what somebody meets who forgot a password; the second stops a crowd of machines without letting
    one of them lock a member out; the third is wide, since a whole workshop shares one address.
    """

    pair: int
    name: int
    network: int
    within: timedelta


LIMITS: dict[Action, Limits] = {
    "login": Limits(pair=10, name=100, network=100, within=QUARTER),
    "mail": Limits(pair=5, name=8, network=60, within=HOUR),
    "register": Limits(pair=30, name=1_000, network=60, within=HOUR),
    "second": Limits(pair=10, name=30, network=100, within=QUARTER),
    "passkey": Limits(pair=100, name=10_000, network=100, within=QUARTER),
    "guest": Limits(pair=5, name=8, network=20, within=HOUR),
    "guest_listing": Limits(pair=10, name=40, network=1_000, within=HOUR),
    "guest_write": Limits(pair=30, name=30, network=300, within=HOUR),
    "report": Limits(pair=20, name=20, network=100, within=HOUR),
    "visitor_report": Limits(pair=5, name=60, network=5, within=HOUR),
    "receipt": Limits(pair=3, name=3, network=5, within=HOUR),
    "app": Limits(pair=60, name=2_000, network=60, within=HOUR),
    "token": Limits(pair=60, name=1_000, network=300, within=QUARTER),
}


async def may_try(request: web.Request, action: Action, name: str) -> bool:
    """Count one more try and say whether it is still within the limits. `name` is whatever was typed."""
    limits, network = LIMITS[action], attempts.network_of(request.remote)
    counted = (
        (_pair_key(request, action, name), limits.pair),
        (f"{action} name {name.lower()}", limits.name),
        (f"{action} network {network}", limits.network),
    )
    async with transaction(request.app[INSTANCE].pool) as conn:
        return all([await attempts.count(conn, key, within=limits.within) <= most for key, most in counted])


async def require_try(request: web.Request, action: Action, name: str) -> None:
    """Count one more try, and raise the answer 429 beyond the limits, with the three headers that clients read."""
    if await may_try(request, action, name):
        return
    limits = LIMITS[action]
    ends = datetime.now(UTC) + limits.within
    raise web.HTTPTooManyRequests(
        headers={
            "Retry-After": str(int(limits.within.total_seconds())),
            "X-RateLimit-Limit": str(limits.pair),
            "X-RateLimit-Remaining": "0",
            "X-RateLimit-Reset": ends.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        }
    )


async def forget_tries(request: web.Request, action: Action, name: str) -> None:
    """It was the right person: her next mistakes are counted from nothing."""
    async with transaction(request.app[INSTANCE].pool) as conn:
        await attempts.forget(conn, _pair_key(request, action, name))


def _pair_key(request: web.Request, action: Action, name: str) -> str:
    return f"{action} pair {name.lower()} {attempts.network_of(request.remote)}"
