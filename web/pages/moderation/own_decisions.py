"""What the team decided about the reader, why, and her objection: for a member, and by the address in her mail."""

from aiohttp import web

from models.errors import Conflict, NotFound, Refusal
from models.moderation import deciders, decisions
from models.moderation.appeals import WORDS_LIMIT
from models.moderation.decisions import ModerationDecision
from models.store.database import Connection, connection, transaction
from outbox.moderation.case_appeals import object_to
from web.forms.form import Form, blank_form, read_form
from web.http.app_keys import INSTANCE
from web.http.row_ids import read_id
from web.news.statements import load_statement
from web.pages.access.login import has_mail
from web.pages.components.flash_messages import find_flash_message, redirect_with_message
from web.rendering.render import N_, render
from web.security.session import require_account

SAID = {"objected": N_("Votre recours est parti.")}


async def show_decision(request: web.Request) -> web.Response:
    """GET /compte/decisions/ID, /decisions/LINK."""
    async with connection(request.app[INSTANCE].pool) as conn:
        decision = await _find(conn, request)
    return await _show(request, blank_form(request), decision)


async def post_appeal(request: web.Request) -> web.Response:
    """POST the same: the person objects, once."""
    form = await read_form(request)
    words = form.lines("words", limit=WORDS_LIMIT, missing="Dites en quelques mots pourquoi vous n’êtes pas d’accord.")
    async with transaction(request.app[INSTANCE].pool) as conn:
        decision = await _find(conn, request)
        if form.ok:
            try:
                await object_to(conn, decision, words)
            except Conflict:
                form.fail("", "Vous avez déjà fait un recours contre cette décision.")
            except Refusal as refusal:
                form.refuse("words", refusal)
    if not form.ok:
        return await _show(request, form, decision, status=422)
    raise redirect_with_message(request.path, "objected")


async def _find(conn: Connection, request: web.Request) -> ModerationDecision:
    """The decision that the address names, if it concerns the reader, or the address was written to her.

    Raises NotFound, also for what was only proposed.
    """
    if "link" in request.match_info:
        decision = await decisions.find_by_link(conn, request.match_info["link"])
    else:
        reader_id = require_account(request).actor_id
        decision = await decisions.find(conn, read_id(request.match_info["id"]))
        if decision is not None and decision.actor_id != reader_id:
            raise NotFound
    if decision is None or decision.effective_at is None or decision.kind == "nothing":
        raise NotFound
    return decision


async def _show(request: web.Request, form: Form, decision: ModerationDecision, *, status: int = 200) -> web.Response:
    async with connection(request.app[INSTANCE].pool) as conn:
        one = await load_statement(conn, decision)
        answering = await deciders.list_answering(conn, decision.case_id)
    return await render(
        request,
        "decisions/show.html",
        status=status,
        form=form,
        one=one,
        said=find_flash_message(request, SAID),
        answered_by_somebody=bool(answering),
        mail=has_mail(request),
        here_url=request.path,
    )
