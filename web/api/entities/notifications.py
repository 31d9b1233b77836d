"""What others did, as Notification: the types that clients know, and for moderators reports and newcomers."""

from collections.abc import Sequence

from models import posts
from models.news.notification_groups import write_key
from models.news.notifications import Notification
from models.people import actors
from models.store.database import Connection
from web.api.entities.accounts import is_shown, load_accounts
from web.api.entities.reports import load_reports
from web.api.entities.statuses import load_posts
from web.api.entities.values import EntityContext, Json, write_moment

OURS_ALONE = ("move", "sign_up", "coop_follow", "report_settled")
"""What Mastodon's API has no word for, and clients no line."""

AS: dict[str, str] = {"repair_call": "status"}
"""What a client knows by another name: a call that somebody asked to be told of is a post of that kind."""

WITHOUT_STATUS = frozenset({"follow", "follow_request", "admin.report", "admin.sign_up"})


async def load_notifications(
    conn: Connection, look: EntityContext, found: Sequence[Notification], reader_id: int
) -> list[Json]:
    """These notifications, without those whose actor or post is gone or not to be seen any more."""
    shown = [actor for actor in await actors.list_by_ids(conn, [one.actor_id for one in found]) if is_shown(actor)]
    accounts = await load_accounts(conn, look, shown)
    post_ids = [one.post_id for one in found if one.post_id is not None]
    visible = await posts.filter_visible(conn, post_ids, reader_id)
    loaded = await load_posts(
        conn, look, [id for id in dict.fromkeys(post_ids) if id in visible], reader_id, "notifications"
    )
    statuses = {status["id"]: status for status in loaded}
    reported = await load_reports(conn, look, found, reader_id)
    built = [(one, _build(one, accounts.get(one.actor_id), statuses.get(str(one.post_id)))) for one in found]
    return [
        value if one.type != "admin.report" else value | reported[one.id]
        for one, value in built
        if value is not None and (one.type != "admin.report" or one.id in reported)
    ]


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
