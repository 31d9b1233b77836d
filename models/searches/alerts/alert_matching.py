"""A listing that is new, or stands again, is held against all alerts by one statement; each member is told once."""

from dataclasses import dataclass

from models.store.database import Connection, execute, fetch_all
from models.store.statements import compose

AT_ONCE = 20
"""Listings that one transaction takes off the queue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmatched:
    """A listing that was not held against alerts since it changed; `edited` where it stood in lists before.

    `words_before` are those that it was found by then, as the text of a tsvector.
    """

    post_id: int
    edited: bool
    words_before: str | None = None


async def take_unmatched(conn: Connection) -> list[Unmatched]:
    """Some of those that wait, off the queue: the oldest first."""
    return await fetch_all(
        conn,
        Unmatched,
        """
        DELETE FROM unmatched_listing WHERE post_id IN (
            SELECT post_id FROM unmatched_listing ORDER BY since, post_id LIMIT $1 FOR UPDATE SKIP LOCKED)
        RETURNING post_id, edited, words_before::text
        """,
        AT_ONCE,
    )


# The listing with all that alerts ask of it, if it stands in lists. Its words are made anew, in memory: a long text
# would otherwise be taken off the disk for each alert. Listings from elsewhere often name their commune alone.
FRESH = """
    SELECT l.post_id, l.kind, l.mode, l.category, l.subcategory, l.territory_uri, l.latitude, l.longitude,
        l.search || ''::tsvector AS search, p.author_id, a.limited_at IS NOT NULL AS limited,
        a.type = 'Organization' AND lower(a.username) <> 'coop' AS of_place,
        EXISTS (SELECT FROM media m WHERE m.post_id = l.post_id) AS photo,
        ARRAY[l.commune_code, c.code, c.parent_code] AS communes, c.epci_code AS epci
    FROM listing l JOIN post p ON p.id = l.post_id JOIN actor a ON a.id = p.author_id
    LEFT JOIN commune c ON c.code = coalesce(l.commune_code, (SELECT near.code FROM commune near
        WHERE near.postcodes @> ARRAY[l.postcode] AND fold(near.name) = fold(l.place_name) LIMIT 1))
    WHERE l.post_id = $1 AND is_open_status(l.status) AND (l.expires_at IS NULL OR l.expires_at > now())
        AND p.deleted_at IS NULL AND p.audience IN ('network', 'coop', 'territories')
        AND a.deleted_at IS NULL AND a.suspended_at IS NULL
        AND (l.kind <> 'offer' OR a.away_until IS NULL OR a.away_until <= now())
        AND NOT EXISTS (SELECT FROM held_post h WHERE h.post_id = l.post_id AND h.draft IS NULL)
"""

# Cheap questions first. The earth counts as flat around the place, as in models/searches/network.
FITS = """
    s.paused_at IS NULL AND s.actor_id <> fresh.author_id
    AND (NOT $2::boolean OR s.id < fresh.post_id OR NOT $3::text::tsvector @@ s.query)
    AND (s.kinds = '{}' OR fresh.kind = ANY(s.kinds)) AND (s.modes = '{}' OR fresh.mode = ANY(s.modes))
    AND (s.categories = '{}' OR fresh.category = ANY(s.categories))
    AND (s.subcategory IS NULL OR fresh.subcategory = s.subcategory)
    AND (s.territory_uris = '{}' OR fresh.territory_uri = ANY(s.territory_uris))
    AND (s.communes = '{}' AND s.epcis = '{}' OR s.communes && fresh.communes OR fresh.epci = ANY(s.epcis))
    AND (NOT s.with_photo OR fresh.photo) AND (NOT s.from_places OR fresh.of_place)
    AND (s.radius IS NULL OR fresh.latitude BETWEEN s.latitude - s.radius / 111.0 AND s.latitude + s.radius / 111.0
        AND 111.195 * sqrt((fresh.latitude - s.latitude) ^ 2
            + ((fresh.longitude - s.longitude) * cos(radians(s.latitude))) ^ 2) <= s.radius)
    AND (s.query IS NULL OR fresh.search @@ s.query)
"""

# Which of members `s` are there, and may be told of what `fresh` says; whom they hide from is asked beside it. OFFSET 0
# keeps the questions look-ups.
MAY_BE_TOLD = """
    EXISTS (SELECT FROM account c JOIN actor m ON m.id = c.actor_id
        WHERE c.actor_id = s.actor_id AND c.disabled_at IS NULL AND c.confirmed_at IS NOT NULL
            AND m.deleted_at IS NULL AND m.suspended_at IS NULL OFFSET 0)
    AND NOT EXISTS (SELECT FROM place_keeper k WHERE k.place_id = fresh.author_id AND k.actor_id = s.actor_id OFFSET 0)
    AND (NOT fresh.limited OR EXISTS (SELECT FROM follow f
        WHERE f.follower_id = s.actor_id AND f.followed_id = fresh.author_id AND f.state = 'accepted' OFFSET 0))
"""

# One pass over all alerts; what costs more is asked of those alone for whom it fits, blocks of all of them at once.
MATCH = compose(
    """
    WITH fresh AS MATERIALIZED ({fresh}), fitting AS MATERIALIZED (
        SELECT DISTINCT ON (s.actor_id) s.actor_id, s.id
        FROM fresh JOIN search_alert s ON {fits}
        ORDER BY s.actor_id, CASE s.rhythm WHEN 'now' THEN 1 WHEN 'daily' THEN 2 ELSE 3 END, s.id
    ), hiding AS MATERIALIZED (
        SELECT h.reader_id FROM hidden h
        WHERE h.author_id = (SELECT author_id FROM fresh) AND h.reader_id = ANY(ARRAY(SELECT actor_id FROM fitting))
    )
    INSERT INTO alert_find (actor_id, listing_id, alert_id)
    SELECT s.actor_id, fresh.post_id, s.id FROM fresh CROSS JOIN fitting s
    WHERE {may_be_told} AND NOT EXISTS (SELECT FROM hiding WHERE hiding.reader_id = s.actor_id)
    ON CONFLICT DO NOTHING
    """,
    fresh=FRESH,
    fits=FITS,
    may_be_told=MAY_BE_TOLD,
)


async def match(conn: Connection, listing: Unmatched) -> int:
    """Note for whom this listing is a find, by which alert; how many are new. Whoever has it already keeps it as it is.

    What was edited is news for those whose alert was there before it, and for those whose words it did not have.
    Not its author and those who keep the place that is, not whoever blocked or muted her or the other way round;
    nothing of what stands in no list, or comes from somebody limited whom she does not follow.
    """
    return await execute(conn, MATCH, listing.post_id, listing.edited, listing.words_before)
