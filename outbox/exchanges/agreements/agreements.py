"""Ask, counter and say yes: one function per verb, whoever acts, here or elsewhere.

The server of the listing's owner is the authority. What a partner elsewhere does is answered with how things stand;
what one of ours does elsewhere stays a wish until its owner's server says so.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from federation.uris import activity_uri, agreement_uri
from models import preferences
from models.errors import Conflict, NotFound
from models.exchanges import agreements, exchanges, reserves
from models.exchanges.agreements import UNHEARD, Agreement, NewAgreement, Terms
from models.exchanges.exchanges import Exchange
from models.listings import listings
from models.listings.listings import Listing, find_stock
from models.people import actors
from models.people.actors import Actor
from models.relations.blocking import blocks
from models.settings import Site
from models.store.database import Connection
from outbox.builders.activities.accept import build_accept_of_terms
from outbox.builders.activities.offer import build_offer
from outbox.builders.objects.agreement import AgreementContext, build_agreement, speaks
from outbox.exchanges.agreements.hold_limits import require_fair_hold
from outbox.exchanges.agreements.point_prices import price_terms, require_promise, require_proposable
from outbox.exchanges.agreements.request_preconditions import (
    Pair,
    require_few_waiting,
    require_may_ask,
    require_may_propose,
)
from outbox.exchanges.agreements.terms import (
    AGAIN_AND_AGAIN,
    require_before_shutdown,
    require_room,
    require_slot,
    require_stands,
)
from outbox.listings import listings as outbox_listings
from outbox.presence import require_active, require_there
from outbox.threads.agreement_context import (
    NOTHING,
    AgreementChange,
    Said,
    lock_context,
    record_act,
    require_next,
    require_words,
    send_current_state,
    stamp,
)
from outbox.threads.waiting_requests import release_waiting, write_chosen


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sides:
    """Who begins an agreement (`by`), about what, with whom."""

    listing: Listing
    owner: Actor
    partner: Actor
    by: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """With which words, and until when somebody may say whether she still wants it."""

    text: str
    until: datetime


async def request(
    conn: Connection, site: Site, partner: Actor, listing: Listing, terms: Terms, said: Said = NOTHING
) -> Agreement:
    """Ask for what is offered, or propose what is looked for. The days are held until an answer.

    Raises NotFound, Forbidden, Invalid, and Conflict where nothing is free. The same Offer again changes nothing.
    """
    owner = await actors.get(conn, listing.post.author_id)
    if owner.local:
        await blocks.wait_for(conn, owner.id)
    await require_may_ask(conn, partner, owner, listing)
    await agreements.lock_listing(conn, listing.id)
    known = await agreements.find_by_request(conn, said.uri) if said.uri else None
    if known is not None:
        return known
    fresh = await listings.find_by_post(conn, listing.id)
    if fresh is None:
        raise NotFound
    require_stands(fresh)
    await require_there(conn, fresh)
    terms = await price_terms(conn, fresh, partner, terms)
    text = require_words(said.text)
    again = await _find_repeated(conn, fresh.id, partner, partner, terms, said)
    if again is not None:
        return again
    await require_few_waiting(conn, partner, fresh)
    await require_proposable(conn, fresh, partner, partner, terms)
    if owner.local:
        await require_slot(conn, fresh, terms)
        await require_fair_hold(conn, partner, fresh, terms)
        await require_room(conn, fresh, terms)
    sides = _Sides(listing=fresh, owner=owner, partner=partner, by=partner)
    created = await _ask(conn, site, sides, terms, replace(said, text=text))
    if owner.local and fresh.details.first_come and fresh.details.mode == "gift":
        return await accept(conn, site, owner, created)
    return created


async def _ask(conn: Connection, site: Site, sides: _Sides, terms: Terms, said: Said) -> Agreement:
    """The request, told to the owner. Whoever asks for what is lent waits for it no more."""
    listing, partner = sides.listing, sides.partner
    case = await _begin(conn, site, sides, terms, said.uri)
    if listing.details.mode in AGAIN_AND_AGAIN:
        await reserves.remove(conn, listing.id, partner.id)
        await reserves.note_freed(conn, listing.id)  # her turn is over: the next one may want other days
    offer = build_offer(site, partner, build_agreement(case, by=partner), sides.owner.uri, text=said.text)
    offer = replace(offer, id=case.agreement.request_uri)
    await record_act(conn, site, case, partner, AgreementChange(kind="requested", activity=offer, text=said.text))
    await send_current_state(conn, site, case)
    return case.agreement


async def _find_repeated(
    conn: Connection, listing_id: int, partner: Actor, by: Actor, terms: Terms, said: Said
) -> Agreement | None:
    """What somebody here proposed a moment ago by the same button; activities from elsewhere have ids of their own."""
    if said.uri is not None or not (by.local or by.guest):
        return None
    words = agreements.Words(terms=terms, text=require_words(said.text))
    return await agreements.find_repeated(conn, listing_id, partner.id, by.id, words)


async def propose(
    conn: Connection, site: Site, owner: Actor, exchange: Exchange, terms: Terms, said: Said = NOTHING
) -> Agreement:
    """The owner proposes terms to somebody who wrote to her without any: a person here, or one who answers in words.

    Raises NotFound for others' threads, Invalid, and Conflict: where something is asked already, or days are taken.
    """
    if exchange.owner_id != owner.id:
        raise NotFound
    partner = await actors.get(conn, exchange.partner_id)
    await agreements.lock_listing(conn, exchange.listing_id)
    listing = await listings.find_by_post(conn, exchange.listing_id)
    if listing is None:
        raise NotFound
    await require_may_propose(conn, exchange, listing, (owner, partner))
    terms = await price_terms(conn, listing, partner, terms)
    text = require_words(said.text)
    await require_room(conn, listing, terms, calendar=False)
    return await _offer(conn, site, _Sides(listing=listing, owner=owner, partner=partner, by=owner), terms, text)


async def invite(conn: Connection, site: Site, listing: Listing, people: Pair, terms: Terms, call: Call) -> Agreement:
    """Ask whoever's turn it is on the list, wherever she is, whether she still wants it. The listing is locked.

    Raises Invalid for terms that do not fit any more.
    """
    owner, partner = people
    require_active(owner)
    terms = await price_terms(conn, listing, partner, terms)
    sides = _Sides(listing=listing, owner=owner, partner=partner, by=owner)
    return await _offer(conn, site, sides, terms, call.text, until=call.until)


async def _offer(
    conn: Connection, site: Site, sides: _Sides, terms: Terms, text: str, *, until: datetime | None = None
) -> Agreement:
    """The owner proposes what nobody asked for in this thread, or not any more."""
    case = await _begin(conn, site, sides, terms, None)
    if until is not None:
        case = replace(case, agreement=replace(case.agreement, held_until=until))
    offer = build_offer(site, sides.owner, build_agreement(case), sides.partner.uri, text=text)
    offer = replace(offer, id=case.agreement.request_uri)
    act = AgreementChange(kind="countered", activity=offer, text=text, first=True)
    await record_act(conn, site, case, sides.owner, act)
    return case.agreement


async def _begin(conn: Connection, site: Site, sides: _Sides, terms: Terms, uri: str | None) -> AgreementContext:
    """The agreement with its first terms; `uri` is that of an Offer from elsewhere. Raises Conflict."""
    listing, owner, partner = sides.listing, sides.owner, sides.partner
    thread = await exchanges.open(conn, listing_id=listing.id, owner_id=owner.id, partner_id=partner.id)
    created = await agreements.create(
        conn,
        NewAgreement(
            exchange_id=thread.id,
            listing_id=listing.id,
            owner_id=owner.id,
            partner_id=partner.id,
            uri=agreement_uri(site, owner.username) if owner.local else None,
            request_uri=uri or activity_uri(site, sides.by.username),
            proposed_by=sides.by.id,
            terms=terms,
            held_until=agreements.next_moment() + await _find_hold(conn),
            updated_at=agreements.next_moment() if owner.local or not speaks(owner) else UNHEARD,
        ),
    )
    if created is None:
        raise Conflict("request_already_made")
    return AgreementContext(listing=listing, owner=owner, partner=partner, agreement=created)


async def counter(
    conn: Connection, site: Site, actor: Actor, agreement: Agreement, terms: Terms, said: Said = NOTHING
) -> Agreement:
    """Propose other terms; those before are off the table, and the other side is asked.

    Raises NotFound, Invalid, and Conflict.
    """
    case = await lock_context(conn, agreement.id)
    held = case.agreement
    require_next(case, actor, "counter", said)
    require_active(actor)
    require_stands(case.listing)
    terms = await price_terms(conn, case.listing, case.partner, terms)
    text = require_words(said.text)
    again = await _find_repeated(conn, case.listing.id, case.partner, actor, terms, said)
    if again is not None and again.id == held.id:
        return again
    await require_proposable(conn, case.listing, case.partner, actor, terms)
    if case.owner.local:
        if actor.id == case.partner.id:
            await require_slot(conn, case.listing, terms)
            await require_fair_hold(conn, actor, case.listing, terms, but=held.id)
        await require_room(conn, case.listing, terms, but=held.id, calendar=actor.id == case.partner.id)
    other = case.other_of(actor)
    changed = replace(
        held.with_terms(terms),
        state="countered",
        proposed_by=actor.id,
        offer_uri=said.uri or activity_uri(site, actor.username),
        accepted_uri=None,
        held_until=agreements.next_moment() + await _find_hold(conn),
        updated_at=stamp(case),
    )
    if not await agreements.save_offer(conn, held.id, changed.offer_uri, actor.id):
        return held
    case = replace(case, agreement=changed)
    offer = build_offer(site, actor, build_agreement(case, by=actor), other.uri, text=text, in_reply_to=held.offer_uri)
    offer = replace(offer, id=changed.offer_uri, published=changed.updated_at if actor.id == case.owner.id else None)
    act = AgreementChange(kind="countered", activity=offer, text=text, before=held.terms)
    await record_act(conn, site, case, actor, act)
    if not actor.local:
        await send_current_state(conn, site, case)
    return changed


async def accept(conn: Connection, site: Site, actor: Actor, agreement: Agreement, said: Said = NOTHING) -> Agreement:
    """Say yes to the terms on the table. A partner of ours binds nobody before the owner's server confirms it.

    Raises NotFound, and Conflict where that is not possible or nothing is free any more.
    """
    case = await lock_context(conn, agreement.id)
    held = case.agreement
    require_next(case, actor, "accept", said)
    require_active(actor)
    await require_before_shutdown(conn, held.terms)
    if not case.ours:
        yes = build_accept_of_terms(site, actor, case)
        case = replace(case, agreement=replace(held, accepted_uri=yes.id))
        await record_act(conn, site, case, actor, AgreementChange(kind="accepted", activity=yes, post_id=said.post_id))
        return case.agreement
    # whoever says yes, it is the owner's word: hers now, or the terms that she proposed
    await require_room(conn, case.listing, held.terms, but=held.id, calendar=False)
    await require_promise(conn, case, actor)
    at = agreements.next_moment(held.updated_at)
    agreed = replace(held, state="agreed", agreed_at=at, updated_at=at, held_until=None, accepted_uri=None)
    case = replace(case, agreement=agreed)
    yes = build_accept_of_terms(site, actor, case)
    await record_act(conn, site, case, actor, AgreementChange(kind="agreed", activity=yes, post_id=said.post_id))
    if not actor.local:
        await send_current_state(conn, site, case, news="agreed")
    await _take(conn, site, case, said.others)
    return agreed


async def _take(conn: Connection, site: Site, case: AgreementContext, words: str) -> None:
    """What can be given once is no longer to be had: the others are thanked, and the listing says so."""
    details = case.listing.details
    stock = find_stock(details)
    if details.mode in AGAIN_AND_AGAIN or stock is None:
        return
    if await agreements.sum_bound(conn, case.listing.id) >= stock:
        held = case.agreement
        await reserves.remove(conn, held.listing_id, held.partner_id)
        await release_waiting(conn, site, case.owner, held.listing_id, write_chosen(details, words), but=held.id)
        await outbox_listings.reserve(conn, site, case.owner, case.listing.uri)


async def _find_hold(conn: Connection) -> timedelta:
    return timedelta(hours=(await preferences.load(conn)).hold_hours)
