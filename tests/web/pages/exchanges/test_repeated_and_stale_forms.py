"""Clumsy hands: the same button twice, dates that no calendar knows, pages that were open for too long."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta

import pytest
from aiohttp import FormData

from federation.instance import Instance
from models.exchanges.agreements import Agreement
from models.moments import PARIS
from models.people.actors import Actor
from models.store.database import connection, execute, fetch_value, transaction
from tests.sample_threads import SampleThreads
from tests.sample_village import Village
from tests.web.pages.conftest import Browser, Page
from web.forms.multipart import FileLimits
from web.rendering.formats import format_day

OpenBrowser = Callable[[Actor | None], Awaitable[Browser]]


def day(number: int) -> str:
    """So many days from today."""
    return (datetime.now(PARIS).date() + timedelta(days=number)).isoformat()


@pytest.fixture
async def hocine(open_browser: OpenBrowser, lomme: Village) -> Browser:
    """Hocine, who wants the tent."""
    return await open_browser(lomme.hocine)


async def count(instance: Instance, statement: str, *values: object) -> int:
    async with connection(instance.pool) as conn:
        return int(await fetch_value(conn, statement, *values))


async def press(browser: Browser, held: Agreement, act: str, *, page: Page) -> Page:
    """Press a button of a page that was opened before."""
    token = page.html.xpath("string(//input[@name='csrf_token']/@value)")
    answer = await browser.client.post(
        f"/echanges/{held.exchange_id}/accord",
        data={"csrf_token": token, "agreement": str(held.id), "act": act, "offer": held.offer_uri},
        headers={"Accept": "text/html", "Accept-Language": "fr"},
        allow_redirects=False,
    )
    return await browser.read(answer)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"first_day": "31/12/9999", "last_day": "31/12/9999"}, "Écrivez le jour comme"),
        ({"first_day": "31/12/2150", "last_day": "31/12/2150"}, "plus de deux ans"),
        ({"first_day": "01/01/1999", "last_day": "02/01/1999"}, "passées"),
        (
            {"first_day": "0001-01-01", "first_hour": "00:00", "last_day": "0001-01-01", "last_hour": "00:01"},
            "Écrivez le jour",
        ),
        ({"first_day": "1/2/3/4", "last_day": day(3)}, "Écrivez le jour comme"),
        ({"first_day": day(3), "first_hour": "25:00", "last_day": day(4)}, "Écrivez l’heure comme"),
        ({"first_day": day(4), "last_day": day(3)}, "La fin doit venir après le début"),
    ],
)
async def test_dates_that_cannot_be_come_back_with_a_sentence(
    hocine: Browser, lomme: Village, typed: dict[str, str], said: str
) -> None:
    path = f"/annonces/d/{lomme.tent.id}/demander"

    answer = await hocine.send(path, {**typed, "message": "Pour Wissant"}, form_on="/compte/telephone")

    assert answer.status == 422 and said in answer.words(), answer.text[:300]
    assert "Pour Wissant" in answer.text


async def test_two_digits_of_a_year_are_enough(hocine: Browser, instance: Instance, lomme: Village) -> None:
    path = f"/annonces/d/{lomme.tent.id}/demander"
    first = datetime.now(PARIS).date() + timedelta(days=3)

    typed = {"first_day": f"{first:%d/%m/%y}", "last_day": f"{first:%d.%m.%Y}"}
    answer = await hocine.send(path, typed, form_on="/compte/telephone")

    assert answer.status == 303, answer.words()
    assert await count(instance, "SELECT count(*) FROM agreement WHERE state = 'requested'") == 1


@pytest.mark.parametrize("amount", ["nan", "sNaN", "-1", "inf", "1e9", "1e-9", "douze"])
async def test_amounts_that_cannot_be_come_back(
    hocine: Browser, instance: Instance, lomme: Village, amount: str
) -> None:
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE listing SET free_price = true, mode = 'gift' WHERE post_id = $1", lomme.tent.id)
    path = f"/annonces/d/{lomme.tent.id}/demander"

    answer = await hocine.send(path, {"amount": amount, "message": "Pour Wissant"}, form_on=path)

    assert answer.status == 422 and "Indiquez un montant" in answer.words()


async def test_yes_twice_is_yes_once(alice: Browser, instance: Instance, made: SampleThreads) -> None:
    page = await alice.get(f"/echanges/{made.tent.exchange_id}")

    answers = [await press(alice, made.tent, "accept", page=page) for _ in range(2)]

    assert [(answer.status, answer.location.partition("?")[2]) for answer in answers] == [(303, "fait=yes")] * 2
    assert (
        await count(
            instance, "SELECT count(*) FROM exchange_event WHERE kind = 'agreed' AND agreement_id = $1", made.tent.id
        )
        == 1
    )


async def test_no_and_taking_back_twice_are_once(alice: Browser, instance: Instance, made: SampleThreads) -> None:
    page = await alice.get(f"/echanges/{made.tent.exchange_id}")

    no = [await press(alice, made.tent, "refuse", page=page) for _ in range(2)]
    back = [await press(alice, made.sewing, "withdraw", page=page) for _ in range(2)]

    assert [answer.location.partition("?")[2] for answer in [*no, *back]] == ["fait=no"] * 4


async def test_done_twice_is_done_once(alice: Browser, instance: Instance, made: SampleThreads) -> None:
    page = await alice.get(f"/echanges/{made.tent.exchange_id}")
    await press(alice, made.tent, "accept", page=page)
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE agreement SET begins_at = now() - interval '1 hour' WHERE id = $1", made.tent.id)

    twice = [await press(alice, made.tent, act, page=page) for act in ("out", "out", "back", "back")]

    assert [answer.location.partition("?")[2] for answer in twice] == ["fait=done"] * 4
    assert await count(instance, "SELECT count(*) FROM economic_event WHERE agreement_id = $1", made.tent.id) == 2


async def test_from_an_old_page_no_after_yes_says_what_is_possible(alice: Browser, made: SampleThreads) -> None:
    page = await alice.get(f"/echanges/{made.tent.exchange_id}")
    await press(alice, made.tent, "accept", page=page)

    answer = await press(alice, made.tent, "refuse", page=page)

    assert answer.status == 422 and "Vous êtes déjà d’accord : il reste à annuler" in answer.words()


async def test_a_request_sent_twice_is_one_and_leads_to_its_thread(
    hocine: Browser, instance: Instance, lomme: Village
) -> None:
    path = f"/annonces/d/{lomme.tent.id}/demander"
    typed = {"first_day": day(3), "last_day": day(4), "message": "Pour Wissant"}

    answers = [await hocine.send(path, typed, form_on="/compte/telephone") for _ in range(2)]

    assert [answer.status for answer in answers] == [303, 303], answers[1].words()[:900]
    assert answers[0].location == answers[1].location
    assert await count(instance, "SELECT count(*) FROM agreement") == 1


async def test_a_message_sent_twice_is_one(alice: Browser, instance: Instance, made: SampleThreads) -> None:
    path = f"/echanges/{made.tent.exchange_id}"

    for _ in range(2):
        answer = await alice.send(f"{path}/messages", {"message": "Je passe samedi."}, form_on=path)
        assert (answer.status, answer.location) == (303, f"{path}?fait=sent")

    assert (await alice.get(path)).words().count("Je passe samedi.") == 1


async def test_a_number_given_twice_is_given_once(alice: Browser, instance: Instance, made: SampleThreads) -> None:
    path = f"/echanges/{made.tent.exchange_id}"

    for _ in range(2):
        assert (await alice.send(f"{path}/contact", {"contact": "courriel"}, form_on=path)).status == 303

    words = (await alice.get(path)).words()
    assert (words.count("Voici mon courriel"), words.count("Vous donnez vos coordonnées")) == (1, 1)


@pytest.mark.parametrize("where", ["messages", "accord", "counter", "asking"])
async def test_a_page_that_was_open_for_too_long_gives_back_what_was_typed(
    alice: Browser, lomme: Village, made: SampleThreads, where: str
) -> None:
    path = f"/echanges/{made.tent.exchange_id}"
    to, field = {
        "messages": (f"{path}/messages", "message"),
        "accord": (f"{path}/accord", "reason"),
        "counter": (f"{path}/proposer/{made.tent.id}", "message"),
        "asking": (f"/annonces/d/{lomme.drill.id}/demander", "message"),
    }[where]
    typed = {field: "Une longue lettre.", "act": "refuse", "agreement": str(made.tent.id)}

    headers = {
        "Accept": "text/html",
        "Accept-Language": "fr",
        "Sec-Fetch-Site": "same-origin",
        "Referer": f"http://lomme.test{path}",
    }
    answer = await alice.read(
        await alice.client.post(to, data=typed | {"csrf_token": "of another session"}, headers=headers)
    )

    assert answer.status == 403 and "Rien n’est perdu" in answer.words()
    (form,) = answer.html.xpath(f"//form[@action='{to}']")
    assert form.xpath(f"string(.//input[@name='{field}']/@value)") == "Une longue lettre."
    assert len(form.xpath(".//input[@name='csrf_token']")) == 1


async def test_two_taps_at_once_are_one(alice: Browser, hocine: Browser, instance: Instance, lomme: Village) -> None:
    path = f"/annonces/d/{lomme.tent.id}/demander"
    typed = {"first_day": day(3), "last_day": day(4), "message": "Pour Wissant"}

    asked = await asyncio.gather(*(hocine.send(path, typed, form_on="/compte/telephone") for _ in range(3)))
    thread = asked[0].location.partition("?")[0]
    sent = await asyncio.gather(
        *(alice.send(f"{thread}/messages", {"message": "Oui !"}, form_on="/compte/telephone") for _ in range(3))
    )

    assert {(answer.status, answer.location) for answer in asked} == {(303, f"{thread}?fait=requested")}
    assert {answer.status for answer in sent} == {303}
    assert await count(instance, "SELECT count(*) FROM agreement") == 1
    assert (await alice.get(thread)).words().count("Oui !") == 1


def find_change(month: int) -> date:
    """The next night on which the clocks change in that month: its last Sunday."""
    today = datetime.now(PARIS).date()
    for year in (today.year, today.year + 1):
        last = date(year, month, 31)
        sunday = last - timedelta(days=(last.weekday() + 1) % 7)
        if sunday > today + timedelta(days=2):
            return sunday
    raise AssertionError


@pytest.mark.parametrize(("month", "hours"), [(3, 71), (10, 73)])
async def test_three_days_over_the_change_of_clocks_are_three_days(
    hocine: Browser, instance: Instance, lomme: Village, month: int, hours: int
) -> None:
    path, sunday = f"/annonces/d/{lomme.tent.id}/demander", find_change(month)
    first, last = sunday - timedelta(days=1), sunday + timedelta(days=1)

    answer = await hocine.send(path, {"first_day": f"{first}", "last_day": f"{last}"}, form_on="/compte/telephone")

    length = "SELECT extract(epoch FROM ends_at - begins_at) / 3600 FROM agreement"
    assert answer.status == 303 and await count(instance, length) == hours
    page = await hocine.get(answer.location)
    calendar = await hocine.get(f"/accords/{await count(instance, 'SELECT id FROM agreement')}.ics")
    assert format_day(first, "fr") in page.words() and format_day(last, "fr") in page.words()
    assert f"DTSTART;VALUE=DATE:{first:%Y%m%d}" in calendar.text
    assert f"DTEND;VALUE=DATE:{last + timedelta(days=1):%Y%m%d}" in calendar.text


async def test_an_hour_that_the_night_of_march_skips_is_named(hocine: Browser, lomme: Village) -> None:
    path, sunday = f"/annonces/d/{lomme.tent.id}/demander", find_change(3)
    typed = {
        "first_day": f"{sunday}",
        "first_hour": "02:30",
        "last_day": f"{sunday}",
        "last_hour": "03:30",
        "message": "Tôt",
    }

    answer = await hocine.send(path, typed, form_on="/compte/telephone")

    assert answer.status == 422 and "Tôt" in answer.text
    assert "Cette nuit-là, on passe à l’heure d’été : cette heure n’existe pas." in answer.words()


async def test_the_hour_that_comes_twice_in_october_is_the_first(
    hocine: Browser, instance: Instance, lomme: Village
) -> None:
    path, sunday = f"/annonces/d/{lomme.tent.id}/demander", find_change(10)
    typed = {"first_day": f"{sunday}", "first_hour": "02:30", "last_day": f"{sunday}", "last_hour": "03:30"}

    answer = await hocine.send(path, typed, form_on="/compte/telephone")

    length = "SELECT extract(epoch FROM ends_at - begins_at) / 60 FROM agreement"
    assert answer.status == 303 and await count(instance, length) == 120
    assert "de 2 h 30 à 3 h 30" in (await hocine.get(answer.location)).words()


async def test_words_beside_pictures_that_are_too_heavy_come_back(
    alice: Browser, made: SampleThreads, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.pages.components.photo_upload.LIMITS", FileLimits(count=1, size=1000))
    path = f"/echanges/{made.tent.exchange_id}"
    form = FormData(quote_fields=False)
    token = (await alice.get(path)).html.xpath("string(//input[@name='csrf_token']/@value)")
    for name, value in (("csrf_token", token), ("message", "Une longue lettre.")):
        form.add_field(name, value)
    form.add_field("photos", b"0" * 400_000, filename="tente.jpg", content_type="image/jpeg")

    headers = {"Accept": "text/html", "Accept-Language": "fr", "Sec-Fetch-Site": "same-origin"}
    answer = await alice.read(await alice.client.post(f"{path}/messages", data=form, headers=headers))

    assert answer.status == 413 and "Vos photos, elles, sont à choisir de nouveau." in answer.words()
    assert answer.html.xpath("string(//input[@name='message']/@value)") == "Une longue lettre."
