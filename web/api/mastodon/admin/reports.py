"""Reports in an app: read, taken, settled and opened again, with the functions of our pages."""

from collections.abc import Sequence
from datetime import datetime

from aiohttp import web

from models.errors import Conflict, NotFound
from models.moderation import cases, deciders, journal
from models.moderation import reports as model
from models.moderation.reports import Report, Settlement
from models.moderation.searches import report_readings, report_search
from models.moderation.searches.report_search import ReportFilter
from models.people.documents.rules import name_rules
from models.store.database import Connection, connection, transaction
from outbox.moderation import reports as outbox
from web.api.auth import staff
from web.api.entities.moderation import load_admin_reports
from web.api.json_responses import answer_json
from web.api.mastodon.admin.staff import read_staff
from web.api.mastodon.relations.reports import read_category
from web.api.pagination import link_header, read_page
from web.api.parameters import read_parameters, read_query
from web.http.app_keys import INSTANCE
from web.http.row_ids import read_id
from web.mail.staff_mails import queue_answer

DEFAULT, MOST = 100, 200
"""Reports on a page."""


async def list_reports(request: web.Request) -> web.Response:
    """GET /api/v1/admin/reports: `resolved`, `account_id`, `target_account_id`; the open ones where nothing is said."""
    parameters = read_query(request)
    page = read_page(parameters, default=DEFAULT, most=MOST)
    wanted = ReportFilter(
        reader_id=staff(request).actor_id,
        resolved=parameters.flag("resolved"),
        reporter_id=parameters.id("account_id"),
        target_id=parameters.id("target_account_id"),
        before=page.before,
        after=page.after,
        since=page.since,
        limit=page.limit,
    )
    async with connection(request.app[INSTANCE].pool) as conn:
        found = await report_search.search(conn, wanted)
        await _note_read(conn, request, found)
        holders = await report_search.map_holders(conn, [one.id for one in found])
        shown = await load_admin_reports(conn, read_staff(request), found, holders)
    return answer_json(request, shown, headers=link_header(request, [one.id for one in found]))


async def show_report(request: web.Request) -> web.Response:
    """GET /api/v1/admin/reports/:id."""
    async with connection(request.app[INSTANCE].pool) as conn:
        return await _answer(conn, request, await _get(conn, request))


async def put_report(request: web.Request) -> web.Response:
    """PUT /api/v1/admin/reports/:id: `category`, `rule_ids[]`."""
    parameters = await read_parameters(request)
    async with transaction(request.app[INSTANCE].pool) as conn:
        report = await _get(conn, request)
        if parameters.text("category").strip() or parameters.has("rule_ids"):
            numbers = parameters.named_ids("rule_ids")
            rules = await name_rules(conn, numbers) if parameters.has("rule_ids") else None
            await report_search.set_category(conn, report.id, read_category(parameters), rules)
        return await _answer(conn, request, await _get(conn, request))


async def post_assign(request: web.Request) -> web.Response:
    """POST /api/v1/admin/reports/:id/assign_to_self: the case of the report, with all that is in it."""
    async with transaction(request.app[INSTANCE].pool) as conn:
        report = await _get(conn, request)
        if report.case_id is not None:
            await deciders.require_free(conn, report.case_id, staff(request).actor_id)
            await cases.take(conn, report.case_id, staff(request).actor_id)
        return await _answer(conn, request, report)


async def post_unassign(request: web.Request) -> web.Response:
    """POST /api/v1/admin/reports/:id/unassign: what somebody else holds stays hers."""
    async with transaction(request.app[INSTANCE].pool) as conn:
        report = await _get(conn, request)
        if report.case_id is not None:
            await cases.give_back(conn, report.case_id, staff(request).actor_id)
        return await _answer(conn, request, report)


async def post_resolve(request: web.Request) -> web.Response:
    """POST /api/v1/admin/reports/:id/resolve: settled, and nothing else is done; whoever reported is told."""
    me = staff(request)
    async with transaction(request.app[INSTANCE].pool) as conn:
        report = await _get(conn, request)
        try:
            await queue_answer(conn, await outbox.settle(conn, report.id, Settlement(by=me.actor_id)))
            await journal.record(
                conn, "case_closed", by=me, right="reports", about_id=report.target_id, case_id=report.case_id
            )
        except Conflict:
            pass  # somebody settled it before: it is as it was wanted
        return await _answer(conn, request, await _get(conn, request))


async def post_reopen(request: web.Request) -> web.Response:
    """POST /api/v1/admin/reports/:id/reopen."""
    async with transaction(request.app[INSTANCE].pool) as conn:
        report = await _get(conn, request)
        if report.closed_at is not None:
            await outbox.reopen(conn, report.id, staff(request).actor_id)
        return await _answer(conn, request, await _get(conn, request))


async def _get(conn: Connection, request: web.Request) -> Report:
    """The report in the address. Raises NotFound, also for one about the reader herself."""
    found = await model.find(conn, read_id(request.match_info["id"]), staff(request).actor_id)
    if found is None:
        raise NotFound
    return found


async def _note_read(conn: Connection, request: web.Request, shown: Sequence[Report]) -> None:
    said: dict[int, datetime | None] = {}
    for one in sorted(shown, key=lambda report: report.said_at):
        if one.target_id is not None:
            said[one.target_id] = one.said_at
    await report_readings.note(conn, staff(request).actor_id, said)


async def _answer(conn: Connection, request: web.Request, report: Report) -> web.Response:
    await _note_read(conn, request, [report])
    holders = await report_search.map_holders(conn, [report.id])
    [shown] = await load_admin_reports(conn, read_staff(request), [report], holders)
    return answer_json(request, shown)
