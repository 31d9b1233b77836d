"""The team decides about a person: at once, or proposed by one and confirmed by another; and takes it back.

A decision in a case (`decide`) closes it and settles its reports; whoever reported is told. Exclusion always needs two,
suspension where the cooperative wants it. What a command decides, or what becomes of a post that waits for a look
(`decide_directly`), leaves what else is in the case as it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from models import posts, preferences
from models.errors import Conflict, Invalid, NotFound
from models.moderation import appeals, cases, deciders, decisions, journal, meanwhile, reports
from models.moderation.appeals import AppealAnswer
from models.moderation.cases import Case
from models.moderation.decisions import DecisionKind, ModerationDecision, NewDecision
from models.moderation.journal import Act
from models.moderation.reports import NOTE_LIMIT, Report
from models.people import accounts
from models.people.accounts import Account
from models.people.actors import Actor
from models.preferences import Preferences
from models.settings import Site
from models.store.database import Connection
from outbox.moderation import case_news, sanctions, statements
from outbox.moderation import reports as outbox_reports
from outbox.moderation.decision_limits import require_decidable

ACTS: dict[DecisionKind, Act] = {
    "nothing": "case_closed",
    "warn": "warned",
    "hide": "post_hidden",
    "limit": "limited",
    "suspend": "suspended",
    "exclude": "excluded",
}

TIMED: frozenset[DecisionKind] = frozenset({"hide", "limit", "suspend"})
"""What may be for a time; the rest has no end, or is over at once."""

MEANWHILE = {
    "fr": "L’équipe a masqué ceci le temps d’en décider à deux.",
    "en": "The team has hidden this until two of it have decided.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What somebody decides. `seen` is the entry of the journal of the case that she knew of last (0: none).

    `days` or `ends_at` say for how long; `second_id` who is asked to confirm (None: all); `hide_meanwhile` hides the
    posts until then; `answer` is for whoever reported. `read_until` is until when she has read what was reported:
    what came after it keeps the case open. None for all.
    """

    kind: DecisionKind
    seen: int = 0
    rule: str = ""
    words: str = ""
    post_ids: tuple[int, ...] = ()
    days: int | None = None
    ends_at: datetime | None = None
    second_id: int | None = None
    hide_meanwhile: bool = False
    answer: str = ""
    read_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruled:
    """A decision that was made, and the reports that it settled: visitors among the reporters are written to.

    `more_to_read` where something was reported that whoever decided had not read: the case stays open.
    """

    decision: ModerationDecision
    settled: Sequence[Report] = ()
    more_to_read: bool = False


def needs_second(kind: DecisionKind, chosen: Preferences) -> bool:
    """Whether two of the team have to want it."""
    return kind == "exclude" or (kind == "suspend" and chosen.suspension_by_two)


async def decide(conn: Connection, site: Site, case_id: int, ruling: Ruling, by: Account) -> Ruled:
    """Decide, or propose where two have to want it. Raises NotFound for a case that she may not decide, Conflict where
    somebody decided meanwhile, Invalid where a second one is needed and there is nobody, nothing is to be hidden, or
    nobody else administers.
    """
    case = await _lock(conn, case_id, by)
    if await journal.find_seen(conn, case.id) != ruling.seen or await decisions.find_proposal(conn, case.id):
        raise await _make_conflict(conn, case)
    await require_decidable(conn, case, ruling.kind)
    ruling = replace(ruling, post_ids=await _filter_own(conn, case, ruling.post_ids))
    if ruling.kind == "hide" and not ruling.post_ids:
        raise Invalid("nothing_to_hide", field="post_ids")
    if ruling.ends_at is not None and ruling.ends_at <= datetime.now(UTC):
        raise Invalid("ends_in_the_past", field="until")
    if needs_second(ruling.kind, await preferences.load(conn)):
        return await _propose(conn, site, case, ruling, by)
    decision = await decisions.save(conn, await _prepare(conn, case, ruling, by))
    return await _carry_out(conn, site, decision, by, ruling)


async def decide_directly(
    conn: Connection,
    site: Site,
    about: Actor,
    ruling: Ruling,
    by: Account | None,
    *,
    act: Act | None = None,
    **details: Any,
) -> ModerationDecision:
    """Decide by a command (`by` nobody) or about a post that waits for a look; it takes effect at once, and closes the
    case of this person where nothing else waits in it. `act` (the usual one of its kind) and `details` are for the
    journal.

    Raises Invalid for whoever administers alone.
    """
    case = await _lock(conn, await cases.open_case(conn, about.id, about.display_name), None)
    await require_decidable(conn, case, ruling.kind)
    decision = await decisions.save(conn, replace(await _prepare(conn, case, ruling, by), reported=False))
    await _take_effect(conn, site, decision)
    await journal.record_decision(conn, act or ACTS[decision.kind], decision, by, **details)
    await cases.close_settled(conn, case.id)
    return decision


async def _lock(conn: Connection, case_id: int, by: Account | None) -> Case:
    """The case, which nobody else changes meanwhile. Raises NotFound where it is not hers; a command may always."""
    case = await cases.lock(conn, case_id, by.actor_id if by is not None else None)
    if case is None:
        raise NotFound
    await deciders.require_free(conn, case_id, by.actor_id if by is not None else None)
    return case


async def _make_conflict(conn: Connection, case: Case) -> Conflict:
    return await meanwhile.make_conflict(conn, await journal.find_latest(conn, case.id))


async def _filter_own(conn: Connection, case: Case, post_ids: Sequence[int]) -> tuple[int, ...]:
    """Those that the person of the case wrote."""
    found = {post.id for post in await posts.list_by_ids(conn, list(post_ids)) if post.author_id == case.actor_id}
    return tuple(id for id in dict.fromkeys(post_ids) if id in found)


async def _prepare(conn: Connection, case: Case, ruling: Ruling, by: Account | None) -> NewDecision:
    timed = ruling.kind in TIMED
    return NewDecision(
        case_id=case.id,
        actor_id=case.actor_id,
        kind=ruling.kind,
        decided_by=by.actor_id if by is not None else None,
        post_ids=ruling.post_ids if ruling.kind == "hide" else (),
        rule=ruling.rule,
        words=ruling.words,
        days=ruling.days if timed else None,
        ends_at=ruling.ends_at if timed and ruling.days is None else None,
        reported=await reports.find_said_at(conn, case.id) is not None,
        answer=ruling.answer[:NOTE_LIMIT],
    )


async def _propose(conn: Connection, site: Site, case: Case, ruling: Ruling, by: Account) -> Ruled:
    others = await deciders.list_seconds(conn, case.id, by.actor_id)
    if not others:
        raise Invalid("nobody_to_confirm", field="kind")
    if ruling.second_id is not None and ruling.second_id not in others:
        raise Invalid("cannot_confirm", field="second")
    if ruling.hide_meanwhile and ruling.post_ids:
        await _hide_meanwhile(conn, site, case, ruling, by)
    new = replace(await _prepare(conn, case, ruling, by), proposed=True, second_id=ruling.second_id)
    decision = await decisions.save(conn, new)
    await cases.give_back(conn, case.id, by.actor_id)
    await case_news.ask_second(conn, decision, others if ruling.second_id is None else [ruling.second_id])
    await journal.record_decision(conn, "decision_proposed", decision, by)
    return Ruled(decision=decision)


async def _hide_meanwhile(conn: Connection, site: Site, case: Case, ruling: Ruling, by: Account) -> None:
    """Nobody's posts are hidden without a word to her: it says that it is for the time being."""
    person = await accounts.find(conn, case.actor_id) if case.actor_id else None
    words = MEANWHILE["en" if person is not None and person.language == "en" else "fr"]
    new = await _prepare(conn, case, replace(ruling, kind="hide", words=words, days=None, ends_at=None), by)
    hidden = await decisions.save(conn, replace(new, provisional=True, answer=""))
    await _take_effect(conn, site, hidden)
    await journal.record_decision(conn, "post_hidden", hidden, by)


async def confirm(
    conn: Connection, site: Site, decision_id: int, by: Account, *, read_until: datetime | None = None
) -> Ruled:
    """A second of the team wants it too: it takes effect. Raises NotFound for what is not hers to confirm, Conflict
    where it waits no more, Invalid where its end is over or nobody else administers by now.
    """
    decision, case = await _get_proposal(conn, decision_id, by)
    if by.actor_id not in await deciders.list_seconds(conn, case.id, decision.decided_by):
        raise NotFound
    await require_decidable(conn, case, decision.kind)
    confirmed = await decisions.confirm(conn, decision.id, by.actor_id)
    if confirmed is None:
        if await decisions.find_proposal(conn, case.id) is not None:
            raise Invalid("proposal_over")
        raise await _make_conflict(conn, case)
    await case_news.forget_second(conn, decision.id)
    await journal.record_decision(conn, "decision_confirmed", confirmed, by)
    extra = (await decisions.map_extras(conn, [decision.id]))[decision.id]
    ruling = Ruling(kind=confirmed.kind, answer=extra.answer, read_until=read_until)
    return await _carry_out(conn, site, confirmed, by, ruling)


async def refuse(conn: Connection, decision_id: int, by: Account, words: str) -> ModerationDecision:
    """A second of the team does not want it, with why, or whoever proposed it takes it back: the case waits again.

    Raises as `confirm`.
    """
    decision, case = await _get_proposal(conn, decision_id, by)
    if not await decisions.refuse(conn, decision.id, by.actor_id, words):
        raise await _make_conflict(conn, case)
    await case_news.forget_second(conn, decision.id)
    await journal.record_decision(conn, "decision_refused", decision, by)
    return decision


async def _get_proposal(conn: Connection, decision_id: int, by: Account) -> tuple[ModerationDecision, Case]:
    decision = await decisions.find(conn, decision_id)
    if decision is None:
        raise NotFound
    return decision, await _lock(conn, decision.case_id, by)


async def take_back(
    conn: Connection, site: Site, decision_id: int, by: Account | None, words: str
) -> ModerationDecision:
    """The team, or a command, thinks better of it: what it did is undone, the person is told, an appeal is answered.

    Raises NotFound for what is not hers to decide, Conflict where it holds no more.
    """
    decision = await decisions.find(conn, decision_id)
    if decision is None or decision.kind == "nothing":
        raise NotFound
    case = await _lock(conn, decision.case_id, by)
    by_id = by.actor_id if by is not None else None
    if not await sanctions.take_back(conn, site, decision, by=by_id, words=words):
        raise await _make_conflict(conn, case)
    said = AppealAnswer(outcome="taken_back", by=by_id, words=words)
    if await appeals.answer(conn, decision.id, said):
        await case_news.forget_appeal(conn, decision.id)
    await statements.tell(conn, site, decision, "taken_back")
    await journal.record_decision(conn, "decision_taken_back", decision, by)
    return decision


async def _carry_out(conn: Connection, site: Site, decision: ModerationDecision, by: Account, ruling: Ruling) -> Ruled:
    """It takes effect, and the reports that were read are settled."""
    await _take_effect(conn, site, decision)
    await _settle_provisional(conn, site, decision, by)
    await journal.record_decision(conn, ACTS[decision.kind], decision, by)
    settled = await outbox_reports.settle_of_case(
        conn, decision.case_id, by.actor_id, ruling.answer, acted=decision.kind != "nothing", until=ruling.read_until
    )
    more = bool(await reports.list_open(conn, case_id=decision.case_id, limit=1))
    if not more:
        await cases.close(conn, decision.case_id)
    return Ruled(decision=decision, settled=settled, more_to_read=more)


async def _take_effect(conn: Connection, site: Site, decision: ModerationDecision) -> None:
    """The person is told first, so that her message arrives."""
    if decision.kind != "nothing":
        await statements.tell(conn, site, decision, "decided")
    if decision.actor_id is not None:
        await sanctions.apply_decisions(conn, site, decision.actor_id)


async def _settle_provisional(conn: Connection, site: Site, decision: ModerationDecision, by: Account) -> None:
    """What was hidden for the time being comes back where it was not so bad, and stays hidden where it was."""
    if decision.kind in ("nothing", "warn"):
        for hidden in await decisions.list_provisional(conn, decision.case_id):
            await take_back(conn, site, hidden.id, by, "")
    else:
        await decisions.settle_provisional(conn, decision.case_id)
