"""Where the apps of our people want to be told of notifications (web push)."""

from dataclasses import dataclass
from typing import Literal

from models.news.notifications import NotificationType
from models.store.database import Connection, execute, fetch_column, fetch_one, fetch_value

PushPolicy = Literal["all", "followed", "follower", "none"]
"""Of whose acts somebody wants to be told there: everybody's, of those whom she follows, of her followers, nobody's."""


PushAlert = NotificationType | Literal["moderation_warning"]
"""What apps may want: types by the names that they know (`decision` is a `moderation_warning` to them)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PushSubscription:
    """One app on one device; `alerts` are the types of notifications that it wants."""

    id: int
    token_id: int
    actor_id: int
    endpoint: str
    p256dh: str
    auth: str
    standard: bool
    policy: PushPolicy
    alerts: list[PushAlert]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPush:
    """What an app asks for."""

    endpoint: str
    p256dh: str
    auth: str
    standard: bool
    policy: PushPolicy
    alerts: tuple[PushAlert, ...]


async def save(conn: Connection, token_id: int, actor_id: int, new: NewPush) -> PushSubscription:
    """Subscribe; one that this token had is replaced."""
    await delete(conn, token_id)
    saved = await fetch_one(
        conn,
        PushSubscription,
        """
        INSERT INTO push_subscription (token_id, actor_id, endpoint, p256dh, auth, standard, policy, alerts)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        ON CONFLICT (token_id) DO UPDATE SET endpoint = excluded.endpoint, p256dh = excluded.p256dh,
            auth = excluded.auth, standard = excluded.standard, policy = excluded.policy, alerts = excluded.alerts
        RETURNING id, token_id, actor_id, endpoint, p256dh, auth, standard, policy, alerts
        """,
        token_id,
        actor_id,
        new.endpoint,
        new.p256dh,
        new.auth,
        new.standard,
        new.policy,
        list(new.alerts),
    )
    assert saved is not None
    return saved


async def save_wishes(
    conn: Connection, token_id: int, alerts: tuple[PushAlert, ...] | None, policy: PushPolicy | None
) -> None:
    """Change what it wants; None leaves either as it is."""
    await execute(
        conn,
        """
        UPDATE push_subscription SET alerts = coalesce($2, alerts), policy = coalesce($3, policy) WHERE token_id = $1
        """,
        token_id,
        None if alerts is None else list(alerts),
        policy,
    )


async def find_by_token(conn: Connection, token_id: int) -> PushSubscription | None:
    """The subscription of this token."""
    return await fetch_one(
        conn,
        PushSubscription,
        """
        SELECT id, token_id, actor_id, endpoint, p256dh, auth, standard, policy, alerts
        FROM push_subscription WHERE token_id = $1
        """,
        token_id,
    )


async def delete(conn: Connection, token_id: int) -> None:
    """End the subscription of this token."""
    await execute(conn, "DELETE FROM push_subscription WHERE token_id = $1", token_id)


async def end(conn: Connection, id: int, endpoint: str) -> None:
    """The app's service does not know it any more; one that was made anew meanwhile stays."""
    await execute(conn, "DELETE FROM push_subscription WHERE id = $1 AND endpoint = $2", id, endpoint)


async def list_wanting(conn: Connection, notification_id: int) -> list[int]:
    """Ids of the subscriptions that want this notification, of tokens that still live."""
    return await fetch_column(
        conn,
        """
        SELECT s.id FROM shown_notification n JOIN push_subscription s ON s.actor_id = n.recipient_id
        JOIN token t ON t.id = s.token_id JOIN account a ON a.actor_id = s.actor_id
        WHERE n.id = $1 AND n.read_at IS NULL AND t.revoked_at IS NULL AND a.disabled_at IS NULL
            AND NOT EXISTS (SELECT FROM actor m WHERE m.id = a.actor_id AND m.suspended_at IS NOT NULL)
            AND CASE WHEN n.type IN ('repair_call', 'saved_search', 'match', 'reserve_next') THEN 'status'
                WHEN n.type IN ('sign_up', 'sign_up_message') THEN 'admin.sign_up'
                WHEN n.type IN ('held_post', 'second_asked', 'appeal', 'handed_over', 'letters_waiting',
                    'servers_stuck', 'mails_stuck', 'chores_failing', 'backup_overdue',
                    'community_unmanaged', 'community_hold_asked') THEN 'admin.report'
                WHEN n.type = 'decision' THEN 'moderation_warning'
                ELSE n.type END = ANY(s.alerts) AND (s.policy = 'all'
                OR (s.policy = 'followed' AND EXISTS (SELECT FROM follow f WHERE f.follower_id = n.recipient_id
                    AND f.followed_id = n.actor_id AND f.state = 'accepted'))
                OR (s.policy = 'follower' AND EXISTS (SELECT FROM follow f WHERE f.follower_id = n.actor_id
                    AND f.followed_id = n.recipient_id AND f.state = 'accepted')))
        ORDER BY s.id
        """,
        notification_id,
    )


async def find_wanting(conn: Connection, notification_id: int, id: int) -> PushSubscription | None:
    """One of these subscriptions, if it still wants the notification."""
    if id not in await list_wanting(conn, notification_id):
        return None
    return await fetch_one(
        conn,
        PushSubscription,
        """
        SELECT id, token_id, actor_id, endpoint, p256dh, auth, standard, policy, alerts
        FROM push_subscription WHERE id = $1
        """,
        id,
    )


async def find_key(conn: Connection) -> bytes | None:
    """The key with which this server says who it is to the services of apps, as it is kept."""
    found: bytes | None = await fetch_value(conn, "SELECT pem FROM instance_key WHERE name = 'vapid'")
    return found


async def keep_key(conn: Connection, pem: bytes) -> bytes:
    """Keep the key if there is none yet; the one that is kept."""
    await execute(conn, "INSERT INTO instance_key (name, pem) VALUES ('vapid', $1) ON CONFLICT DO NOTHING", pem)
    found = await find_key(conn)
    assert found is not None
    return found


async def replace_key(conn: Connection, pem: bytes) -> None:
    """The same key, encrypted."""
    await execute(conn, "UPDATE instance_key SET pem = $1 WHERE name = 'vapid'", pem)
