"""The cooperative ends its instance for ever: members are told, and for two weeks it can be taken back."""

from datetime import UTC, datetime
from typing import Any

from federation.instance import Instance
from models.coop import shutdown
from models.moderation import journal
from models.news import notifications
from models.people import actors
from models.people.accounts import Account
from models.store.background import jobs
from models.store.database import Connection, transaction

NEWS = "shutdown_news"
"""The job that tells members, some after the other."""

MAIL = "shutdown_mail"
"""The job that writes to one of them (web/mail/shutdown_mails)."""

REMINDERS = "shutdown_reminders"
"""The job that tells them again, when its day is near."""

AT_ONCE = 200


async def begin(conn: Connection, *, by: Account | None) -> datetime:
    """Let the instance end in two weeks, at that time; every member is told. Raises Conflict where it is to end."""
    due_at = (datetime.now(UTC) + shutdown.WAIT).replace(microsecond=0)
    await shutdown.begin(conn, by=None if by is None else by.actor_id, due_at=due_at)
    await journal.record(conn, "settings_changed", by=by, right="settings", page="shutdown", begun=True)
    await _queue_news(conn, ended=False, after=0)
    return due_at


async def take_back(conn: Connection, *, by: Account | None) -> None:
    """Let it go on; whoever was told is told that too. Raises Conflict where it does not end, or has to by now."""
    found = await shutdown.take_back(conn, at=datetime.now(UTC))
    await journal.record(conn, "settings_changed", by=by, right="settings", page="shutdown", begun=False)
    if found.told_through:
        await _queue_news(conn, ended=True, after=0, through=found.told_through)


async def _queue_news(conn: Connection, *, ended: bool, after: int, through: int | None = None) -> None:
    payload = {"ended": ended, "after": after, "through": through}
    await jobs.enqueue(conn, NEWS, payload, key=f"{NEWS}:{ended}:{after}")


async def remind(conn: Connection, *, at: datetime) -> int | None:
    """Say it again to every member where its day is near and that was not said yet: how many days are left, or None.

    Only the last reminder that is due is given: one that came too late is none.
    """
    found = await shutdown.find_for_change(conn)
    if found is None or found.due_at <= at:
        return None
    due = [one.days for one in shutdown.REMINDERS if at >= found.due_at - one]
    if (
        not due
        or (found.reminded is not None and found.reminded <= min(due))
        or found.begun_at > found.due_at - max(shutdown.REMINDERS)
    ):
        return None
    await shutdown.note_reminded(conn, min(due))
    await _queue_reminders(conn, days=min(due), after=0)
    return min(due)


async def _queue_reminders(conn: Connection, *, days: int, after: int) -> None:
    await jobs.enqueue(conn, REMINDERS, {"days": days, "after": after}, key=f"{REMINDERS}:{days}:{after}")


async def remind_members(instance: Instance, payload: dict[str, int]) -> None:
    """The job: news and a mail for the next members, and the same job for those behind them. May run twice.

    Where it was taken back meanwhile, or another reminder is due by now, nothing is said.
    """
    days = payload["days"]
    async with transaction(instance.pool) as conn:
        found = await shutdown.find_for_change(conn)
        if found is None or found.reminded != days or found.due_at <= datetime.now(UTC):
            return
        told = await shutdown.list_members(conn, after=payload["after"], limit=AT_ONCE)
        coop = await actors.find_local(conn, "coop")
        await notifications.forget_types(conn, told, ("shutdown",))
        if coop is not None:
            await notifications.notify_all(conn, told, type="shutdown", actor_id=coop.id, post_id=None)
        mails = {f"{MAIL}:{days}:{id}": {"actor_id": id, "ended": False, "days": days} for id in told}
        await jobs.enqueue_all(conn, MAIL, mails)
        if told:
            await _queue_reminders(conn, days=days, after=told[-1])


async def queue_archive_mail(conn: Connection, actor_id: int) -> None:
    """Write that her data lie ready, made without her asking, since the day has come."""
    payload = {"actor_id": actor_id, "ended": False, "archive": True}
    await jobs.enqueue(conn, MAIL, payload, key=f"{MAIL}:archive:{actor_id}")


async def tell_members(instance: Instance, payload: dict[str, Any]) -> None:
    """The job: news and a mail for the next members, and the same job for those behind them. May run twice.

    Where it was taken back meanwhile, or begun again, there is nothing more to say of what was.
    """
    async with transaction(instance.pool) as conn:
        found = await shutdown.find_for_change(conn)
        if (found is None) is not payload["ended"]:
            return
        if found is not None and found.told_through > payload["after"]:
            return  # it ran before, and what it left is queued
        told = await shutdown.list_members(conn, after=payload["after"], limit=AT_ONCE)
        if payload["ended"]:
            told = [id for id in told if id <= payload["through"]]
        await _tell(conn, told, ended=payload["ended"])
        if told:
            await shutdown.note_told(conn, told[-1])
            await _queue_news(conn, ended=payload["ended"], after=told[-1], through=payload["through"])


async def _tell(conn: Connection, told: list[int], *, ended: bool) -> None:
    coop = await actors.find_local(conn, "coop")
    await notifications.forget_types(conn, told, ("shutdown", "shutdown_over"))
    if coop is not None:
        kind: notifications.NotificationType = "shutdown_over" if ended else "shutdown"
        await notifications.notify_all(conn, told, type=kind, actor_id=coop.id, post_id=None)
    mails = {f"{MAIL}:{ended}:{id}": {"actor_id": id, "ended": ended} for id in told}
    await jobs.enqueue_all(conn, MAIL, mails)
