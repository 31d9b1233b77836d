"""Repair shops for tests: a place of ours that repairs, and one of a friend cooperative."""

from dataclasses import replace
from datetime import time
from typing import Any

from models.people import actors
from models.people.actors import Actor, Profile
from models.people.opening_hours import OpeningInterval, make_hours, write_hours
from models.repairs.shops import prices, requests, shops, staff
from models.repairs.shops.prices import Price
from models.repairs.shops.shops import ShopAddresses, ShopDetails
from models.store.database import Connection, execute, execute_many
from tests.factories import make_member, make_remote_actor
from tests.sample_village import Village

DETAILS = ShopDetails(
    types=["association"],
    bike_types=["city", "cargo"],
    interventions=["flat-tyre", "brakes"],
    words="On répare avec vous.",
)

LOMME: dict[str, Any] = {
    "place_name": "Lomme",
    "postcode": "59160",
    "commune_code": "59355",
    "latitude": 50.645,
    "longitude": 2.987,
    "radius": None,
}


async def make_shop(
    conn: Connection,
    username: str = "rayon",
    *,
    details: ShopDetails = DETAILS,
    host: str = "lomme.test",
    **changes: Any,
) -> Actor:
    """A shop of ours in Lomme that says what it does; it does not appear yet."""
    base = f"http://{host}/users/{username}"
    addresses = {
        "uri": base,
        "url": f"http://{host}/@{username}",
        "followers_uri": f"{base}/followers",
        "host": host,
    }
    values = {"name": "Le Rayon libre"} | addresses | changes
    actor = await make_member(conn, username, type="Organization", **values)
    await move(conn, actor)
    await shops.create(conn, actor.id)
    await shops.save(conn, actor.id, details)
    return await actors.get(conn, actor.id)


async def move(conn: Connection, actor: Actor, **place: Any) -> Actor:
    """To Lomme, or to another place."""
    profile: dict[str, Any] = {
        "name": actor.name, "summary": "", "locked": False, "discoverable": True, "fields": []
    } | LOMME | place  # fmt: skip
    return await actors.save_profile(conn, actor.id, Profile(**profile))


async def let_appear(conn: Connection, shop: Actor, by: Actor) -> int:
    """The team said yes; the id of what was asked."""
    await requests.ask(conn, shop.id, shop.id, "")
    asked = await requests.find_last(conn, shop.id)
    assert asked is not None
    await requests.decide(conn, asked.id, before="asked", state="approved", by_id=by.id, reason="")
    return asked.id


async def make_friend(conn: Connection, host: str = "henin.test") -> Actor:
    """A friend cooperative."""
    coop = await make_remote_actor(
        conn, "coop", host, type="Organization", name="Hénin-Carvin", place_name="Hénin-Beaumont"
    )
    await execute(
        conn,
        "INSERT INTO server (host, level) VALUES ($1, 'friend') ON CONFLICT (host) DO UPDATE SET level = 'friend'",
        host,
    )
    return coop


async def add_communes(conn: Connection) -> None:
    """Lille and Lomme, which is a part of it."""
    await execute_many(
        conn,
        """
        INSERT INTO commune (code, name, search_name, postcodes, department, region, population, latitude, longitude,
            precision, kind, parent_code)
        VALUES ($1, $2, lower($2), ARRAY[$3], '59', '32', 1000, $4, $5, 'exact', $6, $7)
        """,
        [
            ("59350", "Lille", "59000", 50.631, 3.046, "commune", None),
            ("59355", "Lomme", "59160", 50.645, 2.987, "associated", "59350"),
        ],
    )


async def add_sample_shops(conn: Connection, village: Village) -> None:
    """Maryse manages a workshop that appears; one who comes by asks to; another one stands in the list of Hénin."""
    here = village.site.url
    rayon = await make_shop(conn, host=village.site.host, uri=f"{here}/users/rayon", url=f"{here}/@rayon")
    await staff.save(conn, rayon.id, village.alice.id, "manager")
    await staff.save_shown(conn, rayon.id, village.alice.id, True)
    hours = make_hours([OpeningInterval(day=day, opens=time(0), closes=time(23, 59)) for day in (1, 3, 6)], [])
    await actors.save_place(conn, rayon.id, "7 rue de la Bobine", write_hours(hours))
    lines = [
        Price(label="Changer une chambre à air", kind="fixed", cents=800, note="la chambre en plus"),
        Price(label="Redresser une roue", kind="from", cents=1250),
        Price(label="Apprendre à le faire", kind="free", cents=None),
    ]
    await prices.replace_prices(conn, rayon.id, lines)
    await let_appear(conn, rayon, village.admin)
    comes = replace(DETAILS, types=["artisan", "itinerant"], workshop=False, commune_codes=["59355", "59350"])
    ines = await make_shop(
        conn, "ines", details=comes, name="Inès répare à vélo", uri=f"{here}/users/ines", url=f"{here}/@ines"
    )
    await requests.ask(conn, ines.id, village.alice.id, "Je répare depuis dix ans.")
    garage = await make_remote_actor(
        conn, "garage", village.henin.host, type="Organization", name="Le garage des terrils", place_name="Carvin"
    )
    await shops.save_remote(conn, garage.id, DETAILS, ShopAddresses())
    await execute(
        conn,
        """
        INSERT INTO repair_shop_source (cooperative_id, told_at, next_at) VALUES ($1, now(), now() + interval '1 day')
        """,
        village.henin.id,
    )
    await execute(
        conn,
        "INSERT INTO repair_shop_copy (cooperative_id, shop_id, charter_version) VALUES ($1, $2, 2)",
        village.henin.id,
        garage.id,
    )
