"""The points of all, for administrators."""

import csv
from collections.abc import Awaitable, Callable
from io import StringIO

import pytest

from federation.instance import Instance
from models.exchanges import points
from models.people.actors import Actor
from models.store.database import transaction
from tests.points import fill_ledger, give
from tests.sample_village import Village
from tests.web.pages.conftest import Browser
from tests.web.pages.listings.publish.test_publish_page import errors

OpenBrowser = Callable[[Actor | None], Awaitable[Browser]]

PATHS = ("/coop/points", "/coop/points/alice", "/coop/points.csv")


@pytest.fixture
async def ledger(instance: Instance, lomme: Village) -> Village:
    """The village keeps points."""
    async with transaction(instance.pool) as conn:
        await fill_ledger(conn, lomme)
    return lomme


@pytest.fixture
async def nadia(open_browser: OpenBrowser, lomme: Village) -> Browser:
    """She administers."""
    return await open_browser(lomme.admin)


async def find_balance(instance: Instance, member: Actor) -> int:
    async with transaction(instance.pool) as conn:
        return await points.find_balance(conn, member.id)


async def test_it_is_for_administrators_and_only_where_points_are_kept(
    nadia: Browser, alice: Browser, visitor: Browser
) -> None:
    for path in PATHS:
        assert (await visitor.get(path)).location.startswith("/connexion")
        assert (await alice.get(path)).status == 404
        assert (await nadia.get(path)).status == 404


async def test_totals_and_members_are_shown_and_found(nadia: Browser, ledger: Village) -> None:
    page = await nadia.get("/coop/points")
    found = await nadia.get("/coop/points?q=MARY")

    figures = [figure.text_content() for figure in page.html.xpath("//dd[@class='number']")]
    assert figures == ["260", "0", "1", "12"]
    assert "Maryse @alice107 graines, 12 venant d’autres membres, 0 allant vers eux" in page.words()
    assert "@hocine" in page.words() and "@hocine" not in found.words() and "@alice" in found.words()


async def test_a_correction_is_written_with_its_reason_and_seen_by_the_member(
    nadia: Browser, alice: Browser, ledger: Village, instance: Instance
) -> None:
    form = {"act": "take_back", "number": "7", "reason": "compté deux fois"}

    sent = await nadia.send("/coop/points/alice", form, form_on="/coop/points/alice")
    shown = await nadia.get(sent.location)

    assert sent.location == "/coop/points/alice?fait=corrected"
    assert "C’est inscrit" in shown.words() and "Inscrit par Nadia : compté deux fois" in shown.words()
    assert "−7 graines" in (await alice.get("/points")).words()
    assert await find_balance(instance, ledger.alice) == 100


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"act": ""}, "act"),
        ({"number": "0"}, "number"),
        ({"number": "dix"}, "number"),
        ({"reason": " "}, "reason"),
        ({"act": "take_back", "number": "100"}, "number"),  # 8 of her 107 are promised
    ],
)
async def test_a_correction_with_a_mistake_comes_back_as_it_was_typed(
    nadia: Browser, ledger: Village, instance: Instance, changes: dict[str, str], field: str
) -> None:
    form = {"act": "give", "number": "7", "reason": "thanks"} | changes

    page = await nadia.send("/coop/points/alice", form, form_on="/coop/points/alice")

    assert page.status == 422 and list(errors(page)) == [field]
    assert page.html.xpath("//input[@name='number']/@value") == [form["number"]]
    assert await find_balance(instance, ledger.alice) == 107


async def test_a_member_corrects_nothing(alice: Browser, ledger: Village, instance: Instance) -> None:
    form = {"act": "give", "number": "7", "reason": "pour moi"}

    page = await alice.send("/coop/points/alice", form, form_on="/compte")

    assert page.status == 404 and await find_balance(instance, ledger.alice) == 107


async def test_nobody_has_no_page(nadia: Browser, ledger: Village) -> None:
    assert (await nadia.get("/coop/points/personne")).status == 404
    assert (await nadia.get("/coop/points/coop")).status == 404


async def test_the_spreadsheet_has_every_movement(
    nadia: Browser, ledger: Village, instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.rendering.feeds.spreadsheets.AT_ONCE", 4)
    async with transaction(instance.pool) as conn:
        await give(conn, ledger.alice, 3, reason="=SOMME(A1:A9)")

    page = await nadia.get("/coop/points.csv")

    assert page.headers["Content-Type"] == "text/csv; charset=utf-8" and page.headers["Cache-Control"] == "no-store"
    header, *rows = csv.reader(StringIO(page.text.removeprefix("\ufeff")), delimiter=";")
    assert header == ["Date", "Nature", "De", "À", "Nombre", "Raison", "Inscrit par"]
    assert ["Échange entre membres", "hocine", "alice", "12", "", ""] in [row[1:] for row in rows]
    assert rows[-1][1:] == ["Correction", "la coop", "alice", "3", "'=SOMME(A1:A9)", "alice"]
    assert len(rows) == 11
