"""Yearly dues: told when they are noted, reminded of once each time, and needed to borrow where that is so."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from federation.instance import Instance
from models import preferences
from models.errors import Invalid
from models.exchanges.agreements import Terms
from models.people.dues import dues
from models.settings import Settings
from models.store.database import Connection, Pool, connection, execute, fetch_column, fetch_value, transaction
from outbox.exchanges.agreements.agreements import request
from outbox.people.dues import Payment, note, remind_due
from tests.factories import HERE, make_listing, make_local_actor, make_member
from tests.fediverse import FakeFediverse
from tests.today import today

SAID = "SELECT content FROM post WHERE audience = 'direct' ORDER BY id"


@pytest.mark.parametrize(("ahead", "said"), [(300, 1), (-1, 0), (None, 0)])
async def test_who_has_paid_is_told_until_when_and_once(conn: Connection, ahead: int | None, said: int) -> None:
    await make_local_actor(conn, "coop", type="Organization")
    alice = await make_member(conn)
    payment = Payment(until=None if ahead is None else today() + timedelta(days=ahead), cents=2000)

    changed = [await note(conn, HERE, alice, payment) for _ in range(2)]

    told = await fetch_column(conn, SAID)
    assert (changed, len(told)) == ([True, False], said)
    assert all("Merci" in one and "/compte/adhesion" in one for one in told)
    assert await fetch_value(conn, "SELECT cents FROM dues") is None  # nobody wished to keep it


@pytest.mark.parametrize(
    ("type", "ahead", "code"),
    [("Person", -367, "dues_day_wrong"), ("Person", 3661, "dues_day_wrong"), ("Organization", 1, "dues_of_person")],
)
async def test_a_slip_of_the_pen_and_a_place_are_refused(conn: Connection, type: str, ahead: int, code: str) -> None:
    member = await make_member(conn, "alice", type=type)

    with pytest.raises(Invalid, match=code):
        await note(conn, HERE, member, Payment(until=today() + timedelta(days=ahead)))


async def test_reminders_come_once_and_to_nobody_where_none_are_asked(pool: Pool, tmp_path: Path) -> None:
    instance = Instance(site=HERE, settings=Settings(url=HERE.url, data=tmp_path), pool=pool, transport=FakeFediverse())
    async with transaction(pool) as conn:
        await make_local_actor(conn, "coop", type="Organization")
        for name, ahead in {"alice": 3, "zoe": -1, "hocine": -1, "maryse": 90}.items():
            member = await make_member(conn, name)
            await dues.save(conn, member.id, until=today() + timedelta(days=ahead), cents=2000)
        await execute(conn, "UPDATE actor SET suspended_at = now() WHERE username = 'hocine'")
    off = await remind_due(instance)
    async with transaction(pool) as conn:
        await preferences.write(conn, {"dues": True, "dues_lapse": "borrowing", "dues_amounts": True})

    async with transaction(pool) as conn:
        await execute(conn, "INSERT INTO preference (key, value) VALUES ('shutdown_at', to_jsonb(now() + '9 days'))")
    ending = await remind_due(instance)
    async with transaction(pool) as conn:
        await execute(conn, "DELETE FROM preference WHERE key = 'shutdown_at'")

    told = [await remind_due(instance) for _ in range(2)]

    async with connection(pool) as conn:
        said = [one.replace("\u00a0", " ") for one in await fetch_column(conn, SAID)]
    assert (off, ending, told) == (0, 0, [2, 0])
    assert "se termine le" in said[0] and "est allée jusqu’au" in said[1]
    assert all("vous ne pourrez plus emprunter" in one for one in said)
    async with connection(pool) as conn:
        assert await fetch_value(conn, "SELECT count(cents) FROM dues") == 0  # forgotten while they were not kept


@pytest.mark.parametrize(
    ("grace", "said"), [(0, "Vous ne pouvez plus emprunter jusqu’à"), (1, "vous ne pourrez plus emprunter")]
)
async def test_a_reminder_tells_what_is_so_already_and_what_will_be(pool: Pool, grace: int, said: str) -> None:
    instance = Instance(site=HERE, settings=Settings(url=HERE.url, data=Path()), pool=pool, transport=FakeFediverse())
    async with transaction(pool) as conn:
        await make_local_actor(conn, "coop", type="Organization")
        await dues.save(conn, (await make_member(conn)).id, until=today() - timedelta(days=1))
        await preferences.write(conn, {"dues": True, "dues_lapse": "borrowing", "dues_grace": grace})
        await execute(conn, "UPDATE preference SET updated_at = now() - interval '9 days'")

    await remind_due(instance)

    async with connection(pool) as conn:
        [told] = await fetch_column(conn, SAID)
    assert said in told.replace("\u00a0", " ") and told.count("emprunter") == 1


@pytest.mark.parametrize(
    ("chosen", "ahead", "mode", "code"),
    [
        ({"dues_lapse": "borrowing"}, -1, "loan", "dues_lapsed"),
        ({"dues_lapse": "borrowing"}, 0, "loan", "start_missing"),  # the next thing that is asked of her
        ({"dues_lapse": "nothing"}, -1, "loan", "start_missing"),
        ({"dues_lapse": "borrowing", "dues": False}, -1, "loan", "start_missing"),
        ({"dues_lapse": "borrowing"}, -1, "gift", ""),
    ],
)
async def test_who_borrows_has_paid_where_that_counts(
    conn: Connection, chosen: dict[str, Any], ahead: int, mode: str, code: str
) -> None:
    await preferences.write(conn, {"dues": True, "dues_grace": 0} | chosen)
    await execute(conn, "UPDATE preference SET updated_at = now() - interval '9 days'")
    alice, zoe = await make_member(conn, "alice"), await make_member(conn, "zoe")
    await dues.save(conn, zoe.id, until=today() + timedelta(days=ahead))
    thing = await make_listing(conn, alice, mode=mode)

    try:
        await request(conn, HERE, zoe, thing, Terms())
        refused = ""
    except Invalid as error:
        refused = error.code

    assert refused == code
