"""Messages as those read them for whom they are: without their own names in front."""

from collections.abc import Collection, Iterable
from dataclasses import replace

from federation.texts.mentions import address_people, strip_mentions
from models import posts
from models.posts import Post
from models.store.database import Connection

HEAD = 3000
"""Characters in which a name in front would stand."""


async def load_messages(conn: Connection, ids: Collection[int]) -> dict[int, Post]:
    """The living posts with these ids, by id, as those read them for whom they are. Checks no audience."""
    if not ids:
        return {}
    shown = await strip_leading_mentions(conn, await posts.list_by_ids(conn, sorted(ids)))
    return {post.id: post for post in shown}


async def strip_leading_mentions(conn: Connection, written: Iterable[Post]) -> list[Post]:
    """These posts in their order, each without the names of those to whom it is said at its head: one read for all."""
    shown = list(written)
    named = [post.id for post in shown if "@" in post.content[:HEAD]]
    people = await posts.list_addressed(conn, named) if named else {}
    return [
        replace(post, content=strip_mentions(post.content, address_people(people[post.id])))
        if post.id in people
        else post
        for post in shown
    ]
