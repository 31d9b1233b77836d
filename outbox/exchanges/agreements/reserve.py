"""To stand on the list of what is promised or out: ask for it, leave it; and the owner asks whom she likes."""

from collections.abc import Sequence
from datetime import UTC, datetime

from models.errors import Conflict, Invalid, NotFound
from models.exchanges import agreements, exchanges, reserves
from models.exchanges.exchanges import Exchange
from models.exchanges.reserves import PlaceWish, ReservePlace, Span
from models.limits import REQUESTS
from models.listings import listings
from models.listings.listings import STANDING, Listing, find_stock, has_calendar
from models.people import actors
from models.people.actors import Actor
from models.settings import Site
from models.store.database import Connection
from outbox.builders.objects.agreement import speaks
from outbox.builders.texts.reasons import NOES
from outbox.exchanges.agreements.endings import refuse
from outbox.exchanges.agreements.request_preconditions import Pair, require_may_ask
from outbox.exchanges.agreements.terms import FARTHEST, LONGEST
from outbox.exchanges.agreements.turns import call, give_back, is_promised
from outbox.listings import listings as outbox_listings
from outbox.threads import waiting_lists_elsewhere
from outbox.threads.agreement_context import Said
from outbox.threads.waiting_requests import tell_in_words

LONGEST_LIST = 50
"""So many stand on one list at most…"""

LONGEST_LIST_OF_HOST = 20
"""…of them people of one other server…"""

MOST_LISTS = 30
"""…and one person on so many: each one is news to somebody who has something."""


async def join(
    conn: Connection,
    site: Site,
    partner: Actor,
    listing: Listing,
    span: Span | None = None,
    *,
    join_uri: str | None = None,
) -> None:
    """Stand on the list of a listing, ours or, of what is lent, one of another cooperative: after those who asked for
    it before. Again changes nothing. Whoever asked by a Join from elsewhere is answered by whoever calls this.

    Raises NotFound, Forbidden, Invalid for days that cannot be, Conflict where it is to be had, or the list is full.
    """
    owner = await actors.get(conn, listing.post.author_id)
    if not (owner.local or partner.local):
        raise NotFound
    await require_may_ask(conn, partner, owner, listing)
    await agreements.lock_listing(conn, listing.id)
    fresh = await listings.find_by_post(conn, listing.id)
    if fresh is None:
        raise NotFound
    if join_uri is not None and not has_calendar(fresh.details):
        raise Conflict("nothing_to_wait_for")
    await _require_wanted(conn, fresh, (owner, partner), span)
    thread = await exchanges.open(conn, listing_id=fresh.id, owner_id=owner.id, partner_id=partner.id)
    if not owner.local:
        await waiting_lists_elsewhere.ask(conn, site, (owner, partner), fresh, thread, span)
        return
    if await reserves.count_joined(conn, thread.id, within=REQUESTS.within) >= REQUESTS.most:
        raise Conflict("too_many_requests_today")  # each time is news to the owner
    wanted = PlaceWish(span=span, join_uri=join_uri)
    if await reserves.wait(conn, fresh.id, partner.id, wanted, at=datetime.now(UTC)):
        await _tell_joined(conn, site, owner, fresh, thread, wanted)


async def _tell_joined(
    conn: Connection, site: Site, owner: Actor, listing: Listing, thread: Exchange, wanted: PlaceWish
) -> None:
    """Say it in the thread, and look at once whether it became free while she hesitated."""
    span = wanted.span
    details = {} if span is None else {"from": span.begins_at.isoformat(), "until": span.ends_at.isoformat()}
    await exchanges.add_event(conn, thread.id, "reserve_joined", actor_id=thread.partner_id, details=details)
    if wanted.join_uri is None:
        await tell_in_words(conn, site, owner, thread, "joined")
    if not has_calendar(listing.details):
        await reserves.note_freed(conn, listing.id)
        await give_back(conn, site, owner, listing.id)


async def _require_wanted(conn: Connection, listing: Listing, people: Pair, span: Span | None) -> None:
    """Raise Invalid or Conflict for days that cannot be, for whoever is asked already, and for who has no place yet
    where there is nothing to wait for, or too many do. The owner is the first of the two.
    """
    owner, partner = people
    if span is not None:
        await _require_span(conn, listing, owner, span)
    held = await reserves.find(conn, listing.id, partner.id)
    if held is None:
        await _require_list(conn, listing, owner, partner)
    elif held.state == "called":
        raise Conflict("reserve_yours")


async def _require_span(conn: Connection, listing: Listing, owner: Actor, span: Span) -> None:
    """Raise Invalid for days that cannot be, and Conflict for those that are to be had."""
    now = datetime.now(UTC)
    if span.ends_at <= span.begins_at:
        raise Invalid("end_before_start", field="ends_at")
    if span.ends_at <= now:
        raise Invalid("dates_past", field="begins_at")
    if span.begins_at > now + FARTHEST:
        raise Invalid("date_too_far", field="begins_at")
    if span.ends_at - span.begins_at > LONGEST:
        raise Invalid("duration_too_long", field="ends_at")
    if owner.local and may_wait(listing, owner) and await _is_free(conn, listing, span):
        raise Conflict("days_free", field="begins_at")


async def _require_list(conn: Connection, listing: Listing, owner: Actor, partner: Actor) -> None:
    """Raise Conflict where there is nothing to wait for, and where too many do."""
    if listing.details.status not in STANDING:
        raise Conflict("listing_closed")
    if not may_wait(listing, owner):
        raise Conflict("nothing_to_wait_for")
    places = await reserves.list_places(conn, listing.id)
    if len(places) >= LONGEST_LIST or await _is_crowded(conn, places, partner):
        raise Conflict("reserve_full")
    if len(await reserves.list_by_actor(conn, partner.id)) >= MOST_LISTS:
        raise Conflict("too_many_waiting_lists", most=MOST_LISTS)
    thread = await exchanges.find(conn, listing_id=listing.id, partner_id=partner.id)
    latest = await agreements.get_latest(conn, thread.id) if thread is not None else None
    if latest is not None and latest.state in agreements.LIVE and not has_calendar(listing.details):
        raise Conflict("proposal_already_open")


async def _is_crowded(conn: Connection, places: Sequence[ReservePlace], partner: Actor) -> bool:
    """Whether people of one other server stand on a list in as many places as all of them together may."""
    if partner.local or partner.guest:
        return False
    people = await actors.map_by_ids(conn, [one.actor_id for one in places])
    return sum(one.host == partner.host for one in people.values()) >= LONGEST_LIST_OF_HOST


def may_wait(listing: Listing, owner: Actor) -> bool:
    """Whether this listing has a list that one can join: lent by days, here or at another cooperative; or of ours, and
    promised to somebody.
    """
    if listing.post.deleted_at is not None or find_stock(listing.details) is None:
        return False
    if has_calendar(listing.details):
        return listing.details.status in STANDING and speaks(owner)
    return listing.post.local and listing.details.status == "reserved"


async def _is_free(conn: Connection, listing: Listing, span: Span) -> bool:
    if listing.details.status == "paused":
        return False
    there = find_stock(listing.details)
    taken = await agreements.list_taken(conn, listing.id, span.begins_at, span.ends_at)
    one = agreements.Terms().quantity
    return there is None or agreements.is_free(taken, span.begins_at, span.ends_at, wanted=one, there=there)


async def leave(conn: Connection, site: Site, partner: Actor, listing_id: int) -> bool:
    """Stand there no more; False where she did not. Whoever is asked answers the terms instead: Conflict."""
    await agreements.lock_listing(conn, listing_id)
    held = await reserves.find(conn, listing_id, partner.id)
    if held is None:
        return False
    if held.agreement_id is not None:
        raise Conflict("reserve_yours")
    await reserves.remove(conn, listing_id, partner.id)
    listing = await listings.find_by_post(conn, listing_id)
    if listing is not None and not listing.post.local:
        await waiting_lists_elsewhere.give_up(conn, site, partner, listing)
    thread = await exchanges.find(conn, listing_id=listing_id, partner_id=partner.id)
    if held.state != "offered" and thread is not None:
        await exchanges.add_event(conn, thread.id, "reserve_left", actor_id=partner.id)
        await reserves.note_freed(conn, listing_id)
    return True


async def leave_all(conn: Connection, partner: Actor) -> None:
    """Somebody is gone: she stands on no list any more."""
    for listing_id in await reserves.list_by_actor(conn, partner.id):
        await agreements.lock_listing(conn, listing_id)
        await reserves.remove(conn, listing_id, partner.id)
        await reserves.note_freed(conn, listing_id)


async def call_instead(conn: Connection, site: Site, owner: Actor, listing_id: int, actor_id: int) -> None:
    """The owner asks somebody of the list before her turn, or whoever is asked is passed over for her.

    Raises NotFound for others' listings and for whoever is on no list, Conflict where it is promised, or who is asked
    said yes meanwhile.
    """
    await agreements.lock_listing(conn, listing_id)
    listing = await _get_own(conn, owner, listing_id)
    place = await _get_standing(conn, listing, actor_id)
    if place.state == "called":
        return
    if await is_promised(conn, listing):
        raise Conflict("already_agreed_with_another")
    called = await reserves.find_called(conn, listing_id)
    if called is not None:
        await reserves.wait_on(conn, called.id)
    if not await call(conn, site, owner, listing, place):
        raise Conflict("messaging_blocked")
    await _take_terms_back(conn, site, owner, called)
    if listing.details.status == "open":
        await outbox_listings.reserve(conn, site, owner, listing.uri)


async def _get_standing(conn: Connection, listing: Listing, actor_id: int) -> ReservePlace:
    """Somebody's place on the list of what is given once. Raises NotFound."""
    place = await reserves.find(conn, listing.id, actor_id)
    if place is None or place.state == "offered" or has_calendar(listing.details):
        raise NotFound
    return place


async def _take_terms_back(conn: Connection, site: Site, owner: Actor, called: ReservePlace | None) -> None:
    """Who was asked until now is told that somebody else is asked first."""
    if called is None or called.agreement_id is None:
        return
    held = await agreements.get(conn, called.agreement_id)
    if held.state in agreements.OPEN:
        await refuse(conn, site, owner, held, Said(text=NOES["reserve_later"]))


async def _get_own(conn: Connection, owner: Actor, listing_id: int) -> Listing:
    listing = await listings.find_by_post(conn, listing_id)
    if listing is None or listing.post.author_id != owner.id:
        raise NotFound
    return listing
