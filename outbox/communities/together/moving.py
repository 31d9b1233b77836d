"""A community opens anew at a cooperative that holds it: its members are asked, the old one closes with a pointer."""

from datetime import UTC, datetime, timedelta

from federation.community_uris import circle_uri
from federation.own_keys.key_pairs import KeyPairs
from federation.texts.html_cleaner import to_text
from models.communities import charters, communities, decisions, holders, members, memberships
from models.communities.communities import Community, CommunitySettings
from models.communities.memberships import Change
from models.errors import Conflict, Forbidden, Invalid
from models.news import community_news
from models.people import account_moves, accounts, actors, roles
from models.people.actors import Actor
from models.relations import follows
from models.relations.blocking import blocks
from models.servers import servers
from models.settings import Site
from models.store.database import Connection
from outbox.builders.activities.invite import build_invite
from outbox.builders.activities.move import build_move
from outbox.builders.objects.agreement import speaks
from outbox.communities import news
from outbox.communities.cases import open_case
from outbox.communities.founding import CommunityDraft, announce, create
from outbox.communities.invitations import INVITABLE
from outbox.communities.limits import DESCRIPTION_LIMIT, require_home, require_manager, require_running
from outbox.people.account_moves import move_followers, require_target
from outbox.traffic.send import Recipients, send

GONE_AFTER = timedelta(days=14)
"""So long a home has to be silent before its community opens anew without it."""


async def is_home_gone(conn: Connection, community: Community) -> bool:
    """Whether the server of a community elsewhere has not answered for a fortnight."""
    silent = (await servers.list_silent(conn, [community.host])).get(community.host)
    return silent is not None and silent.since is not None and silent.since < datetime.now(UTC) - GONE_AFTER


async def open_anew(
    conn: Connection, site: Site, by: Actor, copy: Community, username: str, key_pairs: KeyPairs
) -> Community:
    """Found here what our cooperative holds, from its copy: by who manages it there and is a member here, or, where the
    home is gone and no manager is here, by our team.

    Where the home is gone members are asked at once, else when its manager moves it (`move`). Raises Forbidden,
    Invalid, Conflict.
    """
    gone = await is_home_gone(conn, copy)
    await memberships.lock(conn, copy.actor_id)
    await _require_right(conn, by, copy, gone=gone)
    if await holders.find_opened_anew(conn, copy.uri) is not None:
        raise Conflict("community_opened_already")
    charter = await charters.find_current(conn, copy.actor_id)
    if charter is None:
        raise Invalid("charter_not_known_here", field="community")
    settings = CommunitySettings(
        access=copy.access,
        hidden=copy.hidden,
        members_shown=copy.members_shown,
        approvals_needed=copy.approvals_needed,
    )
    draft = CommunityDraft(
        name=copy.name,
        description=to_text(copy.summary)[:DESCRIPTION_LIMIT] or copy.name,
        settings=settings,
        username=username,
        charter=charter.text,
    )
    made = await create(conn, site, by, draft, key_pairs)
    await account_moves.save_aliases(conn, made.actor_id, [copy.uri])
    await decisions.record(conn, made.actor_id, "opened_anew", actor_id=by.id, subject_id=copy.actor_id)
    if gone:
        await communities.end(conn, copy.actor_id)
        await ask_members(conn, site, copy, made, by)
    return made


async def _require_right(conn: Connection, by: Actor, copy: Community, *, gone: bool) -> None:
    """Raise Forbidden but for a manager, or our team where nobody else can, of what we hold; Conflict once it ended."""
    cooperative = await actors.find_local(conn, "coop")
    held = None if cooperative is None else await holders.find(conn, copy.actor_id, cooperative.id)
    if copy.local or held is None or held.state != "held":
        raise Forbidden("community_not_held_here")
    if copy.ended_at is not None:
        raise Conflict("community_ended")
    own = await memberships.find(conn, copy.actor_id, by.id)
    if (own is None or not own.manages) and not (gone and await _may_stand_in(conn, by, copy)):
        raise Forbidden("managers_only")


async def _may_stand_in(conn: Connection, by: Actor, copy: Community) -> bool:
    """Whether somebody is of our team, and no manager is here who could."""
    account = await accounts.find(conn, by.id)
    managers = await actors.list_by_ids(conn, await members.list_manager_ids(conn, copy.actor_id))
    return account is not None and roles.has_right(account, "reports") and not any(one.local for one in managers)


async def ask_members(conn: Connection, site: Site, old: Community, new: Community, by: Actor) -> int:
    """Members of the old one whom this server may ask are invited to the new one, each by her own yes; how many.

    These are its own people, and those elsewhere who agreed to be known here.
    """
    await memberships.lock(conn, new.actor_id)  # some come in meanwhile
    group, asked = await actors.get(conn, new.actor_id), 0
    for person in await actors.list_by_ids(conn, await holders.list_to_ask(conn, old.actor_id)):
        held = await memberships.find(conn, new.actor_id, person.id)
        if held is not None or person.type not in INVITABLE or not (person.local or speaks(person)):
            continue
        if await blocks.between(conn, group.id, person.id):
            continue
        sent = build_invite(site, group, group, person, by)
        change = Change(state="invited", uri=sent.id, invited_by=by.id)
        await memberships.save(conn, new.actor_id, person.id, change)
        await decisions.record(conn, new.actor_id, "invited", actor_id=by.id, subject_id=person.id)
        await news.tell(conn, group, [person.id] if person.local else [], "community_invited")
        await news.send_to(conn, group, sent, person)
        asked += 1
    return asked


async def move(conn: Connection, site: Site, manager: Actor, community: Community, target: Actor) -> Community:
    """A manager closes a community of ours and points to where a cooperative that holds it opened it anew.

    `target` is that Group as its server showed it a moment ago (`account_moves.find_target`). Followers follow it
    there, members are told, and asked by it. Raises Forbidden, Invalid, Conflict.
    """
    require_home(community)
    case = await open_case(conn, site, community, manager)
    await require_manager(conn, case.community, manager)
    require_running(case.community)
    await require_target(conn, case.group, target)
    holding = await actors.list_by_ids(conn, await holders.list_holding_ids(conn, case.group.id))
    if target.type != "Group" or target.host not in {one.host for one in holding}:
        raise Invalid("move_target_not_holder", field="target")
    if not await account_moves.save(conn, case.group.id, target.uri):
        raise Conflict("moved_recently")
    away = (*await members.list_member_ids(conn, case.group.id, local=False), *(one.id for one in holding))
    inside = (circle_uri(case.group.uri, "members"),)
    sent = build_move(site, case.group, target.uri, to=inside, followers=not case.community.hidden)
    followed = () if case.community.hidden else (case.group.id,)
    await send(conn, case.group, sent, Recipients(followed_ids=followed, named_ids=away), about=case.group.uri)
    await announce(conn, site, case.group.id)
    await decisions.record(conn, case.group.id, "moved", actor_id=manager.id, subject_id=target.id)
    await _close(conn, site, case.group, target)
    found = await communities.find(conn, case.group.id)
    assert found is not None
    return found


async def follow_move(conn: Connection, site: Site, old: Actor, target: Actor) -> None:
    """A community elsewhere lives at another address, as its home says: members here are told. Where that address is of
    ours, those of the old one are asked.
    """
    await memberships.lock(conn, old.id)
    community = await communities.find(conn, old.id)
    if community is None or community.local or community.ended_at is not None:
        return
    opened = await communities.find(conn, target.id) if target.local else None
    if opened is not None and opened.ended_at is None:
        managers = await members.list_manager_ids(conn, opened.actor_id)
        if managers:
            await ask_members(conn, site, community, opened, await actors.get(conn, managers[0]))
    await _close(conn, site, old, target)


async def _close(conn: Connection, site: Site, old: Actor, target: Actor) -> None:
    """Nobody comes in any more; members here learn where it lives, followers follow it there."""
    following = await follows.list_local_followers(conn, old.id)
    told = [id for id in await members.list_member_ids(conn, old.id, local=True) if id not in following]
    await communities.end(conn, old.id)
    there = await communities.find(conn, target.id)
    hidden = there is not None and there.hidden  # its page opens for who is invited: the old one says where it is
    await community_news.tell(conn, old.id if hidden else target.id, told, "community_moved")
    if old.local:
        await move_followers(conn, site, old, target)


async def close_unseen(conn: Connection, old: Actor, target_uri: str) -> bool:
    """The same where its home says that it lives where this server sees nothing, as a hidden one: members here learn
    it by the page of the old one, and are asked by the new one. False for who is no community that is open here.
    """
    await memberships.lock(conn, old.id)
    community = await communities.find(conn, old.id)
    if community is None or community.local or community.ended_at is not None:
        return False
    if not await account_moves.save(conn, old.id, target_uri):
        return False
    await communities.end(conn, old.id)
    told = await members.list_member_ids(conn, old.id, local=True)
    await community_news.tell(conn, old.id, told, "community_moved")
    return True
