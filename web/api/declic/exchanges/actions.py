"""Ask, propose, say yes or no, report, write: the verbs of `outbox/`, as the pages call them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from decimal import Decimal

from aiohttp import web

from models.access import idempotency_keys
from models.access.idempotency_keys import RequestResult
from models.errors import Conflict, Invalid, NotFound
from models.exchanges import agreements, exchanges
from models.exchanges.agreements import Agreement, Terms
from models.listings import listings
from models.listings.listings import Listing, ListingDetails
from models.settings import Site
from models.store.database import Connection, connection, transaction
from outbox.exchanges import acts
from outbox.exchanges.agreements import thanks as outbox_thanks
from outbox.exchanges.agreements.agreements import counter, propose
from outbox.exchanges.agreements.agreements import request as ask
from outbox.exchanges.agreements.terms import find_price
from outbox.exchanges.agreements.thanks import ThanksNote
from outbox.threads import messages
from outbox.threads.agreement_context import Said
from outbox.threads.messages import Words
from web.actions.mention_lookup import look_up_mentioned
from web.api.auth import reader
from web.api.declic.cache_headers import answer
from web.api.declic.exchanges.reading import load_entries, load_thread
from web.api.declic.exchanges.request_schemas import SentAct, SentMessage, SentTerms, SentThanks
from web.api.declic.listings.reading import get_visible
from web.api.declic.request_schemas import Nothing
from web.api.parameters import read_id, read_idempotency_key
from web.http.app_keys import INSTANCE

FIELDS = {"message": "text", "photos": "media_ids", "thanks": "text"}
"""Where a field of the verbs has another name here."""


async def post_request(request: web.Request, sent: SentTerms) -> web.Response:
    """POST /listings/{id}/exchanges. With an Idempotency-Key the same request again asks once, also in parallel."""
    me, key = reader(request), read_idempotency_key(request)
    async with _acting(request) as (conn, site):
        listing = (await get_visible(conn, request)).listing
        claimed = await idempotency_keys.claim(conn, me.id, key) if key else None
        if claimed is None:
            terms = _read_terms(sent, listing.details)
            await ask(conn, site, me, listing, terms, Said(text=sent.text or ""))
            await idempotency_keys.settle(conn, me.id, key, RequestResult(post_id=listing.id))
        elif claimed.post_id != listing.id:
            raise Conflict("idempotency_key_reused")
        thread = await exchanges.find(conn, listing_id=listing.id, partner_id=me.id)
        value = await load_thread(conn, request, None if thread is None else thread.id)
    return answer(request, value)


async def post_terms(request: web.Request, sent: SentTerms) -> web.Response:
    """POST /exchanges/{id}/terms: other terms while some wait for an answer; else one asks, or proposes one's own."""
    me, said = reader(request), Said(text=sent.text or "")
    async with _acting(request) as (conn, site):
        thread = await exchanges.get_for(conn, read_id(request.match_info["id"]), me.id)
        held = next(
            (one for one in await agreements.list_by_exchange(conn, thread.id) if one.state in agreements.OPEN), None
        )
        listing = await _get_listing(conn, thread.listing_id)
        terms = _read_terms(sent, listing.details)
        if held is not None:
            await counter(conn, site, me, held, terms, said)
        elif thread.owner_id == me.id:
            await propose(conn, site, me, thread, terms, said)
        else:
            await ask(conn, site, me, listing, terms, said)
        value = await load_thread(conn, request, thread.id)
    return answer(request, value)


async def post_act(request: web.Request, sent: SentAct) -> web.Response:
    """POST /agreements/{id}/acts. What is so already is no error.

    Raises NotFound for strangers, Conflict where it is not possible now.
    """
    async with _acting(request) as (conn, site):
        held = await _get_own(conn, request)
        said = Said(text=sent.text or "", offer_uri=sent.offer)
        await acts.perform(conn, site, reader(request), held, sent.act, said)
        value = await load_thread(conn, request, held.exchange_id)
    return answer(request, value)


async def post_thanks(request: web.Request, sent: SentThanks) -> web.Response:
    """POST /agreements/{id}/thanks: once it is done, in private or for all."""
    await look_up_mentioned(request.app[INSTANCE], sent.text)
    async with _acting(request) as (conn, site):
        held = await _get_own(conn, request)
        said = ThanksNote(text=sent.text, public=sent.public, language=sent.language)
        await outbox_thanks.thank(conn, site, reader(request), held, said)
        value = await load_thread(conn, request, held.exchange_id)
    return answer(request, value)


async def post_message(request: web.Request, sent: SentMessage) -> web.Response:
    """POST /exchanges/{id}/messages: the line as it now stands in the thread."""
    me, text = reader(request), sent.text or ""
    if not text and not sent.media_ids:
        raise Invalid("message_empty", field="text")
    async with connection(request.app[INSTANCE].pool) as conn:
        thread = await exchanges.get_for(conn, read_id(request.match_info["id"]), me.id)
    await look_up_mentioned(request.app[INSTANCE], text)
    ids = [read_id(id) for id in sent.media_ids]
    words = Words(text=text, language=sent.language, media_ids=tuple(id for id in ids if id is not None))
    async with _acting(request) as (conn, site):
        post = await messages.write(conn, site, me, thread, words)
        found = await exchanges.list_entries(conn, thread.id, limit=1)
        if post is not None:
            found = [replace(found[0], id=post.id, kind="message")]
        [value] = await load_entries(conn, request, thread, found)
    return answer(request, value)


async def post_read(request: web.Request, _: Nothing) -> web.Response:
    """POST /exchanges/{id}/read: everything in it was seen; nobody else is told."""
    async with transaction(request.app[INSTANCE].pool) as conn:
        thread = await exchanges.get_for(conn, read_id(request.match_info["id"]), reader(request).id)
        await exchanges.mark_read(conn, thread.id, reader(request).id, thread.last_id)
        value = await load_thread(conn, request, thread.id)
    return answer(request, value)


@asynccontextmanager
async def _acting(request: web.Request) -> AsyncIterator[tuple[Connection, Site]]:
    """A transaction for a verb, whose errors name fields as they are called here."""
    instance = request.app[INSTANCE]
    try:
        async with transaction(instance.pool) as conn:
            yield conn, instance.site
    except Invalid as error:
        raise error.about(FIELDS.get(error.field or "", error.field)) from None


async def _get_listing(conn: Connection, id: int) -> Listing:
    """What a thread is about, withdrawn or not. Raises NotFound."""
    found = await listings.find_by_post(conn, id)
    if found is None:
        raise NotFound
    return found


async def _get_own(conn: Connection, request: web.Request) -> Agreement:
    """The agreement that the address names, if the reader is one of the two. Raises NotFound."""
    id = read_id(request.match_info["id"])
    if id is None:
        raise NotFound
    held = await agreements.get(conn, id)
    if held.role_of(reader(request).id) is None:
        raise NotFound
    return held


def _read_terms(sent: SentTerms, details: ListingDetails) -> Terms:
    """What is proposed; the rest as the listing has it."""
    quantity = sent.quantity
    if quantity is None:
        quantity = Decimal(1) if details.unit_based else details.quantity
    return Terms(
        quantity=quantity,
        unit=details.unit,
        begins_at=sent.begins_at,
        ends_at=sent.ends_at,
        place=sent.place or "",
        in_return=sent.in_return or "",
        amount=sent.amount if details.free_price else find_price(details, quantity),
        currency=details.currency,
        note=sent.note or "",
    )
