"""Sub-categories are what the settings say; listings and alerts hold on to them, and are found by their names."""

from dataclasses import replace
from typing import Any

import pytest

from models import preferences
from models.coop import setting_changes
from models.errors import Conflict
from models.listings import listings, subcategories
from models.listings.listings import Listing
from models.people.actors import Actor
from models.preferences import Subcategory
from models.searches import NetworkFilter, list_network
from models.searches.alerts import alert_matching, alerts
from models.searches.alerts.alerts import AlertDraft
from models.store.database import Connection, execute, fetch_value
from tests.factories import make_listing, make_local_actor, make_member

ROOF = Subcategory(slug="camping.tentes-de-toit", label="Tentes de toit", words="galerie, belvédère")

BEDS = Subcategory(slug="camping.lits", label="Lits")

MATS = Subcategory(slug="camping.matelas", label="Matelas")


@pytest.fixture
async def tent(conn: Connection) -> Listing:
    """What is under the roof tents, and says nothing of them itself."""
    await preferences.write(conn, {"subcategories": (ROOF, MATS)})
    return await make_listing(
        conn, await make_local_actor(conn), title="Abri pour deux", category="camping", subcategory=ROOF.slug
    )


async def search(conn: Connection, **asked: Any) -> list[int]:
    return [one.id for one in await list_network(conn, NetworkFilter(**asked), limit=9)]


async def find(conn: Connection, listing: Listing) -> tuple[str | None, str | None, str | None]:
    found = await listings.find_by_post(conn, listing.id)
    assert found is not None
    return found.details.category, found.details.subcategory, found.details.subcategory_label


async def test_it_is_found_by_the_name_of_its_subcategory_as_that_is_now(conn: Connection, tent: Listing) -> None:
    other = await make_listing(conn, await make_local_actor(conn, "zoe"), title="Réchaud", category="camping")

    assert await search(conn, text="tente de toit") == await search(conn, text="belvédère") == [tent.id]
    assert await search(conn, categories=("camping",), subcategory=ROOF.slug) == [tent.id]
    assert set(await search(conn, categories=("camping",))) == {tent.id, other.id}
    await preferences.write(conn, {"subcategories": (replace(ROOF, label="Pavillons", words=""), MATS)})
    assert await search(conn, text="pavillon") == [tent.id] and not await search(conn, text="belvédère")
    assert await find(conn, tent) == ("camping", ROOF.slug, "Pavillons")


async def test_what_was_in_one_that_is_taken_back_keeps_the_shared_category(conn: Connection, tent: Listing) -> None:
    assert await subcategories.count_uses(conn, ROOF.slug) == subcategories.SubcategoryUse(listings=1, alerts=0)

    await preferences.write(conn, {"subcategories": (MATS,)})

    assert await find(conn, tent) == ("camping", None, None)
    assert not await search(conn, text="belvédère") and await search(conn, categories=("camping",)) == [tent.id]


async def test_the_version_before_changes_the_category_alone(conn: Connection, tent: Listing) -> None:
    await execute(conn, "UPDATE listing SET category = 'velo' WHERE post_id = $1", tent.id)

    assert await find(conn, tent) == ("velo", None, None)


async def watch(conn: Connection, watcher: Actor, slug: str, *, also: str = "") -> alerts.SearchAlert:
    wanted = NetworkFilter(categories=("camping",), subcategory=slug)
    draft = AlertDraft(parameters=f"cat={slug}{also}", filter=wanted, category=slug)
    made, _ = await alerts.create(conn, watcher.id, draft)
    return made


async def test_an_alert_on_one_finds_what_is_in_it_alone_and_goes_along(conn: Connection, tent: Listing) -> None:
    watcher = await make_member(conn, "awa")
    alert, idle = await watch(conn, watcher, ROOF.slug), await watch(conn, watcher, MATS.slug)
    alone = await watch(conn, watcher, ROOF.slug, also="&photo=1")
    for one in await alert_matching.take_unmatched(conn):
        await alert_matching.match(conn, one)

    assert alert.subcategory_label == "Tentes de toit"
    assert await fetch_value(conn, "SELECT array_agg(alert_id) FROM alert_find") == [alert.id]
    await subcategories.move(conn, ROOF.slug, MATS.slug)
    await preferences.write(conn, {"subcategories": (MATS,)})
    assert await find(conn, tent) == ("camping", MATS.slug, "Matelas")
    moved, other = await alerts.get(conn, watcher.id, alert.id), await alerts.get(conn, watcher.id, alone.id)
    assert (moved.subcategory_label, moved.parameters) == ("Matelas", f"cat={ROOF.slug}"), "she watches that already"
    assert (other.subcategory_label, other.parameters) == ("Matelas", f"cat={MATS.slug}&photo=1")
    draft = AlertDraft(parameters="cat=velo", filter=NetworkFilter(categories=("velo",)), category="velo")
    shared, _ = await alerts.create(conn, watcher.id, draft)
    await preferences.write(conn, {"subcategories": ()})
    kept = [await alerts.get(conn, watcher.id, one.id) for one in (alert, idle, alone, shared)]
    assert [(one.category, one.subcategory_label) for one in kept] == [("camping", None)] * 3 + [("velo", None)]
    addresses = [one.parameters for one in kept]
    assert addresses == [f"cat={ROOF.slug}", "cat=camping", "cat=camping&photo=1", "cat=velo"]


async def test_going_back_takes_nothing_out_of_those_made_since(conn: Connection, tent: Listing) -> None:
    [change, *_] = await setting_changes.list_changes(conn, ["subcategories"])
    assert change.before in (None, [], ())
    chosen = await preferences.load(conn)

    assert not setting_changes.is_undoable(chosen, change), "nothing would change"
    await preferences.write(conn, {"subcategories": (replace(ROOF, label="Pavillons"), MATS)})
    [renamed, *_] = await setting_changes.list_changes(conn, ["subcategories"])
    await preferences.write(conn, {"subcategories": (replace(ROOF, label="Pavillons"), MATS, BEDS)})
    back = await setting_changes.undo(conn, renamed)
    assert back.subcategories == (ROOF, MATS, BEDS)


@pytest.mark.parametrize(
    ("since", "code"),
    [
        ([replace(ROOF, slug="camping.tentes-2")], "subcategories_alike"),
        (
            [replace(ROOF, slug=f"camping.{number}", label=f"Sac {number}") for number in range(11)],
            "subcategories_too_many",
        ),
    ],
)
async def test_going_back_is_refused_where_those_made_since_would_be_alike_or_too_many(
    conn: Connection, tent: Listing, since: list[Subcategory], code: str
) -> None:
    await preferences.write(conn, {"subcategories": (replace(ROOF, label="Pavillons"), MATS)})
    [renamed, *_] = await setting_changes.list_changes(conn, ["subcategories"])
    now = (replace(ROOF, label="Pavillons"), *since)
    await preferences.write(conn, {"subcategories": now})

    with pytest.raises(Conflict, match=code):
        await setting_changes.undo(conn, renamed)
    assert (await preferences.load(conn)).subcategories == now
    await preferences.write(conn, {"subcategories": (replace(ROOF, label="Pavillons"), BEDS)})
    assert (await setting_changes.undo(conn, renamed)).subcategories == (ROOF, MATS, BEDS)


def test_a_slug_is_made_once_and_says_under_which_category_it_is() -> None:
    taken = {"camping.tentes-de-toit"}

    assert subcategories.make_slug("camping", "Tentes de toit !", set()) == "camping.tentes-de-toit"
    assert subcategories.make_slug("camping", "Tentes de toit", taken) == "camping.tentes-de-toit-2"
    assert subcategories.make_slug("velo", "éà", set()) == "velo.ea"
