"""Other servers: how far we trust them, whether they answer, and what could not be fetched."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from models.servers.trust_levels import Level as Level
from models.servers.trust_levels import save_level as save_level
from models.store.database import Connection, execute, fetch_all, fetch_column, fetch_one, fetch_value


async def find_software(conn: Connection, host: str) -> str | None:
    """What runs there, as far as we know; everything else that is known of a server is in `peers`."""
    software: str | None = await fetch_value(conn, "SELECT software FROM server WHERE host = $1", host)
    return software


async def save_software(conn: Connection, host: str, *, software: str, version: str, name: str) -> None:
    """Remember what runs there, as its NodeInfo tells."""
    await execute(
        conn,
        """
        INSERT INTO server (host, software, software_version, name) VALUES ($1, $2, $3, $4)
        ON CONFLICT (host) DO UPDATE SET software = excluded.software,
            software_version = excluded.software_version, name = excluded.name
        """,
        host,
        software,
        version,
        name,
    )


async def save_seen(conn: Connection, hosts: list[str]) -> list[str]:
    """Verified requests came from these hosts; those that may be asked whether they are back, since something waits.

    Written at most once a minute each, since inboxes are busy. One that we hold as unavailable is probed at once
    instead of once a day, but at most hourly: it speaks again, and yet the inbox that failed may still be broken
    (HT7). Of another that is the case every five minutes at most.
    """
    heard = await fetch_column(
        conn,
        """
        INSERT INTO server (host, last_in_at) SELECT unnest($1::text[]), now() ORDER BY 1
        ON CONFLICT (host) DO UPDATE SET last_in_at = now(),
            probe_at = CASE WHEN server.probe_at - now() < interval '23 hours' THEN least(server.probe_at, now())
                ELSE server.probe_at END,
            sounded_at = CASE WHEN coalesce(server.sounded_at < now() - interval '5 minutes', true)
                    AND NOT server.holding
                    AND EXISTS (SELECT FROM delivery d
                        WHERE d.host = server.host AND d.state = 'waiting' AND d.due_at > now())
                THEN now() ELSE server.sounded_at END
        WHERE server.last_in_at IS NULL OR server.last_in_at < now() - interval '1 minute'
        RETURNING CASE WHEN sounded_at = now() OR probe_at = now() THEN host END
        """,
        hosts,
    )
    return [host for host in heard if host is not None]


async def save_signature_scheme(conn: Connection, host: str, scheme: str) -> None:
    """Remember for 7 days how this host wants requests signed."""
    await execute(
        conn,
        """
        INSERT INTO server (host, signature_scheme, signature_scheme_until) VALUES ($1, $2, now() + interval '7 days')
        ON CONFLICT (host) DO UPDATE SET signature_scheme = excluded.signature_scheme,
            signature_scheme_until = excluded.signature_scheme_until
        """,
        host,
        scheme,
    )


async def has_taken_lately(conn: Connection, host: str) -> bool:
    """Whether a delivery to this host arrived within a day."""
    return bool(
        await fetch_value(
            conn, "SELECT EXISTS (SELECT FROM server WHERE host = $1 AND last_out_at > now() - interval '1 day')", host
        )
    )


async def list_hosts_of_scheme(conn: Connection, scheme: str) -> list[str]:
    """The hosts that want requests signed this way."""
    return await fetch_column(
        conn, "SELECT host FROM server WHERE signature_scheme = $1 AND signature_scheme_until > now()", scheme
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SilentHost:
    """A host from which nothing comes for now: it is away `since` a day, or the cooperative does not deal with it."""

    host: str
    welcome: bool
    since: datetime | None


async def list_silent(conn: Connection, hosts: list[str]) -> dict[str, SilentHost]:
    """Those of these hosts whose people's subscriptions rest; failing for a day, and silent meanwhile, is away."""
    rows = await fetch_all(
        conn,
        SilentHost,
        """
        SELECT host, is_welcome(host) AS welcome, away.since FROM unnest($1::text[]) AS host
        LEFT JOIN LATERAL (
            SELECT coalesce(s.unavailable_since, s.failing_days[1]::timestamptz) AS since FROM server s
            WHERE s.host = host.host AND (s.unavailable_since IS NOT NULL OR (s.failure IS NOT NULL
                AND coalesce(s.last_out_at, '-infinity') < s.last_failure_at
                AND coalesce(s.last_in_at, '-infinity') < now() - interval '1 day'
                AND s.failing_days[1] < current_date))
        ) AS away ON true
        WHERE away.since IS NOT NULL OR NOT is_welcome(host)
        """,
        hosts,
    )
    return {row.host: row for row in rows}


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedFetch:
    """An address that could not be fetched; `retry` when the reason may pass."""

    uri: str
    error: str
    retry: bool
    until: datetime


async def find_failed_fetch(conn: Connection, uri: str) -> FailedFetch | None:
    """A recent failure to fetch this address, so that it is not asked again at once."""
    return await fetch_one(
        conn,
        FailedFetch,
        "SELECT uri, error, retry, until FROM failed_fetch WHERE uri = $1 AND until > now()",
        uri,
    )


async def save_failed_fetch(conn: Connection, uri: str, error: str, *, retry: bool, wait: timedelta) -> None:
    """Remember that this address could not be fetched (SG17, B-14)."""
    await execute(
        conn,
        """
        INSERT INTO failed_fetch (uri, error, retry, until) VALUES ($1, $2, $3, now() + $4)
        ON CONFLICT (uri) DO UPDATE SET error = excluded.error, retry = excluded.retry, until = excluded.until
        """,
        uri,
        error,
        retry,
        wait,
    )


async def forget_failed_fetch(conn: Connection, uri: str) -> None:
    """This address answers again."""
    await execute(conn, "DELETE FROM failed_fetch WHERE uri = $1", uri)


async def forget_old_failures(conn: Connection) -> int:
    """Forget failures that keep nobody from asking any more; how many there were."""
    return await execute(conn, "DELETE FROM failed_fetch WHERE until < now()")
