"""The map of a search: one address with its list, GeoJSON of what is found, a background of ours or of another host."""

import json
from dataclasses import replace
from typing import Any

import pytest

from federation.instance import Instance
from models import preferences
from models.people import member_locations
from models.places import places
from models.places.geometry import blur
from models.places.places import place_fields
from models.preferences import Preferences
from models.store.database import execute, transaction
from outbox.listings.listing_defaults import place_around_home
from tests import sample_village
from tests.sample_village import Village
from tests.web.pages.conftest import Browser, Page

CARVIN = "50.4,2.8,50.55,3.0"


def features(page: Page) -> dict[str, Any]:
    """The listings on the map, by title."""
    return {one["properties"]["title"]: one for one in json.loads(page.text)["features"]}


async def choose(instance: Instance, **changes: Any) -> None:
    async with transaction(instance.pool) as conn:
        await preferences.save(conn, replace(Preferences(name="La Remise"), **changes))


async def test_list_and_map_are_one_address(visitor: Browser) -> None:
    page = await visitor.get("/annonces?genre=offer&mode=gift")
    (to_map,) = page.html.xpath("//nav[@aria-label='Affichage']/a[normalize-space()='Carte']/@href")
    on_map = await visitor.get(to_map)

    assert to_map == "/annonces?genre=offer&mode=gift&vue=carte"
    assert not page.html.xpath("//declic-map") and "map.js" not in page.text, "nothing is loaded before it is asked for"
    nav = on_map.html.xpath("//nav[@aria-label='Affichage']/a")
    assert [(link.get("href"), link.get("aria-current")) for link in nav] == [
        ("/annonces?genre=offer&mode=gift", None),
        ("/annonces?genre=offer&mode=gift&vue=carte", "page"),
    ]
    assert on_map.html.xpath("//input[@name='vue']/@value") == ["carte"]
    chips = on_map.html.xpath("//a[span[contains(., 'retirer')]]/@href")
    assert all("vue=carte" in href for href in chips)


async def test_without_javascript_the_whole_list_stands_there_and_the_map_stays_hidden(visitor: Browser) -> None:
    page = await visitor.get("/annonces?vue=carte")

    (drawn,) = page.html.xpath("//declic-map")
    assert drawn.get("hidden") is not None
    assert "La carte demande JavaScript. La liste dit la même chose." in page.words()
    assert len(page.html.xpath("//ul[@class='listings']/li")) == 7


async def test_listings_without_a_place_are_said(visitor: Browser, instance: Instance, lomme: Village) -> None:
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE listing SET latitude = NULL WHERE post_id = $1", lomme.tent.id)

    page = await visitor.get("/annonces?vue=carte")
    nearer = await visitor.get("/annonces?vue=carte&lieu=Lomme&km=5")

    assert "Une annonce de la liste n’a pas de lieu : elle n’est pas sur la carte." in page.words()
    assert "n’a pas de lieu" not in nearer.words()


async def test_points_are_what_the_list_finds_in_the_part_that_is_shown(visitor: Browser) -> None:
    whole = await visitor.get("/annonces/points.geojson")
    some = await visitor.get(f"/annonces/points.geojson?bounds={CARVIN}")
    none = await visitor.get(f"/annonces/points.geojson?bounds={CARVIN}&mode=gift")

    assert whole.headers["Content-Type"].startswith("application/geo+json")
    assert len(features(whole)) == 7 and json.loads(whole.text)["complete"] is True
    assert list(features(some)) == ["Machine à coudre et boîte à fils"]
    assert features(none) == {}


async def test_moving_the_map_changes_the_part_and_not_the_words(
    visitor: Browser, instance: Instance, lomme: Village
) -> None:
    """Five tents for four are enough for all words; the part that is shown holds a tent for two alone."""
    async with transaction(instance.pool) as conn:
        for number in range(5):
            await sample_village.publish(conn, lomme.site, lomme.alice, f"Tente 4 personnes {number}", "<p>Là.</p>")
        place: dict[str, Any] = {"place_name": "Carvin", "postcode": "62220", "latitude": 50.4913, "longitude": 2.9582}
        await sample_village.publish(conn, lomme.site, lomme.alice, "Tente", "<p>Pour deux.</p>", **place)
    points = "/annonces/points.geojson?q=tente+4+personnes"

    whole, moved = await visitor.get(points), await visitor.get(f"{points}&partie={CARVIN}")
    narrowed, away = await visitor.get(f"{points}&bounds={CARVIN}"), await visitor.get(
        f"{points}&bounds={CARVIN}&partie=50.6,2.9,50.7,3.1"
    )  # fmt: skip

    assert "Tente" not in features(whole) and len(features(whole)) >= 5
    assert features(moved) == {}
    assert list(features(narrowed)) == ["Tente"], "the list of this part says so too"
    assert len(features(away)) >= 5, "the words of its list, where the map shows now"


async def test_a_point_says_what_its_mark_needs_and_leads_to_the_page_here(visitor: Browser, lomme: Village) -> None:
    found = features(await visitor.get("/annonces/points.geojson"))

    tent, copy = found["Tente 4 places, facile à monter"], found["Machine à coudre et boîte à fils"]
    assert tent == {
        "type": "Feature",
        "id": lomme.tent.post.url,
        "geometry": {"type": "Point", "coordinates": [2.9871, 50.6453]},
        "properties": {
            "title": "Tente 4 places, facile à monter",
            "kind": "offer",
            "mode": "loan",
            "place": "Lomme",
            "radius": 2000,
            "url": lomme.tent.post.url,
        },
    }
    assert copy["properties"]["url"] == f"http://lomme.test/annonces/d/{lomme.sewing.id}"


async def test_the_home_of_a_member_is_never_told(visitor: Browser, instance: Instance, lomme: Village) -> None:
    home = (50.64961, 2.98434)
    async with transaction(instance.pool) as conn:
        await member_locations.save_location(conn, lomme.alice.id, home)
        known = await member_locations.find_location(conn, lomme.alice.id)
        commune = await places.find_commune(conn, "59355")
        assert commune is not None
        place = place_fields(place_around_home(commune, known))
        await sample_village.publish(conn, lomme.site, lomme.alice, "Luge", "<p>Une luge.</p>", **place)

    answer = await visitor.get("/annonces/points.geojson?q=luge")
    page = await visitor.get("/annonces?q=luge&vue=carte")

    (luge,) = features(answer).values()
    assert luge["geometry"]["coordinates"] == [*reversed(blur(*home))]
    assert luge["properties"]["radius"] == 500
    for text in (answer.text, page.text):
        assert not any(str(side)[:6] in text for side in home), "not to a hundred metres"


@pytest.mark.parametrize(
    "bounds", ["1,2,3", "a,b,c,d", "50,3,49,4", "nan,0,1,1", "-91,0,1,1", "0,0,1,1e999", "1;2;3;4"]
)
async def test_what_is_no_part_of_the_earth_gets_a_sentence(visitor: Browser, bounds: str) -> None:
    doors = ("/annonces/points.geojson?bounds", "/annonces/points.geojson?partie", "/carte/fond?bounds")
    answers = [await visitor.get(f"{door}={bounds}") for door in doors]
    page = await visitor.get(f"/annonces?vue=carte&bounds={bounds}")

    assert [answer.status for answer in answers] == [400, 400, 400]
    assert all("sud, ouest, nord et est" in json.loads(answer.text)["error"] for answer in answers)
    assert page.status == 200 and len(page.html.xpath("//ul[@class='listings']/li")) == 7


async def test_a_zone_of_the_map_narrows_the_list_and_can_be_taken_away(visitor: Browser) -> None:
    page = await visitor.get(f"/annonces?vue=carte&bounds={CARVIN}")
    with_distance = await visitor.get(f"/annonces?lieu=Lomme&km=5&bounds={CARVIN}")

    assert len(page.html.xpath("//ul[@class='listings']/li")) == 1
    (chip,) = page.html.xpath("//a[span[contains(., 'retirer')]]")
    assert "Zone de la carte" in chip.text_content()
    assert chip.get("href") == "/annonces?vue=carte"
    assert page.html.xpath("//input[@name='bounds']/@value") == ["50.40000,2.80000,50.55000,3.00000"]
    assert "Zone de la carte" not in with_distance.words(), "a distance wins over the zone that was there before"


async def test_where_the_list_was_widened_the_map_is_too(visitor: Browser) -> None:
    page = await visitor.get("/annonces?q=machine&lieu=Lomme&km=2&vue=carte")

    (address,) = page.html.xpath("//declic-map/@data-points")
    assert "km=50" in address and "km=2&" not in address
    assert list(features(await visitor.get(address))) == ["Machine à coudre et boîte à fils"]


async def test_the_background_holds_coast_borders_and_communes_and_is_kept(visitor: Browser) -> None:
    answer = await visitor.get("/carte/fond?bounds=50.5,2,51.5,3.5")
    missing = await visitor.get("/carte/fond")

    drawn = json.loads(answer.text)
    assert answer.headers["Cache-Control"] == "public, max-age=604800"
    assert {town[3] for town in drawn["towns"]} == {"Lille", "Lomme"}
    assert any(cell[3] for cell in drawn["cells"]) and any(cell[6] for cell in drawn["cells"])
    assert (missing.status, "bounds=sud,ouest,nord,est" in missing.text) == (400, True)


TILES = "https://{s}.tuiles.example:8443/{z}/{x}/{y}.png"


async def test_tiles_of_another_host_are_let_in_on_the_map_alone(visitor: Browser, instance: Instance) -> None:
    ours = await visitor.get("/annonces?vue=carte")
    await choose(instance, map_tiles=TILES, map_credit="© Les cartographes")

    on_map, in_list = await visitor.get("/annonces?vue=carte"), await visitor.get("/annonces")

    assert "img-src" not in ours.headers["Content-Security-Policy"]
    assert "img-src 'self' https://*.tuiles.example:8443;" in on_map.headers["Content-Security-Policy"]
    assert on_map.headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert "tuiles" not in in_list.headers["Content-Security-Policy"]
    assert in_list.headers["Referrer-Policy"] == "same-origin"
    (drawn,) = on_map.html.xpath("//declic-map")
    legal = await visitor.get("/donnees-personnelles")
    assert "vient de tuiles.example, qui reçoit votre adresse (IP)" in legal.words()
    assert "Aucun contenu ne vient d’un autre site" not in legal.words()
    assert (drawn.get("data-tiles"), drawn.get("data-credit")) == (TILES, "© Les cartographes")
