"""Private notes below a listing, as they are kept: in the thread of the exchange that its owner has with one other."""

from models.ids import make_id
from models.store.database import Connection, execute


async def lock_listing(conn: Connection, root_id: int) -> None:
    """Before a private note is kept below a listing: lock it, as whoever changes what is agreed does first of all.

    The words may be a yes, and both write into the thread, and into the conversation that apps show.
    """
    await execute(conn, "SELECT FROM post WHERE id = $1 AND kind = 'listing' FOR NO KEY UPDATE", root_id)


async def add_message(
    conn: Connection, *, post_id: int, root_id: int, author_id: int, addressed_ids: list[int]
) -> None:
    """A private note below a listing, between its owner and one other person, stands in their thread.

    Whoever writes has read what was there. Others' notes and those among several people are no exchange.
    Its listing is locked (`lock_listing`).
    """
    await execute(
        conn,
        """
        WITH held AS (
            INSERT INTO exchange (id, listing_id, owner_id, partner_id, last_id, owner_read_id, partner_read_id)
            SELECT $1, root.id, root.author_id, other.id, $2, CASE WHEN $4 = root.author_id THEN $2::bigint ELSE 0 END,
                CASE WHEN $4 = root.author_id THEN 0 ELSE $2::bigint END
            FROM post root CROSS JOIN LATERAL (
                SELECT min(party) AS id FROM unnest($5::bigint[]) AS party WHERE party <> root.author_id
                HAVING count(DISTINCT party) = 1
            ) AS other
            WHERE root.id = $3 AND root.kind = 'listing' AND root.author_id = ANY($5)
            ON CONFLICT (listing_id, partner_id) DO UPDATE SET
                last_id = greatest(exchange.last_id, excluded.last_id),
                owner_read_id = greatest(exchange.owner_read_id, excluded.owner_read_id),
                partner_read_id = greatest(exchange.partner_read_id, excluded.partner_read_id)
            RETURNING id
        )
        INSERT INTO exchange_message (post_id, exchange_id) SELECT $2, id FROM held ON CONFLICT DO NOTHING
        """,
        make_id(),
        post_id,
        root_id,
        author_id,
        [author_id, *addressed_ids],
    )
