"""Who sits at a screen left unlocked may not take the account over: what she gives before what cannot be undone."""

from typing import Literal

from aiohttp import web

from models.people import accounts
from models.store.database import connection
from web.forms.form import Form
from web.forms.throttle import forget_tries, may_try, refuse_try
from web.http.app_keys import INSTANCE
from web.security.passwords import check_password
from web.security.session import LoginRequired, current_session, require_account

Proof = Literal["none", "password", "again"]
"""Nothing more, her password, or a new log-in since she has no password."""


async def find_proof(request: web.Request) -> Proof:
    """What is asked for. Whoever came in just now by a link or a passkey has shown that it is she."""
    account, session = require_account(request), current_session(request)
    async with connection(request.app[INSTANCE].pool) as conn:
        has_password = await accounts.find_password_hash(conn, account.actor_id) is not None
    fresh = session is not None and session.is_new
    if fresh and session is not None and (session.without_password or not has_password):
        return "none"
    return "password" if has_password else "again"


async def require_proof(request: web.Request, form: Form, here: str) -> None:
    """Note in the form where the password is not right. Raises LoginRequired, which leads back to `here`."""
    match await find_proof(request):
        case "again":
            raise LoginRequired(here, again=True)
        case "password":
            await _check_password(request, form, require_account(request).actor_id)


async def _check_password(request: web.Request, form: Form, actor_id: int) -> None:
    async with connection(request.app[INSTANCE].pool) as conn:
        password_hash = await accounts.find_password_hash(conn, actor_id)
    if not await may_try(request, "login", f"account {actor_id}"):
        refuse_try(form, "current", "login")
    elif not await check_password(password_hash, form.secret("current")):
        form.fail("current", "Ce n’est pas votre mot de passe actuel.")
    else:
        await forget_tries(request, "login", f"account {actor_id}")
