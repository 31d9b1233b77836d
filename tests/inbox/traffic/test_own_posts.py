"""Other servers are asked page by page what they hold of ours: all of it, turn by turn, and not for ever."""

from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

from federation.instance import Instance
from federation.signatures import Signer
from inbox.traffic import own_posts
from models.store.database import execute, transaction
from models.traffic import returned_posts
from tests.fediverse import make_signer
from tests.inbox.desk import Desk

HENIN = "https://henin.test"

NOW = datetime.now(UTC)


@pytest.fixture(autouse=True)
def signer(monkeypatch: pytest.MonkeyPatch) -> None:
    """This instance signs what it asks."""

    async def find_signer(_: Instance) -> Signer:
        return make_signer("https://lomme.test/users/instance#main-key")

    monkeypatch.setattr(own_posts, "instance_signer", find_signer)


async def lose(desk: Desk, pages: int) -> None:
    """This instance was restored, and henin.test has so many pages of what it lost."""
    async with transaction(desk.instance.pool) as conn:
        await execute(conn, "INSERT INTO restoration (lost_from) VALUES ($1)", NOW - timedelta(hours=20))
        await returned_posts.plan_asking(conn, ["henin.test"])
    held = f"{HENIN}/users/instance/held_copies"
    person = desk.fediverse.add_person("instance", "henin.test")
    desk.fediverse.documents[f"{HENIN}/users/instance"] = person.document | {"heldCopies": held}
    for number in range(pages):
        url = held if number == 0 else f"{held}?after={number}"
        page: dict[str, Any] = {"id": url, "type": "OrderedCollectionPage", "partOf": held, "orderedItems": []}
        if number + 1 < pages:
            page["next"] = f"{held}?after={number + 1}"
        desk.fediverse.documents[url] = page


async def list_waiting(desk: Desk) -> list[Any]:
    rows = await desk.instance.pool.fetch("SELECT payload FROM pgqueuer WHERE entrypoint = $1", returned_posts.JOB)
    return [orjson.loads(row["payload"]) for row in rows]


async def test_what_one_turn_does_not_read_the_next_one_does(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_posts, "MOST_PAGES", 2)
    await lose(desk, 3)

    await own_posts.ask(desk.instance, {"origin": HENIN, "turn": 0})
    [next_one] = await list_waiting(desk)
    answered = await desk.instance.pool.fetchval("SELECT answered_at FROM restoration_word")
    await own_posts.ask(desk.instance, next_one)

    assert next_one == {"origin": HENIN, "turn": 1, "page": f"{HENIN}/users/instance/held_copies?after=2"}
    assert answered is None
    assert await desk.instance.pool.fetchval("SELECT answered_at FROM restoration_word") is not None


async def test_a_server_that_gives_back_for_ever_is_given_up(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_posts, "MOST_PAGES", 1)
    await lose(desk, 3)

    await own_posts.ask(desk.instance, {"origin": HENIN, "turn": own_posts.MOST_TURNS})

    assert await list_waiting(desk) == []
    assert await desk.instance.pool.fetchval("SELECT answered_at FROM restoration_word") is not None
