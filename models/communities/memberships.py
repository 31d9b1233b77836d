"""Who is in a community, asks to be or was invited, and by which version of the charter."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal, get_args

from models.communities.charters import Charter
from models.ids import make_id
from models.store.database import Connection, execute, fetch_all, fetch_one, fetch_value
from models.store.statements import compose, name_values

Role = Literal["member", "moderator", "manager"]

ROLES: tuple[Role, ...] = get_args(Role)

MembershipState = Literal["invited", "asked", "member", "refused", "declined", "left", "removed", "expired"]
"""`refused` by the community, `declined` by who was invited."""

Awaited = Literal["charter", "approve", "refuse", "remove", "member", "moderator", "manager"]
"""What one of ours asked the home of a community elsewhere to do about somebody: a yes to the charter, or a role."""


AWAITED = timedelta(days=7)
"""So long what was asked of a home counts as asked: what it may not do for who asks, it ignores."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """One person and one community. `uri` is the Join, Invite or question in words that it began with.

    `asked_version` is the version that she was asked about in words, where her server knows no other way; of one of
    ours in a community elsewhere the last to which she said yes, whether or not its home confirmed it. Who is
    `public_only` has a server that keeps nothing inside. What is `awaited` was asked of the community's home,
    which did not answer yet. Who is `kept` agreed that the cooperatives which hold it know her (`holders`).
    """

    id: int
    community_id: int
    actor_id: int
    role: Role
    state: MembershipState
    accepted_version: int
    asked_version: int
    uri: str | None
    invited_by: int | None
    message: str
    territory_uri: str | None
    shown: bool
    kept: bool
    public_only: bool
    awaited: Awaited | None
    awaited_at: datetime | None
    since: datetime
    expires_at: datetime | None

    @property
    def stands(self) -> bool:
        """Whether she is a member now: her time is over from its moment on, not when the chore notes it."""
        return self.state == "member" and (self.expires_at is None or self.expires_at > datetime.now(UTC))

    @property
    def leads(self) -> bool:
        """Whether she manages or moderates."""
        return self.stands and self.role != "member"

    @property
    def manages(self) -> bool:
        """Whether she is one of the managers."""
        return self.stands and self.role == "manager"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """How somebody stands with a community from now on; what is None of these stays as it was."""

    state: MembershipState
    role: Role | None = None
    accepted_version: int | None = None
    asked_version: int | None = None
    uri: str | None = None
    invited_by: int | None = None
    message: str | None = None
    territory_uri: str | None = None
    public_only: bool | None = None


_COLUMNS = """
    id, community_id, actor_id, role, state, accepted_version, asked_version, uri, invited_by, message, territory_uri,
    shown, kept, public_only, awaited, awaited_at, since, expires_at
"""

_FIND, _FIND_BY_URI, _AWAIT = (
    compose(text, columns=_COLUMNS)
    for text in (
        "SELECT {columns} FROM membership WHERE community_id = $1 AND actor_id = $2",
        "SELECT {columns} FROM membership WHERE uri = $1 ORDER BY id LIMIT 1",
        """
        UPDATE membership SET awaited = $2, awaited_at = CASE WHEN $2::text IS NULL THEN NULL ELSE now() END
        WHERE id = $1 RETURNING {columns}
        """,
    )
)

_SAVE = name_values(
    """
    INSERT INTO membership AS m (id, community_id, actor_id, state, role, accepted_version, asked_version, uri,
        invited_by, message, territory_uri, public_only)
    VALUES (:id, :community_id, :actor_id, :state, coalesce(:role, 'member'), coalesce(:accepted_version, 0),
        coalesce(:asked_version, 0), :uri, :invited_by, coalesce(:message, ''), :territory_uri,
        coalesce(:public_only, false))
    ON CONFLICT (community_id, actor_id) DO UPDATE SET state = excluded.state,
        role = CASE WHEN excluded.state = 'member' THEN coalesce(:role, m.role) ELSE 'member' END,
        accepted_version = greatest(coalesce(:accepted_version, 0), m.accepted_version),
        asked_version = coalesce(:asked_version, m.asked_version),
        uri = coalesce(excluded.uri, m.uri), invited_by = coalesce(excluded.invited_by, m.invited_by),
        message = coalesce(:message, m.message), territory_uri = coalesce(excluded.territory_uri, m.territory_uri),
        public_only = coalesce(:public_only, m.public_only), awaited = NULL, awaited_at = NULL,
        shown = m.shown AND excluded.state = 'member', kept = m.kept AND excluded.state = 'member',
        since = CASE WHEN m.state = excluded.state THEN m.since ELSE now() END,
        expires_at = CASE WHEN excluded.state = 'member' THEN m.expires_at END
    RETURNING {columns}
    """,
    Change,
    also=["id", "community_id", "actor_id"],
    columns=_COLUMNS,
)


async def lock(conn: Connection, community_id: int) -> None:
    """Until the transaction ends nobody else comes in, leaves or gets a role: who is the last manager stays so."""
    await execute(conn, "SELECT FROM community WHERE actor_id = $1 FOR NO KEY UPDATE", community_id)


async def find(conn: Connection, community_id: int, actor_id: int) -> Membership | None:
    """How somebody stands with a community, whatever became of it."""
    return await fetch_one(conn, Membership, _FIND, community_id, actor_id)


async def find_by_uri(conn: Connection, uri: str) -> Membership | None:
    """The same by the activity, or the question in words, that it began with."""
    return await fetch_one(conn, Membership, _FIND_BY_URI, uri)


async def save(conn: Connection, community_id: int, actor_id: int, change: Change) -> Membership:
    """Record how somebody stands with a community. Whatever was awaited is settled by it."""
    found = await fetch_one(
        conn,
        Membership,
        _SAVE.sql,
        *_SAVE.args(change, id=make_id(), community_id=community_id, actor_id=actor_id),
    )
    assert found is not None
    if change.state not in ("asked", "invited"):
        await execute(conn, "DELETE FROM membership_approval WHERE membership_id = $1", found.id)
    return found


async def save_awaited(conn: Connection, id: int, awaited: Awaited | None) -> Membership:
    """One of ours asked the community's home for this; None: it came to nothing."""
    found = await fetch_one(conn, Membership, _AWAIT, id, awaited)
    assert found is not None
    return found


async def forget_awaited(conn: Connection) -> int:
    """What a home elsewhere has not answered for a week is awaited no longer, and may be asked again; how much."""
    return await execute(
        conn,
        "UPDATE membership SET awaited = NULL, awaited_at = NULL WHERE awaited_at < now() - $1::interval",
        AWAITED,
    )


async def forget(conn: Connection, id: int) -> None:
    """What somebody elsewhere asked of a community elsewhere is settled there."""
    await execute(conn, "DELETE FROM membership WHERE id = $1", id)


async def save_shown(conn: Connection, id: int, shown: bool) -> None:
    """She stands in the directory of the members, or no longer."""
    await execute(conn, "UPDATE membership SET shown = $2 WHERE id = $1 AND state = 'member'", id, shown)


async def save_end(conn: Connection, id: int, expires_at: datetime | None) -> None:
    """Until when she is a member; None: until she leaves."""
    await execute(conn, "UPDATE membership SET expires_at = $2 WHERE id = $1 AND state = 'member'", id, expires_at)


async def list_expired(conn: Connection, at: datetime) -> list[Membership]:
    """Members of communities of ours whose time is over."""
    return await fetch_all(conn, Membership, _EXPIRED, at)


_EXPIRED = compose(
    """
    SELECT {columns} FROM membership
    WHERE state = 'member' AND expires_at <= $1 AND community_id IN (SELECT id FROM actor WHERE local)
    ORDER BY id LIMIT 500
    """,
    columns=_COLUMNS,
)


async def approve(conn: Connection, id: int, by: int) -> int:
    """One voice for a newcomer, each once; how many she has, of people who are members still."""
    await execute(
        conn,
        "INSERT INTO membership_approval (membership_id, actor_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        id,
        by,
    )
    found: int = await fetch_value(
        conn,
        """
        SELECT count(*) FROM membership_approval v JOIN membership n ON n.id = v.membership_id
        JOIN membership m ON m.community_id = n.community_id AND m.actor_id = v.actor_id AND m.state = 'member'
        WHERE v.membership_id = $1
        """,
        id,
    )
    return found


def may_take_part(held: Membership, charter: Charter | None, at: datetime) -> bool:
    """Whether a member may share inside and let others in: she said yes to the charter, or its day has not come.

    Whoever did not goes on reading, and may say yes or leave at any time.
    """
    if not held.stands:
        return False
    if charter is None or held.accepted_version >= charter.version:
        return True
    return charter.due_at is not None and charter.due_at > at
