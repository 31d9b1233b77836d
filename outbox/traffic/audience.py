"""Who receives what about a post: its author's followers, those of the stream that passes it on, the people named."""

from datetime import UTC, datetime, timedelta

from models.listings.listings import ListingKind, ListingMode
from models.people import actors
from models.people.actors import Actor
from models.posts import PUBLIC, Audience, Post
from models.store.database import Connection
from outbox.traffic.send import Recipients

STREAMS: dict[ListingKind, str] = {"offer": "offres", "request": "demandes", "repair_call": "depannage_velo"}
SERVICES = "services"


async def find_stream(conn: Connection, kind: ListingKind, mode: ListingMode) -> Actor | None:
    """The Group of ours that passes a listing of this kind on; None before the server is founded."""
    username = SERVICES if (kind, mode) == ("offer", "service") else STREAMS[kind]
    stream = await actors.find_local(conn, username)
    return stream if stream is not None and stream.deleted_at is None else None


def find_recipients(
    audience: Audience, author: Actor, *, stream: Actor | None = None, named: tuple[Actor, ...] = ()
) -> Recipients:
    """Where a new post goes; nowhere when it is for this cooperative only, or hidden, whoever is named in it."""
    if audience in ("coop", "author"):
        return Recipients()
    named_ids = tuple(actor.id for actor in named)
    if audience == "direct":
        return Recipients(named_ids=named_ids)
    followed = (author.id,) if stream is None or audience not in PUBLIC else (author.id, stream.id)
    return Recipients(named_ids=named_ids, followed_ids=followed)


def next_moment(post: Post) -> datetime:
    """Now, and later than the last edit: others drop an edit that is not newer than what they hold (AX7)."""
    now = datetime.now(UTC)
    return now if post.updated_at is None else max(now, post.updated_at + timedelta(milliseconds=1))
