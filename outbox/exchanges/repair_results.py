"""What came out of a repair: noting it is the report that it is done; for a week it may be noted anew.

Each side has a result of its own, and both are shown to both: who is right is not for us to say.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from models.errors import Conflict, Invalid, NotFound
from models.exchanges import agreements
from models.exchanges.agreements import Agreement, CompletionReport
from models.people.actors import Actor
from models.repairs.bikes import files
from models.repairs.results import results, sides
from models.repairs.results.notes import RepairNote
from models.repairs.results.results import MOST_MINUTES, MOST_PARTS, PART_LIMIT, RepairResult
from models.repairs.results.sides import ResultSource
from models.settings import Site
from models.store.database import Connection
from outbox.builders.activities.update import build_report_update
from outbox.builders.objects.agreement import AgreementContext, ReportDraft
from outbox.exchanges import result_files
from outbox.exchanges.agreements import fulfilment
from outbox.exchanges.result_files import NO_FILES, FileChanges
from outbox.threads.agreement_context import AgreementChange, Said, lock_context, record_act

MENDABLE = timedelta(days=7)
"""So long after it was reported that it is done."""


async def note_result(
    conn: Connection,
    site: Site,
    actor: Actor,
    agreement: Agreement,
    note: RepairNote,
    changes: FileChanges = NO_FILES,
) -> Agreement:
    """This side says what came out, and by this that it is done; who repaired may add pictures and the invoice.

    Raises NotFound for strangers, Conflict where it is no repair, too early or too late, and Invalid.
    """
    require_note(note)
    case = await lock_context(conn, agreement.id)
    if case.agreement.role_of(actor.id) is None:
        raise NotFound
    if not sides.is_repair(case.listing.details):
        raise Conflict("not_a_repair")
    own = await _find_own(conn, case, actor)
    if changes.added:
        await result_files.require_possible(conn, case, actor, own)
    if own is not None and changes.dropped:
        await files.drop_of_result(conn, own.id, changes.dropped)
    cyclist = case.other_of(actor)
    added = result_files.address(site, actor, cyclist, changes.added)
    before = () if own is None else await result_files.list_sent(conn, own)
    said = result_files.with_files(note, before, added)
    report = await find_report(conn, case.agreement, actor.id)
    if report is None:
        held = await fulfilment.report_today(conn, site, actor, case.agreement, "done", Said(note=said))
    else:
        await (mend if changes == NO_FILES else _say_anew)(conn, site, case, report, said)
        held = case.agreement
    own = await _find_own(conn, case, actor)
    if own is not None:
        await result_files.save(conn, own.id, cyclist, added)
    return held


async def _find_own(conn: Connection, case: AgreementContext, actor: Actor) -> RepairResult | None:
    noted = await results.list_of_agreement(conn, case.agreement.id)
    return next((one for one in noted if one.author_id == actor.id), None)


def require_note(note: RepairNote) -> None:
    """Raises Invalid whose `field` is what is wrong."""
    if note.minutes is not None and not 1 <= note.minutes <= MOST_MINUTES:
        raise Invalid("repair_minutes_wrong", field="minutes", most=MOST_MINUTES)
    if note.barrier is not None and note.outcome != "end-of-life":
        raise Invalid("repair_barrier_without_end", field="barrier")
    if len(note.parts) > MOST_PARTS:
        raise Invalid("repair_parts_too_many", field="parts", most=MOST_PARTS)
    if any(len(one) > PART_LIMIT for one in note.parts):
        raise Invalid("repair_part_too_long", field="parts", most=PART_LIMIT)


async def find_report(conn: Connection, held: Agreement, actor_id: int) -> CompletionReport | None:
    """This side's word that it is done, if it was said."""
    told = await agreements.list_reports(conn, held.id)
    return next((one for one in told if one.actor_id == actor_id and one.step == "done"), None)


async def mend(
    conn: Connection,
    site: Site,
    case: AgreementContext,
    report: CompletionReport,
    note: RepairNote,
    at: datetime | None = None,
) -> None:
    """What this report says came out is from now on this; the same again changes nothing. `at` is from elsewhere.

    Raises Conflict a week after the report.
    """
    before = await results.find_by_uri(conn, report.uri)
    if before is None or sides.note_of(before) != replace(note, files=()):
        await _say_anew(conn, site, case, report, note, at)


async def _say_anew(
    conn: Connection,
    site: Site,
    case: AgreementContext,
    report: CompletionReport,
    note: RepairNote,
    at: datetime | None = None,
) -> None:
    if datetime.now(UTC) - report.created_at > MENDABLE:
        raise Conflict("result_too_old")
    before = await results.find_by_uri(conn, report.uri)
    at = at or agreements.next_moment(report.happened_at if before is None else before.noted_at)
    actor = case.owner if report.actor_id == case.owner.id else case.partner
    source = ResultSource(author_id=actor.id, uri=report.uri, at=at)
    await sides.save_note(conn, case.agreement, case.listing, note, source)
    told = ReportDraft(uri=report.uri, at=report.happened_at, note=note, updated=at)
    word = build_report_update(site, case, actor, report.step, told)
    await record_act(conn, site, case, actor, AgreementChange(kind="noted", activity=word, note=note))
