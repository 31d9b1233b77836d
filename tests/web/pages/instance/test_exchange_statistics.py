"""The spreadsheet of exchanges, for administrators."""

import csv
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from io import StringIO

import pytest

from federation.instance import Instance
from models.exchanges.agreements import Terms
from models.people.actors import Actor
from models.store.database import execute, transaction
from outbox.exchanges.agreements.agreements import accept, request
from outbox.listings.listings import withdraw
from outbox.threads.agreement_context import Said
from tests.sample_village import Village
from tests.web.pages.conftest import SITE, Browser
from web.rendering.feeds.spreadsheets import MARK

HERE = "/coop/echanges.csv"


@pytest.fixture
async def nadia(open_browser: Callable[[Actor | None], Awaitable[Browser]], lomme: Village) -> Browser:
    """She administers."""
    return await open_browser(lomme.admin)


async def read(browser: Browser, language: str = "fr") -> list[list[str]]:
    page = await browser.get(HERE, language=language)
    assert page.status == 200 and page.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert page.headers["Content-Disposition"] == 'attachment; filename="echanges.csv"'
    assert page.text.startswith(MARK)
    return list(csv.reader(StringIO(page.text.removeprefix(MARK)), delimiter=";"))


async def ask(instance: Instance, lomme: Village) -> None:
    """Hocine borrows Alice's tent across the night in which clocks change, and asks Léonie elsewhere for a machine."""
    begin, end = datetime(2027, 10, 29, 22, tzinfo=UTC), datetime(2027, 11, 1, 23, tzinfo=UTC)
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE listing SET begins_at = NULL, ends_at = NULL, max_duration = NULL")
        words = Said(text="Un secret entre nous")
        asked = await request(conn, SITE, lomme.hocine, lomme.tent, Terms(begins_at=begin, ends_at=end), words)
        await accept(conn, SITE, lomme.alice, asked)
        await request(conn, SITE, lomme.hocine, lomme.sewing, Terms(begins_at=begin, ends_at=end), words)


async def test_it_is_for_administrators(nadia: Browser, alice: Browser, visitor: Browser) -> None:
    assert (await visitor.get(HERE)).location.startswith("/connexion")
    assert (await alice.get(HERE)).status == 404
    assert "Les échanges, dans un tableur" in (await nadia.get("/coop")).words()
    assert HERE not in (await alice.get("/compte")).text


async def test_each_agreement_is_a_line_without_names_or_words(
    instance: Instance, lomme: Village, nadia: Browser
) -> None:
    await ask(instance, lomme)

    [heads, tent, sewing] = await read(nadia)

    today = datetime.now(UTC).date().isoformat()
    assert heads == ["Demandé le", "Genre", "Façon", "Catégorie", "Commune", "État", "Durée en heures", "Avec"]
    assert tent[1:] == ["Offre", "Prêt", "Camping et randonnée", "Lomme", "D’accord", "73", "ici"]
    assert sewing[1:4] == ["Offre", "Prêt", "Couture"] and sewing[5:] == ["Demandé", "73", "henin.test"]
    assert abs((datetime.fromisoformat(tent[0]) - datetime.fromisoformat(today)).days) <= 1
    written = " ".join([*tent, *sewing])
    for word in ("secret", "alice", "Maryse", "Hocine", "Léonie", "Tente"):
        assert word.lower() not in written.lower()


async def test_what_came_of_a_withdrawn_listing_still_counts(
    instance: Instance, lomme: Village, nadia: Browser
) -> None:
    await ask(instance, lomme)
    async with transaction(instance.pool) as conn:
        await withdraw(conn, SITE, lomme.alice, lomme.tent.uri)

    [_, tent, _] = await read(nadia)

    assert tent[1:] == ["Offre", "Prêt", "", "", "D’accord", "73", "ici"]


async def test_nothing_follows_the_head_that_is_asked_for_alone(
    instance: Instance, lomme: Village, nadia: Browser
) -> None:
    await ask(instance, lomme)

    answer = await nadia.client.head(HERE)

    assert answer.status == 200 and await answer.read() == b""
    assert len(await read(nadia)) == 3
