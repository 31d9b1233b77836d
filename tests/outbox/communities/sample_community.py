"""A community of ours with its founder, made as a test needs it."""

from datetime import UTC, datetime, timedelta
from typing import Any

from federation.own_keys.key_pairs import KeyPairs, make_key_pairs
from models.communities import charters, communities, memberships
from models.communities.charters import NewCharter
from models.communities.communities import Community, CommunitySettings
from models.communities.memberships import Change, Membership
from models.news import notifications
from models.news.notifications import NotificationPage
from models.people.actors import Actor
from models.settings import Settings
from models.store.database import Connection
from outbox.communities.charters import publish_charter_version
from outbox.communities.founding import CommunityDraft, create
from outbox.communities.joining import JoinRequest, join
from tests.factories import HERE, make_remote_actor

CHARTER = "# Nos règles\n\n1. On rend ce qu’on emprunte.\n2. On le dit quand ça casse."

TERRITORY = "https://henin.test/users/coop"
"""Whose actor names one reads Join, Invite and all that."""


def write_draft(**changes: Any) -> CommunityDraft:
    """What somebody typed; `changes` are settings."""
    return CommunityDraft(
        name="Remorques en commun",
        description="On se prête nos remorques.",
        settings=CommunitySettings(**({"access": "open"} | changes)),
        username="remorques",
        charter=CHARTER,
    )


async def found(conn: Connection, founder: Actor, **changes: Any) -> Community:
    """A community founded by this member."""
    return await create(conn, HERE, founder, write_draft(**changes), await make_key_pairs_once())


_MADE: list[KeyPairs] = []


async def make_key_pairs_once() -> KeyPairs:
    """Made once: they cost as much as all the rest of a test."""
    if not _MADE:
        _MADE.append(await make_key_pairs(Settings(url=HERE.url)))
    return _MADE[0]


async def come_in(conn: Connection, person: Actor, community: Community, *, uri: str | None = None) -> Membership:
    """She says yes to the charter that stands."""
    now = await communities.find(conn, community.actor_id)
    assert now is not None
    return await join(conn, HERE, person, community, JoinRequest(version=now.version, uri=uri))


async def put_in(conn: Connection, person: Actor, community: Community, role: Any = "member") -> Membership:
    """She is in, as a row only."""
    change = Change(state="member", role=role, accepted_version=community.version)
    return await memberships.save(conn, community.actor_id, person.id, change)


async def renew(conn: Connection, manager: Actor, community: Community, version: int = 2) -> Community:
    """The charter changes; members have a month."""
    new = NewCharter(
        version=version,
        text=f"{CHARTER}\n3. Trois jours au plus.",
        changes="Trois jours au plus.",
        due_at=datetime.now(UTC) + timedelta(days=30),
    )
    return await publish_charter_version(conn, HERE, manager, community, new)


async def make_neighbour(conn: Connection, username: str = "bob", **changes: Any) -> Actor:
    """Somebody of another cooperative."""
    return await make_remote_actor(conn, username, territory_uri=TERRITORY, **changes)


async def make_copy(conn: Connection, **changes: Any) -> Community:
    """A community of the other cooperative, as this server knows it, with the first version of its charter."""
    group = await make_neighbour(conn, "velos", type="Group")
    await communities.save_remote(conn, group.id, CommunitySettings(**({"access": "on_request"} | changes)))
    await charters.save_remote(conn, group.id, NewCharter(version=1, text=CHARTER))
    copy = await communities.find(conn, group.id)
    assert copy is not None
    return copy


async def state_of(conn: Connection, person: Actor, community: Community) -> str | None:
    """How she stands with it."""
    held = await memberships.find(conn, community.actor_id, person.id)
    return None if held is None else held.state


async def list_told(conn: Connection, reader: Actor) -> list[str]:
    """What she is told of, the newest first."""
    return [one.type for one in await notifications.list_notifications(conn, reader.id, NotificationPage())]
