"""When: listings that are to be had on the days that somebody wants, as far as their calendars are known here."""

from dataclasses import dataclass
from datetime import datetime

from models.store.database import Connection, fetch_all
from models.store.statements import fragment

# Listings of which something is taken on these days: the owner's own, what her server told of one elsewhere, agreements
# that are asked for or settled. They are looked for once, by the days, and are few; only they are looked at closely.
_TOUCHED = """
    SELECT u.listing_id FROM unavailability u
    WHERE tstzrange(u.begins_at, u.ends_at) && tstzrange(:free_from, :free_until)
    UNION ALL
    SELECT r.listing_id FROM calendar_copy_range r WHERE r.held && tstzrange(:free_from, :free_until)
    UNION ALL
    SELECT a.listing_id FROM agreement a
    WHERE is_live_state(a.state) AND a.begins_at IS NOT NULL AND a.ends_at IS NOT NULL
        AND tstzrange(a.begins_at, a.ends_at) && tstzrange(:free_from, :free_until)
"""

# What is kept whatever the number there is.
_KEPT = """
    SELECT tstzrange(u.begins_at, u.ends_at) AS held FROM unavailability u
    WHERE u.listing_id = l.post_id AND u.begins_at < :free_until AND u.ends_at > :free_from
    UNION ALL
    SELECT r.held FROM calendar_copy_range r
    WHERE r.listing_id = l.post_id AND r.held && tstzrange(:free_from, :free_until)
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

# How many are there for one wish: where they do not go one by one, all of them go together.
_THERE = "coalesce(l.available_quantity, l.quantity)"
_WISH = "CASE WHEN l.unit_based THEN 1 ELSE l.quantity END"

# Only its author can count the hours of what she does.
_UNCOUNTED = "(l.unit_based AND l.available_quantity IS NULL)"

# What is lent has to be there all the time; of what somebody does, a part of the days is enough. What is given once is
# there until it is promised. The rules are those of models/listings/unavailabilities.
FREE = fragment(
    """
    (:free_from::timestamptz IS NULL OR :free_until::timestamptz IS NULL OR (
        (l.begins_at IS NULL OR l.begins_at < :free_until) AND (l.ends_at IS NULL OR l.ends_at > :free_from)
        AND {there} > 0
        AND CASE WHEN l.kind <> 'offer' OR l.mode NOT IN ('loan', 'service') THEN l.status <> 'reserved'
            WHEN l.post_id NOT IN ({touched}) THEN true
            WHEN l.mode = 'loan' THEN NOT EXISTS ({kept})
                AND ({uncounted} OR coalesce(({most_gone}), 0) + {wish} <= {there})
            ELSE NOT coalesce((SELECT range_agg(taken.held) @> tstzrange(:free_from, :free_until)
                FROM ({kept} UNION ALL
                    SELECT tstzrange(a.begins_at, a.ends_at) FROM agreement a
                    WHERE {agreed} AND NOT {uncounted} AND a.quantity + {wish} > {there}) AS taken), false) END))
    """,
    touched=_TOUCHED,
    kept=_KEPT,
    agreed=_AGREED,
    most_gone=_MOST_GONE,
    there=_THERE,
    wish=_WISH,
    uncounted=_UNCOUNTED,
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
