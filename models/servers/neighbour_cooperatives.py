"""The cooperatives on our map, our friends and those followed here: what each offers, how lately it was heard.

Nobody comes on these lists by knocking: a cooperative is on the map (models/servers/directory), a friend, or was
followed.
"""

from dataclasses import dataclass
from datetime import datetime

from models.listings.listings import KINDS
from models.people.actors import BUILT_IN, Actor
from models.store.database import Connection, fetch_all
from models.store.statements import compose

STREAMS = BUILT_IN[2:]
"""Usernames of the Groups that announce a territory's listings; to follow a territory is to follow these."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """One other cooperative. `places` and `categories` are those of its open listings, the most frequent first.

    Only the 1,000 newest listings are counted: the page reads them all each time. `kinds` are offers,
    requests and repair calls; `stated` and `stated_kinds` are what its own server showed at the last visit; `grey` says
    that it did not answer for a week.

    `followed` and `asked` tell how many of its actors the reader follows or has asked to; `by_coop` the same for ours.
    """

    actor_id: int
    host: str
    listings: int
    places: list[str]
    categories: list[str]
    heard_at: datetime | None
    unavailable_since: datetime | None
    friend: bool
    followed: int
    asked: int
    by_coop: int
    kinds: list[int]
    stated: int
    stated_kinds: list[int | None]
    on_map: bool
    grey: bool
    latitude: float | None
    longitude: float | None

    @property
    def held(self) -> bool:
        """Whether we hold its listings, so that ours is the better count; else its own word counts."""
        return self.followed + self.by_coop > 0 or self.stated <= self.listings

    @property
    def counted(self) -> int:
        """How many open listings it has, by the better count."""
        return self.listings if self.held else self.stated

    @property
    def counted_kinds(self) -> list[int | None]:
        """The same for offers, requests and repair calls; None where nobody told."""
        return [*self.kinds] if self.held else self.stated_kinds

    @property
    def silent(self) -> bool:
        """Whether it does not answer."""
        return self.unavailable_since is not None or self.grey


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownCooperative:
    """A cooperative elsewhere, and whether it answers."""

    actor_id: int
    awake: bool


_KNOWN = """
    SELECT a.id AS actor_id, s.unavailable_since IS NULL AS awake
    FROM actor a LEFT JOIN server s ON s.host = a.host
    WHERE NOT a.local AND a.type = 'Organization' AND lower(a.username) = 'coop'
        AND a.deleted_at IS NULL AND a.suspended_at IS NULL
        AND coalesce(s.level, 'reader') <> 'aside'
        AND (s.level = 'friend'
            OR EXISTS (SELECT FROM territory t WHERE t.host = a.host AND t.accepted_at IS NOT NULL)
            OR EXISTS (
                SELECT FROM actor b JOIN follow f ON f.followed_id = b.id JOIN actor c ON c.id = f.follower_id
                WHERE b.host = a.host AND b.type IN ('Group', 'Organization') AND c.local
                    AND f.state IN ('accepted', 'pending')
            ))
    ORDER BY s.unavailable_since IS NOT NULL, s.last_in_at DESC NULLS LAST, a.id
    LIMIT 200
"""

_LISTED = compose(_KNOWN)

_WITH_OURS = compose(
    """
    SELECT * FROM full_actor WHERE id = ANY (ARRAY(SELECT actor_id FROM ({known}) AS known)
        || ARRAY(SELECT id FROM actor WHERE lower(username) = 'coop' AND local))
    """,
    known=_KNOWN,
)


async def list_known_cooperatives(conn: Connection) -> list[KnownCooperative]:
    """Those on our map, friends, and those that somebody here follows: those that answer first, then the last heard."""
    return await fetch_all(conn, KnownCooperative, _LISTED)


async def list_known_actors(conn: Connection) -> list[Actor]:
    """Their actors with ours, in no order."""
    return await fetch_all(conn, Actor, _WITH_OURS)


async def list_neighbours(conn: Connection, reader_id: int | None, coop_id: int | None) -> list[Neighbour]:
    """Those on our map, friends, and those that the reader or our cooperative follows: most open listings first."""
    return await fetch_all(
        conn,
        Neighbour,
        """
        SELECT a.id AS actor_id, a.host, open.total::integer AS listings, open.places, open.categories,
            greatest(s.last_in_at, s.last_out_at, t.proven_at) AS heard_at, s.unavailable_since,
            coalesce(s.level = 'friend', false) AS friend,
            mine.followed::integer AS followed, mine.asked::integer AS asked, ours.followed::integer AS by_coop,
            open.kinds, ARRAY[t.offers, t.requests, t.repair_calls] AS stated_kinds,
            coalesce(t.open_proposals, 0) AS stated, t.accepted_at IS NOT NULL AS on_map,
            coalesce(t.silent, false) AS grey,
            coalesce(a.latitude, t.latitude) AS latitude, coalesce(a.longitude, t.longitude) AS longitude
        FROM actor a
        LEFT JOIN server s ON s.host = a.host
        LEFT JOIN territory t ON t.host = a.host AND t.removed_at IS NULL
        LEFT JOIN LATERAL (
            WITH shown AS MATERIALIZED (
                SELECT l.kind, l.place_name, l.category FROM listing l JOIN post p ON p.id = l.post_id
                WHERE l.territory_uri = a.uri AND is_open_status(l.status) AND p.deleted_at IS NULL
                    AND p.audience = 'network'
                ORDER BY l.post_id DESC LIMIT 1000
            )
            SELECT (SELECT count(*) FROM shown) AS total,
                ARRAY(SELECT (SELECT count(*) FROM shown WHERE kind = one.kind)::integer
                    FROM unnest($3::text[]) WITH ORDINALITY AS one (kind, place)
                    ORDER BY place) AS kinds,
                ARRAY(SELECT place_name FROM shown WHERE place_name IS NOT NULL
                    GROUP BY place_name ORDER BY count(*) DESC, place_name LIMIT 4) AS places,
                ARRAY(SELECT category FROM shown WHERE category IS NOT NULL
                    GROUP BY category ORDER BY count(*) DESC, category LIMIT 3) AS categories
        ) AS open ON true
        LEFT JOIN LATERAL (
            SELECT count(*) FILTER (WHERE f.state = 'accepted') AS followed,
                count(*) FILTER (WHERE f.state = 'pending') AS asked
            FROM follow f JOIN actor b ON b.id = f.followed_id
            WHERE f.follower_id = $1 AND b.host = a.host AND b.type IN ('Group', 'Organization')
        ) AS mine ON true
        LEFT JOIN LATERAL (
            SELECT count(*) AS followed FROM follow f JOIN actor b ON b.id = f.followed_id
            WHERE f.follower_id = $2 AND b.host = a.host AND b.type IN ('Group', 'Organization')
                AND f.state IN ('accepted', 'pending')
        ) AS ours ON true
        WHERE NOT a.local AND a.type = 'Organization' AND lower(a.username) = 'coop'
            AND a.deleted_at IS NULL AND a.suspended_at IS NULL
            AND coalesce(s.level, 'reader') <> 'aside'
            AND (s.level = 'friend' OR t.accepted_at IS NOT NULL OR mine.followed + mine.asked > 0 OR ours.followed > 0)
        ORDER BY s.unavailable_since IS NOT NULL, open.total DESC, a.host
        LIMIT 200
        """,
        reader_id,
        coop_id,
        list(KINDS),
    )
