"""What members say inside a community: read and written there, by who is in it."""

from aiohttp import web

from models import timelines
from models.errors import Conflict, Forbidden, Invalid, NotFound
from models.moderation import held_posts
from models.store.database import Connection, connection, transaction
from outbox.posts import notes
from outbox.posts.notes import NoteDraft
from web.actions.mention_lookup import look_up_mentioned
from web.forms.form import Form, blank_form, read_form
from web.http.app_keys import INSTANCE
from web.pages.communities.visit import Visit, find_visit
from web.pages.components.flash_messages import find_flash_message, redirect_with_message
from web.pages.components.timeline_entries import list_timeline_entries
from web.pages.posts.feeds import last_of, read_page
from web.rendering.render import N_, reader_language, render
from web.security.session import require_account

TEXT_LIMIT = 2000

SAID = {
    "said": N_("C’est dit : les membres le lisent ici."),
    "held": N_("C’est écrit, et paraîtra quand l’équipe de la coop l’aura relu."),
}


async def show_messages(request: web.Request) -> web.Response:
    """GET /communautes/NAME/messages?avant=."""
    return await _show(request, blank_form(request))


async def post_message(request: web.Request) -> web.Response:
    """POST /communautes/NAME/messages: for members alone, here and elsewhere."""
    require_account(request)
    form = await read_form(request)
    text = form.lines("text", limit=TEXT_LIMIT, missing="Écrivez votre message.")
    instance = request.app[INSTANCE]
    async with connection(instance.pool) as conn:
        visit = await _get_member(conn, request)
    if form.ok:
        await look_up_mentioned(instance, text)
        try:
            held = await _publish(request, visit, text)
        except (Conflict, Invalid, Forbidden) as error:
            form.refuse("text", error)
    if not form.ok:
        return await _show(request, form)
    raise redirect_with_message(f"{visit.path}/messages", "held" if held else "said")


async def _publish(request: web.Request, visit: Visit, text: str) -> bool:
    """Whether the note waits for a look."""
    assert visit.reader is not None
    draft = NoteDraft(
        text=text, audience="community", community_id=visit.community.actor_id, language=reader_language(request)
    )
    async with transaction(request.app[INSTANCE].pool) as conn:
        said = await notes.publish(conn, request.app[INSTANCE].site, visit.reader, draft)
        return await held_posts.find(conn, said.id) is not None


async def _get_member(conn: Connection, request: web.Request) -> Visit:
    """The visit of who is in it. Raises NotFound for all others."""
    visit = await find_visit(conn, request)
    if not visit.member:
        raise NotFound
    return visit


async def _show(request: web.Request, form: Form) -> web.Response:
    site, page = request.app[INSTANCE].site, read_page(request)
    async with connection(request.app[INSTANCE].pool) as conn:
        visit = await _get_member(conn, request)
        assert visit.reader is not None
        entries = await timelines.list_inside(conn, visit.community.actor_id, visit.reader.id, page)
        lines = await list_timeline_entries(conn, site, entries, visit.reader.id)
    return await render(
        request,
        "communities/messages.html",
        status=200 if form.ok else 422,
        form=form,
        visit=visit,
        lines=lines,
        last=last_of(entries),
        text_limit=TEXT_LIMIT,
        said=find_flash_message(request, SAID),
    )
