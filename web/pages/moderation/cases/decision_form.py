"""The form to decide about a person: read, shown beforehand as she will read it, and done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import partial

from aiohttp import web

from models.errors import Conflict, NotFound, Refusal
from models.moderation import cases
from models.moderation.cases import Case
from models.moderation.decisions import KINDS, DecisionKind
from models.moderation.reports import NOTE_LIMIT
from models.moments import PARIS
from models.store.database import connection, transaction
from outbox.moderation import case_decisions
from outbox.moderation.case_decisions import Ruled, Ruling
from web.forms.form import Form, read_form
from web.http.app_keys import INSTANCE
from web.http.row_ids import find_id, read_id
from web.mail.decision_mails import queue_answers
from web.pages.components.flash_messages import redirect_with_message
from web.pages.moderation.cases.case_page import show_case
from web.pages.moderation.cases.read_marks import EPOCH, read_mark
from web.pages.moderation.cases.reasons import OTHER, list_reasons
from web.rendering.render import say
from web.security.session import require_right

WORDS_LIMIT = 5000

SPANS = {"7": 7, "14": 14, "30": 30, "none": None, "date": None}
"""For how long, in days; without an end, or until a day of one's choice."""

HIDING: frozenset[DecisionKind] = frozenset({"hide", "suspend", "exclude"})
"""What names posts: hides them, or meanwhile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What was chosen in the form."""

    ruling: Ruling
    preview: bool


async def post_decision(request: web.Request) -> web.Response:
    """POST /coop/dossiers/ID/decision: decide, propose, or see beforehand what the person will read."""
    me, id = require_right(request, "reports"), read_id(request.match_info["id"])
    form = await read_form(request)
    instance = request.app[INSTANCE]
    async with connection(instance.pool) as conn:
        case = await cases.find(conn, id, me.actor_id)
        if case is None:
            raise NotFound
        reasons = await list_reasons(conn, partial(say, request))
    typed = read_ruling(form, reasons)
    if typed.preview:
        return await show_case(request, case, _blank(form), ruling=typed.ruling)
    if not form.ok:
        return await show_case(request, case, form, status=422, ruling=typed.ruling)
    return await _decide(request, case, form, typed.ruling)


def _blank(form: Form) -> Form:
    """What was typed, without its mistakes: whoever only looks beforehand is not done yet."""
    form.errors.clear()
    return form


async def _decide(request: web.Request, case: Case, form: Form, ruling: Ruling) -> web.Response:
    me, instance = require_right(request, "reports"), request.app[INSTANCE]
    try:
        async with transaction(instance.pool) as conn:
            ruled = await case_decisions.decide(conn, instance.site, case.id, ruling, me)
            await queue_answers(conn, ruled.settled)
    except Conflict as conflict:
        form.refuse("", conflict)
        return await show_case(request, case, form, status=409, ruling=ruling)
    except NotFound:
        raise
    except Refusal as refusal:
        form.refuse(refusal.field or "", refusal)
        return await show_case(request, case, form, status=422, ruling=ruling)
    raise redirect_with_message(f"/coop/dossiers/{case.id}", name_outcome(ruled))


def name_outcome(ruled: Ruled) -> str:
    """What is said of it (case_page.SAID)."""
    if ruled.decision.effective_at is None:
        return "proposed"
    return "decided_more" if ruled.more_to_read else "decided"


def read_ruling(form: Form, reasons: Sequence[str]) -> Typed:
    """What was chosen, with what is missing noted in the form."""
    kind = form.choice("kind", KINDS, missing="Choisissez ce que vous décidez.") or "nothing"
    days, ends_at = _read_span(form, kind)
    rule, words = _read_reason(form, kind, reasons)
    ruling = Ruling(
        kind=kind,
        seen=find_id(form.typed("seen")) or 0,
        rule=rule,
        words=words,
        post_ids=_read_posts(form) if kind in HIDING else (),
        days=days,
        ends_at=ends_at,
        second_id=find_id(form.typed("second")),
        hide_meanwhile=form.flag("hide_meanwhile"),
        answer=form.lines("answer", limit=NOTE_LIMIT),
        read_until=read_mark(form.typed("read_until")) or EPOCH,
    )
    return Typed(ruling=ruling, preview=form.typed("act") == "preview")


def _read_reason(form: Form, kind: DecisionKind, reasons: Sequence[str]) -> tuple[str, str]:
    """The rule that it rests on, and the words: the person has to know why."""
    rule = form.choice("rule", (*reasons, OTHER, ""))
    words = form.lines("words", limit=WORDS_LIMIT)
    if kind == "nothing":
        return "", ""
    if kind == "warn" and not words:
        form.fail("words", "Écrivez le mot que la personne lira.")
    elif not words and rule in ("", OTHER):
        form.fail("rule", "Choisissez une raison, ou écrivez-la dans le mot : la personne doit savoir pourquoi.")
    return "" if rule == OTHER else rule, words


def _read_posts(form: Form) -> tuple[int, ...]:
    found = [find_id(text) for text in form.values.getall("post_ids", [])]
    return tuple(id for id in found if id is not None)


def _read_span(form: Form, kind: DecisionKind) -> tuple[int | None, datetime | None]:
    """For so many days, or until a moment."""
    if kind not in case_decisions.TIMED:
        return None, None
    span = form.choice("span", tuple(SPANS), default="none")
    if span != "date":
        return SPANS[span], None
    try:
        day = date.fromisoformat(form.typed("until"))
    except ValueError:
        form.fail("until", "Choisissez le jour où cela finit.")
        return None, None
    ends_at = datetime.combine(day, time(9), PARIS)
    if ends_at <= datetime.now(UTC):
        form.fail("until", "Choisissez un jour à venir.")
    return None, ends_at
