"""For who manages a community: the links by which people come in, a new one, and one that opens no longer."""

from datetime import date, datetime, timedelta

from aiohttp import web

from models.communities import entry_links
from models.errors import Conflict, Forbidden, Invalid
from models.moments import PARIS
from models.store.database import connection, transaction
from outbox.communities.invitations import make_link, revoke_link
from outbox.communities.limits import LONGEST_LINK, MOST_COMING
from web.forms.date_field import read_day
from web.forms.form import Form, blank_form, read_form
from web.http.app_keys import INSTANCE
from web.http.row_ids import read_id
from web.pages.communities.visit import end_of, get_managed
from web.pages.components.flash_messages import find_flash_message, redirect_with_message
from web.rendering.render import N_, render
from web.security.session import require_account

USUAL_USES, USUAL_TIME = 20, timedelta(days=14)
"""What the form proposes."""

SAID = {"closed": N_("C’est fait : ce lien n’ouvre plus.")}


async def show_links(request: web.Request) -> web.Response:
    """GET /communautes/NAME/liens."""
    due = (datetime.now(PARIS) + USUAL_TIME).date()
    return await _show(request, blank_form(request, {"uses": str(USUAL_USES), "until": due.isoformat()}))


async def post_link(request: web.Request) -> web.Response:
    """POST /communautes/NAME/liens: a new one, which the answer shows this once; or one that opens no longer."""
    require_account(request)
    form = await read_form(request)
    act = form.choice("act", ("make", "revoke"), missing="Choisissez ce que vous voulez faire.")
    until = read_day(form, "until", missing="Choisissez jusqu’à quand le lien ouvre.") if act == "make" else None
    token = ""
    if form.ok:
        try:
            token = await _act(request, form, until)
        except (Conflict, Invalid, Forbidden) as error:
            form.refuse("until" if error.field == "expires_at" else error.field or "", error)
    if form.ok and not token:
        raise redirect_with_message(request.path, "closed")
    site = request.app[INSTANCE].site
    return await _show(request, form, made=f"{site.url}/communautes/entrer/{token}" if token else "")


async def _act(request: web.Request, form: Form, until: date | None) -> str:
    """The token of a new link; "" where one was closed."""
    site = request.app[INSTANCE].site
    async with transaction(request.app[INSTANCE].pool) as conn:
        visit, me = await get_managed(conn, request, here=True)
        if until is not None:
            return await make_link(conn, site, me, visit.community, _read_uses(form), end_of(until))
        await revoke_link(conn, site, me, visit.community, read_id(form.typed("link")))
    return ""


def _read_uses(form: Form) -> int:
    """How many may come in; 0, which is refused, for what is no number."""
    typed = form.text("uses", limit=10)
    return int(typed) if typed.isascii() and typed.isdecimal() else 0


async def _show(request: web.Request, form: Form, *, made: str = "") -> web.Response:
    async with connection(request.app[INSTANCE].pool) as conn:
        visit, _ = await get_managed(conn, request, here=True)
        links = await entry_links.list_of(conn, visit.community.actor_id)
    return await render(
        request,
        "communities/links.html",
        status=200 if form.ok else 422,
        form=form,
        visit=visit,
        links=links,
        made=made,
        most=MOST_COMING,
        days=LONGEST_LINK.days,
        said=find_flash_message(request, SAID),
    )
