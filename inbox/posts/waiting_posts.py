"""What unknown hosts publish: kept for whoever has its address, within limits, and in no list (`waiting_posts`)."""

import orjson

from inbox.errors import Ignored, NoRoom
from models import posts
from models.people.actors import Actor
from models.posts import NewPost, Post
from models.servers import waiting_posts
from models.store.database import Connection
from models.traffic.inbound.incoming_context import IncomingContext


def has_to_wait(new: NewPost, arrival: IncomingContext) -> bool:
    """Whether it would stand in public lists, and nobody here knows its host: answers only stand in their threads."""
    if arrival.followed or arrival.host_known or new.audience == "community":
        return False
    return new.kind == "listing" or (new.audience == "network" and new.in_reply_to_uri is None)


async def narrow(
    conn: Connection, author: Actor, new: NewPost, arrival: IncomingContext, *, asked_for: bool
) -> NewPost:
    """The post as it is kept meanwhile. Raises NoRoom, and Ignored for a listing that nobody here could ever read.

    `asked_for` is what somebody here looked up, or is shown by somebody she follows: it needs no room among the others.
    """
    held = await posts.find_by_uri(conn, new.uri) if new.kind == "listing" else None
    if held is not None and held.kind == "note":
        raise Ignored("note_of_unknown_server")
    if _concerns_nobody(new, arrival) and held is None and not asked_for:
        raise Ignored("concerns_nobody")
    if not _is_wanted(new, asked_for=asked_for):
        size = len(orjson.dumps(new.raw))
        refusal = await waiting_posts.find_refusal(conn, author.host, size, held=held is not None)
        if refusal is not None:
            raise NoRoom(author.host, refusal)
    return waiting_posts.narrow(new)


def _concerns_nobody(new: NewPost, arrival: IncomingContext) -> bool:
    return new.kind == "listing" and new.audience == "direct" and not arrival.local_ids


async def keep_waiting(conn: Connection, author: Actor, post: Post, came_as: NewPost, *, asked_for: bool) -> None:
    """Note that it waits."""
    wanted = _is_wanted(came_as, asked_for=asked_for)
    await waiting_posts.keep(conn, post.id, author.host, came_as.audience, wanted=wanted)


def _is_wanted(new: NewPost, *, asked_for: bool) -> bool:
    """Whether it asks no administrator: a note, or what is for some alone, is here for somebody whom it concerns."""
    return asked_for or new.kind != "listing" or new.audience == "direct"
