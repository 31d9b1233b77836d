"""A community invites somebody, here or elsewhere: by a manager, in its own name."""

from datetime import UTC, datetime

from models.communities import decisions, members, memberships
from models.communities.communities import Community
from models.communities.memberships import Change, Membership
from models.errors import Conflict, Forbidden, Invalid
from models.people.actors import BUILT_IN, Actor
from models.relations.blocking import blocks
from models.settings import Site
from models.store.database import Connection
from outbox.builders.activities.invite import build_invite
from outbox.builders.objects.agreement import speaks
from outbox.communities import news
from outbox.communities.approvals import approve
from outbox.communities.cases import change, open_case
from outbox.communities.joining import JoinRequest, join
from outbox.communities.leaving import leave
from outbox.communities.limits import ASKED_AGAIN, MOST_INVITED, require_manager, require_running

INVITABLE = ("Person", "Organization")


async def invite(conn: Connection, site: Site, by: Actor, community: Community, person: Actor) -> Membership:
    """Invite somebody; whoever asks already is let in, and who was put out may come back by it.

    Where its home is elsewhere, that is asked, and who is invited shows as `invited` here. Raises Invalid, Forbidden,
    Conflict.
    """
    case = await open_case(conn, site, community, person)
    await require_manager(conn, case.community, by)
    require_running(case.community)
    if case.held is not None and case.state in ("member", "invited"):
        return case.held
    if case.state == "asked":
        return await approve(conn, site, by, community, person)
    if case.held is not None and declined_lately(case.held):
        raise Conflict("invitation_declined_lately")
    await _require_invitable(conn, case.group, person)
    if await members.count(conn, case.group.id, "invited") >= MOST_INVITED:
        raise Conflict("too_many_invited", most=MOST_INVITED)
    if not case.community.local:
        sent = build_invite(site, by, case.group, person, by)
        await news.send_to(conn, by, sent, case.group)
        return await change(conn, case, Change(state="invited", uri=sent.id, invited_by=by.id))
    sent = build_invite(site, case.group, case.group, person, by)
    saved = await change(conn, case, Change(state="invited", uri=sent.id, invited_by=by.id))
    await decisions.record(conn, case.group.id, "invited", actor_id=by.id, subject_id=person.id)
    if person.local:
        await news.tell(conn, case.group, [person.id], "community_invited")
    else:
        await news.send_to(conn, case.group, sent, person)
    return saved


def declined_lately(held: Membership) -> bool:
    """Whether she said no to an invitation just now."""
    return held.state == "declined" and held.since > datetime.now(UTC) - ASKED_AGAIN


async def _require_invitable(conn: Connection, group: Actor, person: Actor) -> None:
    """Raise Invalid or Forbidden for who cannot be a member. Of servers that know no invitations people follow."""
    if person.gone or person.guest or person.type not in INVITABLE or person.username in BUILT_IN:
        raise Invalid("not_invitable", field="person")
    if not speaks(person):
        raise Invalid("invitation_not_understood_there", field="person")
    if await blocks.between(conn, group.id, person.id):
        raise Forbidden("not_invitable")


async def accept_invitation(
    conn: Connection, site: Site, person: Actor, community: Community, version: int | None, *, uri: str | None = None
) -> Membership:
    """Come in where one was invited, by the charter that stands. Raises Conflict for who was not, and as `join`.

    `uri` is the invitation that somebody elsewhere names.
    """
    held = (await open_case(conn, site, community, person)).held
    if held is None or held.state != "invited" or held.invited_by is None or uri not in (None, held.uri):
        raise Conflict("not_invited")
    return await join(conn, site, person, community, JoinRequest(version=version))


async def decline(conn: Connection, site: Site, person: Actor, community: Community) -> Membership:
    """Say no to an invitation. Raises Conflict for who was not invited."""
    held = await memberships.find(conn, community.actor_id, person.id)
    if held is None or held.state != "invited":
        raise Conflict("not_invited")
    return await leave(conn, site, person, community)
