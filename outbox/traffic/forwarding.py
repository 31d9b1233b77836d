"""Answers to our public posts, passed on to those who follow their authors (ActivityPub §7.1.2).

A server that answers one of ours does not know who follows us. What it addresses to our followers we send on as it
came, byte for byte, and only with a proof inside, since nobody has to believe whoever brings it.
"""

from federation.uris import is_local
from federation.vocabulary.activities.activities import Activity, Create, Delete, Update
from federation.vocabulary.embedded import note_of
from models import posts
from models.people import actors
from models.people.actors import Actor
from models.relations.blocking import blocks
from models.settings import Site
from models.store.database import Connection
from models.traffic import forwarded_activities
from models.traffic.outbound import deliveries


async def forward(conn: Connection, site: Site, body: bytes, activity: Activity) -> None:
    """Queue it to the followers of whom it answers, once. The caller has checked the proof that it carries."""
    author = await find_answered(conn, site, activity)
    if author is None:
        return
    id = await forwarded_activities.save(
        conn, uri=activity.id, type=type(activity).__name__, passed_on_by=author.id, body=body.decode()
    )
    if id is None:
        return
    await deliveries.schedule(conn, activity_id=id, actor_id=author.id, named_ids=[], followed_ids=[author.id])
    sender = await actors.find_by_uri(conn, activity.actor)
    if sender is not None:
        await forwarded_activities.leave_out(conn, id, sender.host)


async def find_answered(conn: Connection, site: Site, activity: Activity) -> Actor | None:
    """The one of ours whose public post this answers, with her followers among those addressed; None for all else.

    A deletion follows the answer that it takes back, which is looked up before it is gone.
    """
    match activity:
        case Create(object=object) | Update(object=object):
            note = note_of(object)
            if note is None or note.may_be_vote:
                return None
            parent_uri, addressed = note.in_reply_to, (*activity.to, *activity.cc, *note.to, *note.cc)
        case Delete(object=tombstone):
            held = await posts.find_by_uri(conn, tombstone.id)
            if held is None or held.local or held.deleted_at is not None:
                return None
            parent_uri, addressed = held.in_reply_to_uri, (*held.to_uris, *held.cc_uris)
        case _:
            return None
    if parent_uri is None or not is_local(site, parent_uri):
        return None
    return await _find_author(conn, parent_uri, addressed, activity.actor)


async def _find_author(conn: Connection, parent_uri: str, addressed: tuple[str, ...], sender_uri: str) -> Actor | None:
    parent = await posts.find_by_uri(conn, parent_uri)
    if parent is None or parent.deleted_at is not None or parent.audience not in posts.PUBLIC:
        return None
    author = await actors.get(conn, parent.author_id)
    if author.followers_uri not in addressed or author.suspended_at is not None or author.deleted_at is not None:
        return None
    sender = await actors.find_by_uri(conn, sender_uri)
    if sender is not None and await blocks.between(conn, author.id, sender.id):
        return None
    return author
