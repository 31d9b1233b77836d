"""Follows that come together, and are taken back, leave what each leaves alone."""

import asyncio
from collections import Counter
from datetime import UTC, datetime
from random import Random
from typing import Any
from uuid import uuid4

import pytest

from inbox.processing.prepared import prepare
from inbox.processing.process import process_due
from inbox.processing.sets import take_effect
from models.people.actors import Actor
from models.relations.blocking import blocks
from models.store.database import execute, transaction
from models.traffic.inbound import received
from outbox.relations.blocks import block_domain
from outbox.relations.follows import follow as ask
from tests.factories import HERE, make_follow, make_local_actor, make_member, make_note, make_remote_actor
from tests.fediverse import Person
from tests.inbox.desk import Desk, later
from tests.inbox.processing.effects import Scene, compare_ways, let_her_app_be_told
from tests.inbox.processing.test_set_kinds import add_people, count_types

NOBODY = "https://lomme.test/users/nobody"


async def make_town(desk: Desk, alice: Actor, people: list[Person]) -> list[Actor]:
    """People of ours of every kind, and blocks of every kind between them and others."""
    async with transaction(desk.instance.pool) as conn:
        anna = await make_member(conn, "anna", locked=True)
        gone = await make_member(conn, "gone")
        await execute(conn, "UPDATE actor SET moved_to = 'https://henin.test/users/gone' WHERE id = $1", gone.id)
        plain = await make_member(conn, "plain")
        built_in = [await make_local_actor(conn, name, type="Organization") for name in ("coop", "instance")]
        met = [await desk.meet(person) for person in people]
        await blocks.save(conn, uri="https://lomme.test/blocks/1", actor_id=alice.id, target_id=met[1].id)
        await blocks.save(conn, uri="https://host2.test/blocks/1", actor_id=met[2].id, target_id=alice.id)
        await block_domain(conn, HERE, plain, "host3.test")
        await make_follow(conn, met[4], plain, state="pending")
    await desk.instance.pool.execute(
        "UPDATE actor SET shared_inbox = 'https://host5.test/inbox' WHERE host = 'host5.test'"
    )
    await desk.instance.pool.execute("UPDATE actor SET type = 'Service' WHERE host = 'host5.test'")
    await desk.instance.pool.execute(
        """
        INSERT INTO server (host, paused_at) VALUES ('host6.test', now())
        ON CONFLICT (host) DO UPDATE SET paused_at = now()
        """
    )
    return [alice, plain, anna, gone, *built_in]


def write_follows(desk: Desk, people: list[Person], uris: list[str]) -> list[Scene]:
    """Everybody follows everybody here, again and under other ids, and takes it back in every way."""
    first = [(person, desk.activity(person, "Follow", uri)) for person in people for uri in uris]
    again = [(person, desk.activity(person, "Follow", uris[0])) for person in people]
    early = [desk.activity(person, "Follow", uris[1]) for person in people[:2]]
    return [
        first,
        again,
        [
            (people[0], desk.activity(people[0], "Undo", again[0][1])),
            (people[3], desk.activity(people[3], "Undo", again[3][1]["id"])),
            (people[4], desk.activity(people[4], "Undo", again[3][1]["id"])),
            (
                people[5],
                desk.activity(people[5], "Undo", {"type": "Follow", "actor": people[5].uri, "object": uris[0]}),
            ),
            (people[6], desk.activity(people[6], "Undo", again[6][1])),
            (people[6], desk.activity(people[6], "Follow", uris[0])),
            (people[7], desk.activity(people[7], "Undo", again[7][1])),
            (people[7], desk.activity(people[7], "Undo", again[7][1])),
        ],
        [(person, desk.activity(person, "Undo", said)) for person, said in first if said["object"] == uris[1]],
        [
            *((person, desk.activity(person, "Undo", follow)) for person, follow in zip(people, early, strict=False)),
            *zip(people, early, strict=False),
            *((person, desk.activity(person, "Undo", said)) for person, said in first[len(uris) :]),
        ],
    ]


async def ask_people(desk: Desk, asking: list[Actor]) -> Scene:
    """Some of ours ask strangers, who say yes in every way, and to what nobody asked."""
    said: list[tuple[Person, dict[str, Any]]] = []
    for number in range(4):
        person = desk.fediverse.add_person("carol", f"town{number}.test")
        met = await desk.meet(person)
        async with transaction(desk.instance.pool) as conn:
            asked = [await ask(conn, HERE, one, met) for one in (asking if number else asking[:1])]
        inner = [
            {"type": "Follow", "id": follow.uri, "actor": one.uri, "object": person.uri}
            for one, follow in zip(asking, asked, strict=False)
        ]
        said += [(person, desk.activity(person, "Accept", follow["id"] if number == 2 else follow)) for follow in inner]
        lost = {key: value for key, value in inner[0].items() if key != "id"}
        said += [(person, desk.activity(person, "Accept", one)) for one in (inner[0], lost, NOBODY)]
        said += [(said[0][0], desk.activity(said[0][0], "Accept", inner[0]))] if number == 3 else []
    return said


async def test_yeses(desk: Desk, alice: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    async with transaction(desk.instance.pool) as conn:
        plain = await make_member(conn, "plain")
    answers = await ask_people(desk, [alice, plain])

    kept = await compare_ways(desk, monkeypatch, [answers])

    assert count_types(kept["together"]) >= Counter(Accept=6)
    assert len(kept["past"]) == 4 and dict(kept["job"])["backfill"] == 4
    assert {state for _, _, _, state, *_ in kept["follow"]} == {"accepted"}
    assert {state for *_, state, _, _, _, _ in kept["leaves"]} == {"done"}


async def test_follows(desk: Desk, alice: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    people = await add_people(desk, alice, 9)
    ours = await make_town(desk, alice, people)
    scenes = write_follows(desk, people, [*(one.uri for one in ours), NOBODY])

    await let_her_app_be_told(desk, alice)
    kept = await compare_ways(desk, monkeypatch, scenes)

    assert count_types(kept["together"]) >= Counter(Follow=14, Undo=8)
    assert Counter(type for _, type, *_ in kept["said"]) >= Counter(Accept=14, Reject=4)
    assert {state for *_, state, _, _, _, _ in kept["leaves"]} == {"waiting", "held"}
    assert Counter(type for type, *_ in kept["told"]) >= Counter(follow=8, follow_request=4)
    assert {error for _, _, error, _ in kept["received"]} >= {"follows_nobody", "undone_before", None}


KINDS = ("Follow", "Follow", "Like", "Announce", "Create", "Undo", "Undo", "Undo id", "Delete", "Accept")


def draw_scenes(
    desk: Desk, random: Random, asked: list[tuple[Person, str]], notes: list[str], ours: list[str]
) -> list[Scene]:
    """What those who were asked by these Follows say and take back at random."""
    people, questions = [person for person, _ in asked], {person.uri: uri for person, uri in asked}
    said: dict[str, list[dict[str, Any]]] = {person.uri: [] for person in people}
    written: dict[str, list[dict[str, Any]]] = {person.uri: [] for person in people}

    def go_on(person: Person) -> dict[str, Any]:
        kind = random.choice(KINDS)
        past, posts = said[person.uri], written[person.uri]
        if kind.startswith("Undo") and past:
            undone = random.choice(past)
            return desk.activity(person, "Undo", undone if kind == "Undo" else undone["id"])
        if kind == "Delete" and posts:
            return desk.activity(person, "Delete", random.choice(posts)["id"])
        if kind == "Accept":
            return desk.activity(person, "Accept", questions[person.uri])
        if kind == "Create":
            posts.append(desk.note(person))
            return desk.create(person, posts[-1])
        target = random.choice(notes) if kind in ("Like", "Announce") else random.choice(ours)
        past.append(desk.activity(person, kind if kind in ("Like", "Announce") else "Follow", target))
        return past[-1]

    return [[(person, go_on(person)) for person in random.choices(people, k=40)] for _ in range(2)]


@pytest.mark.parametrize("seed", [1, 2])
async def test_whatever_people_say_at_random(
    desk: Desk, alice: Actor, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    people = await add_people(desk, alice, 6)
    known = [await desk.meet(person) for person in people]
    async with transaction(desk.instance.pool) as conn:
        anna, plain = await make_member(conn, "anna", locked=True), await make_member(conn, "plain")
        notes = [(await make_note(conn, alice)).uri for _ in range(3)]
        asked = [
            (person, str((await ask(conn, HERE, plain, met)).uri)) for person, met in zip(people, known, strict=True)
        ]
        carol = await make_remote_actor(conn, "carol", "bray.test")
        await blocks.save(conn, uri="https://lomme.test/blocks/2", actor_id=plain.id, target_id=carol.id)
    scenes = draw_scenes(desk, Random(seed), asked, notes, [alice.uri, plain.uri, anna.uri, alice.uri])

    kept = await compare_ways(desk, monkeypatch, scenes)

    assert count_types(kept["together"]) >= Counter(Follow=5, Undo=3)


async def test_follows_of_somebody_whose_row_is_held_keep_nobody_waiting(desk: Desk, alice: Actor, bob: Person) -> None:
    others = await add_people(desk, alice, 3)
    async with transaction(desk.instance.pool) as conn:
        carol = await make_member(conn, "carol")
    await desk.post(bob, desk.activity(bob, "Follow", carol.uri))
    for person in others:
        await desk.post(person, desk.create(person))

    async with transaction(desk.instance.pool) as conn:
        await blocks.begin(conn, carol.id)
        await asyncio.wait_for(process_due(desk.instance), 10)
        held = [state for state, _ in await desk.states()]
        before = await desk.is_follower(bob, carol)

    assert (held, before) == (["waiting", "done", "done", "done"], False)
    await process_due(desk.instance, at=later(seconds=11))
    assert [state for state, _ in await desk.states()] == ["done"] * 4
    assert await desk.is_follower(bob, carol)


@pytest.mark.parametrize("count", [4, 40])
async def test_forty_follows_or_yeses_cost_as_many_statements_as_four(desk: Desk, alice: Actor, count: int) -> None:
    async with transaction(desk.instance.pool) as conn:
        plain, carol = await make_member(conn, "plain"), await make_member(conn, "carol")
    people = await add_people(desk, plain, count)
    for person in people:
        met = await desk.meet(person)
        async with transaction(desk.instance.pool) as conn:
            asked = await ask(conn, HERE, alice, met)
        await desk.post(person, desk.activity(person, "Accept", asked.uri))
        await desk.post(person, desk.activity(person, "Follow", carol.uri))

    statements = await count_statements(desk, count)

    assert statements == 14
    assert await desk.value("SELECT count(*) FROM follow WHERE state = 'accepted'") == 3 * count


async def count_statements(desk: Desk, count: int) -> int:
    """Those in which two activities of each of so many take effect."""
    async with transaction(desk.instance.pool) as conn:
        claimed = await received.claim(conn, worker=uuid4(), limit=100, at=datetime.now(UTC))
    items = [await prepare(desk.instance, item) for item in claimed]
    asked: list[str] = []
    async with transaction(desk.instance.pool) as conn:
        with conn.query_logger(lambda query: asked.append(query.query)):
            assert await take_effect(conn, desk.instance.site, items, set()) == ["done"] * 2 * count
    return len(asked)
