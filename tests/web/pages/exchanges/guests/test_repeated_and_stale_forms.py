"""Guests with clumsy hands: the same button twice, a browser that forgot its cookies, a page that waited for days."""

from datetime import datetime

import pytest

from federation.instance import Instance
from models.errors import Unfinished
from models.exchanges import exchanges
from models.store.database import Connection, fetch_column, fetch_value, transaction
from tests.web.guest_scenario import WORDS, Inn
from tests.web.pages.exchanges.guests.test_borrowing_by_mail import day
from web.mail import guest_mails


async def test_a_message_sent_twice_is_one(inn: Inn) -> None:
    guest = await inn.enter()
    link = inn.link()

    for _ in range(2):
        await guest.open(link)
        await guest.send(f"{link}/messages", {"message": "Je passe samedi."})

    assert guest.text.count("Je passe samedi.") == 1


async def test_a_door_knocked_at_twice_in_a_row_reaches_the_owner_once(inn: Inn) -> None:
    guest = await inn.knock()
    link = inn.link()

    await guest.open(link)
    hidden = guest.hidden_fields(f"{link}/confirmer")
    for _ in range(2):
        await guest._post(f"{link}/confirmer", hidden)

    assert guest.status == 200 and "C’est parti" in guest.text
    assert await inn.count("SELECT count(*) FROM exchange_event WHERE kind = 'said'") == 1


async def test_terms_asked_for_twice_are_one(inn: Inn) -> None:
    guest = await inn.enter()
    link = inn.link()
    page = f"{link}/demander?du={day(5)}&au={day(6)}"

    for _ in range(2):
        await guest.open(page)
        await guest.send(f"{link}/demander", {"first_day": day(5), "last_day": day(6), "message": "Pour Wissant"})
        assert guest.path.startswith(link) and guest.status == 200, guest.text

    assert await inn.count("SELECT count(*) FROM agreement") == 1


@pytest.mark.parametrize("where", ["door", "messages", "demander"])
async def test_a_browser_without_its_cookies_gives_back_what_was_typed(inn: Inn, where: str) -> None:
    guest = await inn.enter()
    link = inn.link()
    path, page, typed = {
        "door": (inn.path, inn.path, WORDS | {"email": "autre@example.net", "message": "Une longue lettre."}),
        "messages": (f"{link}/messages", link, {"message": "Une longue lettre."}),
        "demander": (
            f"{link}/demander",
            f"{link}/demander?du={day(5)}&au={day(6)}",
            {"first_day": day(5), "last_day": day(6), "message": "Une longue lettre."},
        ),
    }[where]
    await guest.open(page)
    hidden = guest.hidden_fields(path)
    guest.client.session.cookie_jar.clear()

    await guest._post(path, hidden | typed)

    assert guest.status == 403 and "Rien n’est perdu" in guest.text and "Une longue lettre." in guest.text
    await guest.send(path)
    assert guest.status == 200 and "Rien n’est perdu" not in guest.text, guest.text


async def test_thanks_from_a_browser_without_its_cookies_are_given_back(inn: Inn) -> None:
    guest = await inn.enter(first_day=day(0), last_day=day(2))
    link, owner, path = inn.link(), await inn.owner(), f"/echanges/{(await inn.thread()).id}/accord"
    await owner.send(path, {"act": "accept"})
    await (await inn.owner()).send(path, {"act": "back"})
    await guest.open(link)
    await guest.send(f"{link}/accord", {"act": "back"})
    await guest.open(link)
    hidden = guest.hidden_fields(f"{link}/merci")
    guest.client.session.cookie_jar.clear()

    await guest._post(f"{link}/merci", hidden | {"thanks": "Belle tente !"})

    assert guest.status == 403 and "Rien n’est perdu" in guest.text and "Belle tente !" in guest.text
    await guest.send(f"{link}/merci")
    assert guest.path == f"{link}?fait=thanked"


async def test_a_mail_that_cannot_be_written_keeps_no_other_guest_waiting(
    inn: Inn, monkeypatch: pytest.MonkeyPatch
) -> None:
    await inn.enter()
    await inn.enter(email="autre@example.net", name="Zoé")
    async with transaction(inn.door.instance.pool) as conn:
        for id in await fetch_column(conn, "SELECT id FROM exchange"):
            await exchanges.add_event(conn, id, "said", actor_id=inn.alice.id, details={"text": "Bonjour !"})
        first = await fetch_value(conn, "SELECT min(id) FROM guest")
    prepare, before = guest_mails._prepare, len(inn.postman.taken)

    async def stumble(conn: Connection, instance: Instance, id: int, at: datetime, *, sender: str) -> object:
        if id == first:
            raise ZeroDivisionError
        return await prepare(conn, instance, id, at, sender=sender)

    monkeypatch.setattr(guest_mails, "_prepare", stumble)

    with pytest.raises(Unfinished, match=f"guest {first}: ZeroDivisionError"):
        await inn.tell()

    assert [one["To"] for one in inn.postman.taken[before:]] == ["autre@example.net"]


async def test_private_pages_name_themselves_to_nobody_else_and_their_forms_work_in_old_browsers(inn: Inn) -> None:
    guest = await inn.enter()

    answer = await guest.client.get(inn.link(), headers={"Accept": "text/html"})
    page = await answer.text()

    # With "no-referrer" browsers say `Origin: null` of our own forms too, and old ones have no other word for it.
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert '<meta name="referrer" content="same-origin">' in page and "no-referrer" not in page
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"


async def test_a_program_that_looks_through_mails_reads_nothing_in_her_place(inn: Inn) -> None:
    await inn.enter()
    link, thread = inn.link(), await inn.thread()
    await (await inn.owner()).send(f"/echanges/{thread.id}/messages", {"message": "Oui, samedi."})

    scanner = await inn.door.ring()
    assert "Oui, samedi." in (await scanner.open(link)).text

    assert len(await inn.tell()) == 1
