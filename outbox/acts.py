"""What one of the two does with an agreement without new terms: one description for pages, API and apps.

Whoever taps twice, or in two windows, or whose request was repeated on the way, changes nothing and did nothing wrong:
what is so already is said again. An error names the field `message` for the words, `points` for what it costs.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

from models.actors import Actor
from models.agreements import Agreement, State, Step
from models.database import Connection
from models.errors import Invalid
from models.settings import Site
from outbox import endings, explanations, fulfilment
from outbox.agreements import accept
from outbox.cases import NOTHING, Said, open_case

Name = Literal["accept", "refuse", "withdraw", "cancel", "out", "back", "done", "ask_again"]
Verb = Callable[[Connection, Site, Actor, Agreement, Said], Awaitable[Agreement]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """`does` it; then the agreement is in the state `so`, where it is a state of its own.

    `answers` tells that it is about certain terms, so that others may not have taken their place.
    """

    does: Verb
    so: State | None = None
    answers: bool = False


async def _report(
    step: Step, conn: Connection, site: Site, actor: Actor, agreement: Agreement, said: Said
) -> Agreement:
    return await fulfilment.report(conn, site, actor, agreement, step, said)


async def _ask_again(conn: Connection, site: Site, actor: Actor, agreement: Agreement, _: Said) -> Agreement:
    return await explanations.ask_again(conn, site, actor, agreement)


ACTS: dict[Name, Act] = {
    "accept": Act(does=accept, so="agreed", answers=True),
    "refuse": Act(does=endings.refuse, so="refused"),
    "withdraw": Act(does=endings.withdraw, so="withdrawn"),
    "cancel": Act(does=endings.cancel, so="cancelled"),
    "out": Act(does=partial(_report, "out")),  # the second report of a step changes nothing by itself
    "back": Act(does=partial(_report, "back")),
    "done": Act(does=partial(_report, "done")),
    "ask_again": Act(does=_ask_again),
}


async def do(
    conn: Connection, site: Site, actor: Actor, agreement: Agreement, name: Name, said: Said = NOTHING
) -> Agreement:
    """Do it, unless it is so already.

    Raises NotFound for strangers, Invalid, also for a yes that does not say to which terms, and Conflict where it is
    not possible now.
    """
    act = ACTS[name]
    if name == "accept" and said.offer_uri is None:
        raise Invalid("offer_missing", field="offer")
    said = said if act.answers else replace(said, offer_uri=None)
    held = (await open_case(conn, agreement.id)).agreement
    if held.role_of(actor.id) is not None and _is_so(held, actor, act, said):
        return held
    return await act.does(conn, site, actor, held, said)


def _is_so(held: Agreement, actor: Actor, act: Act, said: Said) -> bool:
    """Whether it was done before. A yes of ours that the owner's server has still to confirm is said too."""
    if said.offer_uri not in (None, held.offer_uri):
        return False
    given = act.answers and held.accepted_uri is not None and held.role_of(actor.id) == "partner"
    return held.state == act.so or given
