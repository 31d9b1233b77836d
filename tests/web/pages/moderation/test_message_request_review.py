"""What strangers wrote, before those who moderate: only where the cooperative wants it, a server at a time."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from federation.instance import Instance
from models import preferences
from models.people.actors import Actor
from models.store.database import transaction
from tests.factories import make_member
from tests.sample_message_requests import make_stranger, make_waiting
from tests.sample_village import Village
from tests.web.pages.conftest import Browser

PAGE = "/coop/inconnus"


@pytest.fixture
async def odile(open_browser: Callable[[Actor | None], Awaitable[Browser]], lomme: Village) -> Browser:
    """Odile, who administers."""
    return await open_browser(lomme.admin)


@pytest.fixture
async def letters(instance: Instance, lomme: Village) -> None:
    """Three messages of two writers of neu.test wait, and one of another server."""
    async with transaction(instance.pool) as conn:
        for number, (name, host) in enumerate((("u0", "neu.test"), ("u1", "neu.test"), ("u2", "autre.test")), start=1):
            writer = await make_stranger(conn, name, host)
            await make_waiting(conn, writer, lomme.alice, text=f"Gagnez vite <![x]{number}")
            if number == 2:
                await make_waiting(conn, writer, lomme.hocine, text="Gagnez encore " + "x" * 300)


@pytest.fixture
async def shown(instance: Instance, letters: None) -> None:
    """The cooperative wants those who moderate to see them."""
    async with transaction(instance.pool) as conn:
        await preferences.save(conn, replace(await preferences.load(conn), strangers_shown=True))


async def count(instance: Instance, state: str) -> int:
    found: int = await instance.pool.fetchval("SELECT count(*) FROM received WHERE state = $1", state)
    return found


async def test_b57_members_decide_directly_unless_the_cooperative_wants_otherwise(
    odile: Browser, instance: Instance, letters: None
) -> None:
    words = (await odile.get(PAGE)).words()
    refused = await odile.send(PAGE, {"act": "allow", "host": "neu.test"}, form_on="/compte")

    assert "Chaque membre en décide" in words and "neu.test" not in words and "Gagnez" not in words
    assert refused.status == 404
    assert await count(instance, "held") == 4


async def test_b57_the_cooperative_chooses_it_among_its_settings(odile: Browser, instance: Instance) -> None:
    page = "/coop/reglages/equipe"

    for box in ([("strangers_shown", "1")], []):
        await odile.send(page, box, form_on=page)
        async with transaction(instance.pool) as conn:
            assert (await preferences.load(conn)).strangers_shown is bool(box)


async def test_b57_servers_stand_there_with_how_many_messages_and_the_beginning_of_one(
    odile: Browser, shown: None
) -> None:
    words = (await odile.get(PAGE)).words()

    assert "neu.test 3 messages, 2 comptes, pour 2 membres" in words
    assert "« Gagnez encore xxx" in words and "x" * 241 not in words
    assert "« Gagnez vite <![x]3 »" in words


@pytest.mark.parametrize(
    ("act", "waiting", "held", "welcome"),
    [("allow", 3, 1, True), ("discard", 0, 1, True), ("set_aside", 0, 1, False)],
)
async def test_b57_one_click_decides_about_a_whole_server(
    odile: Browser, instance: Instance, shown: None, act: str, waiting: int, held: int, welcome: bool
) -> None:
    answer = await odile.send(PAGE, {"act": act, "host": "neu.test"}, form_on=PAGE)

    assert answer.location == f"{PAGE}?fait={act}"
    assert "neu.test" not in (await odile.get(PAGE)).words()
    assert (await count(instance, "waiting"), await count(instance, "held")) == (waiting, held)
    assert await instance.policy.allows("neu.test") is welcome
    left = await instance.pool.fetchval("SELECT count(*) FROM message_request WHERE accepted_at IS NULL")
    assert left == 1


async def test_who_moderates_decides_but_sets_no_server_aside(
    open_browser: Callable[[Actor | None], Awaitable[Browser]], instance: Instance, shown: None
) -> None:
    async with transaction(instance.pool) as conn:
        moderator = await make_member(conn, "mod", roles=["moderator"])
    mod = await open_browser(moderator)

    page = await mod.get(PAGE)
    aside = await mod.send(PAGE, {"act": "set_aside", "host": "neu.test"}, form_on=PAGE)
    thrown = await mod.send(PAGE, {"act": "discard", "host": "neu.test"}, form_on=PAGE)

    assert "Jeter et mettre à l’écart" not in page.words()
    assert (aside.status, thrown.status) == (404, 303)


async def test_a_server_of_whom_nothing_waits_is_decided_about_elsewhere(odile: Browser, shown: None) -> None:
    assert (await odile.send(PAGE, {"act": "set_aside", "host": "henin.test"}, form_on=PAGE)).status == 404
    assert (await odile.send(PAGE, {"act": "danser", "host": "neu.test"}, form_on=PAGE)).status == 404
