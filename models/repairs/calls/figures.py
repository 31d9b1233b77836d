"""How many were told of a call and opened it: counted by each server of its own people, numbers only."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from models.repairs.calls.reaches import REACHES
from models.store.database import Connection, execute, fetch_all, fetch_one, fetch_value

MOST = 10_000
"""So many people may one server say that it told."""

AHEAD = timedelta(minutes=5)
"""So far may the clock of another server be ahead."""

BETWEEN = timedelta(minutes=2)
"""We tell the server of a call at most so often how many there are by now."""

REPORT = "repair_report"
"""The job that tells it (outbox/repairs/calls/reports)."""

AT_ONCE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class HostFigures:
    """What one other server says; `name` is that of its cooperative, or its host."""

    host: str
    name: str
    notified: int
    opened: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFigures:
    """People told of a call and those of them who opened it, here and in all."""

    notified_here: int = 0
    opened_here: int = 0
    elsewhere: Sequence[HostFigures] = field(default_factory=tuple)

    @property
    def notified(self) -> int:
        """How many were told, wherever."""
        return self.notified_here + sum(one.notified for one in self.elsewhere)

    @property
    def opened(self) -> int:
        """How many of them opened it."""
        return self.opened_here + sum(one.opened for one in self.elsewhere)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallReport:
    """Two numbers about one call, as one server says them."""

    notified: int
    opened: int


async def load(conn: Connection, post_id: int) -> CallFigures:
    """What the author of a call of ours is shown: ours, and what each server said last, of most people first."""
    here = await count_here(conn, post_id)
    elsewhere = await fetch_all(
        conn,
        HostFigures,
        """
        SELECT v.host, coalesce(nullif(a.name, ''), v.host) AS name, v.notified, v.opened
        FROM repair_call_view v LEFT JOIN actor a ON a.host = v.host AND NOT a.local AND lower(a.username) = 'coop'
            AND a.type = 'Organization' AND a.deleted_at IS NULL AND a.suspended_at IS NULL
        WHERE v.post_id = $1 AND v.notified > 0 AND is_welcome(v.host)
        ORDER BY v.notified DESC, v.host
        """,
        post_id,
    )
    return CallFigures(notified_here=here.notified, opened_here=here.opened, elsewhere=elsewhere)


async def count_here(conn: Connection, post_id: int) -> CallReport:
    """People of ours who were told of a call, and those who opened it; no more than others take from us."""
    found = await fetch_one(
        conn,
        CallReport,
        """
        SELECT least(count(*), $2)::integer AS notified, least(count(opened_at), $2)::integer AS opened
        FROM repair_call_told WHERE post_id = $1
        """,
        post_id,
        MOST,
    )
    assert found is not None
    return found


async def save_view(conn: Connection, post_id: int, host: str, said: CallReport, updated_at: datetime) -> bool:
    """What another server says of a call of ours; False for what is not newer than what it said before."""
    return bool(
        await execute(
            conn,
            """
            INSERT INTO repair_call_view AS v (post_id, host, notified, opened, updated_at) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (post_id, host) DO UPDATE
                SET notified = excluded.notified, opened = excluded.opened, updated_at = excluded.updated_at
                WHERE v.updated_at < excluded.updated_at
            """,
            post_id,
            host,
            said.notified,
            said.opened,
            updated_at,
        )
    )


async def was_sent(conn: Connection, call_uri: str, host: str) -> bool:
    """Whether anything about a call of ours may have arrived at this server, and what it publishes stands here."""
    return bool(
        await fetch_value(
            conn,
            """
            SELECT is_welcome($2) AND is_known($2) AND EXISTS (
                SELECT FROM activity a JOIN delivery d ON d.activity_id = a.id
                WHERE a.object_uri = $1 AND d.host = $2 AND may_have_arrived(d.attempts, d.state, d.cause))
            """,
            call_uri,
            host,
        )
    )


async def claim_report(conn: Connection, post_id: int) -> CallReport | None:
    """What is to be said now of a call from elsewhere, noted as said; None where it was said, or was a moment ago."""
    now = await count_here(conn, post_id)
    said = await execute(
        conn,
        """
        INSERT INTO repair_call_report AS r (post_id, notified, opened) VALUES ($1, $2, $3)
        ON CONFLICT (post_id) DO UPDATE SET notified = excluded.notified, opened = excluded.opened, sent_at = now()
            WHERE (r.notified, r.opened) <> (excluded.notified, excluded.opened) AND r.sent_at <= now() - $4::interval
        """,
        post_id,
        now.notified,
        now.opened,
        BETWEEN,
    )
    return now if said else None


async def list_unreported(conn: Connection, *, after: int = 0) -> list[int]:
    """Open calls from elsewhere of which other numbers are to be said by now; AT_ONCE of them by keyset."""
    found: list[int] = await fetch_value(
        conn,
        """
        SELECT coalesce(array_agg(id ORDER BY id), '{}') FROM (
            SELECT p.id FROM (
                SELECT post_id, count(*) AS notified, count(opened_at) AS opened FROM repair_call_told
                WHERE post_id > $1 GROUP BY post_id
            ) AS now JOIN post p ON p.id = now.post_id JOIN listing l ON l.post_id = p.id
            LEFT JOIN repair_call_report r ON r.post_id = p.id
            WHERE NOT p.local AND p.deleted_at IS NULL AND is_open_status(l.status)
                AND l.repair ->> 'reach' = ANY($5)
                AND (r.post_id IS NULL OR (r.sent_at <= now() - $2::interval
                    AND (r.notified, r.opened) <> (least(now.notified, $3), least(now.opened, $3))))
            ORDER BY p.id LIMIT $4
        ) AS due
        """,
        after,
        BETWEEN,
        MOST,
        AT_ONCE,
        list(REACHES),
    )
    return found
