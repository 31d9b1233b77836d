"""All filters, the photos that shall not come back, and whether a new member's first posts wait."""

from dataclasses import replace

from aiohttp import web

from models import preferences
from models.errors import Invalid
from models.moderation import filters, held_posts, journal, removed_pictures
from models.people.accounts import Account
from models.preferences import MOST_FIRST_POSTS, PASSERS_BY
from models.store.database import Connection, connection, transaction
from outbox.people.cooperative_settings import change_settings
from web.forms.form import Form, blank_form, read_form
from web.http.app_keys import INSTANCE
from web.http.row_ids import read_id
from web.pages.components.flash_messages import find_flash_message, redirect_with_message
from web.pages.moderation.screening.filter_form import HERE
from web.rendering.render import N_, render
from web.security.session import require_right

SAID = {
    "saved": N_("C’est enregistré. Le filtre regarde ce qui arrive dès maintenant."),
    "paused": N_("Le filtre est en pause. Ce qu’il a retenu attend toujours."),
    "resumed": N_("Le filtre regarde de nouveau ce qui arrive."),
    "deleted": N_("Le filtre est supprimé. Ce qu’il a retenu attend toujours."),
    "forgotten": N_("Les photos qui ressemblent à celle-là ne sont plus retenues."),
    "first": N_("C’est enregistré."),
}

FIRST_POSTS = tuple(str(number) for number in range(MOST_FIRST_POSTS + 1))


async def list_filters(request: web.Request) -> web.Response:
    """GET /coop/filtres."""
    me = require_right(request, "reports")
    return await _show(request, me, blank_form(request))


async def _show(request: web.Request, me: Account, form: Form, *, status: int = 200) -> web.Response:
    async with connection(request.app[INSTANCE].pool) as conn:
        found = await filters.list_all(conn)
        pictures = await removed_pictures.list_all(conn)
        chosen = await preferences.load(conn)
        waiting = await held_posts.count_waiting(conn, me.actor_id)
    return await render(
        request,
        "filters/index.html",
        status=status,
        form=form,
        filters=found,
        pictures=pictures,
        first_posts=chosen.first_posts,
        passers_by=chosen.passers_by,
        waiting=waiting,
        said=find_flash_message(request, SAID),
    )


async def post_act(request: web.Request) -> web.Response:
    """POST /coop/filtres: pause, resume or delete a filter, forget a photo, or say whether first posts wait."""
    me = require_right(request, "reports")
    form = await read_form(request)
    act = form.choice("act", tuple(SAID))
    try:
        async with transaction(request.app[INSTANCE].pool) as conn:
            if act == "first":
                await _save_first_posts(request, conn, me, form)
            elif act:
                await _change(conn, act, read_id(form.typed("id")))
            await _record(conn, me, act, form)
    except Invalid as refusal:
        form.refuse(refusal.field or "", refusal)
        return await _show(request, me, form, status=422)
    raise redirect_with_message(HERE, act or "first")


async def _change(conn: Connection, act: str, id: int) -> None:
    """Raises NotFound for a filter that is gone."""
    match act:
        case "paused" | "resumed":
            await filters.pause(conn, id, paused=act == "paused")
        case "deleted":
            await filters.delete(conn, id)
        case "forgotten":
            await removed_pictures.forget(conn, id)


async def _save_first_posts(request: web.Request, conn: Connection, me: Account, form: Form) -> None:
    chosen = await preferences.load_for_change(conn)
    wanted = int(form.choice("first_posts", FIRST_POSTS, default=str(chosen.first_posts)))
    passers = form.choice("passers_by", PASSERS_BY, default=chosen.passers_by)
    changed = replace(chosen, first_posts=wanted, passers_by=passers)
    await change_settings(conn, request.app[INSTANCE].site, changed, by=me.actor_id)


async def _record(conn: Connection, me: Account, act: str, form: Form) -> None:
    await journal.record(
        conn,
        "filter_changed",
        by=me,
        right="reports",
        changed=act,
        filter_id=form.typed("id"),
        first_posts=form.typed("first_posts"),
        passers_by=form.typed("passers_by"),
    )
