"""Whether other servers take what we send: seven days of nothing but failures open the circuit, a success closes it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from models.store.database import Connection, execute, fetch_all, fetch_column, fetch_one

FAILING_DAYS = 7
"""After failing on so many distinct days a host is unavailable and its deliveries are held (HT7)."""


SLOW_MS = 5000
"""Who takes so long as a rule to accept a delivery is slow; what is for others goes on all the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliverySuccess:
    """A delivery that arrived: where, and what was measured on the way."""

    host: str
    inbox: str
    latency_ms: int | None = None
    clock_seconds: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A delivery that failed: where and why; `day` is None for a refusal, which tells that the host itself is well."""

    host: str
    error: str
    day: date | None
    inbox: str | None = None
    cause: str | None = None
    clock_seconds: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Failing:
    host: str
    failing_days: list[date]
    last_out_at: datetime | None
    unavailable_since: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HostRecovery:
    """A host that had trouble and took something: what is held for it may go when it was `unavailable` until now.

    What waits for it may go when it is `woken`, which happens once a minute at most, and when an inbox that was asked
    took something. `doubtful` is one of which another inbox failed: that one may be asked, every five minutes at most.
    """

    host: str
    unavailable: bool
    woken: bool
    doubtful: bool


async def save_success(
    conn: Connection, arrivals: Sequence[DeliverySuccess], *, at: datetime | None = None
) -> list[HostRecovery]:
    """Deliveries arrived. Those of the hosts that had trouble until now.

    Written at most every 10 s for each host, unless its state changes. Failures of a host are forgotten when an inbox
    that failed takes something again, and not when another does (HT7).
    """
    troubled = await fetch_column(
        conn,
        """
        INSERT INTO server (host, last_out_at, latency_ms, clock_seconds, clock_at, slow_since)
        SELECT host, now(), avg(latency)::integer, max(clock), CASE WHEN max(clock) IS NOT NULL THEN now() END,
            CASE WHEN avg(latency) >= $4 THEN now() END
        FROM unnest($1::text[], $2::integer[], $3::integer[]) AS arrived (host, latency, clock)
        GROUP BY host ORDER BY host
        ON CONFLICT (host) DO UPDATE SET last_out_at = now(),
            latency_ms = coalesce((3 * server.latency_ms + excluded.latency_ms) / 4, excluded.latency_ms,
                server.latency_ms),
            slow_since = CASE WHEN coalesce((3 * server.latency_ms + excluded.latency_ms) / 4, excluded.latency_ms,
                server.latency_ms) >= $4 THEN coalesce(server.slow_since, now()) END,
            clock_seconds = coalesce(excluded.clock_seconds, server.clock_seconds),
            clock_at = coalesce(excluded.clock_at, server.clock_at)
        WHERE server.last_out_at IS NULL OR server.last_out_at < now() - interval '10 seconds'
            OR server.failure IS NOT NULL OR server.unavailable_since IS NOT NULL
        RETURNING CASE WHEN failure IS NOT NULL OR unavailable_since IS NOT NULL THEN host END
        """,
        [arrival.host for arrival in arrivals],
        [arrival.latency_ms for arrival in arrivals],
        [arrival.clock_seconds for arrival in arrivals],
        SLOW_MS,
    )
    known = {host for host in troubled if host is not None}
    if not known:
        return []
    troubling = [arrival for arrival in arrivals if arrival.host in known]
    return await _end_failures(conn, troubling, at or datetime.now(UTC))


async def _end_failures(conn: Connection, arrivals: Sequence[DeliverySuccess], at: datetime) -> list[HostRecovery]:
    """Forget what failed and works again."""
    return await fetch_all(
        conn,
        HostRecovery,
        """
        WITH arrived AS (
            SELECT host, array_agg(inbox) AS inboxes FROM unnest($1::text[], $2::text[]) AS one (host, inbox)
            GROUP BY host
        ), before AS (
            SELECT s.host, s.unavailable_since IS NOT NULL AS unavailable,
                s.failing_inboxes = '{}' OR s.failing_inboxes && a.inboxes AS well,
                -- What asked whether an inbox is back and arrived is followed by what stands behind it.
                coalesce(s.woken_at < $3::timestamptz - interval '1 minute', true)
                    OR coalesce(s.sounded_at >= s.woken_at, false) AND s.failing_inboxes && a.inboxes AS woken,
                coalesce(s.sounded_at < $3::timestamptz - interval '5 minutes', true) AS rested
            FROM server s JOIN arrived a ON a.host = s.host ORDER BY s.host FOR UPDATE OF s
        ), saved AS (
            UPDATE server SET unavailable_since = NULL, probe_at = NULL,
                failure = CASE WHEN before.well THEN NULL ELSE failure END,
                failure_cause = CASE WHEN before.well THEN NULL ELSE failure_cause END,
                failing_days = CASE WHEN before.well THEN '{}' ELSE failing_days END,
                failing_inboxes = CASE WHEN before.well THEN '{}' ELSE failing_inboxes END,
                woken_at = CASE WHEN before.woken THEN $3 ELSE woken_at END,
                sounded_at = CASE WHEN before.rested AND NOT before.well THEN $3 ELSE sounded_at END
            FROM before WHERE server.host = before.host
        )
        SELECT host, unavailable, woken, rested AND NOT well AS doubtful FROM before
        """,
        [arrival.host for arrival in arrivals],
        [arrival.inbox for arrival in arrivals],
        at,
    )


async def save_failures(conn: Connection, failures: Sequence[Failure]) -> list[str]:
    """Deliveries failed: one row written for each host, however many. The hosts that have just become unavailable.

    Those failed on seven distinct days and took nothing since the first of them (HT7). The newest failure is told, and
    of a host's failing inboxes twenty are remembered.
    """
    failing = await _record(conn, failures)
    today = {failure.host for failure in failures if failure.day is not None}
    lost = [one.host for one in failing if one.host in today and one.unavailable_since is None and _fails_for_days(one)]
    if lost:
        await execute(
            conn,
            "UPDATE server SET unavailable_since = now(), probe_at = now() + interval '1 day' WHERE host = ANY($1)",
            lost,
        )
    return lost


async def _record(conn: Connection, failures: Sequence[Failure]) -> list[_Failing]:
    """Write them down; how their hosts stand now."""
    return await fetch_all(
        conn,
        _Failing,
        """
        INSERT INTO server AS s (host, last_failure_at, failure, failure_cause, failing_days, failing_inboxes,
            clock_seconds, clock_at)
        SELECT host, now(), (array_agg(error ORDER BY place DESC))[1], (array_agg(cause ORDER BY place DESC))[1],
            coalesce(array_agg(DISTINCT day) FILTER (WHERE day IS NOT NULL), '{}'),
            coalesce((array_agg(DISTINCT inbox) FILTER (WHERE inbox IS NOT NULL))[1:20], '{}'),
            (array_agg(clock ORDER BY place DESC) FILTER (WHERE clock IS NOT NULL))[1],
            CASE WHEN count(clock) > 0 THEN now() END
        FROM unnest($1::text[], $2::text[], $3::text[], $4::date[], $5::text[], $6::integer[])
            WITH ORDINALITY AS failed (host, error, cause, day, inbox, clock, place)
        GROUP BY host ORDER BY host
        ON CONFLICT (host) DO UPDATE SET last_failure_at = now(), failure = excluded.failure,
            failure_cause = excluded.failure_cause,
            failing_days = CASE WHEN excluded.failing_days <@ s.failing_days THEN s.failing_days
                ELSE (s.failing_days || excluded.failing_days)[greatest(cardinality(s.failing_days) - 12, 1):] END,
            failing_inboxes = (s.failing_inboxes || ARRAY(SELECT unnest(excluded.failing_inboxes)
                EXCEPT SELECT unnest(s.failing_inboxes)))[1:20],
            clock_seconds = coalesce(excluded.clock_seconds, s.clock_seconds),
            clock_at = coalesce(excluded.clock_at, s.clock_at)
        RETURNING host, failing_days, last_out_at, unavailable_since
        """,
        [failure.host for failure in failures],
        [failure.error for failure in failures],
        [failure.cause for failure in failures],
        [failure.day for failure in failures],
        [failure.inbox for failure in failures],
        [failure.clock_seconds for failure in failures],
    )


def _fails_for_days(server: _Failing) -> bool:
    days = sorted(server.failing_days)[-FAILING_DAYS:]
    return len(days) == FAILING_DAYS and (server.last_out_at is None or server.last_out_at.date() <= days[0])


async def save_clock(conn: Connection, host: str, seconds: int) -> None:
    """By how much this host's clock is ahead of ours, as its last answer told."""
    await execute(
        conn,
        """
        INSERT INTO server (host, clock_seconds, clock_at) VALUES ($1, $2, now())
        ON CONFLICT (host) DO UPDATE SET clock_seconds = excluded.clock_seconds, clock_at = excluded.clock_at
        """,
        host,
        seconds,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SlowHost:
    """Who takes what we send, but slowly, and since when without a break."""

    host: str
    latency_ms: int
    slow_since: datetime


async def find_slowest(conn: Connection) -> SlowHost | None:
    """The slowest of those that took something this week, still slowly a day after the first time; not those aside."""
    return await fetch_one(
        conn,
        SlowHost,
        """
        SELECT host, latency_ms, slow_since FROM server
        WHERE slow_since < last_out_at - interval '1 day' AND last_out_at > now() - interval '7 days'
            AND level <> 'aside' AND NOT holding
        ORDER BY latency_ms DESC, host LIMIT 1
        """,
    )


async def discard_clocks(conn: Connection) -> None:
    """What clocks said before ours was set is not true any more, whenever that was: `now()` is another one since."""
    await execute(conn, "UPDATE server SET clock_seconds = NULL WHERE clock_seconds IS NOT NULL")


async def list_clocks_to_ask(conn: Connection) -> list[str]:
    """Of the hosts of whose clocks nothing is known any more, those that told last, however long ago."""
    return await fetch_column(
        conn,
        """
        SELECT host FROM server WHERE clock_at IS NOT NULL AND clock_seconds IS NULL AND is_welcome(host)
        ORDER BY clock_at DESC, host LIMIT 5
        """,
    )
