"""What the clock says in a thread: it begins tomorrow, ends tomorrow, is it back? And, at last, the end.

Members read it in the thread and in their apps, where quiet hours are theirs to choose. Whoever has a plain account
elsewhere gets a private note, between eight in the morning and nine in the evening.
"""

from datetime import UTC, datetime

from federation.instance import Instance
from models.exchanges import exchange_questions
from models.exchanges.agreements import Agreement
from models.exchanges.agreements.reminding import Reminder, list_forgotten, list_reminders
from models.exchanges.exchanges import Event
from models.moments import PARIS
from models.people.actors import Actor
from models.store.background.periodic_tasks import require_whole
from models.store.database import Connection, connection
from outbox.builders.objects.agreement import AgreementContext
from outbox.builders.texts.explanations import write_reminder
from outbox.each_in_transaction import run_each
from outbox.exchanges.agreements.endings import end_by_clock, give_back
from outbox.threads.agreement_context import find_wordy, lock_context, remind
from outbox.threads.messages import may_write
from outbox.threads.terms_in_words import find_language, tidy, write_by_itself

AT_ONCE = 100

DAY = range(8, 21)
"""Hours on the clocks of the territories at which people elsewhere are written to."""


async def remind_due(instance: Instance, at: datetime | None = None) -> int:
    """Say what is due, and end what was forgotten; how many. A chore; twice at the same time says it once.

    Raises Unfinished for what could not be said or ended, once all had their turn.
    """
    at = at or datetime.now(UTC)
    said, unsaid = await _remind(instance, at)
    ended, unended = await _forget(instance, at)
    unwritten = await _write_owed(instance, at) if at.astimezone(PARIS).hour in DAY else {}
    require_whole(unsaid | unended | unwritten)
    return said + ended


async def _remind(instance: Instance, at: datetime) -> tuple[int, dict[str, Exception]]:
    total, failed = 0, dict[str, Exception]()

    async def send_reminder(conn: Connection, due: Reminder) -> None:
        await remind(conn, instance.site, due.agreement_id, due.kind)

    while True:
        async with connection(instance.pool) as conn:
            due = await list_reminders(conn, at=at, limit=AT_ONCE)
        stuck = await run_each(
            instance.pool, "reminder of agreement", {one.agreement_id: one for one in due}, send_reminder
        )
        failed |= stuck
        total += len(due) - len(stuck)
        if len(due) < AT_ONCE or stuck:
            return total, failed


async def _forget(instance: Instance, at: datetime) -> tuple[int, dict[str, Exception]]:
    async def end(conn: Connection, id: int) -> None:
        case = await lock_context(conn, id)
        if case.agreement.state == "agreed":
            await give_back(conn, instance.site, await end_by_clock(conn, instance.site, case))

    async with connection(instance.pool) as conn:
        forgotten = await list_forgotten(conn, at=at, limit=AT_ONCE)
    failed = await run_each(instance.pool, "agreement", {id: id for id in forgotten}, end)
    return len(forgotten) - len(failed), failed


async def _write_owed(instance: Instance, at: datetime) -> dict[str, Exception]:
    """Tell in words what is still to be told so, some at a time: the rest comes with the next round."""

    async def write(conn: Connection, event: Event) -> None:
        case = await lock_context(conn, event.agreement_id or 0)
        reader = find_wordy(case)
        if not await exchange_questions.claim_owed(conn, event.id) or reader is None:
            return
        member = case.other_of(reader)
        if _is_timely(case.agreement, event.kind, at) and await may_write(conn, member, reader):
            words = _write_reminder(case, event.kind, member)
            post = await write_by_itself(conn, instance.site, case, member, words)
            await exchange_questions.save_note(conn, event.id, note_id=post.id, note_uri=post.uri)

    async with connection(instance.pool) as conn:
        owed = await exchange_questions.list_owed(conn, limit=AT_ONCE)
    return await run_each(instance.pool, "reminder in words", {event.id: event for event in owed}, write)


def _write_reminder(case: AgreementContext, kind: str, member: Actor) -> str:
    held, details = case.agreement, case.listing.details
    return tidy(write_reminder(kind, details, held.terms, member.display_name, find_language(case)))


def _is_timely(held: Agreement, kind: str, at: datetime) -> bool:
    """Whether what was to be said at night is still worth saying."""
    moment = {"begins_soon": held.begins_at, "ends_soon": held.ends_at}.get(kind)
    return held.state == "agreed" and (moment is None or moment > at)
