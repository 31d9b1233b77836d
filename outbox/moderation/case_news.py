"""Telling the team what of a case waits for it, and that it waits no more."""

from collections.abc import Collection

from models.moderation.decisions import ModerationDecision
from models.news import staff_notifications
from models.news.staff_notifications import Topic
from models.store.database import Connection


async def ask_second(conn: Connection, decision: ModerationDecision, to: Collection[int]) -> None:
    """Ask these of the team to confirm what one of them proposed."""
    but = (decision.decided_by, decision.actor_id)
    await staff_notifications.notify_team(conn, "second_asked", _topic(decision), but=but, to=to)


async def tell_appeal(conn: Connection, decision: ModerationDecision, to: Collection[int]) -> None:
    """Tell these of the team that somebody objects."""
    await staff_notifications.notify_team(conn, "appeal", _topic(decision), but=(decision.actor_id,), to=to)


async def forget_second(conn: Connection, decision_id: int) -> None:
    """It was confirmed or refused."""
    await staff_notifications.forget_topic(conn, "second_asked", Topic(decision_id=decision_id))


async def forget_appeal(conn: Connection, decision_id: int) -> None:
    """It was answered."""
    await staff_notifications.forget_topic(conn, "appeal", Topic(decision_id=decision_id))


def _topic(decision: ModerationDecision) -> Topic:
    return Topic(case_id=decision.case_id, decision_id=decision.id)
