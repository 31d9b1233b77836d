"""Whoever repaired notes what came out in three taps; the cyclist confirms it by one, or says it otherwise."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest

from federation.instance import Instance
from models.exchanges import agreements
from models.exchanges.agreements import Agreement
from models.moments import PARIS
from models.people.actors import Actor
from models.repairs.results import results
from models.store.database import connection, transaction
from outbox.exchanges.reminders import remind_due
from tests.factories import make_agreement
from tests.sample_village import Village
from tests.web.pages.conftest import Browser

OpenBrowser = Callable[[Actor | None], Awaitable[Browser]]

TAPS = {"organ": "brakes", "outcome": "fixed", "time": "30"}


@pytest.fixture
async def agreed(instance: Instance, lomme: Village) -> Agreement:
    """Hocine comes to Maryse's call, an hour ago."""
    begins_at = datetime.now(UTC) - timedelta(hours=1)
    async with transaction(instance.pool) as conn:
        return await make_agreement(
            conn, lomme.call, lomme.alice, state="agreed", begins_at=begins_at, agreed_at=begins_at
        )


@pytest.fixture
async def maryse(open_browser: OpenBrowser, lomme: Village) -> Browser:
    """Who repairs."""
    return await open_browser(lomme.alice)


@pytest.fixture
async def caller(open_browser: OpenBrowser, lomme: Village) -> Browser:
    """Whose bike it is."""
    return await open_browser(lomme.hocine)


def path_of(held: Agreement) -> str:
    return f"/echanges/{held.exchange_id}"


async def load(instance: Instance, held: Agreement) -> tuple[Agreement, list[tuple[str, str, int | None]]]:
    """The agreement, and what was noted of it."""
    async with connection(instance.pool) as conn:
        noted = await results.list_of_agreement(conn, held.id)
        return await agreements.get(conn, held.id), [(one.organ, one.outcome, one.minutes) for one in noted]


async def test_three_taps_are_the_report_and_one_tap_confirms(
    maryse: Browser, caller: Browser, agreed: Agreement, instance: Instance
) -> None:
    path = path_of(agreed)
    thread = await maryse.get(path)
    form = await maryse.get(f"{path}/resultat")

    noted = await maryse.send(f"{path}/resultat", TAPS | {"parts": "Câble\n\n Gaine "}, form_on=f"{path}/resultat")

    assert f"{path}/resultat?accord={agreed.id}" in thread.html.xpath("//a[contains(@class, 'primary')]/@href")
    assert form.html.xpath("//input[@name='organ'][@checked]/@value") == ["wheel"]
    assert "dans les données ouvertes de la coop : n’écrivez ni nom ni adresse" in form.words()
    assert "Rien de tout cela n’est public" not in form.words()
    assert noted.location == f"{path}?fait=done"
    held, found = await load(instance, agreed)
    assert (held.state, held.partner_reported_at is not None, found) == ("agreed", True, [("brakes", "fixed", 30)])
    news = await caller.get("/notifications")
    own = await caller.get(f"/depannage/appels/{agreed.listing_id}")
    for page in (news, own):
        assert "a noté : freins réparés, 30" in page.words() and "C’est bien cela" in page.words()
    asked = await caller.get(path)
    assert "a noté ce qui a été fait" in asked.words() and "freins réparés, 30" in asked.words()
    assert "C’est bien cela" in asked.words() and "Dire autrement" in asked.words()

    said = await caller.send(f"{path}/accord", {"agreement": str(agreed.id), "act": "done"}, form_on=path)

    assert said.location == f"{path}?fait=done"
    held, found = await load(instance, agreed)
    assert (held.state, held.verified, len(found)) == ("done", True, 1)
    assert "Câble, Gaine" in (await maryse.get(path)).words()
    assert "C’est réparé" in (await caller.get(f"/depannage/appels/{agreed.listing_id}")).words()


async def test_the_cyclist_says_it_otherwise_and_both_read_both(
    maryse: Browser, caller: Browser, agreed: Agreement, instance: Instance
) -> None:
    path = path_of(agreed)
    await maryse.send(f"{path}/resultat", TAPS, form_on=f"{path}/resultat")
    form = await caller.get(f"{path}/resultat")

    hers = {"organ": "brakes", "outcome": "end-of-life", "barrier": "too-worn", "time": ""}
    await caller.send(f"{path}/resultat", hers, form_on=f"{path}/resultat")

    assert "a noté : freins réparés, 30" in form.words()
    assert form.html.xpath("//input[@name='outcome'][@checked]/@value") == ["fixed"]
    held, found = await load(instance, agreed)
    assert held.verified and found == [("brakes", "fixed", 30), ("brakes", "end-of-life", None)]
    for browser in (maryse, caller):
        words = (await browser.get(path)).words()
        assert "freins réparés, 30" in words and "irréparable (trop usé)" in words


async def test_what_is_noted_is_mended_for_a_week(maryse: Browser, agreed: Agreement, instance: Instance) -> None:
    path = path_of(agreed)
    await maryse.send(f"{path}/resultat", TAPS, form_on=f"{path}/resultat")
    again = await maryse.get(f"{path}/resultat")

    await maryse.send(f"{path}/resultat", TAPS | {"time": "autre", "minutes": "200"}, form_on=f"{path}/resultat")

    assert "Corriger ce qui est noté" in again.words()
    assert again.html.xpath("//input[@name='time'][@checked]/@value") == ["30"]
    assert (await load(instance, agreed))[1] == [("brakes", "fixed", 200)]
    assert "Noter ou corriger" in (await maryse.get(path)).words()
    async with transaction(instance.pool) as conn:
        await conn.execute("UPDATE economic_event SET created_at = now() - interval '8 days'")
    late = await maryse.send(f"{path}/resultat", TAPS, form_on=f"{path}/resultat")
    assert late.status == 422 and "pendant une semaine" in late.words()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"organ": ""}, "Touchez ce que c’était"),
        ({"organ": "selle"}, "Touchez ce que c’était"),
        ({"outcome": ""}, "Touchez ce qui en est sorti"),
        ({"time": "autre", "minutes": "0"}, "un nombre de minutes"),
        ({"time": "autre", "minutes": "une heure"}, "un nombre de minutes"),
        ({"parts": "vis\n" * 25}, "20 pièces au plus"),
        ({"parts": "v" * 130}, "120 caractères au plus"),
        ({"brand": "b" * 61}, "trop long"),
    ],
)
async def test_what_is_wrong_comes_back_with_what_was_typed(
    maryse: Browser, agreed: Agreement, instance: Instance, wrong: dict[str, str], sentence: str
) -> None:
    path = f"{path_of(agreed)}/resultat"

    answer = await maryse.send(path, TAPS | {"learnt": "Bien graisser."} | wrong, form_on=path)

    assert answer.status == 422 and sentence in answer.words()
    assert "Bien graisser." in answer.text
    assert (await load(instance, agreed))[1] == []


async def test_a_reminder_leads_to_the_form(
    maryse: Browser, agreed: Agreement, instance: Instance, lomme: Village
) -> None:
    await remind_due(instance, datetime.now(UTC) + timedelta(days=2))

    news = await maryse.get("/notifications")

    assert f"{path_of(agreed)}/resultat?accord={agreed.id}" in news.html.xpath("//a/@href")


async def test_of_two_appointments_each_is_noted_by_its_own_link(
    maryse: Browser, agreed: Agreement, instance: Instance, lomme: Village
) -> None:
    path = f"{path_of(agreed)}/resultat"
    async with transaction(instance.pool) as conn:
        newer = await make_agreement(
            conn, lomme.call, lomme.alice, state="agreed", begins_at=agreed.begins_at, agreed_at=agreed.agreed_at
        )

    unnamed = await maryse.get(path)
    await maryse.send(f"{path}?accord={newer.id}", TAPS, form_on=f"{path}?accord={newer.id}")

    assert unnamed.html.xpath("//form[contains(@class, 'result-form')]/@action") == [f"{path}?accord={agreed.id}"]
    assert len((await load(instance, newer))[1]) == 1 and (await load(instance, agreed))[1] == []
    links = (await maryse.get(path_of(agreed))).html.xpath("//a/@href")
    assert {one for one in links if "/resultat" in one} == {f"{path}?accord={one.id}" for one in (agreed, newer)}


async def test_what_is_noted_of_an_appointment_that_was_called_off_is_kept_of_no_other(
    maryse: Browser, caller: Browser, agreed: Agreement, instance: Instance, lomme: Village
) -> None:
    path = f"{path_of(agreed)}/resultat"
    async with transaction(instance.pool) as conn:
        off = await make_agreement(conn, lomme.call, lomme.alice, state="cancelled", begins_at=agreed.begins_at)

    for meant in (str(off.id), "x"):
        sent = await maryse.send(f"{path}?accord={meant}", TAPS, form_on=path)
        assert (sent.status, (await maryse.get(f"{path}?accord={meant}")).status) == (404, 404)

    assert (await load(instance, agreed))[1] == []
    own = await caller.get(f"/depannage/appels/{agreed.listing_id}")
    assert f"{path}?accord={agreed.id}" in own.html.xpath("//a/@href")


async def test_what_is_noted_days_later_is_of_the_day_of_the_appointment(
    maryse: Browser, caller: Browser, agreed: Agreement, instance: Instance
) -> None:
    path, met_at = f"{path_of(agreed)}/resultat", datetime.now(UTC) - timedelta(days=3)
    async with transaction(instance.pool) as conn:
        await conn.execute("UPDATE agreement SET begins_at = $2 WHERE id = $1", agreed.id, met_at)

    for browser in (maryse, caller):
        await browser.send(path, TAPS, form_on=path)

    async with connection(instance.pool) as conn:
        noted = await results.list_of_agreement(conn, agreed.id)
    assert [one.repaired_on for one in noted] == [met_at.astimezone(PARIS).date()] * 2


async def test_before_its_day_it_is_too_early_and_others_find_nothing(
    maryse: Browser, agreed: Agreement, instance: Instance, lomme: Village
) -> None:
    path = path_of(agreed)
    async with transaction(instance.pool) as conn:
        await conn.execute("UPDATE agreement SET begins_at = now() + interval '3 days' WHERE id = $1", agreed.id)

    early = await maryse.send(f"{path}/resultat", TAPS, form_on=f"{path}/resultat")

    assert early.status == 422 and (await load(instance, agreed))[1] == []
    async with transaction(instance.pool) as conn:
        tent = await make_agreement(conn, lomme.tent, lomme.hocine, state="agreed")
        await conn.execute("UPDATE agreement SET state = 'refused' WHERE id = $1", agreed.id)
    assert (await maryse.get(f"{path}/resultat")).status == 404
    assert (await maryse.get(f"{path_of(tent)}/resultat")).status == 404
