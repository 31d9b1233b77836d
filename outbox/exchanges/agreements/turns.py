"""Whose turn it is: when something is free again, the next one of its list is asked first, and has time to answer.

What is given once stays reserved meanwhile: the next one is asked by terms of the owner's, as many days as she had. Of
what is lent the days are not held: the next one is told before the others, and asks for them like anybody.
"""

from dataclasses import replace
from datetime import UTC, datetime

from federation.instance import Instance
from models import posts
from models.errors import Conflict, Invalid
from models.exchanges import agreements, exchanges, reserves
from models.exchanges.agreements import Terms
from models.exchanges.reserves import ReservePlace
from models.listings import listings
from models.listings.listings import Listing, ListingDetails, find_stock
from models.people import actors
from models.people.actors import Actor
from models.settings import Site
from models.store.background.periodic_tasks import require_whole
from models.store.database import Connection, connection
from outbox.builders.texts.reasons import NOES
from outbox.builders.texts.reserve import write_call
from outbox.each_in_transaction import run_each
from outbox.exchanges.agreements.agreements import Call, invite
from outbox.exchanges.agreements.terms import AGAIN_AND_AGAIN, find_price, require_stands
from outbox.listings import listings as outbox_listings
from outbox.presence import require_there
from outbox.threads.messages import may_write
from outbox.threads.place_answers import tell_end, tell_turn
from outbox.threads.waiting_lists_elsewhere import TO_ANSWER, find_turn_end, notify_turn
from outbox.threads.waiting_requests import choose_language, close_reserve, tell_of_place, tell_partner

AT_ONCE = 50


async def give_back(conn: Connection, site: Site, owner: Actor, listing_id: int) -> None:
    """What was reserved for somebody is to be had again: by the next one of its list, or by anybody.

    Whoever was asked and gave no yes is asked no more, whatever became of the listing: else nobody could ask for it.
    """
    listing = await listings.find_by_post(conn, listing_id)
    if listing is None or not owner.local or listing.post.deleted_at is not None:
        return
    called = await reserves.find_called(conn, listing_id)
    if called is not None and not await _still_asked(conn, called):
        await pass_over(conn, site, owner, called)
    if listing.details.status != "reserved" or await is_promised(conn, listing):
        return
    if not await call_next(conn, site, owner, listing):
        await outbox_listings.free(conn, site, owner, listing.uri)


async def is_promised(conn: Connection, listing: Listing) -> bool:
    """Whether all that can be given once is."""
    stock = find_stock(listing.details)
    if listing.details.mode in AGAIN_AND_AGAIN or stock is None:
        return False
    return await agreements.sum_bound(conn, listing.id) >= stock


async def call_next(conn: Connection, site: Site, owner: Actor, listing: Listing) -> bool:
    """Ask the next one of the list, unless somebody is asked already; False where nobody is. The listing is locked."""
    if not await _may_call(conn, owner, listing):
        return False
    if await reserves.find_called(conn, listing.id) is not None:
        return True
    for place in await reserves.list_places(conn, listing.id):
        if place.state == "waiting" and await call(conn, site, owner, listing, place):
            return True
    return False


async def call(conn: Connection, site: Site, owner: Actor, listing: Listing, place: ReservePlace) -> bool:
    """It is the turn of this place. False, and it ends, where the two cannot write to each other any more."""
    partner = await actors.get(conn, place.actor_id)
    thread = await exchanges.find(conn, listing_id=listing.id, partner_id=partner.id)
    latest = await agreements.get_latest(conn, thread.id) if thread is not None else None
    if thread is None or not await _may_be_called(conn, owner, partner, listing):
        await _drop(conn, site, owner, listing, place)
        return False
    if latest and latest.state in agreements.LIVE:
        await reserves.remove(conn, listing.id, partner.id)
        return False
    until = datetime.now(UTC).replace(second=0, microsecond=0) + TO_ANSWER
    said = Call(text=write_call(listing.details.title, until, choose_language(listing)), until=until)
    terms = _keep_possible(latest.terms if latest is not None else None, listing.details)
    try:
        made = await invite(conn, site, listing, (owner, partner), terms, said)
    except (Invalid, Conflict):  # the listing changed since, or the instance ends: to this nobody can say yes
        await reserves.remove(conn, listing.id, partner.id)
        await tell_of_place(conn, site, owner, thread, place, "closed")
        return False
    await reserves.call(conn, place.id, until=until, agreement_id=made.id)
    return True


def _keep_possible(asked: Terms | None, details: ListingDetails) -> Terms:
    """What she asked for, without days that are over; where she only wrote, the listing as it is."""
    if asked is None:
        quantity = Terms().quantity if details.unit_based else details.quantity
        return Terms(
            quantity=quantity,
            unit=details.unit,
            amount=find_price(details, quantity),
            currency=None if details.price is None or details.free_price else "EUR",
        )
    end = asked.ends_at or asked.begins_at
    over = end is not None and end <= datetime.now(UTC)
    return replace(asked, begins_at=None, ends_at=None) if over else asked


async def _still_asked(conn: Connection, called: ReservePlace) -> bool:
    """Whether the terms that the called one was asked about are on the table still."""
    if called.agreement_id is None:
        return called.until is not None and called.until > datetime.now(UTC)
    return (await agreements.get(conn, called.agreement_id)).state in agreements.LIVE


async def _may_call(conn: Connection, owner: Actor, listing: Listing) -> bool:
    """Whether the owner is there, and the listing stands where everybody sees it."""
    if owner.gone or owner.moved_to is not None or listing.post.hidden_at is not None:
        return False
    try:
        require_stands(listing)
        await require_there(conn, listing)
    except Conflict:
        return False
    return True


async def pass_over(conn: Connection, site: Site, owner: Actor, place: ReservePlace) -> None:
    """Somebody's time is over without a word of hers: she stands on the list no more, and is told."""
    await reserves.remove(conn, place.listing_id, place.actor_id)
    thread = await exchanges.find(conn, listing_id=place.listing_id, partner_id=place.actor_id)
    if thread is None:
        return
    if place.state != "called":
        await tell_partner(conn, site, owner, thread, place, "lapsed" if place.state == "offered" else "past")
        return
    held = await agreements.get(conn, place.agreement_id) if place.agreement_id is not None else None
    if held is None or (held.state == "expired" and held.proposed_by == held.owner_id):  # it was hers to answer
        await tell_of_place(conn, site, owner, thread, place, "passed")


async def tell_due(instance: Instance) -> int:
    """Tell whose turn it is of what is lent and became free, and end places whose time is over; how many. A chore.

    Raises Unfinished for those of which it failed, once all had their turn.
    """
    at = datetime.now(UTC)
    async with connection(instance.pool) as conn:
        lapsed = await reserves.list_lapsed(conn, at=at, limit=AT_ONCE)
        lapsed += await reserves.list_past(conn, at=at, limit=AT_ONCE)

    async def end(conn: Connection, place: ReservePlace) -> None:
        await agreements.lock_listing(conn, place.listing_id)
        now = await reserves.find(conn, place.listing_id, place.actor_id)
        listing = await listings.find_by_post(conn, place.listing_id)
        if now is None or now != place or listing is None:
            return
        await pass_over(conn, instance.site, await actors.get(conn, listing.post.author_id), now)
        await reserves.note_freed(conn, place.listing_id)

    failed = await run_each(instance.pool, "place on a list", {one.id: one for one in lapsed}, end)
    async with connection(instance.pool) as conn:
        due = await reserves.list_due(conn, limit=AT_ONCE)
        gone = await reserves.list_withdrawn(conn, limit=AT_ONCE)

    async def look(conn: Connection, listing_id: int) -> None:
        await agreements.lock_listing(conn, listing_id)
        await look_again(conn, instance.site, listing_id, at)

    async def close(conn: Connection, listing_id: int) -> None:
        await agreements.lock_listing(conn, listing_id)
        listing = await listings.find_by_post(conn, listing_id)
        if listing is not None:
            owner = await actors.get(conn, listing.post.author_id)
            await close_reserve(conn, instance.site, owner, listing_id)

    failed |= await run_each(instance.pool, "waiting list", {id: id for id in due}, look)
    failed |= await run_each(instance.pool, "list of what is gone", {id: id for id in gone}, close)
    require_whole(failed)
    return len(lapsed) + len(due) + len(gone)


async def look_again(conn: Connection, site: Site, listing_id: int, at: datetime) -> None:
    """Something of it became free. While its owner is away, or it rests, everybody waits on."""
    listing = await listings.find_by_post(conn, listing_id)
    if listing is None:
        return
    if not listing.post.local:
        await reserves.settle_due(conn, listing_id)  # its own server says whose turn it is
        return
    owner = await actors.get(conn, listing.post.author_id)
    if not await _may_call(conn, owner, listing):
        return
    await reserves.settle_due(conn, listing_id)
    if listing.details.mode in AGAIN_AND_AGAIN:
        if await reserves.find_called(conn, listing_id) is None:
            await _call_borrower(conn, site, owner, listing, at)
    elif not await is_promised(conn, listing) and await call_next(conn, site, owner, listing):
        await outbox_listings.reserve(conn, site, owner, listing.uri)
    elif listing.details.status == "open":
        await _tell_free(conn, site, owner, listing)


async def _tell_free(conn: Connection, site: Site, owner: Actor, listing: Listing) -> None:
    """Nobody said that she stays, and it is to be had: whoever was asked is told so, and may ask for it again."""
    for place in await reserves.list_places(conn, listing.id):
        if place.state == "offered":
            await reserves.remove(conn, listing.id, place.actor_id)
            thread = await exchanges.find(conn, listing_id=listing.id, partner_id=place.actor_id)
            if thread is not None:
                await tell_partner(conn, site, owner, thread, place, "freed")


async def _call_borrower(conn: Connection, site: Site, owner: Actor, listing: Listing, at: datetime) -> None:
    """The first one whose days are free is told; whoever waits for others goes on waiting."""
    for place in await reserves.list_places(conn, listing.id):
        if place.state != "waiting" or not await _fits(conn, listing, place):
            continue
        thread = await exchanges.find(conn, listing_id=listing.id, partner_id=place.actor_id)
        partner = await actors.get(conn, place.actor_id)
        if thread is None or not await _may_be_called(conn, owner, partner, listing):
            await _drop(conn, site, owner, listing, place)
            continue
        until = find_turn_end(place, at)
        await reserves.call(conn, place.id, until=until, agreement_id=None)
        if partner.guest:
            await exchanges.add_event(conn, thread.id, "reserve_next", details={"until": until.isoformat()})
        elif place.join_uri is not None:
            await tell_turn(conn, site, owner, listing, place)
        else:
            await notify_turn(conn, owner, partner, listing.id)
        return


async def _may_be_called(conn: Connection, owner: Actor, partner: Actor, listing: Listing) -> bool:
    """Whether the two may write to each other, and she sees it still: whoever left a community hears no news of it."""
    visible = await posts.filter_visible(conn, [listing.id], partner.id)
    return bool(visible) and await may_write(conn, owner, partner)


async def _drop(conn: Connection, site: Site, owner: Actor, listing: Listing, place: ReservePlace) -> None:
    """She is not called: her place ends, which her own server is told where it keeps one too, without why."""
    await reserves.remove(conn, listing.id, place.actor_id)
    if place.join_uri is not None:
        await tell_end(conn, site, owner, listing, place, NOES["not_for_you"])


async def _fits(conn: Connection, listing: Listing, place: ReservePlace) -> bool:
    """Whether one of it is free on the days that she wants; any day will do where she named none."""
    there = find_stock(listing.details)
    if place.begins_at is None or place.ends_at is None or there is None:
        return True
    taken = await agreements.list_taken(conn, listing.id, place.begins_at, place.ends_at)
    return agreements.is_free(taken, place.begins_at, place.ends_at, wanted=Terms().quantity, there=there)
