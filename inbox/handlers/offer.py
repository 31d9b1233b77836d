"""Offer: somebody proposes terms for a listing of ours, or other terms than those on the table."""

from dataclasses import replace

from federation.vocabulary.activities.activities import Offer
from federation.vocabulary.agreements import Agreement as Document
from federation.vocabulary.bike_books import BikeBook
from federation.vocabulary.friendships import Friendship
from inbox.errors import Ignored
from inbox.exchanges.agreements import (
    act,
    apply_owner_state,
    find_answered,
    is_ours,
    read_owner_state,
    read_reason,
    read_terms,
)
from inbox.exchanges.invitations import process_invitation
from inbox.posts.message_requests import screen_request
from inbox.relations import friendships
from inbox.repairs.bikes.books import process_offer
from models import posts
from models.errors import Conflict, Forbidden, Invalid, NotFound
from models.exchanges.agreements import OPEN, Agreement
from models.listings import listings
from models.listings.listings import Listing
from models.people import actors
from models.people.actors import Actor
from models.relations.blocking import blocks
from models.repairs.bookings import appointment_books
from models.settings import Site
from models.store.database import Connection
from models.traffic.outbound import activities
from outbox.builders.activities.reject import build_reject_of_terms
from outbox.builders.texts.reasons import NOES, write_reason
from outbox.exchanges.agreements import agreements
from outbox.threads.agreement_context import Said, find_context
from outbox.traffic.send import Recipients, send

APPOINTMENT = "rendez-vous"
"""The intent of a shop to take appointments is `{actor}#rendez-vous`."""

NOT_FOR_YOU, NOT_OFFERED = NOES["not_for_you"], NOES["not_offered"]


async def handle_offer(conn: Connection, site: Site, sender: Actor, activity: Offer) -> None:
    """A request is kept, or answered at once where it cannot be; a counter-proposal goes to the agreement it names.

    Raises Ignored for what is addressed to nobody who could answer it (FEP-0837).
    """
    if isinstance(activity.object, BikeBook):
        await process_offer(conn, sender, activity, activity.object)
        return
    if isinstance(activity.object, Friendship):
        await friendships.process_offer(conn, site, sender, activity.id, activity.object)
        return
    if activity.in_reply_to is None:
        await _handle_request(conn, site, sender, activity)
        return
    held = await find_answered(conn, sender, activity.in_reply_to)
    if held is None:
        raise Ignored("offer_answers_nothing")
    if await is_ours(conn, held):
        await _handle_counter(conn, site, sender, activity, held)
    else:
        word = read_owner_state(activity.terms, activity.published, state="countered")
        await apply_owner_state(conn, site, sender, held, replace(word, offer_uri=activity.id))


async def _handle_request(conn: Connection, site: Site, sender: Actor, activity: Offer) -> None:
    listing = await _find_offered(conn, activity)
    if listing is None and await process_invitation(conn, site, sender, activity):
        return
    if listing is None:
        await _refuse_unknown(conn, site, sender, activity)
        return
    owner = await actors.get(conn, listing.post.author_id)
    if owner.uri not in activity.to:
        raise Ignored("offer_not_to_owner")
    if listing.id not in await posts.filter_visible(conn, [listing.id], sender.id):
        raise Ignored("listing_not_visible")
    await screen_request(conn, sender, listing, activity)
    if await activities.find_latest(conn, actor_id=owner.id, type="Reject", object_uri=activity.id) is not None:
        raise Ignored("request_refused_before")
    said = Said(text=read_reason(activity.content), uri=activity.id)
    try:
        _require_sides(listing, owner, sender, activity.terms)
        await agreements.request(conn, site, sender, listing, read_terms(activity.terms, listing.details), said)
    except NotFound:
        raise Ignored("listing_not_visible") from None
    except (Conflict, Invalid, Forbidden) as error:
        reason = NOT_FOR_YOU if isinstance(error, Forbidden) else write_reason(error)
        await _refuse(conn, site, owner, sender, activity, reason)


async def _refuse(conn: Connection, site: Site, refusing: Actor, sender: Actor, activity: Offer, reason: str) -> None:
    no = build_reject_of_terms(site, refusing, activity.id, sender, reason=reason)
    await send(conn, refusing, no, Recipients(named_ids=(sender.id,)), about=activity.id)


async def _find_offered(conn: Connection, activity: Offer) -> Listing | None:
    """The listing of ours whose intent these terms satisfy, tombstones included.

    That of a shop's appointments has a second name, which one knows without having seen the listing.
    """
    uri, _, intent = (activity.terms.stipulates.satisfies or "").partition("#")
    if intent == APPOINTMENT:
        listing = await appointment_books.find_listing_of(conn, uri)
    else:
        listing = await listings.find_by_listing_uri(conn, uri)
    return listing if listing is not None and listing.post.local else None


async def _refuse_unknown(conn: Connection, site: Site, sender: Actor, activity: Offer) -> None:
    """No to terms for what was never offered here, so that nobody waits for ever.

    It comes from whom they were addressed to, since whoever made an Offer takes no answer from anybody else (FEP-0837).
    Raises Ignored where that is nobody of ours.
    """
    asked = {one.uri: one for one in await actors.list_by_uris(conn, list(activity.to)) if one.local}
    refusing = next((asked[uri] for uri in activity.to if uri in asked), None)
    if refusing is None or refusing.suspended_at is not None or await blocks.between(conn, refusing.id, sender.id):
        raise Ignored("terms_for_no_listing")
    if await activities.find_latest(conn, actor_id=refusing.id, type="Reject", object_uri=activity.id) is None:
        await _refuse(conn, site, refusing, sender, activity, NOT_OFFERED)


def _require_sides(listing: Listing, owner: Actor, sender: Actor, terms: Document) -> None:
    """Raise Invalid where the terms are for another part of the listing, in another name, or of other people.

    Who gives and who receives is the listing's to say.
    """
    if terms.stipulates.satisfies not in (f"{listing.uri}#primary", f"{owner.uri}#{APPOINTMENT}"):
        raise Invalid("intent_mismatch")
    given = (owner.uri, sender.uri) if listing.details.kind == "offer" else (sender.uri, owner.uri)
    if terms.attributed_to not in (None, sender.uri):
        raise Invalid("terms_attributed_to_another")
    if _names_others(terms, *given):
        raise Invalid("terms_name_others")
    back = terms.stipulates_reciprocal
    if back is not None and back.satisfies not in (None, f"{listing.uri}#reciprocal"):
        raise Invalid("return_of_another_listing")


def _names_others(terms: Document, giving: str, receiving: str) -> bool:
    """Whether anybody else gives or receives, or the other way round; who is not named is the one who has to be."""
    promise, back = terms.stipulates, terms.stipulates_reciprocal
    if (promise.provider or giving, promise.receiver or receiving) != (giving, receiving):
        return True
    return back is not None and (back.provider or receiving, back.receiver or giving) != (receiving, giving)


async def _handle_counter(conn: Connection, site: Site, sender: Actor, activity: Offer, held: Agreement) -> None:
    """A partner's other terms. Those that do not fit are answered with how things stand."""
    said = Said(text=read_reason(activity.content), uri=activity.id, offer_uri=activity.in_reply_to)
    case = await find_context(conn, held)
    intent = f"{case.listing.uri}#primary"
    if activity.terms.stipulates.satisfies not in (None, intent):
        raise Ignored("terms_for_other_listing")
    offered = replace(activity.terms, stipulates=replace(activity.terms.stipulates, satisfies=intent))

    async def answer() -> None:
        _require_sides(case.listing, case.owner, sender, offered)
        terms = read_terms(offered, case.listing.details)
        await agreements.counter(conn, site, sender, held, terms, said)

    await act(conn, site, held, answer, anew=_replaced_terms(sender, activity, held))


def _replaced_terms(sender: Actor, activity: Offer, held: Agreement) -> bool:
    """Whether her server took these terms for the ones on the table from now on, and waits for an answer to them."""
    own = activity.terms.attributed_to in (None, sender.uri)
    return own and held.state in OPEN and activity.in_reply_to == held.offer_uri
