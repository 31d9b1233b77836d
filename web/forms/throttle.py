"""How often somebody may try to log in, register or ask for a mail, and an app for a registration or a token.

The numbers stand in `models/limits`.
"""

from datetime import UTC, datetime

from aiohttp import web

from models.limits import TRIES, Action, Limit
from models.store import limit_rows
from models.store.database import transaction
from web.forms.form import Form
from web.http.app_keys import INSTANCE
from web.http.client_address import visitor_network
from web.middlewares.rate_limits import format_reset


async def may_try(request: web.Request, action: Action, name: str) -> bool:
    """Count one more try and say whether it is still within the limits. `name` is whatever was typed."""
    at, network, name = datetime.now(UTC), visitor_network(request.remote), name.lower()
    tries = TRIES[action]
    keys: tuple[tuple[Limit, str], ...] = (
        (tries.pair, f"{name} {network}"),
        (tries.name, name),
        (tries.network, network),
    )
    async with transaction(request.app[INSTANCE].pool) as conn:
        return all([await limit_rows.spend(conn, limit, key, at=at) for limit, key in keys])


async def require_try(request: web.Request, action: Action, name: str) -> None:
    """Count one more try, and raise the answer 429 beyond the limits, with the three headers that clients read."""
    if await may_try(request, action, name):
        return
    limit = TRIES[action].pair
    raise web.HTTPTooManyRequests(
        headers={
            "Retry-After": str(limit.seconds),
            "X-RateLimit-Limit": str(limit.most),
            "X-RateLimit-Remaining": "0",
            "X-RateLimit-Reset": format_reset(datetime.now(UTC).timestamp() + limit.seconds),
        }
    )


async def forget_tries(request: web.Request, action: Action, name: str) -> None:
    """It was the right person: her next mistakes are counted from nothing."""
    async with transaction(request.app[INSTANCE].pool) as conn:
        await limit_rows.forget(conn, TRIES[action].pair, f"{name.lower()} {visitor_network(request.remote)}")


def refuse_try(form: Form, field: str, action: Action) -> None:
    """Say beside a field, or of the form as a whole, that it was tried too often, and when to try again."""
    form.refuse(field, TRIES[action].refusal)
