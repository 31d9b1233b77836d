"""Counters against guessing: how often somebody tried something lately, by account and by network address."""

import hashlib
from datetime import timedelta
from ipaddress import ip_address

from models.database import Connection, execute, fetch_value


async def count(conn: Connection, key: str, *, within: timedelta) -> int:
    """Count one more try under `key`; how many there were since its first in this period, this one included.

    Counting comes before the try itself, in a transaction of its own, so that a burst cannot slip through.
    """
    tries: int = await fetch_value(
        conn,
        """
        INSERT INTO attempt (key_hash, tries, ends_at) VALUES ($1, 1, now() + $2::interval)
        ON CONFLICT (key_hash) DO UPDATE SET
            tries = CASE WHEN attempt.ends_at < now() THEN 1 ELSE attempt.tries + 1 END,
            ends_at = CASE WHEN attempt.ends_at < now() THEN excluded.ends_at ELSE attempt.ends_at END
        RETURNING tries
        """,
        _hash_key(key),
        within,
    )
    return tries


async def forget(conn: Connection, key: str) -> None:
    """Start again from nothing: it was the right person."""
    await execute(conn, "DELETE FROM attempt WHERE key_hash = $1", _hash_key(key))


async def forget_old(conn: Connection) -> int:
    """Delete counters whose period is over; a chore."""
    return await execute(conn, "DELETE FROM attempt WHERE ends_at < now()")


def network_of(address: str | None) -> str:
    """What counts as one visitor's network: an IPv4 address, or the /64 that an IPv6 visitor holds whole."""
    try:
        ip = ip_address((address or "").partition("%")[0])
    except ValueError:
        return "unknown"
    mapped = getattr(ip, "ipv4_mapped", None) or ip
    return str(mapped) if mapped.version == 4 else mapped.exploded[:19]


def _hash_key(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()
