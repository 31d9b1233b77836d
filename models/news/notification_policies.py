"""Of whose acts a member is told at once, which wait apart until she looks, and which she never hears of.

The database sorts each new notification by it (`sort_notification`); what was told before stays.
"""

from dataclasses import dataclass
from typing import Literal

from models.news.notifications import Notification, NotificationPage, list_notifications
from models.posts.message_requests import Sender
from models.store.database import Connection, execute, fetch_all, fetch_one, fetch_records

Answer = Literal["accept", "filter", "drop"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What becomes of notifications by those whom a member does not follow, and so on. Nobody here is `limited`."""

    for_not_following: Answer = "accept"
    for_not_followers: Answer = "accept"
    for_new_accounts: Answer = "accept"
    for_private_mentions: Answer = "accept"
    for_limited_accounts: Answer = "accept"


async def get(conn: Connection, actor_id: int) -> Policy:
    """What this member chose; who chose nothing is told of everything."""
    held = await fetch_one(
        conn,
        Policy,
        """
        SELECT for_not_following, for_not_followers, for_new_accounts, for_private_mentions, for_limited_accounts
        FROM notification_policy WHERE actor_id = $1
        """,
        actor_id,
    )
    return held or Policy()


async def save(conn: Connection, actor_id: int, policy: Policy) -> None:
    """Sort by this from now on."""
    await execute(
        conn,
        """
        INSERT INTO notification_policy (actor_id, for_not_following, for_not_followers, for_new_accounts,
            for_private_mentions, for_limited_accounts)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (actor_id) DO UPDATE SET for_not_following = excluded.for_not_following,
            for_not_followers = excluded.for_not_followers, for_new_accounts = excluded.for_new_accounts,
            for_private_mentions = excluded.for_private_mentions, for_limited_accounts = excluded.for_limited_accounts
        """,
        actor_id,
        policy.for_not_following,
        policy.for_not_followers,
        policy.for_new_accounts,
        policy.for_private_mentions,
        policy.for_limited_accounts,
    )


async def list_filtered(
    conn: Connection, recipient_id: int, *, before: int | None = None, after: int | None = None, limit: int = 40
) -> list[Sender]:
    """Whose notifications wait apart, who came first last, by keyset on the first of each person."""
    rows = await fetch_all(
        conn,
        Sender,
        """
        SELECT * FROM (
            SELECT min(id) AS id, actor_id AS author_id, count(*)::integer AS count,
                min(created_at) AS first_at, max(created_at) AS last_at, false AS on_its_way
            FROM shown_filtered_notification WHERE recipient_id = $1 GROUP BY actor_id
        ) AS sender
        WHERE ($2::bigint IS NULL OR id < $2) AND ($3::bigint IS NULL OR id > $3)
        ORDER BY CASE WHEN $3::bigint IS NULL THEN -id ELSE id END LIMIT $4
        """,
        recipient_id,
        before,
        after,
        limit,
    )
    return sorted(rows, key=lambda row: -row.id)


async def find_filtered(conn: Connection, recipient_id: int, id: int) -> Sender | None:
    """Whose first notification this is that waits apart."""
    found = await list_filtered(conn, recipient_id, before=id + 1, limit=1)
    return found[0] if found and found[0].id == id else None


async def list_with_filtered(conn: Connection, recipient_id: int, page: NotificationPage) -> list[Notification]:
    """As `notifications.list_notifications`, with what waits apart: what somebody looks at before she decides."""
    apart = await fetch_all(
        conn,
        Notification,
        """
        SELECT id, recipient_id, type, actor_id, post_id, created_at, NULL::timestamptz AS read_at
        FROM shown_filtered_notification
        WHERE recipient_id = $1 AND ($2::bigint IS NULL OR id < $2) AND ($3::bigint IS NULL OR id > $3)
            AND ($4::bigint IS NULL OR id > $4) AND (cardinality($5::text[]) = 0 OR type = ANY($5))
            AND NOT type = ANY($6::text[]) AND ($7::bigint IS NULL OR actor_id = $7)
        ORDER BY CASE WHEN $4::bigint IS NULL THEN -id ELSE id END LIMIT $8
        """,
        recipient_id,
        page.before,
        page.since,
        page.after,
        list(page.types),
        list(page.excluded),
        page.actor_id,
        page.limit,
    )
    told = await list_notifications(conn, recipient_id, page)
    found = sorted([*told, *apart], key=lambda one: -one.id)
    return found[-page.limit :] if page.after else found[: page.limit]


async def count_filtered(conn: Connection, recipient_id: int) -> tuple[int, int]:
    """Of how many people something waits apart, and how much."""
    [row] = await fetch_records(
        conn,
        """
        SELECT count(DISTINCT actor_id)::integer AS people, count(*)::integer AS notifications
        FROM shown_filtered_notification WHERE recipient_id = $1
        """,
        recipient_id,
    )
    return row["people"], row["notifications"]


async def find_last_posts(conn: Connection, recipient_id: int, actor_ids: list[int]) -> dict[int, int]:
    """For each of these people, the post that the last of what waits is about, where it is about one."""
    rows = await fetch_records(
        conn,
        """
        SELECT DISTINCT ON (actor_id) actor_id, post_id FROM shown_filtered_notification
        WHERE recipient_id = $1 AND actor_id = ANY($2) AND post_id IS NOT NULL ORDER BY actor_id, id DESC
        """,
        recipient_id,
        actor_ids,
    )
    return {row["actor_id"]: row["post_id"] for row in rows}


async def let_in(conn: Connection, recipient_id: int, from_id: int) -> None:
    """Tell her what waits of this person, and whatever they do from now on."""
    await execute(
        conn,
        "INSERT INTO notification_permission (actor_id, from_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        recipient_id,
        from_id,
    )
    await execute(
        conn,
        """
        INSERT INTO notification (id, recipient_id, type, actor_id, post_id, created_at)
        SELECT id, recipient_id, type, actor_id, post_id, created_at FROM shown_filtered_notification
        WHERE recipient_id = $1 AND actor_id = $2 ON CONFLICT DO NOTHING
        """,
        recipient_id,
        from_id,
    )
    await dismiss(conn, recipient_id, from_id)


async def dismiss(conn: Connection, recipient_id: int, from_id: int) -> None:
    """Forget what waits of this person; what they do next waits again."""
    await execute(
        conn,
        "DELETE FROM filtered_notification WHERE recipient_id = $1 AND actor_id = $2",
        recipient_id,
        from_id,
    )
