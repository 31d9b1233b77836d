"""Deciding about somebody by an app, letting in who asks, and taking back what was decided.

An app knows neither cases nor reasons by rule: what it sends is decided in the open case about the person, or in a new
one, as on our pages. What two of the team have to want is proposed there alone, and confirmed on the page.
"""

from collections.abc import Mapping
from typing import Literal, get_args

from aiohttp import web

from federation.own_keys.key_pairs import make_key_pairs
from models.errors import Conflict, Invalid, NotFound
from models.moderation import cases, decisions, reports
from models.moderation.decisions import DecisionKind
from models.people import sign_ups
from models.people.actors import Actor
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
from web.mail.staff_mails import queue_answer

AppAction = Literal["none", "silence", "suspend"]

ACTIONS: tuple[AppAction, ...] = get_args(AppAction)

KINDS: Mapping[AppAction, DecisionKind] = {"none": "warn", "silence": "limit", "suspend": "suspend"}
"""What each is here; `none` without a word for the person only closes the case."""

WORDS_LIMIT = 2000
"""Characters of the reasons that the person reads."""


async def post_action(request: web.Request) -> web.Response:
    """POST /api/v1/admin/accounts/:id/action: `type`, `text`, `report_id`. The person is always told, with the reasons:
    `send_email_notification` changes nothing. Reports about her are settled with it.
    """
    parameters = await read_parameters(request)
    action, words, report_id = _read_action(parameters), _read_words(parameters), parameters.id("report_id")
    kind: DecisionKind = KINDS[action] if words or action != "none" else "nothing"
    if kind != "nothing" and not words:
        raise Invalid("reasons_missing", field="text")
    instance, id, me = request.app[INSTANCE], read_id(request.match_info["id"]), staff(request)
    async with transaction(instance.pool) as conn:
        target = await get_moderated(conn, request, id)
        await _require_report_about(conn, report_id, target, me.actor_id)
        case_id = await cases.open_case(conn, target.id, target.display_name)
        ruling = Ruling(kind=kind, seen=await decisions.find_latest(conn, case_id), words=words)
        ruled = await case_decisions.decide(conn, instance.site, case_id, ruling, me)
        for one in ruled.settled:
            await queue_answer(conn, one)
    return answer_json(request, {})


async def _require_report_about(conn: Connection, report_id: int | None, target: Actor, reader_id: int) -> None:
    """Raises NotFound for a report that is not about this person."""
    if report_id is not None:
        report = await reports.find(conn, report_id, reader_id)
        if report is None or report.target_id != target.id:
            raise NotFound


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
    if asked is None or not has_right(staff(request), "sign_ups"):
        raise NotFound
