"""Agreements on one's own calendar: one file for its two sides, and an address that can be given up."""

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import icalendar
import pytest

from federation.instance import Instance
from models.exchanges import agreements, exchanges
from models.exchanges.agreements import Agreement, NewAgreement, Terms
from models.moments import PARIS
from models.people.actors import Actor
from models.store.database import execute, transaction
from tests.sample_village import Village
from tests.web.pages.conftest import Browser

OpenBrowser = Callable[[Actor | None], Awaitable[Browser]]

BEGIN = datetime.combine(date.today() + timedelta(days=10), datetime.min.time(), PARIS)


@pytest.fixture
async def loan(lomme: Village, instance: Instance) -> Agreement:
    """Hocine borrows Maryse's tent for two days."""
    async with transaction(instance.pool) as conn:
        tent, alice, hocine = lomme.tent, lomme.alice, lomme.hocine
        thread = await exchanges.open(conn, listing_id=tent.id, owner_id=alice.id, partner_id=hocine.id)
        end = datetime.combine(BEGIN.date() + timedelta(days=2), BEGIN.time(), PARIS)
        made = await agreements.create(
            conn,
            NewAgreement(
                exchange_id=thread.id,
                listing_id=tent.id,
                owner_id=alice.id,
                partner_id=hocine.id,
                proposed_by=hocine.id,
                uri=f"{alice.uri}/agreements/1",
                request_uri=f"{hocine.uri}/activities/1",
                terms=Terms(begins_at=BEGIN, ends_at=end, place="Lomme, place du Marais"),
                held_until=None,
                updated_at=agreements.next_moment(),
            ),
        )
        assert made is not None
        await execute(conn, "UPDATE agreement SET state = 'agreed', agreed_at = now()")
    return made


def read_events(body: str) -> list[Any]:
    return list(icalendar.Calendar.from_ical(body).walk("VEVENT"))


async def open_feed(browser: Browser) -> str:
    """The path of the member's calendar, as her page shows it."""
    await browser.send("/compte/agenda", {"act": "open"}, form_on="/compte/agenda")
    page = await browser.get("/compte/agenda")
    return str(page.html.xpath("string(//input[@id='address']/@value)")).removeprefix("http://lomme.test")


async def test_an_agreement_is_a_file_for_its_two_sides_only(
    open_browser: OpenBrowser, lomme: Village, loan: Agreement
) -> None:
    owner, partner, stranger = [await open_browser(who) for who in (lomme.alice, lomme.hocine, lomme.admin)]
    path = f"/accords/{loan.id}.ics"

    mine, hers = await owner.get(path), await partner.get(path)

    [event], [same] = read_events(mine.text), read_events(hers.text)
    assert event["uid"] == same["uid"] == loan.request_uri
    assert (event["summary"], same["summary"]) == (
        "Tente 4 places, facile à monter, avec Hocine",
        "Tente 4 places, facile à monter, avec Maryse",
    )
    assert event.decoded("dtend") - event.decoded("dtstart") == timedelta(days=2)
    assert (event["status"], event["location"]) == ("CONFIRMED", "Lomme, place du Marais")
    assert mine.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert [(await stranger.get(one)).status for one in (path, "/accords/12.ics")] == [404, 404]


async def test_the_sequence_rises_and_what_was_called_off_says_so(
    alice: Browser, lomme: Village, loan: Agreement, instance: Instance
) -> None:
    [before] = read_events((await alice.get(f"/accords/{loan.id}.ics")).text)
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE agreement SET state = 'cancelled', updated_at = updated_at + interval '1 hour'")

    [after] = read_events((await alice.get(f"/accords/{loan.id}.ics")).text)

    assert after["uid"] == before["uid"] and after["sequence"] > before["sequence"]
    assert after["status"] == "CANCELLED"


async def test_a_calendar_is_followed_without_logging_in_and_asked_for_again_cheaply(
    alice: Browser, visitor: Browser, loan: Agreement
) -> None:
    path = await open_feed(alice)

    feed = await visitor.get(path)
    again = await visitor.client.get(path, headers={"If-None-Match": feed.headers["Etag"]})

    assert [event["uid"] for event in read_events(feed.text)] == [loan.request_uri]
    assert "X-WR-CALNAME:Mes accords" in feed.text
    assert feed.headers["Cache-Control"].startswith("private") and again.status == 304


async def test_an_address_that_was_given_up_leads_nowhere(
    alice: Browser, visitor: Browser, loan: Agreement, lomme: Village
) -> None:
    first = await open_feed(alice)
    second = await open_feed(alice)
    with_second = await visitor.get(second)
    await alice.send("/compte/agenda", {"act": "close"}, form_on="/compte/agenda")

    statuses = [(await visitor.get(path)).status for path in (first, second, f"/agenda/MTI.{'A' * 24}.ics")]

    assert first != second and with_second.status == 200
    assert statuses == [404, 404, 404]
    assert "Créer une adresse" in (await alice.get("/compte/agenda")).words()


async def test_nothing_of_others_and_nothing_long_over_stands_there(
    open_browser: OpenBrowser, visitor: Browser, lomme: Village, loan: Agreement, instance: Instance
) -> None:
    other, alice = await open_browser(lomme.admin), await open_browser(lomme.alice)
    paths = await open_feed(other), await open_feed(alice)
    async with transaction(instance.pool) as conn:
        await execute(
            conn,
            "UPDATE agreement SET begins_at = $1, ends_at = $2",
            datetime.now(UTC) - timedelta(days=120),
            datetime.now(UTC) - timedelta(days=118),
        )

    feeds = [(await visitor.get(path)).text for path in paths]

    assert [read_events(feed) for feed in feeds] == [[], []]
