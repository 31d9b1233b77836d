"""What one of the two does with an agreement without new terms: one table for pages, API, links and answers in words.

Who may do it in which state, and what follows, stands in `models/exchanges/agreements/state_machine`. Whoever taps
twice, or in two windows, or whose request was repeated on the way, changes nothing and did nothing wrong: what is so
already is said again. Where something else is so she is refused, and told what is.

An error names the field `message` for the words, `offer` for the terms that are answered, `points` for what it costs;
pages and API have their own names for these, and for the acts.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial

from models.errors import Invalid
from models.exchanges import agreements
from models.exchanges.agreements import BOUND, Agreement, CompletionReport, Role, State, Step
from models.exchanges.agreements.state_machine import Verb, is_for
from models.listings.listings import ListingMode
from models.people.actors import Actor
from models.settings import Site
from models.store.database import Connection
from outbox.exchanges import explanations
from outbox.exchanges.act_names import Name
from outbox.exchanges.agreements import corrections, endings, fulfilment
from outbox.exchanges.agreements.agreements import accept
from outbox.threads.agreement_context import NOTHING, Said, lock_context

Function = Callable[[Connection, Site, Actor, Agreement, Said], Awaitable[Agreement]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """`does` it, by the rules of `verb`; where the agreement is in a state of `so`, it was done before.

    `answers` tells that it is about certain terms, so that others may not have taken their place. Reports and questions
    leave no state behind, so `does` sees for itself that they were made before.
    """

    does: Function
    verb: Verb | None
    so: tuple[State, ...] = ()
    answers: bool = False


async def _report(
    step: Step, conn: Connection, site: Site, actor: Actor, agreement: Agreement, said: Said
) -> Agreement:
    return await fulfilment.report_today(conn, site, actor, agreement, step, said)


async def _ask_again(conn: Connection, site: Site, actor: Actor, agreement: Agreement, _: Said) -> Agreement:
    return await explanations.ask_again(conn, site, actor, agreement)


ACTS: dict[Name, Act] = {
    "accept": Act(does=accept, verb="accept", so=BOUND, answers=True),
    "refuse": Act(does=endings.refuse, verb="refuse", so=("refused",)),
    "withdraw": Act(does=endings.withdraw, verb="withdraw", so=("withdrawn",)),
    "cancel": Act(does=endings.cancel, verb="cancel", so=("cancelled",)),
    "out": Act(does=partial(_report, "out"), verb="report"),
    "back": Act(does=partial(_report, "back"), verb="report"),
    "done": Act(does=partial(_report, "done"), verb="report"),
    "unreport": Act(does=corrections.take_back, verb=None),
    "ask_again": Act(does=_ask_again, verb=None),
}


async def perform(
    conn: Connection, site: Site, actor: Actor, agreement: Agreement, name: Name, said: Said = NOTHING
) -> Agreement:
    """Do it, unless it is so already.

    Raises NotFound for strangers, Invalid, also for a yes that does not say to which terms, and Conflict where it is
    not possible now.
    """
    act = ACTS[name]
    if act.answers and said.offer_uri is None:
        raise Invalid("offer_missing", field="offer")
    said = said if act.answers else replace(said, offer_uri=None)
    held = (await lock_context(conn, agreement.id)).agreement
    return held if is_so(held, actor, name, said) else await act.does(conn, site, actor, held, said)


def is_so(held: Agreement, actor: Actor, name: Name, said: Said) -> bool:
    """Whether this side's doing it would change nothing, since it is done.

    A yes of ours that the owner's server has still to confirm is said too.
    """
    act, role = ACTS[name], held.role_of(actor.id)
    if role is None or act.verb is None or not is_for(act.verb, role):
        return False
    if act.answers and said.offer_uri != held.offer_uri:
        return False
    given = act.answers and held.accepted_uri is not None and role == "partner"
    return held.state in act.so or given


def list_steps(held: Agreement, role: Role, mode: ListingMode, reports: Sequence[CompletionReport]) -> list[Step]:
    """What this side may report of it by now, the report that ends it last; `reports` are those of both."""
    me = held.owner_id if role == "owner" else held.partner_id
    steps = _list_left(agreements.final_step(mode), me, reports)
    if "report" not in agreements.list_verbs(held, role):
        return []
    now = datetime.now(UTC)
    return [step for step in steps if not fulfilment.is_too_early(held, step, reports, now)]


def _list_left(final: Step, me: int, reports: Sequence[CompletionReport]) -> list[Step]:
    """What this side has not said yet; what came back is not handed over any more, whoever said so."""
    said = {(one.actor_id == me, one.step) for one in reports}
    if (True, final) in said:
        return []
    over = said & {(True, "out"), (False, final)}
    return [final] if over or final != "back" else ["out", final]
