"""Figures of this server that anybody may know."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from models.ids import make_id
from models.store.database import Connection, fetch_all, fetch_column, fetch_one, fetch_value


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
        FROM account WHERE disabled_at IS NULL AND waits_since IS NULL AND NOT passing
        """,
    )
    assert counts is not None
    return counts


async def count_peers(conn: Connection) -> int:
    """Other servers that this one has dealt with and does not keep out."""
    found: int = await fetch_value(conn, "SELECT count(*) FROM server WHERE level <> 'aside'")
    return found


async def list_peers(conn: Connection) -> list[str]:
    """Their names, in order."""
    return await fetch_column(conn, "SELECT host FROM server WHERE level <> 'aside' ORDER BY host")


WEEKS = 12

FEWEST_JOINED = 5
"""People: of fewer in a week nothing is said, as in the figures of the cooperative."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """Public posts of ours in a week that begins then, and people who joined, none where they are few.

    `logins` are those last seen in it.
    """

    week: datetime
    posts: int
    logins: int
    registrations: int


async def list_weeks(conn: Connection) -> list[Week]:
    """The last weeks, this one first; weeks begin on Monday (UTC), and nothing private is counted (NI3)."""
    return await fetch_all(
        conn,
        Week,
        """
        WITH written AS (
            SELECT date_trunc('week', published_at) AS week, count(*) AS total FROM post
            WHERE local AND deleted_at IS NULL AND audience IN ('network', 'unlisted') AND id >= $1 GROUP BY 1
        ), seen AS (
            SELECT date_trunc('week', last_seen_at) AS week, count(*) AS total FROM account
            WHERE disabled_at IS NULL AND waits_since IS NULL AND NOT passing GROUP BY 1
        ), joined AS (
            SELECT date_trunc('week', created_at) AS week, count(*) AS total FROM account
            WHERE confirmed_at IS NOT NULL AND NOT passing GROUP BY 1
        )
        SELECT w.week, coalesce(written.total, 0) AS posts, coalesce(seen.total, 0) AS logins,
            CASE WHEN joined.total >= $3::int THEN joined.total ELSE 0 END AS registrations
        FROM generate_series(date_trunc('week', now()) - make_interval(weeks => $2::int - 1),
            date_trunc('week', now()), interval '1 week') AS w (week)
        LEFT JOIN written ON written.week = w.week LEFT JOIN seen ON seen.week = w.week
        LEFT JOIN joined ON joined.week = w.week
        ORDER BY w.week DESC
        """,
        make_id(datetime.now(UTC) - timedelta(weeks=WEEKS)),
        WEEKS,
        FEWEST_JOINED,
    )
