"""What a second person does: confirm or refuse a proposal, take a decision back, answer an appeal."""

from aiohttp import web

from models.errors import Conflict, Invalid, NotFound
from models.moderation import cases, decisions
from models.moderation.cases import Case
from models.people.accounts import Account
from models.store.database import Connection, connection, transaction
from outbox.moderation import case_appeals, case_decisions
from web.forms.form import Form, read_form
from web.http.app_keys import INSTANCE
from web.http.row_ids import read_id
from web.mail.decision_mails import queue_answers
from web.pages.components.flash_messages import redirect_with_message
from web.pages.moderation.cases.case_page import show_case
from web.pages.moderation.cases.read_marks import EPOCH, read_mark
from web.security.session import require_right

WORDS_LIMIT = 2000

DONE = {
    "confirm": "confirmed",
    "refuse": "refused_proposal",
    "take_back": "taken_back",
    "appeal_kept": "appeal_kept",
    "appeal_taken_back": "taken_back",
}
"""What can be done, and what is then said."""

MISSING = {
    "refuse": "Dites pourquoi, pour l’équipe.",
    "take_back": "Dites à la personne pourquoi l’équipe revient sur sa décision.",
    "appeal_kept": "Répondez à la personne : elle doit savoir pourquoi.",
    "appeal_taken_back": "Répondez à la personne : elle doit savoir pourquoi.",
}


async def post_second_look(request: web.Request) -> web.Response:
    """POST /coop/dossiers/ID/suite."""
    me, id = require_right(request, "reports"), read_id(request.match_info["id"])
    form = await read_form(request)
    act = form.choice("act", tuple(DONE), missing="Ce choix n’existe pas.")
    field = f"words_{form.typed('decision')}"
    form.lines(field, limit=WORDS_LIMIT, missing=MISSING.get(act, ""))
    instance = request.app[INSTANCE]
    async with connection(instance.pool) as conn:
        case = await _require_own(conn, id, read_id(form.typed("decision")), me)
    if not form.ok:
        return await show_case(request, case, form, status=422)
    try:
        async with transaction(instance.pool) as conn:
            done = await _act(conn, request, form, act, me)
    except Conflict as conflict:
        form.refuse("", conflict)
        return await show_case(request, case, form, status=409)
    except Invalid as refusal:
        form.refuse("", refusal)
        return await show_case(request, case, form, status=422)
    raise redirect_with_message(f"/coop/dossiers/{id}", done)


async def _require_own(conn: Connection, case_id: int, decision_id: int, me: Account) -> Case:
    """The case, if the decision is one of it. Raises NotFound."""
    case, decision = await cases.find(conn, case_id, me.actor_id), await decisions.find(conn, decision_id)
    if case is None or decision is None or decision.actor_id != case.actor_id:
        raise NotFound
    return case


async def _act(conn: Connection, request: web.Request, form: Form, act: str, me: Account) -> str:
    """What is then said."""
    site, decision_id = request.app[INSTANCE].site, read_id(form.typed("decision"))
    words = form.lines(f"words_{decision_id}", limit=WORDS_LIMIT)
    match act:
        case "confirm":
            read_until = read_mark(form.typed("read_until")) or EPOCH
            ruled = await case_decisions.confirm(conn, site, decision_id, me, read_until=read_until)
            await queue_answers(conn, ruled.settled)
            return "confirmed_more" if ruled.more_to_read else "confirmed"
        case "refuse":
            await case_decisions.refuse(conn, decision_id, me, words)
        case "take_back":
            await case_decisions.take_back(conn, site, decision_id, me, words)
        case "appeal_kept":
            await case_appeals.answer(conn, site, decision_id, me, "kept", words)
        case _:
            await case_appeals.answer(conn, site, decision_id, me, "taken_back", words)
    return DONE[act]
