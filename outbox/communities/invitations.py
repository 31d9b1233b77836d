"""A community invites somebody, here or elsewhere: by a manager, in its own name; or whoever has a link."""

from datetime import UTC, datetime

from models.communities import communities, decisions, entry_links, members, memberships
from models.communities.communities import Community
from models.communities.memberships import Change, Membership
from models.errors import Conflict, Forbidden, Gone, Invalid, NotFound
from models.people import actors
from models.people.actors import BUILT_IN, Actor
from models.relations.blocking import blocks
from models.settings import Site
from models.store.database import Connection
from outbox.builders.activities.invite import build_invite
from outbox.builders.objects.agreement import speaks
from outbox.communities import news
from outbox.communities.approvals import approve
from outbox.communities.cases import Case, change, open_case
from outbox.communities.joining import JoinRequest, join, was_put_out
from outbox.communities.leaving import leave
from outbox.communities.limits import (
    ASKED_AGAIN,
    LONGEST_LINK,
    MOST_COMING,
    MOST_INVITED,
    MOST_LINKS,
    require_home,
    require_manager,
    require_no_authority,
    require_running,
)

INVITABLE = ("Person", "Organization")


async def invite(conn: Connection, site: Site, by: Actor, community: Community, person: Actor) -> Membership:
    """Invite somebody; whoever asks already is let in, and who was put out may come back by it.

    Where its home is elsewhere, that is asked, and who is invited shows as `invited` here. Raises Invalid, Forbidden,
    Conflict.
    """
    case = await open_case(conn, site, community, person)
    await require_manager(conn, case.community, by)
    await require_no_authority(conn, by)
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


async def make_link(
    conn: Connection, site: Site, manager: Actor, community: Community, uses: int, expires_at: datetime
) -> str:
    """The token of a new link by which so many people come in until then; it is shown this once.

    Raises Invalid, Forbidden, Conflict.
    """
    require_home(community)
    case = await open_case(conn, site, community, manager)
    await require_manager(conn, case.community, manager)
    await require_no_authority(conn, manager)
    require_running(case.community)
    if not 1 <= uses <= MOST_COMING:
        raise Invalid("link_uses_invalid", field="uses", most=MOST_COMING)
    now = datetime.now(UTC)
    if not now < expires_at <= now + LONGEST_LINK:
        raise Invalid("link_day_invalid", field="expires_at", days=LONGEST_LINK.days)
    if await entry_links.count_open(conn, case.group.id) >= MOST_LINKS:
        raise Conflict("too_many_entry_links", most=MOST_LINKS)
    return await entry_links.create(conn, case.group.id, manager.id, uses, expires_at)


async def revoke_link(conn: Connection, site: Site, manager: Actor, community: Community, id: int) -> None:
    """Nobody comes in by this link any more. Raises Forbidden; NotFound for one that does not hold."""
    case = await open_case(conn, site, community, manager)
    await require_manager(conn, case.community, manager)
    if not await entry_links.revoke(conn, case.group.id, id):
        raise NotFound


async def read_link(conn: Connection, token: str) -> Community:
    """The community that whoever has this link may read of, also a hidden one. Raises Gone where it does not hold."""
    link = await entry_links.find(conn, token)
    community = None if link is None else await communities.find(conn, link.community_id)
    if link is None or community is None or not link.holds or community.ended_at is not None:
        raise Gone("entry_link_expired")
    return community


async def enter_by_link(conn: Connection, site: Site, person: Actor, token: str, version: int | None) -> Membership:
    """Come in by a link and the charter that stands: one of ours by her yes; who is elsewhere is invited, and says yes
    there. It is a manager's yes, but for who was put out: she asks, as without it.

    Raises Gone where it does not hold, and as `join` and `invite`.
    """
    link, community = await entry_links.find(conn, token), await read_link(conn, token)
    case = await open_case(conn, site, community, person)
    if link is None or case.state == "member":
        return await join(conn, site, person, community, JoinRequest(version=version))
    if await was_put_out(conn, case) or await _has_voice(conn, case, link.made_by):
        return await join(conn, site, person, community, JoinRequest(version=version))
    if not await entry_links.take_place(conn, link.id):
        raise Gone("entry_link_expired")
    maker = await actors.get(conn, link.made_by)
    if not person.local:
        return await invite(conn, site, maker, community, person)
    if case.state == "asked":
        return await approve(conn, site, maker, community, person)
    if case.state != "invited":
        await change(conn, case, Change(state="invited", invited_by=maker.id))
        await decisions.record(conn, case.group.id, "invited", actor_id=maker.id, subject_id=person.id)
    return await join(conn, site, person, community, JoinRequest(version=version))


async def _has_voice(conn: Connection, case: Case, maker_id: int) -> bool:
    """Whether she asks by the yes of this manager already, and waits for others': a link takes one place for her."""
    return case.state == "asked" and case.person.id in await members.list_voiced(conn, case.group.id, maker_id)
