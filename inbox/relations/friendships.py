"""A cooperative proposes to be friends with ours, answers what ours proposed, or ends it."""

from datetime import UTC, datetime, timedelta

from federation.uris import actor_uri
from federation.vocabulary.friendships import Friendship
from inbox.errors import Ignored
from models.news import staff_notifications
from models.news.staff_notifications import Topic
from models.people.actors import Actor
from models.servers import friendships, known_hosts, trust_levels
from models.servers.friendships import FriendshipRow
from models.settings import Site
from models.store.database import Connection
from outbox.servers import friendships as outbox

TOLD_A_DAY = 10
"""Cooperatives of unknown hosts of which the team is told within a day; its page shows all that wait."""


async def process_offer(conn: Connection, site: Site, sender: Actor, uri: str, proposed: Friendship) -> None:
    """It waits for our team, or is confirmed where ours proposed the same before.

    Who was told no lately gets it again. Raises Ignored for what does not come from a cooperative, or is not for ours.
    """
    ours = actor_uri(site, "coop")
    if (proposed.subject, proposed.object) != (sender.uri, ours) or not sender.speaks_for_cooperative:
        raise Ignored("friendship_not_ours")
    held = await friendships.hold(conn, sender.id)
    match held and held.state:
        case "proposed":
            await outbox.say_yes(conn, site, sender, uri)
            await outbox.confirm(conn, sender, theirs=uri)
            await _notify(conn, sender)
        case "confirmed" if await _is_friend(conn, sender):  # our yes was lost there
            await outbox.say_yes(conn, site, sender, uri)
            await friendships.save(conn, sender.id, "confirmed", theirs=uri)
        case "asked":
            await friendships.save(conn, sender.id, "asked", theirs=uri)
        case "declined" if _is_fresh_no(held):
            await outbox.say_no(conn, site, sender, uri)
        case _:
            await _keep(conn, sender, uri, held)


async def _keep(conn: Connection, sender: Actor, uri: str, held: FriendshipRow | None) -> None:
    if not await friendships.has_room(conn, sender.host):
        raise Ignored("friendship_without_room")
    lately = held is not None and held.their_offer_uri is not None and held.changed_at > _a_day_ago()
    told = not lately and await may_be_told(conn, sender)
    await friendships.forget(conn, sender.id)  # what was said before counts no more
    await friendships.save(conn, sender.id, "asked", theirs=uri)
    if told:
        await _notify(conn, sender)


async def _is_friend(conn: Connection, sender: Actor) -> bool:
    decision = await trust_levels.find(conn, sender.host)
    return decision is not None and decision.level == "friend"


def _a_day_ago() -> datetime:
    return datetime.now(UTC) - timedelta(days=1)


def _is_fresh_no(held: FriendshipRow | None) -> bool:
    """Whether our team said no to a proposal of theirs lately; that it did not wish to follow them is none."""
    return (
        held is not None and held.their_offer_uri is not None and held.changed_at > datetime.now(UTC) - friendships.REST
    )


async def may_be_told(conn: Connection, sender: Actor) -> bool:
    """Whether the team hears of it at once: of hosts that nobody here knows, of the first ones of a day alone."""
    return await friendships.count_new(conn, _a_day_ago()) < TOLD_A_DAY or await known_hosts.is_known(conn, sender.host)


async def process_follow(conn: Connection, sender: Actor) -> None:
    """A cooperative follows ours: the team may follow it back, and hears of it the first time."""
    told = await may_be_told(conn, sender)
    if await friendships.meet(conn, sender.id, sender.host) and told:
        await staff_notifications.notify_team(conn, "coop_follow", Topic(actor_id=sender.id))


async def process_accept(conn: Connection, sender: Actor, uri: str) -> bool:
    """Whether it answers what ours proposed to this cooperative: then both said yes."""
    held = await friendships.hold(conn, sender.id) if sender.speaks_for_cooperative else None
    if held is None or held.our_offer_uri != uri:
        return False
    if held.state == "proposed":
        await outbox.confirm(conn, sender)
        await _notify(conn, sender)
    elif held.state != "confirmed":
        raise Ignored("friendship_not_awaited")
    return True


async def process_reject(conn: Connection, sender: Actor, uri: str) -> bool:
    """Whether it is a no to what ours proposed, or ends what it said yes to."""
    held = await friendships.hold(conn, sender.id) if sender.speaks_for_cooperative else None
    if held is None or held.our_offer_uri != uri:
        return False
    if held.state in ("proposed", "confirmed"):
        await friendships.save(conn, sender.id, "refused" if held.state == "proposed" else "ended")
        await _notify(conn, sender)
    return True


async def process_undo(conn: Connection, sender: Actor, uri: str) -> bool:
    """Whether it takes back what it proposed: nothing waits any more, or the friendship is ended."""
    held = await friendships.hold(conn, sender.id) if sender.speaks_for_cooperative else None
    if held is None or held.their_offer_uri != uri:
        return False
    if held.state == "confirmed":
        await friendships.save(conn, sender.id, "ended")
        await _notify(conn, sender)
    elif held.state == "asked":  # a level that it had is still ours to decide
        if await _is_friend(conn, sender):
            await friendships.save(conn, sender.id, "ended")
        else:
            await friendships.meet_again(conn, sender.id, sender.host)
    return True


async def _notify(conn: Connection, sender: Actor) -> None:
    """The team hears of it, once: what it says is how far it is when it is read."""
    await staff_notifications.notify_team(conn, "coop_friendship", Topic(actor_id=sender.id))
