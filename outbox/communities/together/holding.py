"""A cooperative is asked to hold a community together with its home, and its team answers."""

from datetime import UTC, datetime

from models.communities import communities, decisions, holders, members, memberships
from models.communities.communities import Community
from models.communities.decisions import DecisionKind
from models.communities.holders import Holder, HolderState
from models.errors import Conflict, Forbidden, Invalid, NotFound
from models.news import staff_notifications
from models.people import accounts, actors, roles
from models.people.actors import Actor
from models.settings import Site
from models.store.database import Connection
from outbox.builders.activities.accept import build_accept_of_holding
from outbox.builders.activities.invite import build_invite
from outbox.builders.activities.reject import build_reject_of_terms
from outbox.communities import news
from outbox.communities.cases import open_case
from outbox.communities.founding import announce
from outbox.communities.limits import ASKED_AGAIN, require_home, require_manager, require_running
from outbox.communities.together.keeping import tell_new_holder

MOST_HOLDERS = 5
"""Cooperatives that hold one community, and that are asked to."""

STANDS: tuple[HolderState, ...] = ("asked", "held")


async def ask_to_hold(conn: Connection, site: Site, manager: Actor, community: Community, cooperative: Actor) -> Holder:
    """A manager of a community of ours asks another cooperative to hold it together with us; again changes nothing.

    Raises Invalid, Forbidden, Conflict.
    """
    require_home(community)
    case = await open_case(conn, site, community, manager)
    await require_manager(conn, case.community, manager)
    require_running(case.community)
    if cooperative.local or cooperative.gone or not cooperative.speaks_for_cooperative:
        raise Invalid("not_a_cooperative", field="cooperative")
    held = await holders.find(conn, case.group.id, cooperative.id)
    if held is not None and held.state in STANDS:
        return held
    await _require_askable(conn, case.group.id, held)
    sent = build_invite(site, case.group, case.group, cooperative, manager)
    await holders.save_asked(conn, case.group.id, cooperative.id, sent.id, manager.id)
    await decisions.record(conn, case.group.id, "hold_asked", actor_id=manager.id, subject_id=cooperative.id)
    await news.send_to(conn, case.group, sent, cooperative)
    return await _get(conn, community, cooperative)


async def _require_askable(conn: Connection, community_id: int, before: Holder | None) -> None:
    """Raise Conflict just after a no, and where too many hold the community already."""
    if before is not None and _ended_lately(before):
        raise Conflict("holding_ended_lately", field="cooperative")
    if sum(one.state in STANDS for one in await holders.list_of(conn, community_id)) >= MOST_HOLDERS:
        raise Conflict("too_many_holders", most=MOST_HOLDERS)


async def answer_holding(conn: Connection, site: Site, by: Actor, community: Community, *, yes: bool) -> Holder:
    """The team of our cooperative answers a community elsewhere. Raises Forbidden, and Conflict where nobody asks."""
    cooperative = await _require_team(conn, by)
    await memberships.lock(conn, community.actor_id)
    held = await holders.find(conn, community.actor_id, cooperative.id)
    if community.local or held is None or held.state != "asked":
        raise Conflict("nobody_asks_to_hold")
    group = await actors.get(conn, community.actor_id)
    answer = (
        build_accept_of_holding(site, cooperative, group, held.uri)
        if yes
        else build_reject_of_terms(site, cooperative, held.uri, group)
    )
    await holders.save_state(conn, group.id, cooperative.id, "held" if yes else "declined", by=by.id)
    await news.send_to(conn, cooperative, answer, group)
    return await _get(conn, community, cooperative)


async def stop_holding(conn: Connection, site: Site, by: Actor, community: Community, cooperative: Actor) -> Holder:
    """It holds the community no longer, or is no longer asked: by a manager at its home, or the team of our cooperative
    for what it holds, which then forgets who agreed to be known to it. Raises Forbidden, NotFound.
    """
    await memberships.lock(conn, community.actor_id)
    if community.local:
        await require_manager(conn, community, by)
    elif cooperative.id != (await _require_team(conn, by)).id:
        raise Forbidden("team_only")
    held = await holders.find(conn, community.actor_id, cooperative.id)
    if held is None or held.state not in STANDS:
        raise NotFound
    group = await actors.get(conn, community.actor_id)
    own, other = (group, cooperative) if community.local else (cooperative, group)
    await holders.save_state(conn, group.id, cooperative.id, "ended", by=by.id)
    await decisions.record(conn, group.id, "hold_ended", actor_id=by.id, subject_id=cooperative.id)
    await news.send_to(conn, own, build_reject_of_terms(site, own, held.uri, other), other)
    await holders.forget_kept(conn, group.id)
    if community.local and held.state == "held":
        await announce(conn, site, group.id)
    return await _get(conn, community, cooperative)


async def receive_question(conn: Connection, group: Actor, cooperative: Actor, uri: str) -> bool:
    """A community elsewhere asks our cooperative: its team is told. False where there is no such question any more."""
    if await communities.find(conn, group.id) is None:
        return False
    await memberships.lock(conn, group.id)
    held = await holders.find(conn, group.id, cooperative.id)
    if held is not None and (held.state in STANDS or _ended_lately(held)):
        return False
    await holders.save_asked(conn, group.id, cooperative.id, uri, None)
    topic = staff_notifications.Topic(actor_id=group.id)
    await staff_notifications.notify_team(conn, "community_hold_asked", topic)
    return True


async def receive_answer(conn: Connection, site: Site, held: Holder, *, yes: bool) -> None:
    """What another cooperative answers, or that it holds a community of ours no longer: its managers are told.

    `held` was read under the lock of its community.
    """
    state: HolderState = "held" if yes else ("ended" if held.state == "held" else "declined")
    kind: DecisionKind = "held" if yes else ("hold_ended" if held.state == "held" else "hold_declined")
    await holders.save_state(conn, held.community_id, held.cooperative_id, state)
    await decisions.record(conn, held.community_id, kind, actor_id=held.cooperative_id, subject_id=held.cooperative_id)
    group = await actors.get(conn, held.community_id)
    managers = await actors.list_by_ids(conn, await members.list_manager_ids(conn, group.id))
    await news.tell(conn, group, [one.id for one in managers if one.local], "community_hold_answered")
    if yes or held.state == "held":
        await announce(conn, site, group.id)
    if yes:
        await tell_new_holder(conn, site, group, await actors.get(conn, held.cooperative_id))


async def receive_end(conn: Connection, held: Holder) -> None:
    """The home of a community elsewhere wants it held here no longer: who agreed to be known here is forgotten."""
    await holders.save_state(conn, held.community_id, held.cooperative_id, "ended")
    await holders.forget_kept(conn, held.community_id)


def _ended_lately(held: Holder) -> bool:
    """Whether one side said no, or that it is over, just now."""
    return held.state in ("declined", "ended") and held.since > datetime.now(UTC) - ASKED_AGAIN


async def _require_team(conn: Connection, by: Actor) -> Actor:
    """Our cooperative, in whose name somebody of its team acts. Raises Forbidden."""
    account = await accounts.find(conn, by.id)
    if account is None or not roles.has_right(account, "reports"):
        raise Forbidden("team_only")
    cooperative = await actors.find_local(conn, "coop")
    if cooperative is None:
        raise NotFound
    return cooperative


async def _get(conn: Connection, community: Community, cooperative: Actor) -> Holder:
    found = await holders.find(conn, community.actor_id, cooperative.id)
    if found is None:
        raise NotFound
    return found
