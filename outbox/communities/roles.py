"""Who manages and who moderates a community: named by those who manage it, and given back."""

from federation.community_uris import Circle, circle_uri
from models.communities import decisions, members, memberships
from models.communities.communities import Community
from models.communities.memberships import Change, Membership, Role
from models.errors import Conflict, Forbidden, Invalid
from models.people import accounts, roles
from models.people.actors import Actor
from models.settings import Site
from models.store.database import Connection
from outbox.builders.activities.add import build_add_person
from outbox.builders.activities.remove import build_remove_person
from outbox.builders.objects.agreement import speaks
from outbox.builders.texts.communities import say
from outbox.communities import news
from outbox.communities.cases import Case, change, open_case
from outbox.communities.leaving import is_last_manager
from outbox.communities.limits import MOST_MANAGED, require_manager, require_no_authority

CIRCLES: dict[Role, Circle] = {"manager": "managers", "moderator": "moderators"}


async def set_role(
    conn: Connection, site: Site, by: Actor, community: Community, person: Actor, role: Role
) -> Membership:
    """Make a member manager, moderator or plain member: by a manager; of one that nobody manages by the team that
    moderates in the cooperative.

    A manager is lowered by nobody but herself (`step_down`). Where the home is elsewhere, that is asked (`awaited`).
    Raises Invalid, Forbidden, Conflict.
    """
    case = await open_case(conn, site, community, person)
    await _require_right(conn, case, by, role)
    held = _require_member(case)
    if held.role == role:
        return held
    if role != "member":
        await require_no_authority(conn, person)
    if held.manages:
        await _require_lowered(conn, case, by)
    if not case.community.local:
        return await _ask_home(conn, case, by, held, role)
    await _require_room(conn, case, role)
    saved = await change(conn, case, Change(state="member", role=role))
    await decisions.record(conn, case.group.id, role, actor_id=by.id, subject_id=person.id)
    if by.id != person.id or not person.local:
        await _tell(conn, case, held, role)
    return saved


def _require_member(case: Case) -> Membership:
    if case.held is None or case.held.state != "member":
        raise Invalid("not_a_member", field="person")
    return case.held


async def _require_lowered(conn: Connection, case: Case, by: Actor) -> None:
    """Raise Forbidden for a manager whom somebody else lowers, Conflict for the last one."""
    if by.id != case.person.id:
        raise Forbidden("manager_not_lowered")
    if await is_last_manager(conn, case):
        raise Conflict("last_manager")


async def _require_room(conn: Connection, case: Case, role: Role) -> None:
    if role == "manager" and await members.count_managed(conn, case.person.id) >= MOST_MANAGED:
        raise Conflict("too_many_communities", most=MOST_MANAGED)


async def step_down(
    conn: Connection, site: Site, manager: Actor, community: Community, successor: Actor | None = None
) -> Membership:
    """Manage no longer; the last one names a member who does from now on. Raises Conflict, Invalid, Forbidden."""
    if successor is not None:
        await set_role(conn, site, manager, community, successor, "manager")
    return await set_role(conn, site, manager, community, manager, "member")


async def _require_right(conn: Connection, case: Case, by: Actor, role: Role) -> None:
    """Raise Forbidden but for managers, whoever gives her own role back, and the team where nobody manages."""
    if case.community.local and by.local and not await members.list_manager_ids(conn, case.group.id):
        account = await accounts.find(conn, by.id)
        if account is not None and roles.has_right(account, "reports"):
            return
    if by.id == case.person.id and role == "member":
        return
    await require_manager(conn, case.community, by)


async def _ask_home(conn: Connection, case: Case, by: Actor, held: Membership, role: Role) -> Membership:
    to = (case.group.uri,)
    if role == "member":
        circle = circle_uri(case.group.uri, CIRCLES[held.role])
        await news.send_to(conn, by, build_remove_person(case.site, by, case.person.uri, circle, to), case.group)
    else:
        circle = circle_uri(case.group.uri, CIRCLES[role])
        await news.send_to(conn, by, build_add_person(case.site, by, case.person.uri, circle, to), case.group)
    return await memberships.save_awaited(conn, held.id, role)


async def _tell(conn: Connection, case: Case, held: Membership, role: Role) -> None:
    """A role given is told by its circle, one taken away by that of the former."""
    if case.person.local:
        await news.tell(conn, case.group, [case.person.id], "community_role")
    elif not speaks(case.person):
        await news.write_to(conn, case.site, case.group, case.person, say("role", case.group.display_name))
    elif role == "member":
        await news.tell_out_of_circle(conn, case, CIRCLES[held.role])
    else:
        await news.tell_in_circle(conn, case, CIRCLES[role])
