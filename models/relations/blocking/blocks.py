"""Who does not want to see whom: persons, and whole servers for one person. Lists leave out more: see `mutes`."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from models.ids import make_id
from models.store.database import Connection, execute, fetch_all, fetch_column, fetch_records, fetch_value


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Somebody wants nothing to do with `target_id`."""

    id: int
    uri: str | None
    actor_id: int
    target_id: int
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockedDomain:
    """A whole server, with what stands under it, that somebody wants nothing to do with."""

    id: int
    domain: str
    created_at: datetime


async def begin(conn: Connection, actor_id: int) -> None:
    """From here to the end of the transaction nobody begins to follow this person: see `wait_for`."""
    await execute(conn, "SELECT FROM actor WHERE id = $1 FOR NO KEY UPDATE", actor_id)


async def wait_for(conn: Connection, actor_id: int) -> None:
    """Let this person finish blocking, and begin no other block before this transaction ends.

    Otherwise a follow that is asked for at the same moment would outlive the block, and bring what is for followers.
    """
    await execute(conn, "SELECT FROM actor WHERE id = $1 FOR SHARE", actor_id)


async def keep_from_blocking(conn: Connection, actor_ids: Collection[int]) -> list[int]:
    """Those of these people who block nobody now, nor before this transaction ends; who is busy is left out."""
    return await fetch_column(
        conn, "SELECT id FROM actor WHERE id = ANY($1) ORDER BY id FOR SHARE SKIP LOCKED", list(actor_ids)
    )


async def save(conn: Connection, *, uri: str, actor_id: int, target_id: int) -> None:
    """Record a block and end what the two followed of each other (AX16)."""
    await execute(
        conn,
        """
        INSERT INTO block (id, uri, actor_id, target_id) VALUES ($1, $2, $3, $4)
        ON CONFLICT (actor_id, target_id) DO UPDATE SET uri = excluded.uri
        """,
        make_id(),
        uri,
        actor_id,
        target_id,
    )
    await execute(
        conn,
        """
        DELETE FROM follow
        WHERE (follower_id = $1 AND followed_id = $2) OR (follower_id = $2 AND followed_id = $1)
        """,
        actor_id,
        target_id,
    )


async def remove(conn: Connection, *, actor_id: int, target_id: int) -> bool:
    """Lift a block. False when there was none."""
    return bool(await execute(conn, "DELETE FROM block WHERE actor_id = $1 AND target_id = $2", actor_id, target_id))


async def remove_by_uri(conn: Connection, uri: str, actor_id: int) -> bool:
    """Lift a block by the id of its activity, if it is this actor's (AX4). False when there is none."""
    return bool(await execute(conn, "DELETE FROM block WHERE uri = $1 AND actor_id = $2", uri, actor_id))


async def between(conn: Connection, first_id: int, second_id: int) -> bool:
    """Does either block the other, or the other's server? They are then hidden from each other, as if missing (OB3)."""
    return bool(
        await fetch_value(
            conn,
            "SELECT EXISTS (SELECT FROM barred WHERE reader_id = $1 AND author_id = $2)",
            first_id,
            second_id,
        )
    )


async def is_blocking(conn: Connection, actor_id: int, target_id: int) -> bool:
    """Does the first block the second, or the server of the second? Whoever is blocked is never told (AX16)."""
    return bool(
        await fetch_value(
            conn,
            """
            SELECT EXISTS (SELECT FROM block WHERE actor_id = $1 AND target_id = $2)
                OR EXISTS (SELECT FROM domain_block d JOIN actor a ON d.domain = ANY (domains_of(a.host))
                    WHERE d.actor_id = $1 AND a.id = $2 AND NOT a.local)
            """,
            actor_id,
            target_id,
        )
    )


async def list_barred(conn: Connection, reader_id: int, actor_ids: list[int]) -> set[int]:
    """Those of these actors who do not see the reader, or whom the reader does not see."""
    found = await fetch_column(
        conn,
        """
        SELECT a.id FROM unnest($2::bigint[]) AS a (id)
        WHERE EXISTS (SELECT FROM barred WHERE reader_id = $1 AND author_id = a.id OFFSET 0)
        """,
        reader_id,
        actor_ids,
    )
    return set(found)


async def list_blocked(
    conn: Connection, actor_id: int, *, before: int | None = None, after: int | None = None, limit: int = 40
) -> list[Block]:
    """Whom somebody blocks, the last first, by keyset on the block's id."""
    return await fetch_all(
        conn,
        Block,
        """
        SELECT id, uri, actor_id, target_id, created_at FROM block
        WHERE actor_id = $1 AND ($2::bigint IS NULL OR id < $2) AND ($3::bigint IS NULL OR id > $3)
        ORDER BY id DESC LIMIT $4
        """,
        actor_id,
        before,
        after,
        limit,
    )


async def save_domain(conn: Connection, actor_id: int, domain: str) -> None:
    """Somebody wants nothing to do with a whole server. `outbox/relations/blocks` ends the follows and tells the
    others.
    """
    await execute(
        conn,
        "INSERT INTO domain_block (id, actor_id, domain) VALUES ($1, $2, $3) ON CONFLICT (actor_id, domain) DO NOTHING",
        make_id(),
        actor_id,
        domain,
    )


async def remove_domain(conn: Connection, actor_id: int, domain: str) -> bool:
    """Lift that. False when it was not there."""
    return bool(await execute(conn, "DELETE FROM domain_block WHERE actor_id = $1 AND domain = $2", actor_id, domain))


async def list_domains(
    conn: Connection, actor_id: int, *, before: int | None = None, after: int | None = None, limit: int = 100
) -> list[BlockedDomain]:
    """The servers that somebody blocks, the last first, by keyset."""
    return await fetch_all(
        conn,
        BlockedDomain,
        """
        SELECT id, domain, created_at FROM domain_block
        WHERE actor_id = $1 AND ($2::bigint IS NULL OR id < $2) AND ($3::bigint IS NULL OR id > $3)
        ORDER BY id DESC LIMIT $4
        """,
        actor_id,
        before,
        after,
        limit,
    )


async def list_related(conn: Connection, actor_id: int, domain: str) -> list[int]:
    """Row ids of people of this domain who follow somebody, or whom she follows, or who asked for it, or quote her."""
    return await fetch_column(
        conn,
        """
        SELECT a.id FROM actor a
        WHERE NOT a.local AND $2 = ANY(domains_of(a.host)) AND a.id IN (
            SELECT followed_id FROM follow WHERE follower_id = $1
            UNION SELECT follower_id FROM follow WHERE followed_id = $1
            UNION SELECT q.quoting_actor_id FROM quote q JOIN post p ON p.id = q.quoted_id
                WHERE p.author_id = $1 AND q.state = 'accepted')
        ORDER BY a.id
        """,
        actor_id,
        domain,
    )


async def count_followed(conn: Connection, actor_id: int, domain: str) -> tuple[int, int]:
    """How many people of this domain somebody follows, and how many follow her."""
    [row] = await fetch_records(
        conn,
        """
        SELECT count(*) FILTER (WHERE f.follower_id = $1) AS following,
            count(*) FILTER (WHERE f.followed_id = $1) AS followers
        FROM follow f JOIN actor a ON a.id = CASE WHEN f.follower_id = $1 THEN f.followed_id ELSE f.follower_id END
        WHERE (f.follower_id = $1 OR f.followed_id = $1) AND f.state = 'accepted'
            AND NOT a.local AND $2 = ANY(domains_of(a.host))
        """,
        actor_id,
        domain,
    )
    return row["following"], row["followers"]
