"""What the others of a listing's threads wrote first: beside one another they help its owner to choose."""

from dataclasses import dataclass
from datetime import datetime

from models.store.database import Connection, fetch_all


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstWords:
    """The words with which somebody asked, as she typed them, or else the HTML of her first message; and since when."""

    exchange_id: int
    said: str
    content: str
    since: datetime


async def map_first_words(conn: Connection, exchange_ids: list[int]) -> dict[int, FirstWords]:
    """Those of each of these threads, by its id."""
    found = await fetch_all(
        conn,
        FirstWords,
        """
        SELECT e.id AS exchange_id, coalesce(asked.text, '') AS said, coalesce(written.content, '') AS content,
            e.created_at AS since
        FROM exchange e
        LEFT JOIN LATERAL (
            SELECT details->>'text' AS text FROM exchange_event
            WHERE exchange_id = e.id AND actor_id = e.partner_id AND (is_asking_kind(kind) OR kind = 'said')
                AND details->>'text' <> '' ORDER BY id LIMIT 1
        ) AS asked ON true
        LEFT JOIN LATERAL (
            SELECT p.content FROM exchange_message m JOIN post p ON p.id = m.post_id
            WHERE m.exchange_id = e.id AND p.author_id = e.partner_id AND p.deleted_at IS NULL
                AND p.hidden_at IS NULL AND p.kind <> 'notice' ORDER BY m.post_id LIMIT 1
        ) AS written ON true
        WHERE e.id = ANY($1)
        """,
        exchange_ids,
    )
    return {one.exchange_id: one for one in found}
