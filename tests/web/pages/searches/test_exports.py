"""A search for other programs: the same parameters, what a visitor may read, and nothing that breaks a reader."""

import json
import re
from datetime import datetime

import icalendar
import pytest
from lxml import etree

from federation.instance import Instance
from models.moments import PARIS
from models.store.database import execute, transaction
from tests.sample_village import Village
from tests.web.pages.conftest import Browser

FEEDS = ("atom", "json", "geojson")

TENT = "Tente 4 places, facile à monter"
SEWING = "Machine à coudre et boîte à fils"


async def read_titles(browser: Browser, format: str, query: str) -> set[str]:
    page = await browser.get(f"/annonces/flux.{format}?{query}")
    assert page.status == 200
    match format:
        case "atom":
            tree = etree.fromstring(page.text.encode())
            return set(tree.xpath("//a:entry/a:title/text()", namespaces={"a": "http://www.w3.org/2005/Atom"}))
        case "json":
            return {item["title"] for item in json.loads(page.text)["items"]}
        case _:
            return {one["properties"]["title"] for one in json.loads(page.text)["features"]}


@pytest.mark.parametrize("format", ["atom", "json", "geojson"])
@pytest.mark.parametrize(
    ("query", "found"), [("q=tentes", {TENT}), ("lieu=Carvin&km=10", {SEWING}), ("q=introuvable", set())]
)
async def test_each_format_holds_what_the_page_finds(
    visitor: Browser, format: str, query: str, found: set[str]
) -> None:
    assert await read_titles(visitor, format, query) == found


async def test_json_feed_has_what_the_format_asks_for(visitor: Browser) -> None:
    page = await visitor.get("/annonces/flux.json?q=tente&lieu=Lomme&page=9&nonsense=1")

    feed = json.loads(page.text)
    assert page.headers["Content-Type"] == "application/feed+json; charset=utf-8"
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["title"].replace("\u202f", " ") == "Les annonces pour « tente », autour de Lomme — La Remise"
    assert feed["home_page_url"] == "http://lomme.test/annonces?q=tente&lieu=Lomme+%2859160%29"
    (item,) = feed["items"]
    assert item["url"].startswith("http://lomme.test/annonces/")
    assert item["_declic"]["kind"] == "offer"
    assert item["_declic"]["place"] == "Lomme"


async def test_only_listings_with_days_stand_on_the_calendar(
    visitor: Browser, lomme: Village, instance: Instance
) -> None:
    async with transaction(instance.pool) as conn:
        first, last = datetime(2026, 12, 5, 0, 0, tzinfo=PARIS), datetime(2026, 12, 6, 23, 59, tzinfo=PARIS)
        await execute(conn, "UPDATE listing SET begins_at = NULL, ends_at = NULL")
        await execute(
            conn, "UPDATE listing SET begins_at = $2, ends_at = $3 WHERE post_id = $1", lomme.tent.id, first, last
        )
    page = await visitor.get("/annonces/flux.ics")

    assert page.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert re.findall(r"(DTSTART|DTEND);VALUE=DATE:(\d+)", page.text) == [
        ("DTSTART", "20261205"),
        ("DTEND", "20261207"),
    ]


async def test_hostile_dates_and_texts_break_no_calendar(visitor: Browser, lomme: Village, instance: Instance) -> None:
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE listing SET begins_at = NULL, ends_at = NULL")
        await execute(
            conn,
            "UPDATE listing SET begins_at = $2, ends_at = $3, title = $4, place_name = $4 WHERE post_id = $1",
            lomme.sewing.id,
            datetime(8999, 12, 31, tzinfo=PARIS),
            datetime(1970, 1, 2, tzinfo=PARIS),
            "Atelier\x01\x1b\u2028\r\nEND:VEVENT\r\nBEGIN:VALARM; , \\ 🪡" * 3,
        )
        await execute(conn, "UPDATE post SET updated_at = published_at - interval '1 year' WHERE kind = 'listing'")

    page = await visitor.get("/annonces/flux.ics")

    [event] = icalendar.Calendar.from_ical(page.text).walk("VEVENT")
    assert [event[name].to_ical() for name in ("DTSTART", "DTEND")] == [b"89991231", b"90000101"]
    assert event["SEQUENCE"] == 0
    assert event.walk("VALARM") == [], "a listing is nobody's appointment"
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", page.text)


async def test_what_stands_behind_a_warning_is_shown_in_no_list(
    visitor: Browser, lomme: Village, instance: Instance
) -> None:
    doors = ("/annonces?q=machine", "/embed/annonces?q=machine", *(f"/annonces/flux.{one}?q=machine" for one in FEEDS))
    before = [(await visitor.get(door)).text.count("/media/") for door in doors]
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE post SET sensitive = true WHERE id = $1", lomme.sewing.id)

    after = [(await visitor.get(door)).text for door in doors]

    assert all(before) and [text.count("/media/") for text in after] == [0] * len(doors)
    assert all("Machine à coudre" in text for text in after)


async def test_member_gets_what_visitors_get(alice: Browser, visitor: Browser) -> None:
    """A program that follows the address has no account; nor may a cache keep what only members read."""
    hers = await alice.get("/annonces/flux.json")
    theirs = await visitor.get("/annonces/flux.json")

    assert hers.text == theirs.text
    assert hers.headers["Cache-Control"] == "public, max-age=300"
    assert "Accept-Language" in hers.headers["Vary"], "its title is in the language that was asked for"


async def test_page_names_its_feeds(visitor: Browser) -> None:
    page = await visitor.get("/annonces?q=tente")

    links = {link.get("type"): link.get("href") for link in page.html.xpath("//head/link[@rel='alternate']")}
    assert links["application/atom+xml"] == "/annonces/flux.atom?q=tente"
    assert links["application/feed+json"] == "/annonces/flux.json?q=tente"
    assert links["application/json+oembed"].endswith("url=http%3A//lomme.test/annonces%3Fq%3Dtente")
    assert page.html.xpath("//head/link[@rel='canonical']/@href") == ["http://lomme.test/annonces?q=tente"]


async def test_poster_leads_to_the_search(visitor: Browser) -> None:
    page = await visitor.get("/annonces/affiche?q=tente")

    assert page.status == 200
    assert page.html.xpath("//*[contains(@class, 'poster')]//svg")
    assert TENT in page.text
    assert (await visitor.get("/annonces/affiche?q=introuvable")).status == 200
