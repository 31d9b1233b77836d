"""What listings are called, read anew by steps after a change of the shipped list; most are called as before."""

from models.store.database import Connection, execute, fetch_records, fetch_value

AT_ONCE = 500
"""Listings that are read anew in one transaction."""


async def read_listings(conn: Connection) -> bool:
    """Read some listings anew, after a change of the list of words; whether there may be more.

    Those that are written meanwhile are read by the new list already. Until all are, searches ask for each word that a
    thing is called.
    """
    last = await fetch_value(conn, "SELECT named_id FROM known_word_count FOR UPDATE")
    if last is None:
        return False
    ids = await fetch_records(
        conn,
        "SELECT post_id FROM listing WHERE post_id > $1 ORDER BY post_id LIMIT $2 FOR NO KEY UPDATE",
        last,
        AT_ONCE,
    )
    await execute(
        conn,
        """
        UPDATE listing l SET search = fresh.search
        FROM (SELECT post_id, words || name_things(words) AS search FROM (
            SELECT post_id, search_words(title, description, place_name, category, kind, mode)
                || subcategory_words(subcategory) AS words
            FROM listing WHERE post_id = ANY($1::bigint[]) OFFSET 0) AS said OFFSET 0) AS fresh
        WHERE l.post_id = fresh.post_id AND l.search <> fresh.search
        """,
        [row["post_id"] for row in ids],
    )
    more = len(ids) == AT_ONCE
    await execute(conn, "UPDATE known_word_count SET named_id = $1", ids[-1]["post_id"] if more else None)
    return more
