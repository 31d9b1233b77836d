"""What was reported as done by mistake is taken back by whoever said it, for a day, as long as nothing hangs on it.

It travels as the Delete of the report (FEP-0837 has no word for it). That which ended the agreement is taken back only
where the other side's server is known to hear it; what is paid or confirmed by both stays.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from models.errors import Conflict, NotFound
from models.exchanges import agreements
from models.exchanges.agreements import Agreement, CompletionReport, final_step
from models.people.actors import Actor
from models.repairs.results import results
from models.servers import servers
from models.settings import Site
from models.store.database import Connection
from outbox.builders.activities.delete import build_delete_of_report
from outbox.builders.objects.agreement import AgreementContext
from outbox.exchanges.agreements.terms import AGAIN_AND_AGAIN, require_room
from outbox.listings import listings
from outbox.threads.agreement_context import (
    NOTHING,
    AgreementChange,
    Said,
    keep,
    lock_context,
    record_act,
    send_current_state,
    stamp,
)

CORRECTABLE = timedelta(hours=24)
"""So long after it was said."""


async def take_back(
    conn: Connection, site: Site, actor: Actor, agreement: Agreement, said: Said = NOTHING, *, uri: str | None = None
) -> Agreement:
    """The newest report of this side is taken back: no other one, where its `uri` says which is meant.

    Raises NotFound for strangers, and Conflict where it stays.
    """
    case = await lock_context(conn, agreement.id)
    if case.agreement.role_of(actor.id) is None:
        raise NotFound
    own = [one for one in await agreements.list_reports(conn, case.agreement.id) if one.actor_id == actor.id]
    if not own or uri not in (None, own[-1].uri):
        raise Conflict("report_not_yours")
    await _require_correctable(conn, case, actor, own[-1])
    changed = replace(case, agreement=await _forget(conn, case, own[-1]))
    word = build_delete_of_report(site, actor, own[-1].uri, case.other_of(actor), agreements.next_moment())
    await record_act(conn, site, changed, actor, AgreementChange(kind="unreported", activity=word))
    if changed.agreement != case.agreement:
        await send_current_state(conn, site, changed)
        await _reopen(conn, site, changed)
    return changed.agreement


async def _require_correctable(conn: Connection, case: AgreementContext, actor: Actor, last: CompletionReport) -> None:
    """Raises Conflict where this report of hers stays."""
    if (actor.local or actor.guest) and datetime.now(UTC) - last.created_at > CORRECTABLE:
        raise Conflict("report_too_old")
    if last.step != final_step(case.listing.details.mode):
        return
    _require_no_consequence(case.agreement)
    if last.actor_id == case.agreement.owner_id and not await _is_free_still(conn, case):
        raise Conflict("report_days_taken")
    if not await _is_heard(conn, case, case.other_of(actor)):
        raise Conflict("report_not_corrected_there")


def _require_no_consequence(held: Agreement) -> None:
    """Raises Conflict where something hangs on the end of it between the two."""
    if held.verified:
        raise Conflict("report_confirmed")
    if held.state == "done" and held.points:
        raise Conflict("report_paid")


async def _is_free_still(conn: Connection, case: AgreementContext) -> bool:
    """Whether nobody else has or wants what the end of this agreement made free."""
    if case.agreement.state != "done":
        return True
    try:
        await require_room(conn, case.listing, case.agreement.terms, but=case.agreement.id)
    except Conflict:
        return False
    return True


async def _is_heard(conn: Connection, case: AgreementContext, other: Actor) -> bool:
    """Whether the other side learns of it: here, in words, or by a server like ours."""
    if other.local or other.guest or not case.reads(other):
        return True
    return await servers.find_software(conn, other.host) == "declic"


async def _forget(conn: Connection, case: AgreementContext, last: CompletionReport) -> Agreement:
    """The agreement without this report: what only its author ended goes on."""
    held = case.agreement
    await agreements.remove_report(conn, last.id)
    await results.remove(conn, last.uri)
    if last.step != final_step(case.listing.details.mode):
        return held
    owner = last.actor_id == held.owner_id
    goes_on = owner and held.state == "done"
    return replace(
        held,
        state="agreed" if goes_on else held.state,
        ended_at=None if goes_on else held.ended_at,
        owner_reported_at=None if owner else held.owner_reported_at,
        partner_reported_at=held.partner_reported_at if owner else None,
        updated_at=stamp(case),
    )


async def _reopen(conn: Connection, site: Site, case: AgreementContext) -> None:
    """What was given once and is not yet, is promised again."""
    details = case.listing.details
    if not case.owner.local or details.mode in AGAIN_AND_AGAIN or details.status != "fulfilled":
        return
    if case.agreement.state == "agreed" and details.closed_reason == "here":
        await listings.reserve(conn, site, case.owner, case.listing.uri)


async def take_back_copy(
    conn: Connection, site: Site, sender: Actor, agreement_id: int, report: CompletionReport
) -> None:
    """The server that has the word took its owner's report back: our copy goes on, unless one of ours confirmed it."""
    case = await lock_context(conn, agreement_id)
    if case.agreement.verified:
        return
    await keep(conn, site, replace(case, agreement=await _forget(conn, case, report)), "unreported", sender)
