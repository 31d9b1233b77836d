"""Posts that wait for a look before they appear, and new versions of posts that do.

A filter found something, or it is one of a new member's first. A post without a draft was never published: nobody but
its author and the team reads it, nothing about it is sent or told (`unpublished_posts`), also after it was refused,
until it appears. With a draft the post stands as it was.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, TypeVar

import msgspec

from models.moderation import cases
from models.moderation.deciders import HERS
from models.news import staff_notifications
from models.news.staff_notifications import Topic
from models.people.roles import RIGHTS
from models.store.database import Connection, execute, fetch_all, fetch_column, fetch_one, fetch_value
from models.store.statements import compose, fragment

HeldReason = Literal["first", "filter"]

Draft = TypeVar("Draft")

OVERDUE = timedelta(days=3)
"""After so long those who administer are told that nobody answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldPost:
    """What waits since `held_at`, as it is since `changed_at`. `matched` is what was found, in words for the team;
    `draft` a version to come.
    """

    post_id: int
    author_id: int
    local: bool
    case_id: int | None
    reason: HeldReason
    matched: str
    keys: list[str]
    held_at: datetime
    changed_at: datetime
    draft: dict[str, Any] | None

    @property
    def version(self) -> str:
        """Another one as soon as something else waits: whoever decides says which she read."""
        return self.changed_at.isoformat()


@dataclass(frozen=True, slots=True, kw_only=True)
class NewHold:
    """Why a post is held; with a `draft` its new version alone. What `was_public` is not new once it is shown again."""

    reason: HeldReason
    matched: str = ""
    keys: tuple[str, ...] = ()
    draft: dict[str, Any] | None = None
    was_public: bool = False


def write_draft(draft: object) -> dict[str, Any]:
    """A draft as it waits in the database; `read_draft` reads it."""
    written: dict[str, Any] = msgspec.to_builtins(draft)
    return written


def read_draft(kept: dict[str, Any], kind: type[Draft]) -> Draft:
    """What `write_draft` wrote."""
    return msgspec.convert(kept, kind, strict=False)


async def hold(conn: Connection, post_id: int, case_id: int, new: NewHold) -> None:
    """It waits, with what is found now; since when stays, and a later draft takes the place of an earlier one."""
    await execute(
        conn,
        """
        INSERT INTO held_post (post_id, case_id, reason, matched, keys, draft) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (post_id) DO UPDATE SET case_id = excluded.case_id, matched = excluded.matched,
            keys = excluded.keys, changed_at = clock_timestamp(),
            draft = CASE WHEN held_post.draft IS NOT NULL THEN excluded.draft END
        """,
        post_id,
        case_id,
        new.reason,
        new.matched,
        list(new.keys),
        new.draft,
    )
    if new.draft is None:
        await execute(conn, "UPDATE post SET hidden_at = now() WHERE id = $1 AND hidden_at IS NULL", post_id)
    if new.draft is None and not new.was_public:
        await execute(
            conn,
            """
            INSERT INTO unpublished_post (post_id) SELECT id FROM post WHERE id = $1 AND local ON CONFLICT DO NOTHING
            """,
            post_id,
        )


async def note_change(conn: Connection, post_id: int) -> None:
    """What waits itself says something else now, be it nothing that would be held."""
    await execute(conn, "UPDATE held_post SET changed_at = clock_timestamp() WHERE post_id = $1", post_id)


async def find(conn: Connection, post_id: int) -> HeldPost | None:
    """What waits of this post, unless its author took it back."""
    return await fetch_one(
        conn,
        HeldPost,
        """
        SELECT h.post_id, p.author_id, p.local, h.case_id, h.reason, h.matched, h.keys, h.held_at, h.changed_at, h.draft
        FROM held_post h JOIN post p ON p.id = h.post_id WHERE h.post_id = $1 AND p.deleted_at IS NULL
        """,
        post_id,
    )


async def lock(conn: Connection, post_id: int) -> HeldPost | None:
    """The same, kept from changing until the transaction ends."""
    await execute(conn, "SELECT FROM held_post WHERE post_id = $1 FOR UPDATE", post_id)
    return await find(conn, post_id)


async def map_own(conn: Connection, author_id: int | None, post_ids: list[int]) -> dict[int, HeldPost]:
    """What waits of these posts of one author, by their ids."""
    if author_id is None:
        return {}
    found = await fetch_all(
        conn,
        HeldPost,
        """
        SELECT h.post_id, p.author_id, p.local, h.case_id, h.reason, h.matched, h.keys, h.held_at, h.changed_at, h.draft
        FROM held_post h JOIN post p ON p.id = h.post_id
        WHERE h.post_id = ANY($1) AND p.author_id = $2 AND p.deleted_at IS NULL
        """,
        post_ids,
        author_id,
    )
    return {one.post_id: one for one in found}


_WAITING = fragment(
    """
    FROM held_post h JOIN post p ON p.id = h.post_id
    WHERE p.deleted_at IS NULL
        AND NOT EXISTS (SELECT FROM concerned x WHERE x.about_id = p.author_id AND x.actor_id = $1)
        AND CASE WHEN $3::bigint IS NULL THEN {hers} ELSE h.case_id = $3 END
    """,
    hers=fragment(HERS, case_id="h.case_id", reader="$1"),
)
"""Of one case whoever steps aside still reads it."""

_LIST_WAITING = compose(
    """
    SELECT h.post_id, p.author_id, p.local, h.case_id, h.reason, h.matched, h.keys, h.held_at, h.changed_at, h.draft
    {waiting} AND ($4::bigint IS NULL
        OR (h.held_at, h.post_id) > (SELECT held_at, post_id FROM held_post WHERE post_id = $4))
    ORDER BY h.held_at, h.post_id LIMIT $5
    """,
    waiting=_WAITING,
)

_COUNT_WAITING = compose("SELECT count(*) {waiting}", waiting=_WAITING)


async def list_waiting(
    conn: Connection, reader_id: int, *, after: int | None = None, case_id: int | None = None, limit: int
) -> list[HeldPost]:
    """What waits, of one case or all that are hers, from what waits longest, but nothing that concerns the reader;
    after this post.
    """
    return await fetch_all(conn, HeldPost, _LIST_WAITING, reader_id, sorted(RIGHTS["reports"]), case_id, after, limit)


async def count_waiting(conn: Connection, reader_id: int, *, case_id: int | None = None) -> int:
    """How much of that waits."""
    found: int = await fetch_value(conn, _COUNT_WAITING, reader_id, sorted(RIGHTS["reports"]), case_id)
    return found


async def count_of_case(conn: Connection, case_id: int) -> int:
    """How much of one person waits."""
    found: int = await fetch_value(conn, "SELECT count(*) FROM held_post WHERE case_id = $1", case_id)
    return found


async def count_published(conn: Connection, author_id: int, most: int) -> int:
    """How much somebody has published that did not have to wait, or was released; counted up to `most`."""
    found: int = await fetch_value(
        conn,
        """
        SELECT count(*) FROM (
            SELECT FROM post WHERE author_id = $1 AND kind IN ('listing', 'note') AND audience <> 'direct'
                AND hidden_at IS NULL LIMIT $2) AS published
        """,
        author_id,
        most,
    )
    return found


async def list_released(conn: Connection, post_id: int) -> set[str]:
    """What was found in this post and released."""
    return set(await fetch_column(conn, "SELECT key FROM released_match WHERE post_id = $1", post_id))


async def settle(conn: Connection, held: HeldPost, *, released: bool) -> bool:
    """It waits no more, and what was `released` in it holds it no more. False where that was so already."""
    if not await execute(conn, "DELETE FROM held_post WHERE post_id = $1", held.post_id):
        return False
    await execute(
        conn,
        """
        INSERT INTO released_match (post_id, key) SELECT $1, key FROM unnest($2::text[]) AS key
        ON CONFLICT DO NOTHING
        """,
        held.post_id,
        held.keys if released else [],
    )
    return True


async def forget(
    conn: Connection, *, post_id: int | None = None, author_id: int | None = None, drafts_only: bool = False
) -> None:
    """What waits of this post, or of all of this author, was taken back: no words of it stay, and nobody need look.

    With `drafts_only` a later version took the place of one that waited.
    """
    case_ids = await fetch_column(
        conn,
        """
        DELETE FROM held_post h USING post p
        WHERE p.id = h.post_id AND (p.id = $1 OR p.author_id = $2) AND (h.draft IS NOT NULL OR NOT $3)
        RETURNING h.case_id
        """,
        post_id,
        author_id,
        drafts_only,
    )
    for case_id in {id for id in case_ids if id is not None}:
        await forget_news(conn, case_id)
        await cases.close_settled(conn, case_id)


async def forget_news(conn: Connection, case_id: int) -> None:
    """The team is told no more that posts of this person wait, if none does."""
    if not await count_of_case(conn, case_id):
        await staff_notifications.forget_topic(conn, "held_post", Topic(case_id=case_id))


async def claim_overdue(conn: Connection) -> list[int]:
    """The cases of what nobody answered for OVERDUE and nobody was told of: told now."""
    return await fetch_column(
        conn,
        """
        WITH told AS (
            UPDATE held_post h SET escalated_at = now() FROM post p
            WHERE p.id = h.post_id AND p.deleted_at IS NULL AND h.escalated_at IS NULL
                AND h.held_at < now() - $1::interval
            RETURNING h.case_id
        )
        SELECT DISTINCT case_id FROM told WHERE case_id IS NOT NULL
        """,
        OVERDUE,
    )
