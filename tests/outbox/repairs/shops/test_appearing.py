"""A shop stands in lists while it is in the collective by a charter in force; whoever leaves keeps all she wrote."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from federation.own_keys.key_pairs import make_key_pairs
from models import preferences
from models.communities import communities
from models.communities.charters import NewCharter
from models.communities.communities import Community, CommunitySettings
from models.errors import Conflict, Invalid, Refusal
from models.people import accounts, actors
from models.people.accounts import Account
from models.people.actors import Actor
from models.people.team import place_keepers
from models.preferences import Preferences
from models.repairs.shops import appearing as shown
from models.repairs.shops import prices, shops, staff
from models.repairs.shops.appearing import ShopFilter
from models.repairs.shops.prices import Price
from models.repairs.shops.shops import ShopDetails
from models.repairs.shops.staff import StaffRole
from models.settings import Settings
from models.store.database import Connection, execute, fetch_column
from outbox.communities.approvals import approve, refuse
from outbox.communities.charters import publish_charter_version
from outbox.communities.founding import CommunityDraft, create
from outbox.communities.joining import JoinRequest, join
from outbox.communities.leaving import remove
from outbox.people.accounts import delete
from outbox.repairs.shops import appearing, editing, people
from outbox.repairs.shops.limits import require_details, require_prices
from tests.factories import HERE, make_local_actor, make_member
from tests.repair_shops import DETAILS, let_appear, make_shop

TODAY = date(2026, 11, 29)


async def list_names(conn: Connection, **narrow: Any) -> list[str]:
    found = await shown.list_shops(conn, ShopFilter(**({"day": TODAY} | narrow)))
    known = await actors.map_by_ids(conn, [one.actor_id for one in found])
    return [known[one.actor_id].username for one in found]


async def found_collective(conn: Connection, manager: Actor) -> Community:
    draft = CommunityDraft(
        name="Ateliers de la Deûle",
        description="Ensemble.",
        settings=CommunitySettings(access="on_request"),
        username="ateliers",
        charter="1. Dire le prix avant.",
    )
    made = await create(conn, HERE, manager, draft, await make_key_pairs(Settings(url=HERE.url)))
    await preferences.save(conn, Preferences(repair_collective=made.uri))
    return made


async def prepare(conn: Connection) -> tuple[Actor, Actor, Account]:
    """A shop, who manages it, and her account."""
    shop = await make_shop(conn)
    gwen = await make_member(conn, "gwen", name="Gwen")
    await staff.save(conn, shop.id, gwen.id, "manager")
    return shop, gwen, await accounts.get(conn, gwen.id)


async def list_updates(conn: Connection, shop: Actor) -> list[str | None]:
    """Which collective each Update of the shop names."""
    bodies = await fetch_column(
        conn, "SELECT body FROM activity WHERE actor_id = $1 AND type = 'Update' ORDER BY id", shop.id
    )
    return [json.loads(body)["object"]["repairShop"].get("collective") for body in bodies]


async def list_words(conn: Connection) -> list[str]:
    """What the cooperative wrote to people."""
    return await fetch_column(conn, "SELECT content FROM post WHERE audience = 'direct' ORDER BY id")


async def test_the_collective_lets_in_by_its_charter_and_puts_out(conn: Connection) -> None:
    await make_local_actor(conn, "coop", type="Organization")
    shop, _, by = await prepare(conn)
    chair = await make_member(conn, "chair")
    collective = await found_collective(conn, chair)

    await appearing.ask(conn, HERE, shop, by, version=1, message="Bonjour")
    waiting = await list_names(conn), (await appearing.find_standing(conn, shop)).state
    await approve(conn, HERE, chair, collective, shop)
    inside = await list_names(conn), (await appearing.find_standing(conn, shop)).state
    told = await list_updates(conn, shop)
    await remove(conn, HERE, chair, collective, shop, "Les prix ne sont pas affichés.")

    assert told[-1] == collective.uri and (await list_updates(conn, shop))[-1] is None
    assert (waiting, inside) == (([], "asked"), (["rayon"], "appears"))
    assert await list_names(conn) == []
    standing = await appearing.find_standing(conn, shop)
    assert standing.state == "removed" and standing.decision is not None
    assert standing.decision.reason == "Les prix ne sont pas affichés."
    assert await shops.find(conn, shop.id) is not None
    words = await list_words(conn)
    assert "accueille" in words[0] and "Les prix ne sont pas affichés." in words[-1]


async def test_a_refused_shop_stands_nowhere_and_reads_why(conn: Connection) -> None:
    await make_local_actor(conn, "coop", type="Organization")
    shop, _, by = await prepare(conn)
    chair = await make_member(conn, "chair")
    collective = await found_collective(conn, chair)
    with pytest.raises(Refusal):
        await appearing.ask(conn, HERE, shop, by, version=7, message="")

    await appearing.ask(conn, HERE, shop, by, version=1, message="")
    await refuse(conn, HERE, chair, collective, shop, "Pas d’assurance.")

    assert await list_names(conn) == []
    assert "Pas d’assurance." in (await list_words(conn))[-1]
    with pytest.raises(Conflict):
        await appearing.ask(conn, HERE, shop, by, version=1, message="")


async def test_a_new_version_of_the_charter_takes_those_out_who_did_not_say_yes_in_time(conn: Connection) -> None:
    shop, _, by = await prepare(conn)
    chair = await make_member(conn, "chair")
    collective = await found_collective(conn, chair)
    await appearing.ask(conn, HERE, shop, by, version=1, message="")
    await approve(conn, HERE, chair, collective, shop)
    later = datetime.now(UTC) + timedelta(days=20)
    new = NewCharter(version=2, text="1. Dire le prix avant, et s’y tenir.", changes="S’y tenir.", due_at=later)
    await publish_charter_version(conn, HERE, chair, collective, new)

    in_time = await list_names(conn)
    await execute(conn, "UPDATE community_charter SET due_at = now() WHERE version = 2")
    late = await list_names(conn), (await appearing.find_standing(conn, shop)).state
    await appearing.ask(conn, HERE, shop, by, version=2, message="")

    assert in_time == ["rayon"] and late == ([], "charter")
    assert await list_names(conn) == ["rayon"]


async def test_the_yes_of_the_team_counts_only_without_a_collective_and_a_hidden_one_decides_for_nobody(
    conn: Connection,
) -> None:
    shop, _, by = await prepare(conn)
    await let_appear(conn, shop, shop)
    alone = await list_names(conn)
    chair = await make_member(conn, "chair")
    collective = await found_collective(conn, chair)
    named = await list_names(conn)
    await appearing.ask(conn, HERE, shop, by, version=1, message="")
    await approve(conn, HERE, chair, collective, shop)
    (one,) = await shown.list_own(conn)
    assert one.collective_uri == collective.uri
    await communities.save(conn, collective.actor_id, CommunitySettings(access="on_request", hidden=True))

    (hidden,) = await shown.list_own(conn)

    assert (alone, named) == (["rayon"], [])
    assert (hidden.collective_uri, hidden.charter_version) == (None, None)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE actor SET suspended_at = now() WHERE username = 'rayon'",
        "UPDATE actor SET deleted_at = now() WHERE username = 'rayon'",
        "UPDATE account SET disabled_at = now() WHERE actor_id = (SELECT id FROM actor WHERE username = 'rayon')",
        "UPDATE account SET confirmed_at = NULL WHERE actor_id = (SELECT id FROM actor WHERE username = 'rayon')",
        "INSERT INTO block (id, actor_id, target_id) SELECT 1, b.id, a.id "
        "FROM actor a, actor b WHERE a.username = 'gwen' AND b.username = 'rayon'",
    ],
)
async def test_whoever_is_suspended_gone_unconfirmed_or_blocked_stands_in_no_list(
    conn: Connection, change: str
) -> None:
    shop, gwen, _ = await prepare(conn)
    await let_appear(conn, shop, gwen)
    assert await list_names(conn, reader_id=gwen.id) == ["rayon"]

    await execute(conn, change)

    assert await list_names(conn, reader_id=gwen.id) == []


async def test_the_order_is_the_same_for_everybody_on_a_day_and_another_on_the_next(conn: Connection) -> None:
    for number in range(8):
        await let_appear(conn, shop := await make_shop(conn, f"s{number}"), shop)

    days = [await list_names(conn, day=TODAY + timedelta(days=ahead)) for ahead in range(4)]
    again = await list_names(conn, day=TODAY, reader_id=shop.id)

    assert days[0] == again and {len(one) for one in days} == {8}
    assert len({tuple(one) for one in days}) > 1
    assert len({one[0] for one in days}) > 1


async def test_a_shop_that_closes_its_account_releases_its_people_and_they_are_told(conn: Connection) -> None:
    await make_local_actor(conn, "coop", type="Organization")
    shop, gwen, _ = await prepare(conn)
    chair = await make_member(conn, "chair")
    collective = await found_collective(conn, chair)
    await join(conn, HERE, shop, collective, JoinRequest(version=1))

    await delete(conn, HERE, shop)

    assert "fermé son compte" in (await list_words(conn))[-1]
    assert await staff.list_own(conn, gwen.id) == [] and await shops.find(conn, shop.id) is None
    assert await fetch_column(conn, "SELECT 1 FROM membership WHERE actor_id = $1", shop.id) == []


async def test_what_one_does_in_a_shop_needs_no_role_and_opens_no_place(conn: Connection) -> None:
    shop, gwen, by = await prepare(conn)
    kim = await make_member(conn, "kim", roles=["keeper"])
    keeper = await accounts.get(conn, kim.id)
    await people.give_role(conn, HERE, shop, keeper, "volunteer", by=by)

    assert await place_keepers.list_places(conn, keeper) == []
    assert [one.actor_id for one in await staff.list_own(conn, gwen.id)] == [shop.id]
    await place_keepers.remove_all(conn, kim.id)
    assert [one.role for one in await staff.list_own(conn, kim.id)] == ["volunteer"]
    wrong: list[tuple[Account, StaffRole]] = [(await accounts.get(conn, shop.id), "manager"), (by, "volunteer")]
    for who, role in wrong:
        with pytest.raises(Refusal):
            await people.give_role(conn, HERE, shop, who, role, by=by)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"types": ["vélodrome"]}, "types"),
        ({"bike_types": ["plane"]}, "bike_types"),
        ({"interventions": ["soul"]}, "interventions"),
        ({"words": "x" * 501}, "words"),
        ({"workshop": False}, "communes"),
        ({"commune_codes": [str(code) for code in range(201)]}, "communes"),
    ],
)
def test_details_are_held_to_their_limits(change: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        require_details(replace(DETAILS, **change), ())

    assert refused.value.field == field
    assert require_details(replace(DETAILS, types=["Ressourcerie"]), ("Ressourcerie",)).types == ["Ressourcerie"]


@pytest.mark.parametrize(
    "line",
    [
        Price(label=" ", kind="fixed", cents=1),
        Price(label="x" * 81, kind="fixed", cents=1),
        Price(label="x", kind="fixed", cents=None),
        Price(label="x", kind="free", cents=3),
        Price(label="x", kind="from", cents=1_000_001),
        Price(label="x", kind="fixed", cents=-1),
        Price(label="x", kind="fixed", cents=1, note="y" * 121),
    ],
)
def test_prices_are_held_to_their_limits(line: Price) -> None:
    with pytest.raises(Invalid):
        require_prices([line])


async def test_a_hundred_prices_fit_and_no_more(conn: Connection) -> None:
    shop = await make_shop(conn)
    lines = [Price(label=f"Ligne {number}", kind="fixed", cents=number) for number in range(101)]

    await editing.save_prices(conn, HERE, shop, lines[:100])

    assert await prices.list_prices(conn, shop.id) == lines[:100]
    with pytest.raises(Invalid):
        await editing.save_prices(conn, HERE, shop, lines)
    with pytest.raises(Invalid):
        await editing.open_shop(conn, HERE, await make_member(conn, "personne"))
    assert isinstance(await shops.find(conn, shop.id), ShopDetails)
