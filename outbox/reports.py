"""A member reports somebody or something: kept for the moderators here and, if she wants, told to the other server."""

from dataclasses import dataclass

from federation.uris import activity_uri
from models import actors, posts, reports
from models.actors import Actor
from models.database import Connection
from models.errors import Invalid, NotFound
from models.reports import CONTENT_LIMIT, OBJECTS_LIMIT, NewReport, Report, ReportCategory
from models.settings import Site
from outbox.builders.flag import build_flag
from outbox.send import Recipients, send


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """Whom and which of their posts a member reports, why, and whether their server is to know of it."""

    target: Actor
    post_ids: tuple[int, ...] = ()
    content: str = ""
    forward: bool = False
    category: ReportCategory = "other"


async def report(conn: Connection, site: Site, reporter: Actor, complaint: Complaint) -> Report:
    """Report somebody and some of their posts. Raises Invalid, and NotFound for posts that the reporter cannot see.

    What is told to the other server is signed by ours (`instance`), so that the reporter stays unknown there.
    """
    target, post_ids, content = complaint.target, list(complaint.post_ids), complaint.content
    if len(content) > CONTENT_LIMIT:
        raise Invalid("report_too_long", most=CONTENT_LIMIT, field="comment")
    if len(post_ids) > OBJECTS_LIMIT:
        raise Invalid("too_many_reported_statuses", field="status_ids")
    named = await posts.list_by_ids(conn, sorted(await posts.filter_visible(conn, post_ids, reporter.id)))
    named = [post for post in named if post.author_id == target.id]
    if len(named) != len(set(post_ids)):
        raise NotFound
    uris = tuple(post.uri for post in named if post.kind != "notice")
    instance = await actors.get_local(conn, "instance")
    forward = complaint.forward and not target.local and not target.guest
    made = await reports.save(
        conn,
        NewReport(
            uri=activity_uri(site, instance.username),
            reporter_id=reporter.id,
            target_id=target.id,
            object_uris=[target.uri, *uris],
            content=content,
            local=True,
            category=complaint.category,
            forwarded=forward,
        ),
    )
    if forward:
        flag = build_flag(site, instance, target, uris, content)
        await send(conn, instance, flag, Recipients(named_ids=(target.id,)), about=target.uri)
    assert made is not None, "a fresh id cannot be taken"
    return made
