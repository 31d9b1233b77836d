"""The shipped list of communes: what is in it, and how it gets into the database."""

import gzip
from pathlib import Path
from typing import Any

import pytest

from models.places.communes import COLUMNS, FILE, load_communes, read_communes
from models.store.database import Connection, Pool, fetch_records, fetch_value, transaction

HEADER = (
    "code,name,postcodes,department,region,epci_code,epci_name,population,latitude,longitude,precision,parent_code,kind"
)


@pytest.fixture
def small_file(tmp_path: Path) -> Path:
    lines = [HEADER, "59350,Lille,59000 59160,59,32,200093201,Métropole,238246,50.6339,3.0551,exact,,commune"]
    return _write(tmp_path / "communes.csv.gz", lines)


@pytest.fixture
def newer_file(tmp_path: Path) -> Path:
    lines = [HEADER, "59350,Lille,59000 59160,59,32,200093201,Métropole,240000,50.6339,3.0551,exact,,commune"]
    return _write(tmp_path / "newer.csv.gz", lines)


def _write(path: Path, lines: list[str]) -> Path:
    path.write_bytes(gzip.compress("\n".join(lines).encode()))
    return path


@pytest.fixture(scope="module")
def rows() -> dict[str, dict[str, Any]]:
    return {row[0]: dict(zip(COLUMNS, row, strict=True)) for row in read_communes(FILE.read_bytes())}


# Checked by hand against maps: each is within 2 km of its town hall.
KNOWN = [
    ("59355", "Lomme", "59160", 50.643, 2.987),
    ("59350", "Lille", "59000", 50.632, 3.057),
    ("59298", "Hellemmes-Lille", "59260", 50.627, 3.110),
    ("62427", "Hénin-Beaumont", "62110", 50.421, 2.950),
    ("62215", "Carvin", "62220", 50.492, 2.958),
    ("62907", "Libercourt", "62820", 50.483, 3.016),
    ("62637", "Oignies", "62590", 50.469, 2.993),
    ("62250", "Courrières", "62710", 50.458, 2.948),
    ("62498", "Lens", "62300", 50.431, 2.833),
    ("59512", "Roubaix", "59100", 50.690, 3.182),
    ("59328", "Lambersart", "59130", 50.650, 3.025),
    ("59183", "Dunkerque", "59140", 51.034, 2.377),
    ("75056", "Paris", "75001", 48.857, 2.352),
    ("69383", "Lyon 3e Arrondissement", "69003", 45.760, 4.850),
    ("13055", "Marseille", "13001", 43.297, 5.370),
    ("29019", "Brest", "29200", 48.390, -4.486),
    ("67482", "Strasbourg", "67000", 48.573, 7.752),
    ("2A004", "Ajaccio", "20000", 41.919, 8.739),
    ("97411", "Saint-Denis", "97400", -20.879, 55.448),
    ("97302", "Cayenne", "97300", 4.937, -52.326),
    ("42218", "Saint-Étienne", "42000", 45.440, 4.387),
    ("76351", "Le Havre", "76600", 49.494, 0.108),
]


@pytest.mark.parametrize(("code", "name", "postcode", "latitude", "longitude"), KNOWN)
def test_known_communes_are_where_they_are(
    rows: dict[str, dict[str, Any]], code: str, name: str, postcode: str, latitude: float, longitude: float
) -> None:
    row = rows[code]

    assert row["name"] == name
    assert row["postcodes"][0] == postcode
    assert row["latitude"] == pytest.approx(latitude, abs=0.018)
    assert row["longitude"] == pytest.approx(longitude, abs=0.025)


def test_a_part_of_a_commune_answers_to_its_postcodes_and_belongs_to_its_epci(
    rows: dict[str, dict[str, Any]],
) -> None:
    lomme, lille = rows["59355"], rows["59350"]

    assert lomme["parent_code"] == "59350"
    assert lomme["kind"] == "associated"
    assert set(lomme["postcodes"]) == set(lille["postcodes"])
    assert lomme["epci_code"] == lille["epci_code"]


def test_henin_carvin_is_an_epci_of_fourteen_communes(rows: dict[str, dict[str, Any]]) -> None:
    members = [row for row in rows.values() if row["epci_code"] == "246200299" and row["kind"] == "commune"]

    assert len(members) == 14
    assert {row["epci_name"] for row in members} == {"Communauté d'agglomération d'Hénin-Carvin"}


def test_every_row_is_complete_and_lies_on_earth(rows: dict[str, dict[str, Any]]) -> None:
    assert len(rows) > 37_000
    for row in rows.values():
        assert row["name"] and row["postcodes"] and row["search_name"]
        assert -90 < row["latitude"] < 90 and -180 < row["longitude"] < 180
        assert row["parent_code"] is None or row["parent_code"] in rows


def test_a_place_of_the_same_name_elsewhere_is_not_taken(rows: dict[str, dict[str, Any]]) -> None:
    epinoy, carvin = rows["62298"], rows["62215"]  # a quarter of Carvin is called Épinoy too

    assert epinoy["latitude"] == pytest.approx(50.23, abs=0.05)
    assert epinoy["latitude"] != pytest.approx(carvin["latitude"], abs=0.05)


async def test_the_list_is_loaded_once(conn: Connection) -> None:
    first = await load_communes(conn)
    second = await load_communes(conn)

    assert (first, second) == (True, False)
    assert await fetch_value(conn, "SELECT count(*) FROM commune") > 37_000


async def test_another_edition_takes_the_place_of_the_first(pool: Pool, small_file: Path, newer_file: Path) -> None:
    async with transaction(pool) as conn:
        await load_communes(conn, small_file)

    async with transaction(pool) as conn:
        loaded = await load_communes(conn, newer_file)

    assert loaded
    async with transaction(pool) as conn:
        kept = await fetch_records(conn, "SELECT code, population, search_name, parent_code, epci_code FROM commune")
    assert [tuple(row) for row in kept] == [("59350", 240000, " lille", None, "200093201")]
