"""Actors found again, by id, handle or name, and their public figures.

By what others may know or guess nobody is found who waits to be let in (models/people/arrivals); by row id she is.
"""

from collections.abc import Iterable

from models.errors import NotFound
from models.people.actors.values import Actor, Counts
from models.store.database import Connection, fetch_all, fetch_column, fetch_one, fetch_records, fetch_value
from models.store.recent_texts import RecentTexts


async def find_by_uri(conn: Connection, uri: str) -> Actor | None:
    """The actor with this id, deleted ones included."""
    return await fetch_one(
        conn,
        Actor,
        """
        SELECT * FROM full_actor WHERE uri = $1
            AND (NOT local OR NOT EXISTS (
                SELECT FROM account w WHERE w.actor_id = full_actor.id AND w.waits_since IS NOT NULL))
        """,
        uri,
    )


async def is_known(conn: Connection, uri: str) -> bool:
    """Do we hold this actor, be it deleted?"""
    return await find_by_uri(conn, uri) is not None


async def is_suspended_at_home(conn: Connection, id: int) -> bool:
    """Whether her own server alone suspended this actor: nobody here did, her server is welcome."""
    return bool(
        await fetch_value(
            conn,
            """
            SELECT suspended_at_home AND NOT suspended_with_server AND suspended_by_decision(id) IS NULL
            FROM actor WHERE id = $1
            """,
            id,
        )
    )


async def list_by_uris(conn: Connection, uris: list[str]) -> list[Actor]:
    """Those of these actors that we know and that are not deleted, in no order."""
    if not uris:
        return []
    return await fetch_all(
        conn,
        Actor,
        """
        SELECT * FROM full_actor WHERE uri = ANY($1) AND deleted_at IS NULL
            AND (NOT local OR NOT EXISTS (
                SELECT FROM account w WHERE w.actor_id = full_actor.id AND w.waits_since IS NOT NULL))
        """,
        uris,
    )


async def list_by_ids(conn: Connection, ids: list[int]) -> list[Actor]:
    """The actors with these row ids, in no order, deleted ones included."""
    return await fetch_all(conn, Actor, "SELECT * FROM full_actor WHERE id = ANY($1)", ids) if ids else []


async def map_by_ids(conn: Connection, ids: Iterable[int]) -> dict[int, Actor]:
    """The same by their row ids."""
    return {actor.id: actor for actor in await list_by_ids(conn, list(ids))}


async def get(conn: Connection, id: int) -> Actor:
    """The actor with this row id. Raises NotFound."""
    found = await list_by_ids(conn, [id])
    if not found:
        raise NotFound
    return found[0]


async def find_by_handle(conn: Connection, username: str, host: str) -> Actor | None:
    """The living actor `username@host`, compared without case; `host` is ours for local actors. No hidden community."""
    return await fetch_one(
        conn,
        Actor,
        """
        SELECT * FROM full_actor WHERE lower(username) = lower($1) AND host = $2 AND deleted_at IS NULL
            AND (NOT local OR NOT EXISTS (
                SELECT FROM account w WHERE w.actor_id = full_actor.id AND w.waits_since IS NOT NULL))
            AND NOT EXISTS (SELECT FROM community c WHERE c.actor_id = full_actor.id AND c.hidden)
        """,
        username,
        host,
    )


async def find_local(conn: Connection, username: str) -> Actor | None:
    """Our actor with this username, deleted ones included (their address answers 410)."""
    return await fetch_one(
        conn,
        Actor,
        """
        SELECT * FROM full_actor WHERE lower(username) = lower($1) AND local
            AND NOT EXISTS (SELECT FROM account w WHERE w.actor_id = full_actor.id AND w.waits_since IS NOT NULL)
        """,
        username,
    )


async def find_published(conn: Connection, username: str) -> Actor | None:
    """Our actor as others may know of it, deleted ones included; members who did not confirm
    (AC10) or wait to be let in do not exist yet.
    """
    found = await find_local(conn, username)
    return found if found is not None and await is_published(conn, found.id) else None


async def is_published(conn: Connection, actor_id: int) -> bool:
    """Whether others may know of this actor: everybody but guests, and members who did not confirm yet
    or wait to be let in.
    """
    return bool(await filter_published(conn, [actor_id]))


async def filter_published(conn: Connection, actor_ids: list[int]) -> list[int]:
    """Those of these ids, in this order, that others may know of."""
    return await fetch_column(
        conn,
        """
        SELECT wanted.id FROM unnest($1::bigint[]) WITH ORDINALITY AS wanted (id, position)
        WHERE NOT is_unpublished(wanted.id)
            AND NOT EXISTS (SELECT FROM actor WHERE id = wanted.id AND host = '')
        ORDER BY wanted.position
        """,
        actor_ids,
    )


async def get_local(conn: Connection, username: str) -> Actor:
    """Our living actor with this username. Raises NotFound."""
    found = await find_local(conn, username)
    if found is None or found.deleted_at is not None:
        raise NotFound
    return found


async def list_friend_cooperatives(conn: Connection) -> list[Actor]:
    """The coop actors of the servers that the cooperative calls friends."""
    return await fetch_all(
        conn,
        Actor,
        """
        SELECT a.* FROM full_actor a JOIN server s ON s.host = a.host
        WHERE s.level = 'friend' AND NOT a.local AND a.type = 'Organization' AND a.username = 'coop'
            AND a.deleted_at IS NULL AND a.suspended_at IS NULL
        ORDER BY a.host
        """,
    )


async def list_with_cooperatives(
    conn: Connection, ids: Iterable[int], uris: Iterable[str]
) -> tuple[dict[int, Actor], dict[str, Actor], dict[str, Actor]]:
    """These actors by row id, deleted ones included; those with these ids, or named by them as their territory, by id,
    but for what is gone; and the coop actors known at the hosts of those who are not ours, by host.
    """
    rows = await fetch_records(conn, _WITH_COOPERATIVES, list(ids), list(uris))
    found: tuple[dict[int, Actor], dict[str, Actor], dict[str, Actor]] = {}, {}, {}
    for row in rows:
        columns = dict(row)
        asked, named, at_home = [columns.pop(name) for name in ("is_asked", "is_named", "is_at_home")]
        actor = Actor(**columns)
        if asked:
            found[0][actor.id] = actor
        if named:
            found[1][actor.uri] = actor
        if at_home:
            found[2][actor.host] = actor
    return found


async def list_cooperatives(conn: Connection, hosts: list[str]) -> list[Actor]:
    """The coop actors that we know on these hosts: whose name stands for a server's."""
    return await fetch_all(
        conn,
        Actor,
        """
        SELECT * FROM full_actor
        WHERE lower(username) = 'coop' AND host = ANY($1) AND type = 'Organization' AND NOT local
            AND deleted_at IS NULL AND suspended_at IS NULL
        """,
        hosts,
    )


# Each is looked for in the index of its own, and asked for what it may be shown as where it is found.
_WITH_COOPERATIVES = """
    WITH asked AS MATERIALIZED (
        SELECT id, host, local, territory_uri FROM actor WHERE id = ANY($1)
    ), named AS MATERIALIZED (
        SELECT id FROM actor WHERE uri = ANY($2::text[] || ARRAY(SELECT territory_uri FROM asked))
            AND deleted_at IS NULL AND (NOT local OR NOT EXISTS (
                SELECT FROM account w WHERE w.actor_id = actor.id AND w.waits_since IS NOT NULL))
    ), at_home AS MATERIALIZED (
        SELECT id FROM actor
        WHERE lower(username) = 'coop' AND host = ANY(ARRAY(SELECT host FROM asked WHERE NOT local))
            AND type = 'Organization' AND NOT local AND deleted_at IS NULL AND suspended_at IS NULL
    )
    SELECT full_actor.*, full_actor.id IN (SELECT id FROM asked) AS is_asked,
        full_actor.id IN (SELECT id FROM named) AS is_named, full_actor.id IN (SELECT id FROM at_home) AS is_at_home
    FROM full_actor WHERE full_actor.id = ANY(ARRAY(
        SELECT id FROM asked UNION SELECT id FROM named UNION SELECT id FROM at_home))
"""


async def search(conn: Connection, text: str, *, limit: int) -> list[Actor]:
    """Actors whose name or username resembles `text`, accents and case aside; local ones first.

    Then those of hosts that people here know: nobody fills the list by inventing accounts.
    """
    return await fetch_all(
        conn,
        Actor,
        """
        SELECT * FROM full_actor
        WHERE deleted_at IS NULL AND suspended_at IS NULL AND limited_at IS NULL AND type <> 'Application'
            AND host <> ''
            AND NOT is_unpublished(full_actor.id)
            AND NOT EXISTS (SELECT FROM account w WHERE w.actor_id = full_actor.id AND w.passing)
            AND full_actor.id NOT IN (SELECT actor_id FROM shop_apart)
            AND fold(username || ' ' || name)
                LIKE '%' || replace(replace(replace(fold($1), '!', '!!'), '%', '!%'), '_', '!_') || '%' ESCAPE '!'
        ORDER BY local DESC, EXISTS (SELECT FROM known_host k WHERE k.host = full_actor.host) DESC,
            similarity(fold(username || ' ' || name), fold($1)) DESC, id
        LIMIT $2
        """,
        text,
        limit,
    )


_COUNTS = """
    SELECT a.id AS actor_id, own.posts + (SELECT count(*) FROM share WHERE actor_id = a.id) AS posts,
        (SELECT count(*) FROM follow WHERE followed_id = a.id AND state = 'accepted') AS followers,
        (SELECT count(*) FROM follow WHERE follower_id = a.id AND state = 'accepted') AS following,
        greatest(
            own.last_at,
            -- The index of an actor's shares, whatever is expected: few share much, and most of them nothing.
            (SELECT created_at FROM share WHERE actor_id BETWEEN a.id AND a.id
                ORDER BY actor_id, id DESC LIMIT 1)) AS last_post_at
    FROM unnest((SELECT $1::bigint[])) AS a (id)
    CROSS JOIN LATERAL (
        SELECT count(*) AS posts, max(received_at) AS last_at FROM post
        WHERE author_id = a.id AND deleted_at IS NULL AND audience IN ('network', 'unlisted')
    ) AS own
"""

PROLIFIC = 25
"""Whoever wrote so much is counted once a minute for lists: a timeline names twenty of those who write most."""

_PROLIFIC = RecentTexts[Counts](shared=True)


async def count(conn: Connection, actor_ids: list[int]) -> dict[int, Counts]:
    """Public posts, followers and followed of each of these actors, as far as this server knows. Of one alone, whose
    profile or collection somebody looks at, as they are now; of those in lists as a minute ago at most.

    What somebody shares counts as a post of hers, as in Mastodon: a stream does nothing else. Only public posts can be
    shared, and a withdrawn one takes its shares along.
    """
    listed = actor_ids if len(actor_ids) > 1 else []
    kept = {id: found for id in listed if (found := _PROLIFIC.find(conn, str(id))) is not None}
    asked = [id for id in actor_ids if id not in kept]
    for row in await fetch_all(conn, Counts, _COUNTS, asked) if asked else []:
        kept[row.actor_id] = row
        if row.posts >= PROLIFIC:
            _PROLIFIC.keep(conn, str(row.actor_id), row)
    return kept
