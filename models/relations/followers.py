"""Followers as two servers compare them: those of one of ours at one origin, and ours of somebody elsewhere."""

from dataclasses import dataclass
from datetime import datetime

from models.relations.follows import FollowState
from models.store.database import Connection, execute, fetch_all, fetch_column


@dataclass(frozen=True, slots=True, kw_only=True)
class OurFollower:
    """Somebody of ours who follows, or asked to follow, an actor elsewhere."""

    actor_id: int
    uri: str
    state: FollowState
    answered_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowersAtOrigin:
    """Ids of the accepted followers of an actor at one server."""

    origin: str
    uris: list[str]


async def list_by_origin(conn: Connection, actor_id: int) -> list[FollowersAtOrigin]:
    """The accepted followers of an actor elsewhere, by the origin of their ids: `https://host`, with its port.

    Their ids are looked up first, so that no plan goes through all actors for each of them.
    """
    return await fetch_all(
        conn,
        FollowersAtOrigin,
        """
        SELECT substring(a.uri FROM '^[a-z]+://[^/]+') AS origin, array_agg(a.uri) AS uris FROM actor a
        WHERE a.id = ANY (ARRAY(SELECT follower_id FROM follow WHERE followed_id = $1 AND state = 'accepted'))
            AND NOT a.local AND a.deleted_at IS NULL
        GROUP BY 1 HAVING substring(a.uri FROM '^[a-z]+://[^/]+') IS NOT NULL
        """,
        actor_id,
    )


async def list_at_origin(conn: Connection, actor_id: int, origin: str) -> list[str]:
    """Ids of the accepted followers of an actor whose id is of this origin, in no order."""
    return await fetch_column(
        conn,
        """
        SELECT a.uri FROM actor a
        WHERE a.id = ANY (ARRAY(SELECT follower_id FROM follow WHERE followed_id = $1 AND state = 'accepted'))
            AND NOT a.local AND a.deleted_at IS NULL AND starts_with(a.uri, $2 || '/')
        """,
        actor_id,
        origin,
    )


async def list_ours(conn: Connection, actor_id: int) -> list[OurFollower]:
    """Our living people who follow this actor or have asked to, in every state."""
    return await fetch_all(
        conn,
        OurFollower,
        """
        SELECT a.id AS actor_id, a.uri, f.state, f.answered_at FROM follow f JOIN actor a ON a.id = f.follower_id
        WHERE f.followed_id = $1 AND a.local AND a.deleted_at IS NULL
        """,
        actor_id,
    )


async def end_refused(conn: Connection, actor_id: int, follower_ids: list[int]) -> int:
    """The actor's own server does not count these of ours as followers: they see it as refused. How many."""
    return await execute(
        conn,
        """
        UPDATE follow SET state = 'rejected', answered_at = now()
        WHERE followed_id = $1 AND follower_id = ANY($2::bigint[]) AND state = 'accepted'
        """,
        actor_id,
        follower_ids,
    )


async def confirm(conn: Connection, actor_id: int, follower_ids: list[int]) -> int:
    """The actor's own server counts these of ours as followers: the Accept was lost. How many."""
    return await execute(
        conn,
        """
        UPDATE follow SET state = 'accepted', answered_at = now()
        WHERE followed_id = $1 AND follower_id = ANY($2::bigint[]) AND state = 'pending'
        """,
        actor_id,
        follower_ids,
    )


async def list_followed_among(conn: Connection, follower_id: int, actor_ids: list[int]) -> set[int]:
    """Those of these actors whom somebody follows."""
    return set(
        await fetch_column(
            conn,
            "SELECT followed_id FROM follow WHERE follower_id = $1 AND followed_id = ANY($2) AND state = 'accepted'",
            follower_id,
            actor_ids,
        )
    )
