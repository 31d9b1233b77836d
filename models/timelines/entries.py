"""A line of a timeline, which part of a timeline is asked for, and what narrows it."""

from collections.abc import Sequence
from dataclasses import dataclass

from models.ids import HIGHEST_ID
from models.store.database import Connection, fetch_all
from models.store.statements import Statement, fragment, name_values

ANYBODYS = """
    p.audience = 'network' AND p.deleted_at IS NULL AND p.in_reply_to_uri IS NULL AND a.suspended_at IS NULL
    AND a.limited_at IS NULL
"""
"""Which posts `p` of which actors `a` stand in public timelines, those of hashtags too."""

KNOWN_TO_READER = """
    a.id IS NOT DISTINCT FROM :reader_id OR coalesce((SELECT true FROM follow f
        WHERE f.follower_id = :reader_id AND f.followed_id = a.id AND f.state = 'accepted'), false)
"""
"""Whether the reader is the actor `a`, or follows her."""

KNOWN_IF_LIMITED = fragment("(a.limited_at IS NULL OR {known})", known=KNOWN_TO_READER)
"""What somebody limited publishes, `a`, is found by those alone who follow her."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEntry:
    """A line of a timeline: a post, or with `shared_by` its share, whose id is then `id`."""

    id: int
    post_id: int
    shared_by: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Keyset paging as Mastodon names it: `before` max_id, `since` since_id, `after` min_id.

    `since` is only a bound; `after` asks for the entries just above it.
    """

    before: int | None = None
    since: int | None = None
    after: int | None = None
    limit: int = 20

    @property
    def ceiling(self) -> int:
        """Entries are below this id."""
        return HIGHEST_ID if self.before is None else self.before

    @property
    def floor(self) -> int:
        """Entries are above this id."""
        return max(self.since or 0, self.after or 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class PostFilter:
    """Narrowing of public and author timelines; tags are folded."""

    local: bool = False
    remote: bool = False
    only_media: bool = False
    exclude_replies: bool = False
    exclude_shares: bool = False
    any_tags: tuple[str, ...] = ()
    all_tags: tuple[str, ...] = ()
    no_tags: tuple[str, ...] = ()


def both_ways(template: str, *rows: type, also: Sequence[str] = (), **parts: str) -> tuple[Statement, Statement]:
    """A statement from the newest to the oldest and the same upward: `{direction}` stands after what it sorts by.

    Values are those of a Page (`:ceiling`, `:floor`, `:limit`), of `rows` and those in `also`. Two statements and not
    one with the direction as a value: only a fixed ORDER BY is read off an index.
    """
    downward, upward = (
        name_values(template, Page, *rows, also=also, direction=direction, **parts) for direction in ("DESC", "ASC")
    )
    return downward, upward


async def fetch_entries(
    conn: Connection, statements: tuple[Statement, Statement], page: Page, *rows: object, **also: object
) -> list[TimelineEntry]:
    """Run the downward or the upward one of two statements (`both_ways`); always newest first.

    Bounds are numbers and never NULL, and filters that decide the plan have statements of their own, so that one
    prepared plan serves all calls.
    """
    downward, upward = statements
    statement = downward if page.after is None else upward
    found = await fetch_all(conn, TimelineEntry, statement.sql, *statement.args(page, *rows, **also))
    return found if page.after is None else found[::-1]
