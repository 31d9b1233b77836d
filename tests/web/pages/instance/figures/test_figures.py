"""The figures as everybody reads them: published or not, by period and place, on pages and in files that agree."""

import csv
import io
import json
from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from federation.directory.neighbour_figures import read_figures
from federation.instance import Instance
from federation.uris import figures_uri
from models import preferences
from models.coop.figures.closing import save_whole
from models.coop.figures.periods import Period
from models.people.actors import Actor
from models.store.database import connection, execute, fetch_value, transaction
from tests.factories import make_member
from tests.figures import close_months
from tests.sample_village import Village
from tests.web.pages.conftest import Browser, Page
from tests.web.pages.instance.figures.conftest import TODAY, publish
from web.pages.instance.figures.words import name_period
from web.rendering.feeds.spreadsheets import MARK
from web.rendering.formats import set_in

OpenBrowser = Callable[[Actor | None], Awaitable[Browser]]


async def test_nobody_but_the_team_sees_figures_that_are_not_published(
    visitor: Browser, open_browser: OpenBrowser, lomme: Village
) -> None:
    paths = ["/chiffres", "/chiffres.csv", "/chiffres.json", "/chiffres/ensemble.json", "/chiffres/schema.json"]
    member, admin = await open_browser(lomme.alice), await open_browser(lomme.admin)

    for path in (*paths, "/chiffres/catalogue.jsonld"):
        assert (await visitor.get(path)).status == 404
        assert (await member.get(path)).status == 404
        assert (await admin.get(path)).status == 200
    assert "Ces chiffres ne sont pas publiés" in (await admin.get("/chiffres")).words()


async def test_page_shows_a_month_with_its_places_and_hides_what_is_small(visitor: Browser, instance: Instance) -> None:
    await publish(instance)

    page = await visitor.get("/chiffres?periode=2026-03")

    rows = {
        row.find("th").text_content().strip(): [cell.text_content().strip() for cell in row.findall("td")]
        for row in page.html.xpath("//tbody/tr")
    }
    assert page.status == 200 and "Mars 2026 en chiffres" in page.words()
    assert rows["Mars 2026"] == ["20", "0", "20"]
    assert rows["Lomme"] == ["12", "12", "0"]
    # With Lille the total would give Lambersart away.
    assert rows["Lille"][:2] == rows["Lambersart"][:2] == ["non montré", "non montré"]
    assert "kilos évités" not in page.words()
    lomme = await visitor.get("/chiffres?periode=2026-T1&lieu=59355")
    assert "1er trimestre 2026, Lomme" in lomme.words()


def test_a_year_is_no_quantity() -> None:
    def speak(sentence: str, /, **values: Any) -> str:
        return set_in(sentence, values, "fr")

    assert name_period(speak, "fr", Period(first=date(2025, 1, 1), length="year")) == "Année 2025"


async def test_kilograms_are_shown_with_their_source_once_there_is_a_factor(
    visitor: Browser, instance: Instance
) -> None:
    await publish(instance, kilogram_factor=2.5, kilogram_source="ADEME, 2024")

    page = await visitor.get("/chiffres?periode=2026-03")

    assert "kilos évités 65" in page.words()  # twelve loans, twelve gifts, two sales
    assert "ADEME, 2024" in page.words()


@pytest.mark.parametrize(
    "typed", ["periode=2019-03", "periode=2026-13", "periode=hier", "lieu=75056", "genre=x", "mode=y"]
)
async def test_what_does_not_exist_is_not_found_and_says_what_there_is(
    visitor: Browser, instance: Instance, typed: str
) -> None:
    await publish(instance)

    page = await visitor.get(f"/chiffres?{typed}")

    assert page.status == 404
    assert "Nous n’avons pas de chiffres pour cela" in page.words() and "Mars 2026" in page.words()


async def test_place_and_kind_together_are_not_shown(visitor: Browser, instance: Instance) -> None:
    await publish(instance)

    page = await visitor.get("/chiffres?periode=2026-03&lieu=59355&mode=loan")

    assert page.status == 200 and "Choisissez l’un ou l’autre." in page.words()


async def test_without_a_closed_month_the_page_says_when_there_will_be_figures(
    open_browser: OpenBrowser, instance: Instance, lomme: Village
) -> None:
    await publish(instance)

    page = await (await open_browser(None)).get("/chiffres")

    assert page.status == 404 and "Pas encore de chiffres" in page.words()
    assert not page.html.xpath("//main//a[@href='/chiffres']"), "it would lead nowhere else"


async def test_files_say_the_same_as_each_other_and_nothing_that_is_hidden(
    visitor: Browser, instance: Instance
) -> None:
    await publish(instance, figures_licence="odbl")

    semicolons = (await visitor.get("/chiffres.csv")).text
    commas = (await visitor.get("/chiffres.csv?separateur=virgule")).text
    found = json.loads((await visitor.get("/chiffres.json")).text)

    assert semicolons.startswith(MARK)
    lines = list(csv.DictReader(io.StringIO(semicolons.removeprefix(MARK)), delimiter=";"))
    assert lines == list(csv.DictReader(io.StringIO(commas.removeprefix(MARK))))
    assert [
        {name: "" if value is None else str(value) for name, value in one.items()} for one in found["figures"]
    ] == lines
    assert found["licence"] == "https://opendatacommons.org/licenses/odbl/1-0/"
    counts = [one for one in lines if one["mesure"] in ("annonces", "echanges_conclus", "echanges_faits", "membres")]
    assert counts and not [one for one in counts if one["valeur"] in ("1", "2", "3", "4")]
    assert {one["insee"] for one in lines if one["etat"] == "non_montre"} >= {"59350", "59328"}
    month = json.loads((await visitor.get("/chiffres.json?periode=2026-03")).text)
    assert {one["periode"] for one in month["figures"]} == {"2026-03"}
    assert (await visitor.get("/chiffres.csv?periode=2019")).status == 404


@pytest.mark.parametrize("path", ["/chiffres.csv", "/chiffres.json?periode=2026-03", "/chiffres/ensemble.json"])
async def test_file_is_made_once_until_it_is_decided_anew(visitor: Browser, instance: Instance, path: str) -> None:
    await publish(instance)
    first = await visitor.client.get(path)
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE figure_cell SET amount = 777 WHERE what = 'agreed' AND amount IS NOT NULL")

    again = await visitor.client.get(path)
    known = await visitor.client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    async with transaction(instance.pool) as conn:
        await save_whole(conn)
    anew = await visitor.client.get(path)

    assert (await again.read(), again.headers["ETag"]) == (await first.read(), first.headers["ETag"])
    assert (known.status, await known.read()) == (304, b"")
    assert "777" in await anew.text() and "777" not in await first.text()


def read_months(page: Page) -> tuple[list[list[str]], list[list[str]]]:
    """The figures of each month as they are drawn, and as they stand in the table beside: of both sides, or the sum."""
    [drawing] = page.html.xpath("//*[local-name()='svg'][@class='bars']")
    drawn = [
        [text.text_content() for text in group.xpath("./*[local-name()='text']")][:-1] for group in drawing.xpath("./g")
    ]
    rows = drawing.xpath("ancestor::section//tbody/tr")
    cells = [[cell.text_content().strip() for cell in row.findall("td")] for row in rows]
    return drawn, [[one.replace("non montré", "…") for one in row[: len(row) - 1 or 1]] for row in cells]


async def test_the_drawing_says_what_its_table_says_and_shows_nothing_of_what_is_hidden(
    visitor: Browser, instance: Instance
) -> None:
    await publish(instance)

    whole = await visitor.get("/chiffres?periode=2026-03")
    small = await visitor.get("/chiffres?periode=2026-03&lieu=59328")  # two sales alone

    for page in (whole, small):
        [drawing] = page.html.xpath("//*[local-name()='svg'][@class='bars']")
        named = [drawing.get("aria-labelledby"), drawing.get("aria-describedby")]
        told = [page.html.get_element_by_id(id).text_content() for id in named]
        drawn, table = read_months(page)
        assert drawn == table and drawn and all(told)
        assert told[1].startswith("Deux barres" if len(drawn[0]) == 2 else "Une barre")
    assert ["20", "0"] in read_months(whole)[0] and ["…"] in read_months(small)[0]
    heights = {rect.get("height") for rect in small.html.xpath("//*[local-name()='rect'][@class='hidden']")}
    assert heights == {"9"}  # the same for each, whatever it hides


async def test_page_for_elected_people_is_there_whether_figures_are_published_or_not(
    visitor: Browser, instance: Instance
) -> None:
    before = await visitor.get("/chiffres/pour-les-elus")
    await publish(instance)
    after = await visitor.get("/chiffres/pour-les-elus")

    assert "ne publie pas ses chiffres" in before.words() and "Un réseau sans centre" in before.words()
    assert "sous Licence Ouverte 2.0" in after.words()
    assert after.html.xpath("//main//*[@class='prose']/ul/li"), "each on a line of its own, with its mark"


async def test_administrator_publishes_and_says_what_an_object_stands_for(
    counted: None, open_browser: OpenBrowser, instance: Instance, lomme: Village
) -> None:
    admin = await open_browser(lomme.admin)
    form = {"figures_published": "1", "figures_licence": "odbl", "kilogram_factor": "2,5", "kilogram_source": ""}

    refused = await admin.send("/coop/chiffres", form)
    wrong = await admin.send("/coop/chiffres", form | {"kilogram_factor": "beaucoup"})
    saved = await admin.send("/coop/chiffres", form | {"kilogram_source": "ADEME, 2024"})

    assert refused.status == wrong.status == 422
    assert "Dites d’où vient ce nombre" in refused.words() and "Écrivez un nombre de kilos" in wrong.words()
    assert saved.status == 303
    async with connection(instance.pool) as conn:
        chosen = await preferences.load(conn)
    assert (chosen.figures_published, chosen.figures_licence, chosen.kilogram_factor) == (True, "odbl", 2.5)


async def test_a_town_hall_reads_what_is_not_published_and_decides_nothing_of_it(
    counted: None, open_browser: OpenBrowser, instance: Instance
) -> None:
    async with transaction(instance.pool) as conn:
        town = await make_member(conn, "mairie", type="Organization")
        await execute(conn, "UPDATE account SET authority = true WHERE actor_id = $1", town.id)
        other = await make_member(conn, "nina")
    browser, member = await open_browser(town), await open_browser(other)

    figures, about = await browser.get("/chiffres?periode=2026-03"), await browser.get("/coop/chiffres")
    repairs, founding = await browser.get("/coop/reparations"), await browser.get("/communautes/nouvelle-communaute")

    assert [one.status for one in (figures, about, repairs)] == [200, 200, 200]
    assert founding.status == 403, "what nobody may send is asked of nobody"
    assert "ce compte est celui de la collectivité" in about.words()
    assert not about.html.xpath("//main//form") and "/coop/echanges.csv" not in about.text
    assert "La version à montrer" in repairs.words() and "Voir tous les nombres" not in repairs.words()
    assert [room.get("href") for room in about.html.xpath("//div[@class='rooms-wide']//a")] == [
        "/coop/reparations",
        "/coop/chiffres",
    ]
    assert (await member.get("/chiffres?periode=2026-03")).status == 404


async def test_differences_are_told_on_the_home_until_they_are_seen(
    counted: None, open_browser: OpenBrowser, instance: Instance, lomme: Village
) -> None:
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE figure_sum SET cases = 77 WHERE what = 'done' AND mode = 'sale'")
        await close_months(conn, TODAY)
    admin = await open_browser(lomme.admin)

    home = await admin.get("/coop")
    page = await admin.get("/coop/chiffres")

    assert "Les chiffres d’un mois passé ne tombaient plus juste" in home.words()
    row = next(row for row in page.html.xpath("//tbody/tr") if "échanges faits" in row.text_content())
    assert [cell.text_content() for cell in row.findall("td")] == ["échanges faits", "77", "2"]
    async with connection(instance.pool) as conn:
        assert await fetch_value(conn, "SELECT count(*) FROM figure_difference WHERE seen_at IS NULL") == 1
    assert (await admin.send("/coop/chiffres/vu", {})).status == 303
    assert "ne tombaient plus juste" not in (await admin.get("/coop")).words()


async def test_neighbours_are_added_up_and_what_is_hidden_makes_it_at_least(
    visitor: Browser, instance: Instance
) -> None:
    await publish(instance)
    alone = await visitor.get("/chiffres/reseau?periode=2026-03")
    async with transaction(instance.pool) as conn:
        await execute(
            conn,
            """
            INSERT INTO figure_neighbour (host, name, periods, told_at, problem) VALUES
                ('a.test', 'La Bricole', '{2026-03}', now(), NULL), ('b.test', 'Le Coin', '{2026-03}', now(), NULL),
                ('c.test', 'Muette', '{}', NULL, 'no_answer')
            """,
        )
        await execute(
            conn,
            """
            INSERT INTO figure_neighbour_cell (host, period, what, amount, partial) VALUES
                ('a.test', '2026-03', 'agreed', 31, false), ('b.test', '2026-03', 'agreed', NULL, false)
            """,
        )

    page = await visitor.get("/chiffres/reseau?periode=2026-03")

    assert "ces chiffres ne sont que les nôtres" in alone.words() and "Ce que" not in alone.words()
    assert page.status == 200 and "Ce que 3 coops sur 4 publient" in page.words()
    assert "échanges conclus ≥ 51" in page.words() and "annonces publiées 20" in page.words()
    assert "Muette ne répond pas" in page.words()
    assert (await visitor.get("/chiffres/reseau?periode=1999")).status == 404


async def test_document_for_neighbours_is_as_documented(visitor: Browser, instance: Instance) -> None:
    await publish(instance)

    told = json.loads((await visitor.get(figures_uri(instance.site).removeprefix(instance.site.url))).text)

    golden = json.loads((Path(__file__).parents[4] / "documents" / "declic" / "figures.json").read_text())
    assert told.keys() == golden.keys() and told["figures"][0].keys() == golden["figures"][0].keys()
    found = read_figures(told, instance.site.host)
    assert found is not None and found.url and {one.amount for one in found.figures if one.what == "agreed"} == {20}


async def test_numbers_are_compared_with_the_same_time_before_where_both_are_shown(
    visitor: Browser, instance: Instance
) -> None:
    await publish(instance)

    march = (await visitor.get("/chiffres?periode=2026-03")).words()
    april = (await visitor.get("/chiffres?periode=2026-04")).words()
    lille = (await visitor.get("/chiffres?periode=2026-04&lieu=59350")).words()

    assert "échanges conclus 20 de plus" in march and "nouveaux membres autant" in march
    assert "par rapport à la même durée juste avant, « Février 2026 »" in march
    assert "échanges conclus 20 de moins" in april
    assert "de moins" not in lille.partition("Période")[0].replace("« De plus » et « de moins »", "")  # March is hidden
    assert "juste avant" not in (await visitor.get("/chiffres?periode=2026-01")).words()
    assert "juste avant" not in (await visitor.get("/chiffres?periode=tout")).words()


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ({}, False),
        ({"name": "La Nouvelle"}, True),
        ({"kilogram_factor": 2.5, "kilogram_source": "ADEME, 2024"}, True),
        ({"figures_licence": "odbl"}, True),
    ],
)
async def test_page_is_made_once_until_a_setting_that_it_names_changes(
    visitor: Browser, instance: Instance, what: dict[str, Any], said: bool
) -> None:
    await publish(instance)
    path = "/chiffres?periode=2026-03"
    await visitor.get(path)
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE figure_cell SET amount = 777 WHERE what = 'agreed' AND amount IS NOT NULL")

    kept = await visitor.get(path)
    await publish(instance, **what)
    after = await visitor.get(path)

    assert "777" not in kept.words() and ("777" in after.words()) == said
    assert "777" in (await visitor.get(path, language="en")).words()
    async with transaction(instance.pool) as conn:
        await save_whole(conn)
    assert "777" in (await visitor.get(path)).words()
