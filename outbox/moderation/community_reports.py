"""What is reported inside a community of ours: who leads it hides it there, shows it again, or leaves it as it is.

The cooperative's team reads the same reports; what the law forbids is left to it.
"""

from models import posts
from models.communities import decisions, members
from models.communities.communities import Community
from models.communities.decisions import DecisionKind
from models.errors import Conflict, Forbidden, NotFound
from models.moderation import community_reports, reports
from models.moderation.reports import Settlement
from models.news.notifications import NotificationType
from models.people import actors
from models.people.actors import Actor
from models.posts import Post
from models.settings import Site
from models.store.database import Connection
from outbox.builders.texts.communities import say
from outbox.communities import news
from outbox.communities.limits import REASON_LIMIT, require_home, require_standing, tidy
from outbox.moderation.reports import close
from outbox.moderation.sanctions import apply_decisions

ANSWERS: dict[DecisionKind, tuple[str, str]] = {
    "hidden": (
        "Les personnes qui modèrent la communauté l’ont lu, et ont retiré ce que vous signalez.",
        "Those who moderate the community have read it, and hidden what you report.",
    ),
    "dismissed": (
        "Les personnes qui modèrent la communauté l’ont lu, et n’ont rien trouvé de contraire à sa charte.",
        "Those who moderate the community have read it, and found nothing against its charter.",
    ),
}
"""What whoever reported is told, in French and English."""


async def hide(conn: Connection, site: Site, by: Actor, community: Community, post_id: int, reason: str) -> None:
    """Hide something that stays inside, from all but its author, who is told why; what waits about it is settled.

    Raises Invalid without a reason, Forbidden, NotFound, and Conflict where it is hidden already.
    """
    reason = tidy(reason, REASON_LIMIT, "reason", required=True)
    post, author = await _require_right(conn, by, community, post_id)
    if not await community_reports.hide(conn, post.id, community.actor_id, by=by.id, reason=reason):
        raise Conflict("hidden_already")
    await _keep(conn, site, by, community, author, ("hidden", reason))
    await _tell_author(conn, site, community, author, "hidden", reason)
    await _settle(conn, by, post)


async def show(conn: Connection, site: Site, by: Actor, community: Community, post_id: int) -> None:
    """It stands inside again, and its author is told. Raises Forbidden, NotFound, Conflict where it is not hidden."""
    post, author = await _require_right(conn, by, community, post_id)
    if not await community_reports.show(conn, post.id, community.actor_id):
        raise Conflict("not_hidden")
    await _keep(conn, site, by, community, author, ("shown", ""))
    await _tell_author(conn, site, community, author, "shown", "")


async def dismiss(conn: Connection, by: Actor, community: Community, post_id: int) -> None:
    """What was reported stays as it is. Raises Forbidden, NotFound, Conflict where nothing waits about it."""
    post, author = await _require_right(conn, by, community, post_id)
    if not await _settle(conn, by, post):
        raise Conflict("nothing_reported")
    await decisions.record(conn, community.actor_id, "dismissed", actor_id=by.id, subject_id=author.id)


async def _require_right(conn: Connection, by: Actor, community: Community, post_id: int) -> tuple[Post, Actor]:
    """The post, and who wrote it. Moderators decide about plain members, managers about all but themselves."""
    require_home(community)
    own = await require_standing(conn, community, by)
    if not own.leads:
        raise Forbidden("moderators_only")
    post = next(iter(await posts.list_by_ids(conn, [post_id])), None)
    if post is None or post.community_id != community.actor_id or post.deleted_at is not None:
        raise NotFound
    leading = {one.actor_id for one in await members.list_leading(conn, community.actor_id)}
    if post.author_id == by.id or (post.author_id in leading and not own.manages):
        raise Forbidden("about_who_leads")
    return post, await actors.get(conn, post.author_id)


async def _keep(
    conn: Connection, site: Site, by: Actor, community: Community, author: Actor, what: tuple[DecisionKind, str]
) -> None:
    await decisions.record(conn, community.actor_id, what[0], actor_id=by.id, subject_id=author.id, reason=what[1])
    await apply_decisions(conn, site, author.id)


async def _tell_author(
    conn: Connection, site: Site, community: Community, author: Actor, what: str, reason: str
) -> None:
    group = await actors.get(conn, community.actor_id)
    if author.local:
        type: NotificationType = "community_hidden" if what == "hidden" else "community_shown"
        await news.tell(conn, group, [author.id], type)
    else:
        await news.write_to(conn, site, group, author, say(what, community.name, reason))


async def _settle(conn: Connection, by: Actor, post: Post) -> int:
    """It is decided for the reports about it that wait, and are not the team's alone; how many. Whose other posts wait
    for somebody's decision is not settled by it.
    """
    waiting = await reports.list_by_ids(conn, await community_reports.list_open(conn, post.id), by.id)
    for one in waiting:
        outcome = await community_reports.answer(conn, one.id, post.id)
        if outcome.settled:
            answer = ANSWERS["hidden" if outcome.hidden else "dismissed"][one.reporter_language == "en"]
            await close(conn, one, Settlement(by=by.id, answer=answer))
    return len(waiting)
