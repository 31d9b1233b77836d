"""How many exchanges of somebody both sides confirm."""

from models.store.database import Connection, fetch_value


async def count_confirmed(conn: Connection, actor_id: int) -> int:
    """Verified exchanges of this person that are known here, with people who have an account.

    Guests do not count: whoever has two mail addresses could be her own.
    """
    found: int = await fetch_value(
        conn,
        """
        SELECT count(*) FROM (
            SELECT partner_id AS other_id FROM agreement
            WHERE owner_id = $1 AND owner_reported_at IS NOT NULL AND partner_reported_at IS NOT NULL
            UNION ALL
            SELECT owner_id FROM agreement
            WHERE partner_id = $1 AND owner_reported_at IS NOT NULL AND partner_reported_at IS NOT NULL
        ) AS confirmed JOIN actor other ON other.id = confirmed.other_id AND other.host <> ''
        """,
        actor_id,
    )
    return found
