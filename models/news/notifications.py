"""Telling a person of ours what others did; whom she blocked or muted is not told of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from models.news.told import Told, notify_many
from models.store.database import (
    Connection,
    execute,
    fetch_all,
    fetch_column,
    fetch_one,
    fetch_planned,
    fetch_value,
)
from models.store.statements import compose

# fmt: off
NotificationType = Literal[
    "mention", "status", "reblog", "follow", "follow_request", "favourite", "poll", "update", "move", "quote",
    "admin.report", "admin.sign_up", "sign_up", "coop_follow", "report_settled", "repair_call",
    "sign_up_message", "held_post", "post_held", "post_released", "second_asked", "appeal", "handed_over",
    "decision", "decision_ended", "appeal_answered", "documents", "invitation_used", "community_refused",
    "letters_waiting", "servers_stuck", "mails_stuck", "chores_failing", "backup_overdue",
    "saved_search", "match", "reserve_next", "listing_ended", "community_asked", "community_accepted",
    "community_invited", "community_charter", "community_removed", "community_role", "community_unmanaged",
    "community_report", "community_hidden", "community_shown",
    "community_hold_asked", "community_hold_answered", "community_moved", "bike_asked", "coop_friendship",
    "territory_proposed", "territory_answered", "shutdown", "shutdown_over", "posts_returned",
]
# fmt: on
"""As Mastodon's API names them; `sign_up` (somebody asks to join), `coop_follow` (a cooperative follows ours),
`coop_friendship` (one proposes to be friends with ours, or answers or ends it),
`territory_proposed` (a member proposes a territory to the team) and `territory_answered` (what became of hers),
`report_settled`, `repair_call` (one near the reader), `saved_search` (what an alert of hers found), `match` (what fits
something she offers or seeks), `reserve_next` (it is free again, and she is next), `listing_ended`, `documents` (the
charter or the terms changed) and `invitation_used` (somebody came by the reader's invitation) are ours. For the team:
`sign_up_message` (who asks to join wrote), `held_post` (one waits for a look), `second_asked` (a decision waits for
another one's yes), `appeal`, `handed_over` (somebody passed on a week on duty), those of `staff_troubles`.
Of a community, its actor (`community_news`): `community_asked`, `community_accepted`, `community_refused`,
`community_invited`, `community_charter`, `community_removed`, `community_role`, `community_hold_answered` (by a
cooperative that was asked to hold it too), `community_moved` (the address where it lives now), `community_hidden` and
`community_shown` (what she shared inside), `community_report` (to who leads it); for the team
`community_unmanaged` and `community_hold_asked`. `bike_asked` (somebody of ours asked about the frame number of a bike
that was stolen from the reader); `shutdown` (the instance is to end), `shutdown_over` (it goes on),
`posts_returned` (what she had published came back after a restoration).
For whom the team decided about: `decision`, `decision_ended` (it holds no more), `appeal_answered`; for whom it holds
up: `post_held`, `post_released`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """Something that somebody did, for one reader."""

    id: int
    recipient_id: int
    type: NotificationType
    actor_id: int
    post_id: int | None
    created_at: datetime
    read_at: datetime | None


async def notify(
    conn: Connection, *, recipient_id: int, type: NotificationType, actor_id: int, post_id: int | None = None
) -> int | None:
    """Tell a local person, once. The notification's id, or None when nobody is told (as in `notify_all`)."""
    found = await notify_all(conn, [recipient_id], type=type, actor_id=actor_id, post_id=post_id)
    return found[0] if found else None


async def notify_all(
    conn: Connection, recipient_ids: Sequence[int], *, type: NotificationType, actor_id: int, post_id: int | None
) -> list[int]:
    """Tell these people, each once, in one statement; the notifications' ids.

    Nobody is told of her own acts, but of the end of her own poll, of what somebody does whom she blocked or who
    blocked her, of those whom she muted with their notifications, of threads that she muted, or twice of one thing; nor
    anybody of what waits to be published, or stays inside a community that she is not in.
    """
    news = [Told(recipient_id=id, type=type, actor_id=actor_id, post_id=post_id) for id in recipient_ids]
    return await notify_many(conn, news)


async def find(conn: Connection, id: int) -> Notification | None:
    """One notification, as long as it is shown."""
    return await fetch_one(
        conn,
        Notification,
        "SELECT id, recipient_id, type, actor_id, post_id, created_at, read_at FROM shown_notification WHERE id = $1",
        id,
    )


async def forget_follow(conn: Connection, *, recipient_id: int, actor_id: int) -> None:
    """This person was told of somebody who follows her, or asked to, and whom she refused."""
    await execute(
        conn,
        """
        DELETE FROM notification
        WHERE recipient_id = $1 AND actor_id = $2 AND type IN ('follow', 'follow_request')
        """,
        recipient_id,
        actor_id,
    )


async def forget_turns(conn: Connection, *, recipient_id: int, post_id: int) -> None:
    """This person was told before that it is her turn for this listing: the newest time stands for it."""
    await execute(
        conn,
        "DELETE FROM notification WHERE type = 'reserve_next' AND recipient_id = $1 AND post_id = $2",
        recipient_id,
        post_id,
    )


async def forget_call(conn: Connection, recipient_ids: Sequence[int], *, post_id: int) -> None:
    """These people were told of a repair call before: when its author asks once more, that stands for it."""
    await execute(
        conn,
        "DELETE FROM notification WHERE type = 'repair_call' AND post_id = $2 AND recipient_id = ANY($1)",
        list(recipient_ids),
        post_id,
    )


async def forget_types(conn: Connection, recipient_ids: Sequence[int], types: Sequence[NotificationType]) -> None:
    """These people were told of such things before: what they are told now stands for it."""
    await execute(
        conn,
        "DELETE FROM notification WHERE type = ANY($2) AND recipient_id = ANY($1)",
        list(recipient_ids),
        list(types),
    )


COUNTED = 1000
"""Unread ones are counted no further."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationPage:
    """Which notifications: paging as Mastodon names it (`before` max_id, `since` since_id, `after` min_id), types."""

    before: int | None = None
    since: int | None = None
    after: int | None = None
    types: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    actor_id: int | None = None
    limit: int = 20


_PAGE = """
    SELECT id, recipient_id, type, actor_id, post_id, created_at, read_at FROM shown_notification
    WHERE recipient_id = $1 AND ($2::bigint IS NULL OR id < $2) AND ($3::bigint IS NULL OR id > $3)
        AND ($4::bigint IS NULL OR id > $4) AND (cardinality($5::text[]) = 0 OR type = ANY($5))
        AND NOT type = ANY($6::text[]) AND ($7::bigint IS NULL OR actor_id = $7)
    ORDER BY id {direction} LIMIT $8
"""
_NEWEST, _NEXT = (compose(_PAGE, direction=direction) for direction in ("DESC", "ASC"))


async def list_notifications(conn: Connection, recipient_id: int, page: NotificationPage) -> list[Notification]:
    """Newest first; `after` (Mastodon's min_id) takes those just above it, `since` only bounds."""
    found = await fetch_planned(
        conn,
        _NEWEST if page.after is None else _NEXT,
        recipient_id,
        page.before,
        page.since,
        page.after,
        list(page.types),
        list(page.excluded),
        page.actor_id,
        page.limit,
    )
    return sorted((Notification(**row) for row in found), key=lambda row: -row.id)


async def list_by_ids(conn: Connection, ids: list[int], recipient_ids: list[int]) -> list[Notification]:
    """Those of these notifications that are for one of these people and shown to her, in their order."""
    return await fetch_all(
        conn,
        Notification,
        """
        SELECT id, recipient_id, type, actor_id, post_id, created_at, read_at FROM shown_notification
        WHERE id = ANY($1) AND recipient_id = ANY($2) ORDER BY id
        """,
        ids,
        recipient_ids,
    )


async def count_unread(conn: Connection, recipient_id: int, page: NotificationPage | None = None) -> int:
    """How many notifications the person saw neither on a page nor, by her marker, in an app; at most `page.limit`."""
    wanted = page or NotificationPage(limit=COUNTED)
    found: int = await fetch_value(
        conn,
        """
        SELECT count(*) FROM (
            SELECT FROM shown_notification
            WHERE recipient_id = $1 AND read_at IS NULL
                AND id > coalesce((SELECT last_read_id FROM marker
                    WHERE actor_id = $1 AND timeline = 'notifications'), 0)
                AND (cardinality($2::text[]) = 0 OR type = ANY($2)) AND NOT type = ANY($3::text[])
                AND ($4::bigint IS NULL OR actor_id = $4)
            LIMIT $5) AS unread
        """,
        recipient_id,
        list(wanted.types),
        list(wanted.excluded),
        wanted.actor_id,
        wanted.limit,
    )
    return found


async def dismiss(conn: Connection, recipient_id: int, id: int | None) -> None:
    """Remove one notification, or all with None."""
    await execute(
        conn,
        "DELETE FROM notification WHERE recipient_id = $1 AND ($2::bigint IS NULL OR id = $2)",
        recipient_id,
        id,
    )


async def notify_followers(conn: Connection, *, author_id: int, post_id: int) -> None:
    """Tell our people who asked to be told of each post of this author (`follow.notify`)."""
    told = await fetch_column(
        conn,
        """
        SELECT f.follower_id FROM follow f JOIN account a ON a.actor_id = f.follower_id
        WHERE f.followed_id = $1 AND f.state = 'accepted' AND f.notify
        """,
        author_id,
    )
    await notify_all(conn, told, type="status", actor_id=author_id, post_id=post_id)


async def notify_sharers(conn: Connection, *, author_id: int, post_id: int) -> None:
    """Tell our people who shared this post that its author changed it."""
    told = await fetch_column(
        conn,
        "SELECT s.actor_id FROM share s JOIN account a ON a.actor_id = s.actor_id WHERE s.post_id = $1",
        post_id,
    )
    await _notify_change(conn, told, author_id=author_id, post_id=post_id)


async def notify_concerned(conn: Connection, *, author_id: int, post_id: int, but_threads: bool = False) -> None:
    """Tell our people who answered, shared, like, keep it or, unless `but_threads`, have a thread: it is otherwise."""
    told = await fetch_column(
        conn,
        """
        SELECT c.actor_id FROM (
            SELECT actor_id FROM share WHERE post_id = $1
            UNION SELECT actor_id FROM favourite WHERE post_id = $1
            UNION SELECT actor_id FROM bookmark WHERE post_id = $1
            UNION SELECT author_id FROM post WHERE in_reply_to_id = $1 AND deleted_at IS NULL
            UNION SELECT partner_id FROM exchange WHERE listing_id = $1
        ) AS c (actor_id) JOIN account a ON a.actor_id = c.actor_id
        WHERE NOT ($2 AND EXISTS (SELECT FROM exchange e WHERE e.listing_id = $1 AND e.partner_id = c.actor_id))
        """,
        post_id,
        but_threads,
    )
    await _notify_change(conn, told, author_id=author_id, post_id=post_id)


async def _notify_change(conn: Connection, ids: list[int], *, author_id: int, post_id: int) -> None:
    """The newest change stands for those before it: what was moved and is then called off is told again."""
    if ids:
        await execute(
            conn,
            "DELETE FROM notification WHERE type = 'update' AND post_id = $1 AND recipient_id = ANY($2)",
            post_id,
            ids,
        )
    await notify_all(conn, ids, type="update", actor_id=author_id, post_id=post_id)
