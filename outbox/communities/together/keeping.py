"""Members agree that the cooperatives which hold their community know them, to ask them where it opens anew."""

from models.communities import holders
from models.communities.communities import Community
from models.communities.memberships import Membership
from models.errors import Forbidden
from models.people import actors
from models.people.actors import Actor
from models.settings import Site
from models.store.database import Connection
from outbox.communities.cases import open_case
from outbox.communities.inside import kept


async def keep(conn: Connection, site: Site, person: Actor, community: Community, *, yes: bool) -> Membership:
    """She agrees, or no longer: her own server tells the home, and the home those that hold it. Raises Forbidden."""
    case = await open_case(conn, site, community, person)
    held = case.held
    if held is None or not held.stands:
        raise Forbidden("not_a_member")
    if held.kept == yes:
        return held
    await holders.save_kept(conn, case.group.id, person.id, yes)
    if case.community.local:
        await kept.tell_holders(conn, site, case.group, person, yes=yes)
    else:
        await kept.tell_home(conn, site, person, case.group, yes=yes)
    found = (await open_case(conn, site, community, person)).held
    assert found is not None
    return found


async def tell_new_holder(conn: Connection, site: Site, group: Actor, cooperative: Actor) -> None:
    """Whoever begins to hold a community of ours learns who agreed until now."""
    for person in await actors.list_by_ids(conn, await holders.list_kept_ids(conn, group.id)):
        await kept.tell_holder(conn, site, group, person, cooperative)
