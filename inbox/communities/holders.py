"""A cooperative is asked to hold a community together with its home, or answers; and who agreed to be known there."""

from federation.vocabulary.activities.activities import Accept, Reject
from inbox.errors import Ignored
from models.communities import holders, memberships
from models.communities.communities import Community
from models.communities.holders import Holder
from models.communities.memberships import Change
from models.errors import Refusal
from models.people import actors
from models.people.actors import Actor
from models.settings import Site
from models.store.database import Connection
from outbox.communities.together import holding, keeping


async def receive_question(conn: Connection, group: Actor, cooperative: Actor, uri: str) -> None:
    """A community elsewhere asks our cooperative to hold it. Raises Ignored."""
    if not await holding.receive_question(conn, group, cooperative, uri):
        raise Ignored("membership_not_allowed")


async def process_holder_answer(conn: Connection, site: Site, sender: Actor, activity: Accept | Reject) -> bool:
    """Whether a cooperative answers a community of ours or ends what it holds, or the home of one that ours holds does.

    Believed from whom was asked and, of a copy, from its home.
    """
    held = await _find_holder(conn, activity)
    if held is None:
        return False
    yes = isinstance(activity, Accept)
    if sender.id == held.cooperative_id and not held.local:
        if held.state == "asked" or not yes:
            await holding.receive_answer(conn, site, held, yes=yes)
        return True
    if sender.id == held.community_id and held.local and not yes:
        await holding.receive_end(conn, held)
        return True
    return False


async def _find_holder(conn: Connection, activity: Accept | Reject) -> Holder | None:
    """What is answered, where it is such a question that stands."""
    answered = activity.object
    uri = answered if isinstance(answered, str) else getattr(answered, "id", "")
    held = await holders.find_by_uri(conn, uri) if uri else None
    if held is not None:
        await memberships.lock(conn, held.community_id)  # what stands may have changed until now
        held = await holders.find_by_uri(conn, uri)
    return held if held is not None and held.state in ("asked", "held") else None


async def process_kept(
    conn: Connection, site: Site, sender: Actor, person: Actor, community: Community, *, yes: bool
) -> None:
    """A member elsewhere of one of ours agrees that those who hold it know her; or the home of one that ours holds says
    so of her. Raises Ignored.
    """
    if community.local:
        if sender.id != person.id:
            raise Ignored("membership_not_allowed")
        try:
            await keeping.keep(conn, site, person, community, yes=yes)
        except Refusal:
            raise Ignored("membership_not_allowed") from None
        return
    if sender.id != community.actor_id:
        raise Ignored("not_own_collection")
    await _learn_kept(conn, person, community, yes=yes)


async def _learn_kept(conn: Connection, person: Actor, community: Community, *, yes: bool) -> None:
    """Of our own people nothing is learnt so: whether they are in it is known here."""
    cooperative = await actors.find_local(conn, "coop")
    held = None if cooperative is None else await holders.find(conn, community.actor_id, cooperative.id)
    if person.local or held is None or held.state != "held":
        raise Ignored("membership_not_allowed")
    await memberships.lock(conn, community.actor_id)
    known = await memberships.find(conn, community.actor_id, person.id)
    if yes:
        await memberships.save(conn, community.actor_id, person.id, Change(state="member"))
        await holders.save_kept(conn, community.actor_id, person.id, True)
    elif known is not None and known.kept:
        await memberships.forget(conn, known.id)
