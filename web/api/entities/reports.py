"""A report as the API shows it: to whoever made it, and with a notification to those who can settle it."""

from collections.abc import Sequence

from models import posts
from models.moderation import reports
from models.moderation.reports import Report
from models.news import staff_notifications
from models.news.notifications import Notification
from models.people import accounts, actors
from models.people.roles import has_right
from models.store.database import Connection
from web.api.entities.accounts import is_shown, load_account
from web.api.entities.values import EntityContext, Json, write_moment, write_moment_or_none

NAMED = 20
"""Posts that a notification of a report names."""


def build_report(report: Report, status_ids: Sequence[int], account: Json) -> Json:
    """The entity Report of Mastodon's API; `account` is whom it is about."""
    return {
        "id": str(report.id),
        "action_taken": report.closed_at is not None,
        "action_taken_at": write_moment_or_none(report.closed_at),
        "category": report.category,
        "comment": report.content,
        "forwarded": report.forwarded,
        "created_at": write_moment(report.created_at),
        "status_ids": [str(id) for id in status_ids] or None,
        "rule_ids": [str(one["number"]) for one in report.rules] or None,
        "target_account": account,
    }


def build_rule(number: int, text: str, hint: str = "") -> Json:
    """A rule of the cooperative, with its number as its id."""
    return {"id": str(number), "text": text, "hint": hint, "translations": {}}


async def load_reports(
    conn: Connection, look: EntityContext, found: Sequence[Notification], reader_id: int
) -> dict[int, Json]:
    """`{"report": …, "account": …}` for each notification of a report that the reader may settle, by its id.

    `account` is who made it; a visitor has none, and the server stands in. None of those about an account that is gone.
    """
    ids = [one.id for one in found if one.type == "admin.report"]
    account = await accounts.find(conn, reader_id) if ids else None
    if account is None or not has_right(account, "reports"):
        return {}
    told = {
        id: await _build_with_reporter(conn, look, report)
        for id, report in (await _list_reports(conn, ids, reader_id)).items()
    }
    return {id: value for id, value in told.items() if value is not None}


async def _list_reports(conn: Connection, ids: Sequence[int], reader_id: int) -> dict[int, Report]:
    """What these notifications are about."""
    about = await staff_notifications.list_about(conn, ids)
    held = await reports.list_by_ids(conn, [one.report_id for one in about.values() if one.report_id], reader_id)
    known = {report.id: report for report in held}
    return {id: known[one.report_id] for id, one in about.items() if one.report_id in known}


async def _build_with_reporter(conn: Connection, look: EntityContext, report: Report) -> Json | None:
    target = await _load(conn, look, report.target_id)
    if target is None:
        return None
    maker = await _load(conn, look, report.reporter_id)
    told: Json = {"report": build_report(report, await _list_posts(conn, report), target)}
    return told if maker is None else told | {"account": maker}


async def _load(conn: Connection, look: EntityContext, id: int | None) -> Json | None:
    actor = next(iter(await actors.list_by_ids(conn, [id] if id else [])), None)
    return await load_account(conn, look, actor) if actor is not None and is_shown(actor) else None


async def _list_posts(conn: Connection, report: Report) -> list[int]:
    named = [await posts.find_by_uri(conn, uri) for uri in report.object_uris[:NAMED]]
    return [post.id for post in named if post is not None and post.deleted_at is None]
