"""Reports with everybody's names: what was reported by whom and how it read, what was decided, by whom."""

from dataclasses import dataclass, replace

from models import posts
from models.moderation.reports import Report
from models.people import actors
from models.people.actors import Actor
from models.store.database import Connection
from web.pages.components.people import Person, person_of
from web.pages.traffic.delivery_status import DeliveryStatus, find_delivery_status


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
    delivery: DeliveryStatus | None = None
    page: str = ""


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
        page=report.target_name if report.target_name in report.object_uris else "",
    )


def _find_reporter(report: Report, people: dict[int, Actor]) -> tuple[Person | None, str]:
    """Who of ours reported; of another server, only its name."""
    reporter = people.get(report.reporter_id or 0)
    if reporter is None:
        return None, ""
    return (person_of(reporter), "") if report.local else (None, reporter.host)


async def _find_thing(conn: Connection, extract: dict[str, str], reader_id: int) -> ReportedPost:
    post = await posts.find_by_uri(conn, extract["uri"])
    shown = post is not None and post.id in await posts.filter_visible(conn, [post.id], reader_id)
    return ReportedPost(
        title=extract["title"],
        text=extract["text"],
        href=f"/notes/{post.id}" if post is not None and shown else "",
        by=extract.get("by", ""),
    )
