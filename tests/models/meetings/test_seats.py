"""Seats: the last one goes to one of two who ask at once, and a freed one to the first in line."""

import asyncio
from dataclasses import replace

from models.meetings import meetings, occurrences, registrations, seats
from models.meetings.registrations import NewRegistration, Registration
from models.store.database import Connection, Pool, transaction
from tests.factories import make_local_actor, make_meeting, make_remote_actor


async def take(conn: Connection, occurrence_id: int, actor_id: int, people: int = 1) -> Registration | None:
    locked = await seats.lock(conn, occurrence_id)
    assert locked is not None
    held = await registrations.find_of(conn, occurrence_id, actor_id=actor_id)
    new = NewRegistration(occurrence_id=occurrence_id, actor_id=actor_id, state="asked", people=people)
    return await seats.take(conn, locked, new, held)


async def test_the_last_seat_goes_to_one_of_two(pool: Pool) -> None:
    async with transaction(pool) as conn:
        coop = await make_local_actor(conn, "coop", type="Organization")
        held = await make_meeting(conn, coop, capacity=2)
        [occurrence] = await occurrences.list_of_meeting(conn, held.id)
        people = [await make_remote_actor(conn, f"person{number}", f"host{number}.test") for number in range(5)]

    async def ask(actor_id: int) -> str:
        async with transaction(pool) as conn:
            taken = await take(conn, occurrence.id, actor_id)
            return taken.state if taken else "refused"

    states = await asyncio.gather(*(ask(person.id) for person in people))

    assert sorted(states) == ["seat", "seat", "waiting", "waiting", "waiting"]
    async with transaction(pool) as conn:
        waiting = await registrations.list_of_occurrences(conn, [occurrence.id], ("waiting",))
        assert [await registrations.find_place(conn, one) for one in waiting] == [1, 2, 3]


async def test_nobody_overtakes_who_waits(conn: Connection) -> None:
    coop = await make_local_actor(conn, "coop", type="Organization")
    held = await make_meeting(conn, coop, capacity=3)
    [occurrence] = await occurrences.list_of_meeting(conn, held.id)
    one, two, three = [await make_remote_actor(conn, name) for name in ("one", "two", "three")]

    first = await take(conn, occurrence.id, one.id, people=2)
    second = await take(conn, occurrence.id, two.id, people=2)
    third = await take(conn, occurrence.id, three.id)

    assert [found and found.state for found in (first, second, third)] == ["seat", "waiting", "waiting"]
    assert first is not None
    await registrations.set_state(conn, first.id, "cancelled")
    locked = await seats.lock(conn, occurrence.id)
    assert locked is not None
    assert [given.actor_id for given in await seats.give_freed(conn, locked)] == [two.id, three.id]
    assert await seats.give_freed(conn, locked) == []


async def test_without_a_line_the_next_is_refused(conn: Connection) -> None:
    coop = await make_local_actor(conn, "coop", type="Organization")
    held = await make_meeting(conn, coop, capacity=1, waiting_list=False)
    [occurrence] = await occurrences.list_of_meeting(conn, held.id)
    one, two = [await make_remote_actor(conn, name) for name in ("one", "two")]

    assert await take(conn, occurrence.id, one.id) is not None
    assert await take(conn, occurrence.id, two.id) is None


async def test_who_has_a_seat_keeps_it_where_fewer_are_offered(conn: Connection) -> None:
    coop = await make_local_actor(conn, "coop", type="Organization")
    held = await make_meeting(conn, coop, capacity=4)
    [occurrence] = await occurrences.list_of_meeting(conn, held.id)
    one, two = [await make_remote_actor(conn, name) for name in ("one", "two")]
    await take(conn, occurrence.id, one.id, people=3)

    await meetings.save(conn, replace(held.meeting, capacity=2))

    counts = await registrations.count(conn, [occurrence.id])
    assert counts[occurrence.id].taken == 3
    locked = await seats.lock(conn, occurrence.id)
    assert locked is not None and await seats.count_free(conn, locked) == 0
    found = await take(conn, occurrence.id, two.id)
    assert found is not None and found.state == "waiting"


async def test_asking_again_for_more_keeps_the_seat_or_waits(conn: Connection) -> None:
    coop = await make_local_actor(conn, "coop", type="Organization")
    held = await make_meeting(conn, coop, capacity=2)
    [occurrence] = await occurrences.list_of_meeting(conn, held.id)
    one = await make_remote_actor(conn, "one")

    first = await take(conn, occurrence.id, one.id)
    again = await take(conn, occurrence.id, one.id, people=2)

    assert first is not None and again is not None
    assert (again.id, again.state, again.people) == (first.id, "seat", 2)
