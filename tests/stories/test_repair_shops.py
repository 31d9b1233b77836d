"""A workshop comes into the collective of Lomme: both cooperatives list it, its prices and all, until it leaves."""

import html

import aiohttp
import pytest

from federation.discovery.remote import resolve_handle
from federation.own_keys.key_pairs import make_key_pairs
from inbox.repairs.shops.shop_lists import read_due
from models import preferences
from models.communities.communities import CommunitySettings
from models.people import accounts, actors
from models.people.actors import Actor, Profile
from models.preferences import Preferences
from models.repairs.shops import shops
from models.repairs.shops.prices import Price
from models.repairs.shops.shops import ShopDetails
from models.servers import trust_levels
from models.servers.trust_levels import Decision
from models.store.database import execute, transaction
from outbox.communities.approvals import approve
from outbox.communities.founding import CommunityDraft, create
from outbox.people.accounts import register
from outbox.repairs.shops import appearing, editing
from tests.eventually import eventually
from tests.repair_shops import LOMME
from tests.servers import RunningServer
from tests.stories.cooperatives import Cooperatives
from web.middlewares.work_signals import notify_work

DETAILS = ShopDetails(types=["artisan"], bike_types=["cargo"], interventions=["wheel"], words="On regarde ensemble.")


async def read(server: RunningServer, path: str) -> tuple[int, str]:
    """What a visitor reads there."""
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{server.url}{path}", headers={"Accept": "text/html"}, allow_redirects=False) as answer,
    ):
        return answer.status, html.unescape(await answer.text())


@pytest.fixture
async def shop(cooperatives: Cooperatives) -> Actor:
    """A place of Lomme that repairs, with a price."""
    lomme, site = cooperatives.lomme, cooperatives.lomme.instance.site
    pairs = await make_key_pairs(lomme.instance.settings)
    async with transaction(lomme.instance.pool) as conn:
        place = await register(
            conn,
            site,
            key_pairs=pairs,
            username="rayon",
            email="rayon@lomme.test",
            password_hash=None,
            roles=(),
            language="fr",
            place=True,
        )
        profile = Profile(name="Le Rayon libre", summary="", locked=False, discoverable=True, fields=[], **LOMME)
        actor = await actors.save_profile(conn, place.id, profile)
        await editing.open_shop(conn, site, actor)
        await shops.save(conn, actor.id, DETAILS)
        await editing.save_prices(conn, site, actor, [Price(label="Redresser une roue", kind="fixed", cents=900)])
    return actor


async def befriend(server: RunningServer, other: RunningServer) -> None:
    """The cooperative of one calls the other's a friend."""
    await resolve_handle(server.instance, f"@coop@{other.host}")
    async with transaction(server.instance.pool) as conn:
        await trust_levels.save_levels(conn, [Decision(host=other.host, level="friend")])


async def test_a_shop_of_the_collective_is_listed_by_the_friend_until_it_leaves(
    cooperatives: Cooperatives, shop: Actor
) -> None:
    lomme, henin, site = cooperatives.lomme, cooperatives.henin, cooperatives.lomme.instance.site
    chair, _ = await cooperatives.add_members()
    await befriend(henin, lomme)
    pairs = await make_key_pairs(lomme.instance.settings)
    async with transaction(lomme.instance.pool) as conn:
        draft = CommunityDraft(
            name="Ateliers de la Deûle",
            description="Ensemble.",
            settings=CommunitySettings(access="on_request"),
            username="ateliers_deule",
            charter="1. Dire le prix avant.",
        )
        collective = await create(conn, site, chair.actor, draft, pairs)
        await preferences.save(conn, Preferences(repair_collective=collective.uri))
        by = await accounts.get(conn, shop.id)
        await appearing.ask(conn, site, shop, by, version=1, message="Bonjour")
        await approve(conn, site, chair.actor, collective, shop)
    path, copy = f"/ateliers/{shop.username}", f"/ateliers/{shop.username}@{lomme.host}"

    await read_due(henin.instance)

    assert "Le Rayon libre" in (await read(lomme, "/ateliers"))[1]
    assert "Le Rayon libre" in (await read(henin, "/ateliers?velo=cargo"))[1]
    assert "Dire le prix avant." in (await read(lomme, path))[1]
    assert (await read(henin, copy))[0] == 200
    await notify_work(henin.instance.pool)

    async def priced() -> bool:
        return "Redresser une roue" in (await read(henin, copy))[1]

    await eventually(priced)
    async with transaction(lomme.instance.pool) as conn:
        await appearing.leave(conn, site, shop)
    async with transaction(henin.instance.pool) as conn:
        await execute(conn, "UPDATE repair_shop_source SET next_at = now()")
    await read_due(henin.instance)
    assert "Le Rayon libre" not in (await read(lomme, "/ateliers"))[1]
    assert "Le Rayon libre" not in (await read(henin, "/ateliers"))[1]
    assert [(await read(server, where))[0] for server, where in ((lomme, path), (henin, copy))] == [303, 303]
