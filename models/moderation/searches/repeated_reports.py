"""The same person reports the same thing again: it is added to what she reported first, while that waits."""

from collections.abc import Sequence
from typing import Any

from models.moderation.reports import COLUMNS, CONTENT_LIMIT, Report
from models.store.database import Connection, fetch_one
from models.store.statements import compose

_OF_MEMBER = compose(
    """
    SELECT {columns} FROM report
    WHERE reporter_id = $1 AND local AND closed_at IS NULL AND target_id IS NOT DISTINCT FROM $2
        AND object_uris @> $3::text[]
    ORDER BY id LIMIT 1
    """,
    columns=COLUMNS,
)

_OF_VISITOR = compose(
    """
    SELECT {columns} FROM report
    WHERE lower(reporter_email) = lower($1) AND closed_at IS NULL AND target_id IS NOT DISTINCT FROM $2
        AND object_uris @> $3::text[]
    ORDER BY id LIMIT 1
    """,
    columns=COLUMNS,
)

_ADD = compose(
    """
    UPDATE report SET times = times + 1, changed_at = now(), said_at = clock_timestamp(),
        rules = (SELECT coalesce(jsonb_agg(one ORDER BY one -> 'number'), '[]')
            FROM (SELECT DISTINCT one FROM jsonb_array_elements(rules || $3::jsonb) AS one) AS named),
        content = CASE WHEN $2 = '' OR strpos(content, $2) > 0 THEN content
            ELSE concat_ws(E'\\n\\n', nullif(content, ''), $2) END
    WHERE id = $1 AND closed_at IS NULL RETURNING {columns}
    """,
    columns=COLUMNS,
)


async def find_repeated(
    conn: Connection, reporter_id: int | None, email: str | None, target_id: int | None, uris: Sequence[str]
) -> Report | None:
    """What this member, or the visitor with this address, reported of all this already, and nobody settled yet."""
    if reporter_id is not None:
        return await fetch_one(conn, Report, _OF_MEMBER, reporter_id, target_id, list(uris))
    if email:
        return await fetch_one(conn, Report, _OF_VISITOR, email, target_id, list(uris))
    return None


async def add_words(
    conn: Connection, held: Report, content: str, rules: Sequence[dict[str, Any]] = ()
) -> Report | None:
    """What she says now, and the rules that she names, stand below what she said.

    None where there is no room for it, or somebody settled it.
    """
    if len(held.content) + len(content) + 2 > CONTENT_LIMIT:
        return None
    return await fetch_one(conn, Report, _ADD, held.id, content, list(rules))
