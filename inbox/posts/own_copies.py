"""What one of ours published in the time that was lost, given back by others: it stands again if she signed it, else
she is asked.

An activity whose proof is of her own key says what she said, whoever brings it. A copy without one says what another
server shows, and is hers once she says so.
"""

from datetime import datetime

import orjson

from federation.circles import read_members_of
from federation.json.fields import Json
from federation.proofs.own import find_said_at
from federation.uris import parse_local
from federation.vocabulary.activities.activities import Activity, Create, Delete, Update
from federation.vocabulary.activities.activity_readers import is_activity, read_activity
from federation.vocabulary.embedded import Object, note_of, read_object
from federation.vocabulary.marketplace import Proposal
from federation.vocabulary.objects import Note
from inbox.posts import own_posts
from models import posts
from models.news import notifications
from models.people import accounts, actors
from models.people.actors import Actor
from models.settings import Site
from models.store.database import Connection
from models.traffic import restoration_words, returned_posts, tombstones
from models.traffic.outbound import activities
from models.traffic.outbound.activities import NewActivity
from models.traffic.peer_restorations import MARGIN
from models.traffic.restorations import Restoration
from outbox.builders.objects.withheld import is_withheld


async def take_back(conn: Connection, site: Site, host: str, document: Json, found: Restoration) -> None:
    """Put back, or propose to its author, what `host` gives back: an activity, or an object alone.

    Raises Malformed and Unsupported for what cannot be read, Refusal where it cannot be taken back.
    """
    if not is_activity(document):
        await _propose(conn, site, host, read_object(document), found)
        return
    said = read_activity(document)
    author = await _find_author(conn, site, host, said.actor)
    uri = _find_uri(site, author, said) if author is not None else None
    if author is None or uri is None:
        return
    if await returned_posts.is_left(conn, uri) or await tombstones.is_gone(conn, uri, author.uri):
        return
    if await _is_hers(conn, author, document, said, uri, found):
        await _follow(conn, site, host, author, said, uri)
    elif isinstance(said, Create | Update):
        await _propose(conn, site, host, said.object, found)


async def _find_author(conn: Connection, site: Site, host: str, uri: str) -> Actor | None:
    """The member of ours with this id, who may act. The name of one whom nobody here knows is nobody else's."""
    local = parse_local(site, uri)
    if local is None or local.kind != "actor":
        return None
    actor = await actors.find_local(conn, local.username)
    if actor is None:
        await restoration_words.take_names(conn, host, [local.username])
        return None
    account = await accounts.find(conn, actor.id)
    return actor if account is not None and account.standing == "full" else None


def _find_uri(site: Site, author: Actor, said: Activity) -> str | None:
    """The id of the post of hers that this is about; None for what does not come back."""
    if isinstance(said, Delete):
        return said.object.id if _is_post_of(site, author, said.object.id) else None
    if not isinstance(said, Create | Update) or not _comes_back(site, author, said.object):
        return None
    return note_of(said.object).id  # type: ignore[union-attr] # it has a note, or it would not come back


def _comes_back(site: Site, author: Actor, object: Object | str) -> bool:
    """Whether this is a public note or listing of hers: a poll has lost its votes, a meeting who comes to it."""
    if not isinstance(object, Note | Proposal):
        return False
    note = note_of(object)
    return (
        note.attributed_to == author.uri
        and _is_post_of(site, author, note.id)
        and note.is_public
        and note.poll is None
        and not note.is_vote
        and not read_members_of((*note.to, *note.cc))
    )


def _is_post_of(site: Site, author: Actor, uri: str) -> bool:
    local = parse_local(site, uri)
    return local is not None and local.kind in ("note", "listing") and local.username == author.username


async def _is_hers(
    conn: Connection, author: Actor, document: Json, said: Activity, uri: str, found: Restoration
) -> bool:
    """Whether she said this in the time that was lost: then it is kept again. What is here already was not lost."""
    said_at = await find_said_at(conn, document, author)
    if said_at is None or not _was_lost(said_at, found):
        return False
    kept = NewActivity(
        uri=said.id,
        type=type(said).__name__,
        actor_id=author.id,
        object_uri=uri,
        public=True,
        body=orjson.dumps({name: value for name, value in document.items() if name != "proof"}).decode(),
    )
    return await activities.keep_again(conn, kept, said_at)


def _was_lost(moment: datetime, found: Restoration) -> bool:
    return found.lost_from - MARGIN <= moment <= found.restored_at + MARGIN


async def _follow(conn: Connection, site: Site, host: str, author: Actor, said: Activity, uri: str) -> None:
    """Do what she did. What the team had put away meanwhile does not come back."""
    if isinstance(said, Delete):
        await own_posts.delete(conn, site, host, author, uri)
        return
    assert isinstance(said, Create | Update)
    assert isinstance(said.object, Note | Proposal)
    if is_withheld(said.object):
        await returned_posts.leave_lost(conn, uri, author.id, host)
        return
    if await posts.find_by_uri(conn, uri) is None:
        await own_posts.put_back(conn, author, said.object, host)
        await _tell(conn, author)
    elif isinstance(said, Update):
        await own_posts.edit(conn, author, said.object)


async def _propose(conn: Connection, site: Site, host: str, object: Object | str, found: Restoration) -> None:
    """Ask its author, where it is not here, was not deleted, and comes back at all."""
    if not isinstance(object, Note | Proposal):
        return
    note = note_of(object)
    author = await _find_author(conn, site, host, note.attributed_to or "")
    if author is None or not _comes_back(site, author, object) or is_withheld(object):
        return
    if note.published is None or not _was_lost(note.published, found) or await _is_known(conn, author, note.id):
        return
    if await returned_posts.propose(conn, note.id, author.id, host, note.raw):
        await _tell(conn, author)


async def _is_known(conn: Connection, author: Actor, uri: str) -> bool:
    """Whether this post is here, or is not to come back."""
    return (
        await posts.find_by_uri(conn, uri) is not None
        or await returned_posts.is_left(conn, uri)
        or await tombstones.is_gone(conn, uri, author.uri)
    )


async def _tell(conn: Connection, author: Actor) -> None:
    teller = await actors.get_local(conn, "coop")
    await notifications.notify(conn, recipient_id=author.id, type="posts_returned", actor_id=teller.id)
