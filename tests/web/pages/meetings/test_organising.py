"""Whoever looks after meetings announces, changes and calls them off, and sees who comes."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import pytest

from federation.instance import Instance
from models.meetings import agenda
from models.meetings.meetings import Meeting
from models.meetings.registrations import Wish
from models.moments import PARIS
from models.people.actors import Actor
from models.people.team import place_keepers
from models.store.database import connection, fetch_all, fetch_column, fetch_value, transaction
from outbox.meetings.registrations import register
from tests.factories import make_member
from tests.sample_village import Village
from tests.web.pages.conftest import Browser
from tests.web.pages.listings.publish.test_publish_page import changed, send_form
from tests.web.pages.meetings.conftest import Cafes

OpenBrowser = Callable[[Actor | None], Awaitable[Browser]]

NEW = "/coop/rencontres/nouvelle"

SATURDAY = next(
    day
    for number in range(7, 45)
    if (day := (datetime.now(PARIS) + timedelta(days=number)).date()).weekday() == 5 and day.day <= 7
)
"""The first Saturday of a month."""

FILLED = {
    "title": "Café réparation",
    "text": "Venez avec ce qui ne marche plus.",
    "day": SATURDAY.isoformat(),
    "begins": "14 h",
    "ends": "18h30",
    "venue": "Salle du Marais",
    "street": "3 rue du Lin",
    "commune": "Lomme (59160)",
    "capacity": "18",
    "act": "publish",
}


@pytest.fixture
async def admin(open_browser: OpenBrowser, instance: Instance, lomme: Village) -> Browser:
    return await open_browser(lomme.admin)


async def list_meetings(instance: Instance) -> list[Meeting]:
    async with connection(instance.pool) as conn:
        return await fetch_all(conn, Meeting, "SELECT * FROM meeting ORDER BY post_id")


async def announce(browser: Browser, **fields: str) -> str:
    page = await browser.get(NEW)
    answer = await send_form(browser, f"{NEW}?pour=coop", page, changed(page, **(FILLED | fields)))
    return answer.location


async def test_a_meeting_is_looked_at_announced_and_written_into_the_journal(
    admin: Browser, instance: Instance
) -> None:
    page = await admin.get(NEW)
    seen = await send_form(admin, f"{NEW}?pour=coop", page, changed(page, **(FILLED | {"act": "preview"})))
    assert "Voilà ce que les autres verront" in seen.words() and "de 14 h à 18 h 30" in seen.words()
    assert await list_meetings(instance) == []

    path = await announce(admin)

    [meeting] = await list_meetings(instance)
    assert (meeting.venue, meeting.capacity, meeting.registration, meeting.waiting_list) == (
        "Salle du Marais", 18, "everybody", True
    )  # fmt: skip
    assert meeting.begins_at == datetime.combine(SATURDAY, datetime.min.time().replace(hour=14), PARIS)
    shown = await admin.get(path)
    assert "C’est annoncé" in shown.words() and "Qui vient, modifier, annuler" in shown.words()
    async with connection(instance.pool) as conn:
        assert await fetch_column(conn, "SELECT details->>'what' FROM journal_entry") == ["published"]


@pytest.mark.parametrize(
    ("repeats", "rule"),
    [
        ("weekly", "FREQ=WEEKLY"),
        ("fortnightly", "FREQ=WEEKLY;INTERVAL=2"),
        ("monthly", "FREQ=MONTHLY;BYDAY=1SA"),
    ],
)
async def test_what_comes_again_is_said_in_words_and_without_some_days(
    admin: Browser, instance: Instance, repeats: str, rule: str
) -> None:
    last = SATURDAY + timedelta(days=100)
    off = SATURDAY + timedelta(days=14)

    path = await announce(admin, repeats=repeats, until=last.isoformat(), exceptions=f"{off:%d/%m/%Y}")

    [meeting] = await list_meetings(instance)
    assert meeting.rrule is not None and meeting.rrule.replace(f";UNTIL={last:%Y%m%d}", "") == rule
    assert [one.astimezone(PARIS).date() for one in meeting.excluded] == [off]
    async with connection(instance.pool) as conn:
        days = [one.occurrence.begins_at.astimezone(PARIS) for one in await agenda.list_entries(conn, meeting.post_id)]
    assert days[0].date() == SATURDAY and off not in {day.date() for day in days}
    assert {(day.weekday(), day.hour) for day in days} == {(5, 14)}
    form = await admin.get(f"/coop/rencontres/d/{meeting.post_id}/modifier")
    assert form.html.xpath("string(//input[@name='repeats'][@checked]/@value)") == repeats
    assert form.html.xpath("string(//input[@name='until']/@value)") == last.isoformat()
    assert form.html.xpath("string(//textarea[@name='exceptions'])").strip() == off.isoformat()
    assert path


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"title": ""}, "title"),
        ({"day": "demain"}, "day"),
        ({"day": "2020-01-01"}, "day"),
        ({"begins": "midi"}, "begins"),
        ({"begins": ""}, "begins"),
        ({"ends": "25 h"}, "ends"),
        ({"venue": ""}, "venue"),
        ({"commune": "Nulle-Part"}, "commune"),
        ({"capacity": "0"}, "capacity"),
        ({"capacity": "beaucoup"}, "capacity"),
        ({"registration": "external"}, "external_url"),
        ({"repeats": "weekly", "exceptions": "le 14"}, "exceptions"),
        ({"repeats": "weekly", "until": "2020-01-01"}, "repeats"),
    ],
)
async def test_what_is_wrong_is_said_at_its_field_and_loses_nothing(
    admin: Browser, instance: Instance, fields: dict[str, str], field: str
) -> None:
    page = await admin.get(NEW)
    answer = await send_form(admin, f"{NEW}?pour=coop", page, changed(page, **(FILLED | fields)))

    assert answer.status == 422
    assert f"#{field}" in answer.html.xpath("//*[@id='erreurs']//a/@href")
    assert "Venez avec ce qui ne marche plus." in answer.html.xpath("string(//textarea[@name='text'])")
    assert await list_meetings(instance) == []


async def test_who_changes_it_reads_before_how_many_are_told(
    admin: Browser, instance: Instance, lomme: Village, cafes: Cafes
) -> None:
    async with transaction(instance.pool) as conn:
        await register(conn, instance.site, lomme.alice, cafes.once.id, Wish())
    path = f"{cafes.manage}/modifier"

    page = await admin.get(path)
    assert "Une personne est inscrite : si le jour, l’heure ou le lieu change" in page.words()
    answer = await send_form(admin, path, page, changed(page, venue="Parc Naturel", act="publish"))

    assert answer.location == f"{cafes.path}?fait=changed"
    assert "Parc Naturel" in (await admin.get(cafes.path)).words()
    async with connection(instance.pool) as conn:
        told = await fetch_value(conn, "SELECT count(*) FROM post WHERE audience = 'direct' AND content LIKE '%Parc%'")
    assert told == 1
    few = await admin.get(path)
    async with transaction(instance.pool) as conn:
        await register(conn, instance.site, lomme.hocine, cafes.once.id, Wish())
    refused = await send_form(admin, path, few, changed(few, capacity="1", act="publish"))
    assert refused.status == 422 and "2 places sont déjà prises" in refused.words()


async def test_somebody_is_written_down_by_hand_listed_and_struck_out(
    admin: Browser, instance: Instance, lomme: Village, cafes: Cafes
) -> None:
    async with transaction(instance.pool) as conn:
        await register(conn, instance.site, lomme.alice, cafes.once.id, Wish(message="=1+1"))

    added = await admin.send(
        cafes.manage, cafes.seat | {"act": "add", "name": "Odette", "message": "Un ourlet"}, form_on=cafes.manage
    )
    page = await admin.get(added.location)

    for said in ("Odette", "à prévenir vous-même", "Un ourlet", "Maryse"):
        assert said in page.words(), said
    assert "2 places prises sur 2" in page.words()
    assert page.headers["Cache-Control"] == "private, no-store"
    spreadsheet = (await admin.get(f"{cafes.manage}/liste.csv")).text
    assert "Odette;1;Un ourlet;Vient;" in spreadsheet and "'=1+1" in spreadsheet
    [struck] = page.html.xpath("//input[@name='registration']/@value")
    await admin.send(cafes.manage, cafes.seat | {"act": "remove", "registration": struck}, form_on=cafes.manage)
    assert "Odette" not in (await admin.get(cafes.manage)).words()
    async with connection(instance.pool) as conn:
        others = await fetch_column(conn, "SELECT id FROM meeting_registration WHERE actor_id IS NOT NULL")
    wrong = await admin.send(
        cafes.manage, cafes.seat | {"act": "remove", "registration": str(others[0])}, form_on=cafes.manage
    )
    assert wrong.status == 404


@pytest.mark.parametrize("fields", [{"name": ""}, {"name": "x" * 61}, {"name": "Odette", "people": "40"}])
async def test_nobody_is_written_down_wrongly(
    admin: Browser, instance: Instance, cafes: Cafes, fields: dict[str, str]
) -> None:
    page = await admin.send(cafes.manage, cafes.seat | {"act": "add"} | fields, form_on=cafes.manage)

    assert page.status == 422
    async with connection(instance.pool) as conn:
        assert await fetch_value(conn, "SELECT count(*) FROM meeting_registration") == 0


async def test_one_time_or_all_are_called_off_and_another_is_begun_like_it(
    admin: Browser, instance: Instance, cafes: Cafes
) -> None:
    manage, second = f"/coop/rencontres/d/{cafes.weekly.id}", cafes.weeks[1].occurrence.id
    await admin.send(manage, {"act": "cancel_time", "fois": str(second)}, form_on=manage)
    async with connection(instance.pool) as conn:
        off = [one.occurrence.id for one in await agenda.list_entries(conn, cafes.weekly.id) if one.cancelled]
    assert off == [second]

    await admin.send(manage, {"act": "cancel", "fois": str(second)}, form_on=manage)
    assert "annulée" in (await admin.get(manage)).words()
    again = await admin.get(f"{NEW}?copie={cafes.weekly.id}")
    assert again.html.xpath("string(//input[@name='title']/@value)") == "Troc de plants"
    assert again.html.xpath("string(//input[@name='day']/@value)") == ""
    gone = await admin.send(manage, {"act": "withdraw", "fois": str(second)}, form_on=manage)
    assert gone.location == "/coop/rencontres?fait=withdrawn"


async def test_a_keeper_acts_for_her_place_alone(
    open_browser: OpenBrowser, instance: Instance, lomme: Village, cafes: Cafes
) -> None:
    async with transaction(instance.pool) as conn:
        place = await make_member(conn, "atelier", type="Organization", name="L’atelier")
        kim = await make_member(conn, "kim", roles=["keeper"], name="Kim")
    keeper = await open_browser(kim)
    assert "Aucun lieu ne vous est confié" in (await keeper.get(NEW)).words()
    async with transaction(instance.pool) as conn:
        await place_keepers.add(conn, place.id, kim.id)

    page = await keeper.get(NEW)
    assert "Au nom de L’atelier" in page.words()
    assert (await keeper.get(f"{NEW}?pour=coop")).status == 404
    for path in (cafes.manage, f"{cafes.manage}/modifier", f"{cafes.manage}/liste.csv"):
        assert (await keeper.get(path)).status == 404, path
    assert (await keeper.send(cafes.manage, cafes.seat | {"act": "cancel"}, form_on=NEW)).status == 404
    answer = await send_form(keeper, f"{NEW}?pour=atelier", page, changed(page, **FILLED))
    assert answer.location.endswith("?fait=published")
    listed = (await keeper.get("/coop/rencontres")).words()
    assert "Café réparation" in listed and "Troc de plants" not in listed
