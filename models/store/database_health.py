"""How the database is: its version, how full it is of connections, and what works in it for too long."""

from dataclasses import dataclass

from models.store.database import Connection, fetch_one, fetch_value

OLDEST = 15
"""The first version of PostgreSQL that everything here works with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseHealth:
    """`version` as PostgreSQL counts (180001), seconds of the longest statement and of the longest transaction that
    waits for its program, bytes. `shared_buffers` is what the server keeps pages in. One that is `read_only` takes
    nothing: it follows another one, or somebody closed it.
    """

    version: int
    encoding: str
    connections: int
    most_connections: int
    longest_statement: float
    longest_wait: float
    size: int
    shared_buffers: int
    name: str
    read_only: bool

    @property
    def major(self) -> int:
        """The version that people speak of."""
        return self.version // 10_000


async def look(conn: Connection) -> DatabaseHealth:
    """As it is now; what other accounts of the same server do is seen as far as PostgreSQL tells us.

    A backup takes its time: it is no statement that holds others up.
    """
    found = await fetch_one(
        conn,
        DatabaseHealth,
        """
        SELECT current_setting('server_version_num')::integer AS version, pg_encoding_to_char(d.encoding) AS encoding,
            (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend')::integer AS connections,
            current_setting('max_connections')::integer AS most_connections,
            coalesce(max(extract(epoch FROM clock_timestamp() - a.query_start))
                FILTER (WHERE a.state = 'active'), 0)::float8 AS longest_statement,
            coalesce(max(extract(epoch FROM clock_timestamp() - a.state_change))
                FILTER (WHERE a.state LIKE 'idle in transaction%'), 0)::float8 AS longest_wait,
            pg_database_size(d.oid) AS size, pg_size_bytes(current_setting('shared_buffers')) AS shared_buffers,
            d.datname AS name, current_setting('transaction_read_only') = 'on' AS read_only
        FROM pg_database d
        LEFT JOIN pg_stat_activity a
            ON a.datid = d.oid AND a.pid <> pg_backend_pid() AND a.backend_type = 'client backend'
            AND a.application_name NOT IN ('declic backup', 'pg_dump', 'pg_restore')
        WHERE d.datname = current_database() GROUP BY d.oid, d.encoding
        """,
    )
    assert found is not None
    return found


async def is_read_only(conn: Connection) -> bool:
    """Whether nothing can be kept."""
    return bool(await fetch_value(conn, "SELECT current_setting('transaction_read_only') = 'on'"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sorting:
    """How texts are put in order: the version of the system's rules with which indexes were made, and that of today.

    Either is empty where the rules have no versions. `missing` are extensions that searches need.
    """

    database: str
    made_with: str
    now: str
    missing: list[str]


async def find_sorting(conn: Connection) -> Sorting:
    """A newer system may sort otherwise than the one on which an index was made: then rows are not found."""
    found = await fetch_one(
        conn,
        Sorting,
        """
        SELECT d.datname AS database, coalesce(d.datcollversion, '') AS made_with,
            coalesce(pg_database_collation_actual_version(d.oid), '') AS now,
            ARRAY(SELECT name FROM unnest(ARRAY['pg_trgm', 'unaccent']) AS name
                WHERE NOT EXISTS (SELECT FROM pg_extension e WHERE e.extname = name)) AS missing
        FROM pg_database d WHERE d.datname = current_database()
        """,
    )
    assert found is not None
    return found
