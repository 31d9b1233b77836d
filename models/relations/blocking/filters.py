"""What a member does not want to read: filters with their words and single posts, and when they end."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from models.errors import Invalid, NotFound
from models.ids import make_id
from models.people import accounts
from models.store.background import stream_events
from models.store.database import Connection, Record, execute, fetch_records, fetch_value
from models.store.statements import compose

Context = Literal["home", "notifications", "public", "thread", "account"]
"""Where a filter is in force; lists count as home."""

FilterAction = Literal["warn", "hide", "blur"]
"""Fold the status, leave it out, or only cover its pictures (Mastodon 4.4)."""

MOST_FILTERS = 50
MOST_KEYWORDS = 300
MOST_POSTS = 300
"""Bounds for all filters of one member together: each status that she reads is held against all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyword:
    """Words to look for, as a whole or anywhere."""

    id: int
    filter_id: int
    keyword: str
    whole_word: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FilteredPost:
    """A single post that is filtered, whatever it says."""

    id: int
    filter_id: int
    post_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterRule:
    """What a filter is called, where it is in force, what it does, and until when (None: for good)."""

    title: str
    context: list[Context]
    action: FilterAction
    expires_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter(FilterRule):
    """A filter with all that it looks for."""

    id: int
    keywords: tuple[Keyword, ...]
    posts: tuple[FilteredPost, ...]


_FILTERS = """
    SELECT f.actor_id, f.id, f.title, f.context, f.action, f.expires_at,
        (SELECT coalesce(jsonb_agg(jsonb_build_object('id', k.id, 'filter_id', f.id, 'keyword', k.keyword,
            'whole_word', k.whole_word) ORDER BY k.id), '[]')
            FROM filter_keyword k WHERE k.filter_id = f.id) AS keywords,
        (SELECT coalesce(jsonb_agg(jsonb_build_object('id', s.id, 'filter_id', f.id, 'post_id', s.post_id)
            ORDER BY s.id), '[]') FROM filter_status s WHERE s.filter_id = f.id) AS posts
    FROM filter f
"""

# $1 whose, $2 only this one.
_FILTERS_OF_ONE = compose(
    "{filters} WHERE f.actor_id = $1 AND ($2::bigint IS NULL OR f.id = $2) ORDER BY f.id", filters=_FILTERS
)

_IN_FORCE = compose(
    "{filters} WHERE f.actor_id = ANY($1) AND (f.expires_at IS NULL OR f.expires_at > now()) ORDER BY f.id",
    filters=_FILTERS,
)


async def list_all(conn: Connection, actor_id: int) -> list[Filter]:
    """All of somebody's filters, also those whose time is over: they can be given more."""
    return [_read(row) for row in await fetch_records(conn, _FILTERS_OF_ONE, actor_id, None)]


async def list_in_force(conn: Connection, actor_ids: list[int]) -> dict[int, list[Filter]]:
    """The filters that are in force now of each of these people who has some."""
    found: dict[int, list[Filter]] = {}
    for row in await fetch_records(conn, _IN_FORCE, actor_ids):
        found.setdefault(row["actor_id"], []).append(_read(row))
    return found


async def get(conn: Connection, actor_id: int, id: int | None) -> Filter:
    """One of somebody's filters. Raises NotFound, for other people's too."""
    rows = await fetch_records(conn, _FILTERS_OF_ONE, actor_id, -1 if id is None else id)
    if not rows:
        raise NotFound
    return _read(rows[0])


async def get_by_part(conn: Connection, actor_id: int, id: int | None) -> Filter:
    """The filter of somebody's with the keyword or single post of this id. Raises NotFound."""
    filter_id = await fetch_value(
        conn,
        """
        SELECT filter_id FROM filter_keyword WHERE id = $1
        UNION ALL SELECT filter_id FROM filter_status WHERE id = $1
        """,
        id,
    )
    return await get(conn, actor_id, filter_id)


def _read(row: Record) -> Filter:
    values: dict[str, Any] = {name: value for name, value in row.items() if name != "actor_id"}
    values["keywords"] = tuple(Keyword(**value) for value in row["keywords"])
    values["posts"] = tuple(FilteredPost(**value) for value in row["posts"])
    return Filter(**values)


async def create(conn: Connection, actor_id: int, rule: FilterRule) -> Filter:
    """A new filter that does not look for anything yet. Raises Invalid for too many."""
    await accounts.lock_account(conn, actor_id)
    if await fetch_value(conn, "SELECT count(*) FROM filter WHERE actor_id = $1", actor_id) >= MOST_FILTERS:
        raise Invalid("too_many_filters", most=MOST_FILTERS)
    id = make_id()
    await execute(
        conn,
        "INSERT INTO filter (id, actor_id, title, context, action, expires_at) VALUES ($1, $2, $3, $4, $5, $6)",
        id,
        actor_id,
        rule.title,
        rule.context,
        rule.action,
        rule.expires_at,
    )
    await stream_events.record(conn, "filters", actor_id)
    return await get(conn, actor_id, id)


async def save(conn: Connection, actor_id: int, id: int, rule: FilterRule) -> None:
    """Change what a filter of this member does; what it looks for stays."""
    await execute(
        conn,
        "UPDATE filter SET title = $3, context = $4, action = $5, expires_at = $6 WHERE id = $1 AND actor_id = $2",
        id,
        actor_id,
        rule.title,
        rule.context,
        rule.action,
        rule.expires_at,
    )
    await stream_events.record(conn, "filters", actor_id)


async def delete(conn: Connection, actor_id: int, id: int) -> None:
    """Give a filter of this member up."""
    await execute(conn, "DELETE FROM filter WHERE id = $1 AND actor_id = $2", id, actor_id)
    await stream_events.record(conn, "filters", actor_id)


async def add_keyword(conn: Connection, actor_id: int, filter_id: int, keyword: str, *, whole_word: bool) -> Keyword:
    """Look for these words too. Raises Invalid for too many."""
    await accounts.lock_account(conn, actor_id)
    held: int = await fetch_value(
        conn,
        "SELECT count(*) FROM filter_keyword k JOIN filter f ON f.id = k.filter_id WHERE f.actor_id = $1",
        actor_id,
    )
    if held >= MOST_KEYWORDS:
        raise Invalid("too_many_filter_keywords", most=MOST_KEYWORDS)
    made = Keyword(id=make_id(), filter_id=filter_id, keyword=keyword, whole_word=whole_word)
    await execute(
        conn,
        "INSERT INTO filter_keyword (id, filter_id, keyword, whole_word) VALUES ($1, $2, $3, $4)",
        made.id,
        filter_id,
        keyword,
        whole_word,
    )
    await stream_events.record(conn, "filters", actor_id)
    return made


async def save_keyword(conn: Connection, actor_id: int, changed: Keyword) -> None:
    """Look for other words instead."""
    await execute(
        conn,
        "UPDATE filter_keyword SET keyword = $2, whole_word = $3 WHERE id = $1",
        changed.id,
        changed.keyword,
        changed.whole_word,
    )
    await stream_events.record(conn, "filters", actor_id)


async def add_post(conn: Connection, actor_id: int, filter_id: int, post_id: int) -> FilteredPost:
    """Filter this post too; again changes nothing. Raises Invalid for too many."""
    await accounts.lock_account(conn, actor_id)
    held: int = await fetch_value(
        conn,
        "SELECT count(*) FROM filter_status s JOIN filter f ON f.id = s.filter_id WHERE f.actor_id = $1",
        actor_id,
    )
    if held >= MOST_POSTS:
        raise Invalid("too_many_filter_statuses", most=MOST_POSTS)
    await execute(
        conn,
        """
        INSERT INTO filter_status (id, filter_id, post_id) VALUES ($1, $2, $3)
        ON CONFLICT (filter_id, post_id) DO NOTHING
        """,
        make_id(),
        filter_id,
        post_id,
    )
    await stream_events.record(conn, "filters", actor_id)
    return next(one for one in (await get(conn, actor_id, filter_id)).posts if one.post_id == post_id)


async def remove_part(conn: Connection, actor_id: int, id: int) -> None:
    """Look no longer for the keyword or single post with this id; whose it is, the caller has checked."""
    await execute(conn, "DELETE FROM filter_keyword WHERE id = $1", id)
    await execute(conn, "DELETE FROM filter_status WHERE id = $1", id)
    await stream_events.record(conn, "filters", actor_id)
