"""Marking rows as gone, whatever else is still tied to them: no list may show them, be the rest cleared or not."""

from typing import Literal

from models.people.actors import Actor
from models.posts import Post
from models.store.database import Connection, execute

Column = Literal["deleted_at", "suspended_at"]

GONE: tuple[Column, ...] = ("deleted_at", "suspended_at")

_MARK = {
    "deleted_at": "UPDATE actor SET deleted_at = now() WHERE id = $1",
    "suspended_at": "UPDATE actor SET suspended_at = now() WHERE id = $1",
}


async def mark_gone(conn: Connection, actor: Actor, column: Column = "deleted_at") -> None:
    """This account is gone, or kept out."""
    await execute(conn, _MARK[column], actor.id)


async def mark_back(conn: Connection, actor: Actor) -> None:
    """It is there again."""
    await execute(conn, "UPDATE actor SET deleted_at = NULL, suspended_at = NULL WHERE id = $1", actor.id)


async def mark_deleted(conn: Connection, post: Post) -> None:
    """Its author took this post back."""
    await execute(conn, "UPDATE post SET deleted_at = now() WHERE id = $1", post.id)
