"""Memberships that end by the clock, and communities that nobody manages any more, whatever became of those who did."""

from datetime import UTC, datetime
from functools import partial

from federation.instance import Instance
from models.communities import charter_links, communities, decisions, entry_links, insiders, memberships
from models.communities.memberships import Change, Membership
from models.people import actors
from models.settings import Site
from models.store.background.periodic_tasks import require_whole
from models.store.database import Connection, connection, transaction
from outbox.communities import news
from outbox.communities.cases import change, open_case
from outbox.communities.inside.departures import drop_unread
from outbox.each_in_transaction import run_each

EXPIRED = "Votre adhésion est arrivée à son terme."


async def expire_memberships(instance: Instance) -> int:
    """A chore: whose time is over is told; so is the team of what nobody manages. How many. Old links are forgotten,
    and so is what others shared where nobody of this server is any more, as after the end of an account.

    Raises Unfinished for those of whom it failed.
    """
    async with connection(instance.pool) as conn:
        due = {one.id: one for one in await memberships.list_expired(conn, datetime.now(UTC))}
    failed = await run_each(instance.pool, "membership", due, partial(expire, instance.site))
    async with transaction(instance.pool) as conn:
        await news.tell_team_of_unmanaged(conn)
        await charter_links.forget_old(conn)
        await entry_links.forget_old(conn)
        await memberships.forget_awaited(conn)
        for id in await insiders.list_abandoned(conn):
            await drop_unread(conn, instance.site, id)
    require_whole(failed)
    return len(due)


async def expire(site: Site, conn: Connection, ended: Membership) -> None:
    """One member is so no longer, since her time is over."""
    community = await communities.find(conn, ended.community_id)
    if community is None:
        return
    case = await open_case(conn, site, community, await actors.get(conn, ended.actor_id))
    if case.state == "member":
        await change(conn, case, Change(state="expired"))
        await decisions.record(conn, ended.community_id, "expired", actor_id=None, subject_id=ended.actor_id)
        await news.tell_removed(conn, case, EXPIRED)
