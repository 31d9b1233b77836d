"""What others did, as Notification: the types that clients know, and for moderators reports and newcomers."""

from collections.abc import Iterable, Sequence

from models import posts
from models.news.notification_groups import write_key
from models.news.notifications import Notification
from models.people import actors
from models.store.database import Connection
from web.api.entities.accounts import is_shown, load_accounts
from web.api.entities.moderation_warnings import load_warnings
from web.api.entities.reports import load_reports
from web.api.entities.statuses import load_posts
from web.api.entities.values import EntityContext, Json, write_moment

OURS_ALONE = (
    "move", "sign_up", "coop_follow", "coop_friendship", "report_settled", "sign_up_message", "held_post",
    "second_asked", "appeal",
    "handed_over", "decision_ended", "appeal_answered", "post_held", "post_released", "documents",
    "community_asked", "community_accepted", "community_refused", "community_invited", "community_charter",
    "community_removed", "community_role", "community_unmanaged", "community_report", "community_hidden",
    "community_shown", "community_hold_asked", "community_hold_answered", "community_moved",
    "invitation_used", "letters_waiting", "servers_stuck", "mails_stuck", "chores_failing", "backup_overdue",
    "bike_asked", "territory_proposed", "territory_answered", "shutdown", "shutdown_over", "posts_returned",
)  # fmt: skip
"""What Mastodon's API has no word for, and clients no line."""

AS: dict[str, str] = {
    "repair_call": "status",
    "saved_search": "status",
    "match": "status",
    "reserve_next": "status",
    "decision": "moderation_warning",
}
"""What a client knows by another name: a listing that somebody asked to be told of is a post of that kind."""

DETAILED = frozenset({"admin.report", "decision"})
"""What is told with a report, or with what the team decided about the reader; without that it is not told."""

WITHOUT_STATUS = frozenset({"follow", "follow_request", "admin.sign_up"}) | DETAILED


async def load_notifications(
    conn: Connection, look: EntityContext, found: Sequence[Notification], reader_id: int
) -> list[Json]:
    """These notifications, without those whose actor or post is gone or not to be seen any more."""
    accounts = await load_people(conn, look, [one.actor_id for one in found])
    statuses = await load_visible(conn, look, [one.post_id for one in found], reader_id)
    details = await load_details(conn, look, found, reader_id)
    told: list[Json] = []
    for one in found:
        value = _build(one, accounts.get(one.actor_id), statuses.get(one.post_id or 0))
        if value is not None and one.type not in DETAILED:
            told.append(value)
        elif value is not None and one.id in details:
            told.append(value | details[one.id])
    return told


async def load_details(
    conn: Connection, look: EntityContext, found: Sequence[Notification], reader_id: int
) -> dict[int, Json]:
    """What notifications of DETAILED types are told with, by their ids; none that is not the reader's to know."""
    reported = await load_reports(conn, look, found, reader_id)
    return reported | await load_warnings(conn, look, found, reader_id)


async def load_people(conn: Connection, look: EntityContext, ids: list[int]) -> dict[int, Json]:
    """Who did what is new, without those who are gone, by their row ids."""
    return await load_accounts(conn, look, [one for one in await actors.list_by_ids(conn, ids) if is_shown(one)])


async def load_visible(
    conn: Connection, look: EntityContext, ids: Iterable[int | None], reader_id: int
) -> dict[int, Json]:
    """The posts that news are about, as far as the reader may see them, by their row ids."""
    wanted = [id for id in dict.fromkeys(ids) if id is not None]
    visible = await posts.filter_visible(conn, wanted, reader_id)
    loaded = await load_posts(conn, look, [id for id in wanted if id in visible], reader_id, "notifications")
    return {int(status["id"]): status for status in loaded}


def _build(notification: Notification, account: Json | None, status: Json | None) -> Json | None:
    if account is None or (status is None and notification.type not in WITHOUT_STATUS):
        return None
    value: Json = {
        "id": str(notification.id),
        "type": AS.get(notification.type, notification.type),
        "created_at": write_moment(notification.created_at),
        "group_key": write_key(notification),
        "account": account,
    }
    return value if status is None else value | {"status": status}
