"""What somebody says of a post that is another's at the same server, as the people of a group do: its origin is asked.

Mobilizon's Create, Update and Delete are by whoever organises an event that is attributed to a Group; moderators of
other forums delete what members wrote. None of them is believed, and none has to be: the post is as its own server
shows it, and gone when that says so.
"""

from dataclasses import replace

from federation.discovery.fetches import fetch_object, get_actor
from federation.documents.origin import require_attributed, require_same_origin
from federation.documents.parse import Fetched
from federation.errors import Cause, FetchFailed
from federation.instance import Instance
from federation.uris import host_of, is_local, same_origin
from federation.vocabulary.activities.activities import Create, Delete
from federation.vocabulary.embedded import Postlike, is_postlike, note_of
from federation.vocabulary.objects import Tombstone
from inbox.errors import Ignored
from models import posts
from models.limits import TOLD_FETCHES
from models.people import actors
from models.posts import Post
from models.relations import follows
from models.store.database import connection


async def fetch_for_delegate(instance: Instance, told_by: str, object: Postlike, *, proven: bool = False) -> Postlike:
    """The public post as its origin shows it, its author known here; `proven` when it was fetched from there already.

    Whoever tells of it has to be of its origin too, so nobody sends us to somebody else's server; that is asked thirty
    times a minute at most. Raises Ignored, NotAllowed and FetchFailed.
    """
    note = note_of(object)
    require_same_origin(told_by, note.id)
    if note.attributed_to is not None:
        require_same_origin(note.attributed_to, note.id)
    if not proven:
        if not await _concerns_us(instance, object):
            raise Ignored("concerns_nobody")
        found = await _ask_origin(instance, note.id)
        if not is_postlike(found) or note_of(found).id != note.id:
            raise Ignored("fetched_kind_not_shown")
        object, note = found, note_of(found)
    if note.attributed_to is None or not note.is_public:
        raise Ignored("delegated_not_public")
    require_attributed(note.attributed_to, note.id, note.attributed_to)
    await get_actor(instance, note.attributed_to)
    return object


async def _concerns_us(instance: Instance, object: Postlike) -> bool:
    """Whether it is worth asking for: held here, by somebody followed here, or about somebody or something of ours."""
    note = note_of(object)
    named = (*note.to, *note.cc, *(mention.href for mention in note.mentions), note.in_reply_to or "")
    if any(uri and is_local(instance.site, uri) for uri in named):
        return True
    async with connection(instance.pool) as conn:
        if await posts.find_by_uri(conn, note.id) is not None:
            return True
        return note.attributed_to is not None and await follows.is_followed_locally(conn, note.attributed_to)


async def confirm_deletion(instance: Instance, delete: Delete) -> Delete:
    """A deletion by the post's own author as it is, and by another of the same server once its origin says the same.

    Only 410 or a Tombstone is that: "not found" is what many say to whomever they do not know. Raises Ignored.
    """
    async with connection(instance.pool) as conn:
        held = await posts.find_by_uri(conn, delete.object.id)
        if held is None or held.local or held.deleted_at is not None or not same_origin(delete.actor, held.uri):
            return delete
        author = await actors.get(conn, held.author_id)
    if author.uri == delete.actor:
        return delete
    if held.audience not in posts.PUBLIC or not await _is_gone(instance, held.uri):
        raise Ignored("deletion_not_confirmed")
    return replace(delete, actor=author.uri)


async def _is_gone(instance: Instance, uri: str) -> bool:
    """Raises FetchFailed where the origin cannot be asked for now."""
    try:
        found = await _ask_origin(instance, uri)
    except FetchFailed as failed:
        if failed.retry:
            raise
        return failed.cause is Cause.GONE
    return isinstance(found, Tombstone)


async def _ask_origin(instance: Instance, uri: str) -> Fetched:
    """What stands there now, although it may not have been to be had a moment ago: this is not said again.

    Raises FetchFailed.
    """
    host = host_of(uri)
    if not instance.counter.spend(TOLD_FETCHES, host):
        raise FetchFailed(Cause.TOO_MANY_FETCHES, host, retry=True, retry_after=60)
    return await fetch_object(instance, uri, fresh=True)


async def as_by_author(instance: Instance, delete: Delete, held: Post) -> Delete:
    """A deletion that the origin confirmed, in the name of whoever the post is by: from here on there is one rule."""
    async with connection(instance.pool) as conn:
        author = await actors.get(conn, held.author_id)
    return replace(delete, actor=author.uri)


def shows_newer(announced: object, held: Post) -> bool:
    """Whether a share says that there is a newer version than the one held here; the origin then has the word."""
    inner = announced.object if isinstance(announced, Create) else announced
    if not is_postlike(inner) or held.local or held.deleted_at is not None:
        return False
    updated = note_of(inner).updated
    return updated is not None and updated > (held.updated_at or held.published_at)
