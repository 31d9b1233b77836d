"""How much guests may write: beyond it nothing goes out, and what they typed stays."""

import pytest

from tests.web.guest_scenario import Inn
from tests.web.limited_tries import allow
from tests.web.pages.exchanges.guests.test_borrowing_by_mail import day


async def test_a_guest_writes_so_many_messages_and_the_next_one_waits(
    inn: Inn, monkeypatch: pytest.MonkeyPatch
) -> None:
    allow(monkeypatch, "guest_write", name=2)
    guest = await inn.enter()
    link = inn.link()

    for text in ("Un.", "Deux.", "Trois."):
        await guest.open(link)
        await guest.send(f"{link}/messages", {"message": text})

    assert "attendez une heure" in guest.text and "Trois." in guest.text
    assert await inn.count("SELECT count(*) FROM exchange_event WHERE details->>'text' IN ('Un.', 'Deux.')") == 2
    assert await inn.count("SELECT count(*) FROM exchange_event WHERE details->>'text' = 'Trois.'") == 0


async def test_a_guest_asks_so_often_and_then_no_more(inn: Inn, monkeypatch: pytest.MonkeyPatch) -> None:
    allow(monkeypatch, "guest_ask", name=1)
    guest = await inn.enter()
    link = inn.link()

    for first in (5, 15):
        page = f"{link}/demander?du={day(first)}&au={day(first)}"
        await guest.open(page)
        await guest.send(
            f"{link}/demander", {"first_day": day(first), "last_day": day(first), "message": "Pour Wissant"}
        )

    assert "Revenez dans une heure" in guest.text and "Pour Wissant" in guest.text
    assert await inn.count("SELECT count(*) FROM agreement") == 1


async def test_one_listing_is_asked_for_by_so_many_addresses_and_then_by_no_more(
    inn: Inn, monkeypatch: pytest.MonkeyPatch
) -> None:
    allow(monkeypatch, "guest_listing", name=2)
    for name in ("un", "deux"):
        assert (await inn.knock(email=f"{name}@example.net")).status == 200

    guest = await inn.knock(email="trois@example.net")

    assert guest.status == 422 and "Revenez dans une heure" in guest.text
    assert len(inn.postman.taken) == 2
