"""The directory around the village: on the map, grey, waiting for each kind of reason, removed."""

from datetime import UTC, datetime, timedelta
from typing import Any

from models.domains import find_domain
from models.store.database import Connection, execute
from tests.factories import make_remote_actor

PLACES: dict[str, tuple[str, str, float, float]] = {
    "henin.test": ("Coop des deux terrils", "Hénin-Carvin", 50.4217, 2.9508),
    "hellemmes.test": ("Le Rayon libre", "Hellemmes", 50.6286, 3.1119),
    "libercourt.test": ("Le Coup de main", "Libercourt", 50.4794, 3.0056),
    "armentieres.test": ("Les Bobineuses", "Armentières", 50.6861, 2.8811),
    "lens.test": ("La Gaillette", "Lens", 50.4289, 2.8319),
    "gratuit.test": ("Tout gratuit", "Lille", 50.6333, 3.0667),
    "annonces.test": ("Mille annonces", "", 0.0, 0.0),
}


async def add_sample_directory(conn: Connection) -> None:
    """Four on the map, two beside it, one removed; each with its coop's actor where it was visited."""
    await execute(
        conn,
        """
        INSERT INTO server (host, level) VALUES ('henin.test', 'friend'), ('hellemmes.test', 'friend')
        ON CONFLICT (host) DO UPDATE SET level = 'friend'
        """,
    )
    now = datetime.now(UTC)
    mine = {"seed": True, "vouched_at": now - timedelta(days=90), "accepted_at": now - timedelta(days=90), "hop": 1}
    two = {"vouchers": ["henin.test", "hellemmes.test"], "accepted_at": now - timedelta(days=20), "hop": 2}
    await _add(conn, "henin.test", offers=31, requests=12, repair_calls=4, open_proposals=58, **mine)
    await _add(conn, "hellemmes.test", offers=20, requests=8, repair_calls=3, open_proposals=31, **mine)
    await _add(conn, "libercourt.test", offers=9, requests=5, open_proposals=14, **two)
    silent = {"proven_at": now - timedelta(days=12), "silent": True, "problem": "unreachable", "cause": "timed_out"}
    await _add(conn, "armentieres.test", offers=9, open_proposals=9, **(two | silent))
    await _add(conn, "lens.test", reason="one_voucher", problem=None)
    await _add(conn, "gratuit.test", reason="removed", removed_at=now, spam=True)
    await _add(conn, "annonces.test", reason="nowhere")
    await execute(
        conn,
        """
        INSERT INTO territory_vouch (voucher, host) VALUES ('henin.test', 'libercourt.test'),
            ('hellemmes.test', 'libercourt.test'), ('henin.test', 'armentieres.test'),
            ('hellemmes.test', 'armentieres.test'), ('henin.test', 'lens.test'), ('hellemmes.test', 'gratuit.test'),
            ('gratuit.test', 'annonces.test')
        """,
    )
    await execute(conn, "INSERT INTO territory_strike (voucher, host) VALUES ('hellemmes.test', 'gratuit.test')")


async def _add(conn: Connection, host: str, **changes: Any) -> None:
    name, place, latitude, longitude = PLACES[host]
    coop = f"https://{host}/users/coop"
    if place and host != "henin.test":
        where = {"place_name": place, "latitude": latitude, "longitude": longitude}
        await make_remote_actor(conn, "coop", host, type="Organization", name=name, **where)
    proven = datetime.now(UTC) - timedelta(hours=5)
    values: dict[str, Any] = {
        "host": host,
        "domain": find_domain(host),
        "actor_uri": coop,
        "name": name,
        "place_name": place,
        "latitude": latitude if place else None,
        "longitude": longitude if place else None,
        "radius": 8000 if place else None,
        "area_km": 0.4 if place else None,
        "proposals": 12,
        "first_seen_at": proven - timedelta(days=100),
        "visited_at": proven,
        "proven_at": proven,
        "visit_at": proven + timedelta(days=1),
        "problem": None,
    } | changes
    await execute(
        conn,
        """
        INSERT INTO territory (host, domain, actor_uri, name, place_name, latitude, longitude, radius, area_km,
            proposals, first_seen_at, visited_at, proven_at, visit_at, problem, cause, seed, vouched_at, removed_at,
            spam, accepted_at, reason, hop, silent, vouchers, offers, requests, repair_calls, open_proposals)
        SELECT host, domain, actor_uri, name, place_name, latitude, longitude, radius, area_km,
            proposals, first_seen_at, visited_at, proven_at, visit_at, problem, cause, coalesce(seed, false),
            vouched_at, removed_at, coalesce(spam, false), accepted_at, reason, coalesce(hop, 0::smallint),
            coalesce(silent, false), coalesce(vouchers, '{}'), coalesce(offers, 0), coalesce(requests, 0),
            coalesce(repair_calls, 0), coalesce(open_proposals, 0)
        FROM jsonb_populate_record(NULL::territory, $1)
        """,
        {key: value.isoformat() if isinstance(value, datetime) else value for key, value in values.items()},
    )
