"""People without any account: asked in at a listing's door, confirmed by mail, then one side of a thread like others.

What is said goes into the thread and no further; mails are written by a chore (web/mail/guest_mails). The agreement's
own verbs (`agreements`, `endings`, `fulfilment`) take a guest's actor like any other's.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from models import posts, preferences
from models.errors import Conflict, Gone, Invalid, NotFound
from models.exchanges import agreements, exchanges, guests
from models.exchanges.agreements import Terms
from models.exchanges.exchanges import Exchange
from models.exchanges.guests import Guest, NewGuest
from models.listings import listings
from models.listings.listings import Listing
from models.people import actors
from models.people.actors import Actor
from models.repairs.figures import gone_names
from models.settings import Site
from models.store.background import jobs
from models.store.database import Connection
from models.texts import NOT_TYPED
from outbox.exchanges.agreements import agreements as verbs
from outbox.exchanges.agreements.departed_partners import end_all
from outbox.exchanges.agreements.terms import require_stands, require_terms
from outbox.threads import messages
from outbox.threads.messages import Words

MAIL = "guest_mail"
"""The name of the job that writes to a guest about her link."""

TEXT_LIMIT = 1_000
NAME_LIMIT = 60
LINKS = 2
"""So many links a first message may have."""

LINK = re.compile(r"https?://|\bwww\.", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactRequest:
    """What somebody typed at a listing's door."""

    email: str
    name: str
    language: str
    text: str
    terms: Terms | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestThread:
    """A confirmed guest with her thread."""

    guest: Guest
    actor: Actor
    owner: Actor
    thread: Exchange


async def are_welcome(conn: Connection, listing: Listing) -> bool:
    """Whether this listing may be answered by mail: one of ours, open to all, where the cooperative wants it.

    Meetings have a door of their own.
    """
    return is_for_all(listing) and (await preferences.load(conn)).guests


def is_for_all(listing: Listing) -> bool:
    """Whether it is one of those that may be answered by mail where the cooperative wants it."""
    return listing.post.local and listing.post.audience == "network" and not listing.details.meeting


async def request_link(conn: Connection, listing: Listing, visit: ContactRequest) -> None:
    """Somebody answers a listing by mail: kept for her alone until she opens the link that is sent to her.

    Raises NotFound, Conflict and Invalid. Whether the address is known is told to nobody but by that mail.
    """
    await _require_open(conn, listing)
    text, name = _tidy(visit.text), " ".join(NOT_TYPED.sub("", visit.name).split())
    if not name or len(name) > NAME_LIMIT or LINK.search(name) or "@" in name:
        raise Invalid("guest_name_invalid", most=NAME_LIMIT, field="name")
    _require_words(text)
    if len(LINK.findall(text)) > LINKS:
        raise Invalid("too_many_links", field="message")
    terms = None if visit.terms is None else require_terms(listing.details, visit.terms)
    new = NewGuest(
        listing_id=listing.id,
        email=visit.email,
        name=name,
        language=visit.language,
        message=text,
        terms=None if terms is None else agreements.write_terms(terms),
    )
    await _ask_mail(conn, await guests.save(conn, new))


async def ask_link(conn: Connection, listing: Listing, email: str) -> None:
    """The link was lost: another one goes to the address, if it is known here; those before end."""
    guest = await guests.renew(conn, listing_id=listing.id, email=email)
    if guest is not None:
        await _ask_mail(conn, guest)


async def _ask_mail(conn: Connection, guest: Guest) -> None:
    """The mail is about the newest link: one that was asked for meanwhile is not written twice."""
    await jobs.enqueue(conn, MAIL, {"guest_id": guest.id, "turn": guest.turn})


async def confirm(conn: Connection, site: Site, guest: Guest, *, dated: bool = True) -> GuestThread:
    """She opened the link: what she typed reaches the owner. Again changes nothing.

    Raises NotFound and Conflict: where the listing is closed meanwhile, or its dates are taken (then `dated=False`).
    """
    held = await guests.lock(conn, guest.id)
    if held is None or held.turn != guest.turn:
        raise Gone("guest_link_expired")
    if held.actor_id is not None:
        return await get_party(conn, held)
    listing = await listings.find_by_post(conn, held.listing_id)
    if listing is None:
        raise NotFound
    await _require_open(conn, listing)
    actor_id = await guests.confirm(conn, held, f"{site.url}/invites/{uuid4()}")
    await exchanges.open(conn, listing_id=listing.id, owner_id=listing.post.author_id, partner_id=actor_id)
    confirmed = await guests.find(conn, held.id)
    assert confirmed is not None
    party = await get_party(conn, confirmed)
    await messages.write(conn, site, party.actor, party.thread, Words(text=held.message))
    if held.terms is not None and dated:
        await verbs.request(conn, site, party.actor, listing, agreements.read_terms(held.terms))
    return party


async def get_party(conn: Connection, guest: Guest) -> GuestThread:
    """A confirmed guest with her thread. Raises NotFound."""
    if guest.actor_id is None:
        raise NotFound
    thread = await exchanges.find(conn, listing_id=guest.listing_id, partner_id=guest.actor_id)
    if thread is None:
        raise NotFound
    actor, owner = await actors.get(conn, guest.actor_id), await actors.get(conn, thread.owner_id)
    return GuestThread(guest=guest, actor=actor, owner=owner, thread=thread)


async def write(conn: Connection, site: Site, party: GuestThread, text: str) -> None:
    """The guest writes. Raises Invalid, and Conflict where the owner does not read her any more."""
    text = _tidy(text)
    _require_words(text)
    await messages.write(conn, site, party.actor, party.thread, Words(text=text))
    await guests.clear_message(conn, party.guest.id)


async def stop(conn: Connection, site: Site, party: GuestThread) -> None:
    """The guest has enough: what is open ends, and no mail is written any more. Her page stays. Again is the same."""
    await end_all(conn, site, party.actor)
    await guests.stop(conn, party.guest.id)


async def erase(conn: Connection, site: Site, guest: Guest) -> None:
    """The guest wants to be forgotten, with her words: what is open ends, her address and her name go, her link too."""
    if guest.actor_id is not None:
        await end_all(conn, site, await actors.get(conn, guest.actor_id))
    await _forget(conn, guest)


async def forget_over(conn: Connection, *, at: datetime) -> int:
    """Forget who guests were whose threads ended long ago, and what was said there; how many."""
    over = await guests.list_over(conn, at=at)
    for guest in over:
        await guests.clear_thread(conn, guest)
        await _forget(conn, guest)
    return len(over)


async def _forget(conn: Connection, guest: Guest) -> None:
    if guest.actor_id is not None:
        await gone_names.forget_person(conn, guest.actor_id)
    await guests.forget(conn, guest)


async def _require_open(conn: Connection, listing: Listing) -> None:
    if not await posts.filter_visible(conn, [listing.id], None) or not await are_welcome(conn, listing):
        raise NotFound
    require_stands(listing)
    owner = await actors.get(conn, listing.post.author_id)
    if owner.deleted_at is not None or owner.suspended_at is not None or owner.moved_to is not None:
        raise Conflict("owner_gone")


def _tidy(text: str) -> str:
    return NOT_TYPED.sub("", text).replace("\r\n", "\n").strip()


def _require_words(text: str) -> None:
    if not text:
        raise Invalid("message_missing", field="message")
    if len(text) > TEXT_LIMIT:
        raise Invalid("message_too_long", most=TEXT_LIMIT, field="message")
