"""Whoever waits for an answer about a listing that is gone gets one."""

from dataclasses import replace

from models.exchanges import agreements
from models.people.actors import Actor
from models.settings import Site
from models.store.database import Connection
from outbox.builders.activities.reject import build_reject_of_terms
from outbox.builders.texts.reasons import NOES
from outbox.threads.agreement_context import AgreementChange, find_context, keep, record_act

OTHER_CHOSEN, CLOSED = NOES["other_chosen"], NOES["listing_over"]


async def release_waiting(
    conn: Connection, site: Site, owner: Actor, listing_id: int, reason: str, *, but: int | None = None
) -> int:
    """Whoever still waits for an answer about a listing gets one: no, with a reason. How many."""
    await agreements.lock_listing(conn, listing_id)
    waiting = [
        held
        for held in await agreements.list_live_by_listing(conn, listing_id)
        if held.state in agreements.OPEN and held.id != but
    ]
    for held in waiting:
        at = agreements.next_moment(held.updated_at)
        refused = replace(held, state="refused", reason=reason, updated_at=at, ended_at=at, accepted_uri=None)
        case = await find_context(conn, refused)
        no = build_reject_of_terms(site, owner, held.request_uri, case.partner, reason=reason, at=at)
        await record_act(conn, site, case, owner, AgreementChange(kind="refused", activity=no, text=reason))
    return len(waiting)


async def end_copies(conn: Connection, site: Site, owner: Actor, listing_id: int) -> int:
    """Somebody elsewhere took a listing back: whoever of ours waits for an answer has one. How many.

    Her server tells those of whom it knew; a request that crossed with the Delete is known to nobody there.
    """
    await agreements.lock_listing(conn, listing_id)
    waiting = [one for one in await agreements.list_live_by_listing(conn, listing_id) if one.state in agreements.OPEN]
    for held in waiting:
        refused = replace(
            held,
            state="refused",
            reason=CLOSED,
            ended_at=agreements.next_moment(),
            accepted_uri=None,
            held_until=None,
        )
        await keep(conn, site, await find_context(conn, refused), "refused", owner, {"text": CLOSED})
    return len(waiting)
