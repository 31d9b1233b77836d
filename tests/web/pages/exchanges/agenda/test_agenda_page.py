"""The agenda as a member sees it: months by links, days with what goes out and comes back, and the door of each."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime, time, timedelta

import pytest

from federation.instance import Instance
from models.exchanges.agreements import Terms
from models.listings import unavailabilities
from models.listings.unavailabilities import midnight
from models.moments import PARIS
from models.people import absences, actors
from models.people.actors import Actor
from models.people.opening_hours import Closure, make_hours, write_hours
from models.store.database import Connection, execute, transaction
from tests.factories import make_agreement
from tests.sample_threads import SampleThreads
from tests.sample_village import Village
from tests.today import today
from tests.web.pages.conftest import Browser, Page
from web.rendering.date_ranges import begin_at, end_at
from web.rendering.formats import format_day

OpenBrowser = Callable[[Actor | None], Awaitable[Browser]]


async def lend(conn: Connection, village: Village, terms: Terms, **changes: object) -> int:
    """Maryse's tent goes to Léonie; the thread's id."""
    return (
        await make_agreement(conn, village.tent, village.bob, terms=terms, **{"state": "agreed"} | changes)
    ).exchange_id


def read_days(page: Page) -> dict[str, list[str]]:
    """The lines by the anchor of their day."""
    found: dict[str, list[str]] = {}
    for heading in page.html.xpath("//main//h3"):
        items = heading.xpath("following-sibling::ul[1]/li")
        found[heading.get("id")] = [" ".join(one.text_content().replace("\u202f", " ").split()) for one in items]
    return found


def cell(page: Page, day: date) -> str:
    """Where a day of the table leads; empty where nothing is on it."""
    links = page.html.xpath(
        f"//table//td[normalize-space(text())='{day.day}' or a[normalize-space(text())='{day.day}']]"
    )
    return str(links[0].xpath("string(a/@href)"))


async def test_what_comes_stands_by_day_the_soonest_first(alice: Browser, made: SampleThreads, lomme: Village) -> None:
    page = await alice.get("/agenda")

    days = read_days(page)
    on = {n: f"j-{(today() + timedelta(days=n)).isoformat()}" for n in (0, 3, 5, 6, 12, 15)}
    assert list(days) == [on[n] for n in (0, 3, 5, 6, 12, 15)]
    assert [line.partition(" avec ")[0] for line in days[on[3]]] == [
        "Vous empruntez : Machine à coudre et boîte à fils"
    ]
    assert days[on[5]][0].startswith("À rendre : Machine à coudre et boîte à fils avec Léonie")
    assert "Léonie doit répondre" in days[on[5]][0]
    assert days[on[12]][0].startswith("Vous prêtez : Tente 4 places")
    assert "À La Remise, retrait et retour" in days[on[12]][0] and "À vous de répondre" in days[on[12]][0]
    assert days[on[15]][0].startswith("Retour chez vous : Tente 4 places")
    assert days[on[6]][0].startswith("Vous empruntez : Cherche diable"), "what she looks for, she borrows"
    assert any("Fait" in line for line in days[on[0]]), "the drill was given back today"
    assert format_day(today() + timedelta(days=12), "fr") in page.words().lower()


async def test_each_line_leads_to_its_thread_and_gives_its_file(alice: Browser, made: SampleThreads) -> None:
    page = await alice.get("/agenda")

    links = page.html.xpath("//main//li//a/@href")
    assert f"/echanges/{made.drill.exchange_id}" in links and f"/accords/{made.drill.id}.ics" not in links, "it is over"
    for one in (made.tent, made.sewing, made.wanted):
        assert f"/echanges/{one.exchange_id}" in links
        assert links.count(f"/accords/{one.id}.ics") == 1, "once, where it begins"
        assert (await alice.get(f"/accords/{one.id}.ics")).text.startswith("BEGIN:VCALENDAR")
    assert "/compte/agenda" in links


async def test_a_loan_over_the_end_of_summer_time_and_of_the_month(
    alice: Browser, instance: Instance, lomme: Village
) -> None:
    begins = datetime.combine(date(2027, 10, 30), time(18), PARIS)
    ends = datetime.combine(date(2027, 11, 2), time(9, 30), PARIS)
    async with transaction(instance.pool) as conn:
        thread = await lend(conn, lomme, Terms(begins_at=begins, ends_at=ends))

    october, november = await alice.get("/agenda?mois=2027-10"), await alice.get("/agenda?mois=2027-11")

    assert list(read_days(october)) == ["j-2027-10-30"] and list(read_days(november)) == ["j-2027-11-02"]
    assert read_days(october)["j-2027-10-30"][0].startswith("18 h Vous prêtez"), "summer time"
    assert read_days(november)["j-2027-11-02"][0].startswith("9 h 30 Retour chez vous"), "winter time"
    assert [cell(october, date(2027, 10, day)) for day in (29, 30, 31)] == ["", "#j-2027-10-30", "#j-2027-10-30"]
    assert [cell(november, date(2027, 11, day)) for day in (1, 2, 3)] == ["#en-cours", "#j-2027-11-02", ""]
    assert november.html.xpath("//section[@aria-labelledby='en-cours']//a/@href")[0] == f"/echanges/{thread}"
    assert "Commencé avant" in november.words() and "Commencé avant" not in october.words()


async def test_whole_days_end_at_the_midnight_of_the_month_they_are_in(
    alice: Browser, instance: Instance, lomme: Village
) -> None:
    async with transaction(instance.pool) as conn:
        await lend(conn, lomme, Terms(begins_at=begin_at(date(2027, 3, 27)), ends_at=end_at(date(2027, 3, 31))))

    march, april = await alice.get("/agenda?mois=2027-03"), await alice.get("/agenda?mois=2027-04")

    assert list(read_days(march)) == ["j-2027-03-27", "j-2027-03-31"]
    assert "du samedi 27 mars au mercredi 31 mars" in march.words().lower().replace(" 2027", "")  # said in other years
    assert read_days(april) == {} and "Rien ce mois-là" in april.words()


async def test_months_lead_to_one_another_over_the_year(alice: Browser) -> None:
    january = await alice.get("/agenda?mois=2027-01")

    links = january.html.xpath("//nav[@aria-label='Mois']//a/@href")
    assert links == ["/agenda?mois=2026-12", "/agenda", "/agenda?mois=2027-02"]
    assert "Janvier 2027" in january.words() and len(january.html.xpath("//table//td[text()]")) == 31
    weekdays = [one.text for one in january.html.xpath("//table//th")]
    assert (weekdays[0], weekdays[6], len(weekdays)) == ("lun.", "dim.", 7)
    assert [one.text for one in january.html.xpath("//table/tbody/tr[1]/td")] == [None] * 4 + ["1", "2", "3"]


async def test_it_is_told_in_english_too(alice: Browser, instance: Instance, lomme: Village) -> None:
    async with transaction(instance.pool) as conn:
        await lend(conn, lomme, Terms(begins_at=begin_at(date(2027, 3, 26)), ends_at=end_at(date(2027, 3, 31))))
        await execute(conn, "UPDATE account SET language = 'en' WHERE actor_id = $1", lomme.alice.id)

    page = await alice.get("/agenda?mois=2027-03")

    days = [" ".join(one.text_content().split()).removesuffix(" 2027") for one in page.html.xpath("//main//h3")]
    assert days == ["Friday 26 March", "Wednesday 31 March"] and "You lend: " in page.words()


@pytest.mark.parametrize("typed", ["", "2027-13", "mai", "0001-01", "9999-12", "2027-05-01", "2027-5", "-"])
async def test_what_is_no_month_shows_what_comes(alice: Browser, typed: str) -> None:
    page = await alice.get(f"/agenda?mois={typed}")

    assert page.status == 200 and page.html.xpath("//table//td[@aria-current='date']")
    assert "Ici viendront vos prêts et vos emprunts" in page.words()


async def test_past_months_are_read(alice: Browser, instance: Instance, lomme: Village) -> None:
    terms = Terms(begins_at=begin_at(date(2025, 2, 3)), ends_at=end_at(date(2025, 2, 5)))
    async with transaction(instance.pool) as conn:
        await lend(conn, lomme, terms, state="done", ended_at=datetime(2025, 2, 4, 18, tzinfo=PARIS))

    page = await alice.get("/agenda?mois=2025-02")

    days = read_days(page)
    assert list(days) == ["j-2025-02-03", "j-2025-02-04"], "it came back a day early"
    assert all("Fait" in one for [one] in days.values())


async def test_what_should_be_over_is_asked_about_first(alice: Browser, instance: Instance, lomme: Village) -> None:
    begin, end = today() - timedelta(days=70), today() - timedelta(days=3)
    async with transaction(instance.pool) as conn:
        thread = await lend(conn, lomme, Terms(begins_at=begin_at(begin), ends_at=end_at(end)))

    page = await alice.get("/agenda")

    assert page.html.xpath("//section[@aria-labelledby='retard']//li//a/@href")[0] == f"/echanges/{thread}"
    assert "C’était prévu : est-ce fait ?" in page.words() and "En ce moment" not in page.words()


async def test_what_goes_on_now_stands_above_what_comes(alice: Browser, instance: Instance, lomme: Village) -> None:
    begin, end = today() - timedelta(days=40), today() + timedelta(days=40)
    async with transaction(instance.pool) as conn:
        await lend(conn, lomme, Terms(begins_at=begin_at(begin), ends_at=end_at(end)))

    page = await alice.get("/agenda")

    assert "En ce moment" in page.words() and cell(page, today()) == "#en-cours"
    assert list(read_days(page)) == [f"j-{end.isoformat()}"]


async def test_days_that_are_kept_absence_and_closures_stand_there_too(
    open_browser: OpenBrowser, instance: Instance, lomme: Village
) -> None:
    back = today() + timedelta(days=9)
    closed = today() + timedelta(days=20)
    async with transaction(instance.pool) as conn:
        await unavailabilities.add(conn, lomme.tent.id, midnight(today() + timedelta(days=2)), midnight(back))
        await absences.set_away(conn, lomme.alice.id, midnight(back))
    alice = await open_browser(lomme.alice)

    person = await alice.get("/agenda")
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE actor SET type = 'Organization' WHERE id = $1", lomme.alice.id)
        hours = make_hours([], [Closure(first=closed, last=closed + timedelta(days=1))])
        await actors.save_place(conn, lomme.alice.id, "", write_hours(hours))
    place = await alice.get("/agenda")

    words = person.words()
    assert "Vous gardez : Tente 4 places" in words and "Vous n’êtes pas là" in words and "Vous êtes de retour" in words
    assert f"{lomme.tent.post.url.removeprefix(lomme.site.url)}#jours" in person.html.xpath("//main//li//a/@href")
    assert "/compte/absence" in person.html.xpath("//main//h3/following-sibling::ul//a/@href")
    assert "Votre lieu est fermé" not in words and "Votre lieu est fermé" in place.words()


async def test_much_that_comes_is_cut_by_whole_days_and_goes_on_in_its_month(
    alice: Browser, instance: Instance, lomme: Village
) -> None:
    async with transaction(instance.pool) as conn:
        for number in range(30):
            day = today() + timedelta(days=1 + number * 3)
            await lend(conn, lomme, Terms(begins_at=begin_at(day), ends_at=end_at(day)))

    page = await alice.get("/agenda")
    (more,) = page.html.xpath("//a[contains(., 'La suite')]/@href")

    cut = today() + timedelta(days=1 + 20 * 3)
    assert len(read_days(page)) == 20 and more == f"/agenda?mois={cut:%Y-%m}"
    assert f"j-{cut.isoformat()}" in read_days(await alice.get(more))


async def test_others_have_nothing_of_it_and_strangers_log_in(
    open_browser: OpenBrowser, visitor: Browser, made: SampleThreads, lomme: Village
) -> None:
    nadia = await open_browser(lomme.admin)

    assert "Rien de prévu" in (await nadia.get("/agenda")).words()
    assert (await visitor.get("/agenda")).location.startswith("/connexion")


async def test_the_agenda_is_found_from_where_one_looks_for_it(alice: Browser) -> None:
    for path in ("/echanges", "/compte", "/@alice", "/compte/agenda"):
        assert "/agenda" in (await alice.get(path)).html.xpath("//main//a/@href"), path
