"""Where the cooperative named no collective: what a shop asked of its team, and what was answered, by whom and why."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from models.errors import Conflict
from models.ids import make_id
from models.store.database import Connection, execute, fetch_all, fetch_one, fetch_value
from models.store.statements import compose

RequestState = Literal["asked", "approved", "refused", "withdrawn", "left", "ended"]
"""`ended` by the team after a yes, `left` by the shop."""

MESSAGE_LIMIT = 500
REASON_LIMIT = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopRequest:
    """One question, and its answer where there is one; names are empty for who is gone."""

    id: int
    shop_id: int
    shop_name: str
    shop_username: str
    asked_at: datetime
    asked_name: str
    message: str
    state: RequestState
    decided_at: datetime | None
    decided_name: str
    reason: str


async def ask(conn: Connection, shop_id: int, by_id: int, message: str) -> bool:
    """The shop asks to appear; False where it asked already, or appears."""
    return bool(
        await execute(
            conn,
            """
            INSERT INTO repair_shop_request (id, shop_id, asked_by, message) VALUES ($1, $2, $3, $4)
            ON CONFLICT DO NOTHING
            """,
            make_id(),
            shop_id,
            by_id,
            message,
        )
    )


async def decide(
    conn: Connection, id: int, *, before: RequestState, state: RequestState, by_id: int, reason: str
) -> int:
    """Answer a question, or end what was answered; the shop's row id. Raises Conflict where it does not stand so."""
    shop_id: int | None = await fetch_value(
        conn,
        """
        UPDATE repair_shop_request SET state = $3, decided_by = $4, decided_at = now(), reason = $5
        WHERE id = $1 AND state = $2 RETURNING shop_id
        """,
        id,
        before,
        state,
        by_id,
        reason,
    )
    if shop_id is None:
        raise Conflict("shop_request_answered")
    return shop_id


async def leave(conn: Connection, shop_id: int) -> bool:
    """The shop takes back its question, or wants to appear no longer; False where there was neither."""
    return bool(
        await execute(
            conn,
            """
            UPDATE repair_shop_request SET state = CASE state WHEN 'asked' THEN 'withdrawn' ELSE 'left' END
            WHERE shop_id = $1 AND state IN ('asked', 'approved')
            """,
            shop_id,
        )
    )


async def find_last(conn: Connection, shop_id: int) -> ShopRequest | None:
    """The latest question of a shop."""
    return await fetch_one(conn, ShopRequest, _FIND_LAST, shop_id)


async def list_requests(conn: Connection, state: RequestState, *, limit: int = 100) -> list[ShopRequest]:
    """Those that stand so, the oldest first."""
    return await fetch_all(conn, ShopRequest, _LIST, state, limit)


_FIND_LAST, _LIST = (
    compose(
        """
        SELECT q.id, q.shop_id, coalesce(nullif(s.name, ''), s.username) AS shop_name, s.username AS shop_username,
            q.asked_at, coalesce(nullif(a.name, ''), a.username, '') AS asked_name, q.message, q.state, q.decided_at,
            coalesce(nullif(d.name, ''), d.username, '') AS decided_name, q.reason
        FROM repair_shop_request q JOIN actor s ON s.id = q.shop_id AND s.deleted_at IS NULL
        LEFT JOIN actor a ON a.id = q.asked_by AND a.deleted_at IS NULL
        LEFT JOIN actor d ON d.id = q.decided_by AND d.deleted_at IS NULL
        {which}
        """,
        which=which,
    )
    for which in (
        "WHERE q.shop_id = $1 ORDER BY q.id DESC LIMIT 1",
        "WHERE q.state = $1 ORDER BY q.id LIMIT $2",
    )
)
