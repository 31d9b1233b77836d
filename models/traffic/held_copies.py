"""What is held here of a server that was made again of a backup: it may have again what its own people published."""

from dataclasses import dataclass
from datetime import datetime

from models.store.database import Connection, fetch_all, fetch_one
from models.traffic.inbound.received import KEPT_BYTES
from models.traffic.peer_restorations import MARGIN
from models.traffic.restorations import SAID

AT_ONCE = 40
"""So many stand on one page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """What that server lost, by its own word."""

    lost_from: datetime
    restored_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldCopy:
    """An activity as it came; `body` is JSON."""

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
    """What that server's people said then, as it came and in that order, while all of it is kept. Not all of it is
    public: the caller looks.
    """
    return await fetch_all(
        conn,
        HeldCopy,
        """
        SELECT id, body FROM received
        WHERE host = $1 AND id > $4 AND type IN ('Create', 'Update', 'Delete') AND state <> 'waiting'
            AND received_at BETWEEN $2::timestamptz - $6::interval AND $3::timestamptz + $6::interval
            AND octet_length(body) < $7
        ORDER BY id LIMIT $5
        """,
        host,
        loss.lost_from,
        loss.restored_at,
        after,
        AT_ONCE,
        MARGIN,
        KEPT_BYTES,
    )
