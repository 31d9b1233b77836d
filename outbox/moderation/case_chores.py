"""What of cases does not wait for ever: proposals, appeals, and what was decided for a time."""

from federation.instance import Instance
from models.moderation import appeals, case_notes, deciders, decision_deadlines, decisions, journal
from models.moderation.searches import report_readings
from models.people import roles
from models.store.database import transaction
from outbox.moderation import case_news, sanctions, statements


async def return_unanswered(instance: Instance) -> int:
    """Ask all of the team to confirm what whoever was asked did not answer in time; a chore. How many.

    What nobody answers then either is told to those who administer too, week after week.
    """
    async with transaction(instance.pool) as conn:
        returned = await decision_deadlines.return_unanswered(conn)
        for one in returned:
            await case_news.ask_second(conn, one, await deciders.list_seconds(conn, one.case_id, one.decided_by))
        forgotten = await decision_deadlines.claim_forgotten(conn)
        admins = await roles.list_holders(conn, "roles") if forgotten else []
        for one in forgotten:
            able = await deciders.list_seconds(conn, one.case_id, one.decided_by)
            await case_news.ask_second(conn, one, {*admins, *able})
    return len(returned) + len(forgotten)


async def remind_of_appeals(instance: Instance) -> int:
    """Tell those who administer, and who may answer, of appeals that nobody answered for days; a chore. How many."""
    async with transaction(instance.pool) as conn:
        forgotten = await appeals.claim_forgotten(conn)
        admins = await roles.list_holders(conn, "roles")
        for id in forgotten:
            decision = await decisions.find(conn, id)
            if decision is not None:
                await case_news.tell_appeal(
                    conn, decision, {*admins, *await deciders.list_answering(conn, decision.case_id)}
                )
    return len(forgotten)


async def end_decisions(instance: Instance) -> int:
    """Lift what was decided for a time that is over, and tell whom it was about; a chore. How many."""
    await sanctions.end_decisions(instance)
    async with transaction(instance.pool) as conn:
        ended = await decision_deadlines.claim_untold_ends(conn)
        for one in ended:
            await statements.tell(conn, instance.site, one, "ended")
            await journal.record_decision(conn, "decision_ended", one, None)
    return len(ended)


async def forget_notes(instance: Instance) -> int:
    """Remove what the team noted about cases that were decided a year ago, and who read what by an app; a chore.

    How many notes.
    """
    async with transaction(instance.pool) as conn:
        await report_readings.forget_old(conn)
        return await case_notes.forget_old(conn)
