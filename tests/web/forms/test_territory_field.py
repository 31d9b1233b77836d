"""The territory of a cooperative as people type it, in the whole country."""

import secrets
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest
from multidict import MultiDict

from models.places import epcis
from models.store.database import Connection, prepare_connection
from tests.databases import copy_database
from web.forms.form import Form
from web.forms.territory_field import read_territory

MEL, HENIN = "200093201", "246200299"


@pytest.fixture(scope="module")
async def country(postgres_url: str, furnished: str) -> AsyncIterator[Connection]:
    """A database with all communes, for reading."""
    name = f"{furnished}_territories_{secrets.token_hex(3)}"
    admin = await asyncpg.connect(postgres_url)
    await copy_database(admin, furnished, name)
    conn = await asyncpg.connect(postgres_url, database=name)
    await prepare_connection(conn)
    yield conn
    await conn.close()
    await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.close()


def set_in_french(sentence: str, /, **values: Any) -> str:
    return sentence % values


def fill_in(kind: str, territory: str, tapped: str = "") -> Form:
    values = {"territory_kind": kind, "territory": territory} | ({"territory_choice": tapped} if tapped else {})
    return Form(MultiDict(values), set_in_french)


@pytest.mark.parametrize(
    ("kind", "typed", "codes", "said"),
    [
        ("epci", "MEL", (MEL,), "Métropole Européenne de Lille"),
        ("epci", "mel", (MEL,), "Métropole Européenne de Lille"),
        ("epci", "métropole de lille", (MEL,), "Métropole Européenne de Lille"),
        ("epci", "METROPOLE EUROPEENNE DE LILLE", (MEL,), "Métropole Européenne de Lille"),
        ("epci", "59000", (MEL,), "Métropole Européenne de Lille"),
        ("epci", "59350", (MEL,), "Métropole Européenne de Lille"),
        ("epci", "lille", (MEL,), "Métropole Européenne de Lille"),
        ("epci", "CAHC", (HENIN,), "Hénin-Carvin"),
        ("epci", "henin carvin", (HENIN,), "Hénin-Carvin"),
        ("epci", HENIN, (HENIN,), "Hénin-Carvin"),
        ("epci", "TPM", ("248300543",), "Métropole Toulon-Provence-Méditerranée"),
        ("epci", "carene", ("244400644",), "Région Nazairienne et de l'Estuaire"),
        ("commune", "lomme", ("59355D",), "Lomme"),
        ("commune", "2A004", ("2A004",), "Ajaccio"),
        ("commune", "59000", ("59350",), "Lille"),
        ("communes", "Carvin, Libercourt", ("62215", "62907"), "Carvin, Libercourt"),
        (
            "communes",
            "Saint-Laurent-Blangy, Montigny-en-Gohelle, Noyelles-sous-Lens",
            ("62753", "62587", "62628"),
            "Saint-Laurent-Blangy, Montigny-en-Gohelle …",
        ),
    ],
)
async def test_a_territory_is_understood_as_people_type_it(
    country: Connection, kind: str, typed: str, codes: tuple[str, ...], said: str
) -> None:
    form = fill_in(kind, typed)

    found = await read_territory(country, form)

    assert form.errors == {} and form.offered == {}
    assert (found.kind, [code[:9] for code in found.codes]) == (kind, [code.removesuffix("D") for code in codes])
    assert found.said == said


@pytest.mark.parametrize(
    ("kind", "typed", "tapped", "codes"),
    [
        ("commune", "MEL", "epci:Métropole Européenne de Lille (59)", (MEL,)),
        ("commune", "59350", "commune:Lille (59000)", ("59350",)),
        ("commune", "carvn", "commune:Carvin (62220)", ("62215",)),
        ("epci", "carvn", "epci:Communauté d'agglomération d'Hénin-Carvin (62)", (HENIN,)),
        (
            "communes",
            "Carvin, 59350, Libercourt",
            "communes:Carvin, Lille (59000), Libercourt",
            ("62215", "59350", "62907"),
        ),
        ("epci", "quatre rivieres", "epci:Communauté de communes des Quatre Rivières (74)", ("247400666",)),
    ],
)
async def test_where_several_fit_one_is_tapped(
    country: Connection, kind: str, typed: str, tapped: str, codes: tuple[str, ...]
) -> None:
    form = fill_in(kind, typed)
    await read_territory(country, form)
    again = fill_in(kind, typed, tapped)

    found = await read_territory(country, again)

    assert form.error("territory") and tapped in [value for value, _ in form.offered["territory"]]
    assert again.errors == {} and found.codes == codes
    assert again.typed("territory") == tapped.partition(":")[2], "shown where something else is wrong"


@pytest.mark.parametrize("typed", ["xyzzyx", "99999", "MELMELMELMEL", "%_", "\x00", "'; --"])
async def test_what_nobody_knows_is_said_at_the_field(country: Connection, typed: str) -> None:
    for kind in ("commune", "communes", "epci"):
        form = fill_in(kind, typed)

        assert (await read_territory(country, form)).codes == ()
        assert form.error("territory")


async def test_a_postcode_of_too_many_communes_asks_for_the_name(country: Connection) -> None:
    form = fill_in("commune", "14140")

    await read_territory(country, form)

    assert "63 communes" in form.error("territory") and not form.offered


async def test_a_made_up_choice_is_read_as_if_it_was_typed(country: Connection) -> None:
    for tapped in ("country:France", "epci:nulle part", "commune:" + "x" * 3000, ":"):
        form = fill_in("commune", "Carvin", tapped)

        await read_territory(country, form)

        assert form.error("territory") or form.typed("territory") == "Carvin"


async def test_usual_acronyms_name_federations_that_there_are(country: Connection) -> None:
    for acronym, code in epcis.USUAL_ACRONYMS.items():
        found = [one.code for one in await epcis.list_named(country, acronym)]
        assert code in found, acronym
