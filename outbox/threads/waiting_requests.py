"""Whoever waits for an answer about a listing that is gone, or for it to be free again, gets one."""

from dataclasses import replace
from datetime import timedelta
from typing import Literal

from models.exchanges import agreements, exchange_messages, exchanges, reserves
from models.exchanges.exchanges import EventKind
from models.exchanges.reserves import ReservePlace
from models.listings import listings
from models.listings.listings import Listing, ListingDetails
from models.people import actors
from models.people.actors import Actor
from models.settings import Site
from models.store.database import Connection
from outbox.builders.activities.reject import build_reject_of_terms
from outbox.builders.texts.reasons import NOES
from outbox.builders.texts.reserve import write_reserve
from outbox.threads import messages, place_answers
from outbox.threads.agreement_context import AgreementChange, find_context, keep, record_act, require_words
from outbox.threads.notices import write_notice

OTHER_CHOSEN, CLOSED, RESERVE = NOES["other_chosen"], NOES["listing_over"], NOES["reserve_question"]
REPAIRER_CHOSEN = NOES["repairer_chosen"]

PlaceEnd = Literal["closed", "passed", "freed", "lapsed", "past"]

ENDS: dict[PlaceEnd, EventKind] = {
    "closed": "reserve_closed",
    "passed": "reserve_passed",
    "freed": "reserve_freed",
    "lapsed": "reserve_lapsed",
    "past": "reserve_past",
}
"""What ends a place without her, and what its thread says."""

TO_STAY = timedelta(days=14)
"""So long somebody who was not chosen may say that she stays on the list."""


async def release_waiting(
    conn: Connection, site: Site, owner: Actor, listing_id: int, reason: str, *, but: int | None = None
) -> int:
    """Whoever still waits for an answer about a listing gets one: no, with a reason. How many.

    Where somebody else was chosen, they are asked whether they stay on the list; where it is over, the list ends too.
    """
    await agreements.lock_listing(conn, listing_id)
    waiting = [
        held
        for held in await agreements.list_live_by_listing(conn, listing_id)
        if held.state in agreements.OPEN and held.id != but
    ]
    for held in waiting:
        at = agreements.next_moment(held.updated_at)
        case = await find_context(conn, held)
        said = write_no(case.partner, reason)
        refused = replace(held, state="refused", reason=said, updated_at=at, ended_at=at, accepted_uri=None)
        no = build_reject_of_terms(site, owner, held.request_uri, case.partner, reason=said, at=at)
        act = AgreementChange(kind="refused", activity=no, text=said)
        await record_act(conn, site, replace(case, agreement=refused), owner, act)
        if _is_choice(reason):
            await reserves.offer(conn, listing_id, held.partner_id, since=held.created_at, until=at + TO_STAY)
    if reason == CLOSED:
        await close_reserve(conn, site, owner, listing_id)
    return len(waiting)


def find_thanks(details: ListingDetails) -> str:
    """How whoever was not chosen is thanked: who offered to repair something offered help."""
    return REPAIRER_CHOSEN if details.kind == "repair_call" else OTHER_CHOSEN


def write_chosen(details: ListingDetails, words: str) -> str:
    """That somebody else was chosen, and then what the owner says of it, if anything."""
    return "\n".join(part for part in (find_thanks(details), require_words(words)) if part)


def write_no(partner: Actor, reason: str) -> str:
    """A reason, and for whoever has no button here how to stay on the list."""
    asked = _is_choice(reason) and not (partner.local or partner.guest)
    return f"{reason}\n{RESERVE}" if asked else reason


def _is_choice(reason: str) -> bool:
    return reason.split("\n")[0] in (OTHER_CHOSEN, REPAIRER_CHOSEN)


async def close_reserve(conn: Connection, site: Site, owner: Actor, listing_id: int) -> None:
    """It will not be free any more: the list ends, and whoever stood on it is told."""
    while places := await reserves.list_places(conn, listing_id):
        for place in places:
            await reserves.remove(conn, listing_id, place.actor_id)
            thread = await exchanges.find(conn, listing_id=listing_id, partner_id=place.actor_id)
            if place.state != "offered" and thread is not None:
                await tell_partner(conn, site, owner, thread, place, "closed")


async def tell_partner(
    conn: Connection, site: Site, owner: Actor, thread: exchanges.Exchange, place: ReservePlace, kind: PlaceEnd
) -> None:
    """The same where it is news to whoever stood there alone: its owner sees it in the thread and on the list."""
    event_id = await tell_of_place(conn, site, owner, thread, place, kind)
    if event_id is not None and thread.owner_read_id >= thread.last_id:
        await exchanges.mark_read(conn, thread.id, owner.id, event_id)


async def tell_of_place(
    conn: Connection, site: Site, owner: Actor, thread: exchanges.Exchange, place: ReservePlace, kind: PlaceEnd
) -> int | None:
    """What ended somebody's place without her, to her wherever she is: in words, in the thread, and in her apps.

    The event, whose id it is, stands last in the thread: nobody is told once more that the listing is over.
    """
    listing = await listings.find_by_post(conn, thread.listing_id)
    if place.join_uri is not None and listing is not None and owner.local:
        reason = write_reserve(kind, listing.details.title, choose_language(listing))
        await place_answers.tell_end(conn, site, owner, listing, place, reason)
    else:
        await tell_in_words(conn, site, owner, thread, kind)
    event_id = await exchanges.add_event(conn, thread.id, ENDS[kind])
    if event_id is not None and listing is not None:
        await _tell_apps(conn, site, owner, thread, event_id, _write_end(site, thread, listing, kind))
    return event_id


def _write_end(site: Site, thread: exchanges.Exchange, listing: Listing, kind: PlaceEnd) -> dict[str, str]:
    """What ended her place, in each language, with the page of its thread."""
    page = f"{site.url}/echanges/{thread.id}"
    return {code: f"{write_reserve(kind, listing.details.title, code)} {page}" for code in ("fr", "en")}


async def _tell_apps(
    conn: Connection, site: Site, owner: Actor, thread: exchanges.Exchange, event_id: int, words: dict[str, str]
) -> None:
    """To a member who wants news of it, and whom the owner may write to."""
    partner = await actors.get(conn, thread.partner_id)
    if not partner.local or partner.guest or thread.partner_muted:
        return
    if await messages.may_write(conn, owner, partner):
        await write_notice(conn, site, partner, thread, event_id, words)


async def tell_in_words(conn: Connection, site: Site, owner: Actor, thread: exchanges.Exchange, kind: str) -> None:
    """What became of somebody's place, to whoever reads this thread nowhere here: a note in the owner's name."""
    partner = await actors.get(conn, thread.partner_id)
    listing = await listings.find_by_post(conn, thread.listing_id)
    if partner.local or partner.guest or listing is None or not owner.local or owner.gone:
        return
    if not await messages.may_write(conn, owner, partner):
        return
    unread = await exchange_messages.find_unread(conn, thread.id, owner.id)
    language = choose_language(listing)
    words = messages.Words(text=write_reserve(kind, listing.details.title, language), language=language)
    if await messages.find_parent(conn, owner, thread) is not None:
        await messages.write(conn, site, owner, thread, words)
    await exchange_messages.restore_unread(conn, unread)


def choose_language(listing: Listing) -> str:
    """In which language whoever answers a listing of ours from elsewhere is written to."""
    return "en" if (listing.post.language or "fr") == "en" else "fr"


async def end_copies(conn: Connection, site: Site, owner: Actor, listing_id: int) -> int:
    """Somebody elsewhere took a listing back: whoever of ours waits for an answer has one. How many.

    Her server tells those of whom it knew; a request that crossed with the Delete is known to nobody there.
    """
    await agreements.lock_listing(conn, listing_id)
    waiting = [one for one in await agreements.list_live_by_listing(conn, listing_id) if one.state in agreements.OPEN]
    for held in waiting:
        refused = replace(
            held,
            state="refused",
            reason=CLOSED,
            ended_at=agreements.next_moment(),
            accepted_uri=None,
            held_until=None,
        )
        await keep(conn, site, await find_context(conn, refused), "refused", owner, {"text": CLOSED})
    return len(waiting)
