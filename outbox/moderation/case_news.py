"""Telling the team what of a case waits for it, and that it waits no more."""

from collections.abc import Collection

from models.moderation.decisions import ModerationDecision
from models.news import decision_notifications
from models.store.database import Connection


async def ask_second(conn: Connection, decision: ModerationDecision, to: Collection[int]) -> None:
    """Ask these of the team to confirm what one of them proposed."""
    ids = set(to) - {decision.decided_by, decision.actor_id}
    await decision_notifications.notify(
        conn, ids, "second_asked", case_id=decision.case_id, decision_id=decision.id
    )


async def tell_appeal(conn: Connection, decision: ModerationDecision, to: Collection[int]) -> None:
    """Tell these of the team that somebody objects."""
    ids = set(to) - {decision.actor_id}
    await decision_notifications.notify(conn, ids, "appeal", case_id=decision.case_id, decision_id=decision.id)


async def forget_second(conn: Connection, decision_id: int) -> None:
    """It was confirmed or refused."""
    await decision_notifications.forget(conn, "second_asked", decision_id)


async def forget_appeal(conn: Connection, decision_id: int) -> None:
    """It was answered."""
    await decision_notifications.forget(conn, "appeal", decision_id)
