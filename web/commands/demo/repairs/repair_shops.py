"""A workshop and a repairer who comes by, at Lomme: what they do, what they take, and the yes by which they appear."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import time

from federation.instance import Instance
from federation.own_keys.key_pairs import make_key_pairs
from inbox.repairs.shops.shop_lists import read_due
from models.people import accounts, actors
from models.people.opening_hours import OpeningInterval, make_hours, write_hours
from models.places import places
from models.repairs.shops import requests
from models.repairs.shops.prices import Price
from models.repairs.shops.shops import ShopDetails
from models.store.database import transaction
from outbox.people.accounts import register
from outbox.repairs.shops import appearing, editing, people
from web.commands.demo.cooperatives import PASSWORD
from web.security.passwords import hash_password

TOWN = "59160 Lomme"


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoShop:
    """A shop; `manager` is a member of the house."""

    username: str
    name: str
    manager: str
    street: str
    week: Sequence[OpeningInterval]
    communes: Sequence[str]
    details: ShopDetails
    prices: Sequence[Price]


SHOPS = (
    DemoShop(
        username="rayon",
        name="Le Rayon libre, atelier vélo",
        manager="hocine",
        street="7 rue de la Bobine",
        week=(
            OpeningInterval(day=3, opens=time(14), closes=time(19)),
            OpeningInterval(day=5, opens=time(10), closes=time(17)),
        ),
        communes=(),
        details=ShopDetails(
            types=("association", "self-repair"),
            bike_types=("city", "mtb", "child", "folding"),
            interventions=("flat-tyre", "brakes", "chain", "gears", "wheel", "diagnosis"),
            words="Des vélos de tous les jours, même rouillés, même de supermarché. On répare avec vous, ou pour vous.",
        ),
        prices=(
            Price(label="Changer une chambre à air", kind="fixed", cents=200, note="8 € si nous le faisons pour vous"),
            Price(label="Redresser une roue", kind="from", cents=500),
            Price(label="Régler les deux freins", kind="fixed", cents=300),
            Price(label="Regarder ce qui ne va pas", kind="fixed", cents=0),
        ),
    ),
    DemoShop(
        username="velo_domicile",
        name="Inès répare à vélo",
        manager="maryse",
        street="",
        week=tuple(OpeningInterval(day=day, opens=time(9), closes=time(18)) for day in range(5)),
        communes=(TOWN, "59000 Lille", "59130 Lambersart"),
        details=ShopDetails(
            types=("artisan", "itinerant"),
            bike_types=("city", "cargo", "ebike", "child"),
            interventions=("flat-tyre", "brakes", "chain", "gears", "lights"),
            by_appointment=True,
            workshop=False,
            words="Je viens avec mes outils et les pièces courantes. Le déplacement est compris.",
        ),
        prices=(
            Price(label="Crevaison, chambre comprise", kind="fixed", cents=1800),
            Price(label="Révision complète", kind="from", cents=4500),
        ),
    ),
)


async def open_repair_shops(home: Instance, other: Instance) -> None:
    """Opened, described and let in by the verbs that pages call; the other house then reads who is listed."""
    for shop in SHOPS:
        await _open(home, shop)
    await read_due(other)


async def _open(home: Instance, shop: DemoShop) -> None:
    pairs, password_hash = await make_key_pairs(home.settings), await hash_password(PASSWORD)
    async with transaction(home.pool) as conn:
        actor = await register(
            conn,
            home.site,
            key_pairs=pairs,
            username=shop.username,
            email=f"{shop.username}@example.org",
            password_hash=password_hash,
            roles=(),
            language="fr",
            name=shop.name,
            place=True,
        )
        admin = await accounts.find_by_username(conn, "nadia")
        manager = await accounts.find_by_username(conn, shop.manager)
        commune = await places.find_commune_named(conn, TOWN)
        assert admin is not None and manager is not None and commune is not None
        found = [await places.find_commune_named(conn, name) for name in shop.communes]
        await editing.open_shop(conn, home.site, actor)
        await people.give_role(conn, home.site, actor, manager, "manager", by=admin)
        await actors.save_place(conn, actor.id, None, write_hours(make_hours(shop.week, ())))
        details = replace(shop.details, commune_codes=[one.code for one in found if one is not None])
        actor = await actors.get(conn, actor.id)
        await editing.save_details(conn, home.site, actor, details, commune=commune, street=shop.street)
        await editing.save_prices(conn, home.site, await actors.get(conn, actor.id), shop.prices)
        await appearing.ask(conn, home.site, await actors.get(conn, actor.id), manager, version=None, message="")
        asked = await requests.find_last(conn, actor.id)
        assert asked is not None
        await appearing.decide(conn, home.site, asked.id, admin, yes=True, reason="")
