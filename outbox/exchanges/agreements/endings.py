"""Refuse, take back and cancel; and what ends by itself."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from federation.documents.parse import parse_activity
from federation.instance import Instance
from federation.vocabulary.activities.activities import Offer, Reject, Undo, Update
from models.exchanges import agreements
from models.exchanges.agreements import Agreement
from models.exchanges.agreements.state_machine import Verb, is_own
from models.exchanges.exchanges import EventKind
from models.people.actors import Actor
from models.settings import Site
from models.store.background.periodic_tasks import require_whole
from models.store.database import Connection, connection
from models.traffic.outbound import activities
from outbox.builders.activities.reject import build_reject_of_terms
from outbox.builders.activities.undo import build_undo
from outbox.builders.activities.update import build_agreement_update
from outbox.builders.objects.agreement import AgreementContext, build_agreement
from outbox.each_in_transaction import run_each
from outbox.exchanges.agreements import turns
from outbox.threads.agreement_context import (
    NOTHING,
    AgreementChange,
    Said,
    keep,
    lock_context,
    record_act,
    require_next,
    require_words,
    send_current_state,
    stamp,
)

PATIENCE = timedelta(hours=24)
"""So much longer a copy waits for an answer than the server that has the word."""

ENDED_AT_ONCE = 50


async def refuse(conn: Connection, site: Site, actor: Actor, agreement: Agreement, said: Said = NOTHING) -> Agreement:
    """Say no to what is on the table, perhaps with a reason. Raises NotFound, Invalid, and Conflict."""
    return await _end(conn, site, actor, agreement, "refuse", said)


async def withdraw(conn: Connection, site: Site, actor: Actor, agreement: Agreement, said: Said = NOTHING) -> Agreement:
    """Take one's request back before anything is agreed. Raises NotFound, Invalid, and Conflict."""
    return await _end(conn, site, actor, agreement, "withdraw", said)


async def cancel(conn: Connection, site: Site, actor: Actor, agreement: Agreement, said: Said = NOTHING) -> Agreement:
    """End what was agreed; its days are free again. Raises NotFound, Invalid, and Conflict."""
    return await _end(conn, site, actor, agreement, "cancel", said)


ENDINGS: dict[Verb, EventKind] = {"refuse": "refused", "withdraw": "withdrawn", "cancel": "cancelled"}


async def _end(conn: Connection, site: Site, actor: Actor, agreement: Agreement, verb: Verb, said: Said) -> Agreement:
    case = await lock_context(conn, agreement.id)
    held = case.agreement
    state = require_next(case, actor, verb, replace(said, offer_uri=None))
    reason = require_words(said.text)
    at = stamp(case)
    ended = replace(
        held, state=state, reason=reason, updated_at=at, ended_at=agreements.next_moment(), accepted_uri=None
    )
    no = await _build_no(conn, site, actor, case, verb, ended)
    case = replace(case, agreement=ended)
    await record_act(
        conn, site, case, actor, AgreementChange(kind=ENDINGS[verb], activity=no, text=reason, post_id=said.post_id)
    )
    if not actor.local:
        await send_current_state(conn, site, case)
    await give_back(conn, site, case)
    return ended


async def _build_no(
    conn: Connection, site: Site, actor: Actor, case: AgreementContext, verb: Verb, ended: Agreement
) -> Reject | Undo | Update:
    """Undo of one's own first Offer, Reject of what the other proposed; the authority ends what it agreed by Update."""
    held, other = case.agreement, case.other_of(actor)
    if actor.id == case.owner.id:
        if verb == "cancel":
            return build_agreement_update(site, replace(case, agreement=ended))
        answered = held.request_uri if is_own(held, "owner") else held.offer_uri
        return build_reject_of_terms(site, actor, answered, other, reason=ended.reason, at=ended.updated_at)
    if verb == "refuse":
        return build_reject_of_terms(site, actor, held.offer_uri, other, reason=ended.reason)
    return await build_withdrawal(conn, site, actor, case, ended.reason)


async def build_withdrawal(conn: Connection, site: Site, actor: Actor, case: AgreementContext, reason: str) -> Undo:
    """Somebody takes back the Offer with which it began, as she made it."""
    uri = case.agreement.request_uri
    kept = await activities.find_by_uri(conn, uri) if actor.local else None
    offer = parse_activity(kept.body.encode()) if kept is not None else None
    if not isinstance(offer, Offer):
        to = (case.other_of(actor).uri,)
        offer = Offer(id=uri, actor=actor.uri, object=build_agreement(case, by=actor), to=to)
    return build_undo(site, actor, offer, reason=reason)


async def give_back(conn: Connection, site: Site, case: AgreementContext) -> None:
    """What was reserved for somebody is to be had again, by the next one of its list before anybody else."""
    await turns.give_back(conn, site, case.owner, case.listing.id)


async def end_by_clock(conn: Connection, site: Site, case: AgreementContext) -> AgreementContext:
    """Nobody answered, or nothing was heard of it any more. A copy ends by itself and tells nobody."""
    held = case.agreement
    at = agreements.next_moment(held.updated_at) if case.ours else held.updated_at
    ended = replace(held, state="expired", updated_at=at, ended_at=agreements.next_moment(), accepted_uri=None)
    case = replace(case, agreement=ended)
    await keep(conn, site, case, "expired", None)
    await send_current_state(conn, site, case, news="expired")
    return case


async def expire_due(instance: Instance) -> int:
    """End what waited too long for an answer, some at a time; how many. A chore.

    Raises Unfinished for those that could not be ended, once all had their turn.
    """
    total, failed = 0, dict[str, Exception]()

    async def end(conn: Connection, held: Agreement) -> None:
        case = await lock_context(conn, held.id)
        if case.agreement.state in agreements.OPEN and case.agreement.held_until == held.held_until:
            await give_back(conn, instance.site, await end_by_clock(conn, instance.site, case))

    while True:
        now = datetime.now(UTC)
        async with connection(instance.pool) as conn:
            due = await agreements.list_due(conn, at=now, late=now - PATIENCE, limit=ENDED_AT_ONCE)
        stuck = await run_each(instance.pool, "agreement", {held.id: held for held in due}, end)
        failed |= stuck
        total += len(due) - len(stuck)
        if len(due) < ENDED_AT_ONCE or stuck:
            require_whole(failed)
            return total
