"""A search on other sites: only its frame may be framed, and nothing in it can be used against who reads it."""

import re

import pytest

from tests.web.pages.conftest import Browser
from web.pages.searches.embedding import ELEMENT


async def test_frame_may_be_framed_and_holds_nothing_to_fill_in(visitor: Browser, alice: Browser) -> None:
    for browser in (visitor, alice):
        page = await browser.get("/embed/annonces?q=tente")

        policy = page.headers["Content-Security-Policy"]
        assert "frame-ancestors *" in policy
        assert "form-action 'none'" in policy
        assert "X-Frame-Options" not in page.headers
        assert "Set-Cookie" not in page.headers
        assert page.headers["Cache-Control"] == "public, max-age=300"
        assert not page.html.xpath("//form | //input | //button | //script")
        assert not page.html.xpath("//a[contains(@href, 'connexion') or contains(@href, 'compte')]")
        assert page.html.xpath("//base/@target") == ["_blank"]
        assert page.html.xpath("//ul[@class='listings']/li")


@pytest.mark.parametrize("path", ["/annonces?q=tente", "/annonces/integrer", "/embed/rien", "/", "/connexion"])
async def test_nothing_else_may_be_framed(visitor: Browser, path: str) -> None:
    page = await visitor.get(path)

    assert page.headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "query",
    [
        "nombre=1000000",
        "nombre=-3&km=999999&lieu=nulle+part",
        "nombre=%00&q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E",
        "cat=%27;drop&mode=x&genre=x&du=99999-99-99&au=0&tri=who&page=-1",
        "q=" + "a" * 3000,
        "coop=javascript:alert(1)",
    ],
)
async def test_hostile_parameters_get_an_answer_and_stay_words(visitor: Browser, query: str) -> None:
    for path in ("/embed/annonces", "/annonces/integrer", "/annonces/affiche", "/annonces/flux.json"):
        page = await visitor.get(f"{path}?{query}")

        assert page.status == 200
        assert "<script>alert" not in page.text or page.headers["Content-Type"].startswith("application/feed+json")


@pytest.mark.parametrize(("asked", "shown"), [("2", 2), ("0", 1), ("", 6), ("deux", 6)])
async def test_frame_shows_as_many_as_asked_for(visitor: Browser, asked: str, shown: int) -> None:
    page = await visitor.get(f"/embed/annonces?nombre={asked}")

    assert len(page.html.xpath("//ul[@class='listings']/li")) == shown


async def test_page_gives_both_ways_to_copy(visitor: Browser) -> None:
    page = await visitor.get("/annonces/integrer?q=tente&lieu=Lomme&km=10")

    frame, element = page.html.xpath("//textarea/text()")
    assert 'src="http://lomme.test/embed/annonces?q=tente&amp;lieu=Lomme+%2859160%29&amp;km=10"' in frame
    assert 'title="Les annonces pour « tente », à moins de 10\u00a0km de Lomme — La Remise"' in frame.replace(
        "\u202f", " "
    )
    assert "<declic-annonces" in element
    assert page.html.xpath("//iframe/@src") == ["/embed/annonces?q=tente&lieu=Lomme+%2859160%29&km=10"]


async def test_element_is_small_open_to_other_sites_and_uses_no_html(visitor: Browser) -> None:
    page = await visitor.get("/embed/annonces.js")

    assert page.headers["Content-Type"].startswith("text/javascript")
    assert page.headers["Cache-Control"] == "public, max-age=86400"
    assert ELEMENT.stat().st_size <= 4096
    assert not re.search(r"innerHTML|insertAdjacentHTML|document\.cookie|localStorage|eval\(", page.text)


@pytest.mark.parametrize("path", ["/embed/annonces.js", "/annonces/flux.json"])
async def test_other_sites_may_read_what_the_element_needs(visitor: Browser, path: str) -> None:
    assert (await visitor.get(path)).headers["Access-Control-Allow-Origin"] == "*"
