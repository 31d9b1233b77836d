"""What came in is forgotten once it is too old to be of use, the last week of who fell silent a good while later."""

from collections import Counter
from datetime import timedelta

from models.domains import find_domain
from models.store.database import Connection, execute, fetch_column, fetch_records
from models.traffic.inbound.received import KEPT_BYTES

KEPT_DAYS, FAILED_KEPT_DAYS = 7, 60
"""So long an activity that took effect is kept, and one that was given up."""

SILENT_KEPT_DAYS = 60
"""So long at most what a Déclic said to everybody in the week before it fell silent: made again, it asks for it."""

ASKED_FOR = timedelta(days=14)
"""So long what it said in the time that it lost stays once it has told so: it asks again and again for two weeks."""

MARGIN = timedelta(hours=1)
"""Clocks differ."""

KEPT_SILENT = 2000
"""So many of these are kept of each server, the newest."""

KEPT_SILENT_BYTES = 256_000_000
"""So much of these is kept of all domains together; of one that sent more than others the oldest go first."""

KEPT_FAILED = 1000
"""So many of those that were given up are kept of each registrable domain, the newest."""

KEPT_FAILED_BYTES = 64_000_000
"""So much of those that were given up is kept of all domains together, the newest."""

MOST = 100_000
"""So many go in one step of a night, the oldest first: of millions one statement would end at the limit of time."""


async def prune(conn: Connection, *, done_days: int = KEPT_DAYS, failed_days: int = FAILED_KEPT_DAYS) -> int:
    """Forget finished rows: the done ones once no peer repeats them any more, the failed ones much later.

    Of one registrable domain only so many failed ones are kept, and of all only so many bytes, or they fill the disk.
    What is not given back is not kept for that either: private words, and what is not whole (`held_copies`).
    """
    old = await execute(
        conn,
        """
        DELETE FROM received WHERE id IN (
            SELECT id FROM received WHERE state <> 'waiting'
                AND finished_at < now() - make_interval(days => least($1::int, $2))
                AND finished_at < now() - make_interval(days => CASE WHEN state = 'failed' THEN $2 ELSE $1 END)
                AND NOT (state = 'done' AND type IN ('Create', 'Update', 'Delete')
                    AND finished_at > now() - make_interval(days => $3) AND octet_length(body) < $6
                    AND EXISTS (
                        SELECT FROM server s
                        LEFT JOIN peer_restoration p
                            ON p.host = s.host AND p.known AND p.heard_at > now() - $4::interval
                        WHERE s.host = received.host AND s.software = 'declic' AND received.finished_at
                            > least(greatest(s.last_in_at, s.last_out_at) - make_interval(days => $1),
                                p.lost_from - $5::interval))
                    AND position('activitystreams#Public'::bytea IN body) > 0)
            ORDER BY finished_at LIMIT $7)
        """,
        done_days,
        failed_days,
        SILENT_KEPT_DAYS,
        ASKED_FOR,
        MARGIN,
        KEPT_BYTES,
        MOST,
    )
    if old >= MOST:  # only of what is left then anything is too much
        return old
    old += await _forget_talkative(conn, done_days) + await _forget_silent(conn, done_days)
    return old + await _forget_many(conn) + await _forget_heavy(conn)


async def _forget_talkative(conn: Connection, done_days: int) -> int:
    """Of what is kept longer for who fell silent, all but the newest."""
    return await execute(
        conn,
        """
        DELETE FROM received WHERE id IN (
            SELECT id FROM (
                SELECT id, row_number() OVER (PARTITION BY host ORDER BY id DESC) AS place FROM received
                WHERE state = 'done' AND finished_at < now() - make_interval(days => $1)
            ) AS older WHERE older.place > $2)
        """,
        done_days,
        KEPT_SILENT,
    )


async def _forget_silent(conn: Connection, done_days: int) -> int:
    """Of all that is kept longer, what is too much; whoever has any number of names takes no more than one domain."""
    hosts = await fetch_column(
        conn,
        """
        SELECT DISTINCT host FROM received WHERE state = 'done' AND finished_at < now() - make_interval(days => $1)
        """,
        done_days,
    )
    return await execute(
        conn,
        """
        DELETE FROM received WHERE id IN (
            SELECT id FROM (
                SELECT id, sum(size) OVER (ORDER BY place, id DESC) AS bytes FROM (
                    SELECT r.id, octet_length(r.body) AS size,
                        row_number() OVER (PARTITION BY d.domain ORDER BY r.id DESC) AS place
                    FROM received r JOIN unnest($2::text[], $3::text[]) AS d (host, domain) ON d.host = r.host
                    WHERE r.state = 'done' AND r.finished_at < now() - make_interval(days => $1)
                ) AS placed
            ) AS weighed WHERE weighed.bytes > $4)
        """,
        done_days,
        hosts,
        [find_domain(host) for host in hosts],
        KEPT_SILENT_BYTES,
    )


async def _forget_heavy(conn: Connection) -> int:
    return await execute(
        conn,
        """
        DELETE FROM received WHERE id IN (
            SELECT id FROM (
                SELECT id, sum(octet_length(body) + octet_length(coalesce(error, ''))) OVER (ORDER BY id DESC) AS bytes
                FROM received WHERE state = 'failed'
            ) AS newer WHERE newer.bytes > $1)
        """,
        KEPT_FAILED_BYTES,
    )


async def _forget_many(conn: Connection) -> int:
    rows = await fetch_records(
        conn, "SELECT host, count(*) AS failed FROM received WHERE state = 'failed' GROUP BY host"
    )
    hosts: dict[str, list[str]] = {}
    failed: Counter[str] = Counter()
    for row in rows:
        domain = find_domain(row["host"])
        hosts.setdefault(domain, []).append(row["host"])
        failed[domain] += row["failed"]
    gone = 0
    for domain, count in failed.items():
        if count > KEPT_FAILED:
            gone += await execute(
                conn,
                """
                DELETE FROM received WHERE id IN (
                    SELECT id FROM received WHERE state = 'failed' AND host = ANY($1) ORDER BY id DESC OFFSET $2)
                """,
                hosts[domain],
                KEPT_FAILED,
            )
    return gone
