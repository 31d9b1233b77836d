"""The network half of processing: read an activity and fetch what it only names, before any transaction begins."""

from dataclasses import dataclass, replace
from typing import Any, TypeGuard

from federation.errors import Cause, FetchFailed
from federation.fetches import fetch_actor, fetch_object, get_actor
from federation.instance import Instance
from federation.origin import require_attributed, require_owner
from federation.parse import parse_any_activity
from federation.uris import is_local, same_origin
from federation.vocabulary.activities import Activity, Announce, Create, Follow, Move, Update
from federation.vocabulary.actors import ActorDocument
from federation.vocabulary.agreements import Agreement, EconomicEvent
from federation.vocabulary.marketplace import Event, FlohmarktOffer, Proposal
from federation.vocabulary.objects import Note, Tombstone
from inbox.errors import Ignored
from models import actors, follows, posts
from models.actors import Actor
from models.database import connection
from models.received import Received

Postlike = Note | Proposal | FlohmarktOffer | Event
"""What is shown like a post."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """An activity whose objects may be believed: embedded by their own author, or fetched from their origin."""

    activity: Activity
    sender: Actor


def note_of(object: Postlike) -> Note:
    """The part that every post has."""
    return object if isinstance(object, Note) else object.note


def is_postlike(object: Any) -> TypeGuard[Postlike]:
    """Whether it is shown like a post."""
    return isinstance(object, Note | Proposal | FlohmarktOffer | Event)


async def resolve(instance: Instance, item: Received) -> Resolved:
    """Read and complete one received activity.

    Raises FetchFailed (with `retry` where trying again may help), and Ignored, Malformed, Unsupported or NotAllowed for
    what is to be left alone.
    """
    activity = await parse_any_activity(instance.jsonld, item.body)
    require_owner(activity, item.actor_uri)
    sender = await _get_sender(instance, item.actor_uri)
    match activity:
        case Create() | Update():
            activity = await _complete(instance, activity)
        case Announce():
            activity = await _resolve_announce(instance, activity, sender)
        case Move(target=target):
            await fetch_actor(instance, target)
        case Follow(object=followed) if not is_local(instance.site, followed):
            raise Ignored("This follows nobody here.")
        case _:
            pass
    return Resolved(activity=activity, sender=sender)


async def _get_sender(instance: Instance, uri: str) -> Actor:
    """Who speaks; of somebody deleted at home what we knew is enough, to delete it here too (AX12)."""
    async with connection(instance.pool) as conn:
        known = await actors.find_by_uri(conn, uri)
    if known is not None:
        return known
    return await get_actor(instance, uri)


async def _complete(instance: Instance, activity: Create | Update) -> Create | Update:
    """The object in full. What the author embedded is what the author says; a bare id is fetched (AX5)."""
    object = activity.object
    if isinstance(object, str):
        object = await _fetch_post(instance, object)
    if isinstance(object, ActorDocument):
        if object.id != activity.actor:
            raise Ignored("Only an account itself tells what it is like.")
        await fetch_actor(instance, activity.actor, fresh=True)
    elif isinstance(object, Agreement | EconomicEvent | Tombstone):
        raise Ignored("This belongs to an exchange that is not kept here.")
    else:
        note = note_of(object)
        if is_local(instance.site, note.id):
            raise Ignored("This object is of this server.")
        require_attributed(activity.actor, note.id, note.attributed_to)
    return replace(activity, object=object)


async def _resolve_announce(instance: Instance, activity: Announce, sender: Actor) -> Announce:
    """What is shared, from its own origin: a copy inside an Announce proves nothing (AX14, B-24)."""
    uri = _announced_uri(activity.object)
    if is_local(instance.site, uri):
        return replace(activity, object=uri)
    async with connection(instance.pool) as conn:
        wanted = await follows.is_followed_locally(conn, sender.uri)
        held = await posts.find_by_uri(conn, uri)
    if not wanted:
        raise Ignored("Nobody here follows who shares this.")
    edited = isinstance(activity.object, Update)
    if held is not None and not edited:
        return replace(activity, object=uri)
    object = await _fetch_post(instance, uri)
    note = note_of(object)
    if note.attributed_to is None or not note.is_public:
        raise Ignored("What is shared here is not for everybody.")
    require_attributed(note.attributed_to, note.id, note.attributed_to)
    await get_actor(instance, note.attributed_to)
    return replace(activity, object=object)


def _announced_uri(object: Any) -> str:
    """The id of the thing shared; Groups wrap the whole activity (FEP-1b12)."""
    if isinstance(object, str):
        return object
    if isinstance(object, Create | Update):
        return _announced_uri(object.object)
    if is_postlike(object):
        return note_of(object).id
    raise Ignored("This shares something that is not shown here.")


async def _fetch_post(instance: Instance, uri: str) -> Postlike:
    if is_local(instance.site, uri):
        raise Ignored("This object is of this server.")
    found = await fetch_object(instance, uri)
    if is_postlike(found):
        if not same_origin(note_of(found).id, uri):
            raise FetchFailed(Cause.WRONG_ID, uri)
        return found
    raise Ignored("What stands there is not shown here.")
