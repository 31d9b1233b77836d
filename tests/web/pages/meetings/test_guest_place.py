"""Somebody without any account keeps a seat by mail, and leaves it by the same link."""

import re
from collections.abc import AsyncIterator

import msgspec
import pytest

from models.people import actors
from models.store.database import connection, execute, fetch_column, fetch_value, transaction
from outbox.meetings.meetings import publish, withdraw
from tests.outbox.meetings.sample_meetings import make_draft
from tests.outbox.sent_activities import make_streams
from tests.web.form_client import Doorbell, Visitor
from tests.web.guest_scenario import EMAIL, Inn, open_inn
from tests.web.limited_tries import allow
from tests.web.smtp_server import read_parts
from web.mail.meeting_mails import send_meeting_mail

TYPED = {"name": "Léonie", "email": EMAIL, "guest_message": "Une lampe", "guest_people": "1"}


@pytest.fixture
async def inn(door: Doorbell) -> AsyncIterator[Inn]:
    async with open_inn(door) as inn:
        yield inn


@pytest.fixture
async def cafe(inn: Inn) -> tuple[int, str]:
    """The row id of a repair café with one seat, and its page."""
    async with transaction(inn.door.instance.pool) as conn:
        coop = (await make_streams(conn))["coop"]
        full = await publish(conn, inn.door.instance.site, coop, make_draft(capacity=1))
    return full.id, full.listing.post.url.removeprefix(inn.door.instance.site.url)


async def send_mails(inn: Inn) -> str:
    """What waits goes out; the private address in the last mail."""
    instance = inn.door.instance
    async with transaction(instance.pool) as conn:
        found = await fetch_column(conn, "DELETE FROM pgqueuer WHERE entrypoint = 'meeting_mail' RETURNING payload")
    for payload in found:
        await send_meeting_mail(instance, msgspec.json.decode(payload))
    text, page = read_parts(inn.postman.taken[-1])
    link = re.search(r"http://lomme\.test(/rencontres/place/[\w.-]+)", text)
    assert link is not None and link[1] in page
    return link[1]


async def find_states(inn: Inn) -> list[str]:
    async with connection(inn.door.instance.pool) as conn:
        return await fetch_column(conn, "SELECT state FROM meeting_registration ORDER BY id")


async def knock(inn: Inn, cafe: tuple[int, str], **typed: str) -> Visitor:
    guest = await (await inn.door.ring()).open(cafe[1])
    return await guest.send(f"/rencontres/d/{cafe[0]}/courriel", TYPED | typed)


async def test_a_seat_is_kept_by_the_link_and_left_by_it(inn: Inn, cafe: tuple[int, str]) -> None:
    guest = await knock(inn, cafe)
    assert "Regardez vos courriels" in guest.text and await find_states(inn) == ["asked"]
    link = await send_mails(inn)
    await guest.open(link)
    assert "Oui, je viens" in guest.text and await find_states(inn) == ["asked"], "opening changes nothing"

    await guest.send(link, {"act": "confirm"})
    assert guest.path == f"{link}?fait=seat" and await find_states(inn) == ["seat"]
    await send_mails(inn)
    text, _ = read_parts(inn.postman.taken[-1])
    assert "Votre place est gardée" in text and "Salle du Marais" in text and "de 14" in text
    assert any(part.get_content_type() == "text/calendar" for part in inn.postman.taken[-1].walk())
    other = await (await inn.door.ring()).open(cafe[1])
    assert "Me mettre sur la liste" in other.text

    await guest.send(link, {"act": "leave"})
    assert guest.path == f"{link}?fait=left" and await find_states(inn) == ["cancelled"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"name": ""}, "comment on vous appelle"),
        ({"email": "leonie"}, "ne semble pas complète"),
        ({"guest_people": "0"}, "10 personnes au plus"),
        ({"name": "http://exemple.fr"}, "nom"),
    ],
)
async def test_what_is_wrong_is_said_and_nothing_leaves(
    inn: Inn, cafe: tuple[int, str], typed: dict[str, str], said: str
) -> None:
    guest = await knock(inn, cafe, **typed)

    assert guest.status == 422 and said in guest.text and "Une lampe" in guest.text
    assert await find_states(inn) == []


async def test_it_is_tried_so_often_only(inn: Inn, cafe: tuple[int, str], monkeypatch: pytest.MonkeyPatch) -> None:
    allow(monkeypatch, "guest", pair=0)

    assert (await knock(inn, cafe)).status == 422
    async with connection(inn.door.instance.pool) as conn:
        assert await fetch_value(conn, "SELECT count(*) FROM pgqueuer WHERE entrypoint = 'meeting_mail'") == 0


async def test_a_link_that_was_replaced_says_so(inn: Inn, cafe: tuple[int, str]) -> None:
    await knock(inn, cafe)
    first = await send_mails(inn)
    await knock(inn, cafe)

    guest = await (await inn.door.ring()).open(first)

    assert guest.status == 410 and "Ce lien ne sert plus" in guest.text
    assert (await guest.open(f"{first[:-3]}AAA")).status in (404, 410)


async def test_a_place_given_up_by_others_is_told_by_its_name_whoever_asked_for_a_link(
    inn: Inn, cafe: tuple[int, str]
) -> None:
    guest = await knock(inn, cafe)
    link = await send_mails(inn)
    await guest.open(link)
    await guest.send(link, {"act": "confirm"})
    instance = inn.door.instance
    async with transaction(instance.pool) as conn:
        await withdraw(conn, instance.site, await actors.get_local(conn, "coop"), cafe[0])
        await execute(conn, "UPDATE meeting_registration SET turn = turn + 1")

    await send_mails(inn)

    message = inn.postman.taken[-1]
    text, _ = read_parts(message)
    assert message["Subject"] == "Annulée : Café réparation"
    assert "« Café réparation », prévue" in text and "Salle du Marais, 3 rue du Lin, Lomme, n’aura pas lieu" in text
    [file] = [part for part in message.walk() if part.get_content_type() == "text/calendar"]
    assert b"SUMMARY:Caf\xc3\xa9 r\xc3\xa9paration" in file.get_payload(decode=True)
