"""News of posts that wait for a look: to the team once for each person, and to their author."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from models.ids import make_id
from models.news.notifications import PUSH, NotificationType
from models.people import actors, roles
from models.store.background import jobs
from models.store.database import Connection, execute, fetch_all, fetch_records

AuthorNews = Literal["post_held", "post_released"]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldNews:
    """What one of these news is about."""

    id: int
    case_id: int | None
    decision_id: int | None


async def list_about(conn: Connection, notification_ids: Sequence[int]) -> dict[int, HeldNews]:
    """What these news are about, by their ids."""
    found = await fetch_all(
        conn,
        HeldNews,
        "SELECT id, case_id, decision_id FROM notification WHERE id = ANY($1)",
        list(notification_ids),
    )
    return {one.id: one for one in found}


async def notify_team(conn: Connection, case_id: int, *, but: Sequence[int]) -> None:
    """Tell all who can release what waits of one person, once as long as her case is open."""
    told = [id for id in await roles.list_holders(conn, "reports") if id not in but]
    await _notify(conn, told, "held_post", case_id=case_id)


async def notify_overdue(conn: Connection, case_id: int, *, but: Sequence[int]) -> None:
    """Nobody answered: tell those who administer, as if it were the first time."""
    told = [id for id in await roles.list_holders(conn, "settings") if id not in but]
    await execute(
        conn,
        "DELETE FROM notification WHERE type = 'held_post' AND case_id = $1 AND recipient_id = ANY($2)",
        case_id,
        told,
    )
    await _notify(conn, told, "held_post", case_id=case_id)


async def notify_author(conn: Connection, type: AuthorNews, author_id: int, post_id: int) -> None:
    """Tell the author of a post that it waits, or that it appeared; what she was told before of it goes."""
    await execute(
        conn,
        """
        DELETE FROM notification
        WHERE recipient_id = $1 AND post_id = $2 AND type IN ('post_held', 'post_released')
        """,
        author_id,
        post_id,
    )
    await _notify(conn, [author_id], type, post_id=post_id)


async def notify_decision(conn: Connection, actor_id: int, decision_id: int) -> None:
    """Tell a member what the team decided about her, or that it holds no more."""
    await execute(conn, "DELETE FROM notification WHERE decision_id = $1 AND recipient_id = $2", decision_id, actor_id)
    await _notify(conn, [actor_id], "decision", decision_id=decision_id)


async def forget_settled(conn: Connection, case_id: int) -> None:
    """Nobody needs to be told of a case of which nothing waits any more."""
    await execute(
        conn,
        """
        DELETE FROM notification WHERE type = 'held_post' AND case_id = $1
            AND NOT EXISTS (SELECT FROM held_post WHERE case_id = $1)
        """,
        case_id,
    )


async def _notify(
    conn: Connection,
    recipient_ids: Sequence[int],
    type: NotificationType,
    *,
    case_id: int | None = None,
    post_id: int | None = None,
    decision_id: int | None = None,
) -> None:
    """Tell these people, in the name of the cooperative's server."""
    instance = await actors.find_local(conn, "instance")
    if not recipient_ids or instance is None:
        return
    told = await fetch_records(
        conn,
        """
        WITH notified AS (
            INSERT INTO notification (id, recipient_id, type, actor_id, case_id, post_id, decision_id)
            SELECT told.id, told.recipient_id, $3, $4, $5, $6, $7
            FROM unnest($1::bigint[], $2::bigint[]) AS told (id, recipient_id)
            JOIN account ON account.actor_id = told.recipient_id
            ON CONFLICT DO NOTHING RETURNING id, recipient_id
        ), streamed AS (
            INSERT INTO stream_event (kind, object_id) SELECT 'notification', id FROM notified
        )
        SELECT notified.id, EXISTS (SELECT FROM push_subscription s WHERE s.actor_id = notified.recipient_id) AS pushed
        FROM notified
        """,
        [make_id() for _ in recipient_ids],
        list(recipient_ids),
        type,
        instance.id,
        case_id,
        post_id,
        decision_id,
    )
    for row in told:
        if row["pushed"]:
            await jobs.enqueue(conn, PUSH, {"id": row["id"]}, key=f"{PUSH}:{row['id']}")
