"""A community is founded by a member, and changed by those who manage it."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from federation import uris
from federation.community_uris import circle_uri
from federation.own_keys.key_pairs import KeyPairs, save_local_keys
from federation.texts.html_cleaner import from_text
from models.communities import charters, communities, decisions, holders, members, memberships
from models.communities.charters import NewCharter
from models.communities.communities import Community, CommunitySettings
from models.communities.memberships import Change
from models.errors import Conflict, Invalid, NotFound
from models.meetings import meetings
from models.people import accounts, actors
from models.people.actors import Actor, Profile
from models.personal_data import account_erasure
from models.settings import Site
from models.store.database import Connection
from outbox.builders.activities.delete import build_farewell
from outbox.builders.activities.update import build_actor_update
from outbox.communities.cases import open_case
from outbox.communities.limits import (
    CHARTER_LIMIT,
    DESCRIPTION_LIMIT,
    MOST_MANAGED,
    NAME_LIMIT,
    require_home,
    require_manager,
    require_no_authority,
    require_settings,
    tidy,
)
from outbox.meetings.meetings import withdraw
from outbox.people.local_actors import describe_local
from outbox.people.profiles import announce_update, describe_actor
from outbox.presence import require_active
from outbox.traffic.send import Recipients, send


@dataclass(frozen=True, slots=True, kw_only=True)
class CommunityDraft:
    """What somebody typed of a community; its username and first charter count when it is founded."""

    name: str
    description: str
    settings: CommunitySettings
    username: str = ""
    charter: str = ""


async def create(conn: Connection, site: Site, founder: Actor, draft: CommunityDraft, key_pairs: KeyPairs) -> Community:
    """Found a community with a first charter; whoever does manages it. Raises Invalid, Conflict.

    The keys are made before, by `federation/own_keys/key_pairs.make_key_pairs`.
    """
    require_active(founder)
    await require_no_authority(conn, founder)
    draft = _require_draft(draft)
    charter = tidy(draft.charter, CHARTER_LIMIT, "charter", required=True)
    if await members.count_managed(conn, founder.id) >= MOST_MANAGED:
        raise Conflict("too_many_communities", most=MOST_MANAGED)
    await accounts.reserve_username(conn, draft.username)
    described = describe_local(
        site,
        draft.username,
        type="Group",
        name=draft.name,
        summary=from_text(draft.description),
        locked=draft.settings.hidden,
        discoverable=not draft.settings.hidden,
        territory_uri=uris.actor_uri(site, "coop"),
    )
    group = await actors.create_local(conn, described)
    await save_local_keys(conn, site, group, key_pairs)
    await communities.create(conn, group.id, draft.settings)
    await charters.publish(conn, group.id, NewCharter(version=1, text=charter, published_by=founder.id))
    first = Change(
        state="member", role="manager", accepted_version=1, territory_uri=founder.territory_uri, public_only=False
    )
    await memberships.save(conn, group.id, founder.id, first)
    await decisions.record(conn, group.id, "created", actor_id=founder.id)
    return await _get(conn, group.id)


async def edit(conn: Connection, site: Site, manager: Actor, community: Community, draft: CommunityDraft) -> Community:
    """Change what a community of ours says of itself and how it works. Raises Invalid, Forbidden.

    One that is hidden from now on leaves no meeting of its own standing where everybody reads it: those that are over
    are taken back, and of those to come whoever manages it decides before.
    """
    draft = _require_draft(draft)
    require_home(community)
    case = await open_case(conn, site, community, manager)
    await require_manager(conn, case.community, manager)
    group = case.group
    hides = draft.settings.hidden and not case.community.hidden
    if hides:
        await _withdraw_meetings(conn, site, group)
    profile = Profile(
        name=draft.name,
        summary=from_text(draft.description),
        locked=draft.settings.hidden,
        discoverable=not draft.settings.hidden,
        fields=group.fields,
        place_name=group.place_name,
        postcode=group.postcode,
        commune_code=group.commune_code,
        latitude=group.latitude,
        longitude=group.longitude,
        radius=group.radius,
    )
    await actors.save_profile(conn, group.id, profile)
    await communities.save(conn, group.id, draft.settings)
    await decisions.record(conn, group.id, "edited", actor_id=manager.id)
    if hides:
        await _withdraw(conn, site, group)
    await announce(conn, site, group.id)
    return await _get(conn, group.id)


async def _withdraw_meetings(conn: Connection, site: Site, group: Actor) -> None:
    announced = await meetings.list_announced(conn, group.id)
    if any(announced.values()):
        raise Invalid("community_meets_publicly", field="hidden")
    for meeting_id in announced:
        await withdraw(conn, site, group, meeting_id)


async def _withdraw(conn: Connection, site: Site, group: Actor) -> None:
    """It is hidden from now on: servers in which nobody is in touch with it forget it, as if it were no more."""
    inside = await communities.list_hosts(conn, group.id)
    knowing = [one for one in await account_erasure.list_knowing(conn, group.id) if one.host not in inside]
    await communities.lose_strangers(conn, group.id)
    farewell = build_farewell(site, group, datetime.now(UTC))
    await send(conn, group, farewell, Recipients(inboxes=tuple(knowing)), listed=False)


async def announce(conn: Connection, site: Site, group_id: int) -> None:
    """Its Update to all who know the community: followers and members elsewhere; of a hidden one to members alone."""
    group, community = await actors.get(conn, group_id), await _get(conn, group_id)
    away = (
        *await members.list_member_ids(conn, group_id, local=False),
        *await holders.list_holding_ids(conn, group_id),
    )
    if not community.hidden:
        await announce_update(conn, site, group, to=Recipients(followed_ids=(group_id,), named_ids=away))
        return
    update = build_actor_update(site, group, await describe_actor(conn, site, group), datetime.now(UTC))
    inside = replace(update, to=(circle_uri(group.uri, "members"),), cc=())
    await send(conn, group, inside, Recipients(named_ids=away), listed=False)


def _require_draft(draft: CommunityDraft) -> CommunityDraft:
    require_settings(draft.settings)
    return replace(
        draft,
        name=" ".join(tidy(draft.name, NAME_LIMIT, "name", required=True).split()),
        description=tidy(draft.description, DESCRIPTION_LIMIT, "description", required=True),
        username=draft.username.strip().lower(),
    )


async def _get(conn: Connection, id: int) -> Community:
    found = await communities.find(conn, id)
    if found is None:
        raise NotFound
    return found
