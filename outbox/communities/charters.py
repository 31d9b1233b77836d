"""A new version of a community's charter: members are asked again, here and elsewhere."""

from datetime import UTC, datetime

from models.communities import charters, decisions, members, memberships
from models.communities.charters import NewCharter
from models.communities.communities import Community
from models.communities.memberships import Change
from models.errors import Invalid
from models.people import actors
from models.people.actors import Actor
from models.settings import Site
from models.store.database import Connection
from outbox.builders.objects.agreement import speaks
from outbox.communities import news
from outbox.communities.cases import open_case
from outbox.communities.founding import announce
from outbox.communities.limits import (
    CHANGES_LIMIT,
    CHARTER_LIMIT,
    LONGEST_GRACE,
    require_home,
    require_manager,
    require_running,
    tidy,
)


async def publish_charter_version(
    conn: Connection, site: Site, manager: Actor, community: Community, new: NewCharter
) -> Community:
    """Publish the version that follows; whoever does says yes to it. All other members are asked, until `new.due_at`.

    Members of servers that know no Join are asked in words. Raises Invalid, Forbidden, and Conflict where somebody
    else published one meanwhile (`new.version` is not the next one).
    """
    require_home(community)
    text = tidy(new.text, CHARTER_LIMIT, "text", required=True)
    changes = tidy(new.changes, CHANGES_LIMIT, "changes", required=True)
    now = datetime.now(UTC)
    if new.due_at is None or not now < new.due_at <= now + LONGEST_GRACE:
        raise Invalid("charter_day_invalid", field="due_at", days=LONGEST_GRACE.days)
    case = await open_case(conn, site, community, manager)
    require_running(case.community)
    await require_manager(conn, case.community, manager)
    version = NewCharter(version=new.version, text=text, changes=changes, due_at=new.due_at, published_by=manager.id)
    await charters.publish(conn, case.group.id, version)
    await memberships.save(conn, case.group.id, manager.id, Change(state="member", accepted_version=new.version))
    await decisions.record(conn, case.group.id, "charter", actor_id=manager.id, reason=changes)
    await tell_of_charter(conn, case.group)
    await announce(conn, site, case.group.id)
    await _ask_in_words(conn, site, case.community, case.group)
    return (await open_case(conn, site, community, manager)).community


async def tell_of_charter(conn: Connection, group: Actor) -> None:
    """Members here who did not say yes to the version that stands learn of it, once: of ours, and of a copy whose home
    published it.
    """
    if not await charters.tell(conn, group.id):
        return
    await news.tell(conn, group, await members.list_unaccepting_ids(conn, group.id), "community_charter")


async def _ask_in_words(conn: Connection, site: Site, community: Community, group: Actor) -> None:
    away = await members.list_member_ids(conn, group.id, local=False)
    for person in await actors.list_by_ids(conn, away):
        if not speaks(person):
            await news.ask_about_charter(conn, await open_case(conn, site, community, person), "member")
