"""What waits of the machinery: other servers, mails, chores, the backup, the disk.

Each function answers None where nothing of its kind waits.
"""

from dataclasses import dataclass
from datetime import date, datetime

from models.coop.pending_parts import (
    BACKUP,
    CHORES,
    DISK_SPACE,
    FIGURES,
    HEALTH,
    HOSTS,
    MADE_WITHIN,
    MAILS,
    NEIGHBOURS,
    SERVERS,
    TERRITORIES,
)
from models.servers.friendships import FriendshipState
from models.store.database import Connection, fetch_column, fetch_one
from models.store.statements import compose


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingNeighbours:
    """Cooperatives that wait for a word of ours; `actor_id` and `state` (`friendships`) are the first's."""

    count: int
    since: datetime
    actor_id: int
    state: FriendshipState


_NEIGHBOURS = compose(
    """
    SELECT count(*)::integer AS count, min(w.changed_at) AS since,
        (array_agg(w.actor_id ORDER BY w.changed_at, w.actor_id))[1] AS actor_id,
        (array_agg(w.state ORDER BY w.changed_at, w.actor_id))[1] AS state
    FROM (SELECT n.actor_id, n.state, n.changed_at {neighbours}) AS w HAVING count(*) > 0
    """,
    neighbours=NEIGHBOURS,
)

_LISTED = compose(
    "SELECT n.actor_id {neighbours} ORDER BY n.state = 'met', n.changed_at DESC, n.actor_id LIMIT $1",
    neighbours=NEIGHBOURS,
)


async def find_neighbours(conn: Connection) -> WaitingNeighbours | None:
    """Cooperatives that follow ours and are not followed back, propose to be friends, or ended it."""
    return await fetch_one(conn, WaitingNeighbours, _NEIGHBOURS)


async def list_neighbours(conn: Connection, *, limit: int) -> list[int]:
    """The same by their ids: those that propose something first, then the latest."""
    return await fetch_column(conn, _LISTED, limit)


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingTerritories:
    """Territories that members propose; `host` is the first, and `people` are how many propose one."""

    count: int
    since: datetime
    host: str
    people: int


_TERRITORIES = compose(
    """
    SELECT count(DISTINCT w.host)::integer AS count, min(w.created_at) AS since,
        (array_agg(w.host ORDER BY w.id))[1] AS host, count(DISTINCT w.member_id)::integer AS people
    FROM (SELECT t.id, t.host, t.member_id, t.created_at {territories}) AS w HAVING count(*) > 0
    """,
    territories=TERRITORIES,
)


async def find_territories(conn: Connection) -> WaitingTerritories | None:
    """What members propose the cooperative to follow."""
    return await fetch_one(conn, WaitingTerritories, _TERRITORIES)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownHosts:
    """Hosts that nobody here knows and whose listings wait; `host` is the first."""

    count: int
    since: datetime
    host: str


_HOSTS = compose(
    """
    SELECT count(*)::integer AS count, min(w.since) AS since, (array_agg(w.host ORDER BY w.since, w.host))[1] AS host
    FROM (SELECT w.host, w.since {hosts}) AS w HAVING count(*) > 0
    """,
    hosts=HOSTS,
)


async def find_hosts(conn: Connection) -> UnknownHosts | None:
    """Hosts about which somebody has to decide."""
    return await fetch_one(conn, UnknownHosts, _HOSTS)


@dataclass(frozen=True, slots=True, kw_only=True)
class FailingServers:
    """Servers to which nothing goes through: `host`, `name` and why are of the one that fails for longest.

    `waiting` deliveries are kept for all of them.
    """

    count: int
    since: datetime | None
    host: str
    name: str
    failure: str
    failure_cause: str | None
    waiting: int


_SERVERS = compose(
    """
    WITH failing AS MATERIALIZED (
        SELECT s.host, s.failure, s.failure_cause, coalesce(s.unavailable_since, s.last_out_at) AS since
        {servers}
    )
    SELECT (SELECT count(*)::integer FROM failing) AS count, failing.since, failing.host, failing.failure,
        failing.failure_cause, coalesce((SELECT nullif(a.name, '') FROM actor a
            WHERE a.host = failing.host AND a.username = 'coop' AND a.type = 'Organization' AND a.deleted_at IS NULL),
            failing.host) AS name,
        (SELECT count(*)::integer FROM delivery d JOIN failing f ON f.host = d.host
            WHERE d.state = 'waiting' OR d.state = 'held') AS waiting
    FROM failing ORDER BY failing.since NULLS FIRST, failing.host LIMIT 1
    """,
    servers=SERVERS,
)


async def find_servers(conn: Connection) -> FailingServers | None:
    """Friends and followed cooperatives that nothing reaches."""
    return await fetch_one(conn, FailingServers, _SERVERS)


@dataclass(frozen=True, slots=True, kw_only=True)
class StuckMails:
    """Mails of the last seven days that did not leave, to so many people."""

    count: int
    since: datetime
    people: int


_MAILS = compose(
    """
    SELECT count(*)::integer AS count, min(created_at) AS since, count(DISTINCT person)::integer AS people
    FROM (SELECT m.created_at, coalesce(m.recipient_id, m.id) AS person {mails}
        ORDER BY m.created_at DESC LIMIT 1000) AS stuck
    HAVING count(*) > 0
    """,
    mails=MAILS,
)


async def find_mails(conn: Connection) -> StuckMails | None:
    """Mails that did not leave; counted up to 1,000."""
    return await fetch_one(conn, StuckMails, _MAILS)


@dataclass(frozen=True, slots=True, kw_only=True)
class FailingChores:
    """Chores that fail again and again; `name` is the one that does for longest."""

    count: int
    since: datetime
    name: str


_CHORES = compose(
    """
    SELECT count(*)::integer AS count, min(t.since) AS since, (array_agg(t.name ORDER BY t.since, t.name))[1] AS name
    {chores} HAVING count(*) > 0
    """,
    chores=CHORES,
)


async def find_chores(conn: Connection) -> FailingChores | None:
    """What does itself and does not get done."""
    return await fetch_one(conn, FailingChores, _CHORES)


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupAge:
    """When a backup was made and proven for the last time, and when either went wrong for the last time.

    `is_old` says that the last one is older than it should be; `uncopied_at`, when it did not arrive elsewhere, and
    `unremoved_at`, when older copies there could not be removed.
    """

    made_at: datetime | None
    is_old: bool | None
    failed_at: datetime | None
    verified_at: datetime | None
    refuted_at: datetime | None
    uncopied_at: datetime | None
    unremoved_at: datetime | None


_BACKUP = compose(
    """
    SELECT b.made_at, b.made_at < now() - {made_within} AS is_old, b.failed_at, b.verified_at, b.refuted_at,
        b.uncopied_at, b.unremoved_at {backup}
    """,
    made_within=MADE_WITHIN,
    backup=BACKUP,
)


async def find_backup(conn: Connection) -> BackupAge | None:
    """The backups, where the last one is too old, was not proven, or proved to be bad."""
    return await fetch_one(conn, BackupAge, _BACKUP)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScarceSpace:
    """What is left on the disk, in bytes."""

    free: int
    since: datetime


_DISK_SPACE = compose("SELECT k.free, k.since {disk_space}", disk_space=DISK_SPACE)


async def find_disk_space(conn: Connection) -> ScarceSpace | None:
    """The disk, where it is almost full."""
    return await fetch_one(conn, ScarceSpace, _DISK_SPACE)


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthTroubles:
    """What the doctor's checks of these names found wrong, the oldest first, each with its machine, '' for all."""

    names: list[str]
    machines: list[str]
    since: datetime


_HEALTH = compose(
    """
    SELECT array_agg(h.name ORDER BY h.since, h.machine, h.name) AS names,
        array_agg(h.machine ORDER BY h.since, h.machine, h.name) AS machines, min(h.since) AS since
    {health} HAVING count(*) > 0
    """,
    health=HEALTH,
)


async def find_health(conn: Connection) -> HealthTroubles | None:
    """What is wrong with the machine."""
    return await fetch_one(conn, HealthTroubles, _HEALTH)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnequalFigures:
    """Sums that were kept and are otherwise, counted again; `month` is the first month of which one was."""

    count: int
    since: datetime
    month: date


_FIGURES = compose(
    """
    SELECT count(*)::integer AS count, min(f.found_at) AS since, min(f.month) AS month {figures} HAVING count(*) > 0
    """,
    figures=FIGURES,
)


async def find_figures(conn: Connection) -> UnequalFigures | None:
    """Figures that did not add up at night, until somebody has seen it."""
    return await fetch_one(conn, UnequalFigures, _FIGURES)
