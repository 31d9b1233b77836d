"""A case: what was said, what is said about it, what was decided, and what the team does with it beside deciding."""

from functools import partial

from aiohttp import web

from models.errors import Conflict, NotFound
from models.moderation import case_notes, cases, deciders
from models.moderation.cases import Case
from models.people.accounts import Account
from models.store.database import Connection, connection, transaction
from outbox.moderation import reports as outbox_reports
from outbox.moderation.case_decisions import Ruling
from web.forms.form import Form, blank_form, read_form
from web.http.app_keys import INSTANCE
from web.http.row_ids import read_id
from web.pages.components.flash_messages import find_flash_message, redirect_with_message
from web.pages.moderation.cases.case_view import load_view
from web.pages.moderation.cases.preview import preview_statement
from web.pages.moderation.cases.reasons import list_reasons
from web.pages.traffic.failure_causes import explain_stop
from web.rendering.render import N_, render, say
from web.security.session import require_right

HERE = "/coop/dossiers"

SAID = {
    "take": N_("Vous tenez ce dossier pour quatre heures."),
    "give_back": N_("Le dossier est rendu à l’équipe."),
    "withdraw": N_("Vous avez laissé ce dossier : il se décide sans vous."),
    "note": N_("C’est noté, pour l’équipe seule."),
    "reopen": N_("Le dossier est de nouveau à lire."),
    "decided": N_("C’est décidé. La personne et celles qui avaient signalé sont prévenues."),
    "decided_more": N_("C’est décidé. Un signalement est arrivé entre-temps : le dossier reste à lire."),
    "proposed": N_("C’est proposé. Rien ne se passe avant l’accord d’une deuxième personne."),
    "confirmed": N_("C’est confirmé, et la personne est prévenue."),
    "confirmed_more": N_("C’est confirmé. Un signalement est arrivé entre-temps : le dossier reste à lire."),
    "refused_proposal": N_("C’est refusé : le dossier est de nouveau à lire."),
    "taken_back": N_("La décision est levée, et la personne est prévenue."),
    "appeal_kept": N_("La décision reste, et la personne est prévenue."),
}

ACTS = ("take", "give_back", "withdraw", "note", "reopen")


async def show_page(request: web.Request) -> web.Response:
    """GET /coop/dossiers/ID."""
    me = require_right(request, "reports")
    async with connection(request.app[INSTANCE].pool) as conn:
        case = await cases.find(conn, read_id(request.match_info["id"]), me.actor_id)
    if case is None:
        raise NotFound
    return await show_case(request, case, blank_form(request))


async def post_act(request: web.Request) -> web.Response:
    """POST /coop/dossiers/ID: take it or give it back, step aside, note something, open it again."""
    me, id = require_right(request, "reports"), read_id(request.match_info["id"])
    form = await read_form(request)
    act = form.choice("act", ACTS, missing="Ce choix n’existe pas.")
    words = form.lines("note", limit=case_notes.LIMIT) if act == "note" else form.lines("motive", limit=200)
    if act == "note" and not words:
        form.fail("note", "Écrivez votre note.")
    if act == "withdraw" and not words:
        form.fail("motive", "Dites en un mot pourquoi, pour l’équipe.")
    async with transaction(request.app[INSTANCE].pool) as conn:
        case = await cases.lock(conn, id, me.actor_id)
        if case is None:
            raise NotFound
        if form.ok:
            await _act(conn, form, act, case, me, words)
    if not form.ok:
        return await show_case(request, case, form, status=422)
    raise redirect_with_message(f"{HERE}/{id}", act)


async def _act(conn: Connection, form: Form, act: str, case: Case, me: Account, words: str) -> None:
    """What is there already stays as it is."""
    match act:
        case "take":
            await deciders.require_free(conn, case.id, me.actor_id)
            await cases.take(conn, case.id, me.actor_id)
        case "give_back":
            await cases.give_back(conn, case.id, me.actor_id)
        case "withdraw" if await deciders.list_free(conn, case.id) == [me.actor_id]:
            form.fail("motive", "Personne d’autre ne peut décider : donnez d’abord le rôle de modération à quelqu’un.")
        case "withdraw":
            await cases.withdraw(conn, case.id, me.actor_id, words)
        case "note":
            await case_notes.add(conn, case.id, me.actor_id, words)
        case _:
            try:
                await outbox_reports.reopen_case(conn, case.id, me.actor_id)
            except Conflict:
                form.fail("", "Un dossier de cette personne est déjà à lire.")


async def show_case(
    request: web.Request, case: Case, form: Form, *, status: int = 200, ruling: Ruling | None = None
) -> web.Response:
    """The page of a case that the reader may see, with what was typed, and a ruling as the person would read it."""
    me = require_right(request, "reports")
    async with connection(request.app[INSTANCE].pool) as conn:
        current = await cases.find(conn, case.id, me.actor_id)
        view = await load_view(conn, partial(say, request), current or case, me.actor_id)
        reasons = await list_reasons(conn, partial(say, request))
    return await render(
        request,
        "cases/show.html",
        status=status,
        form=form,
        one=view,
        reasons=reasons,
        preview=preview_statement(view, ruling) if ruling is not None else None,
        mail=request.app[INSTANCE].settings.smtp_url is not None,
        said=find_flash_message(request, SAID),
        here_url=f"{HERE}/{case.id}",
        explain_stop=partial(explain_stop, partial(say, request)),
    )
