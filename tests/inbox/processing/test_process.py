"""Received activities take effect: in order, once, whatever is repeated, mixed up or killed."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from federation.errors import Cause, FetchFailed
from federation.instance import Instance
from federation.vocabulary.activities.activities import Create
from inbox.processing import dispatch, process
from inbox.processing.prepared import Prepared
from inbox.processing.process import process_due
from models.errors import Unavailable
from models.people.actors import Actor
from models.traffic.inbound import received
from tests.fediverse import FakeFediverse, Person
from tests.inbox.desk import PUBLIC, Desk, later, write_moment


async def test_nothing_due_is_nothing_done(instance: Instance) -> None:
    assert await process_due(instance) == 0


async def test_what_came_is_marked_as_done(desk: Desk, bob: Person, alice: Actor) -> None:
    await desk.follow(alice, bob)

    await desk.take(bob, desk.create(bob))

    assert await desk.states() == [("done", None)]
    assert await desk.value("SELECT count(*) FROM post") == 1


async def test_what_concerns_nobody_is_left_alone_and_says_why(desk: Desk, bob: Person) -> None:
    await desk.take(bob, desk.create(bob))

    states = await desk.states()
    assert states == [("ignored", "concerns_nobody")]
    assert await desk.value("SELECT count(*) FROM post WHERE deleted_at IS NULL") == 0


async def test_create_update_and_delete_take_effect_in_order(desk: Desk, bob: Person, alice: Actor) -> None:
    await desk.follow(alice, bob)
    note = desk.note(bob)
    edited = note | {"content": "<p>Bonsoir</p>", "updated": write_moment(datetime.now(UTC) + timedelta(seconds=1))}
    other = desk.note(bob)

    await desk.take(
        bob,
        desk.create(bob, note),
        desk.activity(bob, "Update", edited),
        desk.create(bob, other),
        desk.activity(bob, "Delete", other["id"]),
    )

    rows = await desk.instance.pool.fetch("SELECT uri, content FROM post WHERE deleted_at IS NULL")
    assert [(row["uri"], row["content"]) for row in rows] == [(note["id"], "<p>Bonsoir</p>")]


async def test_ax06_an_object_created_fifty_times_is_one_object_and_one_notification(
    desk: Desk, bob: Person, alice: Actor
) -> None:
    mention = {"type": "Mention", "href": alice.uri, "name": "@alice@lomme.test"}
    note = desk.note(bob, cc=[alice.uri], tag=[mention])
    await desk.meet(bob)

    copies = [desk.create(bob, note) for _ in range(50)]
    await asyncio.gather(*(desk.post(bob, copy) for copy in copies))
    await asyncio.gather(*(process_due(desk.instance) for _ in range(4)))

    assert await desk.value("SELECT count(*) FROM received WHERE state = 'done'") == 50
    assert await desk.value("SELECT count(*) FROM post") == 1
    assert await desk.told(alice) == ["mention"]


async def test_several_workers_do_everything_once_and_in_order(desk: Desk, alice: Actor) -> None:
    people = [desk.fediverse.add_person("bob", f"host{number}.test") for number in range(10)]
    notes = {}
    for person in people:
        await desk.follow(alice, person)
        notes[person.uri] = desk.note(person)
        await desk.post(person, desk.create(person, notes[person.uri]))
    for version in range(5):
        for person in people:
            updated = write_moment(datetime.now(UTC) + timedelta(seconds=1 + version))
            changed = notes[person.uri] | {"content": f"<p>{version}</p>", "updated": updated}
            await desk.post(person, desk.activity(person, "Update", changed))

    done = await asyncio.gather(*(process_due(desk.instance) for _ in range(3)))

    assert sum(done) == 60
    assert await desk.value("SELECT count(*) FROM received WHERE state <> 'done'") == 0
    assert {row["content"] for row in await desk.instance.pool.fetch("SELECT content FROM post")} == {"<p>4</p>"}


async def test_mixed_up_and_repeated_activities_end_in_the_same_state(desk: Desk, bob: Person, alice: Actor) -> None:
    await desk.follow(alice, bob)
    kept, gone = desk.note(bob), desk.note(bob)
    moment = datetime.now(UTC)
    edits = [
        desk.activity(
            bob,
            "Update",
            kept | {"content": f"<p>{number}</p>", "updated": write_moment(moment + timedelta(seconds=number))},
        )
        for number in range(1, 4)
    ]
    like = desk.activity(bob, "Like", kept["id"])
    activities = [
        desk.create(bob, kept),
        *edits,
        desk.create(bob, gone),
        desk.activity(bob, "Delete", gone["id"]),
        desk.activity(bob, "Undo", like),
    ]

    for seed in range(6):
        shuffled = [*activities, *activities]
        random.Random(seed).shuffle(shuffled)
        await desk.instance.pool.execute("DELETE FROM received")
        await desk.instance.pool.execute("DELETE FROM post")
        await desk.instance.pool.execute("DELETE FROM tombstone")
        await desk.take(bob, *shuffled)

        rows = await desk.instance.pool.fetch("SELECT uri, content FROM post WHERE deleted_at IS NULL")
        assert [(row["uri"], row["content"]) for row in rows] == [(kept["id"], "<p>3</p>")], seed


async def test_a_fetch_that_fails_for_now_is_tried_again(desk: Desk, bob: Person, alice: Actor) -> None:
    await desk.follow(alice, bob)
    note = desk.note(bob)
    desk.fediverse.documents[note["id"]] = FetchFailed(Cause.TIMED_OUT, "henin.test", retry=True)

    await desk.take(bob, desk.activity(bob, "Create", note["id"]))
    [(state, reason)] = await desk.states()
    assert state == "waiting" and reason == "henin.test did not answer in time."

    desk.fediverse.documents[note["id"]] = note
    await desk.instance.pool.execute("DELETE FROM failed_fetch")
    assert await process_due(desk.instance) == 0
    assert await process_due(desk.instance, later(seconds=15)) == 1
    assert await desk.states() == [("done", None)]


async def test_a_fetch_that_keeps_failing_is_set_aside_with_its_cause(desk: Desk, bob: Person, alice: Actor) -> None:
    await desk.follow(alice, bob)
    note = desk.note(bob)
    desk.fediverse.documents[note["id"]] = FetchFailed(Cause.TIMED_OUT, "henin.test", retry=True)
    await desk.take(bob, desk.activity(bob, "Create", note["id"]))

    for hours in (1, 2, 4, 12, 24, 48):
        await process_due(desk.instance, later(hours=hours))

    assert await desk.states() == [("failed", "henin.test did not answer in time.")]


async def test_what_is_not_there_is_not_asked_for_again(desk: Desk, bob: Person, alice: Actor) -> None:
    await desk.follow(alice, bob)

    await desk.take(bob, desk.activity(bob, "Create", f"{bob.uri}/notes/missing"))

    assert [state for state, _ in await desk.states()] == ["ignored"]


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing takes effect together with others."""
    monkeypatch.setattr(Prepared, "may_be_in_set", False)


@pytest.fixture
def broken_create(monkeypatch: pytest.MonkeyPatch, alone: None) -> dict[str, int]:
    """The handler of Create raises so many times; counts how often it is called."""
    calls = {"left": 1, "made": 0}
    works: Callable[..., Awaitable[None]] = dispatch.HANDLERS[Create]

    async def handle(*arguments: Any) -> None:
        calls["made"] += 1
        await works(*arguments)
        if calls["left"]:
            calls["left"] -= 1
            raise RuntimeError("the process ends here")

    monkeypatch.setitem(dispatch.HANDLERS, Create, handle)
    return calls


async def test_a_crash_in_the_middle_leaves_nothing_and_is_repeated(
    desk: Desk, bob: Person, alice: Actor, broken_create: dict[str, int]
) -> None:
    await desk.follow(alice, bob)

    await desk.take(bob, desk.create(bob))
    assert await desk.value("SELECT count(*) FROM post") == 0
    [(state, reason)] = await desk.states()
    assert state == "waiting" and reason == "RuntimeError: the process ends here"

    await process_due(desk.instance, later(minutes=1))
    assert await desk.value("SELECT count(*) FROM post") == 1


async def test_a_poisoned_activity_does_not_stop_the_next_ones(
    desk: Desk, bob: Person, alice: Actor, broken_create: dict[str, int]
) -> None:
    await desk.follow(alice, bob)

    await desk.take(bob, desk.create(bob), desk.create(bob))

    assert sorted(state for state, _ in await desk.states()) == ["done", "waiting"]


@pytest.mark.usefixtures("alone")
async def test_no_mistake_of_ours_looks_like_an_absence_of_the_database_and_stops_the_round(
    desk: Desk, bob: Person, alice: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.follow(alice, bob)
    mistakes = [
        *(FileNotFoundError("a file"), TimeoutError(), asyncpg.InterfaceError("an argument"), KeyError("a key")),
        RuntimeError("long" * 1000),
    ]
    left: list[Exception] = list(mistakes)

    async def fail(*_: Any) -> None:
        raise left.pop()

    monkeypatch.setitem(dispatch.HANDLERS, Create, fail)
    like = desk.activity(bob, "Like", desk.note(bob)["id"])

    await desk.take(bob, *(desk.create(bob) for _ in mistakes), like)

    states = await desk.states()
    assert [state for state, _ in states] == ["waiting"] * 5 + ["ignored"]
    assert [str(reason).partition(":")[0] for _, reason in states[:5]] == [
        type(one).__name__ for one in reversed(mistakes)
    ]
    assert len(states[0][1] or "") == 500, "a line of the operators' page, not a book"


async def test_what_cannot_even_be_put_off_stops_nobody_else(
    desk: Desk, bob: Person, alice: Actor, broken_create: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.follow(alice, bob)

    async def fail(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(received, "retry", fail)

    await desk.take(bob, desk.create(bob), desk.create(bob))

    assert sorted(state for state, _ in await desk.states()) == ["done", "waiting"]


@pytest.mark.usefixtures("alone")
async def test_what_a_killed_worker_held_is_done_by_the_next_one(
    desk: Desk, bob: Person, alice: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.follow(alice, bob)
    await desk.post(bob, desk.create(bob))
    held = asyncio.Event()

    async def never(*_: Any) -> None:
        held.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(process, "apply", never)
    killed = asyncio.create_task(process_due(desk.instance))
    await held.wait()
    killed.cancel()
    await asyncio.gather(killed, return_exceptions=True)
    monkeypatch.undo()

    assert await process_due(desk.instance) == 0
    assert await process_due(desk.instance, later(seconds=31)) == 1
    assert await desk.states() == [("done", None)]


async def test_a_slow_server_holds_nobody_else_up(
    desk: Desk, bob: Person, alice: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = [desk.fediverse.add_person("slow", f"slow{number}.test") for number in range(20)]
    gate = asyncio.Event()
    original = FakeFediverse.get_document

    async def get_document(fediverse: FakeFediverse, uri: str, **options: Any) -> Any:
        if uri.endswith("/notes/slow"):
            await gate.wait()
        return await original(fediverse, uri, **options)

    monkeypatch.setattr(FakeFediverse, "get_document", get_document)
    for person in slow:
        await desk.follow(alice, person)
        await desk.post(person, desk.activity(person, "Create", f"{person.uri}/notes/slow"))
    await desk.follow(alice, bob)
    await desk.post(bob, desk.create(bob))

    working = asyncio.create_task(process_due(desk.instance))
    async with asyncio.timeout(60):
        while not await desk.value("SELECT count(*) FROM post"):
            await asyncio.sleep(0.01)

    gate.set()
    assert await working == 21


async def test_prefixed_words_are_understood_once_the_signature_holds(desk: Desk, bob: Person, alice: Actor) -> None:
    await desk.follow(alice, bob)
    note = {f"as:{key}" if key not in {"id", "type"} else key: value for key, value in desk.note(bob).items()}
    note |= {"type": "as:Note", "as:to": {"id": PUBLIC}, "as:attributedTo": {"id": bob.uri}, "as:cc": []}
    activity = desk.activity(bob, "Create", note) | {
        "@context": ["https://www.w3.org/ns/activitystreams", {"as": "https://www.w3.org/ns/activitystreams#"}]
    }

    await desk.take(bob, activity)
    await desk.instance.jsonld.close()

    assert await desk.states() == [("done", None)]
    assert await desk.value("SELECT audience FROM post") == "network"


async def test_ax06_both_inboxes_at_once_are_one_post_and_one_notification(
    desk: Desk, bob: Person, alice: Actor
) -> None:
    mention = {"type": "Mention", "href": alice.uri, "name": "@alice@lomme.test"}
    note = desk.note(bob, cc=[alice.uri], tag=[mention])
    create = desk.create(bob, note)
    await desk.meet(bob)

    paths = ["/inbox", "/users/alice/inbox"] * 25
    outcomes = await asyncio.gather(*(desk.post(bob, create, path) for path in paths))
    await asyncio.gather(*(process_due(desk.instance) for _ in range(4)))

    assert {one.status for one in outcomes} == {202}
    assert await desk.value("SELECT count(*) FROM received") == 1
    assert await desk.value("SELECT count(*) FROM post") == 1
    assert await desk.told(alice) == ["mention"]


async def test_the_others_are_told_that_something_took_effect_and_of_nothing_else(
    desk: Desk, bob: Person, alice: Actor
) -> None:
    await desk.follow(alice, bob)
    ignored, kept = asyncio.Event(), asyncio.Event()

    await desk.post(bob, desk.activity(bob, "Like", desk.note(bob)["id"]))
    await process_due(desk.instance, committed=ignored)
    await desk.post(bob, desk.create(bob))
    await process_due(desk.instance, committed=kept)

    assert (ignored.is_set(), kept.is_set()) == (False, True)


async def test_what_is_claimed_is_held_on_to_now_and_then_and_not_all_the_time(
    desk: Desk, bob: Person, alice: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.follow(alice, bob)
    renewed = []

    async def renew(*_: Any, ids: list[int], **__: Any) -> None:
        renewed.append(ids)

    monkeypatch.setattr(received, "renew", renew)
    await desk.take(bob, desk.create(bob))
    assert renewed == []

    monkeypatch.setattr(process, "RENEW_SECONDS", 0.001)
    await desk.post(bob, desk.activity(bob, "Create", f"{bob.uri}/notes/slow"))
    await desk.post(bob, desk.create(bob))
    held = await desk.value("SELECT array_agg(id) FROM received WHERE state = 'waiting'")
    await process_due(desk.instance)

    assert renewed and {id for ids in renewed for id in ids} <= set(held)


async def test_when_the_database_is_away_while_it_is_written_down_why_the_round_ends(
    desk: Desk, bob: Person, alice: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.follow(alice, bob)

    async def fail(*_: Any, **__: Any) -> None:
        raise Unavailable

    monkeypatch.setattr(received, "retry", fail)
    note = desk.note(bob)
    desk.fediverse.documents[note["id"]] = FetchFailed(Cause.TIMED_OUT, "henin.test", retry=True)
    await desk.post(bob, desk.activity(bob, "Create", note["id"]))

    with pytest.raises(BaseException) as ended:
        await process_due(desk.instance)

    assert (
        ended.group_contains(Unavailable)
        if isinstance(ended.value, BaseExceptionGroup)
        else isinstance(ended.value, Unavailable)
    )
