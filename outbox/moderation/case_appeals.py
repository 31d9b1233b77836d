"""A person objects to what was decided about her; somebody who had no part in it answers."""

from datetime import UTC, datetime

from models.errors import Conflict, Invalid, NotFound
from models.moderation import appeals, cases, deciders, decisions, journal, meanwhile
from models.moderation.appeals import AppealAnswer, Outcome
from models.moderation.decisions import APPEAL_TIME, ModerationDecision
from models.people.accounts import Account
from models.settings import Site
from models.store.database import Connection
from outbox.moderation import case_news, sanctions, statements


def may_object(decision: ModerationDecision, at: datetime) -> bool:
    """Whether the person may object to it still."""
    if decision.effective_at is None or decision.taken_back_at is not None or decision.kind == "nothing":
        return False
    return at <= decision.effective_at + APPEAL_TIME


async def object_to(conn: Connection, decision: ModerationDecision, words: str) -> None:
    """The person objects: whoever may answer is told. Raises Invalid where it is too late, Conflict where she did."""
    if not may_object(decision, datetime.now(UTC)):
        raise Invalid("too_late_to_object", field="words")
    if not await appeals.save(conn, decision.id, words):
        raise Conflict
    await case_news.tell_appeal(conn, decision, await deciders.list_answering(conn, decision.case_id))


async def answer(
    conn: Connection, site: Site, decision_id: int, by: Account, outcome: Outcome, words: str
) -> ModerationDecision:
    """It is answered: kept, or taken back whole; the person is told. Raises NotFound for what is not hers to answer,
    Conflict where somebody was quicker.
    """
    decision = await decisions.find(conn, decision_id)
    if decision is None or await cases.lock(conn, decision.case_id, by.actor_id) is None:
        raise NotFound
    if by.actor_id not in await deciders.list_answering(conn, decision.case_id):
        raise NotFound
    same = by.actor_id not in await deciders.list_impartial(conn, decision.case_id)
    said = AppealAnswer(outcome=outcome, by=by.actor_id, words=words, by_same=same)
    if not await appeals.answer(conn, decision_id, said):
        raise await meanwhile.make_conflict(conn, await journal.find_latest(conn, decision.case_id))
    if outcome == "taken_back":
        await sanctions.take_back(conn, site, decision, by=by.actor_id, words=words)
    await case_news.forget_appeal(conn, decision_id)
    await statements.tell(conn, site, decision, "answered")
    await journal.record_decision(conn, "appeal_kept" if outcome == "kept" else "appeal_taken_back", decision, by)
    return decision
