"""Agreements of somebody who leaves or has left: they end, and the other side keeps what was between the two."""

from dataclasses import dataclass
from datetime import datetime

from models.exchanges.agreements.values import State
from models.store.database import Connection, fetch_all


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """Something that two people have agreed on, or are about to: what it is, with whom, and when."""

    id: int
    exchange_id: int
    listing_id: int
    title: str
    other: str
    state: State
    begins_at: datetime | None
    ends_at: datetime | None


async def list_pending(conn: Connection, actor_id: int, *, limit: int = 50) -> list[Pending]:
    """What is asked for or settled with this person and not done yet, what begins first at the top."""
    return await fetch_all(
        conn,
        Pending,
        """
        SELECT a.id, a.exchange_id, a.listing_id, l.title, coalesce(nullif(o.name, ''), o.username) AS other, a.state,
            a.begins_at, a.ends_at
        FROM agreement a JOIN listing l ON l.post_id = a.listing_id
        JOIN actor o ON o.id = CASE WHEN a.owner_id = $1 THEN a.partner_id ELSE a.owner_id END
        WHERE $1 IN (a.owner_id, a.partner_id) AND is_live_state(a.state)
        ORDER BY a.begins_at NULLS LAST, a.id LIMIT $2
        """,
        actor_id,
        limit,
    )
