"""Writing in a thread: words, pictures, ready answers; contact details leave by a tap and by nothing else."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from aiohttp import FormData

from federation.instance import Instance
from models.exchanges import exchanges
from models.people import phone_numbers
from models.people.actors import Actor
from models.store.database import connection, fetch_value, transaction
from tests.database_queries import count_unread_threads
from tests.sample_threads import SampleThreads
from tests.sample_village import SAMPLES, Village
from tests.web.pages.conftest import Browser

OpenBrowser = Callable[[Actor | None], Awaitable[Browser]]


async def last_sent(instance: Instance) -> str:
    async with connection(instance.pool) as conn:
        return str(await fetch_value(conn, "SELECT body FROM activity ORDER BY id DESC LIMIT 1"))


async def test_a_message_stands_in_the_thread_and_leaves_for_the_other_one_alone(
    alice: Browser, instance: Instance, lomme: Village, made: SampleThreads
) -> None:
    path = f"/echanges/{made.tent.exchange_id}"

    answer = await alice.send(f"{path}/messages", {"message": "Je regarde mon agenda."}, form_on=path)

    assert (answer.status, answer.location) == (303, f"{path}?fait=sent")
    page = await alice.get(answer.location)
    assert page.html.xpath("normalize-space(//li[contains(@class, 'mine')][last()]//div[@class='prose'])") == (
        "Je regarde mon agenda."
    )
    sent = await last_sent(instance)
    assert f'"to":["{lomme.bob.uri}"]' in sent
    assert "Public" not in sent.partition('"@context"')[0]


async def test_an_owner_may_write_first_after_a_request_without_words(
    alice: Browser, open_browser: OpenBrowser, lomme: Village, made: SampleThreads
) -> None:
    path = f"/echanges/{made.wanted.exchange_id}"

    await alice.send(f"{path}/messages", {"message": "Merci, à samedi."}, form_on=path)

    hocine = await open_browser(lomme.hocine)
    assert "Merci, à samedi." in (await hocine.get(path)).words()


async def test_a_message_without_words_comes_back(alice: Browser, made: SampleThreads) -> None:
    path = f"/echanges/{made.tent.exchange_id}"

    answer = await alice.send(f"{path}/messages", {"message": "  "}, form_on=path)

    assert answer.status == 422
    assert answer.html.xpath("//div[@id='erreurs']//a/@href") == ["#message"]


async def test_a_picture_goes_with_a_message(alice: Browser, made: SampleThreads) -> None:
    path = f"/echanges/{made.tent.exchange_id}"
    token = (await alice.get(path)).html.xpath("string(//input[@name='csrf_token']/@value)")
    data = FormData(quote_fields=False)
    data.add_field("csrf_token", token)
    data.add_field("message", "")
    data.add_field("photos", (Path(SAMPLES) / "tente.jpg").read_bytes(), filename="t.jpg", content_type="image/jpeg")

    answer = await alice.read(await alice.client.post(f"{path}/messages", data=data, allow_redirects=False))

    assert answer.status == 303
    assert (await alice.get(path)).html.xpath("//li[contains(@class, 'mine')]//img")


async def test_a_message_that_is_too_long_keeps_its_pictures(alice: Browser, made: SampleThreads) -> None:
    path = f"/echanges/{made.tent.exchange_id}"
    token = (await alice.get(path)).html.xpath("string(//input[@name='csrf_token']/@value)")
    data = FormData(quote_fields=False)
    data.add_field("csrf_token", token)
    data.add_field("message", "a" * 2001)
    data.add_field("photos", (Path(SAMPLES) / "tente.jpg").read_bytes(), filename="t.jpg", content_type="image/jpeg")

    answer = await alice.read(await alice.client.post(f"{path}/messages", data=data, allow_redirects=False))
    kept = answer.html.xpath("//form[@id='ecrire']//input[@name='media']/@value")
    await alice.send(f"{path}/messages", [("message", "La voilà."), ("media", kept[0])], form_on=path)

    assert answer.status == 422
    assert (await alice.get(path)).html.xpath("//li[contains(@class, 'mine')][.//div[contains(., 'La voilà')]]//img")


@pytest.mark.parametrize(("chosen", "words"), [("disponible", "est-ce toujours disponible ?"), ("1", "Je peux passer")])
async def test_ready_answers_are_sent_by_one_button(
    alice: Browser, made: SampleThreads, chosen: str, words: str
) -> None:
    path = f"/echanges/{made.sewing.exchange_id}"

    await alice.send(f"{path}/messages", {"message": "", "quick": chosen}, form_on=path)

    page = await alice.get(path)
    assert words in page.html.xpath("string(//li[contains(@class, 'mine')][last()])").replace("\u202f", " ")


async def test_a_phone_number_leaves_by_the_tap_and_is_shown_nowhere_else(
    alice: Browser, open_browser: OpenBrowser, instance: Instance, lomme: Village, made: SampleThreads
) -> None:
    path = f"/echanges/{made.drill.exchange_id}"
    async with transaction(instance.pool) as conn:
        await phone_numbers.set_phone(conn, lomme.alice.id, "06 12 34 56 78")
    hocine = await open_browser(lomme.hocine)
    assert "06 12" not in (await hocine.get(path)).text + (await hocine.get("/@alice")).text

    answer = await alice.send(f"{path}/contact", {"contact": "telephone"}, form_on=path)

    assert answer.status == 303
    words = (await hocine.get(path)).words()
    assert "Maryse vous donne ses coordonnées." in words and "06 12 34 56 78" in words
    async with connection(instance.pool) as conn:
        thread = await exchanges.get_for(conn, made.drill.exchange_id, lomme.hocine.id)
        events = await exchanges.list_events(conn, [e.id for e in await exchanges.list_entries(conn, thread.id)])
    assert not [event for event in events if "06 12" in str(event.details)]


async def test_without_a_number_one_is_led_to_where_it_is_noted(alice: Browser, made: SampleThreads) -> None:
    path = f"/echanges/{made.drill.exchange_id}"

    answer = await alice.send(f"{path}/contact", {"contact": "telephone"}, form_on=path)

    assert answer.status == 422
    assert "Notez d’abord votre téléphone" in answer.words()


async def test_a_thread_that_is_muted_is_no_news(
    alice: Browser, instance: Instance, lomme: Village, made: SampleThreads
) -> None:
    path = f"/echanges/{made.tent.exchange_id}"
    async with connection(instance.pool) as conn:
        before = await count_unread_threads(conn, lomme.alice.id)
    await alice.send(f"{path}/silence", {"muted": "1"}, form_on="/publier")

    async with transaction(instance.pool) as conn:
        await exchanges.add_event(conn, made.tent.exchange_id, "contact", actor_id=lomme.bob.id)
        after = await count_unread_threads(conn, lomme.alice.id)

    assert (before, after) == (before, before - 1)
    assert "Me prévenir de nouveau" in (await alice.get(path)).words()
