"""Members leave, are put out, or their time is over; a community is left by its last manager to another one alone."""

from typing import Literal

from federation.community_uris import circle_uri
from federation.vocabulary.activities.activities import Reject
from federation.vocabulary.activities.participation import Leave
from models.communities import communities, decisions, members, memberships
from models.communities.communities import Community
from models.communities.memberships import Change, Membership
from models.errors import Conflict, Forbidden, Invalid
from models.people.actors import Actor
from models.settings import Site
from models.store.database import Connection
from outbox.builders.activities.join import build_leave_of_group
from outbox.builders.activities.reject import build_reject_of_terms
from outbox.builders.activities.remove import build_remove_person
from outbox.communities import news
from outbox.communities.cases import Case, change, open_case
from outbox.communities.limits import REASON_LIMIT, require_standing, tidy


async def leave(conn: Connection, site: Site, person: Actor, community: Community) -> Membership:
    """Leave, take back a request, or say no to an invitation; at any time, whatever the charter says.

    The last manager names another one first, unless nobody else is left: then the community ends. Of one elsewhere it
    is so in any case, and the team is told. Raises Conflict, and Invalid for who has nothing to leave.
    """
    case = await open_case(conn, site, community, person, set_aside=True)
    if case.held is None or case.held.state not in ("invited", "asked", "member"):
        raise Invalid("not_a_member")
    if person.local:
        await _require_another_manager(conn, case, case.held)
    state: Literal["declined", "left"] = "declined" if case.held.state == "invited" else "left"
    saved = await change(conn, case, Change(state=state))
    await decisions.record(conn, case.group.id, state, actor_id=person.id, subject_id=person.id)
    if not case.community.local:
        await news.send_to(conn, person, _build_goodbye(case, case.held), case.group)
    elif case.held.state == "asked":
        await news.tell_deciders(conn, case, asks=False)
    elif case.held.state == "member":
        await _look_after(conn, case)
    return saved


async def _require_another_manager(conn: Connection, case: Case, held: Membership) -> None:
    """Raise Conflict where nobody else manages what others are still in."""
    if not case.community.local or not held.manages:
        return
    others = await members.count(conn, case.group.id, "member") - 1
    if others and await is_last_manager(conn, case):
        raise Conflict("last_manager")


async def is_last_manager(conn: Connection, case: Case) -> bool:
    """Whether nobody else manages the community."""
    return await members.list_manager_ids(conn, case.group.id) == [case.person.id]


async def _look_after(conn: Connection, case: Case) -> None:
    """Whoever left was the last of all, and it ends; or the last who managed it, and the team is told."""
    if await members.count(conn, case.group.id, "member") == 0:
        await communities.end(conn, case.group.id)
        await decisions.record(conn, case.group.id, "ended", actor_id=None)
    await news.tell_team_of_unmanaged(conn)


def _build_goodbye(case: Case, held: Membership) -> Leave | Reject:
    if held.state == "invited" and held.uri is not None:
        return build_reject_of_terms(case.site, case.person, held.uri, case.group)
    return build_leave_of_group(case.site, case.person, case.group)


async def remove(
    conn: Connection, site: Site, by: Actor, community: Community, person: Actor, reason: str
) -> Membership:
    """Put a member out, and tell her why: managers whom they will but managers, moderators plain members.

    Where its home is elsewhere, that is asked (`awaited`). Raises Invalid, Forbidden.
    """
    reason = tidy(reason, REASON_LIMIT, "reason", required=True)
    case = await open_case(conn, site, community, person)
    held = await _require_removable(conn, case, by)
    if not case.community.local:
        members = circle_uri(case.group.uri, "members")
        asked = build_remove_person(site, by, person.uri, members, (case.group.uri,), reason)
        await news.send_to(conn, by, asked, case.group)
        return await memberships.save_awaited(conn, held.id, "remove")
    saved = await change(conn, case, Change(state="removed"))
    await decisions.record(conn, case.group.id, "removed", actor_id=by.id, subject_id=person.id, reason=reason)
    await news.tell_removed(conn, case, reason)
    return saved


async def _require_removable(conn: Connection, case: Case, by: Actor) -> Membership:
    own = await require_standing(conn, case.community, by)
    if by.id == case.person.id:
        raise Invalid("removes_herself", field="person")
    if not own.leads:
        raise Forbidden("moderators_only")
    if case.held is None or case.held.state != "member":
        raise Invalid("not_a_member", field="person")
    if case.held.manages or (case.held.leads and not own.manages):
        raise Forbidden("manager_not_removed")
    return case.held
