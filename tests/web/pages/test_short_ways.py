"""What a page takes of the database: one connection beside the session's, and nothing for what it does not show."""

import re

import pytest

from federation.instance import Instance
from models.listings import listing_drafts
from models.news import news
from models.store.database import Pool, connection, fetch_value
from tests.sample_threads import SampleThreads
from tests.sample_village import Village
from tests.web.asked_statements import list_beginnings, note_statements
from tests.web.pages.conftest import Browser
from tests.web.pages.listings.publish.test_publish_page import changed, send_form


@pytest.fixture
def taken(instance: Instance, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """One entry for each connection that was taken from the pool."""
    taken: list[str] = []
    acquire = type(instance.pool).acquire

    def note(pool: Pool, **options: float) -> object:
        taken.append("connection")
        return acquire(pool, **options)

    monkeypatch.setattr(type(instance.pool), "acquire", note)
    return taken


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Each statement that goes to the database."""
    return note_statements(monkeypatch)


@pytest.mark.parametrize(
    ("page", "reader", "most"),
    [
        ("/annonces", "visitor", 8),
        ("/annonces", "member", 10),
        ("a listing", "visitor", 22),
        ("a listing", "member", 40),
        ("a copy", "member", 25),
        ("a thread", "member", 24),
        ("/", "visitor", 14),
        ("/", "member", 17),
        ("/fil", "member", 20),
    ],
)
async def test_a_page_asks_the_database_few_questions(
    visitor: Browser,
    alice: Browser,
    lomme: Village,
    made: SampleThreads,
    asked: list[str],
    page: str,
    reader: str,
    most: int,
) -> None:
    paths = {
        "a listing": lomme.tent.post.url.removeprefix(lomme.site.url),
        "a copy": f"/annonces/d/{lomme.sewing.id}",
        "a thread": f"/echanges/{made.tent.exchange_id}",
    }
    browser = visitor if reader == "visitor" else alice
    for _ in range(2):
        asked.clear()
        assert (await browser.get(paths.get(page, page))).status == 200

    assert len(asked) <= most, list_beginnings(asked)


@pytest.mark.parametrize("path", ["/annonces", "/reseau", "/", "a listing"])
async def test_a_members_page_takes_one_connection_beside_that_of_the_session(
    alice: Browser, lomme: Village, taken: list[str], path: str
) -> None:
    listing = lomme.tent.post.url.removeprefix(lomme.site.url)
    taken.clear()

    page = await alice.get(listing if path == "a listing" else path)

    assert page.status == 200, page.location
    assert len(taken) == 2


async def test_what_is_new_stands_in_the_header_of_every_page_alike(
    alice: Browser, lomme: Village, instance: Instance
) -> None:
    async with connection(instance.pool) as conn:
        new = await news.count_unread(conn, lomme.alice.id)
    marks = {
        path: re.findall(r'class="counter"><span aria-hidden="true">(\d+)<', (await alice.get(path)).text)
        for path in ("/annonces", "/reseau", "/", "/mentions-legales")
    }

    assert new > 0
    assert marks == {path: [str(new)] for path in marks}


async def test_a_listing_from_the_form_asks_for_no_note_that_it_may_have_begun_with(
    alice: Browser, instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> None:
        raise AssertionError("the form began with no note")

    monkeypatch.setattr(listing_drafts, "find_own", fail)
    page = await alice.get("/publier?genre=offer")

    answer = await send_form(alice, "/publier", page, changed(page, title="Échelle", mode="gift", place="Lomme"))

    assert answer.status == 303, answer.words()
    async with connection(instance.pool) as conn:
        assert await fetch_value(conn, "SELECT count(*) FROM listing WHERE title = 'Échelle'") == 1
