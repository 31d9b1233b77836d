"""What may stand in a community, how many may wait at its door, and who may do what in it."""

from datetime import UTC, datetime, timedelta

from models.communities import charters, members, memberships
from models.communities.communities import Community, CommunitySettings
from models.communities.memberships import Membership
from models.errors import Conflict, Forbidden, Invalid
from models.people.actors import Actor
from models.people.team import authorities
from models.store.database import Connection
from models.texts import NOT_TYPED

NAME_LIMIT = 80
DESCRIPTION_LIMIT = 2_000
CHARTER_LIMIT = 20_000
CHANGES_LIMIT = 1_000
MESSAGE_LIMIT = 1_000
REASON_LIMIT = 500

MOST_MANAGED = 20
"""Communities of this server that one person manages."""

MOST_ASKING = 500
"""People whose request waits, in one community."""

MOST_ASKING_OF_HOST = 50
"""Of those, people of one other server."""

MOST_INVITED = 500
"""Invitations of one community that wait for an answer."""

MOST_LINKS = 20
"""Links by which people come in that hold at the same time, of one community."""

MOST_COMING = 200
"""People who come in by one link."""

LONGEST_LINK = timedelta(days=90)

MOST_APPROVALS = 20

LONGEST_GRACE = timedelta(days=180)
"""How long members may go on by an earlier version of the charter at most."""

ASKED_AGAIN = timedelta(days=1)
"""So long after a no one may ask again, on either side."""


def tidy(text: str, most: int, field: str, *, required: bool = False) -> str:
    """The text as it is kept. Raises Invalid."""
    text = NOT_TYPED.sub("", text).replace("\r\n", "\n").strip()
    if required and not text:
        raise Invalid("community_field_missing", field=field)
    if len(text) > most:
        raise Invalid("community_field_too_long", field=field, most=most)
    return text


def require_settings(settings: CommunitySettings) -> None:
    """Raise Invalid for settings that do not go together."""
    if not 0 <= settings.approvals_needed <= MOST_APPROVALS:
        raise Invalid("approvals_invalid", field="approvals_needed", most=MOST_APPROVALS)
    if settings.hidden and settings.access == "open":
        raise Invalid("hidden_cannot_be_open", field="access")


async def require_standing(conn: Connection, community: Community, actor: Actor) -> Membership:
    """How a member stands with the community. Raises Forbidden for whoever is none."""
    held = await memberships.find(conn, community.actor_id, actor.id)
    if held is None or not held.stands:
        raise Forbidden("not_a_member")
    return held


async def require_manager(conn: Connection, community: Community, actor: Actor) -> Membership:
    """Raise Forbidden unless this person manages the community."""
    held = await require_standing(conn, community, actor)
    if not held.manages:
        raise Forbidden("managers_only")
    return held


async def require_voice(conn: Connection, community: Community, actor: Actor) -> Membership:
    """Raise Forbidden unless this person may let others in: a manager, or with several voices every member who said
    yes to the charter that stands.
    """
    await require_no_authority(conn, actor)
    if community.approvals_needed == 0:
        return await require_manager(conn, community, actor)
    held = await require_standing(conn, community, actor)
    charter = await charters.find_current(conn, community.actor_id)
    if not memberships.may_take_part(held, charter, datetime.now(UTC)):
        raise Forbidden("charter_not_accepted")
    return held


async def require_no_authority(conn: Connection, actor: Actor) -> None:
    """Raise Forbidden for the account of a local authority, which lets nobody in anywhere."""
    if actor.local and await authorities.is_authority(conn, actor.id):
        raise Forbidden("authority_lets_nobody_in")


async def require_room(conn: Connection, community: Community, person: Actor) -> None:
    """Raise Conflict while too many wait at the door."""
    waiting = await members.count(conn, community.actor_id, "asked")
    of_host = 0 if person.local else await members.count(conn, community.actor_id, "asked", host=person.host)
    if waiting >= MOST_ASKING or of_host >= MOST_ASKING_OF_HOST:
        raise Conflict("community_full")


def require_version(community: Community, version: int | None) -> None:
    """Raise Invalid or Conflict unless this is the version of the charter that stands."""
    if community.version == 0:
        return
    if version is None:
        raise Invalid("charter_missing", field="version")
    if version > community.version:
        raise Invalid("charter_unknown", field="version")
    if version < community.version:
        raise Conflict("charter_outdated", field="version")


def require_running(community: Community) -> None:
    """Raise Conflict for one that ended."""
    if community.ended_at is not None:
        raise Conflict("community_ended")


def require_home(community: Community) -> None:
    """Raise Forbidden for a copy: its home alone changes what it is."""
    if not community.local:
        raise Forbidden("only_at_community_home", host=community.host)
