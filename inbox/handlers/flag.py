"""Flag: another server reports somebody or something of ours (AX17)."""

from federation.texts.html_cleaner import clean_text
from federation.vocabulary.activities.activities import Flag
from federation.vocabulary.activities.activity_readers import MAX_REPORT
from inbox.errors import Ignored
from models import posts
from models.limits import REPORTS
from models.moderation import reports
from models.moderation.reports import EXTRACTS, NewReport
from models.moderation.searches import report_counts
from models.news import staff_notifications
from models.people import actors
from models.people.actors import Actor
from models.posts import Post
from models.servers import trust_levels
from models.settings import Site
from models.store.database import Connection
from outbox.communities.inside import reported
from outbox.moderation.report_extracts import take_extracts


async def handle_flag(conn: Connection, site: Site, sender: Actor, activity: Flag) -> None:
    """Kept for the moderators, who are told: with the first of the named accounts, or the first named post's author.

    Of a post they read what it says only where somebody there could read it too: naming the address of a private
    message shows it to nobody.
    """
    target = await _find_target(conn, activity.objects)
    if target is None:
        raise Ignored("reports_nobody")
    if await _sends_too_many(conn, sender):
        raise Ignored("too_many_reports")
    named = await _list_known(conn, target, activity, sender)
    kept = await reports.save(
        conn,
        NewReport(
            uri=activity.id,
            reporter_id=sender.id,
            target_id=target.id,
            object_uris=list(activity.objects),
            content=clean_text(activity.content, MAX_REPORT),
            local=False,
            extracts=await take_extracts(conn, named),
            target_name=target.display_name,
        ),
    )
    if kept is not None:
        await reported.tell_leading(conn, named, but=(target.id,))
        await staff_notifications.notify_of_report(conn, kept.id, but=(target.id,))


async def _list_known(conn: Connection, target: Actor, activity: Flag, sender: Actor) -> list[Post]:
    """What the target wrote of what is named, as far as somebody there could read it."""
    named = [post for uri in activity.objects[:EXTRACTS] if (post := await posts.find_by_uri(conn, uri))]
    known = await posts.filter_known_at(conn, [post.id for post in named], sender.host)
    return [post for post in named if post.author_id == target.id and post.id in known]


async def _sends_too_many(conn: Connection, sender: Actor) -> bool:
    """Servers that are no friends may not bury the moderators."""
    decision = await trust_levels.find(conn, sender.host)
    if decision is not None and decision.level == "friend":
        return False
    return await report_counts.count_lately(conn, sender.host, within=REPORTS.within) >= REPORTS.most


async def _find_target(conn: Connection, uris: tuple[str, ...]) -> Actor | None:
    known = await actors.list_by_uris(conn, list(uris))
    ours = [actor for actor in known if actor.local]
    if ours:
        return ours[0]
    for uri in uris:
        post = await posts.find_by_uri(conn, uri)
        if post is not None and (post.local or await reported.is_inside_ours(conn, post)):
            return await actors.get(conn, post.author_id)
    return None
