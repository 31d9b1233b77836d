"""Lists of the people of a community: who is in, who leads it, who asks, and who gets what stays inside."""

from dataclasses import dataclass
from datetime import datetime

from models.communities.memberships import Awaited, MembershipState, Role
from models.store.database import Connection, fetch_all, fetch_column, fetch_value
from models.store.statements import compose


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One line of a list of people: who, in which role, through which cooperative."""

    membership_id: int
    actor_id: int
    name: str
    username: str
    host: str
    local: bool
    url: str
    role: Role
    state: MembershipState
    accepted_version: int
    message: str
    territory_uri: str | None
    territory_name: str
    shown: bool
    awaited: Awaited | None
    approvals: int
    since: datetime
    expires_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CooperativeShare:
    """The members who came through one cooperative; `uri` is None for those of whom only the server is known.

    `behind` counts those who did not say yes to the version of the charter that stands.
    """

    uri: str | None
    host: str
    members: int
    behind: int
    since: datetime


_LIST = """
    SELECT m.id AS membership_id, m.actor_id, coalesce(nullif(a.name, ''), a.username) AS name, a.username, a.host,
        a.local, a.url, m.role, m.state, m.accepted_version, m.message, m.territory_uri,
        coalesce(t.name, '') AS territory_name, m.shown, m.awaited,
        (SELECT count(*)::integer FROM membership_approval v WHERE v.membership_id = m.id) AS approvals, m.since,
        m.expires_at
    FROM membership m JOIN actor a ON a.id = m.actor_id AND a.deleted_at IS NULL AND a.suspended_at IS NULL
    LEFT JOIN actor t ON t.uri = m.territory_uri
    WHERE m.community_id = $1 AND m.state = $2 AND {which} AND ($3::bigint IS NULL OR m.id > $3)
    ORDER BY m.id LIMIT $4
"""

_LIST_ALL, _LIST_SHOWN, _LIST_LEADING = (
    compose(_LIST, which=which) for which in ("true", "m.shown", "m.role IN ('manager', 'moderator')")
)


async def list_members(
    conn: Connection, community_id: int, state: MembershipState, *, after: int | None = None, limit: int = 40
) -> list[Member]:
    """Who stands so with a community, by keyset on `membership_id`: those who asked first, first."""
    return await fetch_all(conn, Member, _LIST_ALL, community_id, state, after, limit)


async def list_shown(conn: Connection, community_id: int, *, after: int | None = None, limit: int = 40) -> list[Member]:
    """Members who agreed to stand in the directory."""
    return await fetch_all(conn, Member, _LIST_SHOWN, community_id, "member", after, limit)


async def list_leading(conn: Connection, community_id: int, *, limit: int = 100) -> list[Member]:
    """Managers and moderators, as far as this server knows."""
    return await fetch_all(conn, Member, _LIST_LEADING, community_id, "member", None, limit)


async def list_manager_ids(conn: Connection, community_id: int) -> list[int]:
    """Row ids of those who manage it: neither deleted nor suspended."""
    return await fetch_column(
        conn,
        """
        SELECT m.actor_id FROM membership m JOIN actor a ON a.id = m.actor_id
        WHERE m.community_id = $1 AND m.state = 'member' AND m.role = 'manager' AND a.deleted_at IS NULL
            AND a.suspended_at IS NULL AND (m.expires_at IS NULL OR m.expires_at > now())
        ORDER BY m.actor_id
        """,
        community_id,
    )


async def list_member_ids(conn: Connection, community_id: int, *, local: bool) -> list[int]:
    """Row ids of the members here, or of those elsewhere; what stays inside goes to `list_inside_ids` alone."""
    return await fetch_column(
        conn,
        """
        SELECT m.actor_id FROM membership m JOIN actor a ON a.id = m.actor_id
        WHERE m.community_id = $1 AND m.state = 'member' AND a.local = $2 AND a.deleted_at IS NULL
            AND a.suspended_at IS NULL
        ORDER BY m.actor_id
        """,
        community_id,
        local,
    )


async def list_voice_ids(conn: Connection, community_id: int) -> list[int]:
    """Row ids of the members here who may have a voice in who comes in: not the accounts of local authorities."""
    return await fetch_column(
        conn,
        """
        SELECT m.actor_id FROM membership m JOIN actor a ON a.id = m.actor_id
        WHERE m.community_id = $1 AND m.state = 'member' AND a.local AND a.deleted_at IS NULL
            AND a.suspended_at IS NULL
            AND NOT EXISTS (SELECT FROM account t WHERE t.actor_id = m.actor_id AND t.authority)
        ORDER BY m.actor_id
        """,
        community_id,
    )


async def list_inside_ids(conn: Connection, community_id: int) -> list[int]:
    """Row ids of members elsewhere who get what stays inside: not those whose server keeps nothing so, nor of servers
    that are set aside, or to which nothing private is sent.
    """
    return await fetch_column(
        conn,
        """
        WITH inside AS MATERIALIZED (
            SELECT actor_id, host FROM insider WHERE community_id = $1 AND NOT local)
        SELECT i.actor_id FROM (SELECT DISTINCT host FROM inside) AS away JOIN inside i ON i.host = away.host
        WHERE may_have_private(away.host) AND is_welcome(away.host) ORDER BY i.actor_id
        """,
        community_id,
    )


async def list_unaccepting_ids(conn: Connection, community_id: int) -> list[int]:
    """Row ids of members here who did not say yes to the version that stands."""
    return await fetch_column(
        conn,
        """
        SELECT m.actor_id FROM membership m JOIN actor a ON a.id = m.actor_id
        WHERE m.community_id = $1 AND m.state = 'member' AND a.local AND m.accepted_version <
            (SELECT coalesce(max(version), 0) FROM community_charter WHERE community_id = $1)
        ORDER BY m.actor_id
        """,
        community_id,
    )


async def find_named(conn: Connection, community_id: int, username: str, host: str) -> int | None:
    """Row id of the member with this name; "" is our host."""
    found: int | None = await fetch_value(
        conn,
        """
        SELECT a.id FROM membership m JOIN actor a ON a.id = m.actor_id AND a.deleted_at IS NULL
        WHERE m.community_id = $1 AND m.state = 'member' AND lower(a.username) = lower($2)
            AND CASE WHEN $3 = '' THEN a.local ELSE a.host = $3 END
        """,
        community_id,
        username,
        host,
    )
    return found


async def list_voiced(conn: Connection, community_id: int, actor_id: int) -> list[int]:
    """Row ids of those at the door for whom this member gave her voice already."""
    return await fetch_column(
        conn,
        """
        SELECT m.actor_id FROM membership_approval v JOIN membership m ON m.id = v.membership_id
        WHERE m.community_id = $1 AND v.actor_id = $2
        """,
        community_id,
        actor_id,
    )


async def count(conn: Connection, community_id: int, state: MembershipState, *, host: str | None = None) -> int:
    """How many stand so with a community; of one server, where `host` names it."""
    found: int = await fetch_value(
        conn,
        """
        SELECT count(*) FROM membership m JOIN actor a ON a.id = m.actor_id
        WHERE m.community_id = $1 AND m.state = $2 AND ($3::text IS NULL OR a.host = $3)
        """,
        community_id,
        state,
        host,
    )
    return found


async def count_managed(conn: Connection, actor_id: int) -> int:
    """How many communities of ours somebody manages."""
    found: int = await fetch_value(
        conn,
        """
        SELECT count(*) FROM membership m JOIN actor a ON a.id = m.community_id AND a.local
        WHERE m.actor_id = $1 AND m.state = 'member' AND m.role = 'manager'
        """,
        actor_id,
    )
    return found


async def leads_any(conn: Connection, actor_id: int) -> bool:
    """Whether somebody manages or moderates a community, of ours or of others."""
    found: bool = await fetch_value(
        conn,
        """
        SELECT EXISTS (SELECT FROM membership m JOIN community c ON c.actor_id = m.community_id AND c.ended_at IS NULL
            WHERE m.actor_id = $1 AND m.state = 'member' AND m.role IN ('manager', 'moderator'))
        """,
        actor_id,
    )
    return found


async def list_cooperatives(conn: Connection, community_id: int) -> list[CooperativeShare]:
    """Through which cooperatives the members came, the largest first; where nothing says so, their servers."""
    return await fetch_all(
        conn,
        CooperativeShare,
        """
        SELECT coalesce(m.territory_uri, a.territory_uri, (SELECT c.uri FROM actor c
                WHERE a.local AND c.local AND c.username = 'coop')) AS uri, min(a.host) AS host,
            count(*)::integer AS members,
            (count(*) FILTER (WHERE m.accepted_version < (SELECT coalesce(max(version), 0) FROM community_charter
                WHERE community_id = $1)))::integer AS behind, min(m.since) AS since
        FROM membership m JOIN actor a ON a.id = m.actor_id AND a.deleted_at IS NULL AND a.suspended_at IS NULL
        WHERE m.community_id = $1 AND m.state = 'member'
        GROUP BY 1, CASE WHEN coalesce(m.territory_uri, a.territory_uri) IS NULL AND NOT a.local THEN a.host END
        ORDER BY members DESC, host LIMIT 40
        """,
        community_id,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnMembership:
    """How a person stands with one community, as she takes it along; `id` is the membership's."""

    id: int
    uri: str
    name: str
    handle: str
    state: MembershipState
    role: Role
    accepted_version: int
    message: str
    shown: bool
    kept: bool
    since: datetime
    expires_at: datetime | None


async def list_own(conn: Connection, actor_id: int, *, before: int | None, limit: int) -> list[OwnMembership]:
    """All communities that somebody is or was in touch with, invitations and answers too, the latest first."""
    return await fetch_all(
        conn,
        OwnMembership,
        """
        SELECT m.id, c.uri, coalesce(nullif(c.name, ''), c.username) AS name, c.username || '@' || c.host AS handle,
            m.state, m.role, m.accepted_version, m.message, m.shown, m.kept, m.since, m.expires_at
        FROM membership m JOIN actor c ON c.id = m.community_id
        WHERE m.actor_id = $1 AND ($2::bigint IS NULL OR m.id < $2) ORDER BY m.id DESC LIMIT $3
        """,
        actor_id,
        before,
        limit,
    )
