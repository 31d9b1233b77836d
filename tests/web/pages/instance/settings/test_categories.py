"""The cooperative's own words for the shared categories, and those that it closes."""

import re

from models import preferences
from models.store.database import connection, fetch_value, transaction
from tests.factories import make_listing, make_local_actor
from tests.invitations import plain
from tests.web.form_client import Doorbell, Visitor, add_member

PAGE = "/coop/reglages/categories"

LISTING = "/annonces/0a0a0a0a-0000-4000-8000-00000000cafe"

HISTORY = "/coop/reglages/historique"


async def enter(door: Doorbell, username: str = "awa") -> Visitor:
    await add_member(door.instance, username, roles=["admin"])
    return await (await door.ring()).log_in(username)


async def load_labels(door: Doorbell) -> tuple[dict[str, str], tuple[str, ...]]:
    async with connection(door.instance.pool) as conn:
        chosen = await preferences.load(conn)
    return chosen.category_labels, chosen.categories_closed


async def test_own_words_stand_in_filters_forms_and_listings_and_come_back(door: Doorbell) -> None:
    awa, visitor = await enter(door), await door.ring()
    async with transaction(door.instance.pool) as conn:
        author = await make_local_actor(conn, "zoe")
        await make_listing(conn, author, category="velo", post={"url": f"{door.instance.site.url}{LISTING}"})
    await awa.open(PAGE)

    await awa.send(PAGE, {"label_velo": "Biclous", "label_meuble": "Meubles"})

    assert await load_labels(door) == ({"velo": "Biclous"}, ()), "the shared word is no own one"
    assert ">Biclous</option>" in (await visitor.open("/annonces")).text
    assert ">Biclous</option>" in (await awa.open("/publier")).text
    assert "<dd>Biclous" in (await visitor.open(LISTING)).text
    english = await visitor.client.get("/annonces", headers={"Accept-Language": "en"})
    assert ">Bikes and accessories</option>" in await english.text()
    await awa.open(HISTORY)
    assert "« Vélos et accessoires → Biclous »" in plain(awa.text)
    await awa.send(HISTORY)
    assert "Biclous" not in (await visitor.open("/annonces")).text


async def test_a_closed_category_takes_nothing_new_and_keeps_what_it_has(door: Doorbell) -> None:
    awa, visitor = await enter(door), await door.ring()
    async with transaction(door.instance.pool) as conn:
        author = await make_local_actor(conn, "zoe")
        listing = await make_listing(conn, author, category="velo", post={"url": f"{door.instance.site.url}{LISTING}"})
    await awa.open(PAGE)

    await awa.send(PAGE, {"closed_velo": "1", "closed_autres": "1"})

    assert await load_labels(door) == ({}, ("velo",)), "what fits nowhere always has its place"
    assert 'value="velo"' not in (await awa.open("/publier")).text
    assert 'value="velo"' in (await visitor.open("/annonces")).text, "what is there is still found"
    shown = plain((await visitor.open(LISTING)).text)
    assert "Vélos et accessoires" in shown and "Cette catégorie est fermée" in shown
    async with connection(door.instance.pool) as conn:
        assert await fetch_value(conn, "SELECT category FROM listing WHERE post_id = $1", listing.id) == "velo"


async def test_two_who_decide_apart_both_count_and_about_the_same_the_second_is_told(door: Doorbell) -> None:
    awa, bob = await enter(door), await enter(door, "bob")
    await bob.open(PAGE)
    await awa.open(PAGE)
    await awa.send(PAGE, {"label_velo": "Biclous", "closed_film": "1"})

    await bob.send(PAGE, {"label_velo": "Vélos", "label_meuble": "Mobilier"})

    assert bob.status == 409 and "« Biclous »" in plain(bob.text) and 'value="Vélos"' in bob.text
    assert await load_labels(door) == ({"velo": "Biclous"}, ("film",))
    await bob.send(PAGE, {"label_velo": "Vélos", "label_meuble": "Mobilier", "closed_film": "1"})
    assert await load_labels(door) == ({"velo": "Vélos", "meuble": "Mobilier"}, ("film",))
    await awa.open(PAGE)
    await bob.open(PAGE)
    await awa.send(PAGE, {"label_velo": "Vélos", "label_meuble": "Mobilier", "label_livre": "Bouquins"})
    await bob.send(PAGE, {"label_velo": "Vélos", "label_meuble": "Mobilier", "closed_jeu": "1"})
    assert await load_labels(door) == ({"velo": "Vélos", "meuble": "Mobilier", "livre": "Bouquins"}, ("jeu",))


async def test_a_mistake_and_a_collision_undo_nothing_of_the_other_administrator(door: Doorbell) -> None:
    awa, bob = await enter(door), await enter(door, "bob")
    await bob.open(PAGE)
    await awa.open(PAGE)
    await awa.send(PAGE, {"label_velo": "Biclous", "closed_film": "1"})

    await bob.send(PAGE, {"label_livre": "x" * 61})
    assert bob.status == 422
    await bob.send(PAGE, {"label_livre": "Bouquins"})
    assert await load_labels(door) == ({"velo": "Biclous", "livre": "Bouquins"}, ("film",))

    await awa.open(PAGE)
    await bob.open(PAGE)
    kept = {"label_velo": "Biclous", "label_livre": "Bouquins", "closed_film": "1"}
    await awa.send(PAGE, kept | {"label_velo": "Vélos", "closed_jeu": "1"})
    await bob.send(PAGE, kept | {"label_velo": "Bicyclettes"})
    assert bob.status == 409 and re.search(r'name="closed_jeu"[^>]* checked', bob.text), "it stands in her form now"


async def test_a_word_that_is_too_long_is_said_at_its_field(door: Doorbell) -> None:
    awa = await enter(door)
    await awa.open(PAGE)

    await awa.send(PAGE, {"label_velo": "x" * 61, "label_livre": "Bouquins"})

    assert awa.status == 422 and 'href="#label_velo"' in awa.text and 'value="Bouquins"' in awa.text
