"""The buttons of an agreement's card, from the page to the wire; what is not possible says why."""

from collections.abc import Awaitable, Callable

import pytest

from federation.instance import Instance
from models.exchanges import agreements
from models.exchanges.agreements import Agreement
from models.people.actors import Actor
from models.store.database import connection, execute, transaction
from outbox.exchanges.agreements.agreements import accept
from tests.sample_threads import SampleThreads
from tests.sample_village import Village
from tests.web.pages.conftest import Browser, Page

OpenBrowser = Callable[[Actor | None], Awaitable[Browser]]


async def press(browser: Browser, held: Agreement, act: str, **fields: str) -> Page:
    path = f"/echanges/{held.exchange_id}"
    return await browser.send(f"{path}/accord", {"agreement": str(held.id), "act": act, **fields}, form_on=path)


async def find(instance: Instance, held: Agreement) -> Agreement:
    async with connection(instance.pool) as conn:
        return await agreements.get(conn, held.id)


async def test_yes_to_the_terms_that_were_shown(alice: Browser, instance: Instance, made: SampleThreads) -> None:
    answer = await press(alice, made.tent, "accept", offer=made.tent.offer_uri)

    assert (answer.status, answer.location) == (303, f"/echanges/{made.tent.exchange_id}?fait=yes")
    assert (await find(instance, made.tent)).state == "agreed"
    page = await alice.get(answer.location)
    assert "C’est dit : vous êtes d’accord." in page.words()
    assert "C’est remis" not in page.words() and "Annuler l’accord" in page.words(), "it is ten days ahead"
    assert "vous direz ici d’un geste que c’est fait" in page.words()
    assert page.html.xpath(f"//a[@href='/accords/{made.tent.id}.ics']")


async def test_terms_that_changed_meanwhile_are_not_agreed_to_by_mistake(
    alice: Browser, instance: Instance, made: SampleThreads
) -> None:
    answer = await press(alice, made.tent, "accept", offer="https://henin.test/users/bob/activities/older")

    assert answer.status == 422
    assert "Ces conditions ne sont plus sur la table" in answer.words()
    assert (await find(instance, made.tent)).state == "countered"


async def test_no_with_a_reason_that_the_other_one_reads(
    alice: Browser, instance: Instance, made: SampleThreads
) -> None:
    await press(alice, made.tent, "refuse", reason="Elle est promise, désolée.")

    held = await find(instance, made.tent)
    assert (held.state, held.reason) == ("refused", "Elle est promise, désolée.")
    assert "Elle est promise, désolée." in (await alice.get(f"/echanges/{made.tent.exchange_id}")).words()


async def test_a_reason_that_is_too_long_comes_back_whole(
    alice: Browser, instance: Instance, made: SampleThreads
) -> None:
    answer = await press(alice, made.tent, "refuse", reason="a" * 1901)

    assert answer.status == 422
    assert answer.html.xpath("string(//details[@open]//textarea[@name='reason'])").strip() == "a" * 1901
    assert (await find(instance, made.tent)).state == "countered"


async def test_what_is_not_possible_any_more_says_what_is(alice: Browser, made: SampleThreads) -> None:
    await press(alice, made.sewing, "withdraw")

    answer = await press(alice, made.sewing, "cancel")

    assert answer.status == 422
    assert "Cette demande a été retirée : une autre peut être faite." in answer.words()


@pytest.mark.parametrize(
    ("issue", "first"),
    [
        ("pas-fait", "Ça ne s’est pas fait."),
        ("autre", "Finalement, c’est avec quelqu’un d’autre."),
        ("retire", "Je me retire."),
        ("", "Dommage."),
    ],
)
async def test_an_agreement_that_came_to_nothing_says_what_became_of_it(
    alice: Browser, instance: Instance, made: SampleThreads, issue: str, first: str
) -> None:
    await press(alice, made.tent, "accept", offer=made.tent.offer_uri)

    await press(alice, made.tent, "cancel", outcome=issue, reason="Dommage.")

    held = await find(instance, made.tent)
    assert (held.state, held.reason.splitlines()[0], held.reason.splitlines()[-1]) == ("cancelled", first, "Dommage.")
    assert first in (await alice.get(f"/echanges/{made.tent.exchange_id}")).words()


async def test_once_its_days_are_past_the_card_asks_whether_it_came_to_pass(
    alice: Browser, instance: Instance, made: SampleThreads
) -> None:
    await press(alice, made.tent, "accept", offer=made.tent.offer_uri)
    path = f"/echanges/{made.tent.exchange_id}"
    before = (await alice.get(path)).words()
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE agreement SET begins_at = now() - interval '3 days', ends_at = now()")

    page = await alice.get(path)

    assert "Annuler l’accord" in before and "Ce n’est pas fait" not in before
    assert "Ce n’est pas fait" in page.words() and "C’est rendu" in page.words()
    assert page.html.xpath("//input[@name='outcome'][@checked]/@value") == ["pas-fait"]
    assert (await press(alice, made.tent, "cancel", outcome="perdu")).status == 422


async def test_an_agreement_of_another_thread_is_not_found(alice: Browser, made: SampleThreads) -> None:
    path = f"/echanges/{made.tent.exchange_id}"

    answer = await alice.send(f"{path}/accord", {"agreement": str(made.sewing.id), "act": "withdraw"}, form_on=path)

    assert answer.status == 404


async def let_begin(instance: Instance, held: Agreement) -> None:
    """Its day has come."""
    sql = "UPDATE agreement SET begins_at = now() - interval '1 hour', ends_at = now() + interval '1 day' WHERE id = $1"
    async with transaction(instance.pool) as conn:
        await execute(conn, sql, held.id)


async def test_nothing_is_reported_before_its_day_and_a_slip_is_taken_back(
    alice: Browser, open_browser: OpenBrowser, instance: Instance, lomme: Village, made: SampleThreads
) -> None:
    async with transaction(instance.pool) as conn:
        await accept(conn, lomme.site, lomme.alice, made.wanted)
    hocine, path = await open_browser(lomme.hocine), f"/echanges/{made.wanted.exchange_id}"

    early = await press(hocine, made.wanted, "out")
    assert early.status == 422 and "Ce n’est pas encore le jour" in early.words()
    await let_begin(instance, made.wanted)
    await press(hocine, made.wanted, "out")
    slip = await press(hocine, made.wanted, "unreport")

    assert slip.location == f"{path}?fait=taken_back"
    page = await alice.get(path)
    assert "Hocine a fait une erreur : ce n’est pas encore fait." in page.words()
    assert "C’est remis" in (await hocine.get(path)).words()
    stays = await press(hocine, made.wanted, "unreport")
    assert stays.status == 422 and "Vous n’avez rien dit de tel" in stays.words()


async def test_a_loan_goes_out_and_comes_back_by_two_taps_of_each(
    alice: Browser, open_browser: OpenBrowser, instance: Instance, lomme: Village, made: SampleThreads
) -> None:
    async with transaction(instance.pool) as conn:
        await accept(conn, lomme.site, lomme.alice, made.wanted)
    await let_begin(instance, made.wanted)
    hocine = await open_browser(lomme.hocine)
    path = f"/echanges/{made.wanted.exchange_id}"
    assert "C’est remis" in (await hocine.get(path)).words()

    await press(hocine, made.wanted, "out")
    given = await hocine.get(path)
    await press(hocine, made.wanted, "back")
    waiting = await hocine.get(path)
    asked = await alice.get(path)
    await press(alice, made.wanted, "back")

    assert given.html.xpath("//section//input[@name='act']/@value") == ["back", "cancel", "unreport"]
    assert "Maryse doit confirmer" in waiting.words()
    assert "à vous de confirmer" in asked.words()
    assert (await find(instance, made.wanted)).verified
    assert "confirmé par vous deux" in (await alice.get(path)).words()
