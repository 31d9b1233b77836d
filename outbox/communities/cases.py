"""One person and one community, as a verb finds them: read under the lock that keeps who is in it as it is."""

from dataclasses import dataclass

from models.communities import communities, memberships
from models.communities.communities import Community
from models.communities.memberships import Change, Membership
from models.errors import Conflict
from models.people import actors
from models.people.actors import Actor
from models.repairs.shops import shops
from models.settings import Site
from models.store.database import Connection
from outbox.communities.inside.departures import follow_departure
from outbox.communities.inside.kept import tell_holders
from outbox.people.profiles import announce_update


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """The community with its Group, the person whom it is about, and how she stands with it."""

    site: Site
    community: Community
    group: Actor
    person: Actor
    held: Membership | None

    @property
    def state(self) -> str | None:
        """How she stands, None for who never was in touch with it."""
        return None if self.held is None else self.held.state


async def open_case(
    conn: Connection, site: Site, community: Community, person: Actor, *, set_aside: bool = False
) -> Case:
    """Read it all anew; until the transaction ends nobody else changes who is in this community.

    Raises Conflict for one that is gone or, unless that is welcome, `set_aside` by the team.
    """
    await memberships.lock(conn, community.actor_id)
    find = communities.find_kept if set_aside else communities.find_by_uri
    found = await find(conn, community.uri)
    if found is None:
        raise Conflict("community_ended")
    return Case(
        site=site,
        community=found,
        group=await actors.get(conn, found.actor_id),
        person=person,
        held=await memberships.find(conn, found.actor_id, person.id),
    )


async def change(conn: Connection, case: Case, to: Change) -> Membership:
    """The person stands otherwise with the community from now on; what she shared inside follows (`departures`)."""
    saved = await memberships.save(conn, case.community.actor_id, case.person.id, to)
    if case.state == "member" and saved.state != "member":
        await follow_departure(conn, case.site, case.community.actor_id, case.person)
        if case.community.local and case.held is not None and case.held.kept:
            await tell_holders(conn, case.site, case.group, case.person, yes=False)
    await _tell_of_shop(conn, case)
    return saved


async def _tell_of_shop(conn: Connection, case: Case) -> None:
    """A repair shop names the collective by which it appears: whoever follows it learns that this is otherwise now."""
    shop = case.person
    if shop.local and shop.type == "Organization" and await shops.find(conn, shop.id) is not None:
        await announce_update(conn, case.site, shop)
