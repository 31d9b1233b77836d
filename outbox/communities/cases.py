"""One person and one community, as a verb finds them: read under the lock that keeps who is in it as it is."""

from dataclasses import dataclass

from models.communities import communities, memberships
from models.communities.communities import Community
from models.communities.memberships import Change, Membership
from models.errors import Conflict
from models.people import actors
from models.people.actors import Actor
from models.settings import Site
from models.store.database import Connection


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


async def open_case(conn: Connection, site: Site, community: Community, person: Actor) -> Case:
    """Read it all anew; until the transaction ends nobody else changes who is in this community. Raises Conflict."""
    await memberships.lock(conn, community.actor_id)
    found = await communities.find(conn, community.actor_id)
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
    """The person stands otherwise with the community from now on."""
    return await memberships.save(conn, case.community.actor_id, case.person.id, to)
