"""What may become of an agreement, and by whom: one pure table, the same for people here and elsewhere.

Nobody is bound without having said yes: only whoever received the terms on the table may accept or counter them.
"""

from dataclasses import dataclass
from typing import Literal

from models.exchanges.agreements.values import Agreement, Role, State

Verb = Literal["counter", "accept", "refuse", "withdraw", "cancel", "report", "expire"]
Who = Literal["owner", "partner", "clock"]
Turn = Literal["theirs", "any"]
"""`theirs`: only when the terms on the table are the other side's."""

OPEN: tuple[State, ...] = ("requested", "countered")
"""States in which terms wait for an answer; their dates are held meanwhile. In SQL `is_open_state`."""

LIVE: tuple[State, ...] = (*OPEN, "agreed")
"""States in which dates are taken; in SQL `is_live_state`."""

BOUND: tuple[State, ...] = ("agreed", "done")
"""States in which both said yes to the terms; in SQL `is_bound_state`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """In `state`, `who` may `verb`, and then it is `to`."""

    state: State
    verb: Verb
    who: Who
    turn: Turn
    to: State


def _rule(state: State, verb: Verb, who: Who, turn: Turn, to: State) -> Rule:
    return Rule(state=state, verb=verb, who=who, turn=turn, to=to)


RULES: tuple[Rule, ...] = (
    _rule("requested", "accept", "owner", "theirs", "agreed"),
    _rule("requested", "counter", "owner", "theirs", "countered"),
    _rule("requested", "refuse", "owner", "any", "refused"),
    _rule("requested", "withdraw", "partner", "any", "withdrawn"),
    _rule("requested", "expire", "clock", "any", "expired"),
    _rule("countered", "accept", "owner", "theirs", "agreed"),
    _rule("countered", "accept", "partner", "theirs", "agreed"),
    _rule("countered", "counter", "owner", "theirs", "countered"),
    _rule("countered", "counter", "partner", "theirs", "countered"),
    _rule("countered", "refuse", "owner", "any", "refused"),
    _rule("countered", "refuse", "partner", "theirs", "refused"),
    _rule("countered", "withdraw", "partner", "any", "withdrawn"),
    _rule("countered", "expire", "clock", "any", "expired"),
    _rule("agreed", "cancel", "owner", "any", "cancelled"),
    _rule("agreed", "cancel", "partner", "any", "cancelled"),
    _rule("agreed", "report", "owner", "any", "done"),
    _rule("agreed", "report", "partner", "any", "agreed"),
    _rule("agreed", "expire", "clock", "any", "expired"),
    _rule("done", "report", "owner", "any", "done"),
    _rule("done", "report", "partner", "any", "done"),
)

_TABLE = {(rule.state, rule.verb, rule.who): rule for rule in RULES}


def find_next(state: State, verb: Verb, who: Who, *, own_terms: bool) -> State | None:
    """The state that follows, or None where this may not be. `own_terms`: those on the table are of who acts."""
    rule = _TABLE.get((state, verb, who))
    return None if rule is None or (rule.turn == "theirs" and own_terms) else rule.to


def is_for(verb: Verb, who: Who) -> bool:
    """Whether this may ever be theirs to do."""
    return any(rule.verb == verb and rule.who == who for rule in RULES)


def find_way_out(state: State, role: Role) -> State | None:
    """What becomes of an agreement that this side ends, whoever proposed what; None where nothing goes on."""
    ways: tuple[Verb, ...] = ("refuse", "withdraw", "cancel")
    return next((end for verb in ways if (end := find_next(state, verb, role, own_terms=True)) is not None), None)


def list_verbs(agreement: Agreement, role: Role) -> list[Verb]:
    """What somebody on this side may do now, in the order of the table; there is one way to say no.

    Whoever is asked says no to what she is asked, and her own request, if there was one, ends with it.
    """
    own = is_own(agreement, role)
    if agreement.accepted_uri is not None and role == "partner":
        return ["withdraw"]  # said yes; the owner's server has the word
    found: list[Verb] = []
    for rule in RULES:
        if rule.state == agreement.state and rule.who == role and not (rule.turn == "theirs" and own):
            found.append(rule.verb)
    if "refuse" in found and "withdraw" in found:
        found.remove("withdraw")
    return found


def is_own(agreement: Agreement, role: Role) -> bool:
    """Whether the terms on the table are of this side."""
    return agreement.proposed_by == (agreement.owner_id if role == "owner" else agreement.partner_id)


def is_turn_of(agreement: Agreement, role: Role) -> bool:
    """Whether this side is asked for an answer."""
    return agreement.state in OPEN and not is_own(agreement, role) and agreement.accepted_uri is None
