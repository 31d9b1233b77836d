"""How far the cooperative trusts each server, and what follows from it: who is hidden, what is no longer sent.

A level counts for the whole domain, with all that stands under it. Whoever is not welcome is suspended, not deleted:
their posts, their follows both ways and their likes stay in the tables, show nowhere and have no effect, and are there
again when the level is lifted. Only what waited to be sent or processed is dropped for good, and cached pictures go.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from models import preferences
from models.posts import message_requests
from models.servers import waiting_posts
from models.store.database import Connection, execute, fetch_all, fetch_one, fetch_value

Level = Literal["friend", "reader", "aside"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What the cooperative decided about a domain: `listed` lets it in while the federation is restricted.

    `note` is for those who run the cooperative, `public_reason` for everybody.
    """

    host: str
    level: Level = "reader"
    listed: bool = False
    note: str = ""
    public_reason: str = ""
    level_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What hangs on a domain here: whom we know there, follows towards it and from it, and what waits to be sent."""

    domain: str
    actors: int
    followed: int
    followers: int
    waiting: int


def list_domains(host: str) -> list[str]:
    """A host and every domain above it, with and without its port: `domains_of` of the database, in Python."""
    bare, colon, port = host.rpartition(":")
    labels = (bare if colon and port.isdigit() else host).split(".")
    return [host, *(".".join(labels[start:]) for start in range(len(labels)))]


async def find(conn: Connection, host: str) -> Decision | None:
    """What was decided about exactly this name; None for a name never met."""
    return await fetch_one(
        conn, Decision, "SELECT host, level, listed, note, public_reason, level_at FROM server WHERE host = $1", host
    )


async def list_decided(conn: Connection) -> list[Decision]:
    """Every domain that is a friend, let in by name, or set aside."""
    return await fetch_all(
        conn,
        Decision,
        """
        SELECT host, level, listed, note, public_reason, level_at FROM server
        WHERE level <> 'reader' OR listed ORDER BY level, host
        """,
    )


async def fingerprint(conn: Connection) -> str:
    """A text that changes with every decision, so that nobody reads them all again for nothing."""
    found: str = await fetch_value(
        conn,
        """
        SELECT count(*) || ' ' || coalesce(sum(hashtextextended(host || ' ' || level || listed, 0)), 0) || ' '
            || coalesce((SELECT value::text FROM preference WHERE key = 'limited_federation'), '')
        FROM server WHERE level <> 'reader' OR listed
        """,
    )
    return found


async def list_public_blocks(conn: Connection) -> list[Decision]:
    """The servers set aside for a reason that the cooperative tells everybody."""
    return [one for one in await list_decided(conn) if one.level == "aside" and one.public_reason]


async def is_limited(conn: Connection) -> bool:
    """Are only friends and listed servers welcome?"""
    return bool(
        await fetch_value(
            conn, "SELECT EXISTS (SELECT FROM preference WHERE key = 'limited_federation' AND value = 'true'::jsonb)"
        )
    )


async def is_welcome(conn: Connection, host: str) -> bool:
    """Does the cooperative deal with this host?"""
    return bool(await fetch_value(conn, "SELECT is_welcome($1)", host))


async def save_level(
    conn: Connection, host: str, level: Level, *, note: str | None = None, public_reason: str | None = None
) -> None:
    """Set how far the cooperative trusts a domain, and put it into effect. Texts that are None stay as they are."""
    await execute(
        conn,
        """
        INSERT INTO server (host, level, note, public_reason, level_at)
        VALUES ($1, $2, coalesce($3, ''), coalesce($4, ''), now())
        ON CONFLICT (host) DO UPDATE SET level = excluded.level, level_at = now(),
            note = coalesce($3, server.note), public_reason = coalesce($4, server.public_reason)
        """,
        host,
        level,
        note,
        public_reason,
    )
    await put_into_effect(conn, [host])


async def save_levels(conn: Connection, decisions: Sequence[Decision]) -> None:
    """Many decisions at once, as a list brings them: level and texts, all put into effect together."""
    await execute(
        conn,
        """
        INSERT INTO server (host, level, note, public_reason, level_at)
        SELECT host, level, note, public_reason, now()
        FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS new (host, level, note, public_reason)
        ORDER BY host
        ON CONFLICT (host) DO UPDATE SET level = excluded.level, level_at = now(),
            note = CASE WHEN excluded.note = '' THEN server.note ELSE excluded.note END,
            public_reason = CASE WHEN excluded.public_reason = '' THEN server.public_reason
                ELSE excluded.public_reason END
        """,
        [decision.host for decision in decisions],
        [decision.level for decision in decisions],
        [decision.note for decision in decisions],
        [decision.public_reason for decision in decisions],
    )
    await put_into_effect(conn, [decision.host for decision in decisions])


async def save_listed(conn: Connection, host: str, *, listed: bool) -> None:
    """Let a domain in while the federation is restricted, or no longer. Its level stays."""
    await execute(
        conn,
        """
        INSERT INTO server (host, listed, level_at) VALUES ($1, $2, now())
        ON CONFLICT (host) DO UPDATE SET listed = excluded.listed, level_at = now()
        """,
        host,
        listed,
    )
    await execute(conn, "DELETE FROM access_request WHERE $1 = ANY(domains_of(host))", host)
    await put_into_effect(conn, [host])


async def save_limited(conn: Connection, *, limited: bool, by: int | None = None) -> None:
    """Restrict the federation to friends and listed servers, or open it again, and put it into effect."""
    await preferences.write(conn, {"limited_federation": limited}, by=by)
    await put_into_effect(conn, None)


async def put_into_effect(conn: Connection, domains: list[str] | None) -> None:
    """Make the tables agree with what is decided about these domains (None: about everybody). Again changes nothing.

    People of hosts that are not welcome are suspended with their server, those of welcome ones come back, unless they
    are suspended by a decision, or by their own server. Deliveries that wait are cancelled, what waits to be processed
    is left alone, cached pictures and what was said of friendship go. What friends and guests published before they
    were ones stands.
    """
    await execute(
        conn,
        """
        WITH hosts AS MATERIALIZED (
            SELECT host, is_welcome(host) AS welcome FROM (SELECT DISTINCT host FROM actor WHERE NOT local) AS known
            WHERE $1::text[] IS NULL OR domains_of(host) && $1
        )
        UPDATE actor SET suspended_with_server = NOT h.welcome,
            suspended_at = CASE WHEN h.welcome
                THEN coalesce(suspended_by_decision(actor.id), CASE WHEN suspended_at_home THEN actor.suspended_at END)
                ELSE coalesce(actor.suspended_at, now()) END
        FROM hosts h
        WHERE h.host = actor.host AND NOT actor.local AND actor.suspended_with_server = h.welcome
            AND (h.welcome OR actor.suspended_at IS NULL OR actor.suspended_at_home
                OR suspended_by_decision(actor.id) IS NOT NULL)
        """,
        domains,
    )
    await execute(
        conn,
        """
        WITH hosts AS MATERIALIZED (
            SELECT host FROM (SELECT DISTINCT host FROM delivery
                WHERE state = 'waiting' OR state = 'held') AS known
            WHERE ($1::text[] IS NULL OR domains_of(host) && $1) AND NOT is_welcome(host)
        )
        UPDATE delivery SET state = 'cancelled', finished_at = now(), claimed_by = NULL, claimed_until = NULL
        FROM hosts h WHERE h.host = delivery.host AND (delivery.state = 'waiting' OR delivery.state = 'held')
        """,
        domains,
    )
    await execute(
        conn,
        """
        WITH hosts AS MATERIALIZED (
            SELECT host FROM (SELECT DISTINCT host FROM received
                WHERE state = 'waiting' OR state = 'held') AS known
            WHERE ($1::text[] IS NULL OR domains_of(host) && $1) AND NOT is_welcome(host)
        )
        UPDATE received SET state = 'ignored', error = 'server_not_welcome', finished_at = now(),
            claimed_by = NULL, claimed_until = NULL
        FROM hosts h WHERE h.host = received.host AND (received.state = 'waiting' OR received.state = 'held')
        """,
        domains,
    )
    await execute(
        conn,
        """
        DELETE FROM friendship f USING actor a
        WHERE a.id = f.actor_id AND ($1::text[] IS NULL OR domains_of(a.host) && $1) AND NOT is_welcome(a.host)
        """,
        domains,
    )
    await message_requests.forget_unwelcome(conn, domains)
    await _forget_pictures(conn, domains)
    await waiting_posts.release_known(conn)


async def _forget_pictures(conn: Connection, domains: list[str] | None) -> None:
    """Empty the cache of what such hosts keep, and of what their people posted or look like."""
    await execute(
        conn,
        """
        UPDATE media SET file_key = NULL, thumbnail_key = NULL, byte_size = NULL, fetched_at = NULL
        FROM (
            SELECT m.id FROM media m
            LEFT JOIN post p ON p.id = m.post_id
            LEFT JOIN actor a ON a.id = coalesce(p.author_id, m.owner_id)
            CROSS JOIN LATERAL (VALUES (lower(split_part(m.remote_url, '/', 3))), (a.host)) AS place (host)
            WHERE m.remote_url IS NOT NULL AND m.file_key IS NOT NULL AND place.host IS NOT NULL
                AND a.local IS NOT TRUE AND ($1::text[] IS NULL OR domains_of(place.host) && $1)
                AND NOT is_welcome(place.host)
        ) AS unwelcome WHERE media.id = unwelcome.id
        """,
        domains,
    )


async def list_reach(conn: Connection, domains: list[str]) -> list[Reach]:
    """What setting each of these domains aside would touch, before anybody decides it."""
    return await fetch_all(
        conn,
        Reach,
        """
        WITH hosts AS MATERIALIZED (
            SELECT domain, host FROM (SELECT DISTINCT host FROM actor WHERE NOT local) AS known
            CROSS JOIN LATERAL unnest(domains_of(known.host)) AS domain WHERE domain = ANY($1)
            GROUP BY domain, host
        )
        SELECT wanted.domain,
            (SELECT count(*) FROM hosts h JOIN actor a ON a.host = h.host
                WHERE h.domain = wanted.domain AND NOT a.local AND a.deleted_at IS NULL)::integer AS actors,
            (SELECT count(*) FROM hosts h JOIN actor a ON a.host = h.host JOIN follow f ON f.followed_id = a.id
                WHERE h.domain = wanted.domain AND f.state IN ('accepted', 'pending'))::integer AS followed,
            (SELECT count(*) FROM hosts h JOIN actor a ON a.host = h.host JOIN follow f ON f.follower_id = a.id
                WHERE h.domain = wanted.domain AND f.state IN ('accepted', 'pending'))::integer AS followers,
            (SELECT count(*) FROM hosts h JOIN delivery d ON d.host = h.host
                WHERE h.domain = wanted.domain AND (d.state = 'waiting' OR d.state = 'held'))::integer AS waiting
        FROM unnest($1::text[]) AS wanted (domain)
        """,
        domains,
    )
