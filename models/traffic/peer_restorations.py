"""Other servers made again of a backup: what they lost of ours, and who says so; it is sent again in steps."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from models.store.background import jobs
from models.store.database import Connection, execute, fetch_one, fetch_value
from models.traffic.outbound.forgotten_traffic import KEPT_DAYS

JOB = "send_lost_again"
"""The job that sends again; its payload is `{"host": host, "known": whether its word is its own}`."""

LEAST_BETWEEN = timedelta(hours=1)
"""Nobody gets it again more often: a word that comes sooner waits so long."""

FARTHEST = timedelta(days=KEPT_DAYS)
"""Of more than that nothing is sent again: finished deliveries are gone by then."""

MARGIN = timedelta(hours=1)
"""Clocks differ, and what arrived while the backup was made may not be in it."""

SHOWN = timedelta(days=7)
"""So long administrators see who claimed a loss without being known."""

AT_ONCE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Turn:
    """When it is sent again, and how long until then."""

    due_at: datetime
    wait: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """What arrived after `since`, up to `until`, and was not sent again since the word was due."""

    since: datetime
    until: datetime
    due_at: datetime


async def is_known_since(conn: Connection, actor_id: int, before: datetime) -> bool:
    """Whether this actor, and each of its keys, were known here before that moment: a backup has the same keys.

    Whoever took over the name of a server has others, even where he shows the old ones beside.
    """
    return bool(
        await fetch_value(
            conn,
            """
            SELECT EXISTS (SELECT FROM actor WHERE id = $1 AND created_at < $2 AND deleted_at IS NULL)
                AND coalesce((SELECT max(coalesce(held_since, fetched_at)) < $2 FROM public_key WHERE actor_id = $1),
                    false)
            """,
            actor_id,
            before - MARGIN,
        )
    )


async def hear(conn: Connection, host: str, *, known: bool, lost_from: datetime, restored_at: datetime) -> bool:
    """This server lost what it had from us between these moments: a job sends it again; False where it said so before.

    Of who is not `known` the word changes nothing about the server's own.
    """
    turn = await fetch_one(
        conn,
        _Turn,
        """
        INSERT INTO peer_restoration AS held (host, known, lost_from, restored_at, sent_again)
        VALUES ($1, $2, greatest($3, now() - $5::interval), $4, 0)
        ON CONFLICT (host, known) DO UPDATE SET
            lost_from = CASE WHEN held.finished_at IS NULL THEN least(held.lost_from, excluded.lost_from)
                ELSE excluded.lost_from END,
            restored_at = excluded.restored_at, heard_at = now(), sent_again = 0, through = NULL, finished_at = NULL,
            due_at = CASE WHEN held.due_at > now() THEN held.due_at
                ELSE greatest(now(), held.due_at + $6::interval) END
        WHERE held.restored_at < excluded.restored_at
        RETURNING due_at, greatest(due_at - now(), interval '0') AS wait
        """,
        host,
        known,
        lost_from,
        restored_at,
        FARTHEST,
        LEAST_BETWEEN,
    )
    if turn is None:
        return False
    # One job waits while another runs, so that a second loss is not forgotten.
    key = f"{JOB} {host} {known} {turn.due_at.isoformat()}"
    await jobs.enqueue(conn, JOB, {"host": host, "known": known}, key=key, wait=turn.wait or None, priority=-1)
    return True


async def count_sent(conn: Connection, host: str, *, known: bool) -> int:
    """How much was sent again since it last said what it lost."""
    found = await fetch_value(
        conn, "SELECT sent_again FROM peer_restoration WHERE host = $1 AND known = $2", host, known
    )
    return int(found or 0)


async def send_step(conn: Connection, host: str, *, known: bool) -> int | None:
    """Send some of it again, the oldest first; how much. None once there is nothing more to do.

    What was deleted, hidden or taken back since stays where it is, and what is private too, while nothing private is
    sent there (B-52), and where it is not `known` who says so.
    """
    step = await fetch_one(
        conn,
        _Step,
        """
        SELECT coalesce(through, lost_from - $3::interval) AS since, restored_at + $3::interval AS until, due_at
        FROM peer_restoration WHERE host = $1 AND known = $2 AND finished_at IS NULL AND due_at <= now() FOR UPDATE
        """,
        host,
        known,
        MARGIN,
    )
    if step is None:
        return None
    upto = await _find_end(conn, host, step)
    if upto is None:
        await execute(
            conn, "UPDATE peer_restoration SET finished_at = now() WHERE host = $1 AND known = $2", host, known
        )
        return None
    sent = await _send_again(conn, host, known, step, upto)
    await execute(
        conn,
        """
        UPDATE peer_restoration SET through = $3, sent_again = sent_again + $4::integer
        WHERE host = $1 AND known = $2
        """,
        host,
        known,
        upto,
        sent,
    )
    return sent


async def list_unknown(conn: Connection) -> list[str]:
    """Servers of which somebody unknown claimed lately that they lost something."""
    rows: list[str] = await fetch_value(
        conn,
        """
        SELECT coalesce(array_agg(host ORDER BY host), '{}') FROM peer_restoration
        WHERE NOT known AND heard_at > now() - $1::interval
        """,
        SHOWN,
    )
    return rows


async def _find_end(conn: Connection, host: str, step: _Step) -> datetime | None:
    end: datetime | None = await fetch_value(
        conn,
        """
        SELECT max(finished_at) FROM (
            SELECT finished_at FROM delivery WHERE host = $1 AND state = 'done' AND finished_at > $2
                AND finished_at <= $3 AND (requeued_at IS NULL OR requeued_at < $4)
            ORDER BY finished_at LIMIT $5
        ) AS next_ones
        """,
        host,
        step.since,
        step.until,
        step.due_at,
        AT_ONCE,
    )
    return end


async def _send_again(conn: Connection, host: str, known: bool, step: _Step, upto: datetime) -> int:
    return await execute(
        conn,
        """
        WITH again AS (
            SELECT d.id FROM delivery d JOIN activity a ON a.id = d.activity_id
            WHERE d.host = $1 AND d.state = 'done' AND d.finished_at > $2 AND d.finished_at <= $3
                AND (d.requeued_at IS NULL OR d.requeued_at < $4) AND is_welcome($1)
                AND (a.public OR $5 AND (may_have_private($1) OR NOT is_private(a.id)))
                -- of who left her farewell alone, and nothing of which the words are gone
                AND (a.type = 'Delete' OR NOT EXISTS (
                    SELECT FROM actor w WHERE w.id = a.actor_id AND w.deleted_at IS NOT NULL))
                AND a.body <> json_build_object('id', a.uri, 'type', a.type, 'object', a.object_uri)::text
                AND NOT (a.type NOT IN ('Delete', 'Like') AND EXISTS (
                    SELECT FROM post p WHERE p.uri = a.object_uri AND p.hidden_at IS NOT NULL
                        AND (NOT p.withheld OR a.id < (SELECT max(said.id) FROM activity said
                            WHERE said.object_uri = a.object_uri AND said.type = 'Update'))))
                AND NOT EXISTS (
                    SELECT FROM activity later
                    WHERE later.object_uri IN (a.object_uri, a.uri) AND later.id > a.id AND a.type <> 'Delete'
                        AND (later.type = 'Delete'
                                AND NOT EXISTS (SELECT FROM post p WHERE p.uri = a.object_uri AND p.deleted_at IS NULL)
                            OR later.type = 'Undo' AND later.actor_id = a.actor_id
                                AND strpos(later.body, a.uri) > 0))
        )
        UPDATE delivery SET state = CASE WHEN s.holding THEN 'held' ELSE 'waiting' END, attempts = 0, due_at = now(),
            requeued_at = now(), error = NULL, cause = NULL, finished_at = NULL, claimed_by = NULL,
            claimed_until = NULL
        FROM again LEFT JOIN server s ON s.host = $1 WHERE delivery.id = again.id
        """,
        host,
        step.since,
        upto,
        step.due_at,
        known,
    )
