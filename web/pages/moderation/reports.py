"""Reports, for those who settle them: what was reported by whom and how it read, what was decided, by whom."""

from dataclasses import dataclass, replace
from functools import partial

from aiohttp import web

from models import posts
from models.errors import Conflict
from models.moderation import reports
from models.moderation.reports import NOTE_LIMIT, Report, Settlement
from models.people import actors
from models.people.actors import Actor
from models.store.database import Connection, connection, transaction
from outbox.moderation import reports as outbox
from web.forms.form import Form, blank_form, read_form
from web.http.app_keys import INSTANCE
from web.http.row_ids import find_id, read_id
from web.mail.staff_mails import queue_answer
from web.pages.components.flash_messages import find_flash_message, redirect_with_message
from web.pages.components.people import Person, person_of
from web.pages.moderation.pending_work import find_name
from web.pages.traffic.delivery_status import DeliveryStatus, find_delivery_status
from web.pages.traffic.failure_causes import explain_stop
from web.rendering.render import N_, render, say
from web.security.session import require_right

HERE = "/coop/signalements"

PAGE = 20

SAID = {
    "settle": N_("C’est réglé. La personne qui a signalé l’apprend si elle a un compte ici ou a laissé un courriel."),
    "reopen": N_("Le signalement attend de nouveau."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedPost:
    """One reported post as it read then; `href` is where it stands, if the reader may see it there.

    `by` is who wrote it where it is a message before or after a reported one.
    """

    title: str
    text: str
    href: str
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportLine:
    """One report. `reporter` is None for visitors; of another server, whose moderators speak, `from_host` is its name.

    `target` is None where the account is gone, and then `target_name` is what is left; `page` is what is reported where
    nobody in particular wrote it. `delivery` is how far it came on its way to the other server.
    """

    report: Report
    reporter: Person | None
    from_host: str
    target: Person | None
    things: list[ReportedPost]
    closed_by: str
    may_answer: bool
    delivery: DeliveryStatus | None = None
    page: str = ""


async def list_reports(request: web.Request) -> web.Response:
    """GET /coop/signalements?apres=&avant=: the open ones from the oldest, below them those that are settled."""
    require_right(request, "reports")
    return await _show(request, blank_form(request))


async def post_decision(request: web.Request) -> web.Response:
    """POST /coop/signalements: settle a report, or have it wait again."""
    me = require_right(request, "reports")
    form = await read_form(request)
    instance, id = request.app[INSTANCE], read_id(form.typed("report"))
    act = form.choice("act", tuple(SAID), missing="Ce choix n’existe pas.")
    note, answer = form.lines("note", limit=NOTE_LIMIT), form.lines("answer", limit=NOTE_LIMIT)
    if not form.ok:
        return await _show(request, form, status=422)
    try:
        async with transaction(instance.pool) as conn:
            if act == "reopen":
                await outbox.reopen(conn, id, me.actor_id)
            else:
                settled = await outbox.settle(conn, id, Settlement(by=me.actor_id, note=note, answer=answer))
                await queue_answer(conn, settled)
    except Conflict:
        await _fail_settled(request, form, id, me.actor_id)
        return await _show(request, form, status=409)
    raise redirect_with_message(HERE, act)


async def _fail_settled(request: web.Request, form: Form, id: int, reader_id: int) -> None:
    """Somebody else did something with it meanwhile."""
    async with connection(request.app[INSTANCE].pool) as conn:
        held = await reports.find(conn, id, reader_id)
        by = await find_name(conn, held.closed_by if held else None)
    if held is not None and held.closed_at is not None and by:
        form.fail("", "%(by)s a déjà réglé ce signalement.", by=by)
    elif held is not None and held.closed_at is not None:
        form.fail("", "Ce signalement est déjà réglé.")
    else:
        form.fail("", "Ce signalement attend déjà de nouveau.")


async def _show(request: web.Request, form: Form, *, status: int = 200) -> web.Response:
    me = require_right(request, "reports")
    after, older = find_id(request.query.get("apres", "")), find_id(request.query.get("avant", ""))
    async with connection(request.app[INSTANCE].pool) as conn:
        waiting = [] if older else await reports.list_open(conn, reader_id=me.actor_id, after=after, limit=PAGE)
        last = await reports.find(conn, older, me.actor_id) if older else None
        before = (last.closed_at, last.id) if last is not None and last.closed_at is not None else None
        settled = [] if after else await reports.list_closed(conn, reader_id=me.actor_id, before=before, limit=PAGE)
        total = await reports.count_open(conn, me.actor_id)
        lines = await make_lines(conn, waiting, me.actor_id)
        closed = await make_lines(conn, settled, me.actor_id)
    return await render(
        request,
        "reports/staff.html",
        status=status,
        form=form,
        waiting=lines,
        settled=closed,
        total=total,
        next_waiting=waiting[-1].id if len(waiting) == PAGE else None,
        next_settled=settled[-1].id if len(settled) == PAGE else None,
        first_page=after is None and older is None,
        mail=request.app[INSTANCE].settings.smtp_url is not None,
        said=find_flash_message(request, SAID),
        explain_stop=partial(explain_stop, partial(say, request)),
    )


async def make_lines(conn: Connection, found: list[Report], reader_id: int) -> list[ReportLine]:
    """These reports with everybody's names, and what they name."""
    ids = {id for one in found for id in (one.reporter_id, one.target_id, one.closed_by) if id}
    people = await actors.map_by_ids(conn, sorted(ids))
    sent = await find_delivery_status(conn, [one.uri for one in found if one.forwarded and one.uri])
    return [
        replace(await _make_line(conn, one, people, reader_id), delivery=_find_delivery(sent, one)) for one in found
    ]


def _find_delivery(sent: dict[str, DeliveryStatus], report: Report) -> DeliveryStatus | None:
    """How far it came; None for what is not forwarded, and for what was before that was kept."""
    found = sent.get(report.uri or "") if report.forwarded else None
    return found if found is not None and (found.total or found.withheld) else None


async def _make_line(conn: Connection, report: Report, people: dict[int, Actor], reader_id: int) -> ReportLine:
    reporter, from_host = _find_reporter(report, people)
    target, closer = people.get(report.target_id or 0), people.get(report.closed_by or 0)
    return ReportLine(
        report=report,
        reporter=reporter,
        from_host=from_host,
        target=person_of(target) if target is not None and target.deleted_at is None else None,
        things=[await _find_thing(conn, one, reader_id) for one in report.extracts],
        closed_by=closer.display_name if closer is not None else "",
        may_answer=report.local and report.reporter_id != reader_id and _has_reader(report),
        page=report.target_name if report.target_name in report.object_uris else "",
    )


def _find_reporter(report: Report, people: dict[int, Actor]) -> tuple[Person | None, str]:
    """Who of ours reported; of another server, only its name."""
    reporter = people.get(report.reporter_id or 0)
    if reporter is None:
        return None, ""
    return (person_of(reporter), "") if report.local else (None, reporter.host)


def _has_reader(report: Report) -> bool:
    """Whether an answer would reach whoever reported."""
    return report.reporter_id is not None or report.reporter_email is not None


async def _find_thing(conn: Connection, extract: dict[str, str], reader_id: int) -> ReportedPost:
    post = await posts.find_by_uri(conn, extract["uri"])
    shown = post is not None and post.id in await posts.filter_visible(conn, [post.id], reader_id)
    return ReportedPost(
        title=extract["title"],
        text=extract["text"],
        href=f"/notes/{post.id}" if post is not None and shown else "",
        by=extract.get("by", ""),
    )
