"""Publish, change, close and withdraw: the verbs of `outbox/listings/listings`, as the pages and the command line
call them.
"""

from aiohttp import web

from models.access import idempotency_keys
from models.access.idempotency_keys import RequestResult
from models.errors import Conflict, Invalid, NotFound
from models.store.database import Connection, transaction
from outbox.listings import listings as outbox
from outbox.listings.listing_defaults import find_latest, read_back
from web.api.auth import reader
from web.api.declic.cache_headers import answer
from web.api.declic.listings.draft import begin_draft, change_draft
from web.api.declic.listings.reading import get_visible
from web.api.declic.request_schemas import ListingChange, NewListing, Nothing, Outcome
from web.api.declic.response_schemas import Done
from web.api.declic.serializers import build_listing
from web.api.parameters import read_idempotency_key
from web.http.app_keys import INSTANCE
from web.rendering.feeds.listing_bundles import ListingBundle, load_listing_bundles

FIELDS = {"place_name": "commune"}
"""Where a field of a draft has another name here."""


async def create_listing(request: web.Request, sent: NewListing) -> web.Response:
    """POST /listings. With an Idempotency-Key the same request again gives the same listing, also in parallel."""
    instance, me = request.app[INSTANCE], reader(request)
    key = read_idempotency_key(request)
    async with transaction(instance.pool) as conn:
        claimed = await idempotency_keys.claim(conn, me.id, key) if key else None
        if claimed is not None:
            return _answer_one(request, await _load_made(conn, claimed))
        try:
            draft = await begin_draft(conn, instance.site, me, sent)
            listing = await outbox.publish(conn, instance.site, me, draft)
        except Invalid as error:
            raise _rename(error) from error
        await idempotency_keys.settle(conn, me.id, key, RequestResult(post_id=listing.id))
        return _answer_one(request, await load_listing_bundles(conn, [listing.id]))


async def _load_made(conn: Connection, made: RequestResult) -> list[ListingBundle]:
    """What a repeated request made the first time. Raises Conflict where that is gone, or a note."""
    gathered = await load_listing_bundles(conn, [made.post_id] if made.post_id is not None else [])
    if not gathered:
        raise Conflict("idempotency_key_reused")
    return gathered


async def change_listing(request: web.Request, sent: ListingChange) -> web.Response:
    """PATCH /listings/{id}: what is named changes, the rest stays as its author said it last, be it that this waits."""
    instance, me = request.app[INSTANCE], reader(request)
    async with transaction(instance.pool) as conn:
        held = await _get_own(conn, request)
        latest = await find_latest(conn, held.listing)
        try:
            draft = await change_draft(conn, instance.site, me, read_back(latest.listing, latest.attached), sent)
            await outbox.edit(conn, instance.site, me, held.listing.uri, draft)
        except Invalid as error:
            raise _rename(error) from error
        return _answer_one(request, await load_listing_bundles(conn, [held.listing.id]))


async def post_state(request: web.Request, sent: Outcome) -> web.Response:
    """POST /listings/{id}/state: done, found elsewhere, cancelled, paused, or open again."""
    instance, me = request.app[INSTANCE], reader(request)
    async with transaction(instance.pool) as conn:
        held = await _get_own(conn, request)
        await outbox.close(conn, instance.site, me, held.listing.uri, sent.outcome)
        return _answer_one(request, await load_listing_bundles(conn, [held.listing.id]))


async def withdraw_listing(request: web.Request, _: Nothing) -> web.Response:
    """DELETE /listings/{id}: taken back everywhere."""
    instance, me = request.app[INSTANCE], reader(request)
    async with transaction(instance.pool) as conn:
        held = await _get_own(conn, request)
        await outbox.withdraw(conn, instance.site, me, held.listing.uri)
    return answer(request, Done())


async def _get_own(conn: Connection, request: web.Request) -> ListingBundle:
    held = await get_visible(conn, request)
    if held.listing.post.author_id != reader(request).id:
        raise NotFound("listing_not_found")
    return held


def _answer_one(request: web.Request, gathered: list[ListingBundle]) -> web.Response:
    return answer(request, build_listing(request.app[INSTANCE].site, gathered[0], reader(request).id))


def _rename(error: Invalid) -> Invalid:
    """The same with the field as it is called here."""
    return error.about(FIELDS.get(error.field or "", error.field))
