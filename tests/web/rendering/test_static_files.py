"""Static files, the choice of a language, and what every page has."""

import gzip

import pytest

from tests.sample_village import Village
from tests.web.pages.conftest import Browser, Page


async def test_static_files_are_kept_for_ever_under_hashed_names(visitor: Browser) -> None:
    (sheet, *_) = (await visitor.get("/")).html.xpath("//link[@rel='stylesheet']/@href")

    answer = await visitor.client.get(sheet, headers={"Accept-Encoding": "gzip"}, auto_decompress=False)
    body = await answer.read()

    assert answer.status == 200
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert b"@layer" in gzip.decompress(body)


@pytest.mark.parametrize("path", ["/static/base.css", "/static/../render.py", "/static/%2e%2e/render.py", "/static/"])
async def test_nothing_else_is_served_from_the_folder(visitor: Browser, path: str) -> None:
    assert (await visitor.get(path)).status == 404


async def choose(visitor: Browser, language: str, back: str) -> Page:
    """The button at the foot of a page."""
    data = {"language": language, "back": back}
    return await visitor.read(await visitor.client.post("/langue", data=data, allow_redirects=False))


async def test_language_is_chosen_and_kept_in_a_cookie(visitor: Browser) -> None:
    foot = (await visitor.get("/aide")).html.xpath("//footer//form[@action='/langue']")
    answer = await choose(visitor, "en", foot[0].fields["back"])
    page = await visitor.get(answer.location, language="fr")

    assert answer.location == "/aide"
    assert "csrf_token" not in foot[0].fields and "Set-Cookie" not in (await visitor.get("/aide")).headers
    assert page.html.get("lang") == "en"
    assert "How does it work?" in page.words()


@pytest.mark.parametrize("back", ["https://evil.test/", "//evil.test/", "/\\evil.test"])
async def test_language_never_leads_away(visitor: Browser, back: str) -> None:
    assert (await choose(visitor, "en", back)).location == "/"


async def test_language_that_is_not_spoken_is_not_found(visitor: Browser) -> None:
    assert (await visitor.get("/langue/br")).status == 404
    assert (await choose(visitor, "br", "/")).status == 404


async def test_another_site_chooses_no_language_for_a_visitor(visitor: Browser) -> None:
    data = {"language": "en", "back": "/"}

    answer = await visitor.client.post("/langue", data=data, headers={"Origin": "https://evil.test"})

    assert answer.status == 403 and "Set-Cookie" not in answer.headers


async def test_member_reads_in_the_language_of_her_account(alice: Browser, lomme: Village) -> None:
    assert (await alice.get("/aide", language="en")).html.get("lang") == "fr"


async def test_legal_notice_names_who_publishes_directs_and_hosts(visitor: Browser) -> None:
    words = (await visitor.get("/mentions-legales")).words()

    assert "La Remise, association loi 1901" in words
    assert "Nadia Belkacem" in words
    assert "Un Hébergeur, 1 rue du Câble" in words
