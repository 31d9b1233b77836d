"""What somebody elsewhere says about an agreement: a partner acts by our verbs, an owner's server has the word."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from federation.texts.html_cleaner import clean_text
from federation.vocabulary.activities.activities import Accept, Offer
from federation.vocabulary.agreements import Agreement as Document
from federation.vocabulary.agreements import Commitment, EconomicEvent
from inbox.errors import Ignored
from inbox.exchanges import repair_results
from inbox.exchanges.assent import find_proposer, limit_hold, require_assent, require_names, takes_back_late
from models.errors import Conflict, Forbidden, Invalid
from models.exchanges import agreements
from models.exchanges.agreements import Agreement, State, Step, Terms
from models.listings.listings import ListingDetails
from models.people import actors
from models.people.actors import Actor
from models.repairs.results import sides
from models.repairs.results.notes import write_note
from models.repairs.results.sides import ResultSource
from models.settings import Site
from models.store.database import Connection
from outbox.builders.objects.agreement import STATES, AgreementContext, find_return, speaks
from outbox.exchanges.agreements import corrections, endings, fulfilment
from outbox.repairs.bookings.visit_addresses import tell_address
from outbox.threads.agreement_context import Said, answer_with_current_state, keep, lock_context

WORDS: dict[str, State] = {word: state for state, word in STATES.items()} | {"Paid": "agreed"}
"""From what the `preview` of an Agreement says to our state."""

REASON_LIMIT = 2_000

FASTEST_CLOCK = timedelta(days=1)
"""A server whose clock is farther ahead could not sign either."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerState:
    """What the owner's server says: a state, when it said so, and what goes with it where that is known."""

    state: State
    at: datetime | None
    stipulated: Document | None = None
    offer_uri: str | None = None
    uri: str | None = None
    held_until: datetime | None = None
    reason: str = ""


def read_terms(document: Document, details: ListingDetails) -> Terms:
    """What is stipulated about a listing. A quantity that is not said is one; raises Invalid for none to be read."""
    promise, back = document.stipulates, document.stipulates_reciprocal
    quantity = promise.quantity
    if quantity is not None and quantity.value is None:
        raise Invalid("quantity_missing", field="quantity")
    terms = Terms(
        begins_at=promise.has_beginning, ends_at=promise.has_end, place=promise.place[:200], note=promise.note
    )
    if quantity is not None and quantity.value is not None:
        terms = replace(terms, quantity=quantity.value, unit=quantity.unit)
    if back is not None:
        amount = _read_amount(back, details, terms)
        terms = replace(terms, in_return=back.note, amount=amount, currency=None if amount is None else "EUR")
    return terms


def _read_amount(back: Commitment, details: ListingDetails, terms: Terms) -> Decimal | None:
    """The money in return. Of what is hoped for instead, as much as the listing says; raises Invalid for any other."""
    said, money = back.quantity, find_return(details, terms.quantity, None)
    if said is None:
        return None
    if money is not None and said.unit != money.unit:
        raise Invalid("return_unit_mismatch", field="amount")
    if money is None or money.value is None:
        return said.value
    if said.value not in (None, money.value):
        raise Invalid("return_mismatch", field="amount")
    return None


def read_owner_state(document: Document, at: datetime | None, *, state: State | None = None) -> OwnerState:
    """What an Agreement of the owner's server says; `state` where the activity tells it already.

    Raises Ignored for a state that has no meaning here.
    """
    state = state or WORDS.get(document.state)
    if state is None:
        raise Ignored("agreement_state_unknown")
    return OwnerState(
        state=state,
        at=document.updated or at,
        stipulated=document,
        offer_uri=document.in_reply_to,
        uri=document.id,
        held_until=document.end_time,
        reason=read_reason(document.content),
    )


def read_reason(content: str) -> str:
    """The words that came with it, as plain text."""
    return clean_text(content, REASON_LIMIT)


async def find_answered(conn: Connection, sender: Actor, answered: Offer | str) -> Agreement | None:
    """The agreement that an Offer, or its own id, names, if the sender is one of the two."""
    uri = answered if isinstance(answered, str) else answered.id
    found = await agreements.find_by_offer(conn, uri) or await agreements.find_by_uri(conn, uri)
    return found if found is not None and found.role_of(sender.id) is not None else None


async def is_ours(conn: Connection, held: Agreement) -> bool:
    """Whether our server has the word about it."""
    owner = await actors.get(conn, held.owner_id)
    return owner.local or not speaks(owner)


async def act(
    conn: Connection, site: Site, held: Agreement, verb: Callable[[], Awaitable[object]], *, anew: bool = False
) -> None:
    """Let a partner elsewhere do something; where it does not fit, tell how things stand, `anew` if she went on."""
    try:
        await verb()
    except (Conflict, Invalid, Forbidden):
        await answer_with_current_state(conn, site, held, anew=anew)


async def apply_owner_state(conn: Connection, site: Site, sender: Actor, held: Agreement, word: OwnerState) -> None:
    """Our copy becomes what the owner's server says.

    Raises Ignored for strangers, for what is old, and for what would bind somebody who was not asked.
    """
    if sender.id != held.owner_id:
        raise Ignored("not_owner_of_agreement")
    case = await lock_context(conn, held.id)
    held = case.agreement
    at = word.at or agreements.next_moment(held.updated_at)  # some write no time
    _require_order(held, word, at)
    await require_names(conn, case, word.uri, word.offer_uri)
    terms = await require_assent(conn, case, word.state, _read_stipulated(case, word))
    if await takes_back_late(conn, site, case, word.state, terms):
        return
    changed = await _apply(conn, held, word, terms, at)
    same = (held.state, held.terms) == (changed.state, changed.terms)
    if not same:
        changed = replace(changed, accepted_uri=None)  # a yes to what stood there before
    if word.offer_uri:
        await agreements.save_offer(conn, held.id, word.offer_uri, changed.proposed_by)
    case = replace(case, agreement=changed)
    if same or (word.state == "done" and held.owner_reported_at is not None):  # the report said so already
        await agreements.save(conn, changed)
    elif word.state == "expired":
        await keep(conn, site, case, "expired", None)
    else:
        await keep(conn, site, case, word.state, case.owner, _describe_word(word, held))
    await tell_address(conn, site, case)


def _describe_word(word: OwnerState, held: Agreement) -> dict[str, Any]:
    """What its event remembers besides the terms: the words, and the terms in whose place others are proposed."""
    said: dict[str, Any] = {"text": word.reason} if word.reason else {}
    return said | ({"before": agreements.write_terms(held.terms)} if word.state == "countered" else {})


async def _apply(conn: Connection, held: Agreement, word: OwnerState, terms: Terms, at: datetime) -> Agreement:
    """The agreement as it is after this word, on these terms."""
    bound, ended = word.state in agreements.BOUND, word.state not in agreements.LIVE
    return replace(
        held.with_terms(terms),
        state=word.state,
        uri=held.uri or word.uri,
        proposed_by=await find_proposer(conn, held, word.offer_uri),
        offer_uri=word.offer_uri or held.offer_uri,
        held_until=await limit_hold(conn, word.held_until) if word.state in agreements.OPEN else None,
        reason=word.reason or held.reason,
        updated_at=at,
        agreed_at=(held.agreed_at or at) if bound else held.agreed_at,
        ended_at=(held.ended_at or at) if ended else None,
    )


def _read_stipulated(case: AgreementContext, word: OwnerState) -> Terms | None:
    try:
        return None if word.stipulated is None else read_terms(word.stipulated, case.listing.details)
    except Invalid as error:
        raise Ignored("terms_impossible", str(error)) from error


def _require_order(held: Agreement, word: OwnerState, at: datetime) -> None:
    """Raise Ignored for what is old, goes back behind what is settled, or would make all that follows old."""
    if at <= held.updated_at:
        raise Ignored("agreement_outdated")
    if at > datetime.now(UTC) + FASTEST_CLOCK:
        raise Ignored("agreement_from_future")
    if held.ended_at is not None and held.state != "expired" and word.state in agreements.LIVE:
        raise Ignored("agreement_ended")
    if held.state == "agreed" and word.state in agreements.OPEN:
        raise Ignored("agreement_settled")


async def process_report(conn: Connection, site: Site, sender: Actor, event: EconomicEvent) -> None:
    """The other side says that something was done. Raises Ignored for what is not theirs to say."""
    held = await agreements.find_by_uri(conn, event.context or "")
    if held is None or held.role_of(sender.id) is None or event.attributed_to != sender.uri:
        raise Ignored("agreement_unknown")
    case = await lock_context(conn, held.id)
    step = _read_step(case, event)
    note, at = repair_results.read_note(case, event), repair_results.read_moment(event)
    if case.owner.local:
        said = Said(uri=event.id, note=note, at=at)
        verb = fulfilment.report if note is None else fulfilment.report_today
        await act(conn, site, held, lambda: verb(conn, site, sender, held, step, said))
        return
    await _copy_report(conn, site, case, sender, step, Said(uri=event.id, note=note, at=at))


async def _copy_report(
    conn: Connection, site: Site, case: AgreementContext, sender: Actor, step: Step, said: Said
) -> None:
    """The owner's server, which has the word, says that it was done; of a repair maybe with what came out."""
    at, held = said.at or agreements.next_moment(), case.agreement
    if said.note is not None:
        repair_results.require_possible(case)
    if not await agreements.save_report(conn, held.id, said.uri or "", actor_id=sender.id, step=step, happened_at=at):
        return
    if step == agreements.final_step(case.listing.details.mode):
        case = replace(case, agreement=fulfilment.note_report(held, "owner", at))
    details = await _keep_result(conn, case, sender, said, at) if said.note is not None else None
    await keep(conn, site, case, step, sender, details)
    await fulfilment.settle(conn, site, case)


async def _keep_result(
    conn: Connection, case: AgreementContext, sender: Actor, said: Said, at: datetime
) -> dict[str, Any]:
    """What the event remembers of it."""
    assert said.note is not None
    source = ResultSource(author_id=sender.id, uri=said.uri or "", at=at)
    await sides.save_note(conn, case.agreement, case.listing, said.note, source)
    return {"result": write_note(said.note)}


async def process_unreport(conn: Connection, site: Site, sender: Actor, uri: str) -> bool:
    """The other side takes back what it reported under this id. False where it reported no such thing."""
    report = await agreements.find_report(conn, uri)
    if report is None or report.actor_id != sender.id:
        return False
    held = await agreements.get(conn, report.agreement_id)
    if await is_ours(conn, held):
        await act(conn, site, held, lambda: corrections.take_back(conn, site, sender, held, uri=uri))
    else:
        await corrections.take_back_copy(conn, site, sender, held.id, report)
    return True


def _read_step(case: AgreementContext, event: EconomicEvent) -> Step:
    """What is reported: a loan comes back when it goes the other way. Raises Ignored where the two are not these."""
    if {event.provider, event.receiver} - {None} and {event.provider, event.receiver} != {
        case.owner.uri,
        case.partner.uri,
    }:
        raise Ignored("report_names_others")
    if agreements.final_step(case.listing.details.mode) != "back":
        return "done"
    return "back" if event.provider == case.receiver.uri else "out"


async def take_back(conn: Connection, site: Site, sender: Actor, uri: str, content: str) -> bool:
    """A partner elsewhere takes her Offer back: before or after it was agreed on. False for other things."""
    held = await agreements.find_by_offer(conn, uri, by=sender.id)
    if held is None or held.partner_id != sender.id or not await is_ours(conn, held):
        return False
    verb = endings.cancel if held.state == "agreed" else endings.withdraw
    said = Said(text=read_reason(content))
    await act(conn, site, held, lambda: verb(conn, site, sender, held, said))
    return True


def result_of(activity: Accept) -> Document:
    """The agreement that an Accept names (FEP-0837: its author's own). Raises Ignored where there is none."""
    if activity.result is None or activity.result.attributed_to != activity.actor:
        raise Ignored("accept_without_agreement")
    return activity.result
