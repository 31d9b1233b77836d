"""The queue of activities that other servers sent: stored before it is acknowledged, processed in order per actor."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from models.ids import make_id
from models.store.database import Connection, execute, fetch_all, fetch_records, fetch_value

SUSPECT = 2
"""From so many deaths on, an activity is processed with nothing beside it."""

KEPT_BYTES = 8192
"""So much of a body stays once it took effect or was given up: where its ids stand, for whoever asks what became of a
post."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One activity as it came; `body` is the raw JSON, its signature checked.

    `deaths` counts the workers that died while they held it, be it by its fault or not. `sender_known` when whoever
    sends it was known here when it was claimed, or is known enough: for what is deleted, or as suspended.
    """

    id: int
    activity_uri: str
    type: str
    actor_uri: str
    host: str
    body: bytes
    attempts: int
    deaths: int
    sender_known: bool
    received_at: datetime

    @property
    def is_suspect(self) -> bool:
        """Whether it may be what kills workers: such a one is claimed alone, so that nothing else dies with it."""
        return self.deaths >= SUSPECT


@dataclass(frozen=True, slots=True, kw_only=True)
class NewReceived:
    """An activity as it came in; `body_hash` is the SHA-256 of the body, `turn` as in `turns`; None is now."""

    activity_uri: str
    body_hash: bytes
    type: str
    actor_uri: str
    host: str
    body: bytes
    turn: datetime | None = None


async def enqueue_many(conn: Connection, news: Sequence[NewReceived]) -> int:
    """Keep activities that came at the same time, in one statement; how many of them are new here."""
    return await execute(
        conn,
        """
        INSERT INTO received (id, activity_uri, body_hash, type, actor_uri, host, body, turn)
        SELECT id, activity_uri, body_hash, type, actor_uri, host, body, coalesce(turn, now())
        FROM unnest($1::bigint[], $2::text[], $3::bytea[], $4::text[], $5::text[], $6::text[], $7::bytea[],
            $8::timestamptz[]) AS new (id, activity_uri, body_hash, type, actor_uri, host, body, turn)
        ON CONFLICT (activity_uri, body_hash) DO NOTHING
        """,
        [make_id() for _ in news],
        [new.activity_uri for new in news],
        [new.body_hash for new in news],
        [new.type for new in news],
        [new.actor_uri for new in news],
        [new.host for new in news],
        [new.body for new in news],
        [new.turn for new in news],
    )


async def has_come(conn: Connection, activity_uri: str, actor_uri: str) -> bool:
    """Did this actor send an activity with this id, whatever became of it?"""
    return bool(
        await fetch_value(
            conn,
            "SELECT EXISTS (SELECT FROM received WHERE activity_uri = $1 AND actor_uri = $2)",
            activity_uri,
            actor_uri,
        )
    )


async def claim(conn: Connection, *, worker: UUID, limit: int, at: datetime, busy: bool = False) -> list[Received]:
    """Take the due activities whose turn it is for 30 s, none of an actor of whom another worker holds an earlier one.

    Rows of one actor come in order; the caller processes them one after the other. Turns of one actor may stand in
    another order than what it sent, where several processes gave them out: an earlier one that is due is waited for,
    one that waits for another too. A row that waits for a retry does not hold up its actor: handlers bear reordering
    (AX7, AX9). One claimer at a time, by an advisory lock.

    A claim that ran out says that its worker died. A suspect is given before all others and alone, to a worker that
    is not `busy`; a busy one gets nothing meanwhile, so that it soon is not.

    Earlier ones of an actor are looked up by the index that says `finished_at IS NULL`, and by no other: of those that
    say `waiting` PostgreSQL believes that they are empty, as they were when it last looked, and reads one of them whole
    for each row. OFFSET 0 keeps it from joining, which would be the same.
    """
    await execute(conn, "SELECT pg_advisory_xact_lock(hashtext('declic.received'))")
    claimed = await fetch_all(
        conn,
        Received,
        """
        WITH suspect AS (
            SELECT r.id FROM received r
            WHERE r.state = 'waiting' AND r.deaths > 0 AND r.deaths + (r.claimed_by IS NOT NULL)::integer >= $4
                AND r.due_at <= $3 AND (r.claimed_until IS NULL OR r.claimed_until < $3)
                AND NOT EXISTS (SELECT FROM received e WHERE e.finished_at IS NULL AND e.actor_uri = r.actor_uri
                    AND e.id < r.id AND e.claimed_until >= $3 OFFSET 0)
            ORDER BY r.id LIMIT 1
        ), picked AS MATERIALIZED (
            SELECT r.id, r.actor_uri FROM received r
            WHERE r.state = 'waiting' AND r.due_at <= $3 AND (r.claimed_until IS NULL OR r.claimed_until < $3)
                AND NOT EXISTS (SELECT FROM received e WHERE e.finished_at IS NULL AND e.actor_uri = r.actor_uri
                    AND e.id < r.id AND (e.claimed_until >= $3 OR (e.turn > r.turn AND e.due_at <= $3
                        AND CASE e.state WHEN 'waiting' THEN true ELSE false END)) OFFSET 0)
                AND NOT EXISTS (SELECT FROM suspect)
            ORDER BY r.turn, r.id LIMIT $2
        ), overtaken AS MATERIALIZED (  -- of each actor the first that is due and was not picked
            SELECT lane.actor_uri, min(lane_row.id) AS id
            FROM (SELECT actor_uri, max(id) AS last FROM picked GROUP BY actor_uri) AS lane CROSS JOIN LATERAL (
                SELECT e.id FROM received e
                WHERE e.finished_at IS NULL AND e.actor_uri = lane.actor_uri AND e.id < lane.last AND e.due_at <= $3
                    AND CASE e.state WHEN 'waiting' THEN true ELSE false END AND e.id NOT IN (SELECT id FROM picked)
                OFFSET 0) AS lane_row
            GROUP BY lane.actor_uri
        )
        UPDATE received SET claimed_by = $1, claimed_until = $3::timestamptz + interval '30 seconds',
            attempts = attempts + 1, deaths = deaths + (claimed_by IS NOT NULL)::integer
        FROM (
            SELECT id FROM suspect WHERE NOT $5
            UNION ALL
            SELECT p.id FROM picked p
            WHERE NOT EXISTS (SELECT FROM overtaken WHERE overtaken.actor_uri = p.actor_uri AND overtaken.id < p.id)
        ) AS due
        WHERE received.id = due.id
        RETURNING received.id, activity_uri, type, actor_uri, host, body, attempts, deaths, received_at,
            EXISTS (SELECT FROM actor a WHERE a.uri = received.actor_uri
                AND (a.deleted_at IS NULL OR a.suspended_at IS NOT NULL OR received.type = 'Delete')) AS sender_known
        """,
        worker,
        limit,
        at,
        SUSPECT,
        busy,
    )
    return sorted(claimed, key=lambda row: row.id)


async def renew(conn: Connection, *, worker: UUID, ids: list[int], at: datetime) -> None:
    """Hold what is still being worked on for another 30 s; what is locked is being finished at this moment."""
    await execute(
        conn,
        """
        UPDATE received SET claimed_until = $3::timestamptz + interval '30 seconds'
        WHERE id IN (SELECT id FROM received WHERE id = ANY($2) AND claimed_by = $1 AND state = 'waiting'
            ORDER BY id FOR NO KEY UPDATE SKIP LOCKED)
        """,
        worker,
        ids,
        at,
    )


async def finish(conn: Connection, id: int, *, ignored: str | None = None) -> None:
    """Done; or with a reason, seen and left alone. In the same transaction as what the activity changed.

    Of a large body only the beginning stays, or a server could fill the disk with what nobody reads any more.
    """
    await finish_many(conn, {id: ignored})


async def finish_many(conn: Connection, ended: Mapping[int, str | None]) -> None:
    """The same for several, in one statement."""
    await execute(
        conn,
        """
        UPDATE received SET state = CASE WHEN ended.reason IS NULL THEN 'done' ELSE 'ignored' END,
            error = ended.reason, finished_at = now(), claimed_by = NULL, claimed_until = NULL,
            body = CASE WHEN length(body) > $3 THEN substring(body FOR $3) ELSE body END
        FROM unnest($1::bigint[], $2::text[]) AS ended (id, reason) WHERE received.id = ended.id
        """,
        sorted(ended),
        [ended[id] for id in sorted(ended)],
        KEPT_BYTES,
    )


async def retry(conn: Connection, id: int, *, error: str, due_at: datetime) -> None:
    """Try again later; the cause stays in the row."""
    await execute(
        conn,
        "UPDATE received SET error = $2, due_at = $3, claimed_by = NULL, claimed_until = NULL WHERE id = $1",
        id,
        error,
        due_at,
    )


async def hasten(conn: Connection, error: str) -> int:
    """Try those at once that wait for this reason; how many."""
    return await execute(
        conn, "UPDATE received SET due_at = now() WHERE state = 'waiting' AND error = $1 AND due_at > now()", error
    )


async def give_up(conn: Connection, id: int, *, error: str) -> None:
    """Set aside what cannot be processed; others pass. Of its body the beginning stays, as in `finish`."""
    await execute(
        conn,
        """
        UPDATE received SET state = 'failed', error = $2, finished_at = now(), claimed_by = NULL,
            claimed_until = NULL, body = CASE WHEN length(body) > $3 THEN substring(body FOR $3) ELSE body END
        WHERE id = $1
        """,
        id,
        error,
        KEPT_BYTES,
    )


async def count_waiting_bytes(conn: Connection, *, row_bytes: int) -> dict[str, int]:
    """What waits to be processed, host by host: the bytes of the bodies, and `row_bytes` for each."""
    rows = await fetch_records(
        conn,
        """
        SELECT host, sum(octet_length(body) + $1::integer)::bigint AS bytes FROM received
        WHERE state = 'waiting' GROUP BY host
        """,
        row_bytes,
    )
    return {row["host"]: row["bytes"] for row in rows}
