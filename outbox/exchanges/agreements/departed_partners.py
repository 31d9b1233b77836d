"""Somebody is gone, from here or from another server: what was asked for or settled with her ends."""

from dataclasses import replace

from models.exchanges import agreements
from models.exchanges.agreements import State
from models.exchanges.exchanges import EventKind
from models.people.actors import Actor
from models.settings import Site
from models.store.database import Connection
from outbox.exchanges.agreements.endings import give_back
from outbox.exchanges.agreements.reserve import leave_all
from outbox.threads.agreement_context import keep, lock_context, stamp

AT_ONCE = 50

EVENTS: dict[State, EventKind] = {"refused": "refused", "withdrawn": "withdrawn", "cancelled": "cancelled"}


async def end_all(conn: Connection, site: Site, actor: Actor) -> int:
    """End whatever is still open with this person; how many agreements. Nothing but her Delete tells other servers.

    The other side keeps the thread: when it was, how it ended, and that she is gone; the days are free again.
    """
    total = 0
    await leave_all(conn, actor)
    while True:
        pending = await agreements.list_pending(conn, actor.id, limit=AT_ONCE)
        ended = [
            await end(conn, site, actor, one.id) for one in sorted(pending, key=lambda pending: pending.listing_id)
        ]
        if not any(ended):
            return total
        total += sum(ended)


async def end(conn: Connection, site: Site, actor: Actor, agreement_id: int) -> bool:
    """End this agreement, which somebody who is gone had with somebody; whether there was anything to end."""
    case = await lock_context(conn, agreement_id)
    held = case.agreement
    role = held.role_of(actor.id)
    state = agreements.find_way_out(held.state, role) if role else None
    if state is None:
        return False
    ended = replace(
        held, state=state, updated_at=stamp(case), ended_at=agreements.next_moment(), accepted_uri=None, held_until=None
    )
    await keep(conn, site, replace(case, agreement=ended), EVENTS[state], actor, {"gone": True})
    if case.owner.id != actor.id:
        await give_back(conn, site, replace(case, agreement=ended))
    return True
