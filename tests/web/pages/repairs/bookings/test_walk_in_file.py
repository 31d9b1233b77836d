"""Managers of a shop take along who walked in: of a period, of their own shop, as long as that is kept."""

from datetime import UTC, datetime, timedelta

import pytest

from federation.instance import Instance
from models.people.actors import Actor
from models.repairs.bookings import appointment_books
from models.repairs.bookings.appointment_books import WALK_INS_KEPT, WalkIn
from models.store.database import transaction
from tests.factories import make_listing
from tests.repair_shops import make_shop
from tests.sample_village import Village
from tests.today import today
from tests.web.pages.conftest import Browser
from tests.web.pages.repairs.bookings.test_book_page import HOME, RULES, OpenBrowser, manager, rayon, volunteer

__all__ = ["manager", "rayon", "volunteer"]

FILE = f"{HOME}/passages.csv"


async def add(instance: Instance, shop: Actor, name: str, ago: timedelta, **said: str) -> None:
    """Somebody came so long ago."""
    at = datetime.now(UTC) - ago
    came = WalkIn(begins_at=at - timedelta(hours=1), ends_at=at, name=name, **said)
    async with transaction(instance.pool) as conn:
        book = await appointment_books.find_of_actor(conn, shop.id)
        assert book is not None
        await appointment_books.add_walk_in(conn, book.listing_id, came)


@pytest.fixture
async def days(manager: Browser, instance: Instance, rayon: Actor) -> Browser:
    """Who came on several days, one of them longer ago than is kept; and to another shop."""
    await manager.send(HOME, RULES, form_on=HOME)
    await add(instance, rayon, "=Maryse", timedelta(days=2), phone="06 39 98 00 01", note="Le frein")
    await add(instance, rayon, "Yun", timedelta(days=20))
    await add(instance, rayon, "Zoé", WALK_INS_KEPT + timedelta(hours=1))
    async with transaction(instance.pool) as conn:
        other = await make_shop(conn, "autre")
        listing = await make_listing(conn, other, mode="service")
        book = await appointment_books.find_of_actor(conn, rayon.id)
        assert book is not None
        await appointment_books.save(conn, listing.id, other.id, book.rules)
    await add(instance, other, "Paul", timedelta(days=2))
    return manager


async def test_the_file_has_who_came_in_the_period_to_this_shop(days: Browser) -> None:
    page, first = await days.get(HOME), today() - timedelta(days=5)

    whole, some = await days.get(FILE), await days.get(f"{FILE}?du={first}&au=")

    assert f'action="{FILE}"' in page.text and "30 jours" in page.words()
    heads, yun, maryse = whole.text.removeprefix("\ufeff").splitlines()
    assert heads == "Début;Fin;Qui;Téléphone;Où;Pour quoi"
    assert yun.endswith(";Yun;;;") and maryse.endswith(";'=Maryse;06 39 98 00 01;;Le frein")
    assert "Maryse" in some.text and "Yun" not in some.text


async def test_managers_alone_get_it(
    days: Browser, volunteer: Browser, open_browser: OpenBrowser, lomme: Village
) -> None:
    assert (await volunteer.get(FILE)).status == 404
    assert "passages.csv" not in (await volunteer.get(HOME)).text
    assert (await (await open_browser(lomme.alice)).get(FILE)).status == 404
    assert (await (await open_browser(None)).get(FILE)).status == 303


@pytest.mark.parametrize(("period", "field"), [("du=demain", "du"), ("du=2026-11-20&au=2026-11-01", "au")])
async def test_a_period_that_is_none_is_said_on_the_page(days: Browser, period: str, field: str) -> None:
    wrong = await days.get(f"{FILE}?{period}")

    assert wrong.status == 422 and f'id="{field}-erreur"' in wrong.text.replace("error", "erreur")


async def test_who_came_longer_ago_stands_nowhere_even_before_the_night(days: Browser) -> None:
    gone = today() - WALK_INS_KEPT

    agenda = await days.get(f"{HOME}?semaine={gone}")
    legal = await days.get("/donnees-personnelles")

    assert "Zoé" not in agenda.text
    assert f"{WALK_INS_KEPT.days} jours après le passage" in legal.words()
