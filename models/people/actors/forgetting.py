"""Strangers whom nothing here is about any more are forgotten by night, with their keys and pictures."""

from datetime import timedelta

from models.people.actors.ties import TIES
from models.store import sweep_positions
from models.store.database import Connection, execute, fetch_column, fetch_records
from models.store.statements import compose

KEPT = timedelta(days=180)
"""So long a person elsewhere with whom nobody here has to do is kept after her server was last asked about her."""

LOOKED_AT = 20_000
"""So many actors are looked at in one step: a night takes as many as it has time for, and the next goes on."""

MOST = 2_000
"""So many of them go in one step."""

_LIST, _DELETE = (
    compose(text, ties=TIES)
    for text in (
        """
        SELECT a.id FROM actor a
        WHERE a.id > $1 AND a.id <= $2 AND NOT a.local AND a.host <> ''
            AND coalesce(a.fetched_at, a.created_at) < now() - $3::interval
            AND coalesce(a.deleted_at, '-infinity') < now() - $3::interval
            AND a.limited_at IS NULL AND a.excluded_at IS NULL
            AND (a.suspended_at IS NULL OR a.suspended_with_server OR a.suspended_at_home)
            AND NOT (a.type = 'Organization' AND (
                EXISTS (SELECT FROM known_host k WHERE k.host = a.host OFFSET 0)
                OR EXISTS (SELECT FROM territory t WHERE t.host = a.host OFFSET 0)
                OR EXISTS (SELECT FROM server s
                    WHERE s.host = ANY (domains_of(a.host)) AND (s.level = 'friend' OR s.listed))))
            AND NOT EXISTS ({ties})
        ORDER BY a.id LIMIT $4 FOR UPDATE SKIP LOCKED
        """,
        "DELETE FROM actor a WHERE a.id = ANY($1) AND NOT EXISTS ({ties})",
    )
)


async def forget_strangers(conn: Connection) -> int:
    """Forget people elsewhere of whom nothing was heard for KEPT and whom nothing here names; how many there were.

    Whoever is somebody's here in any way stays: followed, answered, blocked, reported, decided about, thanked. Who
    comes back is fetched anew, under a new id. The rows are locked first, so that nobody ties a knot while they go.
    """
    await execute(conn, "SET LOCAL enable_seqscan = off")  # a tie is looked up, however common it is on average
    after = int(await sweep_positions.find(conn, "actor") or 0)
    [looked] = await fetch_records(
        conn,
        """
        SELECT max(id) AS last, count(*) AS many
        FROM (SELECT id FROM actor WHERE id > $1 ORDER BY id LIMIT $2) AS next
        """,
        after,
        LOOKED_AT,
    )
    found = await fetch_column(conn, _LIST, after, looked["last"], KEPT, MOST)
    behind = found[-1] if len(found) == MOST else looked["last"] if looked["many"] == LOOKED_AT else None
    await sweep_positions.go_on(conn, "actor", None if behind is None else str(behind))
    return await execute(conn, _DELETE, found) if found else 0
