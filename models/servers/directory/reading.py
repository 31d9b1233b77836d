"""The directory read: what is judged, what is on the map, what is held back, whom we vouch for."""

from dataclasses import dataclass
from datetime import datetime

from models.servers.directory.values import Credit, Evidence, Reason, Territory, Vouch
from models.store.database import Connection, fetch_all, fetch_one, fetch_records


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryEntry:
    """A territory as people see it. Counts are of open listings: of each kind among the newest, `open_proposals` all.

    `vouched` is our own word, which needs a friend; `vouchers` are those that brought it, `praised_by` all who vouch
    for it and are on the map themselves; `strikes` its own.
    """

    host: str
    domain: str
    actor_uri: str | None
    name: str
    place_name: str
    latitude: float | None
    longitude: float | None
    radius: int | None
    seed: bool
    friend: bool
    vouched: bool
    removed_at: datetime | None
    spam: bool
    first_seen_at: datetime
    visited_at: datetime | None
    proven_at: datetime | None
    accepted_at: datetime | None
    reason: str | None
    cause: str | None
    hop: int
    silent: bool
    offers: int
    requests: int
    repair_calls: int
    open_proposals: int
    vouchers: list[str]
    praised_by: list[str]
    strikes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnVouch:
    """A friend that we vouch for."""

    host: str
    actor_uri: str
    vouched_at: datetime


async def list_entries(conn: Connection) -> list[DirectoryEntry]:
    """All that is known and not set aside: on the map first, those that answer before the others, then by name."""
    return await fetch_all(
        conn,
        DirectoryEntry,
        """
        SELECT t.host, t.domain, t.actor_uri, t.name, t.place_name, t.latitude, t.longitude, t.radius, t.seed,
            coalesce(s.level = 'friend', false) AS friend,
            t.vouched_at IS NOT NULL AND coalesce(s.level = 'friend', false) AS vouched, t.removed_at, t.spam,
            t.first_seen_at, t.visited_at, t.proven_at, t.accepted_at, t.reason, t.cause, t.hop, t.silent, t.offers,
            t.requests, t.repair_calls, t.open_proposals, t.vouchers,
            ARRAY(SELECT v.voucher FROM territory_vouch v JOIN territory w ON w.host = v.voucher
                WHERE v.host = t.host AND w.accepted_at IS NOT NULL ORDER BY v.voucher) AS praised_by,
            (SELECT count(*) FROM territory_strike k WHERE k.voucher = t.host)::integer AS strikes
        FROM territory t LEFT JOIN server s ON s.host = t.host
        WHERE is_welcome(t.host)
        ORDER BY t.accepted_at IS NULL, t.silent, lower(t.place_name), t.host
        """,
    )


async def list_own_vouches(conn: Connection) -> list[OwnVouch]:
    """Whom our administrators vouch for: friends, whose coop we have seen, the eldest word first."""
    return await fetch_all(
        conn,
        OwnVouch,
        """
        SELECT t.host, t.actor_uri, t.vouched_at FROM territory t JOIN server s ON s.host = t.host
        WHERE s.level = 'friend' AND t.vouched_at IS NOT NULL AND t.actor_uri IS NOT NULL AND t.removed_at IS NULL
            AND is_welcome(t.host)
        ORDER BY t.vouched_at, t.host
        """,
    )


async def load_evidence(conn: Connection, *, area_km: float, at: datetime) -> Evidence:
    """All that the rules look at, as it is now; hosts that are set aside are no part of it."""
    territories = await fetch_records(
        conn,
        """
        SELECT t.host, t.domain, t.first_seen_at, t.proven_at, t.problem, t.area_km, t.radius / 1000.0 AS radius_km,
            t.proposals, t.accepted_at, t.removed_at IS NOT NULL AS removed,
            t.vouched_at IS NOT NULL AND coalesce(s.level = 'friend', false) AS vouched
        FROM territory t LEFT JOIN server s ON s.host = t.host
        WHERE is_welcome(t.host)
        """,
    )
    strikes = await fetch_records(conn, "SELECT voucher, count(*) AS strikes FROM territory_strike GROUP BY voucher")
    return Evidence(
        territories=tuple(_read_territory(dict(record)) for record in territories),
        vouches=tuple(await fetch_all(conn, Vouch, "SELECT voucher, host, since FROM territory_vouch")),
        credits=tuple(await fetch_all(conn, Credit, "SELECT voucher, host, at FROM territory_credit")),
        strikes={record["voucher"]: record["strikes"] for record in strikes},
        area_km=area_km,
        at=at,
    )


def _read_territory(record: dict[str, object]) -> Territory:
    problem, radius = record.pop("problem"), record.pop("radius_km")
    return Territory(
        **record,  # type: ignore[arg-type] # the columns are the fields
        problem=None if problem is None else Reason(str(problem)),
        radius_km=None if radius is None else float(str(radius)),
    )


async def find_nearest_commune_km(conn: Connection, latitude: float, longitude: float) -> float | None:
    """How far the nearest commune of France is from a point; None when the list of communes is empty."""
    found = await fetch_one(
        conn,
        _Distance,
        """
        SELECT min(6371 * 2 * asin(least(1, sqrt(
            sin(radians(latitude - $1) / 2) ^ 2
            + cos(radians($1)) * cos(radians(latitude)) * sin(radians(longitude - $2) / 2) ^ 2)))) AS km
        FROM commune WHERE latitude IS NOT NULL
        """,
        latitude,
        longitude,
    )
    return found.km if found else None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Distance:
    km: float | None
