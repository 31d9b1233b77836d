"""Where an object of ours went, host by host, for its author: nothing is silent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from models.store.database import Connection, fetch_all, fetch_records
from models.traffic.outbound.deliveries import DeliveryState


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryTrace:
    """Where one activity went: one host (`place` is what people call it) and how it fared there."""

    object_uri: str
    host: str
    place: str
    type: str
    state: DeliveryState
    attempts: int
    error: str | None
    cause: str | None
    due_at: datetime
    created_at: datetime
    finished_at: datetime | None


async def list_traces(conn: Connection, object_uris: Sequence[str]) -> dict[str, list[DeliveryTrace]]:
    """For their author: the newest delivery about each object to each host, failures first (nothing is silent)."""
    rows = await fetch_all(
        conn,
        DeliveryTrace,
        """
        SELECT object_uri, host, place_of(host) AS place, type, state, attempts, error, cause, due_at, created_at,
            finished_at FROM (
            SELECT DISTINCT ON (a.object_uri, d.host) a.object_uri, d.host, a.type, d.state, d.attempts, d.error,
                d.cause, d.due_at, d.created_at, d.finished_at
            FROM activity a JOIN delivery d ON d.activity_id = a.id
            WHERE a.object_uri = ANY($1) AND d.state <> 'cancelled'
            ORDER BY a.object_uri, d.host, d.id DESC
        ) AS newest ORDER BY state = 'done', host
        """,
        list(object_uris),
    )
    return _group(object_uris, rows)


async def list_request_traces(
    conn: Connection, actor_id: int, followed_uris: Sequence[str]
) -> dict[str, list[DeliveryTrace]]:
    """Where this actor's newest Follow of each of these went."""
    rows = await fetch_all(
        conn,
        DeliveryTrace,
        """
        SELECT DISTINCT ON (a.object_uri) a.object_uri, d.host, place_of(d.host) AS place, a.type, d.state, d.attempts,
            d.error, d.cause,
            d.due_at, d.created_at, d.finished_at
        FROM activity a JOIN delivery d ON d.activity_id = a.id
        WHERE a.object_uri = ANY($2) AND a.actor_id = $1 AND a.type = 'Follow' AND d.state <> 'cancelled'
        ORDER BY a.object_uri, d.id DESC
        """,
        actor_id,
        list(followed_uris),
    )
    return _group(followed_uris, rows)


async def list_reaction_traces(
    conn: Connection, actor_id: int, post_uri: str, types: Sequence[str]
) -> dict[str, list[DeliveryTrace]]:
    """Where this actor's like (`Like`) and share (`Announce`) of a post went, or their taking back where that is newer.

    By type, without those of which nothing was sent.
    """
    rows = await fetch_records(
        conn,
        """
        SELECT DISTINCT ON (said.type, d.host) said.type AS said, $2::text AS object_uri, d.host,
            place_of(d.host) AS place, a.type, d.state, d.attempts, d.error, d.cause, d.due_at, d.created_at,
            d.finished_at
        FROM activity said
        JOIN activity a ON a.id = said.id OR (a.object_uri = said.uri AND a.actor_id = $1 AND a.type = 'Undo')
        JOIN delivery d ON d.activity_id = a.id
        WHERE said.object_uri = $2 AND said.actor_id = $1 AND said.type = ANY($3) AND d.state <> 'cancelled'
        ORDER BY said.type, d.host, d.id DESC
        """,
        actor_id,
        post_uri,
        list(types),
    )
    found: dict[str, list[DeliveryTrace]] = {}
    for row in rows:
        said, *values = row.values()
        found.setdefault(said, []).append(DeliveryTrace(**dict(zip(list(row.keys())[1:], values, strict=True))))
    return found


def _group(object_uris: Sequence[str], rows: list[DeliveryTrace]) -> dict[str, list[DeliveryTrace]]:
    found: dict[str, list[DeliveryTrace]] = {uri: [] for uri in object_uris}
    for row in rows:
        found[row.object_uri].append(row)
    return found
