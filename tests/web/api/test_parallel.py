"""The same request many times at the same moment: done once, answered every time, within its limit."""

import asyncio
from collections.abc import Sequence

import pytest

from models.relations.lists import MOST_LISTS
from models.store.database import connection, fetch_value
from tests.factories import make_note, make_remote_actor
from tests.web.api.conftest import Alice, Answer

ACTIVITIES = "SELECT count(*) FROM activity WHERE type = $1"


async def ask_at_once(alice: Alice, method: str, path: str, times: int = 8) -> Sequence[Answer]:
    return await asyncio.gather(*(alice.api.ask(method, path) for _ in range(times)))


async def count_said(alice: Alice, type: str) -> int:
    async with connection(alice.api.pool) as conn:
        said: int = await fetch_value(conn, ACTIVITIES, type)
    return said


@pytest.mark.parametrize(("act", "said"), [("favourite", "Like"), ("reblog", "Announce")])
async def test_an_act_that_comes_many_times_at_once_is_done_and_taken_back_once(
    alice: Alice, act: str, said: str
) -> None:
    async with connection(alice.api.pool) as conn:
        note = await make_note(conn, await make_remote_actor(conn))

    done = await ask_at_once(alice, "POST", f"/api/v1/statuses/{note.id}/{act}")
    undone = await ask_at_once(alice, "POST", f"/api/v1/statuses/{note.id}/un{act}")

    assert {answer.status for answer in (*done, *undone)} == {200}
    assert len({answer.json["id"] for answer in done}) == 1
    assert (await count_said(alice, said), await count_said(alice, "Undo")) == (1, 1)


async def test_somebody_is_asked_once_however_often_a_finger_presses(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        bob = await make_remote_actor(conn)
    path = f"/api/v1/accounts/{bob.id}"

    asked = await ask_at_once(alice, "POST", f"{path}/follow")
    undone = await ask_at_once(alice, "POST", f"{path}/unfollow")

    assert {answer.json["requested"] for answer in asked} == {True}
    assert {answer.json["requested"] for answer in undone} == {False}
    assert (await count_said(alice, "Follow"), await count_said(alice, "Undo")) == (1, 1)


async def test_a_status_that_is_deleted_many_times_at_once_is_told_of_once(alice: Alice) -> None:
    written = await alice.api.post("/api/v1/statuses", status="Bonjour")

    answers = await ask_at_once(alice, "DELETE", f"/api/v1/statuses/{written['id']}")

    assert sorted(answer.status for answer in answers) == [200, *[404] * 7]
    assert await count_said(alice, "Delete") == 1


async def test_whoever_edits_closes_and_takes_back_a_listing_at_once_is_answered_each_time(alice: Alice) -> None:
    made = await alice.api.post("/api/v1/declic/listings", kind="offer", mode="gift", title="Tente")
    path = f"/api/v1/declic/listings/{made['id']}"
    acts: tuple[tuple[str, str, dict[str, str]], ...] = (
        ("DELETE", path, {}),
        ("PATCH", path, {"title": "Tente verte"}),
        ("POST", f"{path}/state", {"outcome": "done"}),
    )

    answers = await asyncio.gather(*(alice.api.ask(method, to, json=sent) for method, to, sent in acts * 5))

    assert {answer.status for answer in answers} <= {200, 404, 409}
    assert (await alice.api.ask("GET", path)).status == 404


async def test_lists_made_at_once_stay_within_their_limit(alice: Alice) -> None:
    requests = (
        alice.api.ask("POST", "/api/v1/lists", data={"title": f"Liste {number}"}) for number in range(MOST_LISTS + 10)
    )

    answers = await asyncio.gather(*requests)

    assert sorted(answer.status for answer in answers) == [*[200] * MOST_LISTS, *[422] * 10]
