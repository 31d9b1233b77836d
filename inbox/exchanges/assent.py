"""What the owner's server may say of an agreement with one of ours: nobody here is bound without having said yes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from federation.uris import same_origin
from inbox.errors import Ignored
from models import preferences
from models.errors import Conflict, Invalid
from models.exchanges import agreements
from models.exchanges.agreements import Agreement, State, Terms
from models.settings import Site
from models.store.database import Connection
from models.traffic.outbound import activities
from outbox.builders.objects.agreement import AgreementContext
from outbox.builders.texts.reasons import REFUSALS
from outbox.exchanges.agreements.endings import build_withdrawal, withdraw
from outbox.exchanges.agreements.terms import require_before_shutdown, require_possible
from outbox.threads.agreement_context import Said
from outbox.traffic.send import Recipients, send

LONGEST_HOLD = timedelta(days=31)
"""So long one of ours waits for an answer at most, whatever another server says."""


async def require_assent(conn: Connection, case: AgreementContext, state: State, said: Terms | None) -> Terms:
    """The terms as they are after this word.

    What comes to nothing leaves them. Raises Ignored where somebody of ours would be bound by terms that she neither
    proposed nor said yes to last, and for terms that cannot be.
    """
    held = case.agreement
    if said is None or state not in (*agreements.OPEN, *agreements.BOUND):
        said = held.terms
    terms = as_held(said, held)
    if state in agreements.BOUND:
        terms = replace(terms, place=terms.place or held.place, note=terms.note or held.note)  # some peers drop words
        if not _is_agreed(held, terms) and not await _are_partners_own(conn, held, terms):
            raise Ignored("terms_not_accepted")
        return terms
    if terms == held.terms:
        return terms
    try:
        return require_possible(case.listing.details, terms)
    except Invalid as error:
        raise Ignored("terms_impossible", str(error)) from error


async def takes_back_late(conn: Connection, site: Site, case: AgreementContext, state: State, terms: Terms) -> bool:
    """Whether a yes comes once this instance is to end, before what would be agreed does: it binds nobody.

    The request is taken back, with the reason, so that nobody there counts on it either.
    """
    held = case.agreement
    if state not in agreements.BOUND or held.state in agreements.BOUND:
        return False
    try:
        await require_before_shutdown(conn, terms)
    except Conflict:
        reason = REFUSALS["terms_after_shutdown"]
        if held.state in agreements.OPEN:
            await withdraw(conn, site, case.partner, held, Said(text=reason))
        elif case.reads(case.owner):
            await _withdraw_again(conn, site, case, reason)
        return True
    return False


async def _withdraw_again(conn: Connection, site: Site, case: AgreementContext, reason: str) -> None:
    """The request had ended here: there it is taken back too, once."""
    partner, uri = case.partner, case.agreement.request_uri
    if await activities.find_latest(conn, actor_id=partner.id, type="Undo", object_uri=uri) is None:
        undo = await build_withdrawal(conn, site, partner, case, reason)
        await send(conn, partner, undo, Recipients(named_ids=(case.owner.id,)), about=uri)


def _is_agreed(held: Agreement, terms: Terms) -> bool:
    """Whether yes was said to these before, here or by the owner."""
    return terms == held.terms and (held.agreed_at is not None or held.accepted_uri is not None)


async def _are_partners_own(conn: Connection, held: Agreement, terms: Terms) -> bool:
    """Whether these are the terms that the partner proposed or accepted last."""
    hers = await agreements.find_stance(conn, held.id, held.partner_id)
    return hers is not None and as_held(hers, held) == terms


def as_held(terms: Terms, held: Agreement) -> Terms:
    """With what the wire does not say: points, and the currency of the same amount."""
    currency = held.currency if terms.amount == held.amount else terms.currency
    return replace(terms, points=held.points, currency=currency)


async def require_names(conn: Connection, case: AgreementContext, uri: str | None, offer_uri: str | None) -> None:
    """Raise Ignored where an agreement or an Offer gets an id that its server may not give, or that is another's."""
    held, owner = case.agreement, case.owner
    if uri is not None and held.uri is None:
        known = await agreements.find_by_uri(conn, uri)
        if known is not None or not same_origin(uri, owner.uri):
            raise Ignored("agreement_id_taken")
    if offer_uri is not None:
        known = await agreements.find_by_offer(conn, offer_uri)
        if known is None and not same_origin(offer_uri, owner.uri):
            raise Ignored("offer_of_other_server")
        if known is not None and known.id != held.id:
            raise Ignored("offer_of_other_agreement")


async def find_proposer(conn: Connection, held: Agreement, offer_uri: str | None) -> int:
    """Whose Offer is on the table: we know all that ours made, so any other is of the owner."""
    if offer_uri is None or offer_uri == held.offer_uri:
        return held.proposed_by
    own = await agreements.find_by_offer(conn, offer_uri, by=held.partner_id)
    return held.owner_id if own is None else held.partner_id


async def limit_hold(conn: Connection, until: datetime | None) -> datetime:
    """Until when one of ours is waited for: as they say, but not for ever; as here where they say nothing."""
    now = datetime.now(UTC)
    if until is None:
        return now + timedelta(hours=(await preferences.load(conn)).hold_hours)
    return min(until, now + LONGEST_HOLD)
