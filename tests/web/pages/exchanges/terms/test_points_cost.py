"""What an agreement costs in points: said before it is asked for, on its card, and where somebody has too few."""

from collections.abc import Awaitable, Callable

import pytest

from federation.instance import Instance
from models.exchanges import agreements
from models.exchanges.agreements import Agreement
from models.people.actors import Actor
from models.store.database import connection, execute, fetch_value, transaction
from outbox.exchanges.agreements.agreements import request
from outbox.threads.agreement_context import Said
from tests import sample_threads
from tests.points import give, switch_on
from tests.sample_village import Village
from tests.web.pages.conftest import Browser
from tests.web.pages.exchanges.test_proposals import day

OpenBrowser = Callable[[Actor | None], Awaitable[Browser]]


@pytest.fixture
async def kept(instance: Instance, lomme: Village) -> Village:
    """The village keeps points; the tent costs 5 of them, and Hocine has 8."""
    async with transaction(instance.pool) as conn:
        await switch_on(conn)
        await execute(conn, "UPDATE account SET confirmed_at = now()")
        await execute(conn, "UPDATE listing SET points = 5 WHERE post_id = ANY($1)", [lomme.tent.id, lomme.sewing.id])
        await give(conn, lomme.hocine, 8)
    return lomme


@pytest.fixture
async def hocine(open_browser: OpenBrowser, kept: Village) -> Browser:
    """Hocine, who pays."""
    return await open_browser(kept.hocine)


def form(village: Village) -> str:
    """The form, its days chosen."""
    return f"/annonces/d/{village.tent.id}/demander?du={day(3)}&au={day(4)}"


async def newest(instance: Instance) -> Agreement:
    async with connection(instance.pool) as conn:
        return await agreements.get(conn, await fetch_value(conn, "SELECT max(id) FROM agreement"))


async def test_it_is_said_before_and_stands_on_the_card(
    hocine: Browser, alice: Browser, instance: Instance, kept: Village
) -> None:
    before = (await hocine.get(form(kept))).words()
    answer = await hocine.send(
        form(kept).partition("?")[0], {"first_day": day(3), "last_day": day(4)}, form_on="/publier"
    )
    held = await newest(instance)

    assert "Cela vous coûte 5 graines, pour Maryse quand c’est fait." in before
    assert "Vous pouvez encore en promettre : 8 graines au plus." in before
    for browser in (hocine, alice):
        page = await browser.get(answer.location)
        assert "Graines5" in page.words()
    counter = (await alice.get(f"/echanges/{held.exchange_id}/proposer/{held.id}")).words()
    assert "Hocine vous donne 5 graines quand c’est fait." in counter and "Mes graines" not in counter


async def test_hours_cost_each(hocine: Browser, instance: Instance, kept: Village) -> None:
    async with transaction(instance.pool) as conn:
        sql = "UPDATE listing SET mode = 'service', unit = 'hour', unit_based = true WHERE post_id = $1"
        await execute(conn, sql, kept.tent.id)
    path = form(kept).partition("?")[0]

    answer = await hocine.send(path, {"quantity": "2"}, form_on="/publier")

    assert "Cela vous coûte 5 graines par heure" in (await hocine.get(path)).words()
    assert answer.status == 422
    assert answer.html.xpath("//div[@id='erreurs']//a/@href") == ["#points"]
    assert "Vous n’avez pas assez de points pour cela" in answer.html.xpath("string(//*[@id='points'])")
    assert answer.html.xpath("//*[@id='points']//a/@href") == ["/points"]
    assert answer.html.xpath("string(//input[@name='quantity']/@value)") == "2"
    assert (await hocine.send(path, {"quantity": "1", "message": "Samedi ?"}, form_on="/publier")).status == 303


async def test_whoever_has_too_few_reads_how_many_and_what_to_do(
    hocine: Browser, instance: Instance, kept: Village
) -> None:
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE listing SET points = 12 WHERE post_id = $1", kept.tent.id)

    words = (await hocine.get(form(kept))).words()

    assert "Il vous manque 4 graines." in words and "Mes graines, et comment en gagner" in words


async def test_alice_who_seeks_pays_and_is_told_when_she_cannot(
    alice: Browser, instance: Instance, kept: Village
) -> None:
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE listing SET points = 5 WHERE post_id = $1", kept.wanted.id)
        held = await request(conn, kept.site, kept.hocine, kept.wanted, sample_threads.days(6, 6), Said(text="Moi !"))
    path = f"/echanges/{held.exchange_id}"
    fields = {"agreement": str(held.id), "act": "accept", "offer": held.offer_uri}

    answer = await alice.send(f"{path}/accord", fields, form_on=path)

    assert answer.status == 422 and "Vous n’avez pas assez de points" in answer.words()
    assert answer.html.xpath("//div[@id='erreurs']//a/@href") == ["#points"]
    assert answer.html.xpath("//*[@id='points']//a/@href") == ["/points"]


async def test_nothing_costs_points_with_somebody_elsewhere_or_where_none_are_kept(
    alice: Browser, hocine: Browser, instance: Instance, kept: Village
) -> None:
    elsewhere = await alice.get(f"/annonces/d/{kept.sewing.id}/demander?du={day(3)}&au={day(4)}")
    async with transaction(instance.pool) as conn:
        await switch_on(conn, points=False)
    without = await hocine.get(form(kept))

    for page in (elsewhere, without):
        assert page.html.xpath("//input[@name='first_day']") and not page.html.xpath("//*[@id='points']")
