"""Add and Remove on the collections of a community: its home tells who stands in them, or is asked to change it."""

from collections.abc import Awaitable, Callable

from federation.community_uris import Circle, read_circle
from federation.texts.html_cleaner import to_text
from federation.vocabulary.activities.activities import Add, Remove
from inbox.communities.holders import process_kept
from inbox.errors import Ignored
from models.communities import communities, decisions, members, memberships
from models.communities.communities import Community
from models.communities.memberships import Change, Membership, Role
from models.errors import Refusal
from models.people import actors
from models.people.actors import Actor
from models.settings import Site
from models.store.database import Connection
from outbox.communities import approvals, leaving, news, roles
from outbox.communities.inside.departures import follow_departure
from outbox.communities.limits import REASON_LIMIT

ROLES: dict[Circle, Role] = {"managers": "manager", "moderators": "moderator"}

Verb = Callable[[], Awaitable[object]]


async def find_circle(conn: Connection, target: str) -> tuple[Community, Circle] | None:
    """The community and which of its collections this is; None for any other collection."""
    read = read_circle(target)
    found = None if read is None else await communities.find_by_uri(conn, read[0])
    return None if read is None or found is None else (found, read[1])


async def process_add(
    conn: Connection, site: Site, sender: Actor, activity: Add, community: Community, circle: Circle
) -> None:
    """Somebody is in, asks to be, manages or moderates: as the home says, or as a manager of ours elsewhere wishes."""
    person = await _get_person(conn, activity.object)
    if circle == "kept":
        await process_kept(conn, site, sender, person, community, yes=True)
        return
    if not community.local:
        _require_home(sender, community)
        await _learn_added(conn, sender, person, circle)
        return
    if circle == "members":
        await _act(conn, lambda: approvals.approve(conn, site, sender, community, person))
    elif circle in ROLES:
        await _act(conn, lambda: roles.set_role(conn, site, sender, community, person, ROLES[circle]))
    else:
        raise Ignored("membership_not_allowed")


async def process_remove(
    conn: Connection, site: Site, sender: Actor, activity: Remove, community: Community, circle: Circle
) -> None:
    """The same of who is so no longer."""
    person, reason = await _get_person(conn, activity.object), to_text(activity.content)[:REASON_LIMIT]
    if circle == "kept":
        await process_kept(conn, site, sender, person, community, yes=False)
        return
    if not community.local:
        _require_home(sender, community)
        await _learn_removed(conn, site, sender, person, circle, reason)
        return
    if circle == "members":
        await _act(conn, lambda: leaving.remove(conn, site, sender, community, person, reason))
    elif circle == "requests":
        await _act(conn, lambda: approvals.refuse(conn, site, sender, community, person, reason))
    else:
        await _require_in_circle(conn, community, person, circle)
        await _act(conn, lambda: roles.set_role(conn, site, sender, community, person, "member"))


async def _require_in_circle(conn: Connection, community: Community, person: Actor, circle: Circle) -> None:
    """Raise Ignored for who is not in it: a moderator is lowered by no message about managers. These moderate too."""
    held = await memberships.find(conn, community.actor_id, person.id)
    if held is None or held.role == "member" or (circle == "managers" and held.role != "manager"):
        raise Ignored("membership_not_allowed")


async def _act(conn: Connection, verb: Verb) -> None:
    """By the verb that pages call. Raises Ignored for who may not, and for what is so no longer."""
    try:
        await verb()
    except Refusal:
        raise Ignored("membership_not_allowed") from None


def _require_home(sender: Actor, community: Community) -> None:
    if sender.id != community.actor_id:
        raise Ignored("not_own_collection")


async def _get_person(conn: Connection, uri: str) -> Actor:
    person = await actors.find_by_uri(conn, uri)
    if person is None or person.deleted_at is not None:
        raise Ignored("member_unknown")
    return person


async def _learn_added(conn: Connection, group: Actor, person: Actor, circle: Circle) -> None:
    await memberships.lock(conn, group.id)
    held = await memberships.find(conn, group.id, person.id)
    if circle == "requests":
        await _learn_request(conn, group, person, held)
        return
    role = ROLES.get(circle)
    accepted = _require_asked(held)
    if held is not None and held.state == "member" and role in (None, held.role):
        raise Ignored("membership_not_allowed")
    await memberships.save(conn, group.id, person.id, Change(state="member", role=role, accepted_version=accepted))
    if person.local:
        await news.tell(conn, group, [person.id], "community_role" if role else "community_accepted")


def _require_asked(held: Membership | None) -> int | None:
    """Raise Ignored for who did not ask, or left meanwhile; the version that somebody invited said yes to."""
    if held is None or held.state not in ("asked", "invited", "member"):
        raise Ignored("membership_not_asked")
    if held.state != "invited":
        return None
    if held.awaited is None:
        raise Ignored("membership_not_asked")
    return held.asked_version


async def _learn_request(conn: Connection, group: Actor, person: Actor, held: Membership | None) -> None:
    """Who lets people in here learns that somebody asks there."""
    _require_news(person, held)
    told = [id for id in await _list_deciders(conn, group) if id != person.id]
    if not told:
        raise Ignored("membership_not_allowed")
    if not person.local:
        await memberships.save(conn, group.id, person.id, Change(state="asked"))
    await news.tell(conn, group, told, "community_asked")


def _require_news(person: Actor, held: Membership | None) -> None:
    """Raise Ignored for what is known; of our people only she herself says that she asks."""
    state = None if held is None else held.state
    if person.local and state != "asked":
        raise Ignored("membership_not_asked")
    if not person.local and state in ("asked", "member"):
        raise Ignored("membership_not_allowed")


async def _list_deciders(conn: Connection, group: Actor) -> list[int]:
    """Managers of ours in a community elsewhere, or all members where several let in together."""
    here = await members.list_voice_ids(conn, group.id)
    community = await communities.find(conn, group.id)
    if community is not None and community.approvals_needed > 0:
        return here
    managers = set(await members.list_manager_ids(conn, group.id))
    return [id for id in here if id in managers]


async def _learn_removed(
    conn: Connection, site: Site, group: Actor, person: Actor, circle: Circle, reason: str
) -> None:
    await memberships.lock(conn, group.id)
    held = await memberships.find(conn, group.id, person.id)
    if held is None:
        raise Ignored("membership_not_asked")
    if circle == "requests":
        await _learn_settled(conn, group, person, held)
    elif circle == "members":
        if held.state != "member":
            raise Ignored("membership_not_allowed")
        await memberships.save(conn, group.id, person.id, Change(state="removed"))
        await follow_departure(conn, site, group.id, person)
        await decisions.record(conn, group.id, "removed", actor_id=group.id, subject_id=person.id, reason=reason)
        if person.local:
            await news.tell(conn, group, [person.id], "community_removed")
    elif held.role == ROLES[circle]:
        await memberships.save(conn, group.id, person.id, Change(state=held.state, role="member"))
        if person.local:
            await news.tell(conn, group, [person.id], "community_role")


async def _learn_settled(conn: Connection, group: Actor, person: Actor, held: Membership) -> None:
    """A request that somebody elsewhere made was answered at home: what became of it is hers to know."""
    if held.state == "asked" and not person.local:
        await memberships.forget(conn, held.id)
