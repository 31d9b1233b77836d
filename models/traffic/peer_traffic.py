"""Other servers as the administrators watch them: what came and went, how quickly, what waits, and what is wrong."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal, get_args

from models.servers.servers import Level
from models.store.database import Connection, fetch_all, fetch_one
from models.traffic.outbound.deliveries import DeliveryState

PeerState = Literal["aside", "paused", "unavailable", "failing", "well", "unknown"]

Selection = Literal["all", "trouble", "friend", "aside"]
SELECTIONS: tuple[Selection, ...] = get_args(Selection)

CLOCK_TOLERANCE = 5 * 60
"""Seconds by which two clocks may differ without anybody being told (federation.http_client.causes.CLOCK_TOLERANCE)."""

ENOUGH_CLOCKS = 3
"""One other clock may be wrong, and then two say different things."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """One other server and what is in the queue for it; `due_at` is when the next try is, `failing_since` a day.

    `name` is its cooperative's, else what its NodeInfo tells. `no_private` when nothing private is sent to it, by its
    own name or by that of a domain above it.
    """

    host: str
    level: Level
    software: str | None = None
    software_version: str | None = None
    name: str | None = None
    first_seen_at: datetime | None = None
    last_in_at: datetime | None = None
    last_out_at: datetime | None = None
    last_failure_at: datetime | None = None
    failure: str | None = None
    failure_cause: str | None = None
    failing_since: date | None = None
    unavailable_since: datetime | None = None
    probe_at: datetime | None = None
    paused_at: datetime | None = None
    latency_ms: int | None = None
    clock_seconds: int | None = None
    clock_at: datetime | None = None
    signature_scheme: str | None = None
    waiting: int = 0
    held: int = 0
    failed: int = 0
    no_private: bool = False
    due_at: datetime | None = None

    @property
    def is_failing(self) -> bool:
        """Whether the last thing that is known of it is a failure."""
        return (
            self.last_failure_at is not None
            and self.failure is not None
            and (self.last_out_at is None or self.last_out_at < self.last_failure_at)
        )

    @property
    def next_try(self) -> datetime | None:
        """When the first of what waits for it is tried; None where nothing waits, or everything leaves just now."""
        soon = datetime.now(UTC)
        return self.due_at if self.due_at is not None and (self.is_failing or self.due_at > soon) else None

    @property
    def state(self) -> PeerState:
        """The circuit, in one word."""
        if self.level == "aside":
            return "aside"
        if self.paused_at is not None:
            return "paused"
        if self.unavailable_since is not None:
            return "unavailable"
        if self.is_failing:
            return "failing"
        return "unknown" if self.last_out_at is None and self.last_in_at is None else "well"

    @property
    def clock_off(self) -> int | None:
        """By how many seconds its clock is ahead, where that is enough to make signatures invalid."""
        off = self.clock_seconds
        return off if off is not None and abs(off) > CLOCK_TOLERANCE else None


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedDelivery:
    """A delivery to this server that failed or fails."""

    type: str
    object_uri: str | None
    state: DeliveryState
    attempts: int
    status: int | None
    error: str | None
    cause: str | None
    created_at: datetime
    due_at: datetime


async def list_peers(
    conn: Connection, *, selection: Selection = "all", search: str = "", limit: int = 50, offset: int = 0
) -> list[Peer]:
    """Servers whose name holds `search`: those that need somebody first, then those heard of last."""
    return await fetch_all(
        conn,
        Peer,
        """
        SELECT w.*
        FROM (
            SELECT s.host, row_number() OVER (
                ORDER BY s.level = 'aside', s.paused_at IS NULL, s.unavailable_since IS NULL,
                coalesce(s.failure IS NULL OR s.last_out_at > s.last_failure_at, false),
                greatest(s.last_in_at, s.last_out_at) DESC NULLS LAST, s.host) AS place
            FROM server s
            WHERE ($2 = '' OR strpos(s.host, $2) > 0 OR strpos(lower(s.name), $2) > 0 OR EXISTS (
                    SELECT FROM actor a
                    WHERE a.host = s.host AND a.username = 'coop' AND strpos(lower(a.name), $2) > 0))
                AND CASE $1
                WHEN 'friend' THEN s.level = 'friend'
                WHEN 'aside' THEN s.level = 'aside'
                WHEN 'trouble' THEN s.level <> 'aside' AND (s.holding OR (s.failure IS NOT NULL
                    AND (s.last_out_at IS NULL OR s.last_out_at < s.last_failure_at))
                    OR EXISTS (SELECT FROM delivery d WHERE d.host = s.host AND d.state = 'failed'
                        AND d.cause IS DISTINCT FROM 'withheld'))
                ELSE true END
            ORDER BY place LIMIT $3 OFFSET $4
        ) AS s JOIN watched_server w ON w.host = s.host
        ORDER BY s.place
        """,
        selection,
        search.lower(),
        limit,
        offset,
    )


async def find_peer(conn: Connection, host: str) -> Peer | None:
    """One server, if anything is known of it."""
    return await fetch_one(conn, Peer, "SELECT * FROM watched_server WHERE host = $1", host)


async def list_failed_deliveries(conn: Connection, host: str, *, limit: int = 20) -> list[FailedDelivery]:
    """The newest deliveries to a server that failed for good or were tried in vain so far."""
    return await fetch_all(
        conn,
        FailedDelivery,
        """
        SELECT a.type, a.object_uri, d.state, d.attempts, d.last_status AS status, d.error, d.cause, d.created_at,
            d.due_at
        FROM delivery d JOIN activity a ON a.id = d.activity_id
        WHERE d.host = $1 AND (d.state = 'failed'
            OR (d.state = 'waiting' AND d.attempts > 0) OR (d.state = 'held' AND d.attempts > 0))
        ORDER BY d.id DESC LIMIT $2
        """,
        host,
        limit,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownClocks:
    """What the clocks of others said within a day: of how many, what the middle one and the farthest said."""

    count: int
    median: float | None
    farthest: int | None

    @property
    def enough(self) -> bool:
        """Whether they are enough to say that it is our clock."""
        return self.count >= ENOUGH_CLOCKS

    def find_own(self, beyond: int) -> int | None:
        """By how many seconds they are ahead of ours, where that is our clock's fault."""
        return round(self.median) if self.enough and self.median is not None and abs(self.median) > beyond else None

    def tell(self, beyond: int) -> bool:
        """Whether they tell how ours is: enough of them do, and fewer where none of them is farther off than this."""
        return self.enough or (self.farthest is not None and self.farthest <= beyond)


async def find_clocks(conn: Connection) -> KnownClocks:
    """What is known of the clocks of others."""
    found = await fetch_one(
        conn,
        KnownClocks,
        """
        SELECT count(*) AS count, percentile_cont(0.5) WITHIN GROUP (ORDER BY clock_seconds) AS median,
            max(abs(clock_seconds)) AS farthest
        FROM server WHERE clock_seconds IS NOT NULL AND clock_at > now() - interval '1 day'
        """,
    )
    assert found is not None
    return found


async def find_own_clock(conn: Connection, *, beyond: int = CLOCK_TOLERANCE) -> int | None:
    """By how many seconds the clocks of the others are ahead of ours, where that is our clock's fault.

    It is when at least three servers answered within a day and half of them differ by more than so many seconds in the
    same direction (D11).
    """
    return (await find_clocks(conn)).find_own(beyond)


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownActor:
    """Somebody of another server whom we know, to ask that server about."""

    username: str
    uri: str


async def find_known_actor(conn: Connection, host: str) -> KnownActor | None:
    """A cooperative's own account if there is one, else whoever was seen there last."""
    return await fetch_one(
        conn,
        KnownActor,
        """
        SELECT username, uri FROM actor WHERE host = $1 AND NOT local AND deleted_at IS NULL
        ORDER BY type = 'Organization' DESC, fetched_at DESC NULLS LAST, id DESC LIMIT 1
        """,
        host,
    )
