"""Until when each member has paid, who is to be reminded, and from which day something waits for it."""

import asyncio
from datetime import date, timedelta
from typing import Any

import pytest

from models import preferences
from models.coop import pending_people
from models.people import accounts
from models.people.dues import dues, lists, reminders
from models.people.dues.lists import DuesCounts
from models.store.database import Connection, Pool, connection, execute, fetch_column, fetch_value, transaction
from tests.factories import make_member
from tests.lock_waits import await_lock
from tests.today import today

AGO = "((now() AT TIME ZONE 'Europe/Paris') - $1 * interval '1 day') AT TIME ZONE 'Europe/Paris'"
"""So many days ago at the same hour of Paris, where the clock may have changed since."""


def days(number: int) -> date:
    return today() + timedelta(days=number)


async def test_each_member_stands_in_one_list_and_nobody_who_leaves_or_is_no_person(conn: Connection) -> None:
    ends = {"ended": -1, "today": 0, "ending": 30, "valid": 31}
    for name, ahead in ends.items():
        await dues.save(conn, (await make_member(conn, name)).id, until=days(ahead))
    await dues.save(conn, (await make_member(conn, "free")).id, until=None)
    await make_member(conn, "never")
    await make_member(conn, "lieu", type="Organization")
    leaving = await make_member(conn, "leaving")
    await execute(conn, "INSERT INTO departure (actor_id, due_at) VALUES ($1, now())", leaving.id)

    counts = await lists.count(conn, today())
    ending = await lists.list_members(conn, today(), "ending", limit=9)

    assert counts == DuesCounts(ended=1, ending=2, never=1, valid=1, free=1)
    assert [one.username for one in ending] == ["today", "ending"]


@pytest.mark.parametrize("change", ["waits_since = now()", "passing = true", "authority = true"])
async def test_what_waits_for_the_team_is_what_the_list_shows(conn: Connection, change: str) -> None:
    await preferences.write(conn, {"dues": True})
    await dues.save(conn, (await make_member(conn)).id, until=days(-1))
    before = ((await lists.count(conn, today())).ended, await pending_people.find_dues(conn) is not None)
    await execute(conn, f"UPDATE account SET {change}")

    after = ((await lists.count(conn, today())).ended, await pending_people.find_dues(conn) is not None)

    assert (before, after) == ((1, True), (0, False))


@pytest.mark.parametrize(
    ("ahead", "told", "due"),
    [
        (31, 0, False), (30, 0, True), (30, 1, False), (4, 1, False), (3, 1, True), (3, 2, False), (0, 2, False),
        (-1, 2, True), (-1, 3, False), (-60, 0, True), (-61, 0, False),
    ],
)  # fmt: skip
async def test_a_member_is_reminded_weeks_before_days_before_and_the_day_after(
    conn: Connection, ahead: int, told: int, due: bool
) -> None:
    alice = await make_member(conn)
    await dues.save(conn, alice.id, until=days(ahead))
    await execute(conn, "UPDATE dues SET told = $1", told)

    listed = await reminders.list_due(conn, today(), after=0, limit=9)
    first = await reminders.claim(conn, today(), alice.id)
    again = await reminders.claim(conn, today(), alice.id)

    assert (listed, first is not None, again) == ([alice.id] if due else [], due, None)


async def test_whoever_pays_again_is_reminded_anew_and_the_same_day_twice_is_one(conn: Connection) -> None:
    alice = await make_member(conn)
    changed = [await dues.save(conn, alice.id, until=days(ahead)) for ahead in (2, 2, 3)]
    await reminders.claim(conn, today(), alice.id)
    await dues.save(conn, alice.id, until=days(3), cents=500)
    same = await reminders.list_due(conn, today(), after=0, limit=9)
    await dues.save(conn, alice.id, until=days(2))

    assert (changed, same) == ([True, False, True], [])
    assert await reminders.list_due(conn, today(), after=0, limit=9) == [alice.id]


async def test_whoever_pays_while_she_is_about_to_be_reminded_is_not_and_will_be_next_year(pool: Pool) -> None:
    async with transaction(pool) as conn:
        alice = await make_member(conn)
        await dues.save(conn, alice.id, until=days(-1))

    async def claim() -> reminders.DuesReminder | None:
        async with transaction(pool) as conn:
            return await reminders.claim(conn, today(), alice.id)

    async with transaction(pool) as conn:
        await dues.save(conn, alice.id, until=days(365))
        claiming = asyncio.create_task(claim())
        await await_lock(pool)

    assert await claiming is None
    async with connection(pool) as conn:
        assert await fetch_value(conn, "SELECT told FROM dues") == 0


async def test_what_she_gave_stays_where_the_same_day_is_noted_without_it(conn: Connection) -> None:
    alice, kept = await make_member(conn), []
    for ahead, cents in ((3, 500), (3, None), (3, 0), (4, None)):
        await dues.save(conn, alice.id, until=days(ahead), cents=cents)
        kept.append(await fetch_value(conn, "SELECT cents FROM dues"))

    assert kept == [500, 500, 0, None]


async def test_a_shorter_time_of_grace_begins_when_it_is_decided(conn: Connection) -> None:
    alice = await make_member(conn)
    await dues.save(conn, alice.id, until=days(-100))
    await preferences.write(conn, {"dues": True, "dues_lapse": "borrowing", "dues_grace": 300})
    await execute(conn, "UPDATE preference SET updated_at = now() - interval '400 days'")
    await preferences.write(conn, {"dues_grace": 9})

    assert await dues.find_lapse(conn, await preferences.load(conn), alice.id) == days(10)


@pytest.mark.parametrize(
    ("chosen", "until", "since", "lapses"),
    [
        ({}, -100, 400, None),
        ({"dues": True}, -100, 400, None),
        ({"dues": True, "dues_lapse": "borrowing"}, -100, 400, -69),
        ({"dues": True, "dues_lapse": "borrowing"}, 100, 400, 131),
        ({"dues": True, "dues_lapse": "borrowing"}, -100, 50, -19),  # asked for later than hers ended
        ({"dues": True, "dues_lapse": "borrowing", "dues_grace": 0}, -1, 400, 0),
    ],
)
async def test_the_time_of_grace_begins_with_the_end_or_when_the_cooperative_decides(
    conn: Connection, chosen: dict[str, Any], until: int, since: int, lapses: int | None
) -> None:
    alice = await make_member(conn)
    await dues.save(conn, alice.id, until=days(until))
    await preferences.write(conn, chosen)
    await execute(conn, f"UPDATE preference SET updated_at = {AGO}", since)

    found = await dues.find_lapse(conn, await preferences.load(conn), alice.id)

    assert found == (None if lapses is None else days(lapses))


async def test_of_who_never_paid_it_begins_when_she_came_and_of_whom_nothing_is_asked_never(conn: Connection) -> None:
    await preferences.write(conn, {"dues": True, "dues_lapse": "borrowing", "dues_grace": 10})
    await execute(conn, f"UPDATE preference SET updated_at = {AGO}", 90)
    alice, zoe = await make_member(conn), await make_member(conn, "zoe")
    place = await make_member(conn, "lieu", type="Organization")
    await dues.save(conn, zoe.id, until=None)
    await execute(conn, f"UPDATE account SET created_at = {AGO}", 30)
    chosen = await preferences.load(conn)

    assert [await dues.find_lapse(conn, chosen, one.id) for one in (alice, zoe, place)] == [days(-19), None, None]


@pytest.mark.parametrize(("asked", "off", "gone"), [(False, 8, 1), (False, 6, 0), (True, 8, 0)])
async def test_what_is_asked_no_more_is_forgotten_after_a_week(
    conn: Connection, asked: bool, off: int, gone: int
) -> None:
    await dues.save(conn, (await make_member(conn)).id, until=days(9))
    for value in (not asked, asked):
        await preferences.write(conn, {"dues": value})
    await execute(conn, "UPDATE preference SET updated_at = now() - $1 * interval '1 day'", off)

    assert await dues.forget_unasked(conn) == gone


async def test_dues_go_with_the_account_and_who_noted_them_may_leave(conn: Connection) -> None:
    alice, awa = await make_member(conn), await make_member(conn, "awa", name="Awa")
    await dues.save(conn, alice.id, until=days(9), cents=2000, by=awa.id)
    before = await dues.find(conn, alice.id)
    await execute(conn, "DELETE FROM account WHERE actor_id = $1", awa.id)
    after = await dues.find(conn, alice.id)
    await execute(conn, "DELETE FROM account WHERE actor_id = $1", alice.id)

    assert (before and before.noted_by, before and before.cents, after and after.noted_by) == ("Awa", 2000, "")
    assert await fetch_column(conn, "SELECT member_id FROM dues") == []
    assert "adhesions" in accounts.RESERVED
