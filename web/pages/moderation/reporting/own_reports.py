"""What became of a report, for whoever made it: a member among all of hers, a visitor by the link of her receipt."""

from dataclasses import dataclass
from functools import partial

from aiohttp import web

from models import preferences
from models.errors import NotFound
from models.moderation import reports
from models.moderation.reports import Report
from models.moderation.searches import report_progress
from models.moderation.searches.report_progress import Progress
from models.store.database import connection, transaction
from web.http.app_keys import INSTANCE
from web.mail.staff_mails import FOLLOWED
from web.pages.components.flash_messages import find_flash_message
from web.pages.moderation.reporting.report_form import SAID
from web.pages.moderation.reports import ReportLine, make_lines
from web.pages.traffic.failure_causes import explain_stop
from web.rendering.render import render, say
from web.security.session import require_account
from web.security.signed_urls import read_signed

NOBODY = 0
"""No actor: whose reader a visitor is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnReport:
    """One report and how far it is."""

    line: ReportLine
    progress: Progress

    @property
    def report(self) -> Report:
        """What was reported."""
        return self.line.report


async def list_own(request: web.Request) -> web.Response:
    """GET /compte/signalements: what the member reported herself, and what became of it."""
    account = require_account(request)
    async with connection(request.app[INSTANCE].pool) as conn:
        made = await reports.list_made(conn, account.actor_id)
        lines = await make_lines(conn, made, account.actor_id)
        progress = await report_progress.map_progress(conn, [one.id for one in made])
        shown = (await preferences.load(conn)).journal_shown
    own = [OwnReport(line=line, progress=progress[line.report.id]) for line in lines]
    return await render(
        request,
        "reports/own.html",
        lines=own,
        journal_shown=shown,
        explain_stop=partial(explain_stop, partial(say, request)),
    )


async def show_followed(request: web.Request) -> web.Response:
    """GET /signalement/TOKEN: the receipt of a visitor, and from then on what becomes of her report."""
    instance = request.app[INSTANCE]
    async with transaction(instance.pool) as conn:
        said = await read_signed(conn, instance.settings, FOLLOWED, request.match_info["token"])
        found = await reports.list_by_ids(conn, [int(said)]) if said is not None else []
        if not found:
            raise NotFound
        lines = await make_lines(conn, found, NOBODY)
        progress = await report_progress.map_progress(conn, [found[0].id])
    response = await render(
        request,
        "reports/followed.html",
        one=OwnReport(line=lines[0], progress=progress[found[0].id]),
        link=f"{instance.site.url}{request.path}",
        said=find_flash_message(request, SAID),
        explain_stop=partial(explain_stop, partial(say, request)),
    )
    response.headers["Cache-Control"], response.headers["Referrer-Policy"] = "private, no-store", "no-referrer"
    return response
