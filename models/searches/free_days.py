"""When: listings that are to be had on the days that somebody wants, as far as their calendars are known here."""

from dataclasses import dataclass
from datetime import datetime

from models.store.database import Connection, fetch_all
from models.store.statements import fragment

# What touches the days: the owner's own, what her server told of a listing elsewhere, agreements that are asked for or
# settled. Each by an index on the listing: few have any.
_KEPT = """
    SELECT u.begins_at, u.ends_at FROM unavailability u
    WHERE u.listing_id = l.post_id AND u.begins_at < :free_until AND u.ends_at > :free_from
    UNION ALL
    SELECT told.begins_at, told.ends_at FROM calendar_copy k
        CROSS JOIN LATERAL (SELECT (one ->> 0)::timestamptz AS begins_at, (one ->> 1)::timestamptz AS ends_at
            FROM jsonb_array_elements(k.ranges) AS one OFFSET 0) AS told
    WHERE k.listing_id = l.post_id AND told.begins_at < :free_until AND told.ends_at > :free_from
"""

_AGREED = """
    a.listing_id = l.post_id AND is_live_state(a.state) AND a.begins_at < :free_until AND a.ends_at > :free_from
"""

# The most are gone where an agreement begins, or where the days do.
_MOST_GONE = """
    SELECT max(gone.quantity) FROM agreement a CROSS JOIN LATERAL (
        SELECT sum(b.quantity) AS quantity FROM agreement b
        WHERE b.listing_id = l.post_id AND is_live_state(b.state)
            AND b.begins_at <= greatest(a.begins_at, :free_from) AND b.ends_at > greatest(a.begins_at, :free_from)
        ) AS gone
    WHERE {agreed}
"""

# What is lent has to be there all the time; of what somebody does, a part of the days is enough, and only its author
# can count its hours. What is given once is there until it is promised. The rules of models/listings/unavailabilities.
FREE = fragment(
    """
    (:free_from::timestamptz IS NULL OR :free_until::timestamptz IS NULL OR (
        (l.begins_at IS NULL OR l.begins_at < :free_until) AND (l.ends_at IS NULL OR l.ends_at > :free_from)
        AND coalesce(l.available_quantity, l.quantity) > 0
        AND CASE WHEN l.kind <> 'offer' OR l.mode NOT IN ('loan', 'service') THEN l.status <> 'reserved'
            WHEN l.mode = 'loan' THEN NOT EXISTS ({kept}) AND ((l.unit_based AND l.available_quantity IS NULL)
                OR coalesce(({most_gone}), 0) + CASE WHEN l.unit_based THEN 1 ELSE l.quantity END
                    <= coalesce(l.available_quantity, l.quantity))
            ELSE NOT coalesce((SELECT range_agg(tstzrange(taken.begins_at, taken.ends_at))
                    @> tstzrange(:free_from, :free_until)
                FROM ({kept} UNION ALL
                    SELECT a.begins_at, a.ends_at FROM agreement a
                    WHERE {agreed} AND NOT (l.unit_based AND l.available_quantity IS NULL)
                        AND a.quantity + CASE WHEN l.unit_based THEN 1 ELSE l.quantity END
                            > coalesce(l.available_quantity, l.quantity)) AS taken), false) END))
    """,
    kept=_KEPT,
    agreed=_AGREED,
    most_gone=_MOST_GONE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldCalendar:
    """The calendar of a listing elsewhere; `told_at` is None where nothing of it is known here."""

    listing_id: int
    told_at: datetime | None


async def list_told_calendars(conn: Connection, listing_ids: list[int]) -> list[ToldCalendar]:
    """Those among these listings whose days only another server knows, and when it told them last."""
    return await fetch_all(
        conn,
        ToldCalendar,
        """
        SELECT l.post_id AS listing_id, k.told_at
        FROM listing l JOIN post p ON p.id = l.post_id LEFT JOIN calendar_copy k ON k.listing_id = l.post_id
        WHERE l.post_id = ANY($1) AND NOT p.local AND l.kind = 'offer' AND l.mode IN ('loan', 'service')
        """,
        listing_ids,
    )
