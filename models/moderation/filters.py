"""Filters that the cooperative sets, and what they find in a text: what is held, and what is only told to the team."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from models.errors import Invalid, NotFound
from models.ids import make_id
from models.moderation.filter_patterns import Matcher, build_matcher, find_matches, read_line
from models.store.database import Connection, Record, execute, fetch_all, fetch_one, fetch_records

FilterAction = Literal["hold", "tell"]

NAME_LIMIT = 60

MOST_FILTERS = 200
MOST_LINES_TOGETHER = 2_000
MOST_STARS = 300
"""Bounds for all filters together, and for words with `*` in them: each text is held against all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModerationRule:
    """What a filter is called, looks for and does: hold what it finds, or only tell the team.

    `on_local` is what our members publish, `on_remote` what comes from elsewhere.
    """

    name: str
    patterns: tuple[str, ...]
    action: FilterAction
    on_local: bool
    on_remote: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ModerationFilter(ModerationRule):
    """A filter, since when it stands, and how often it found something; paused it finds nothing."""

    id: int
    created_at: datetime
    changed_at: datetime
    paused_at: datetime | None
    matched: int
    matched_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterMatch:
    """What a filter found. `key` is the same for the same words in another version."""

    filter_id: int
    name: str
    action: FilterAction
    words: str

    @property
    def key(self) -> str:
        """What is noted of it where it is released."""
        return f"{self.filter_id}:{self.words}"


async def list_all(conn: Connection) -> list[ModerationFilter]:
    """All filters by name."""
    return await fetch_all(
        conn,
        ModerationFilter,
        """
        SELECT id, name, patterns, action, on_local, on_remote, created_at, changed_at, paused_at, matched, matched_at
        FROM moderation_filter ORDER BY lower(name), id
        """,
    )


async def get(conn: Connection, id: int) -> ModerationFilter:
    """One filter. Raises NotFound."""
    found = await fetch_one(
        conn,
        ModerationFilter,
        """
        SELECT id, name, patterns, action, on_local, on_remote, created_at, changed_at, paused_at, matched, matched_at
        FROM moderation_filter WHERE id = $1
        """,
        id,
    )
    if found is None:
        raise NotFound
    return found


async def save(conn: Connection, rule: ModerationRule, id: int | None = None) -> int:
    """A new filter, or another rule for one; its id. Raises Invalid for too many, NotFound for one that is gone."""
    await execute(conn, "SELECT pg_advisory_xact_lock(hashtext('declic.moderation_filter'))")
    _require_room([one for one in await list_all(conn) if one.id != id], rule)
    if id is not None:
        await get(conn, id)
    made = make_id() if id is None else id
    await execute(
        conn,
        """
        INSERT INTO moderation_filter (id, name, patterns, action, on_local, on_remote)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (id) DO UPDATE SET name = excluded.name, patterns = excluded.patterns, action = excluded.action,
            on_local = excluded.on_local, on_remote = excluded.on_remote, changed_at = now()
        """,
        made,
        rule.name,
        list(rule.patterns),
        rule.action,
        rule.on_local,
        rule.on_remote,
    )
    return made


def _require_room(others: list[ModerationFilter], rule: ModerationRule) -> None:
    lines = [line for one in (*others, rule) for line in one.patterns]
    if len(others) >= MOST_FILTERS or len(lines) > MOST_LINES_TOGETHER:
        raise Invalid("too_many_filters_here", most=MOST_FILTERS, lines=MOST_LINES_TOGETHER, field="patterns")
    if sum("*" in step.word for line in lines for step in read_line(line)) > MOST_STARS:
        raise Invalid("too_many_filter_stars", most=MOST_STARS, field="patterns")


async def pause(conn: Connection, id: int, *, paused: bool) -> None:
    """It finds nothing for a while, or does again. Raises NotFound."""
    await get(conn, id)
    await execute(
        conn, "UPDATE moderation_filter SET paused_at = CASE WHEN $2 THEN now() END WHERE id = $1", id, paused
    )


async def delete(conn: Connection, id: int) -> None:
    """The filter is gone; what it held waits still."""
    await execute(conn, "DELETE FROM moderation_filter WHERE id = $1", id)


@dataclass(frozen=True, slots=True)
class FiltersInForce:
    """All filters that look at what members publish, or at what comes from elsewhere, ready for any text."""

    rows: dict[int, Record]
    matcher: Matcher | None

    def match(self, texts: Iterable[str]) -> list[FilterMatch]:
        """What they find in these texts of one post."""
        if self.matcher is None:
            return []
        return [
            FilterMatch(
                filter_id=one.filter_id,
                name=self.rows[one.filter_id]["name"],
                action=self.rows[one.filter_id]["action"],
                words=one.words,
            )
            for one in find_matches(self.matcher, texts)
        ]


async def match(conn: Connection, texts: Iterable[str], *, local: bool) -> list[FilterMatch]:
    """What the filters that are in force find in these texts of one post."""
    return (await load_in_force(conn, local=local)).match(texts)


async def load_in_force(conn: Connection, *, local: bool) -> FiltersInForce:
    """The filters that are in force."""
    rows = await fetch_records(
        conn,
        """
        SELECT id, name, patterns, action FROM moderation_filter
        WHERE paused_at IS NULL AND CASE WHEN $1 THEN on_local ELSE on_remote END ORDER BY id
        """,
        local,
    )
    matcher = build_matcher(tuple((row["id"], tuple(row["patterns"])) for row in rows)) if rows else None
    return FiltersInForce({row["id"]: row for row in rows}, matcher)


async def count_matches(conn: Connection, ids: Iterable[int]) -> None:
    """These filters found something now."""
    await execute(
        conn,
        "UPDATE moderation_filter SET matched = matched + 1, matched_at = now() WHERE id = ANY($1)",
        sorted(ids),
    )


async def note(conn: Connection, case_id: int, words: str) -> None:
    """Write down in a case what was found and not held, as a note that nobody of the team wrote."""
    await execute(
        conn, "INSERT INTO moderation_note (id, case_id, words) VALUES ($1, $2, $3)", make_id(), case_id, words
    )
