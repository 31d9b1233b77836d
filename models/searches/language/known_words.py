"""The words that this instance knows, from open listings and the shipped list: misspelt ones are held against them."""

from collections.abc import Iterable

from models.searches.language.spelling import LONGEST, SHORTEST, fold_word, sort_letters, write_sound
from models.store import sweep_positions
from models.store.database import Connection, execute, fetch_records, fetch_value

AT_ONCE = 5_000
"""Listings whose words are taken in one transaction."""

COUNTED_AT_ONCE = 2_000
"""Listings whose words are counted anew in one step of a night."""

Found = tuple[str, str, int]
"""A word, how most write it, and how many listings have it."""

# Words as they are written, each once for a listing, and how most write it.
_WORDS_OF = """
    WITH written AS (
        SELECT l.post_id, word FROM listing l JOIN post p ON p.id = l.post_id AND p.audience <> 'community'
        CROSS JOIN LATERAL (
            SELECT DISTINCT regexp_split_to_table(lower(l.title || ' '
                || regexp_replace(l.description, '<[^>]*>|&#?[A-Za-z0-9]+;', ' ', 'g')),
                '[][!-,./-@\\\\^-`{-~[:space:]«»…–—’‘“”×°·•€]+') AS word) AS w
        WHERE is_open_status(l.status) AND l.post_id > $1 AND l.post_id <= $2)
    SELECT replace(fold(word), '-', '') AS word, mode() WITHIN GROUP (ORDER BY word) AS shown,
        count(DISTINCT post_id)::int AS listings
    FROM written WHERE length(word) BETWEEN $3 AND $4 AND word !~ '^-|-$' GROUP BY 1
"""


async def take_new_words(conn: Connection, *, most: int = AT_ONCE) -> bool:
    """Take the words of listings that came since the last time; whether there may be more.

    Kept apart from publishing, which would wait for each word; until then a new word is found as it is typed, and only
    what resembles it is not. Edited and closed listings count anew once a day (`count_words`).
    """
    last = await fetch_value(conn, "SELECT last_id FROM known_word_count FOR UPDATE")
    ids = await fetch_records(
        conn,
        "SELECT post_id FROM listing WHERE post_id > $1 ORDER BY post_id LIMIT $2",
        last,
        most,
    )
    if not ids:
        return False
    upto = ids[-1]["post_id"]
    rows = await fetch_records(conn, _WORDS_OF, last, upto, SHORTEST, LONGEST)
    await _add(conn, ((row["word"], row["shown"], row["listings"]) for row in rows))
    await _mark_said(conn, last, upto)
    await execute(conn, "UPDATE known_word_count SET last_id = $1", upto)
    return len(ids) == most


async def _mark_said(conn: Connection, after: int, upto: int) -> None:
    """What these listings are called is found from now on; what none has any more, `everyday_words.mark_found` sees."""
    await execute(
        conn,
        """
        UPDATE everyday_word w SET found = true WHERE NOT found AND EXISTS (
            SELECT FROM listing l WHERE l.post_id > $1 AND l.post_id <= $2 AND l.search @@ w.match::tsquery)
        """,
        after,
        upto,
    )


async def count_words(conn: Connection) -> int:
    """Count all words anew and forget those that no open listing has any more; how many were forgotten.

    A step of a count takes some listings, and its last one puts what was counted in the place of what was: the words
    that are taken meanwhile are those of listings to which it comes.
    """
    last: int = await fetch_value(conn, "SELECT last_id FROM known_word_count FOR UPDATE")
    after = int(await sweep_positions.find(conn, "known_word") or 0)
    [step] = await fetch_records(
        conn,
        """
        SELECT coalesce(max(post_id), $1) AS upto, count(*) AS many
        FROM (SELECT post_id FROM listing WHERE post_id > $1 ORDER BY post_id LIMIT $2) AS next
        """,
        after,
        COUNTED_AT_ONCE,
    )
    rows = await fetch_records(conn, _WORDS_OF, after, step["upto"], SHORTEST, LONGEST)
    await _count(conn, ((row["word"], row["shown"], row["listings"]) for row in rows))
    full = step["many"] == COUNTED_AT_ONCE
    await sweep_positions.go_on(conn, "known_word", str(step["upto"]) if full else None)
    if full:
        return 0
    await _mark_said(conn, last, step["upto"])
    return await _end_count(conn, step["upto"])


async def _end_count(conn: Connection, upto: int) -> int:
    await execute(conn, "UPDATE known_word_count SET last_id = $1", upto)
    await execute(
        conn, "UPDATE known_word SET listings = counted, counted = 0 WHERE listings <> counted OR counted <> 0"
    )
    return await execute(conn, "DELETE FROM known_word WHERE listings = 0 AND NOT shipped")


async def save_shipped_words(conn: Connection, words: Iterable[str]) -> None:
    """The words of the shipped list are known too, whether a listing has them or not."""
    await execute(conn, "UPDATE known_word SET shipped = false")
    shown = {fold_word(word): word for word in words}
    await _add(conn, ((word, as_written, 0) for word, as_written in shown.items() if SHORTEST <= len(word) <= LONGEST))
    await execute(conn, "UPDATE known_word SET shipped = true WHERE word = ANY($1)", list(shown))
    await execute(conn, "DELETE FROM known_word WHERE listings = 0 AND counted = 0 AND NOT shipped")


async def _add(conn: Connection, rows: Iterable[Found]) -> None:
    await execute(
        conn,
        """
        INSERT INTO known_word AS k (word, shown, listings, letters, sound)
        SELECT * FROM unnest($1::text[], $2::text[], $3::int[], $4::text[], $5::text[])
        ON CONFLICT (word) DO UPDATE SET listings = k.listings + excluded.listings,
            shown = CASE WHEN excluded.listings > k.listings THEN excluded.shown ELSE k.shown END
        """,
        *_list_columns(rows),
    )


async def _count(conn: Connection, rows: Iterable[Found]) -> None:
    await execute(
        conn,
        """
        INSERT INTO known_word AS k (word, shown, listings, counted, letters, sound)
        SELECT word, shown, 0, counted, letters, sound
        FROM unnest($1::text[], $2::text[], $3::int[], $4::text[], $5::text[])
            AS found (word, shown, counted, letters, sound)
        ON CONFLICT (word) DO UPDATE SET counted = k.counted + excluded.counted,
            shown = CASE WHEN excluded.counted > k.counted THEN excluded.shown ELSE k.shown END
        """,
        *_list_columns(rows),
    )


def _list_columns(rows: Iterable[Found]) -> list[list[object]]:
    added = [(word, shown, listings, sort_letters(word), write_sound(word)) for word, shown, listings in rows]
    return [list(column) for column in zip(*added, strict=True)] or [[], [], [], [], []]
