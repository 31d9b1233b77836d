"""The other one is gone, hidden, moved, or her server is set aside in the middle of things: there is a way out."""

from collections.abc import Awaitable, Callable

import pytest

from federation.instance import Instance
from models.exchanges import agreements
from models.exchanges.agreements import Agreement
from models.people.actors import Actor
from models.relations.blocking import blocks
from models.store.database import Connection, connection, execute, transaction
from outbox.exchanges.agreements.agreements import accept
from outbox.servers.peers import trust
from tests.sample_threads import SampleThreads
from tests.sample_village import Village
from tests.web.pages.conftest import Browser

OpenBrowser = Callable[[Actor | None], Awaitable[Browser]]

WAYS = ("deleted", "suspended", "blocked", "blocks", "moved", "aside", "silent")


async def vanish(conn: Connection, lomme: Village, way: str) -> None:
    """What happened to Bob, or to his server."""
    alice, bob = lomme.alice, lomme.bob
    match way:
        case "deleted":
            await execute(conn, "UPDATE actor SET deleted_at = now() WHERE id = $1", bob.id)
        case "suspended":
            await execute(conn, "UPDATE actor SET suspended_at = now() WHERE id = $1", bob.id)
        case "blocked":
            await blocks.save(conn, uri="https://x.test/b", actor_id=alice.id, target_id=bob.id)
        case "blocks":
            await blocks.save(conn, uri="https://x.test/b", actor_id=bob.id, target_id=alice.id)
        case "moved":
            await execute(conn, "UPDATE actor SET moved_to = 'https://elsewhere.test/users/bob' WHERE id = $1", bob.id)
        case "aside":
            await trust(conn, "henin.test", "aside")
        case "silent":
            await execute(
                conn, "UPDATE server SET unavailable_since = now() - interval '5 days' WHERE host = 'henin.test'"
            )


@pytest.mark.parametrize("way", WAYS)
async def test_every_page_still_opens(
    alice: Browser, instance: Instance, lomme: Village, made: SampleThreads, way: str
) -> None:
    async with transaction(instance.pool) as conn:
        await accept(conn, lomme.site, lomme.alice, made.tent)
        await vanish(conn, lomme, way)

    for path in (
        f"/echanges/{made.tent.exchange_id}",
        f"/echanges/{made.sewing.exchange_id}",
        f"/echanges/{made.sewing.exchange_id}/proposer/{made.sewing.id}",
        "/echanges",
        "/echanges?voir=finis",
        "/notifications",
        "/agenda",
        f"/accords/{made.tent.id}.ics",
        "/compte",
        "/compte/supprimer",
    ):
        page = await alice.get(path)
        assert page.status in (200, 303) or (way == "aside" and page.status == 404), (path, page.status)


@pytest.mark.parametrize("way", WAYS)
async def test_what_is_agreed_can_be_called_off_and_what_is_asked_taken_back(
    alice: Browser, instance: Instance, lomme: Village, made: SampleThreads, way: str
) -> None:
    async with transaction(instance.pool) as conn:
        await accept(conn, lomme.site, lomme.alice, made.tent)
        await vanish(conn, lomme, way)

    assert await end(alice, made.tent, "cancel") == 303
    assert await end(alice, made.sewing, "withdraw") == 303

    async with connection(instance.pool) as conn:
        states = [(await agreements.get(conn, one.id)).state for one in (made.tent, made.sewing)]
    assert states == ["cancelled", "withdrawn"]


@pytest.mark.parametrize("way", WAYS)
async def test_what_is_asked_can_be_refused(
    alice: Browser, instance: Instance, lomme: Village, made: SampleThreads, way: str
) -> None:
    async with transaction(instance.pool) as conn:
        await vanish(conn, lomme, way)

    assert await end(alice, made.tent, "refuse") == 303


@pytest.mark.parametrize("way", [way for way in WAYS if way != "silent"])
async def test_words_that_nobody_would_read_come_back(
    alice: Browser, instance: Instance, lomme: Village, made: SampleThreads, way: str
) -> None:
    path = f"/echanges/{made.tent.exchange_id}"
    old = await alice.get(path)
    async with transaction(instance.pool) as conn:
        await vanish(conn, lomme, way)

    token = old.html.xpath("string(//input[@name='csrf_token']/@value)")
    answer = await alice.read(
        await alice.client.post(
            f"{path}/messages",
            data={"csrf_token": token, "message": "Une longue lettre."},
            headers={"Accept": "text/html", "Accept-Language": "fr"},
            allow_redirects=False,
        )
    )

    assert answer.status == 422
    assert "Vous ne pouvez plus vous écrire ici" in answer.words()
    assert "Une longue lettre." in answer.text


async def end(browser: Browser, held: Agreement, act: str) -> int:
    """Press the button as the page has it; the answer's status."""
    path = f"/echanges/{held.exchange_id}"
    page = await browser.get(path)
    assert page.html.xpath(f"//input[@name='act'][@value='{act}']"), (act, page.words())
    return (await browser.send(f"{path}/accord", {"agreement": str(held.id), "act": act}, form_on=path)).status
