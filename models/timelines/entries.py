"""A line of a timeline, which part of a timeline is asked for, and what narrows it."""

from dataclasses import dataclass

from models.database import Connection, fetch_all
from models.ids import HIGHEST_ID

ANYBODYS = """
    p.audience = 'network' AND p.deleted_at IS NULL AND p.in_reply_to_uri IS NULL AND a.suspended_at IS NULL
"""
"""Which posts `p` of which actors `a` stand in public timelines, those of hashtags too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
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


def turn_round(statement: str) -> str:
    """The same statement from the oldest to the newest.

    Two statements and not one with the direction as a parameter: only a fixed ORDER BY is read off an index.
    """
    return statement.replace(" DESC", " ASC")


async def fetch_entries(conn: Connection, statements: tuple[str, str], page: Page, *args: object) -> list[Entry]:
    """Run the downward or the upward one of two statements; always newest first.

    Every statement takes `$1` the ceiling, `$2` the floor, `$3` the limit, then `args`. Bounds are numbers and never
    NULL, and filters that decide the plan have statements of their own, so that one prepared plan serves all calls.
    """
    downward, upward = statements
    statement = downward if page.after is None else upward
    rows = await fetch_all(conn, Entry, statement, page.ceiling, page.floor, page.limit, *args)
    return rows if page.after is None else rows[::-1]
