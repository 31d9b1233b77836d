"""« Je viens »: whoever has no button for it says so in a private answer to the meeting, out of a closed list."""

from models import posts
from models.errors import Refusal
from models.meetings import meetings, registrations
from models.meetings.meetings import FullMeeting
from models.meetings.registrations import Wish
from models.people import actors
from models.people.actors import Actor
from models.posts import Post
from models.settings import Site
from models.store.database import Connection
from outbox.exchanges.plain_language.answers import names_of, read_coming
from outbox.meetings.notices import tell
from outbox.meetings.registrations import leave, register


async def process_reply(conn: Connection, site: Site, author: Actor, post: Post) -> bool:
    """Whether this private note says to a meeting of ours that she comes, or comes no more: it is done, and answered.

    Whatever else it says is for the organisers to read.
    """
    full = await _find_answered(conn, post)
    if full is None or author.type != "Person":
        return False
    organiser = await actors.get(conn, full.listing.post.author_id)
    comes = read_coming(post.content, names_of(author, organiser))
    if comes is None or organiser.id == author.id:
        return False
    if comes:
        return await _come(conn, site, author, full)
    return await _stay_away(conn, site, author, full)


async def _come(conn: Connection, site: Site, author: Actor, full: FullMeeting) -> bool:
    try:
        taken = await register(conn, site, author, full.id, Wish())
    except Refusal:
        return False
    await tell(conn, site, full, taken, "seat" if taken.state == "seat" else "waiting")
    return True


async def _stay_away(conn: Connection, site: Site, author: Actor, full: FullMeeting) -> bool:
    try:
        [left, *_] = await leave(conn, site, author, full.id)
    except Refusal:
        return False
    now = await registrations.find(conn, left.id)
    assert now is not None
    await tell(conn, site, full, now, "left")
    return True


async def _find_answered(conn: Connection, post: Post) -> FullMeeting | None:
    """The meeting of ours that a private note answers, directly or further down."""
    if post.audience != "direct":
        return None
    for id in (post.in_reply_to_id, post.root_id):
        found = await posts.list_by_ids(conn, [id]) if id is not None else []
        if found and found[0].local and found[0].kind == "listing":
            return await meetings.find_full(conn, found[0].id)
    return None
