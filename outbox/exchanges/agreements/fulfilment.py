"""Each side reports what was done; two matching reports make a verified exchange (FEP-0837)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from federation.uris import event_uri
from models.errors import Conflict, NotFound
from models.exchanges import agreements, exchanges
from models.exchanges.agreements import Agreement, CompletionReport, Role, State, Step
from models.listings.listings import OPEN, find_stock
from models.moments import PARIS
from models.people.actors import Actor
from models.repairs.results import sides
from models.repairs.results.sides import ResultSource
from models.settings import Site
from models.store.database import Connection
from outbox.builders.activities.create import build_report
from outbox.builders.objects.agreement import AgreementContext, ReportDraft
from outbox.exchanges.agreements.point_prices import pay
from outbox.exchanges.agreements.terms import AGAIN_AND_AGAIN
from outbox.exchanges.agreements.thanks import count_early
from outbox.listings import listings
from outbox.threads.agreement_context import (
    NOTHING,
    AgreementChange,
    Said,
    lock_context,
    record_act,
    require_next,
    send_current_state,
    stamp,
)


def is_too_early(held: Agreement, step: Step, reports: Sequence[CompletionReport], at: datetime) -> bool:
    """Whether this cannot be true yet."""
    try:
        require_time(held, step, reports, at)
    except Conflict:
        return True
    return False


def require_time(held: Agreement, step: Step, reports: Sequence[CompletionReport], at: datetime) -> None:
    """Raises Conflict for what cannot be true yet.

    From the day on which it begins, here in Europe/Paris; a loan comes back once it went out, or its hour has passed.
    """
    begins_at = held.begins_at
    if begins_at is None:
        return
    if at.astimezone(PARIS).date() < begins_at.astimezone(PARIS).date():
        raise Conflict("too_early_to_report")
    if step == "back" and at < begins_at and not any(one.step == "out" for one in reports):
        raise Conflict("not_handed_over")


async def report_today(
    conn: Connection, site: Site, actor: Actor, agreement: Agreement, step: Step, said: Said = NOTHING
) -> Agreement:
    """The same as `report`, by somebody here: only what can be true by now. Raises Conflict for what cannot."""
    if agreement.role_of(actor.id) is None:
        raise NotFound
    reports = await agreements.list_reports(conn, agreement.id)
    said_already = any((one.actor_id, one.step) == (actor.id, step) for one in reports)
    if agreement.state in agreements.BOUND and not said_already:
        require_time(agreement, step, reports, datetime.now(UTC))
    return await report(conn, site, actor, agreement, step, said)


async def report(
    conn: Connection, site: Site, actor: Actor, agreement: Agreement, step: Step, said: Said = NOTHING
) -> Agreement:
    """Say that it went out, came back, or is done; twice changes nothing.

    It is done when the owner says so, whose server has the word; verified when both do. `said.uri` is the id of a
    report from elsewhere, `said.note` what came out of a repair. Raises NotFound for strangers, Conflict where nothing
    was agreed.
    """
    case = await lock_context(conn, agreement.id)
    state = require_next(case, actor, "report", said)
    final = agreements.final_step(case.listing.details.mode)
    if step not in ({"out", "back"} if final == "back" else {"done"}):
        raise Conflict("not_what_was_agreed")
    at = agreements.next_moment()
    uri = said.uri or event_uri(site, actor.username)
    if not await agreements.save_report(conn, case.agreement.id, uri, actor_id=actor.id, step=step, happened_at=at):
        return case.agreement
    if said.note is not None:
        source = ResultSource(author_id=actor.id, uri=uri, at=said.at or at)
        await sides.save_note(conn, case.agreement, case.listing, said.note, source)
    if step == final:
        case = replace(case, agreement=_end(case, actor, state, at))
    word = build_report(site, case, actor, step, ReportDraft(uri=uri, at=at, note=said.note))
    change = AgreementChange(kind=step, activity=word, note=said.note, post_id=said.post_id)
    await record_act(conn, site, case, actor, change)
    if step == final:
        await send_current_state(conn, site, case)
        await settle(conn, site, case)
    return case.agreement


def _end(case: AgreementContext, actor: Actor, state: State, at: datetime) -> Agreement:
    held = note_report(case.agreement, case.agreement.role_of(actor.id), at)
    if not case.ours:
        return held
    ended_at = at if state == "done" and held.ended_at is None else held.ended_at
    return replace(held, state=state, ended_at=ended_at, updated_at=stamp(case))


def note_report(held: Agreement, role: Role | None, at: datetime) -> Agreement:
    """One side says that it is over."""
    match role:
        case "owner":
            return replace(held, owner_reported_at=held.owner_reported_at or at)
        case "partner":
            return replace(held, partner_reported_at=held.partner_reported_at or at)
        case _:
            raise NotFound


async def settle(conn: Connection, site: Site, case: AgreementContext) -> None:
    """What follows from the end: it is verified when both say so, paid, and what can be had once is closed."""
    held = case.agreement
    if held.verified and await exchanges.add_event(conn, held.exchange_id, "verified", agreement_id=held.id):
        await count_early(conn, case)
    if held.state != "done" or not case.owner.local:
        return
    await pay(conn, case)
    details, stock = case.listing.details, find_stock(case.listing.details)
    if details.mode in AGAIN_AND_AGAIN or stock is None:
        return
    if details.status in OPEN and await agreements.sum_bound(conn, case.listing.id) >= stock:
        await listings.close(conn, site, case.owner, case.listing.uri, "done")
