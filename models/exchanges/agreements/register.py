"""What was exchanged, for the figures of a cooperative: no name and no word of anybody."""

from dataclasses import dataclass
from datetime import datetime

from models.exchanges.agreements.values import State
from models.listings.listings import ListingKind, ListingMode
from models.store.database import Connection, fetch_all


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """One agreement with somebody of ours; `elsewhere` is the server of the other side, None where that is here too.

    Of a listing that was taken back, its category and its commune are not known any more.
    """

    id: int
    asked_at: datetime
    kind: ListingKind
    mode: ListingMode
    category: str | None
    commune: str | None
    state: State
    begins_at: datetime | None
    ends_at: datetime | None
    elsewhere: str | None


async def list_registered(conn: Connection, *, after: int = 0, limit: int) -> list[Registered]:
    """All agreements in the order in which they were asked for, some at a time."""
    return await fetch_all(
        conn,
        Registered,
        """
        SELECT a.id, a.created_at AS asked_at, l.kind, l.mode, l.category, c.name AS commune, a.state, a.begins_at,
            a.ends_at, CASE WHEN NOT o.local THEN o.host WHEN NOT p.local THEN p.host END AS elsewhere
        FROM agreement a JOIN listing l ON l.post_id = a.listing_id
        JOIN actor o ON o.id = a.owner_id JOIN actor p ON p.id = a.partner_id
        LEFT JOIN commune c ON c.code = l.commune_code
        WHERE a.id > $1 AND (o.local OR p.local) ORDER BY a.id LIMIT $2
        """,
        after,
        limit,
    )
