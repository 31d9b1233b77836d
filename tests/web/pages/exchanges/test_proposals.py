"""Asking for what is offered: days by links or typed, the rest in the form, mistakes come back with what was typed."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import pytest

from federation.instance import Instance
from models.exchanges import agreements
from models.exchanges.agreements import Agreement
from models.moments import PARIS
from models.people.actors import Actor
from models.store.database import connection, execute, fetch_value, transaction
from tests import sample_threads
from tests.sample_village import Village
from tests.web.pages.conftest import Browser
from web.rendering.date_ranges import DateRange, read_span

OpenBrowser = Callable[[Actor | None], Awaitable[Browser]]


def day(number: int) -> str:
    """So many days from today."""
    return (datetime.now(PARIS).date() + timedelta(days=number)).isoformat()


@pytest.fixture
async def hocine(open_browser: OpenBrowser, lomme: Village) -> Browser:
    """Hocine, who wants the tent."""
    return await open_browser(lomme.hocine)


async def newest(instance: Instance) -> Agreement:
    async with connection(instance.pool) as conn:
        return await agreements.get(conn, await fetch_value(conn, "SELECT max(id) FROM agreement"))


async def test_days_are_chosen_by_following_links(hocine: Browser, lomme: Village) -> None:
    path = f"/annonces/d/{lomme.tent.id}/demander"
    first = await hocine.get(path)
    assert "À partir de quel jour ?" in first.words()

    (link,) = first.html.xpath(f"//table//a[contains(@href, 'du={day(3)}')]/@href") or first.html.xpath(
        "(//table//a)[last()]/@href"
    )
    second = await hocine.get(link)
    onwards = second.html.xpath("(//table//a[contains(@href, '&au=')])[last()]/@href")[0]
    third = await hocine.get(onwards)

    assert "Choisissez maintenant le dernier jour." in second.words()
    assert third.html.xpath("string(//input[@name='first_day']/@value)")
    assert third.html.xpath("string(//input[@name='last_day']/@value)")
    assert "Envoyer ma demande" in third.words()


async def test_a_request_with_everything_leads_to_its_thread(
    hocine: Browser, instance: Instance, lomme: Village
) -> None:
    path = f"/annonces/d/{lomme.tent.id}/demander"

    answer = await hocine.send(
        path,
        {
            "first_day": day(3),
            "last_day": day(5),
            "first_hour": "10:00",
            "last_hour": "18h30",
            "place": "À La Remise",
            "note": "Rendue sèche.",
            "message": "Bonjour Maryse !",
        },
        form_on=f"{path}?du={day(3)}&au={day(5)}",
    )

    held = await newest(instance)
    assert answer.location == f"/echanges/{held.exchange_id}?fait=requested"
    span = read_span(held.begins_at, held.ends_at)
    assert span is not None and span.first_hour is not None and span.last_hour is not None
    assert (span.first.isoformat(), span.last and span.last.isoformat()) == (day(3), day(5))
    assert (span.first_hour.hour, span.last_hour.minute) == (10, 30)
    assert (held.place, held.note, held.state) == ("À La Remise", "Rendue sèche.", "requested")
    assert "Bonjour Maryse !" in (await hocine.get(answer.location)).words()


async def test_days_without_hours_are_whole_ones(hocine: Browser, instance: Instance, lomme: Village) -> None:
    path = f"/annonces/d/{lomme.tent.id}/demander"

    await hocine.send(path, {"first_day": day(3), "last_day": day(3)}, form_on="/publier")

    held = await newest(instance)
    today = datetime.now(PARIS).date() + timedelta(days=3)
    assert read_span(held.begins_at, held.ends_at) == DateRange(first=today, last=today)


async def test_what_is_taken_is_struck_out_and_refused_with_everything_that_was_typed(
    hocine: Browser, instance: Instance, lomme: Village
) -> None:
    async with transaction(instance.pool) as conn:
        made = await sample_threads.build(conn, lomme)
    path = f"/annonces/d/{lomme.tent.id}/demander"
    begins_at = made.tent.begins_at
    assert begins_at is not None
    month = begins_at.astimezone(PARIS).strftime("%Y-%m")

    picker = await hocine.get(f"{path}?mois={month}")
    answer = await hocine.send(
        path,
        {"first_day": day(13), "last_day": day(14), "note": "Pour deux.", "message": "Bonjour"},
        form_on="/publier",
    )

    assert picker.html.xpath("//td[@class='struck']")
    assert answer.status == 422
    assert "Ces dates sont déjà prises" in answer.words()
    assert answer.html.xpath("//div[@id='erreurs']//a/@href") == ["#first_day"]
    assert answer.html.xpath("string(//input[@name='first_day']/@value)") == day(13)
    assert answer.html.xpath("string(//textarea[@name='note'])").strip() == "Pour deux."


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"first_day": "32/05/2027", "last_day": "2027-05-13"}, "first_day"),
        ({"first_day": "2031-01-01", "last_day": "2031-01-02"}, "first_day"),
        ({"first_day": "2020-05-13", "last_day": "2020-05-14"}, "first_day"),
        ({"first_hour": "25:00", "first_day": "2026-12-13", "last_day": "2026-12-14"}, "first_hour"),
        ({"first_day": "2026-12-14", "last_day": "2026-12-13"}, "last_day"),
        ({"first_day": "2026-12-14"}, "last_day"),
        ({"last_day": "2026-12-14"}, "first_day"),
        ({"first_day": "2026-12-14", "last_day": "2026-12-15", "place": "a" * 201}, "place"),
    ],
)
async def test_mistakes_stand_at_their_field(
    hocine: Browser, lomme: Village, fields: dict[str, str], field: str
) -> None:
    answer = await hocine.send(f"/annonces/d/{lomme.tent.id}/demander", fields, form_on="/publier")

    assert answer.status == 422
    assert answer.html.xpath("//div[@id='erreurs']//a/@href") == [f"#{field}"]
    for name, typed in fields.items():
        assert answer.html.xpath(f"string(//input[@name='{name}']/@value)") == typed


async def test_what_was_typed_survives_a_session_that_ended(visitor: Browser, lomme: Village) -> None:
    answer = await visitor.client.post(
        f"/annonces/d/{lomme.tent.id}/demander",
        data={"first_day": day(3), "last_day": day(4), "message": "Bonjour Maryse"},
        headers={"Accept": "text/html", "Sec-Fetch-Site": "same-origin"},
        allow_redirects=False,
    )

    page = await visitor.read(answer)
    assert "Votre session s’est terminée" in page.words()
    assert "Bonjour Maryse" in page.text


async def test_a_gift_needs_no_date_and_a_request_takes_help(
    alice: Browser, hocine: Browser, instance: Instance, lomme: Village
) -> None:
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE listing SET mode = 'gift' WHERE post_id = $1", lomme.drill.id)
    page = await alice.get(f"/annonces/d/{lomme.drill.id}/demander")
    assert "Demander : Perceuse" in page.words() and "Quand, si vous le savez déjà" in page.words()

    given = await alice.send(f"/annonces/d/{lomme.drill.id}/demander", {"message": "Bonjour"}, form_on="/publier")
    offered = await hocine.send(
        f"/annonces/d/{lomme.wanted.id}/demander", {"first_day": day(2), "last_day": day(2)}, form_on="/publier"
    )

    assert given.location.endswith("?fait=requested_undated") and offered.location.endswith("?fait=proposed")
    assert "Vous proposez votre aide" in (await hocine.get(offered.location)).words()


async def test_whoever_comes_first_has_it_at_once(alice: Browser, instance: Instance, lomme: Village) -> None:
    async with transaction(instance.pool) as conn:
        sql = "UPDATE listing SET mode = 'gift', first_come = true WHERE post_id = $1"
        await execute(conn, sql, lomme.drill.id)
    path = f"/annonces/d/{lomme.drill.id}/demander"

    answer = await alice.send(path, {"message": "Oh oui !"}, form_on=path)

    assert answer.location.endswith("?fait=taken")
    words = (await alice.get(answer.location)).words()
    assert "C’est à vous." in words and "vous êtes d’accord" in words


async def test_hours_of_a_service_are_counted(alice: Browser, instance: Instance, lomme: Village) -> None:
    async with transaction(instance.pool) as conn:
        await execute(
            conn,
            "UPDATE listing SET mode = 'service', unit = 'hour', unit_based = true WHERE post_id = $1",
            lomme.drill.id,
        )
    path = f"/annonces/d/{lomme.drill.id}/demander"

    wrong = await alice.send(path, {"quantity": "une"}, form_on="/publier")
    answer = await alice.send(path, {"quantity": "3", "in_return": "Un gâteau"}, form_on="/publier")

    assert wrong.html.xpath("//div[@id='erreurs']//a/@href") == ["#quantity"]
    words = (await alice.get(answer.location)).words()
    assert "3 heures" in words and "Un gâteau" in words


async def test_an_owner_is_led_back_to_her_listing(alice: Browser, lomme: Village) -> None:
    answer = await alice.get(f"/annonces/d/{lomme.tent.id}/demander")

    assert answer.location == lomme.tent.post.url.removeprefix(lomme.site.url)


async def test_other_terms_are_proposed_from_those_on_the_table(
    alice: Browser, instance: Instance, lomme: Village
) -> None:
    async with transaction(instance.pool) as conn:
        made = await sample_threads.build(conn, lomme)
    path = f"/echanges/{made.tent.exchange_id}/proposer/{made.tent.id}"
    form = await alice.get(path)

    answer = await alice.send(path, {"first_day": day(12), "last_day": day(14), "place": "Chez moi"}, form_on=path)

    assert form.html.xpath("string(//input[@name='first_day']/@value)") == day(12)
    assert form.html.xpath("string(//input[@name='place']/@value)") == "À La Remise, retrait et retour"
    assert answer.location == f"/echanges/{made.tent.exchange_id}?fait=proposed"
    async with connection(instance.pool) as conn:
        held = await agreements.get(conn, made.tent.id)
    assert (held.state, held.place, held.proposed_by) == ("countered", "Chez moi", lomme.alice.id)


async def find_gift(instance: Instance) -> int:
    """What Hocine gives away."""
    async with connection(instance.pool) as conn:
        found = "SELECT post_id FROM listing JOIN post ON post.id = post_id WHERE mode = 'gift' AND local LIMIT 1"
        return int(await fetch_value(conn, found))


async def test_nothing_at_all_is_not_sent_and_a_word_is_enough(alice: Browser, instance: Instance) -> None:
    path = f"/annonces/d/{await find_gift(instance)}/demander"
    form = await alice.get(path)
    async with connection(instance.pool) as conn:
        before = await fetch_value(conn, "SELECT count(*) FROM agreement")

    empty = await alice.send(
        path, {"first_day": "", "last_day": "", "place": "", "note": " ", "message": " "}, form_on=path
    )
    async with connection(instance.pool) as conn:
        after = await fetch_value(conn, "SELECT count(*) FROM agreement")
    told = await alice.send(path, {"message": "Je peux passer samedi."}, form_on=path)

    assert empty.status == 422 and before == after
    assert "saura à quoi répondre" in empty.words()
    assert told.status == 303
    asked = "//form[@method='post'][contains(@action, '/demander')]//*[self::textarea or @type='date']/@name"
    fields = form.html.xpath(asked)
    assert fields[0] == "message", "a gift needs words before it needs days"
    assert "sèche" not in form.words() and "remorque" in form.words()


async def test_the_calendar_can_be_passed_and_each_choice_comes_back_to_it(hocine: Browser, lomme: Village) -> None:
    page = await hocine.get(f"/annonces/d/{lomme.tent.id}/demander")

    before = page.html.xpath("//a[@href='#ecrire'][following::table]")
    days = page.html.xpath("//table//a/@href")

    assert before and page.html.xpath("//form//*[@id='ecrire']")
    assert days and all(day.endswith("#jours") for day in days)
    assert page.html.xpath("//*[@id='jours']")
