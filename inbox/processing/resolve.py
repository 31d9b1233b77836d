"""The network half of processing: read an activity and fetch what it only names, before any transaction begins."""

from dataclasses import replace
from typing import Any

from federation.community_uris import read_circle
from federation.discovery.fetches import fetch_actor, fetch_object, get_actor
from federation.documents.origin import require_attributed, require_owner, require_same_origin
from federation.documents.parse import Fetched, read_any_activity
from federation.errors import Cause, FetchFailed
from federation.instance import Instance
from federation.json.decoded_bodies import Decoded
from federation.uris import host_of, is_local, same_origin
from federation.vocabulary.activities.activities import (
    Activity,
    Add,
    Announce,
    Create,
    Delete,
    Follow,
    Move,
    QuoteRequest,
    Update,
)
from federation.vocabulary.activities.participation import Invite
from federation.vocabulary.actors import ActorDocument
from federation.vocabulary.agreements import Agreement, EconomicEvent
from federation.vocabulary.bike_books import BikeBook
from federation.vocabulary.communities import CharterDocument
from federation.vocabulary.embedded import Postlike, is_postlike, note_of
from federation.vocabulary.friendships import Friendship
from federation.vocabulary.objects import Tombstone
from federation.vocabulary.polls import Vote
from federation.vocabulary.quotes import QuoteAuthorization
from inbox.communities.inside import find_passed_on
from inbox.errors import Ignored
from inbox.page_addresses import name_by_ids
from inbox.posts.quotes import resolve_request
from inbox.private_fetches import REFUSALS, fetch_announced
from inbox.processing.delegated import as_by_author, fetch_for_delegate, shows_newer
from models import posts
from models.communities import communities
from models.limits import TOLD_FETCHES
from models.people import actors
from models.people.actors import Actor
from models.posts import Post
from models.relations import follows
from models.store.database import Connection, connection


async def resolve(instance: Instance, decoded: Decoded, actor_uri: str) -> Activity:
    """What this actor sent, as an activity whose objects may be believed, but for a deletion (`prepared.confirm`).

    They are embedded by their own author, or fetched from their origin.

    Raises FetchFailed (with `retry` where trying again may help), and Ignored, Malformed, Unsupported or NotAllowed for
    what is to be left alone. What of ours is named by its page has its id (see `own_pages`).
    """
    activity = await read_any_activity(instance.jsonld, decoded)
    require_owner(activity, actor_uri)
    passed_on = await find_passed_on(instance, decoded.document, activity)
    if passed_on is not None:
        return await name_by_ids(instance, passed_on)
    return await name_by_ids(instance, await _resolve(instance, activity))


async def _resolve(instance: Instance, activity: Activity) -> Activity:
    match activity:
        case Update(object=changed) if changed == activity.actor:
            await fetch_actor(instance, activity.actor)
        case Create() | Update() if not isinstance(activity.object, BikeBook):  # of its sender alone, and nowhere else
            return await _complete(instance, activity)
        case Announce():
            return await _resolve_announce(instance, activity)
        case QuoteRequest():
            return await resolve_request(instance, await name_by_ids(instance, activity))
        case Move(target=target) if not is_local(instance.site, target):
            _spend_budget(instance, activity.actor, target)
            await _fetch_new_home(instance, activity.actor, target)
        case Follow(object=followed) if not is_local(instance.site, followed):
            raise Ignored("follows_nobody")
        case _:
            await _fetch_whom_it_names(instance, activity)
    return activity


async def _fetch_new_home(instance: Instance, mover: str, target: str) -> None:
    """Where somebody lives now. Raises FetchFailed, but for a community: it may be hidden there from us."""
    try:
        await fetch_actor(instance, target)
    except FetchFailed as failed:
        async with connection(instance.pool) as conn:
            community = await communities.find_by_uri(conn, mover)
        if failed.retry or community is None:
            raise


async def _fetch_whom_it_names(instance: Instance, activity: Activity) -> None:
    """Whom a community invites, or who asks to come in there. Raises FetchFailed."""
    match activity:
        case Invite(target=person) if not is_local(instance.site, person):
            await _fetch_person(instance, activity.actor, person)
        case Add(object=person, target=target) if read_circle(target) and not is_local(instance.site, person):
            await _fetch_person(instance, activity.actor, person)
        case _:
            pass


async def _fetch_person(instance: Instance, told_by: str, uri: str) -> None:
    async with connection(instance.pool) as conn:
        known = await actors.find_by_uri(conn, uri)
    if known is None:
        _spend_budget(instance, told_by, uri)
        await get_actor(instance, uri)


async def find_sender(conn: Connection, activity: Activity) -> Actor | None:
    """Who speaks; None for somebody unknown or deleted, whom their server has to show again (AX13).

    Of somebody deleted at home what we knew is enough, to delete it here too (AX12). Raises Ignored for those whom the
    moderators suspended: nothing new is taken of them (B-54). `received.claim` asks the same beforehand. What is told
    of somebody whom her own server suspended counts: how her posts are to read meanwhile, and that she is back.
    """
    known = await actors.find_by_uri(conn, activity.actor)
    if known is None or isinstance(activity, Delete):
        return known
    if known.suspended_at is not None and not await actors.is_suspended_at_home(conn, known.id):
        raise Ignored("sender_suspended")
    return known if known.deleted_at is None else None


async def _complete(instance: Instance, activity: Create | Update) -> Create | Update:
    """The object in full. What the author embedded is what the author says; a bare id is fetched (AX5).

    What is by somebody else of the same server is fetched as well, as that of a group's organiser.
    """
    object = activity.object
    fetched = isinstance(object, str)
    if isinstance(object, str):
        require_same_origin(activity.actor, object)  # before it is fetched: nobody sends us to somebody else's server
        object = _require_post(await fetch_announced(instance, activity, _require_elsewhere(instance, object)), object)
    if isinstance(object, ActorDocument):
        if object.id != activity.actor:
            raise Ignored("update_of_other_actor")
        await fetch_actor(instance, activity.actor, fresh=True)
    elif isinstance(object, Agreement | EconomicEvent):
        require_attributed(activity.actor, object.id or "", object.attributed_to)
    elif isinstance(object, BikeBook | Friendship | Tombstone | Vote | QuoteAuthorization | CharterDocument):
        raise Ignored("kind_not_shown")
    else:
        note = note_of(object)
        if is_local(instance.site, note.id):
            raise Ignored("object_is_ours")
        if note.attributed_to not in (None, activity.actor):
            object = await fetch_for_delegate(instance, activity.actor, object, proven=fetched)
        else:
            require_attributed(activity.actor, note.id, note.attributed_to)
    return replace(activity, object=object)


async def _resolve_announce(instance: Instance, activity: Announce) -> Activity:
    """What is shared, from its own origin: a copy inside an Announce proves nothing (AX14, B-24).

    Groups also pass on edits, which are fetched anew, and deletions, which are believed when the origin says so. Some
    share the whole object again: one that says that it is newer than what is held here is fetched too.
    """
    inner = activity.object
    uri = _announced_uri(inner)
    if is_local(instance.site, uri):
        if isinstance(inner, Delete):
            raise Ignored("object_is_ours")
        return replace(activity, object=uri)
    async with connection(instance.pool) as conn:
        wanted = await follows.is_followed_locally(conn, activity.actor)
        held = await posts.find_by_uri(conn, uri)
    if not wanted:
        raise Ignored("sharer_not_followed")
    if isinstance(inner, Delete):
        confirmed = await _confirm_deletion(instance, activity.actor, inner, held)
        return confirmed if held is None else await as_by_author(instance, confirmed, held)
    if held is not None and not isinstance(inner, Update) and not shows_newer(inner, held):
        return replace(activity, object=uri)
    _spend_budget(instance, activity.actor, uri, always=held is not None and not isinstance(inner, Update))
    return replace(activity, object=await _fetch_public(instance, uri))


async def _confirm_deletion(instance: Instance, told_by: str, delete: Delete, held: Post | None) -> Delete:
    """The author's deletion, when what was deleted is no longer at its address.

    Of what was never for everybody, "not found" proves nothing: servers say it to whomever it is not for, us included.
    """
    if held is None:
        raise Ignored("deleted_not_here")
    require_same_origin(delete.actor, held.uri)
    _spend_budget(instance, told_by, held.uri)
    try:
        found = await fetch_object(instance, held.uri, fresh=True)
    except FetchFailed as failed:
        if failed.cause is Cause.GONE or (failed.cause is Cause.NOT_FOUND and held.audience in posts.PUBLIC):
            return delete
        if failed.cause in REFUSALS:
            raise Ignored("private_deletion_not_confirmed") from None
        raise
    if isinstance(found, Tombstone):
        return delete
    raise Ignored("still_shown")


def _spend_budget(instance: Instance, told_by: str, uri: str, *, always: bool = False) -> None:
    """Whoever speaks for another server may not make us ask it for ever (B-14). Raises FetchFailed.

    `always` counts also what one's own server is asked: the same thing again, because somebody says that it is newer.

    It is a budget of its own: nobody can use up that by which the keys of the other server are fetched.
    """
    if (always or not same_origin(told_by, uri)) and not instance.counter.spend(TOLD_FETCHES, host_of(uri)):
        raise FetchFailed(Cause.TOO_MANY_FETCHES, host_of(uri), retry=True, retry_after=60)


def _announced_uri(object: Any) -> str:
    """The id of the thing shared, or deleted; Groups wrap the whole activity (FEP-1b12)."""
    if isinstance(object, str):
        return object
    if isinstance(object, Delete):
        return object.object.id
    if isinstance(object, Create | Update):
        return _announced_uri(object.object)
    if is_postlike(object):
        return note_of(object).id
    raise Ignored("shared_kind_not_shown")


async def _fetch_public(instance: Instance, uri: str) -> Postlike:
    """What stands there, with its author known. Raises Ignored for what is not for everybody."""
    found = _require_post(await fetch_object(instance, _require_elsewhere(instance, uri)), uri)
    note = note_of(found)
    if note.attributed_to is None or not note.is_public:
        raise Ignored("shared_not_public")
    require_attributed(note.attributed_to, note.id, note.attributed_to)
    await get_actor(instance, note.attributed_to)
    return found


def _require_elsewhere(instance: Instance, uri: str) -> str:
    if is_local(instance.site, uri):
        raise Ignored("object_is_ours")
    return uri


def _require_post(found: Fetched, uri: str) -> Postlike:
    if is_postlike(found):
        if not same_origin(note_of(found).id, uri):
            raise FetchFailed(Cause.WRONG_ID, host_of(uri))
        return found
    raise Ignored("fetched_kind_not_shown")
