"""The figures of repairs as the team reads them, as they leave the house, and as open data."""

import asyncio
import csv
import io
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from federation.instance import Instance
from models import preferences
from models.moments import PARIS
from models.people.actors import Actor
from models.repairs.figures import kept_files
from models.repairs.figures.kept_files import KeptFile
from models.store.database import Connection, connection, execute, fetch_column, fetch_value, transaction
from tests.repair_figures import add_sample_results, note_result
from tests.sample_village import Village
from tests.web.pages.conftest import Browser, Page
from web.pages.repairs.figures import open_data
from web.pages.repairs.figures.open_files import COLUMNS, OWN_COLUMNS
from web.rendering.feeds.spreadsheets import MARK

OpenBrowser = Callable[[Actor | None], Awaitable[Browser]]

YEAR = datetime.now(PARIS).year


@pytest.fixture
async def admin(open_browser: OpenBrowser, instance: Instance, lomme: Village) -> Browser:
    async with transaction(instance.pool) as conn:
        await add_sample_results(conn)
    return await open_browser(lomme.admin)


async def read_csv(browser: Browser, path: str, delimiter: str) -> list[list[str]]:
    page = await browser.get(path)
    assert page.headers["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.reader(io.StringIO(page.text.removeprefix(MARK)), delimiter=delimiter))


def read_row(page: Page, name: str) -> list[str]:
    """The numbers of a line of a table."""
    (row,) = page.html.xpath(f"//tr[th[normalize-space() = '{name}']]")
    return [cell.text_content().strip() for cell in row.findall("td")[:2]]


async def test_the_team_reads_all_numbers_and_others_no_small_ones(admin: Browser) -> None:
    whole = await admin.get("/coop/reparations")
    shared = await admin.get("/coop/reparations?version=partager")

    assert f"Réparations en {YEAR}" in whole.words()
    assert "non montré" not in whole.words()
    assert read_row(whole, "Hors d’usage") == ["1", "35"]
    assert read_row(whole, "Lille") == ["2", "145"]
    assert read_row(shared, "Hors d’usage") == ["non montré", "–"]
    assert read_row(shared, "Réparé") == ["non montré", "–"]
    assert read_row(shared, "Autres communes") == ["14", "595"]


async def test_each_year_has_its_page_and_others_are_this_one(admin: Browser, instance: Instance) -> None:
    async with transaction(instance.pool) as conn:
        await note_result(conn)

    old = await admin.get("/coop/reparations?annee=2025")
    none = [await admin.get(f"/coop/reparations?annee={typed}") for typed in ("1999", "²", "-1", "2" * 30)]

    assert "Réparations en 2025" in old.words()
    assert all(f"Réparations en {YEAR}" in page.words() for page in none)


async def test_the_spreadsheet_has_no_small_counts(admin: Browser) -> None:
    lines = await read_csv(admin, "/coop/reparations.csv", ";")

    assert lines[0] == ["Année", "Compté par", "Valeur", "Nombre", "Minutes"]
    assert [str(YEAR), "Ce qui en est sorti", "Hors d’usage", "non montré", ""] in lines
    assert [str(YEAR), "Toute l’année", "Réparations", "14", ""] in lines
    assert not {line[3] for line in lines[1:]} & {"1", "2", "3", "4"}


async def test_the_file_of_the_standard_has_its_columns_and_codes(admin: Browser) -> None:
    heads, *lines = await read_csv(admin, "/coop/reparations/ord.csv", ",")
    found = [dict(zip(heads, line, strict=True)) for line in lines]

    assert tuple(heads) == COLUMNS
    assert {one["product_category"]: one["product_category_id"] for one in found} == {
        "Misc": "18",
        "Decorative or safety lights": "3",
    }
    worn = next(one for one in found if one["repair_status"] == "End of life")
    assert worn["repair_barrier_if_end_of_life"] == "Item too worn out"
    assert {one["country"] for one in found} == {"FRA"}
    assert len({one["id"] for one in found}) == len(found)


async def test_the_sister_file_has_the_rest_without_names_and_the_same_numbers_each_time(admin: Browser) -> None:
    heads, *lines = await read_csv(admin, "/coop/reparations/velos.csv", ",")
    again = await read_csv(admin, "/coop/reparations/velos.csv", ",")

    assert tuple(heads) == COLUMNS + OWN_COLUMNS
    problem = next(line[14] for line in lines if line[14])
    assert problem == "Vélo de […] : ne freine plus"
    assert ["freins", "Câble de frein | Gaine 1 m"] in [[line[15], line[17]] for line in lines]
    assert [heads, *lines] == again


async def test_numbers_of_lines_say_nothing_of_rows(admin: Browser, instance: Instance) -> None:
    _, *lines = await read_csv(admin, "/coop/reparations/ord.csv", ",")
    async with connection(instance.pool) as conn:
        rows = await fetch_column(conn, "SELECT id::text FROM repair_result")

    assert not {line[0] for line in lines} & set(rows)
    assert {len(line[0]) for line in lines} == {20}


async def test_everybody_gets_the_files_only_while_they_are_published(
    admin: Browser, visitor: Browser, instance: Instance
) -> None:
    before = await visitor.get("/reparations/ord.csv")
    await admin.send("/coop/reparations/donnees", {"act": "published"}, form_on="/coop/reparations/donnees")
    during = await visitor.get("/reparations/ord.csv")
    shown = await admin.get("/coop/reparations")
    await admin.send("/coop/reparations/donnees", {"act": "unpublished"}, form_on="/coop/reparations/donnees")
    after = await visitor.get("/reparations/ord.csv")

    assert (before.status, during.status, after.status) == (404, 200, 404)
    assert during.headers["Access-Control-Allow-Origin"] == "*"
    assert "/reparations/ord.csv" in shown.text
    async with connection(instance.pool) as conn:
        assert await fetch_column(conn, "SELECT act FROM journal_entry") == ["settings_changed"] * 2


async def test_a_published_file_stays_as_it_was_written_for_an_hour(
    admin: Browser, visitor: Browser, instance: Instance
) -> None:
    await admin.send("/coop/reparations/donnees", {"act": "published"}, form_on="/coop/reparations/donnees")
    first = await visitor.get("/reparations/velos.csv")
    async with transaction(instance.pool) as conn:
        await note_result(conn, brand="Motobécane")
    again = await visitor.get("/reparations/velos.csv")
    known = await visitor.client.get("/reparations/velos.csv", headers={"If-None-Match": first.headers["Etag"]})
    live = await admin.get("/coop/reparations/velos.csv")

    assert (again.text, again.headers["Etag"]) == (first.text, first.headers["Etag"])
    assert (known.status, first.headers["Last-Modified"]) == (304, again.headers["Last-Modified"])
    assert 0 < int(again.headers["Cache-Control"].partition("max-age=")[2]) <= 3600
    assert "Motobécane" in live.text and "Motobécane" not in again.text
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE kept_open_repairs SET made_at = made_at - $1::interval", kept_files.KEPT)
    assert "Motobécane" in (await visitor.get("/reparations/velos.csv")).text
    await admin.send("/coop/reparations/donnees", {"act": "unpublished"}, form_on="/coop/reparations/donnees")
    async with connection(instance.pool) as conn:
        assert await fetch_column(conn, "SELECT file FROM kept_open_repairs") == []


async def publish(instance: Instance, *, published: bool = True) -> None:
    async with transaction(instance.pool) as conn:
        await preferences.write(conn, {"repairs_published": published})
        await kept_files.forget(conn)


@pytest.mark.parametrize(("hours", "status"), [(None, 503), (2, 200), (25, 503)])
async def test_nobody_waits_for_a_file_that_somebody_else_has_written(
    visitor: Browser, instance: Instance, hours: int | None, status: int
) -> None:
    """Else a few readers would hold all connections while one file is written."""
    await publish(instance)
    async with transaction(instance.pool) as conn:
        if hours is not None:
            made_at = datetime.now(UTC) - timedelta(hours=hours)
            await kept_files.save(conn, "ord", KeptFile(made_at=made_at, body=b"before"))
    async with transaction(instance.pool) as conn:
        assert await kept_files.try_lock(conn, "ord")

        answers = [await visitor.get("/reparations/ord.csv") for _ in range(2)]

    assert [page.status for page in answers] == [status] * 2
    assert {page.text == "before" for page in answers} == {status == 200}
    assert {"Retry-After" in page.headers for page in answers} == {status == 503}
    assert (await visitor.get("/reparations/ord.csv")).text.startswith("id,data_provider")


async def test_a_file_that_is_being_written_while_it_is_unpublished_does_not_stay(
    admin: Browser, instance: Instance
) -> None:
    await publish(instance)
    async with transaction(instance.pool) as conn:
        assert await kept_files.try_lock(conn, "ord")
        ending = asyncio.create_task(
            admin.send("/coop/reparations/donnees", {"act": "unpublished"}, form_on="/coop/reparations/donnees")
        )
        done, _ = await asyncio.wait({ending}, timeout=0.5)
        await kept_files.save(conn, "ord", KeptFile(made_at=datetime.now(UTC), body=b"late"))
    assert done == set() and (await ending).status == 303

    async with connection(instance.pool) as conn:
        assert await fetch_value(conn, "SELECT count(*) FROM kept_open_repairs") == 0


async def test_what_was_unpublished_a_moment_ago_is_not_written(
    visitor: Browser, instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    await publish(instance)
    find = kept_files.find

    async def find_late(conn: Connection, file: str, **within: Any) -> KeptFile | None:
        await publish(instance, published=False)
        return await find(conn, file, **within)

    monkeypatch.setattr(kept_files, "find", find_late)

    assert (await visitor.get("/reparations/ord.csv")).status == 404
    async with connection(instance.pool) as conn:
        assert await fetch_value(conn, "SELECT count(*) FROM kept_open_repairs") == 0


async def test_who_asks_for_the_head_alone_makes_nobody_read_anything(
    admin: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(open_data, "find_publisher", lambda *_: 1 // 0)

    answer = await admin.ask("HEAD", "/coop/reparations/ord.csv")

    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/csv; charset=utf-8")


async def test_the_files_are_for_who_administers_and_a_visitor_logs_in(
    visitor: Browser, alice: Browser, admin: Browser
) -> None:
    answers = [await browser.get("/coop/reparations/ord.csv") for browser in (visitor, alice, admin)]

    assert [page.status for page in answers] == [303, 404, 200]


async def test_a_cell_never_acts_in_a_spreadsheet(admin: Browser, instance: Instance) -> None:
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE repair_result SET problem = '=1+1', brand = '@SUM(1)'")

    _, *lines = await read_csv(admin, "/coop/reparations/velos.csv", ",")

    assert {line[14] for line in lines} == {"'=1+1"}
