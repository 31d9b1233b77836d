"""Who receives what about a post: its author's followers, those of the stream that passes it on, the people named."""

from datetime import UTC, datetime, timedelta

from models.communities import communities, insiders, members
from models.listings.listings import ListingKind, ListingMode
from models.people import actors
from models.people.actors import Actor
from models.posts import PUBLIC, Post
from models.store.database import Connection
from outbox.traffic.send import Recipients

STREAMS: dict[ListingKind, str] = {"offer": "offres", "request": "demandes", "repair_call": "depannage_velo"}
SERVICES = "services"


async def find_stream(conn: Connection, kind: ListingKind, mode: ListingMode) -> Actor | None:
    """The Group of ours that passes a listing of this kind on; None before the server is founded."""
    username = SERVICES if (kind, mode) == ("offer", "service") else STREAMS[kind]
    stream = await actors.find_local(conn, username)
    return stream if stream is not None and stream.deleted_at is None else None


async def find_recipients(
    conn: Connection, author: Actor, post: Post, *, stream: Actor | None = None, named: tuple[Actor, ...] = ()
) -> Recipients:
    """Where what is said about a post of ours goes; nowhere when it is for this cooperative only, whoever is named.

    What is hidden goes to whom it was for. What stays inside a community goes to its members elsewhere, or to its home,
    which passes it on to them, as long as its author is one; never to anybody's followers.
    """
    audience = post.meant_audience
    if audience in ("coop", "author"):
        return Recipients()
    if audience == "community":
        return Recipients(named_ids=await _list_inside(conn, author, post.community_id))
    named_ids = tuple(actor.id for actor in named)
    if audience == "direct":
        return Recipients(named_ids=named_ids)
    followed = (author.id,) if stream is None or audience not in PUBLIC else (author.id, stream.id)
    return Recipients(named_ids=named_ids, followed_ids=followed)


async def _list_inside(conn: Connection, author: Actor, community_id: int | None) -> tuple[int, ...]:
    community = None if community_id is None else await communities.find(conn, community_id)
    if community is None:
        return ()
    itself = author.id == community.actor_id
    if not itself and not await insiders.filter_inside(conn, community.actor_id, [author.id]):
        return ()
    if not community.local:
        return (community.actor_id,)
    return tuple(await members.list_inside_ids(conn, community.actor_id))


async def list_addressed(conn: Connection, post: Post) -> tuple[Actor, ...]:
    """People and servers elsewhere to whom a post of ours is addressed by their ids."""
    found = await actors.list_by_uris(conn, [*post.to_uris, *post.cc_uris])
    return tuple(actor for actor in found if not actor.local)


def next_moment(post: Post) -> datetime:
    """Now, and later than the last edit: others drop an edit that is not newer than what they hold (AX7)."""
    now = datetime.now(UTC)
    return now if post.updated_at is None else max(now, post.updated_at + timedelta(milliseconds=1))
