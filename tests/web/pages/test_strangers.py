"""Letters of strangers before an administrator: let through, thrown away, their server set aside."""

import json
from collections.abc import Awaitable, Callable
from hashlib import sha256

import pytest

from federation.instance import Instance
from models.actors import Actor
from models.database import Connection, execute, fetch_value, transaction
from models.received import NewReceived, enqueue
from tests.village import Village
from tests.web.pages.conftest import Browser

PAGE = "/coop/inconnus"


@pytest.fixture
async def odile(open_browser: Callable[[Actor | None], Awaitable[Browser]], lomme: Village) -> Browser:
    """Odile, who administers."""
    return await open_browser(lomme.admin)


@pytest.fixture
async def letters(instance: Instance, lomme: Village) -> None:
    """Three letters of two writers of neu.test wait, one of another server, and one that cannot be read."""
    async with transaction(instance.pool) as conn:
        for number, host in enumerate(("neu.test", "neu.test", "neu.test", "autre.test")):
            await hold(conn, number, host, f"<p>Gagnez vite <b>{number}</b></p><script>alert(1)</script>")
        await hold(conn, 9, "bizarre.test", None)


async def hold(conn: Connection, number: int, host: str, content: str | None) -> None:
    actor = f"https://{host}/users/u{number % 2}"
    note = {"id": f"https://{host}/n/{number}", "type": "Note", "attributedTo": actor, "content": content}
    create = {"id": f"https://{host}/a/{number}", "type": "Create", "actor": actor, "object": note}
    body = b"{" if content is None else json.dumps(create).encode()
    await enqueue(
        conn,
        NewReceived(
            activity_uri=f"https://{host}/a/{number}",
            body_hash=sha256(body).digest(),
            type="Create",
            actor_uri=actor,
            host=host,
            body=body,
        ),
    )
    await execute(conn, "UPDATE received SET state = 'held' WHERE host = $1", host)


async def count(instance: Instance, state: str) -> int:
    async with transaction(instance.pool) as conn:
        return int(await fetch_value(conn, "SELECT count(*) FROM received WHERE state = $1", state))


async def test_b57_servers_stand_there_with_how_many_letters_and_the_beginning_of_one(
    odile: Browser, letters: None
) -> None:
    page = await odile.get(PAGE)

    words = page.words()
    assert "neu.test 3 messages, 2 comptes" in words
    assert "« Gagnez vite 2 »" in words and "alert" not in words
    assert "bizarre.test" in words and "Sans texte." in words


@pytest.mark.parametrize(
    ("gesture", "waiting", "held", "welcome"),
    [("laisser", 3, 2, True), ("jeter", 0, 2, True), ("ecarter", 0, 2, False)],
)
async def test_b57_one_click_decides_about_a_whole_server(
    odile: Browser, instance: Instance, letters: None, gesture: str, waiting: int, held: int, welcome: bool
) -> None:
    answer = await odile.send(PAGE, {"geste": gesture, "serveur": "neu.test"}, form_on=PAGE)

    assert answer.location == f"{PAGE}?fait={gesture}"
    assert "neu.test" not in (await odile.get(PAGE)).words()
    assert (await count(instance, "waiting"), await count(instance, "held")) == (waiting, held)
    assert await instance.welcomes.allows("neu.test") is welcome


async def test_a_server_of_whom_nothing_waits_is_decided_about_elsewhere(odile: Browser, letters: None) -> None:
    assert (await odile.send(PAGE, {"geste": "ecarter", "serveur": "henin.test"}, form_on=PAGE)).status == 404
    assert (await odile.send(PAGE, {"geste": "danser", "serveur": "neu.test"}, form_on=PAGE)).status == 404
