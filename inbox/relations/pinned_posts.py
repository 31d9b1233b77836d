"""The posts that somebody elsewhere pinned: read from their collection, now and then, and no more than a few."""

from typing import Any

import structlog

from federation.discovery.collection_items import fetch_items
from federation.discovery.fetches import fetch_object
from federation.documents.origin import require_attributed
from federation.errors import FederationError, Malformed
from federation.instance import Instance
from federation.json.fields import uri
from federation.uris import same_origin
from federation.vocabulary.embedded import is_postlike, note_of
from inbox.errors import Ignored
from inbox.page_addresses import name_post_by_ids
from inbox.posts.remote_posts import save_post
from models import posts
from models.errors import DeclicError, Unavailable
from models.ids import EPOCH
from models.people import actors
from models.people.actors import Actor
from models.relations import pins
from models.store.background import jobs
from models.store.database import Connection, connection, transaction

JOB = "featured"

log = structlog.get_logger(__name__)


async def ask_once_a_day(conn: Connection, actor: Actor) -> None:
    """Have the pinned posts of somebody elsewhere read, unless that was done lately."""
    if await pins.claim_refresh(conn, actor.id):
        await ask_again(conn, actor)


async def ask_again(conn: Connection, actor: Actor) -> None:
    """Have them read now; while that waits, asking again adds nothing."""
    await jobs.enqueue(conn, JOB, {"actor": actor.id}, key=f"{JOB}:{actor.id}")


async def read_featured(instance: Instance, payload: dict[str, int]) -> None:
    """Make what their collection names the posts that are pinned here (AX19). May run twice."""
    async with connection(instance.pool) as conn:
        actor = next(iter(await actors.list_by_ids(conn, [payload["actor"]])), None)
    if actor is None or actor.local or actor.deleted_at is not None or actor.suspended_at is not None:
        return
    if actor.featured_uri is None or not same_origin(actor.featured_uri, actor.uri):
        return
    try:
        items = await fetch_items(instance, actor.featured_uri, most=pins.MOST_KEPT)
    except (FederationError, Malformed) as error:
        log.info("featured_not_read", actor=actor.uri, cause=str(error))
        return
    found: list[int] = []
    for item in items:
        post_id = await _keep(instance, actor, item)
        if post_id is not None:
            found.append(post_id)
    async with transaction(instance.pool) as conn:
        await pins.replace_pins(conn, actor.id, list(dict.fromkeys(found)))


async def _keep(instance: Instance, actor: Actor, item: Any) -> int | None:
    """The row of a pinned post, fetched from its address where it is not here; None for what is left out."""
    address = uri(item)
    if address is None or not same_origin(address, actor.uri):
        return None
    async with connection(instance.pool) as conn:
        held = await posts.find_by_uri(conn, address)
    if held is not None:
        own = held.author_id == actor.id and held.deleted_at is None and held.audience in posts.PUBLIC
        return held.id if own else None
    try:
        return await _fetch(instance, actor, address)
    except Unavailable:
        raise
    except DeclicError as error:
        log.debug("featured_left_out", actor=actor.uri, cause=str(error))
        return None


async def _fetch(instance: Instance, actor: Actor, address: str) -> int:
    object = await fetch_object(instance, address)
    if not is_postlike(object):
        raise Ignored("fetched_kind_not_shown")
    note = note_of(object)
    if note.attributed_to != actor.uri or not note.is_public:
        raise Ignored("pinned_not_public")
    require_attributed(actor.uri, note.id, actor.uri)
    object = await name_post_by_ids(instance, object)
    async with transaction(instance.pool) as conn:
        saved = await save_post(conn, actor, object, through_share=True, moment=max(note.published or EPOCH, EPOCH))
    return saved.post.id
