"""Offers that fit a need nearby, and the other way round: who has it is counted for whoever seeks, and members are told
who asked for it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.listings import categories
from models.searches.alerts.alert_matching import MAY_BE_TOLD
from models.searches.alerts.telling import (
    CLAIM,
    GIVE_BACK,
    LISTING,
    MAILABLE,
    MAILED_WITHIN,
    SAVE_TOLD,
    STANDS,
    TELLABLE,
    list_told_values,
)
from models.store.database import Connection, execute, fetch_all, fetch_value
from models.store.statements import compose, fragment

GAP = timedelta(hours=3)
"""Whoever was told of something is told of what else fits after this time, all of it at once."""

FARTHEST = 100.0
"""Kilometres: nothing that is farther away is looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """A listing that fits another; `distance` in kilometres."""

    id: int
    author_id: int
    distance: float


# What a listing in lists is about, where it is, and the categories that are its own, its wider or its narrower ones.
_FRESH = """
    SELECT l.post_id, l.kind, l.category, l.latitude, l.longitude, p.author_id, a.limited_at IS NOT NULL AS limited,
        p.audience, title_words(l.kind, l.title) AS title, join_words(title_words(l.kind, l.title), ' & ') AS all_words,
        join_words(title_words(l.kind, l.title), ' | ') AS any_words
    FROM listing l JOIN post p ON p.id = l.post_id JOIN actor a ON a.id = p.author_id
    WHERE l.post_id = $1 AND l.status = 'open' AND l.latitude IS NOT NULL AND p.deleted_at IS NULL
        AND a.deleted_at IS NULL AND a.suspended_at IS NULL
        AND (l.kind <> 'offer' OR a.away_until IS NULL OR a.away_until <= now())
"""

# Open listings `l` that may be the other half of `fresh`: their words lead to them by the index; a call says what is
# broken, and not what it needs.
_MAY_FIT = """
    l.status = 'open' AND (l.kind = 'offer') <> (fresh.kind = 'offer')
    AND (l.search @@ fresh.any_words OR l.kind = 'repair_call')
    AND l.latitude BETWEEN fresh.latitude - $3::float8 / 111.0 AND fresh.latitude + $3 / 111.0
    AND (l.category IS NULL OR fresh.category IS NULL OR l.category = ANY($2::text[]))
"""

# Whether they are: titles say the same, or share a word in the same category. Asked of those alone that are near.
_FITS = """
    (title_words(l.kind, l.title) @@ fresh.all_words
        OR fresh.title @@ join_words(title_words(l.kind, l.title), ' & ')
        OR l.category = fresh.category AND title_words(l.kind, l.title) @@ fresh.any_words)
"""

_DISTANCE = """
    111.195 * sqrt((l.latitude - fresh.latitude) ^ 2
        + ((l.longitude - fresh.longitude) * cos(radians(fresh.latitude))) ^ 2)
"""

_NEAR = compose(
    """
    WITH fresh AS MATERIALIZED ({fresh}), near AS MATERIALIZED (
        SELECT l.post_id, l.kind, l.title, l.category, {distance} AS distance FROM fresh JOIN listing l ON {may_fit}
    )
    SELECT DISTINCT ON (p.author_id) l.post_id AS id, p.author_id, l.distance
    FROM fresh JOIN near l ON l.distance <= $3 AND {fits}
    JOIN post p ON p.id = l.post_id AND p.deleted_at IS NULL AND p.audience = 'network'
        AND p.author_id <> fresh.author_id
    JOIN actor a ON a.id = p.author_id AND a.deleted_at IS NULL AND a.suspended_at IS NULL AND a.limited_at IS NULL
        AND (a.away_until IS NULL OR a.away_until <= now())
    WHERE NOT EXISTS (SELECT FROM hidden h WHERE h.reader_id = fresh.author_id AND h.author_id = p.author_id OFFSET 0)
    ORDER BY p.author_id, l.distance
    """,
    fresh=_FRESH,
    may_fit=_MAY_FIT,
    fits=_FITS,
    distance=_DISTANCE,
)


async def list_near(conn: Connection, listing_id: int, radius: float) -> list[Fit]:
    """Public offers of others that fit this need within so many kilometres, the nearest of each person.

    Nearest first. They are for all to see, so nobody had to ask for it.
    """
    found = await fetch_all(conn, Fit, _NEAR, listing_id, await _list_related(conn, listing_id), radius)
    return sorted(found, key=lambda one: one.distance)


_MATCH = compose(
    """
    WITH fresh AS MATERIALIZED ({fresh}), near AS MATERIALIZED (
        SELECT l.post_id, l.kind, l.title, l.category, s.actor_id
        FROM fresh JOIN listing l ON {may_fit} AND fresh.audience IN ('network', 'coop', 'territories')
        JOIN post p ON p.id = l.post_id AND p.deleted_at IS NULL AND p.audience IN ('network', 'coop', 'territories')
        JOIN match_choice s ON s.actor_id = p.author_id AND s.actor_id <> fresh.author_id
            AND CASE WHEN l.kind = 'offer' THEN s.needs ELSE s.offers END AND {distance} <= s.radius
    ), fitting AS MATERIALIZED (
        SELECT DISTINCT ON (l.actor_id) l.actor_id, l.post_id, l.kind
        FROM fresh JOIN near l ON {fits} ORDER BY l.actor_id, l.post_id DESC
    )
    INSERT INTO match_told (actor_id, listing_id, own_id)
    SELECT s.actor_id, fresh.post_id, s.post_id
    FROM fresh CROSS JOIN fitting s
    JOIN actor o ON o.id = s.actor_id AND (s.kind <> 'offer' OR o.away_until IS NULL OR o.away_until <= now())
    WHERE (fresh.kind = 'offer'
            OR coalesce((SELECT c.shown FROM match_choice c WHERE c.actor_id = fresh.author_id), true))
        AND NOT EXISTS (SELECT FROM held_post h WHERE h.post_id = fresh.post_id AND h.draft IS NULL)
        AND NOT EXISTS (SELECT FROM alert_find f WHERE f.actor_id = s.actor_id AND f.listing_id = fresh.post_id)
        AND NOT EXISTS (SELECT FROM repair_call_told t WHERE t.actor_id = s.actor_id AND t.post_id = fresh.post_id)
        AND NOT EXISTS (SELECT FROM hidden h WHERE h.reader_id = s.actor_id AND h.author_id = fresh.author_id OFFSET 0)
        AND {may_be_told}
    ON CONFLICT DO NOTHING
    """,
    fresh=_FRESH,
    may_fit=_MAY_FIT,
    fits=_FITS,
    distance=_DISTANCE,
    may_be_told=MAY_BE_TOLD,
)


async def match(conn: Connection, listing_id: int) -> int:
    """Note who is to be told of this listing since it fits one of hers, and who asked for it; how many.

    Not whom it is told to already, by an alert or as a repair call nearby.
    """
    return await execute(conn, _MATCH, listing_id, await _list_related(conn, listing_id), FARTHEST)


async def _list_related(conn: Connection, listing_id: int) -> list[str]:
    """The category of a listing, its wider one and its narrower ones; those of repairs all belong together."""
    slug = await fetch_value(conn, "SELECT category FROM listing WHERE post_id = $1", listing_id)
    own = categories.find(slug or "")
    if own is None:
        return []
    if own.branch == "repairs":
        return [one.slug for one in categories.CATEGORIES if one.branch == "repairs"]
    return [*categories.list_slugs(own.slug), *([own.parent] if own.parent else [])]


@dataclass(frozen=True, slots=True, kw_only=True)
class DueMatches:
    """What is to be told to one member in one line, the newest first; `author_id` is of the newest."""

    actor_id: int
    author_id: int
    listing_ids: list[int]
    by_mail: bool


_DUE = compose(
    """
    SELECT f.actor_id, s.by_mail, (array_agg(p.author_id ORDER BY f.listing_id DESC))[1] AS author_id,
        array_agg(f.listing_id ORDER BY f.listing_id DESC) AS listing_ids
    FROM match_told f JOIN match_choice s ON s.actor_id = f.actor_id AND (s.needs OR s.offers)
    {listing}
    WHERE f.told_at IS NULL AND {stands} AND {tellable} AND NOT EXISTS (
        SELECT FROM match_told x WHERE x.actor_id = f.actor_id AND x.told_at > $1::timestamptz - $2::interval)
    GROUP BY f.actor_id, s.by_mail ORDER BY f.actor_id LIMIT $3
    """,
    stands=STANDS,
    tellable=TELLABLE,
    listing=LISTING,
)


async def list_due(conn: Connection, *, at: datetime, limit: int) -> list[DueMatches]:
    """Who is to be told of what now."""
    return await fetch_all(conn, DueMatches, _DUE, at, GAP, limit)


_SAVE = compose(SAVE_TOLD, table="match_told")


async def save_told(conn: Connection, due: DueMatches, notification_id: int | None, *, at: datetime) -> None:
    """These were told by this line; None where nobody was to be told. Without mail they count as mailed."""
    await execute(conn, _SAVE, *list_told_values(due, notification_id, at))


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldMatches:
    """A line of the news: how many of what it tells stand, and the newest of those."""

    notification_id: int
    count: int
    listing_id: int
    kind: str
    title: str


_TOLD = compose(
    """
    SELECT DISTINCT ON (f.notification_id) f.notification_id, f.listing_id, l.kind, l.title,
        (count(*) OVER (PARTITION BY f.notification_id))::integer AS count
    FROM match_told f
    {listing}
    WHERE f.actor_id = $1 AND f.notification_id = ANY($2) AND {stands}
    ORDER BY f.notification_id, f.listing_id DESC
    """,
    stands=STANDS,
    listing=LISTING,
)


async def list_told(conn: Connection, actor_id: int, notification_ids: Collection[int]) -> list[ToldMatches]:
    """What these lines of hers tell of; none of which nothing stands any more."""
    return await fetch_all(conn, ToldMatches, _TOLD, actor_id, list(notification_ids))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Named:
    listing_id: int


_STANDING = compose(
    """
    SELECT f.listing_id FROM match_told f
    {listing}
    WHERE f.actor_id = $1 AND {stands} ORDER BY f.listing_id DESC LIMIT $2
    """,
    stands=STANDS,
    listing=LISTING,
)


async def list_own(conn: Connection, actor_id: int, *, limit: int) -> list[int]:
    """Which listings fit one of hers and stand, of those that she was or is to be told of, the newest first."""
    return [row.listing_id for row in await fetch_all(conn, _Named, _STANDING, actor_id, limit)]


_CLAIM = compose(
    """
    WITH claimed AS (
        {claim} RETURNING actor_id, listing_id, notification_id, told_at)
    SELECT f.listing_id FROM claimed f JOIN match_choice s ON s.actor_id = f.actor_id AND s.by_mail
    JOIN notification n ON n.id = f.notification_id
    {listing}
    WHERE (s.needs OR s.offers) AND {mailable} AND {stands}
    ORDER BY f.listing_id DESC
    """,
    stands=STANDS,
    listing=LISTING,
    claim=fragment(CLAIM, table="match_told"),
    mailable=MAILABLE,
)


async def claim_unmailed(conn: Connection, actor_id: int, *, at: datetime) -> list[int]:
    """What a mail to her tells of now: what was told, stands, and is unread. It goes into no other mail."""
    return [row.listing_id for row in await fetch_all(conn, _Named, _CLAIM, actor_id, at, MAILED_WITHIN)]


_GIVE_BACK = compose(GIVE_BACK, table="match_told")


async def give_back(conn: Connection, actor_id: int, listing_ids: Collection[int]) -> None:
    """The mail that told of these did not leave; it is tried again."""
    await execute(
        conn,
        _GIVE_BACK,
        actor_id,
        list(listing_ids),
    )
