"""The first-run wizard: address, cooperative, first administrator, registrations. It is gone once it was followed."""

from aiohttp import web

from models import preferences
from models.access import one_time_links
from models.errors import NotFound
from models.people import accounts, built_in_actors
from models.people.roles import has_right
from models.store.database import connection
from web.forms.form import Form, blank_form, read_form
from web.http.app_keys import INSTANCE
from web.http.caching import forbid_caching
from web.pages.access.login import log_in
from web.pages.instance.cooperative_form import fill_in
from web.pages.instance.founding import create_administrator, finish, save_identity
from web.rendering.render import reader_language, render
from web.security.session import current_account

STEPS = ("adresse", "coop", "compte", "inscriptions")


async def is_new(request: web.Request) -> bool:
    """Whether nobody has an account here yet. Asked until somebody has one, and then rarely."""
    instance = request.app[INSTANCE]
    if instance.inhabited.find("accounts") is None:
        async with connection(instance.pool) as conn:
            if not await built_in_actors.is_anybody_here(conn):
                return True
        instance.inhabited.keep("accounts", True)
    return False


async def show_hint(request: web.Request) -> web.Response:
    """GET /installation: where the link is found, as long as nobody administers this instance."""
    async with connection(request.app[INSTANCE].pool) as conn:
        if await accounts.has_admin(conn):
            raise NotFound
    response = await render(request, "setup/hint.html")
    response.headers["X-Robots-Tag"] = "noindex"
    return response


async def show_step(request: web.Request) -> web.Response:
    """GET /installation/{token} and its steps."""
    step = await _require_step(request)
    async with connection(request.app[INSTANCE].pool) as conn:
        chosen = await preferences.load(conn)
        values = await fill_in(conn, chosen) if step == "coop" else {}
    if step == "inscriptions":
        values = {"registration": "open"}
    return await _show(request, step, blank_form(request, values))


async def post_step(request: web.Request) -> web.Response:
    """POST /installation/{token} and its steps: take this step and go to the next one."""
    step = await _require_step(request)
    form = await read_form(request)
    next_page = await {
        "adresse": _accept_address,
        "coop": _save_identity,
        "compte": _create_admin,
        "inscriptions": _finish,
    }[step](request, form)
    if not form.ok:
        return await _show(request, step, form, status=422)
    raise web.HTTPSeeOther(next_page)


async def _require_step(request: web.Request) -> str:
    """The step asked for. Raises NotFound without a living link, and for strangers once there is an administrator."""
    step = request.match_info.get("step") or STEPS[0]
    async with connection(request.app[INSTANCE].pool) as conn:
        link = await one_time_links.find(conn, request.match_info["token"])
        founded = await accounts.has_admin(conn)
    account = current_account(request)
    stranger = founded and not (account and has_right(account, "settings"))
    if link is None or link.purpose != "setup" or step not in STEPS or stranger:
        raise NotFound
    return "inscriptions" if founded and step == "compte" else step


async def _accept_address(request: web.Request, form: Form) -> str:
    if not form.flag("accept"):
        form.fail("accept", "Cochez pour confirmer l’adresse : elle ne pourra plus changer.")
    return _address(request, "coop")


async def _save_identity(request: web.Request, form: Form) -> str:
    await save_identity(request.app[INSTANCE], form)
    return _address(request, "compte")


async def _create_admin(request: web.Request, form: Form) -> str:
    account = await create_administrator(request.app[INSTANCE], form, reader_language(request))
    if account is not None:
        await log_in(request, account)
    return _address(request, "inscriptions")


async def _finish(request: web.Request, form: Form) -> str:
    done = await finish(request.app[INSTANCE], form, request.match_info["token"])
    return "/coop" if done else _address(request, "compte")


def _address(request: web.Request, step: str) -> str:
    return f"/installation/{request.match_info['token']}/{step}"


async def _show(request: web.Request, step: str, form: Form, status: int = 200) -> web.Response:
    page = await render(
        request,
        f"setup/{step}.html",
        status=status,
        form=form,
        step=step,
        steps=STEPS,
        action_url=_address(request, step),
        previous=None if step == STEPS[0] else _address(request, STEPS[STEPS.index(step) - 1]),
    )
    return forbid_caching(page) if form.secret("password") else page
