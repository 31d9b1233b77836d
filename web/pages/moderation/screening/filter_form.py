"""One filter: read from a form, tried on the last thirty days before it is saved, changed."""

from aiohttp import web

from models.errors import Invalid
from models.moderation import filters, journal
from models.moderation.filter_patterns import LONGEST_LINE, MOST_LINES, read_lines
from models.moderation.filters import NAME_LIMIT, FilterAction, ModerationRule
from models.store.database import connection, transaction
from outbox.moderation.filter_trial import FilterTrial, try_rule
from web.forms.form import Form, blank_form, read_form
from web.http.app_keys import INSTANCE
from web.http.row_ids import read_id
from web.pages.components.flash_messages import redirect_with_message
from web.rendering.render import render
from web.security.session import require_right

HERE = "/coop/filtres"

ACTIONS: tuple[FilterAction, ...] = ("hold", "tell")

FIRST = {"action": "hold", "on_local": "1", "on_remote": "1"}
"""A new filter, before anything is typed."""


async def show_new(request: web.Request) -> web.Response:
    """GET /coop/filtres/nouveau."""
    require_right(request, "reports")
    return await _show(request, blank_form(request, FIRST), None)


async def show_filter(request: web.Request) -> web.Response:
    """GET /coop/filtres/ID. Raises NotFound."""
    require_right(request, "reports")
    id = read_id(request.match_info["id"])
    async with connection(request.app[INSTANCE].pool) as conn:
        held = await filters.get(conn, id)
    values = {"name": held.name, "patterns": "\n".join(held.patterns), "action": held.action}
    values |= {"on_local": "1"} if held.on_local else {}
    values |= {"on_remote": "1"} if held.on_remote else {}
    return await _show(request, blank_form(request, values), id)


async def post_filter(request: web.Request) -> web.Response:
    """POST /coop/filtres/nouveau and /coop/filtres/ID: try it, or save it. Raises NotFound."""
    me = require_right(request, "reports")
    id = read_id(request.match_info["id"]) if "id" in request.match_info else None
    form = await read_form(request)
    rule = _read_rule(form)
    if rule is None:
        return await _show(request, form, id)
    if form.typed("act") == "preview":
        async with connection(request.app[INSTANCE].pool) as conn:
            trial = await try_rule(conn, rule)
        return await _show(request, form, id, trial=trial)
    try:
        async with transaction(request.app[INSTANCE].pool) as conn:
            await filters.save(conn, rule, id)
            await journal.record(
                conn, "filter_changed", by=me, right="reports", name=rule.name, patterns=list(rule.patterns)
            )
    except Invalid as error:
        form.refuse(error.field or "", error)
        return await _show(request, form, id)
    raise redirect_with_message(HERE, "saved")


def _read_rule(form: Form) -> ModerationRule | None:
    """The filter as it was typed; None where something is wrong."""
    name = form.text("name", limit=NAME_LIMIT, missing="Donnez un nom à ce filtre, pour le reconnaître.")
    patterns: tuple[str, ...] = ()
    try:
        patterns = read_lines(form.lines("patterns", limit=MOST_LINES * (LONGEST_LINE + 1)))
    except Invalid as error:
        form.refuse("patterns", error)
    action = form.choice("action", ACTIONS, default="hold")
    local, remote = form.flag("on_local"), form.flag("on_remote")
    if not local and not remote:
        form.fail("where", "Cochez au moins l’un des deux : ici, ou ailleurs.")
    if not form.ok:
        return None
    return ModerationRule(name=name, patterns=patterns, action=action, on_local=local, on_remote=remote)


async def _show(request: web.Request, form: Form, id: int | None, *, trial: FilterTrial | None = None) -> web.Response:
    return await render(
        request,
        "filters/form.html",
        status=422 if form.errors else 200,
        form=form,
        id=id,
        url=f"{HERE}/{id or 'nouveau'}",
        trial=trial,
    )
