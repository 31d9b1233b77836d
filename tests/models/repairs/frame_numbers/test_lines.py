"""Lines of questions: so many a day, never with a number, for a year."""

from datetime import UTC, datetime, timedelta

import pytest

from models.errors import Conflict
from models.people import actors
from models.personal_data import account_erasure
from models.repairs.frame_numbers import inquiries, questions, sightings
from models.store.database import Connection, execute, fetch_value
from tests.factories import make_member
from tests.frame_numbers import NUMBER, add_bike


async def test_a_member_asks_ten_times_a_day_and_the_next_day_again(conn: Connection) -> None:
    alice, bob = await make_member(conn, "alice"), await make_member(conn, "bob")
    for _ in range(10):
        await inquiries.begin(conn, alice.id, "471", may_write=False)

    with pytest.raises(Conflict) as refused:
        await inquiries.begin(conn, alice.id, "471", may_write=False)

    assert refused.value.code == "frame_inquiries_too_many"
    await inquiries.begin(conn, bob.id, "471", may_write=False)
    await execute(conn, "UPDATE frame_inquiry SET asked_at = now() - interval '25 hours'")
    assert await inquiries.begin(conn, alice.id, "471", may_write=False)


async def test_a_server_asks_a_hundred_times_a_day(conn: Connection) -> None:
    members = [await make_member(conn, f"membre{number}") for number in range(11)]
    for member in members[:10]:
        for _ in range(10):
            await inquiries.begin(conn, member.id, "471", may_write=False)

    with pytest.raises(Conflict) as refused:
        await inquiries.begin(conn, members[10].id, "471", may_write=False)

    assert refused.value.code == "frame_inquiries_too_many_here"


async def test_another_server_asks_a_hundred_times_a_day(conn: Connection) -> None:
    for number in range(100):
        assert await questions.has_room(conn, "henin.test")
        await questions.save(conn, "henin.test", f"urn:{number}", "471", stolen=False)

    assert not await questions.has_room(conn, "henin.test")
    assert await questions.has_room(conn, "other.test")


async def test_only_bikes_that_are_stolen_now_are_found(conn: Connection) -> None:
    alice = await make_member(conn, "alice")
    bike = await add_bike(conn, alice)
    await add_bike(conn, alice, "RIDDEN123", stolen=False)
    await add_bike(conn, alice, "")

    assert [one.id for one in await sightings.list_stolen(conn, NUMBER)] == [bike]
    assert [await sightings.list_stolen(conn, number) for number in ("RIDDEN123", "", NUMBER[:-1])] == [[], [], []]


async def test_lines_go_after_a_year(conn: Connection) -> None:
    alice = await make_member(conn, "alice")
    bike = await add_bike(conn, alice)
    await inquiries.begin(conn, alice.id, "471", may_write=True)
    await questions.save(conn, "henin.test", "urn:1", "471", stolen=True)
    await sightings.add(conn, bike, "henin.test", "")
    modules = (inquiries, questions, sightings)
    assert [await one.forget_old(conn) for one in modules] == [0, 0, 0]
    year = datetime.now(UTC) - timedelta(days=366)
    for table in ("frame_inquiry", "frame_question", "frame_sighting"):
        await execute(conn, f"UPDATE {table} SET asked_at = $1", year)

    assert [await one.forget_old(conn) for one in modules] == [1, 1, 1]


async def test_who_leaves_is_named_in_no_line_any_more(conn: Connection) -> None:
    alice, bob = await make_member(conn, "alice"), await make_member(conn, "bob")
    bike = await add_bike(conn, bob)
    asked = await inquiries.begin(conn, alice.id, "471", may_write=True)
    await sightings.add(conn, bike, alice.host, alice.handle)

    await account_erasure.erase(conn, alice.id)

    (line,) = await inquiries.list_all(conn)
    assert (line.id, line.member_id, line.may_write) == (asked, None, False)
    assert [one.contact for one in await sightings.list_own(conn, bob.id)] == [""]
    assert (await actors.get(conn, alice.id)).deleted_at is not None
    assert await fetch_value(conn, "SELECT count(*) FROM frame_answer") == 0
