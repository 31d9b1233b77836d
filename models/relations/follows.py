"""Who follows whom, asked or accepted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from models.ids import make_id
from models.store.database import Connection, execute, fetch_all, fetch_column, fetch_one, fetch_value

FollowState = Literal["pending", "accepted", "rejected"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Follow:
    """One relation; `uri` is the id of the Follow activity that made it."""

    id: int
    uri: str | None
    follower_id: int
    followed_id: int
    state: FollowState
    shares: bool
    notify: bool
    created_at: datetime
    answered_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFollow:
    """Somebody asks to follow, or follows from now on; fields as in Follow."""

    uri: str
    follower_id: int
    followed_id: int
    state: FollowState


async def save(conn: Connection, *, uri: str, follower_id: int, followed_id: int, state: FollowState) -> Follow:
    """Record a Follow. A repeated one keeps the relation, takes the newest id and loses no acceptance (AX1)."""
    new = NewFollow(uri=uri, follower_id=follower_id, followed_id=followed_id, state=state)
    [follow] = await save_many(conn, [new])
    return follow


async def save_many(conn: Connection, news: Sequence[NewFollow]) -> list[Follow]:
    """The same for several, in no order; no two are by the same of the same."""
    return await fetch_all(
        conn,
        Follow,
        """
        INSERT INTO follow (id, uri, follower_id, followed_id, state, answered_at)
        SELECT id, uri, follower_id, followed_id, state, CASE WHEN state = 'pending' THEN NULL ELSE now() END
        FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::bigint[], $5::text[])
            AS new (id, uri, follower_id, followed_id, state)
        ON CONFLICT (follower_id, followed_id) DO UPDATE SET uri = excluded.uri,
            state = CASE WHEN follow.state = 'accepted' THEN 'accepted' ELSE excluded.state END,
            answered_at = CASE WHEN follow.state = 'accepted' THEN follow.answered_at ELSE excluded.answered_at END
        RETURNING id, uri, follower_id, followed_id, state, shares, notify, created_at, answered_at
        """,
        [make_id() for _ in news],
        [new.uri for new in news],
        [new.follower_id for new in news],
        [new.followed_id for new in news],
        [new.state for new in news],
    )


async def find(conn: Connection, *, follower_id: int, followed_id: int) -> Follow | None:
    """The relation between two actors, in whatever state."""
    return await fetch_one(
        conn,
        Follow,
        """
        SELECT id, uri, follower_id, followed_id, state, shares, notify, created_at, answered_at
        FROM follow WHERE follower_id = $1 AND followed_id = $2
        """,
        follower_id,
        followed_id,
    )


async def find_by_uri(conn: Connection, uri: str) -> Follow | None:
    """The relation that this Follow activity made."""
    return await fetch_one(
        conn,
        Follow,
        """
        SELECT id, uri, follower_id, followed_id, state, shares, notify, created_at, answered_at
        FROM follow WHERE uri = $1
        """,
        uri,
    )


async def accept(conn: Connection, follow_id: int) -> bool:
    """The followed actor said yes. False when it was accepted already."""
    return bool(await accept_many(conn, [follow_id]))


async def accept_many(conn: Connection, follow_ids: Sequence[int]) -> list[int]:
    """The same for several follows; the ids of whom was not followed so before."""
    return await fetch_column(
        conn,
        """
        UPDATE follow SET state = 'accepted', answered_at = now() WHERE id = ANY($1) AND state <> 'accepted'
        RETURNING followed_id
        """,
        follow_ids,
    )


async def reject(conn: Connection, follow_id: int) -> bool:
    """The followed actor said no, now or after having said yes (AX3); the follower sees it as refused."""
    return bool(
        await execute(
            conn,
            "UPDATE follow SET state = 'rejected', answered_at = now() WHERE id = $1 AND state <> 'rejected'",
            follow_id,
        )
    )


async def remove(conn: Connection, *, follower_id: int, followed_id: int) -> bool:
    """Undo a follow. False when there was none."""
    return bool(await remove_many(conn, [(follower_id, followed_id)]))


async def remove_many(conn: Connection, pairs: Sequence[tuple[int, int]]) -> int:
    """Undo several, by who follows whom; how many there were."""
    return await execute(
        conn,
        """
        DELETE FROM follow f USING unnest($1::bigint[], $2::bigint[]) AS gone (follower_id, followed_id)
        WHERE f.follower_id = gone.follower_id AND f.followed_id = gone.followed_id
        """,
        [follower_id for follower_id, _ in pairs],
        [followed_id for _, followed_id in pairs],
    )


async def save_options(conn: Connection, follow_id: int, *, shares: bool, notify: bool) -> None:
    """Whether the follower sees what the followed share, and is told of each of their posts."""
    await execute(conn, "UPDATE follow SET shares = $2, notify = $3 WHERE id = $1", follow_id, shares, notify)


async def save_languages(conn: Connection, follow_id: int, languages: tuple[str, ...]) -> None:
    """In which languages the follower wants to read the followed; none named: in all of them."""
    await execute(conn, "UPDATE follow SET languages = $2 WHERE id = $1", follow_id, list(languages) or None)


async def list_followers(
    conn: Connection, actor_id: int, *, before: int | None = None, after: int | None = None, limit: int = 40
) -> list[Follow]:
    """Accepted followers, newest first, by keyset on the follow's id."""
    return await fetch_all(
        conn,
        Follow,
        """
        SELECT id, uri, follower_id, followed_id, state, shares, notify, created_at, answered_at
        FROM follow
        WHERE followed_id = $1 AND state = 'accepted' AND ($2::bigint IS NULL OR id < $2)
            AND ($3::bigint IS NULL OR id > $3)
        ORDER BY id DESC LIMIT $4
        """,
        actor_id,
        before,
        after,
        limit,
    )


async def list_following(
    conn: Connection, actor_id: int, *, before: int | None = None, after: int | None = None, limit: int = 40
) -> list[Follow]:
    """Whom an actor follows, accepted, newest first."""
    return await fetch_all(
        conn,
        Follow,
        """
        SELECT id, uri, follower_id, followed_id, state, shares, notify, created_at, answered_at
        FROM follow
        WHERE follower_id = $1 AND state = 'accepted' AND ($2::bigint IS NULL OR id < $2)
            AND ($3::bigint IS NULL OR id > $3)
        ORDER BY id DESC LIMIT $4
        """,
        actor_id,
        before,
        after,
        limit,
    )


async def list_asked(conn: Connection, actor_id: int) -> list[Follow]:
    """Whom an actor follows or has asked to follow, every state, newest first: so that nothing stays silent."""
    return await fetch_all(
        conn,
        Follow,
        """
        SELECT id, uri, follower_id, followed_id, state, shares, notify, created_at, answered_at
        FROM follow WHERE follower_id = $1 ORDER BY id DESC
        """,
        actor_id,
    )


async def list_requests(conn: Connection, actor_id: int) -> list[Follow]:
    """Who waits for this actor's yes, oldest first."""
    return await fetch_all(
        conn,
        Follow,
        """
        SELECT id, uri, follower_id, followed_id, state, shares, notify, created_at, answered_at
        FROM follow WHERE followed_id = $1 AND state = 'pending' ORDER BY id
        """,
        actor_id,
    )


async def list_local_followers(conn: Connection, actor_id: int) -> list[int]:
    """Row ids of our people who follow this actor, accepted."""
    return await fetch_column(
        conn,
        """
        SELECT f.follower_id FROM follow f JOIN actor a ON a.id = f.follower_id
        WHERE f.followed_id = $1 AND f.state = 'accepted' AND a.local
        """,
        actor_id,
    )


async def filter_followed_once(conn: Connection, actor_ids: Sequence[int]) -> list[int]:
    """Those of these actors whom one of our people follows, accepted, and no second one."""
    return await fetch_column(
        conn,
        """
        SELECT about.id FROM unnest($1::bigint[]) AS about (id)
        WHERE (SELECT count(*) FROM follow f JOIN actor a ON a.id = f.follower_id
            WHERE f.followed_id = about.id AND f.state = 'accepted' AND a.local) = 1
        ORDER BY about.id
        """,
        actor_ids,
    )


async def find_local_reader(conn: Connection, author_uri: str, addressees: list[str]) -> int | None:
    """Row id of one of our people whom something of this author is for: addressed, else an accepted follower."""
    found: int | None = await fetch_value(
        conn,
        """
        SELECT a.id FROM actor a
        WHERE a.local AND a.type IN ('Person', 'Organization') AND a.deleted_at IS NULL AND a.suspended_at IS NULL
            AND (a.uri = ANY($2) OR a.id IN (
                SELECT f.follower_id FROM follow f JOIN actor b ON b.id = f.followed_id
                WHERE b.uri = $1 AND f.state = 'accepted'))
        ORDER BY a.uri = ANY($2) DESC, a.id LIMIT 1
        """,
        author_uri,
        addressees,
    )
    return found


async def is_followed_locally(conn: Connection, actor_uri: str) -> bool:
    """Does anybody here follow this actor? Then every post of theirs is kept."""
    return bool(
        await fetch_value(
            conn,
            """
            SELECT EXISTS (
                SELECT FROM follow f JOIN actor a ON a.id = f.follower_id JOIN actor b ON b.id = f.followed_id
                WHERE b.uri = $1 AND f.state = 'accepted' AND a.local)
            """,
            actor_uri,
        )
    )


async def is_follower(conn: Connection, *, follower_id: int, followed_id: int) -> bool:
    """Is this an accepted follower?"""
    return bool(
        await fetch_value(
            conn,
            "SELECT EXISTS (SELECT FROM follow WHERE follower_id = $1 AND followed_id = $2 AND state = 'accepted')",
            follower_id,
            followed_id,
        )
    )
