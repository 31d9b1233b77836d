"""Finding communes and EPCIs as people type them."""

import secrets
from collections.abc import AsyncIterator

import asyncpg
import pytest

from models.places import epcis, places
from models.places.geometry import CELL, blur
from models.places.places import blurred_place, fold_name
from models.store.database import Connection, fetch_records, prepare_connection
from tests.databases import copy_database


@pytest.fixture(scope="module")
async def france(postgres_url: str, furnished: str) -> AsyncIterator[Connection]:
    """A database with all communes, for reading."""
    name = f"{furnished}_france_{secrets.token_hex(3)}"
    admin = await asyncpg.connect(postgres_url)
    await copy_database(admin, furnished, name)
    conn = await asyncpg.connect(postgres_url, database=name)
    await prepare_connection(conn)
    yield conn
    await conn.close()
    await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.close()


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("lomme", "Lomme (59160)"),
        ("LOMM", "Lomme (59160)"),
        ("59160", "Lomme (59160)"),
        ("59160 Lomme", "Lomme (59160)"),
        ("Lomme (59160)", "Lomme (59160)"),
        ("59000 lomme", "Lomme (59160)"),
        ("59000", "Lille (59000)"),
        ("hellemmes", "Hellemmes-Lille (59260)"),
        ("henin beaumont", "Hénin-Beaumont (62110)"),
        ("Hénin-Beau", "Hénin-Beaumont (62110)"),
        ("St Étienne", "Saint-Étienne (42000)"),
        ("saint etienne", "Saint-Étienne (42000)"),
        ("Ste-Marie-aux-Mines", "Sainte-Marie-aux-Mines (68160)"),
        ("L’Isle d’Abeau", "L'Isle-d'Abeau (38080)"),
        ("Evin Malmaison", "Évin-Malmaison (62141)"),
        ("75011", "Paris 11e Arrondissement (75011)"),
        ("oeuilly", "Œuilly (51480)"),
        ("622 carvin", "Carvin (62220)"),
        ("carvn", "Carvin (62220)"),
        ("henin baumont", "Hénin-Beaumont (62110)"),
        ("99999 Libercourt", "Libercourt (62820)"),
    ],
)
async def test_a_commune_is_found_as_people_type_it(france: Connection, typed: str, first: str) -> None:
    found = await places.search_communes(france, typed)

    assert found[0].label == first


@pytest.mark.parametrize("typed", ["", " ", "a", "-", "%", "_", "é", "12345678", "\x00", "xqzwk", "' OR 1=1 --"])
async def test_nothing_is_found_for_nothing(france: Connection, typed: str) -> None:
    assert await places.search_communes(france, typed) == []


async def test_a_postcode_lists_whose_own_it_is_first_then_by_people(france: Connection) -> None:
    found = await places.search_communes(france, "59160")

    assert [commune.name for commune in found] == ["Lomme", "Capinghem", "Lille", "Hellemmes-Lille"]


async def test_a_search_gives_no_more_than_asked(france: Connection) -> None:
    assert len(await places.search_communes(france, "saint", 7)) == 7


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("59160 Lomme", "59355"),
        ("lomme", "59355"),
        ("59160", "59355"),
        ("Carvin", "62215"),
        ("93200 Saint-Denis", "93066"),
    ],
)
async def test_a_commune_is_named_in_full(france: Connection, typed: str, code: str) -> None:
    found = await places.find_commune_named(france, typed)

    assert found is not None and found.code == code


async def test_communes_of_one_name_are_told_apart_by_a_postcode(france: Connection) -> None:
    several = await places.list_communes_named(france, "st denis")
    overseas = await places.list_communes_named(france, "97 Saint-Denis")

    assert [one.label for one in several] == [
        "Saint-Denis (97400)", "Saint-Denis (93200)", "Saint-Denis (11310)", "Saint-Denis (30500)",
    ]  # fmt: skip
    assert [one.label for one in overseas] == ["Saint-Denis (97400)"]
    assert [await places.find_commune_named(france, one.label) for one in several] == several


async def test_all_communes_of_the_commonest_name_are_listed(france: Connection) -> None:
    (row,) = await fetch_records(
        france, "SELECT search_name, count(*) FROM commune GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 1"
    )

    assert len(await places.list_communes_named(france, row["search_name"])) == row["count"] < places.NAMESAKES


@pytest.mark.parametrize("typed", ["lomm", "5916", "Atlantis", "", "62220 Lomme", "Saint-Denis"])
async def test_half_a_name_is_no_name(france: Connection, typed: str) -> None:
    assert await places.find_commune_named(france, typed) is None


async def test_a_commune_is_a_place_with_a_radius(france: Connection) -> None:
    lomme = await places.find_commune(france, "59355")

    assert lomme is not None
    assert (lomme.place.name, lomme.place.postcode, lomme.place.radius) == ("Lomme", "59160", 2000)
    assert await places.find_commune(france, "00000") is None


async def test_an_epci_is_found_by_its_name_and_by_its_communes(france: Connection) -> None:
    by_name = await epcis.search_epcis(france, "Hénin-Carvin")
    by_commune = await epcis.search_epcis(france, "libercourt")
    by_part = await epcis.search_epcis(france, "lomme")

    assert [epci.code for epci in by_name] == [epci.code for epci in by_commune] == ["246200299"]
    assert [epci.name for epci in by_part] == ["Métropole Européenne de Lille"]
    assert by_name[0].communes == 14
    for typed in ("MEL", "mel", "métropole de lille", "Métropole Européenne de Lille", "59000", "59000 Lille", "Lille"):
        assert [epci.code for epci in await epcis.search_epcis(france, typed)][:1] == ["200093201"], typed
    for typed in ("MEL", "métropole de lille", "59000"):
        assert len(await epcis.search_epcis(france, typed)) == 1, typed
    assert not await epcis.search_epcis(france, "590")
    assert by_name[0].latitude == pytest.approx(50.44, abs=0.03)


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("MEL", ["200093201"]),
        ("métropole européenne de lille", ["200093201"]),
        ("Métropole Européenne de Lille (59)", ["200093201"]),
        ("CAHC", ["246200299"]),
        ("Communauté de communes des Quatre Rivières", ["247000623", "247400666"]),
        ("Communauté de communes des Quatre Rivières (74)", ["247400666"]),
        ("Métropole Européenne de Lille (62)", []),
        ("Lille", []),
        ("", []),
    ],
)
async def test_an_epci_is_called_by_its_whole_name_or_its_acronym(
    france: Connection, typed: str, codes: list[str]
) -> None:
    assert sorted(epci.code for epci in await epcis.list_named(france, typed)) == codes


@pytest.mark.parametrize("typed", ["CA Hénin-Carvin", "agglo Hénin Carvin", "hénin carvin"])
async def test_an_epci_is_found_by_its_words_and_the_short_forms_of_them(france: Connection, typed: str) -> None:
    found = await epcis.list_with_words(france, typed)

    assert [epci.label for epci in found] == ["Communauté d'agglomération d'Hénin-Carvin (62)"]
    assert await epcis.list_named(france, found[0].label) == found


async def test_the_communes_of_an_epci_are_listed_without_their_parts(france: Connection) -> None:
    found = await places.list_by_epci(france, "200093201")

    names = [commune.name for commune in found]
    assert "Lille" in names and "Lomme" not in names
    assert len(names) == 95


async def test_picked_communes_are_listed_by_name(france: Connection) -> None:
    found = await places.list_communes(france, ["62215", "59355", "nowhere"])

    assert [commune.name for commune in found] == ["Carvin", "Lomme"]


def test_names_are_folded_alike() -> None:
    assert fold_name("St-Étienne") == fold_name("SAINT ETIENNE") == " saint etienne"
    assert fold_name("L'Haÿ-les-Roses") == " l hay les roses"


async def test_a_blurred_place_keeps_no_exact_point(france: Connection) -> None:
    lomme = await places.find_commune(france, "59355")
    assert lomme is not None

    place = blurred_place(lomme, 50.64361234, 2.98729876)

    assert (place.latitude, place.longitude) == blur(50.64361234, 2.98729876)
    assert place.radius == CELL
    assert "50.64361234" not in repr(place)
