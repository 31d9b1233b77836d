"""The owner of a listing elsewhere asks one of ours, who stands on its list, whether she still wants it."""

from datetime import UTC, datetime

from federation.uris import same_origin
from federation.vocabulary.activities.activities import Offer
from inbox.errors import Ignored
from inbox.exchanges.agreements import read_reason, read_terms
from inbox.exchanges.assent import limit_hold
from models.errors import Invalid
from models.exchanges import agreements, exchanges
from models.exchanges.agreements import LIVE, NewAgreement, Terms
from models.exchanges.exchanges import Exchange
from models.listings import listings
from models.listings.listings import Listing
from models.people import actors
from models.people.actors import Actor
from models.relations.blocking import blocks
from models.settings import Site
from models.store.database import Connection
from outbox.exchanges.agreements.terms import require_possible
from outbox.threads.agreement_context import find_context, keep


async def process_invitation(conn: Connection, site: Site, owner: Actor, activity: Offer) -> bool:
    """Terms that nobody asked for, by whoever has the word about them, in a thread that one of ours began.

    False where this is none of that. Raises Ignored for what cannot be, and while something else is on the table.
    """
    uri = (activity.terms.stipulates.satisfies or "").partition("#")[0]
    listing = await listings.find_by_listing_uri(conn, uri)
    if listing is None or listing.post.local or listing.post.author_id != owner.id:
        return False
    thread = await _find_thread(conn, owner, listing, activity)
    if thread is None:
        return False
    await agreements.lock_listing(conn, listing.id)
    if await agreements.find_by_offer(conn, activity.id) is not None:
        return True
    latest = await agreements.get_latest(conn, thread.id)
    if latest is not None and latest.state in LIVE:
        raise Ignored("agreement_settled")
    await _keep(conn, site, owner, activity, await _read(conn, owner, thread, listing, activity))
    return True


async def _keep(conn: Connection, site: Site, owner: Actor, activity: Offer, new: NewAgreement) -> None:
    """The copy, which waits for an answer of ours."""
    created = await agreements.create(conn, new)
    if created is not None:
        said = read_reason(activity.content)
        details = {"first": True} | ({"text": said} if said else {})
        await keep(conn, site, await find_context(conn, created), "countered", owner, details)


async def _find_thread(conn: Connection, owner: Actor, listing: Listing, activity: Offer) -> Exchange | None:
    """That of the one person to whom it is addressed, where she reads the owner."""
    for one in await actors.list_by_uris(conn, list(activity.to)):
        if one.local and one.suspended_at is None and not await blocks.between(conn, one.id, owner.id):
            return await exchanges.find(conn, listing_id=listing.id, partner_id=one.id)
    return None


async def _read(conn: Connection, owner: Actor, thread: Exchange, listing: Listing, activity: Offer) -> NewAgreement:
    document = activity.terms
    uri = document.id
    if document.attributed_to not in (None, owner.uri) or uri is None or not same_origin(uri, owner.uri):
        raise Ignored("offer_of_other_server")
    if await agreements.find_by_uri(conn, uri) is not None:
        raise Ignored("agreement_id_taken")
    return NewAgreement(
        exchange_id=thread.id,
        listing_id=listing.id,
        owner_id=owner.id,
        partner_id=thread.partner_id,
        uri=uri,
        request_uri=activity.id,
        proposed_by=owner.id,
        terms=_read_terms(activity, listing),
        held_until=await limit_hold(conn, document.end_time),
        updated_at=document.updated or activity.published or datetime.now(UTC),
    )


def _read_terms(activity: Offer, listing: Listing) -> Terms:
    try:
        return require_possible(listing.details, read_terms(activity.terms, listing.details))
    except Invalid as error:
        raise Ignored("terms_impossible", str(error)) from error
