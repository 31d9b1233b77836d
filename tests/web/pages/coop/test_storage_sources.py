"""What nothing can note any more stands on the cooperative's home all the same: a full disk, a closed database."""

from collections.abc import Awaitable, Callable

import pytest

from models.people.actors import Actor
from models.store import disk_space
from models.store.database import Pool, transaction
from models.store.disk_space import MEGABYTE, DiskSpace
from tests.databases import closed_for_writing
from tests.sample_village import Village
from tests.web.actions.doctor.patients import make_patient
from tests.web.pages.conftest import Browser, Page
from web.actions.doctor import database, work
from web.pages.coop import home

Open = Callable[[Actor | None], Awaitable[Browser]]

CLOSED = "La base de données ne garde plus rien"

FULL = "Il n’y a presque plus de place sur le disque"


def list_lines(page: Page) -> list[str]:
    return [line.text_content() for line in page.html.xpath("//main//ol[@role='list']/li//b")]


async def test_a_disk_that_filled_before_anybody_could_note_it_is_told_once(
    open_browser: Open, lomme: Village, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    nadia, full = await open_browser(lomme.admin), DiskSpace(free=MEGABYTE, total=100_000 * MEGABYTE)
    alice = await open_browser(lomme.alice)
    monkeypatch.setattr(disk_space, "measure", lambda _: full)

    told = await nadia.get("/coop")
    news = await alice.get("/notifications")
    async with transaction(pool) as conn:
        await disk_space.note(conn, full)
    noted = await nadia.get("/coop")

    assert list_lines(told).count(FULL) == list_lines(noted).count(FULL) == 1
    assert "il reste 1 Mo" in told.words()
    assert FULL not in news.text


async def test_a_database_that_only_lets_itself_be_read_is_told_with_what_opens_it(
    open_browser: Open, lomme: Village, pool: Pool
) -> None:
    nadia = await open_browser(lomme.admin)
    before = await nadia.get("/coop")

    async with closed_for_writing(pool):
        page = await nadia.get("/coop")
        found = await database.check_database(make_patient(pool))
        working = await work.check_worker(make_patient(pool))

    assert CLOSED not in before.text and list_lines(page)[0] == CLOSED
    assert found.severity == "error" and "elle ne garde plus rien" in found.what
    assert "SET default_transaction_read_only = off" in found.command
    assert working.severity == "skipped"


def test_more_things_than_there_are_words_for_are_counted_in_figures() -> None:
    words = [home._count_in_words(make_patient().say, count) for count in (2, 20, 21)]

    assert words == ["deux", "vingt", "21"]
