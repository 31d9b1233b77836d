"""Invitations: of a community elsewhere to one of ours, and the answers of people elsewhere to those of ours."""

from federation.uris import is_local
from federation.vocabulary.activities.activities import Accept
from federation.vocabulary.activities.participation import Invite
from inbox.communities.holders import receive_question
from inbox.communities.requests import find_ours
from inbox.errors import Ignored
from models.communities import communities, memberships
from models.communities.communities import Community
from models.communities.memberships import Change, Membership
from models.errors import Refusal
from models.people import actors
from models.people.actors import Actor
from models.relations.blocking import blocks
from models.settings import Site
from models.store.database import Connection
from outbox.builders.activities.reject import build_reject_of_terms
from outbox.builders.texts.communities import REFUSALS
from outbox.communities import invitations, news


async def process_invite(conn: Connection, site: Site, sender: Actor, activity: Invite) -> None:
    """By the community itself to one of ours; by one who manages a community of ours, to anybody."""
    if activity.object == sender.uri:
        await _receive(conn, site, sender, activity)
        return
    community = await find_ours(conn, activity.object)
    person = await actors.find_by_uri(conn, activity.target)
    if person is None:
        raise Ignored("member_unknown")
    try:
        await invitations.invite(conn, site, sender, community, person)
    except Refusal:
        raise Ignored("membership_not_allowed") from None


async def _receive(conn: Connection, site: Site, group: Actor, activity: Invite) -> None:
    person = await actors.find_by_uri(conn, activity.target)
    if person is None or await communities.find(conn, group.id) is None:
        raise Ignored("asks_nobody")
    if person.local and person.speaks_for_cooperative:
        await receive_question(conn, group, person, activity.id)
        return
    if not _may_be_asked(person):
        raise Ignored("asks_nobody")
    if await blocks.between(conn, person.id, group.id):
        raise Ignored("blocked")
    await _save_invited(conn, site, group, person, activity)


async def _save_invited(conn: Connection, site: Site, group: Actor, person: Actor, activity: Invite) -> None:
    """She is told once, however often it comes. Raises Ignored for who cannot be invited now."""
    await memberships.lock(conn, group.id)
    held = await memberships.find(conn, group.id, person.id)
    if held is not None and not _may_be_invited(held):
        raise Ignored("membership_not_allowed")
    inviter_id = await _find_inviter(conn, group, held, activity.attributed_to)
    told = Change(state="invited", uri=activity.id, invited_by=inviter_id)
    await memberships.save(conn, group.id, person.id, told)
    if held is None or held.state != "invited" or is_local(site, held.uri or ""):  # asked by one of ours until now
        await news.tell(conn, group, [person.id], "community_invited")


def _may_be_asked(person: Actor) -> bool:
    return person.local and not person.gone and not person.guest and person.type in invitations.INVITABLE


def _may_be_invited(held: Membership) -> bool:
    """Not a member, nor who asks: her own request is what is answered then; nor just after a no."""
    return held.state not in ("member", "asked") and not invitations.declined_lately(held)


async def _find_inviter(conn: Connection, group: Actor, held: Membership | None, named: str | None) -> int:
    """Who invites: whom the home names, unless she is one of ours, who are asked whether they did."""
    manager = await actors.find_by_uri(conn, named) if named else None
    if manager is None or (manager.local and (held is None or held.invited_by != manager.id)):
        return group.id
    return manager.id


async def find_invited(conn: Connection, sender: Actor, answered: object) -> Community | None:
    """The community of ours whose invitation is answered by whom it was for; None for anything else.

    An invitation that somebody else answers is no invitation of hers.
    """
    uri = answered.id if isinstance(answered, Invite) else answered
    held = await memberships.find_by_uri(conn, uri) if isinstance(uri, str) and uri else None
    if held is None or held.actor_id != sender.id or held.state != "invited":
        return None
    found = await communities.find(conn, held.community_id)
    return found if found is not None and found.local else None


async def process_accepted_invitation(
    conn: Connection, site: Site, sender: Actor, community: Community, activity: Accept
) -> None:
    """She comes in; where the charter is another one meanwhile she is told so, and stays invited."""
    uri = activity.object if isinstance(activity.object, str) else activity.object.id
    try:
        await invitations.accept_invitation(conn, site, sender, community, activity.charter_version, uri=uri)
    except Refusal as refusal:
        group = await actors.get(conn, community.actor_id)
        reason = REFUSALS.get(refusal.code, REFUSALS["community_no_entry"])
        await news.send_to(conn, group, build_reject_of_terms(site, group, uri, sender, reason=reason), sender)


async def process_declined_invitation(conn: Connection, site: Site, sender: Actor, community: Community) -> None:
    """She does not come in."""
    await invitations.decline(conn, site, sender, community)
