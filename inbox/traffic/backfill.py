"""What somebody published before we followed them, or while we were away: read from their outbox, oldest first.

Each entry is believed no more than if it had come by itself: an object that the outbox holds is the author's own when
it has the outbox's origin, everything else is fetched from where it lives. Posts take the place of the day on which
they were published, and nobody is told of them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog

from federation.discovery.collection_items import fetch_items
from federation.discovery.fetches import fetch_actor, fetch_object
from federation.documents.origin import require_attributed
from federation.documents.parse import read_fetched
from federation.errors import FederationError, FetchFailed, Malformed
from federation.instance import Instance
from federation.uris import host_of, is_local, same_origin
from federation.vocabulary.activities.activities import Announce, Create
from federation.vocabulary.embedded import Postlike, is_postlike, note_of
from federation.vocabulary.objects import Note
from inbox.errors import Ignored
from inbox.page_addresses import name_post_by_ids
from inbox.posts.remote_posts import save_post
from inbox.relations.pinned_posts import ask_once_a_day
from models.errors import DeclicError, Unavailable
from models.ids import EPOCH
from models.limits import TOLD_FETCHES
from models.people import actors
from models.people.actors import Actor
from models.relations import follows, reactions
from models.store.database import Connection, connection, transaction
from models.traffic import backfills
from models.traffic.backfills import Backfill

log = structlog.get_logger(__name__)

MOST_ENTRIES = 200
"""So many posts of one actor are fetched at most: the newest."""

MOST_AGAIN = 20
"""So many entries that could not be had for now are tried once more when all others are done."""

BETWEEN = timedelta(seconds=2)
"""After an absence, one outbox is read after the other and not all at the same moment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A line of an outbox: what was published or shared, in full or by its address.

    `again` when it could not be had a moment ago: its server is asked all the same, within the budget for that.
    """

    object: Postlike | str
    published: datetime
    share_uri: str | None = None
    again: bool = False


async def catch_up(instance: Instance) -> int:
    """After an absence, ask everybody whom we follow what we missed; how many are asked. Does nothing otherwise."""
    async with transaction(instance.pool) as conn:
        since = await backfills.end_absence(conn)
        if since is None:
            return 0
        missed = await backfills.list_missed(conn)
        for number, actor_id in enumerate(missed):
            await backfills.ask(conn, actor_id, since=since - backfills.ABSENCE, wait=BETWEEN * number)
    log.info("catching_up", since=since.isoformat(), actors=len(missed))
    return len(missed)


async def fill_back(instance: Instance, payload: dict[str, int]) -> None:
    """Fetch one actor's past. May run twice: what is here already is left as it is.

    Raises where the outbox cannot be had for now: the job comes again, and meanwhile it is said that it failed.
    """
    async with transaction(instance.pool) as conn:
        actor = next(iter(await actors.list_by_ids(conn, [payload["actor"]])), None)
        wanted = actor is not None and await follows.is_followed_locally(conn, actor.uri)
        backfill = await backfills.start(conn, payload["actor"])
        if actor is not None and wanted:
            await ask_once_a_day(conn, actor)
    if backfill is None or actor is None:
        return
    try:
        if wanted and _is_taken(actor):
            await _fill(instance, actor, backfill)
    except (FederationError, Malformed) as error:
        async with transaction(instance.pool) as conn:
            await backfills.finish(conn, actor.id, error=_name_cause(error))
        if error.retry:
            raise
        return
    async with transaction(instance.pool) as conn:
        await backfills.finish(conn, actor.id)


def _is_taken(actor: Actor) -> bool:
    """Whether anything new of this actor is taken."""
    return actor.deleted_at is None and actor.suspended_at is None


def _name_cause(error: FederationError | Malformed) -> str:
    return error.cause.name if isinstance(error, FetchFailed) else str(error)


async def _fill(instance: Instance, actor: Actor, backfill: Backfill) -> None:
    if actor.outbox is None or not same_origin(actor.outbox, actor.uri):
        return
    items = await fetch_items(instance, actor.outbox, most=MOST_ENTRIES)
    entries = sorted(read_entries(actor, items, since=backfill.since), key=lambda entry: entry.published)
    async with transaction(instance.pool) as conn:
        await backfills.save_found(conn, actor.id, len(entries))
    again: list[Entry] = []
    for entry in entries:
        if not await _process_entry(instance, actor, entry, last=len(again) >= MOST_AGAIN):
            again.append(replace(entry, again=True))
    for entry in again:
        await _process_entry(instance, actor, entry, last=True)


async def _process_entry(instance: Instance, actor: Actor, entry: Entry, *, last: bool) -> bool:
    """Keep one entry, or leave it out; False for one that may be had later, unless this is its last chance."""
    try:
        kept = await _keep(instance, actor, entry)
    except Unavailable:
        raise
    except DeclicError as error:
        if isinstance(error, FetchFailed) and error.retry and not last:
            return False
        log.debug("backfill_left_out", actor=actor.uri, cause=str(error))
        kept = False
    async with transaction(instance.pool) as conn:
        await backfills.save_looked(conn, actor.id, kept=kept)
    return True


def read_entries(actor: Actor, items: list[Any], *, since: datetime) -> Iterator[Entry]:
    """The posts and shares among the lines of an outbox that are this actor's and not older than `since`."""
    for item in items:
        if not isinstance(item, dict):
            continue
        try:
            activity = read_fetched(item)
        except FederationError:
            continue
        if not isinstance(activity, Create | Announce) or activity.actor != actor.uri:
            continue
        published = _when(activity)
        if published is None or not since <= published <= datetime.now(UTC):
            continue
        object = _read_object(actor, activity)
        if object is not None:
            share = activity.id if isinstance(activity, Announce) else None
            yield Entry(object=object, published=published, share_uri=share)


def _when(activity: Create | Announce) -> datetime | None:
    if activity.published is None and is_postlike(activity.object):
        return note_of(activity.object).published
    return activity.published


def _read_object(actor: Actor, activity: Create | Announce) -> Postlike | str | None:
    """What the line is about: the author's own note as it stands here, and of everything else the address.

    A listing is fetched: an outbox may show it as it was first published, and it may be closed by now.
    """
    object = activity.object
    if isinstance(object, Create):  # a Group passes on whole activities
        object = object.object
    if isinstance(object, str):
        return object
    if not is_postlike(object):
        return None
    if isinstance(activity, Create) and isinstance(object, Note) and same_origin(object.id, actor.uri):
        return object
    return note_of(object).id


async def _keep(instance: Instance, actor: Actor, entry: Entry) -> bool:
    """Whether the entry is new here. Raises what says why it is not kept."""
    object = entry.object
    if isinstance(object, str):
        if is_local(instance.site, object):
            return False
        fetched = await fetch_object(instance, object, fresh=_may_insist(instance, entry, object))
        if not is_postlike(fetched):
            raise Ignored("fetched_kind_not_shown")
        object = fetched
    note = note_of(object)
    author_uri = note.attributed_to
    if author_uri is None or not note.is_public:
        raise Ignored("not_public")
    require_attributed(author_uri, note.id, author_uri)
    if entry.share_uri is None and author_uri != actor.uri:
        raise Ignored("not_by_outbox_owner")
    author = actor if author_uri == actor.uri else await _find_author(instance, author_uri, entry)
    object = await name_post_by_ids(instance, object)
    async with transaction(instance.pool) as conn:
        return await _save(conn, actor, author, object, entry)


def _may_insist(instance: Instance, entry: Entry, uri: str) -> bool:
    """Whether an address that failed a moment ago is asked for the second try."""
    return entry.again and instance.counter.spend(TOLD_FETCHES, host_of(uri))


async def _find_author(instance: Instance, uri: str, entry: Entry) -> Actor:
    async with connection(instance.pool) as conn:
        known = await actors.find_by_uri(conn, uri)
    if known is not None and known.suspended_at is not None:
        raise Ignored("author_suspended")
    if known is not None and known.deleted_at is None:
        return known
    return await fetch_actor(instance, uri, fresh=_may_insist(instance, entry, uri))


async def _save(conn: Connection, actor: Actor, author: Actor, object: Postlike, entry: Entry) -> bool:
    written = min(note_of(object).published or entry.published, entry.published)
    saved = await save_post(conn, author, object, through_share=entry.share_uri is not None, moment=max(written, EPOCH))
    if entry.share_uri is None:
        return saved.fresh
    shared = await reactions.share(
        conn, uri=entry.share_uri, actor_id=actor.id, post_id=saved.post.id, moment=entry.published
    )
    return saved.fresh or shared is not None
