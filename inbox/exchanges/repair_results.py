"""What somebody elsewhere says came out of a repair: with the report of its end, or noted later, or noted anew."""

from datetime import UTC, datetime

from federation.texts.html_cleaner import clean_text
from federation.vocabulary.agreements import EconomicEvent
from inbox.errors import Ignored
from models.errors import Conflict
from models.exchanges import agreements
from models.people.actors import Actor
from models.repairs.results import results
from models.repairs.results.notes import RepairNote, limit_note
from models.repairs.results.results import BRAND_LIMIT, LEARNT_LIMIT, MOST_PARTS, PART_LIMIT, PROBLEM_LIMIT
from models.repairs.results.sides import is_repair
from models.settings import Site
from models.store.database import Connection
from outbox.builders.objects.agreement import AgreementContext
from outbox.exchanges import repair_results
from outbox.exchanges.agreements.fulfilment import is_too_early
from outbox.threads.agreement_context import lock_context


def read_note(case: AgreementContext, event: EconomicEvent) -> RepairNote | None:
    """What the report says, within what is kept here, all words as plain text; None where it is no repair."""
    told = event.result
    if told is None or not is_repair(case.listing.details):
        return None
    return limit_note(
        codes={
            "organ": told.organ,
            "outcome": told.outcome,
            "barrier": told.barrier,
            "bike_type": told.bike_type or (case.listing.details.repair or {}).get("bike_type"),
        },
        words={
            "learnt": clean_text(told.learnt, LEARNT_LIMIT),
            "problem": clean_text(told.problem, PROBLEM_LIMIT),
            "brand": clean_text(told.brand, BRAND_LIMIT),
        },
        parts=[clean_text(one, PART_LIMIT) for one in told.parts[:MOST_PARTS]],
        minutes=told.minutes,
        day=told.repaired_on,
        at=datetime.now(UTC),
    )


def read_moment(event: EconomicEvent) -> datetime:
    """When it was said, which is not ahead of us."""
    now = agreements.next_moment()
    return min(event.updated or event.point_in_time or event.published or now, now)


def require_possible(case: AgreementContext) -> None:
    """Raises Ignored for a result of what was never agreed on, has come to nothing, or has not begun."""
    held = case.agreement
    if held.state not in agreements.BOUND or is_too_early(held, "done", (), datetime.now(UTC)):
        raise Ignored("result_out_of_time")


async def process_result(conn: Connection, site: Site, sender: Actor, event: EconomicEvent) -> None:
    """What she reported has this result now. Raises Ignored for what is not hers to say, is old or comes too late."""
    report = await agreements.find_report(conn, event.id)
    if report is None or report.actor_id != sender.id or event.attributed_to != sender.uri:
        raise Ignored("report_unknown")
    case = await lock_context(conn, report.agreement_id)
    note = read_note(case, event)
    if note is None or event.context not in (case.agreement.uri, case.agreement.request_uri):
        raise Ignored("report_without_result")
    require_possible(case)
    at = read_moment(event)
    before = await results.find_by_uri(conn, report.uri)
    if before is not None and at <= before.noted_at:
        raise Ignored("result_outdated")
    try:
        await repair_results.mend(conn, site, case, report, note, at)
    except Conflict as error:
        raise Ignored("result_too_late") from error
