"""Figures of this server that anybody may know."""

from dataclasses import dataclass

from models.database import Connection, fetch_one, fetch_value


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerCounts:
    """People with an account, those of them seen lately, and public posts of ours; nothing private is counted (NI3)."""

    users: int
    active_month: int
    active_half_year: int
    public_posts: int


async def count_server(conn: Connection) -> ServerCounts:
    """The figures now."""
    counts = await fetch_one(
        conn,
        ServerCounts,
        """
        SELECT count(*) FILTER (WHERE confirmed_at IS NOT NULL) AS users,
            count(*) FILTER (WHERE last_seen_at > now() - interval '30 days') AS active_month,
            count(*) FILTER (WHERE last_seen_at > now() - interval '180 days') AS active_half_year,
            (SELECT count(*) FROM post WHERE local AND deleted_at IS NULL
                AND audience IN ('network', 'unlisted')) AS public_posts
        FROM account WHERE disabled_at IS NULL
        """,
    )
    assert counts is not None
    return counts


async def count_peers(conn: Connection) -> int:
    """Other servers that this one has dealt with and does not keep out."""
    found: int = await fetch_value(conn, "SELECT count(*) FROM server WHERE level <> 'aside'")
    return found
