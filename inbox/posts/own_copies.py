"""What one of ours published in the time that was lost, given back by others: it stands again if she signed it.

An activity whose proof is of her own key says what she said, whoever brings it. A copy without one says nothing but, of
a post that the team put away, that it is put away.
"""

from datetime import datetime

import orjson

from federation.circles import read_members_of
from federation.errors import Unsupported
from federation.json.fields import Json
from federation.proofs.own import OwnWord, find_own_word
from federation.uris import parse_local
from federation.vocabulary.activities.activities import Activity, Create, Delete, Update
from federation.vocabulary.activities.activity_readers import is_activity, read_activity
from federation.vocabulary.embedded import Object, note_of
from federation.vocabulary.marketplace import Proposal
from federation.vocabulary.objects import Note
from inbox.posts import own_hidden, own_posts
from models import posts
from models.news import notifications
from models.people import accounts, actors
from models.people.actors import Actor
from models.settings import Site
from models.store.database import Connection
from models.traffic import restoration_words, tombstones
from models.traffic.inbound.received import KEPT_BYTES
from models.traffic.outbound import activities
from models.traffic.outbound.activities import NewActivity
from models.traffic.peer_restorations import MARGIN
from models.traffic.restorations import Restoration
from outbox.builders.objects.withheld import is_withheld


async def take_back(conn: Connection, site: Site, host: str, document: Json, found: Restoration) -> None:
    """Put back what `host` gives back.

    Raises Malformed and Unsupported for what cannot be read, Refusal where it cannot be taken back.
    """
    if not is_activity(document) or len(orjson.dumps(document)) > KEPT_BYTES:
        raise Unsupported("Only activities are given back, as they came.")
    said = read_activity(document)
    author = await _find_author(conn, site, host, said.actor)
    if author is None or await tombstones.is_gone(conn, author.uri, author.uri):
        return
    word = await find_own_word(conn, document, author)
    if word is None:
        await _hear_unproven(conn, site, host, author, said, found)
    elif _was_lost(word.said_at, found):
        await _hear(conn, site, host, author, word, found)


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


async def _hear(conn: Connection, site: Site, host: str, author: Actor, word: OwnWord, found: Restoration) -> None:
    """What she said in the time that was lost is kept again, and done. What is here already was not lost."""
    said = read_activity(word.document)
    if isinstance(said, Delete) and said.object.id == author.uri:
        await tombstones.save_deleted(conn, author.uri, author.uri)
        await own_hidden.tell_left(conn, author, host)
        return
    uri = _find_uri(site, author, said)
    if uri is None or await tombstones.is_gone(conn, uri, author.uri):
        return
    if not await _keep(conn, author, word, said, uri):
        return
    if isinstance(said, Delete):
        await own_posts.delete(conn, site, author, uri, found.restored_at)
    elif isinstance(said, Create | Update) and isinstance(said.object, Note | Proposal):
        await _do_again(conn, host, author, said, said.object, word.said_at)


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


async def _keep(conn: Connection, author: Actor, word: OwnWord, said: Activity, uri: str) -> bool:
    """Keep it again; in the outbox stands one Create of a post. False where it is here."""
    shown = not isinstance(said, Create | Update) or not _says_withheld(said)
    if isinstance(said, Create):
        shown = shown and await activities.find_create(conn, actor_id=author.id, object_uri=uri) is None
    kept = NewActivity(
        uri=said.id,
        type=type(said).__name__,
        actor_id=author.id,
        object_uri=uri,
        public=shown,
        body=orjson.dumps(word.document).decode(),
    )
    return await activities.keep_again(conn, kept, word.said_at)


def _says_withheld(said: Create | Update) -> bool:
    return isinstance(said.object, Note | Proposal) and is_withheld(said.object)


def _was_lost(moment: datetime, found: Restoration) -> bool:
    return found.lost_from - MARGIN <= moment <= found.restored_at + MARGIN


async def _do_again(
    conn: Connection, host: str, author: Actor, said: Create | Update, object: Note | Proposal, at: datetime
) -> None:
    """Do what she did. What the team had put away meanwhile, and did not show again, comes back for them alone."""
    uri = note_of(object).id
    if is_withheld(object):
        await own_hidden.withhold(conn, author, uri, host, at)
        return
    await own_hidden.show(conn, author, uri, host, at)
    if await posts.find_by_uri(conn, uri) is None:
        hidden = await own_hidden.is_withheld(conn, uri)
        await own_posts.put_back(conn, author, object, host, hidden=hidden)
        if hidden:
            await own_hidden.hide(conn, author, uri, own_hidden.PUT_AWAY.format(host=host))
        await _tell(conn, author)
    elif isinstance(said, Update):
        await own_posts.edit(conn, author, object)


async def _hear_unproven(
    conn: Connection, site: Site, host: str, author: Actor, said: Activity, found: Restoration
) -> None:
    """That a post is put away counts without a proof too: of what the team hid, versions before sent none."""
    uri = _find_uri(site, author, said)
    if uri is None or not isinstance(said, Create | Update) or not _says_withheld(said):
        return
    assert isinstance(said.object, Note | Proposal)
    at = note_of(said.object).updated
    if at is not None and _was_lost(at, found):
        await own_hidden.withhold_unproven(conn, author, uri, host, at, found.restored_at)


async def _tell(conn: Connection, author: Actor) -> None:
    teller = await actors.get_local(conn, "coop")
    await notifications.notify(conn, recipient_id=author.id, type="posts_returned", actor_id=teller.id)
