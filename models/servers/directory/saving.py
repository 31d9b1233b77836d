"""The directory filled: whom to visit, what a visit found, what the rules say of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from models.domains import find_domain
from models.limits import VOUCHED_HOSTS
from models.servers import waiting_posts
from models.servers.directory.values import THRESHOLDS, Reason, Verdict
from models.store.database import Connection, execute, fetch_all, fetch_value
from models.store.statements import name_values

HOSTS_A_DOMAIN = 3
"""Only one of a domain can be on the map; a few are looked at, since the first may be given up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A host to visit, and how far away it is."""

    host: str
    depth: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What a visit found of a territory. `radius` in metres; counts as in reading.Entry; `problem` if any."""

    actor_uri: str
    name: str
    place_name: str
    latitude: float | None
    longitude: float | None
    radius: int | None
    area_km: float | None
    proposals: int
    offers: int
    requests: int
    repair_calls: int
    open_proposals: int
    problem: Reason | None = None


async def claim_due(conn: Connection, *, limit: int) -> list[Due]:
    """Hosts that it is time to visit, the nearest first; free again after an hour if the visitor dies."""
    return await fetch_all(
        conn,
        Due,
        """
        UPDATE territory SET visit_at = now() + interval '1 hour'
        WHERE host IN (
            SELECT host FROM territory
            WHERE visit_at <= now() AND removed_at IS NULL AND depth <= $2 AND is_welcome(host)
            ORDER BY depth, visit_at LIMIT $1 FOR UPDATE SKIP LOCKED
        )
        RETURNING host, depth
        """,
        limit,
        THRESHOLDS.depth,
    )


async def lock_directory(conn: Connection) -> None:
    """Change more than one place of the directory, one transaction after the other.

    Two that vouch for each other would otherwise each hold their own row and wait for the other's.
    """
    await execute(conn, "SELECT pg_advisory_xact_lock(hashtext('declic.directory'))")


_SAVE_VISIT = name_values(
    """
    UPDATE territory SET visited_at = now(), visit_at = now() + :wait, problem = :problem, cause = NULL,
        proven_at = CASE WHEN :problem::text IS NULL THEN now() ELSE proven_at END,
        actor_uri = :actor_uri, name = :name, place_name = :place_name, latitude = :latitude,
        longitude = :longitude, radius = :radius, area_km = :area_km, proposals = :proposals, offers = :offers,
        requests = :requests, repair_calls = :repair_calls, open_proposals = :open_proposals
    WHERE host = :host
    """,
    Visit,
    also=["host", "wait"],
)


async def save_visit(conn: Connection, host: str, visit: Visit, *, wait: timedelta) -> None:
    """What was found; it is proven now unless something was wrong. The next visit is after `wait`."""
    await lock_directory(conn)
    await execute(
        conn,
        _SAVE_VISIT.sql,
        *_SAVE_VISIT.args(visit, host=host, wait=wait),
    )


async def save_problem(conn: Connection, host: str, problem: Reason, cause: str | None, *, wait: timedelta) -> None:
    """A visit that went wrong; what was known before stays."""
    await execute(
        conn,
        """
        UPDATE territory SET visited_at = now(), visit_at = now() + $4, problem = $2, cause = $3 WHERE host = $1
        """,
        host,
        problem,
        cause,
        wait,
    )


async def save_vouches(conn: Connection, voucher: Due, hosts: Sequence[str]) -> None:
    """Whom a territory vouches for now; what it no longer says is forgotten, what it says anew is looked at."""
    await execute(conn, "DELETE FROM territory_vouch WHERE voucher = $1 AND host <> ALL($2)", voucher.host, list(hosts))
    known = await fetch_value(conn, "SELECT array_agg(host) FROM territory WHERE host = ANY($1)", list(hosts)) or []
    stranger = [host for host in hosts if host not in known] if voucher.depth < THRESHOLDS.depth else []
    for host in stranger[: VOUCHED_HOSTS.most]:
        if await _save_candidate(conn, host, voucher.depth + 1):
            known.append(host)
    await execute(
        conn,
        """
        INSERT INTO territory_vouch (voucher, host) SELECT $1, host FROM unnest($2::text[]) AS host
        ON CONFLICT DO NOTHING
        """,
        voucher.host,
        known,
    )
    await execute(
        conn, "UPDATE territory SET depth = least(depth, $2::smallint) WHERE host = ANY($1)", known, voucher.depth + 1
    )


async def _save_candidate(conn: Connection, host: str, depth: int) -> bool:
    """Keep a host that nobody knew, unless there are enough of its domain, or of all."""
    domain = find_domain(host)
    return bool(
        await execute(
            conn,
            """
            INSERT INTO territory (host, domain, depth)
            SELECT $1, $2, $3
            WHERE is_welcome($1) AND (SELECT count(*) FROM territory) < $4
                AND (SELECT count(*) FROM territory WHERE domain = $2) < $5
            ON CONFLICT DO NOTHING
            """,
            host,
            domain,
            depth,
            THRESHOLDS.hosts,
            HOSTS_A_DOMAIN,
        )
    )


async def save_verdicts(conn: Connection, verdicts: Mapping[str, Verdict]) -> None:
    """Draw the map; who is new on it costs its vouchers one of their entries of the month.

    What waited of hosts that are on it now, or for which a friend vouches, stands.
    """
    await lock_directory(conn)
    hosts = list(verdicts)
    found = [verdicts[host] for host in hosts]
    await execute(
        conn,
        """
        WITH verdict AS (
            SELECT * FROM unnest($1::text[], $2::boolean[], $3::text[], $4::smallint[], $5::boolean[])
                AS v (host, accepted, reason, hop, silent)
        )
        UPDATE territory t SET reason = v.reason, hop = v.hop, silent = v.silent,
            accepted_at = CASE WHEN v.accepted THEN coalesce(t.accepted_at, now()) END,
            vouchers = CASE WHEN v.accepted AND t.accepted_at IS NOT NULL THEN t.vouchers ELSE '{}' END
        FROM verdict v WHERE v.host = t.host
        """,
        hosts,
        [one.accepted for one in found],
        [one.reason for one in found],
        [one.hop for one in found],
        [one.silent for one in found],
    )
    for host, verdict in verdicts.items():
        if verdict.vouchers:
            await _save_credit(conn, host, verdict.vouchers)
    await waiting_posts.release_known(conn)


async def _save_credit(conn: Connection, host: str, vouchers: Sequence[str]) -> None:
    new = await execute(
        conn,
        "UPDATE territory SET vouchers = $2 WHERE host = $1 AND accepted_at = now() AND vouchers = '{}'",
        host,
        list(vouchers),
    )
    if new:
        await execute(
            conn,
            "INSERT INTO territory_credit (voucher, host) SELECT unnest($2::text[]), $1 ON CONFLICT DO NOTHING",
            host,
            list(vouchers),
        )


async def forget_old(conn: Connection) -> int:
    """Forget whom nobody vouches for any more, the words of those who are gone, old credits and old strikes."""
    await execute(conn, "DELETE FROM territory_credit WHERE at < now() - interval '60 days'")
    await execute(conn, "DELETE FROM territory_strike WHERE at < now() - interval '1 year'")
    await execute(
        conn,
        """
        DELETE FROM territory_vouch v USING territory t
        WHERE t.host = v.voucher AND (t.removed_at IS NOT NULL OR t.visited_at IS NOT NULL
            AND coalesce(t.proven_at, t.first_seen_at) < now() - interval '30 days')
        """,
    )
    return await execute(
        conn,
        """
        DELETE FROM territory t WHERE NOT t.seed AND t.vouched_at IS NULL AND t.removed_at IS NULL
            AND NOT EXISTS (SELECT FROM territory_vouch v WHERE v.host = t.host)
        """,
    )
