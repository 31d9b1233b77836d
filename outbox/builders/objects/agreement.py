"""An agreement as the other side reads it, and what is reported of it (FEP-0837)."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from federation.json.jsonld_terms import PROPOSALS
from federation.signatures.multibase import encode_sha256
from federation.texts.html_cleaner import from_text
from federation.uris import same_origin
from federation.vocabulary.agreements import Agreement as Document
from federation.vocabulary.agreements import Commitment, EconomicEvent
from federation.vocabulary.intents import Quantity
from federation.vocabulary.repair_results import RepairResultDocument
from federation.vocabulary.sent_files import SentFile
from models.exchanges.agreements import OPEN, Agreement, State, Step
from models.listings.listings import Listing, ListingDetails
from models.people.actors import Actor
from models.repairs.results.notes import RepairNote
from outbox.builders.objects.proposal import ACTIONS, build_reciprocal

STATES: dict[State, str] = {
    "requested": "Requested",
    "countered": "Countered",
    "agreed": "Accepted",
    "done": "Completed",
    "refused": "Rejected",
    "withdrawn": "Withdrawn",
    "cancelled": "Cancelled",
    "expired": "Expired",
}
"""What the `preview` of an Agreement says; Accepted and Completed are the words of other implementations."""

NAMES: dict[Step, str] = {"out": "Remis", "back": "Rendu", "done": "Fait"}
"""What people read in a report."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportDraft:
    """What a report says: its id, when it was done, and of a repair what came out; `updated` where that was noted
    later, or noted anew."""

    uri: str
    at: datetime
    note: RepairNote | None = None
    updated: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementContext:
    """One agreement with all that is needed to speak of it."""

    listing: Listing
    owner: Actor
    partner: Actor
    agreement: Agreement

    def other_of(self, actor: Actor) -> Actor:
        """The other side."""
        return self.partner if actor.id == self.owner.id else self.owner

    @property
    def ours(self) -> bool:
        """Whether our server has the word: the owner is here, or of a server that reads no agreements."""
        return self.owner.local or not speaks(self.owner)

    def reads(self, actor: Actor) -> bool:
        """Whether one of the two is told by activities."""
        return reads(self.agreement, actor)

    @property
    def provider(self) -> Actor:
        """Who gives: the author of an offer, or whoever answers a request."""
        return self.owner if self.listing.details.kind == "offer" else self.partner

    @property
    def receiver(self) -> Actor:
        """Who receives."""
        return self.other_of(self.provider)


def speaks(actor: Actor) -> bool:
    """Whether somebody's server reads agreements: it tells its territory as ours do, or FEP-0837 in `implements`."""
    return actor.local or actor.territory_uri is not None or PROPOSALS in actor.implements


def reads(held: Agreement, actor: Actor) -> bool:
    """Whether one of the two is told of it by activities: who asked by one is, whatever her profile says."""
    return speaks(actor) or (not actor.local and same_origin(held.request_uri, actor.uri))


def build_agreement(case: AgreementContext, *, by: Actor | None = None) -> Document:
    """As its authority knows it; `by` the partner as she accepts it, before it has the authority's id."""
    held, by = case.agreement, by or case.owner
    mine = by.id == case.owner.id
    return Document(
        id=held.uri if mine else None,
        attributed_to=by.uri,
        context=case.listing.uri,
        request=held.request_uri if mine else None,
        in_reply_to=held.offer_uri,
        stipulates=Commitment(
            id=f"{held.uri}#primary" if mine and held.uri else None,
            satisfies=f"{case.listing.uri}#primary",
            quantity=Quantity(value=held.quantity, unit=held.unit),
            provider=case.provider.uri,
            receiver=case.receiver.uri,
            has_beginning=held.begins_at,
            has_end=held.ends_at,
            place=held.place,
            note=held.note,
        ),
        stipulates_reciprocal=_build_reciprocal(case, mine=mine),
        state=STATES[held.state],
        content=from_text(held.reason) if held.reason else "",
        updated=held.updated_at if mine else None,
        end_time=held.held_until if mine and held.state in OPEN else None,
    )


def _build_reciprocal(case: AgreementContext, *, mine: bool) -> Commitment | None:
    """What is given in return. FEP-0837 wants it wherever the listing asks for something, in the listing's own unit."""
    held, asked = case.agreement, build_reciprocal(case.listing)
    if asked is None and held.amount is None and not held.in_return:
        return None
    return Commitment(
        id=f"{held.uri}#reciprocal" if mine and held.uri else None,
        satisfies=f"{case.listing.uri}#reciprocal",
        quantity=find_return(case.listing.details, held.quantity, held.amount),
        provider=case.receiver.uri,
        receiver=case.provider.uri,
        note=held.in_return,
    )


def find_return(details: ListingDetails, quantity: Decimal, amount: Decimal | None) -> Quantity | None:
    """How much is given for so much of it: money, or as many of what is hoped for; None where nothing is counted."""
    if amount is not None or details.free_price or details.price is not None:
        return Quantity(value=amount)
    if not details.wants:
        return None
    hours = details.mode == "service" and details.unit == "hour"
    return Quantity(value=quantity if details.unit_based else Decimal(1), unit="hour" if hours else "one")


def build_economic_event(case: AgreementContext, reporter: Actor, step: Step, said: ReportDraft) -> EconomicEvent:
    """One side's word that something was done. A loan comes back the way it went."""
    provider, receiver = case.provider, case.receiver
    if step == "back":
        provider, receiver = receiver, provider
    held = case.agreement
    return EconomicEvent(
        id=said.uri,
        attributed_to=reporter.uri,
        name=NAMES[step],
        context=held.uri or held.request_uri,
        fulfills=f"{held.uri}#primary" if held.uri else None,
        action=ACTIONS.get(case.listing.details.mode, "transfer"),
        provider=provider.uri,
        receiver=receiver.uri,
        quantity=Quantity(value=held.quantity, unit=held.unit),
        point_in_time=said.at,
        result=None if said.note is None else _build_result(said.note),
        published=said.at,
        updated=said.updated,
    )


def _build_result(note: RepairNote) -> RepairResultDocument:
    return RepairResultDocument(
        organ=note.organ,
        outcome=note.outcome,
        bike_type=note.bike_type,
        barrier=note.barrier,
        minutes=note.minutes,
        parts=note.parts,
        learnt=note.learnt,
        problem=note.problem,
        brand=note.brand,
        repaired_on=note.repaired_on,
        files=tuple(
            SentFile(
                kind=one.kind, mime_type=one.mime_type, uri=one.uri, size=one.size, digest=encode_sha256(one.digest)
            )
            for one in note.files
        ),
    )
