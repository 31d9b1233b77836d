"""An agreement as a card: its terms in words, whose turn it is, and exactly what the reader may do with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from models.exchanges import agreements
from models.exchanges.agreements import Agreement, CompletionReport, Role, Step, Taken, Terms
from models.exchanges.agreements.state_machine import Verb, is_own
from models.listings.listings import ListingDetails
from models.repairs.results.sides import find_sides
from outbox.exchanges.acts import list_steps
from outbox.exchanges.agreements.corrections import CORRECTABLE
from outbox.exchanges.agreements.fulfilment import is_too_early
from outbox.exchanges.agreements.thanks import Choice
from outbox.exchanges.repair_results import MENDABLE
from web.pages.exchanges.terms.day_picker import StripDay, draw_strip
from web.pages.exchanges.terms.summary import TermLine, list_term_lines
from web.rendering.date_ranges import ReaderLocale
from web.rendering.render import N_

Noting = Literal["", "note", "mend"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementCard:
    """What the template shows.

    `steps` are the reports that the reader may still make, the final one last. `own` are terms that the reader
    proposed, `first` where nothing was on the table before them, `yes` her acceptance that the owner's server has not
    confirmed, `reported_by` the final step that one side reports and the other does not yet. `correctable` is what the
    reader said last and may take back, `ics` a file for her calendar, `reported_from` the day from which it may be said
    to be done. `thanks` is how the reader may say thanks now. `over` once the days that were agreed on are past.
    `doubt` where the other one, who answers in words, wrote what may be a yes. Of a repair `noting` says whether the
    reader may note what came out, or mend what she noted; `repairs` that she is the one who repaired.
    """

    id: int
    state: str
    role: Role
    facts: list[TermLine]
    strip: list[StripDay]
    verbs: list[Verb]
    turn: bool
    own: bool
    first: bool
    yes: bool
    dated: bool
    steps: list[Step]
    reported_by: Role | None
    verified: bool
    offer_uri: str
    held_until: datetime | None
    thanks: Choice | None
    over: bool
    doubt: bool
    correctable: Step | None
    ics: str
    reported_from: datetime | None
    noting: Noting = ""
    repairs: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CardContext:
    """What is known besides an agreement: the terms that it replaced, other days taken, what was reported.

    `thanks` is how the reader may say thanks, if she may; `doubt` whether the other one's words may be a yes; `address`
    where a shop is awaited, as far as the reader may know.
    """

    before: Terms | None = None
    taken: Sequence[Taken] = ()
    reports: Sequence[CompletionReport] = ()
    thanks: Choice | None = None
    doubt: bool = False
    address: str = ""


def make_card(
    locale: ReaderLocale, held: Agreement, details: ListingDetails, role: Role, beside: CardContext
) -> AgreementCard:
    """The card of one agreement for one of the two."""
    verbs = agreements.list_verbs(held, role)
    me = held.owner_id if role == "owner" else held.partner_id
    own, sides = [one for one in beside.reports if one.actor_id == me], find_sides(held, details)
    steps = list_steps(held, role, details.mode, beside.reports)
    return AgreementCard(
        id=held.id,
        state=held.state,
        role=role,
        facts=[
            *list_term_lines(locale, held.terms, beside.before if held.state == "countered" else None),
            *_list_address(locale, held, beside.address),
        ],
        strip=draw_strip(held.terms, beside.taken),
        verbs=verbs,
        turn=agreements.is_turn_of(held, role),
        own=is_own(held, role),
        first=held.offer_uri == held.request_uri,
        yes=held.accepted_uri is not None,
        dated=held.begins_at is not None,
        steps=steps,
        reported_by=_find_reporter(held),
        verified=held.verified,
        offer_uri=held.offer_uri,
        held_until=held.held_until,
        thanks=beside.thanks,
        over=_is_over(held, datetime.now(UTC)),
        doubt=beside.doubt,
        correctable=_find_correctable(held, own),
        ics=_find_calendar(held),
        reported_from=held.begins_at if _is_ahead(held, datetime.now(UTC)) else None,
        noting=_find_noting(steps, own) if sides is not None else "",
        repairs=sides is not None and sides.repairer_id == me,
    )


def _find_noting(steps: Sequence[Step], own: Sequence[CompletionReport]) -> Noting:
    """Whether she may note what came out now, or mend it, for a week."""
    if "done" in steps:
        return "note"
    return "mend" if own and datetime.now(UTC) - own[-1].created_at <= MENDABLE else ""


def _list_address(locale: ReaderLocale, held: Agreement, address: str) -> list[TermLine]:
    if not address:
        return []
    known = held.state in agreements.BOUND
    label = N_("Adresse") if known else N_("Adresse, que l’atelier lira une fois d’accord")
    return [TermLine(key="address", icon="place", label=locale.say(label), text=address)]


def _find_correctable(held: Agreement, own: Sequence[CompletionReport]) -> Step | None:
    """What she said last, for a day, unless both say so or points went with it."""
    if not own or datetime.now(UTC) - own[-1].created_at > CORRECTABLE:
        return None
    final = held.verified or (held.state == "done" and held.points)
    return None if final else own[-1].step


def _find_calendar(held: Agreement) -> str:
    """A file for one's own calendar, where there is a date to keep."""
    return f"/accords/{held.id}.ics" if held.state == "agreed" and held.begins_at is not None else ""


def _is_ahead(held: Agreement, at: datetime) -> bool:
    """Whether its first day has not come: nothing of it can have happened."""
    return held.state == "agreed" and is_too_early(held, "out", (), at)


def _is_over(held: Agreement, at: datetime) -> bool:
    end = held.ends_at or (held.begins_at + timedelta(days=1) if held.begins_at is not None else None)
    return held.state == "agreed" and end is not None and end <= at


def _find_reporter(held: Agreement) -> Role | None:
    if held.verified or held.owner_reported_at == held.partner_reported_at:
        return None
    return "owner" if held.owner_reported_at is not None else "partner"
