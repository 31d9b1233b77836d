"""What the page says of how the words were read: corrected, left out, taken as well; and what comes close."""

import pytest

from federation.instance import Instance
from models.searches.language import known_words
from models.store.database import transaction
from tests import sample_village
from tests.sample_village import Village
from tests.web.pages.conftest import Browser, Page

TENT = "Tente 4 places, facile à monter"


def titles(page: Page) -> list[str]:
    """The listings that stand on the page, in their order."""
    return [link.text_content() for link in page.html.xpath("//ul[@class='listings']//a")]


def said(page: Page) -> str:
    """What the page says of the search itself."""
    found = page.html.xpath("//div[contains(@class, 'notice')]")
    return " ".join(found[0].text_content().replace("\xa0", " ").split()) if found else ""


@pytest.fixture
async def known(lomme: Village, instance: Instance) -> None:
    """The words of the village's listings, as this instance knows them."""
    async with transaction(instance.pool) as conn:
        await known_words.take_new_words(conn)


@pytest.mark.usefixtures("known")
async def test_a_word_that_was_corrected_is_said_and_can_be_searched_as_it_is(visitor: Browser) -> None:
    page = await visitor.get("/annonces?q=tnete&lieu=Lomme")
    (exactly,) = page.html.xpath("//a[contains(., 'Chercher exactement')]/@href")

    assert titles(page) == [TENT]
    assert "Nous avons cherché « tente » au lieu de « tnete »." in said(page)
    assert exactly == "/annonces?q=%22tnete%22&lieu=Lomme+%2859160%29"
    exact = await visitor.get(exactly)
    assert titles(exact) == []
    assert said(exact) == ""


@pytest.mark.usefixtures("known")
async def test_what_nothing_was_found_with_is_said(visitor: Browser) -> None:
    page = await visitor.get("/annonces?q=tente+9+personnes")

    assert titles(page)[0] == TENT
    assert "Rien avec « 9 personnes » : voici les annonces pour « tente »." in said(page)


@pytest.mark.usefixtures("known")
async def test_a_search_that_did_what_it_was_asked_says_nothing(visitor: Browser) -> None:
    assert said(await visitor.get("/annonces?q=tente")) == ""
    assert said(await visitor.get("/annonces")) == ""


async def test_words_that_say_nothing_are_said(visitor: Browser) -> None:
    page = await visitor.get("/annonces?q=%3F%3F%3F")

    assert "Il n’y a rien à chercher dans « ??? » : voici toutes les annonces." in said(page)
    assert len(titles(page)) == 7


async def test_what_is_typed_is_shown_as_text_alone(visitor: Browser) -> None:
    page = await visitor.get("/annonces?q=%3Cscript%3Ealert(1)%3C%2Fscript%3E+tente")

    assert not page.html.xpath("//main//script")
    assert page.html.xpath("//input[@id='q']/@value") == ["<script>alert(1)</script> tente"]


async def test_those_with_most_words_come_after_those_with_all(
    visitor: Browser, lomme: Village, instance: Instance
) -> None:
    async with transaction(instance.pool) as conn:
        for title in ("Grande échelle rouge pliante", "Échelle rouge", "Échelle pliante"):
            await sample_village.publish(conn, lomme.site, lomme.alice, title, "<p>Solide.</p>")

    page = await visitor.get("/annonces?q=echelle+rouge+pliante")

    assert titles(page)[0] == "Grande échelle rouge pliante"
    assert "celles qui en ont une partie viennent après" in said(page)
