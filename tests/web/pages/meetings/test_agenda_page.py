"""The agenda of the territory: by day, narrowed, page by page, and for other programs."""

import msgspec
import pytest
from lxml import etree

from federation.instance import Instance
from models.meetings.registrations import Wish
from models.store.database import connection, execute, transaction
from outbox.meetings.registrations import register
from tests.factories import make_meeting
from tests.sample_village import Village
from tests.web.pages.conftest import Browser
from tests.web.pages.meetings.conftest import Cafes
from web.pages.meetings.meeting_search import PAGE


async def test_an_empty_agenda_helps(visitor: Browser) -> None:
    page = await visitor.get("/rencontres")

    assert "Aucune rencontre n’est annoncée" in page.words()
    assert {"/reseau", "/rencontres/flux.ics"} <= set(page.html.xpath("//main//a/@href"))


async def test_times_stand_by_their_day_and_go_on_behind_the_last(visitor: Browser, cafes: Cafes) -> None:
    page = await visitor.get("/rencontres")
    titles = [title.strip() for title in page.html.xpath("//main//li//h3//text()") if title.strip()]
    days = page.html.xpath("//main//section/@aria-labelledby")
    [further] = page.html.xpath("//a[@rel='next']/@href")

    rest = await visitor.get(further)

    assert len(titles) == PAGE and set(titles[:2]) == {"Café réparation", "Troc de plants"}
    assert days == sorted(days) and len(days) == PAGE - 1
    assert not set(days) & set(rest.html.xpath("//main//section/@aria-labelledby"))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=reparation", {"Café réparation"}),
        ("q=cafe+marais", {"Café réparation"}),
        ("q=introuvable", set()),
        ("de=ici", {"Café réparation", "Troc de plants"}),
        ("de=ailleurs", {"Fest-noz"}),
        ("lieu=59160+Lomme&km=5", {"Café réparation", "Troc de plants"}),
        ("quand=week-end&q=reparation+inconnue", set()),
    ],
)
async def test_the_agenda_is_narrowed(
    visitor: Browser, instance: Instance, lomme: Village, cafes: Cafes, query: str, found: set[str]
) -> None:
    async with transaction(instance.pool) as conn:
        there = await make_meeting(conn, lomme.henin, title="Fest-noz")
        await execute(
            conn,
            "UPDATE listing SET latitude = 50.4217, longitude = 2.9492, place_name = 'Hénin' WHERE post_id = $1",
            there.id,
        )

    page = await visitor.get(f"/rencontres?{query}")

    assert page.status == 200
    assert {title.strip() for title in page.html.xpath("//main//li//h3//text()") if title.strip()} == found


@pytest.mark.parametrize("query", ["km=7", "lieu=nulle+part", "de=x", "apres=999999999999999999999", "quand=hier"])
async def test_what_makes_no_sense_gives_a_page(visitor: Browser, cafes: Cafes, query: str) -> None:
    assert (await visitor.get(f"/rencontres?{query}")).status in (200, 422)


async def test_a_member_sees_where_she_goes(alice: Browser, instance: Instance, lomme: Village, cafes: Cafes) -> None:
    async with transaction(instance.pool) as conn:
        await register(conn, instance.site, lomme.alice, cafes.once.id, Wish())

    for address in ("/rencontres?q=reparation", "/rencontres/miennes"):
        assert "Ma place est gardée" in (await alice.get(address)).words(), address
    assert "Rencontre : Café réparation" in (await alice.get("/agenda")).words()


async def test_programs_get_each_meeting_once_with_when_it_is(visitor: Browser, cafes: Cafes) -> None:
    atom = etree.fromstring((await visitor.get("/rencontres/flux.atom")).text.encode())
    items = msgspec.json.decode((await visitor.get("/rencontres/flux.json")).text)["items"]
    calendar = (await visitor.get("/rencontres/flux.ics?q=reparation")).text

    titles = [title.text for title in atom.iter("{*}title")][1:]
    assert sorted(titles) == ["Café réparation", "Troc de plants"] == sorted(item["title"] for item in items)
    assert all("de 14\u00a0h à 18\u00a0h" in item["content_html"] for item in items)
    assert calendar.count("BEGIN:VEVENT") == 1 and "SUMMARY:Café réparation" in calendar
    one = (await visitor.get(f"{cafes.path}.ics")).text
    assert one.count("BEGIN:VEVENT") == 1 and "TZID=Europe/Paris" in one


async def test_who_is_reminded_by_her_own_calendar(
    alice: Browser, instance: Instance, lomme: Village, cafes: Cafes
) -> None:
    await alice.send("/compte/agenda", {"act": "open"}, form_on="/compte/agenda")
    async with transaction(instance.pool) as conn:
        await register(conn, instance.site, lomme.alice, cafes.once.id, Wish())
    address = (await alice.get("/compte/agenda")).html.xpath("string(//*[contains(@value, '/agenda/')]/@value)")
    address = address or (await alice.get("/compte/agenda")).html.xpath("string(//a[contains(@href, '.ics')]/@href)")

    feed = await alice.get(address.removeprefix("http://lomme.test").removeprefix("webcal://lomme.test"))

    async with connection(instance.pool):
        assert "SUMMARY:Café réparation" in feed.text
