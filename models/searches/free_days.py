"""When: listings that are to be had on the days that somebody wants, as far as their calendars are known here."""

from dataclasses import dataclass
from datetime import datetime

from models.store.database import Connection, fetch_all
from models.store.statements import fragment

# Listings of which something is taken on these days: the owner's own, what her server told of one elsewhere, agreements
# that are asked for or settled. They are looked for once, by the days, and are few; only they are looked at closely.
_TOUCHED = """
    SELECT u.listing_id FROM unavailability u
    WHERE tstzrange(u.begins_at, u.ends_at) && tstzrange(:free_from::timestamptz, :free_until::timestamptz)
    UNION ALL
    SELECT r.listing_id FROM calendar_copy_range r
    WHERE r.held && tstzrange(:free_from::timestamptz, :free_until::timestamptz)
    UNION ALL
    SELECT a.listing_id FROM agreement a
    WHERE is_live_state(a.state) AND a.begins_at IS NOT NULL AND a.ends_at IS NOT NULL
        AND tstzrange(a.begins_at, a.ends_at) && tstzrange(:free_from::timestamptz, :free_until::timestamptz)
"""

# What is given once is there until it is promised. The rule for the others is `is_free_between`, said in
# models/RULES_IN_SQL.md. Written with OR, of which the planner knows how much it lets through: most, as a rule.
FREE = fragment(
    """
    [[free_from free_until:
        AND (l.begins_at IS NULL OR l.begins_at < :free_until::timestamptz)
        AND (l.ends_at IS NULL OR l.ends_at > :free_from::timestamptz)
        AND (l.available_quantity IS NULL OR l.available_quantity > 0)
        AND (l.status <> 'reserved' OR (l.kind = 'offer' AND l.mode IN ('loan', 'service')))
        AND (l.kind <> 'offer' OR l.mode NOT IN ('loan', 'service') OR l.post_id NOT IN ({touched})
            OR is_free_between(l.post_id, :free_from::timestamptz, :free_until::timestamptz))]]
    """,
    touched=_TOUCHED,
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
