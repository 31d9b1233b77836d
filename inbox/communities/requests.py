"""Who asks to come into a community of ours, leaves it, or is answered by one elsewhere."""

from federation.texts.html_cleaner import to_text
from federation.vocabulary.activities.activities import Reject
from federation.vocabulary.activities.participation import Join, Leave
from inbox.errors import Ignored
from models.communities import communities, decisions, memberships
from models.communities.communities import Community
from models.communities.memberships import Change, Membership
from models.errors import NotFound, Refusal
from models.people import actors
from models.people.actors import Actor
from models.settings import Site
from models.store.database import Connection
from outbox.builders.activities.reject import build_reject_of_terms
from outbox.builders.texts.communities import REFUSALS
from outbox.communities import joining, leaving, news
from outbox.communities.joining import JoinRequest
from outbox.communities.limits import MESSAGE_LIMIT, REASON_LIMIT


async def find_ours(conn: Connection, uri: str) -> Community:
    """The community of ours that this names. Raises Ignored."""
    found = await communities.find_by_uri(conn, uri)
    if found is None or not found.local:
        raise Ignored("joins_nobody")
    return found


async def process_join(conn: Connection, site: Site, sender: Actor, activity: Join) -> None:
    """Somebody elsewhere comes in, asks to, or learns why not. Of a hidden community nothing is answered."""
    community = await find_ours(conn, activity.object)
    request = JoinRequest(
        version=activity.charter_version, message=to_text(activity.content)[:MESSAGE_LIMIT], uri=activity.id
    )
    try:
        await joining.join(conn, site, sender, community, request)
    except NotFound:
        raise Ignored("joins_nobody") from None
    except Refusal as refusal:
        await _refuse(conn, site, community, sender, activity.id, refusal)


async def _refuse(
    conn: Connection, site: Site, community: Community, sender: Actor, uri: str, refusal: Refusal
) -> None:
    """Say why, in words that her server can show."""
    group = await actors.get(conn, community.actor_id)
    reason = REFUSALS.get(refusal.code, REFUSALS["community_no_entry"])
    await news.send_to(conn, group, build_reject_of_terms(site, group, uri, sender, reason=reason), sender)


async def process_leave(conn: Connection, site: Site, sender: Actor, activity: Leave) -> None:
    """Somebody elsewhere leaves a community of ours, or takes back what she asked."""
    community = await communities.find_kept(conn, activity.object)
    if community is None or not community.local:
        raise Ignored("joins_nobody")
    try:
        await leaving.leave(conn, site, sender, community)
    except Refusal:
        raise Ignored("membership_not_allowed") from None


async def find_joined(conn: Connection, sender: Actor, answered: object) -> Membership | None:
    """What one of ours asked this community elsewhere by the Join that is answered; None for anything else."""
    uri = answered.id if isinstance(answered, Join) else answered
    held = await memberships.find_by_uri(conn, uri) if isinstance(uri, str) and uri else None
    if held is None or held.community_id != sender.id:
        return None
    person = await actors.get(conn, held.actor_id)
    return held if person.local and (held.state != "invited" or held.awaited is not None) else None


async def _lock_asked(conn: Connection, asked: Membership) -> Membership:
    """How she stands now that nobody changes it any more: she may have left while this came."""
    await memberships.lock(conn, asked.community_id)
    held = await memberships.find(conn, asked.community_id, asked.actor_id)
    if held is None or held.uri != asked.uri:
        raise Ignored("membership_not_asked")
    return held


async def process_accepted(conn: Connection, sender: Actor, held: Membership) -> None:
    """One of ours is in, by the version of the charter that she said yes to, and is told the first time.

    Which one that was her own server knows: what the answer says of it counts for nothing.
    """
    held = await _lock_asked(conn, held)
    if held.state not in ("asked", "member"):
        raise Ignored("membership_not_asked")
    said = Change(state="member", accepted_version=held.asked_version or None)
    await memberships.save(conn, sender.id, held.actor_id, said)
    if held.state == "asked":
        await news.tell(conn, sender, [held.actor_id], "community_accepted")


async def process_refused(conn: Connection, sender: Actor, held: Membership, activity: Reject) -> None:
    """One of ours is not let in, or her yes did not count: then she stays what she was, and looks at it again."""
    reason = to_text(activity.content)[:REASON_LIMIT]
    held = await _lock_asked(conn, held)
    if held.awaited is not None:
        await memberships.save_awaited(conn, held.id, None)
    elif held.state == "asked":
        await memberships.save(conn, sender.id, held.actor_id, Change(state="refused"))
    else:
        raise Ignored("membership_not_asked")
    await decisions.record(conn, sender.id, "refused", actor_id=sender.id, subject_id=held.actor_id, reason=reason)
    await news.tell(conn, sender, [held.actor_id], "community_refused")
