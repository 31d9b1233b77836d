"""Every page through axe-core (WCAG 2.2 A and AA) in a look drawn from its name; and what axe does not see.

`make walk` goes to each page as everybody who may open it, narrow and wide, by day and by night, and takes pictures.
"""

from collections import Counter
from collections.abc import AsyncIterator
from itertools import pairwise

import pytest
from playwright.async_api import Browser, Page

from models.store.database import open_pool
from tests.databases import copied_database
from tests.web.axe import list_violations, needs_axe
from tests.web.chromium import needs_chromium
from tests.web.furnished_village import Readers, serve_furnished, take_page
from tests.web.live_site import Live
from tests.web.looks import LOOKS, Look, choose_looks
from tests.web.page_checks import list_flaws
from tests.web.shown_pages import EVERYBODY, PAGES, Reader, Visit, list_all, list_drawn, list_visits

pytestmark = [needs_axe, needs_chromium]

OUTLINE = "[...document.querySelectorAll('h1,h2,h3,h4')].filter(h => h.checkVisibility()).map(h => +h.tagName[1])"


@pytest.fixture(scope="module")
async def live(postgres_url: str, furnished: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Live]:
    """One village for the whole module: these tests only look."""
    async with copied_database(postgres_url, furnished) as url:
        pool = await open_pool(url)
        async with serve_furnished(pool, tmp_path_factory.mktemp("data")) as live:
            yield live
        pool.terminate()


@pytest.fixture(scope="module")
async def readers(live: Live, chromium: Browser) -> AsyncIterator[Readers]:
    """All of them."""
    readers = Readers(live=live, chromium=chromium)
    yield readers
    await readers.close()


@pytest.mark.parametrize("visit", list_visits(), ids=str)
async def test_page_has_no_violation_fits_320_pixels_and_makes_an_outline(readers: Readers, visit: Visit) -> None:
    page = await readers.open(visit)
    if page is None:
        return  # it opens for others

    wide = await page.evaluate("document.documentElement.scrollWidth")
    levels = await page.evaluate(OUTLINE)
    flaws = await list_flaws(page)
    violations = await list_violations(page, str(visit))

    assert wide <= 320
    assert not flaws
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels)), levels
    assert not violations
    assert not readers.broken


def test_each_page_is_drawn_once_and_all_readers_and_looks_come_up() -> None:
    drawn = list_drawn()
    looks = Counter(choose for one in drawn for choose in choose_looks(str(one)))
    served = Counter(one.reader for one in drawn)

    assert [one.name for one in drawn] == list(PAGES)
    assert drawn == list_drawn(), "the same in each run"
    assert all(one.reader in PAGES[one.name].readers for one in drawn)
    assert set(looks) == set(LOOKS) and min(looks.values()) * len(LOOKS) > len(drawn) / 2
    assert set(served) == set(EVERYBODY)


def test_the_walk_goes_to_each_address_as_everybody_and_to_none_twice() -> None:
    walked = list_all()
    asked = Counter((PAGES[one.name].address, one.reader) for one in walked)

    assert set(asked.values()) == {1}
    assert len(asked) == len({page.address for page in PAGES.values()}) * len(EVERYBODY)
    assert {one for one in walked if not one.tries} >= set(list_drawn())


@pytest.mark.parametrize("looks", [LOOKS, LOOKS[1:2]], ids=lambda looks: " and ".join(map(str, looks)))
async def test_what_is_wrong_with_a_page_is_noticed_in_each_look(readers: Readers, looks: tuple[Look, ...]) -> None:
    page = await readers.open(Visit("help", "visitor"))
    assert page
    await page.evaluate("""() => {
      document.body.insertAdjacentHTML('beforeend', '<img src=x><p id=pale>Presque blanc</p>');
      document.querySelector('#pale').style.cssText = 'color: #777; background: #888';
      console.error('mind the gap');
    }""")

    found = {" ".join(one.split()[:3]) for one in await list_violations(page, "help", looks)}

    pale = {f"{look} color-contrast:" for look in looks}
    bare = {f"{look} image-alt:" for look in looks if look.scheme == "light" or len(looks) == 1}
    assert found == pale | bare
    assert [one.split(" (")[0] for one in readers.broken if "mind" in one] == ["console: mind the gap"]
    assert any(one.startswith("404: ") for one in readers.broken)


async def open_page(live: Live, chromium: Browser, name: str, reader: Reader) -> Page:
    """The page, in a browser that nobody used."""
    page = await take_page(live, chromium, reader)
    await page.goto(live.url + PAGES[name].find_path(live.village))
    return page


async def test_forms_that_come_back_have_no_violation(live: Live, chromium: Browser) -> None:
    page = await open_page(live, chromium, "publish", "member")
    await page.get_by_role("button", name="Publier l’annonce").click()
    await page.locator("#erreurs").wait_for()
    wrong = await list_violations(page, "publish with mistakes")
    await page.get_by_label("Titre").fill("Râteau")
    await page.get_by_role("radio", name="Don").check()
    await page.get_by_role("button", name="Voir d’abord").click()
    await page.get_by_text("Voilà ce que les autres verront").wait_for()

    preview = await list_violations(page, "preview")

    await page.context.close()
    assert not wrong + preview


async def test_what_was_typed_comes_back_after_log_in_without_violation(live: Live, chromium: Browser) -> None:
    page = await open_page(live, chromium, "listing to a member", "neighbour")
    await page.get_by_label("Votre message").fill("Est-elle libre samedi ?\nJe passe la prendre.")
    await page.context.clear_cookies()
    await page.get_by_role("button", name="Envoyer").click()
    await page.get_by_text("Votre session s’est terminée").wait_for()

    violations = await list_violations(page, "typed before log-in")

    await page.context.close()
    assert not violations


async def test_first_tab_leads_to_the_content(live: Live, chromium: Browser) -> None:
    page = await open_page(live, chromium, "network page", "visitor")

    await page.keyboard.press("Tab")
    first = await page.evaluate("document.activeElement.getAttribute('href')")

    await page.context.close()
    assert first == "#contenu"
