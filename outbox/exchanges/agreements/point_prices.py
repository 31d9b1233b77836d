"""What agreements cost in the cooperative's points: between two members only, promised when agreed, paid when done."""

from dataclasses import replace

from models.errors import Conflict
from models.exchanges import points
from models.exchanges.agreements import Terms
from models.listings.listings import Listing, ListingDetails
from models.people.actors import Actor
from models.store.database import Connection
from outbox.builders.objects.agreement import AgreementContext
from outbox.exchanges.agreements.terms import require_before_shutdown, require_terms


async def price_terms(conn: Connection, listing: Listing, partner: Actor, terms: Terms) -> Terms:
    """The terms as they are proposed: tidied, with what they cost. Raises Invalid where they do not fit the listing,
    Conflict where this instance ends before they do.
    """
    terms = require_terms(listing.details, terms)
    await require_before_shutdown(conn, terms)
    return replace(terms, points=await find_points(conn, listing, partner, terms))


async def find_points(conn: Connection, listing: Listing, partner: Actor, terms: Terms) -> int | None:
    """What these terms cost; None where that is nothing, or one of the two is no member here."""
    cost = _multiply(listing.details, terms)
    if not cost or not await points.are_kept_between(conn, listing.post.author_id, partner.id):
        return None
    return cost


async def require_proposable(conn: Connection, listing: Listing, partner: Actor, actor: Actor, terms: Terms) -> None:
    """Let somebody propose terms that she would pay for herself; what the other side has is not told before a yes."""
    payer_id, _ = points.who_pays(listing.details.kind, listing.post.author_id, partner.id)
    if terms.points and actor.id == payer_id:
        await _require_means(conn, payer_id, terms.points, own=True)


async def require_promise(conn: Connection, case: AgreementContext, actor: Actor) -> None:
    """Let the two agree: from now on what it costs is spoken for. Raises Conflict where that is too much."""
    cost = case.agreement.points
    if not cost or not await points.are_kept_between(conn, case.owner.id, case.partner.id):
        return
    payer_id, _ = points.who_pays(case.listing.details.kind, case.owner.id, case.partner.id)
    await _require_means(conn, payer_id, cost, own=actor.id == payer_id, but=case.agreement.id)


async def pay(conn: Connection, case: AgreementContext) -> bool:
    """It is done: what it costs goes from one account to the other, once."""
    held = case.agreement
    payer_id, payee_id = points.who_pays(case.listing.details.kind, case.owner.id, case.partner.id)
    return await points.settle(
        conn, agreement_id=held.id, payer_id=payer_id, payee_id=payee_id, amount=held.points or 0
    )


def _multiply(details: ListingDetails, terms: Terms) -> int:
    """A service by the hour costs its points each hour; everything else costs them once."""
    return (details.points or 0) * (int(terms.quantity) if details.unit_based else 1)


async def _require_means(conn: Connection, payer_id: int, cost: int, *, own: bool, but: int | None = None) -> None:
    try:
        await points.require_means(conn, payer_id, cost, but=but)
    except points.TooFew as error:
        if own:
            raise Conflict("not_enough_points", field="points") from error
        raise Conflict("partner_lacks_points", field="points") from error
