"""Deciding about somebody by an app, letting in who asks, and taking back what was decided.

An app knows neither cases nor reasons by rule: what it sends is decided in the open case about the person, or in a new
one, as on our pages. What two of the team have to want is proposed there alone, and confirmed on the page.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Literal, get_args

from aiohttp import web

from federation.own_keys.key_pairs import make_key_pairs
from models.errors import Conflict, Invalid, NotFound
from models.moderation import cases, decisions, journal, meanwhile, reports
from models.moderation.decisions import DecisionKind
from models.moderation.reports import Report
from models.moderation.searches import report_readings
from models.people import sign_ups
from models.people.accounts import Account
from models.people.actors import Actor
from models.people.arrivals import answered_requests
from models.people.arrivals.answer_mails import TeamAnswer
from models.people.roles import has_right
from models.store.database import Connection, connection, transaction
from outbox.moderation import case_decisions
from outbox.moderation.case_decisions import Ruling
from outbox.people import accounts as outbox
from web.api.auth import staff
from web.api.entities.moderation import build_pending_account
from web.api.json_responses import answer_json
from web.api.mastodon.admin.staff import get_moderated, read_staff, show_actor
from web.api.parameters import Parameters, read_parameters
from web.http.app_keys import INSTANCE
from web.http.row_ids import read_id
from web.mail.decision_mails import queue_answers

AppAction = Literal["none", "silence", "suspend"]

ACTIONS: tuple[AppAction, ...] = get_args(AppAction)

KINDS: Mapping[AppAction, DecisionKind] = {"none": "warn", "silence": "limit", "suspend": "suspend"}
"""What each is here; `none` without a word for the person only closes the case."""

WORDS_LIMIT = 2000
"""Characters of the reasons that the person reads."""


async def post_action(request: web.Request) -> web.Response:
    """POST /api/v1/admin/accounts/:id/action: `type`, `text`, `report_id`. The person is always told, with the reasons:
    `send_email_notification` changes nothing. Reports about her that this app's user has read are settled with it.
    """
    parameters = await read_parameters(request)
    action, words, report_id = _read_action(parameters), _read_words(parameters), parameters.id("report_id")
    kind: DecisionKind = KINDS[action] if words or action != "none" else "nothing"
    if kind != "nothing" and not words:
        raise Invalid("reasons_missing", field="text")
    instance, id, me = request.app[INSTANCE], read_id(request.match_info["id"]), staff(request)
    try:
        async with transaction(instance.pool) as conn:
            target = await get_moderated(conn, request, id)
            named = await _find_report_about(conn, report_id, target, me.actor_id)
            read_until = await _find_read_until(conn, target, named, me)
            case_id = await cases.open_case(conn, target.id, target.display_name)
            seen = await journal.find_seen(conn, case_id)
            ruling = Ruling(kind=kind, seen=seen, words=words, read_until=read_until)
            ruled = await case_decisions.decide(conn, instance.site, case_id, ruling, me)
            await queue_answers(conn, ruled.settled)
            await report_readings.note(conn, me.actor_id, {target.id: None})
    except Conflict:
        async with transaction(instance.pool) as conn:
            await report_readings.note(conn, me.actor_id, {id: None})  # from now on she knows
        raise
    return answer_json(request, {})


async def _find_report_about(conn: Connection, report_id: int | None, target: Actor, reader_id: int) -> Report | None:
    """The report that an app names. Raises NotFound for one that is not about this person."""
    if report_id is None:
        return None
    report = await reports.find(conn, report_id, reader_id)
    if report is None or report.target_id != target.id:
        raise NotFound
    return report


async def _find_read_until(conn: Connection, target: Actor, named: Report | None, me: Account) -> datetime:
    """Until when she has read what was reported; what came later stays open, and all that she never read.

    Raises Conflict where somebody else decided about the person since.
    """
    reading = await report_readings.find(conn, me.actor_id, target.id)
    if reading is not None:
        latest = await journal.find_latest_about(conn, target.id, but=me.actor_id)
        if latest is not None and latest.id > reading.seen:
            raise await meanwhile.make_conflict(conn, latest)
        if reading.said_at is not None:
            return reading.said_at
    return named.said_at if named is not None else datetime.fromtimestamp(0, UTC)


def _read_action(parameters: Parameters) -> AppAction:
    written = parameters.text("type").strip()
    for action in ACTIONS:
        if action == written:
            return action
    raise Invalid("value_not_allowed", name="type", allowed=", ".join(ACTIONS), field="type")


def _read_words(parameters: Parameters) -> str:
    words = parameters.text("text").strip()
    if len(words) > WORDS_LIMIT:
        raise Invalid("text_too_long", most=WORDS_LIMIT, field="text")
    return words


async def post_unsilence(request: web.Request) -> web.Response:
    """POST /api/v1/admin/accounts/:id/unsilence."""
    return await _take_back(request, "limit")


async def post_unsuspend(request: web.Request) -> web.Response:
    """POST /api/v1/admin/accounts/:id/unsuspend."""
    return await _take_back(request, "suspend")


async def _take_back(request: web.Request, kind: Literal["limit", "suspend"]) -> web.Response:
    """Raises NotFound for herself, Conflict for somebody excluded: two decided that, on the page."""
    instance, id, me = request.app[INSTANCE], read_id(request.match_info["id"]), staff(request)
    async with transaction(instance.pool) as conn:
        target = await get_moderated(conn, request, id)
        if target.id == me.actor_id:
            raise NotFound
        in_force = await decisions.list_in_force(conn, target.id)
        if kind == "suspend" and any(one.kind == "exclude" for one in in_force):
            raise Conflict("excluded_by_two")
        for one in (one for one in in_force if one.kind == kind):
            await case_decisions.take_back(conn, instance.site, one.id, me, "")
    return await show_unchanged(request)


async def show_unchanged(request: web.Request) -> web.Response:
    """POST /api/v1/admin/accounts/:id/enable and …/unsensitive: nobody here is frozen or marked so; as things are."""
    async with connection(request.app[INSTANCE].pool) as conn:
        actor = await get_moderated(conn, request, read_id(request.match_info["id"]))
        return answer_json(request, await show_actor(conn, request, actor))


async def post_approve(request: web.Request) -> web.Response:
    """POST /api/v1/admin/accounts/:id/approve: the answer has the number of the account that she has from now on."""
    instance, id, me = request.app[INSTANCE], read_id(request.match_info["id"]), staff(request)
    await _require_asked(request, id)
    key_pairs = await make_key_pairs(instance.settings)
    mail = instance.settings.smtp_url is not None
    async with transaction(instance.pool) as conn:
        actor = await outbox.approve_sign_up(
            conn, instance.site, id, TeamAnswer(by=me), key_pairs=key_pairs, confirmed=not mail
        )
        return answer_json(request, await show_actor(conn, request, actor))


async def post_reject(request: web.Request) -> web.Response:
    """POST /api/v1/admin/accounts/:id/reject."""
    instance, id, me = request.app[INSTANCE], read_id(request.match_info["id"]), staff(request)
    await _require_asked(request, id)
    async with transaction(instance.pool) as conn:
        asked = await outbox.reject_sign_up(conn, id, TeamAnswer(by=me))
    return answer_json(request, build_pending_account(read_staff(request), asked))


async def _require_asked(request: web.Request, id: int) -> None:
    async with connection(request.app[INSTANCE].pool) as conn:
        asked = await sign_ups.find(conn, id)
        answered = await answered_requests.find_answered(conn, id)
    if (asked is None and answered is None) or not has_right(staff(request), "sign_ups"):
        raise NotFound
