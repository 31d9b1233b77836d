"""What is held here of a server that was made again of a backup: it may have again what its own people published."""

from dataclasses import dataclass
from datetime import datetime

from models.store.database import Connection, fetch_all, fetch_one
from models.traffic.inbound.received import KEPT_BYTES
from models.traffic.peer_restorations import MARGIN
from models.traffic.restorations import SAID

AT_ONCE = 40
"""So many stand on one page."""

LARGEST = 20_000
"""Bytes: an object that is larger is not given back, so that a page stays below what anybody reads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """What that server lost, by its own word."""

    lost_from: datetime
    restored_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldCopy:
    """An activity as it came, or an object as it is held; `body` is JSON."""

    id: int
    body: bytes


async def find_loss(conn: Connection, host: str) -> Loss | None:
    """What the server of this name said lately that it lost; None where it did not, or was not known before."""
    return await fetch_one(
        conn,
        Loss,
        """
        SELECT lost_from, restored_at FROM peer_restoration
        WHERE host = $1 AND known AND heard_at > now() - $2::interval
        """,
        host,
        SAID,
    )


async def list_held(conn: Connection, host: str, loss: Loss, *, after: int) -> list[HeldCopy]:
    """Of that server's people, in the order in which it came: what they said then as it came, while all of it is kept,
    and their posts of then. Not all of it is public: the caller looks.
    """
    return await fetch_all(
        conn,
        HeldCopy,
        """
        SELECT id, body FROM (
            (SELECT r.id, r.body FROM received r
            WHERE r.host = $1 AND r.id > $4 AND r.type IN ('Create', 'Update', 'Delete') AND r.state <> 'waiting'
                AND r.received_at BETWEEN $2::timestamptz - $6::interval AND $3::timestamptz + $6::interval
                AND octet_length(r.body) < $7
            ORDER BY r.id LIMIT $5)
            UNION ALL
            (SELECT p.id, convert_to(p.raw::text, 'UTF8') FROM post p JOIN actor a ON a.id = p.author_id
            WHERE a.host = $1 AND NOT a.local AND p.id > $4 AND NOT p.local AND p.deleted_at IS NULL
                AND p.published_at BETWEEN $2::timestamptz - $6::interval AND $3::timestamptz + $6::interval
                AND p.raw IS NOT NULL AND octet_length(p.raw::text) < $8
            ORDER BY p.id LIMIT $5)
        ) AS held ORDER BY id LIMIT $5
        """,
        host,
        loss.lost_from,
        loss.restored_at,
        after,
        AT_ONCE,
        MARGIN,
        KEPT_BYTES,
        LARGEST,
    )
