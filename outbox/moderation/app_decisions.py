"""Decisions made in a moderation app: its few words for them, brought to those of our cases.

An app knows neither cases nor reasons by rule: what it sends is decided in the open case about the person, or in a new
one, by the same function as on our pages. Exclusion, and whatever else two of the team have to want, is proposed there
alone and confirmed on the page.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from models.errors import Conflict, Invalid, NotFound
from models.moderation import cases, decisions, reports
from models.moderation.decisions import DecisionKind
from models.people.accounts import Account
from models.people.actors import BUILT_IN, Actor
from models.settings import Site
from models.store.database import Connection
from outbox.moderation import case_decisions
from outbox.moderation.case_decisions import Ruled, Ruling

AppAction = Literal["none", "silence", "suspend"]

KINDS: Mapping[AppAction, DecisionKind] = {"none": "warn", "silence": "limit", "suspend": "suspend"}
"""What each is here; `none` without a word for the person only closes the case."""


HARDEST: tuple[DecisionKind, ...] = ("exclude",)
"""What no app undoes, since two decided it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppDecision:
    """What somebody sends from an app: what to do, why (the person reads it), and the report that it answers."""

    action: AppAction
    words: str = ""
    report_id: int | None = None


async def decide_from_app(conn: Connection, site: Site, by: Account, target: Actor, decision: AppDecision) -> Ruled:
    """Decide about this person. Raises Invalid without reasons, NotFound for herself, for actors of the server and for
    a report that is not about the person, Conflict where somebody of the team decides otherwise just now.
    """
    if target.id == by.actor_id or (target.local and target.username in BUILT_IN):
        raise NotFound
    kind: DecisionKind = KINDS[decision.action] if decision.words or decision.action != "none" else "nothing"
    if kind != "nothing" and not decision.words:
        raise Invalid("reasons_missing", field="text")
    case_id = await _find_case(conn, by, target, decision.report_id)
    seen = await decisions.find_latest(conn, case_id)
    return await case_decisions.decide(conn, site, case_id, Ruling(kind=kind, seen=seen, words=decision.words), by)


async def _find_case(conn: Connection, by: Account, target: Actor, report_id: int | None) -> int:
    if report_id is not None:
        report = await reports.find(conn, report_id, by.actor_id)
        if report is None or report.target_id != target.id:
            raise NotFound
    return await cases.open_case(conn, target.id, target.display_name)


async def take_back_from_app(conn: Connection, site: Site, by: Account, target: Actor, kind: DecisionKind) -> None:
    """What is in force of this kind about the person holds no more, and she is told.

    Raises NotFound for herself, Conflict for somebody excluded: two decided that, on the page.
    """
    if target.id == by.actor_id:
        raise NotFound
    if kind == "suspend" and await decisions.list_in_force(conn, target.id, HARDEST):
        raise Conflict("excluded_by_two")
    for one in await decisions.list_in_force(conn, target.id, (kind,)):
        await case_decisions.take_back(conn, site, one.id, by, "")
