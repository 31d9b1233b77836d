"""The instance ends for ever: members are told some after the other, and until its day it can be taken back."""

from datetime import UTC, datetime, timedelta
from typing import Any, cast

import orjson
import pytest

from federation.instance import Instance
from models import preferences
from models.coop import shutdown
from models.errors import Conflict
from models.exchanges.agreements import Terms
from models.people import sign_ups
from models.store.database import Connection, Pool, fetch_column, fetch_value, transaction
from outbox.exchanges.agreements.agreements import accept, request
from outbox.people import instance_shutdown
from tests.factories import HERE, make_follow, make_listing, make_local_actor, make_member, make_remote_actor
from tests.outbox.people.test_account_deletion import StandIn


async def test_it_can_be_taken_back_until_its_day_and_begins_once(conn: Connection) -> None:
    due_at = await instance_shutdown.begin(conn, by=None)

    with pytest.raises(Conflict, match="shutdown_already_begun"):
        await instance_shutdown.begin(conn, by=None)
    found, chosen = await shutdown.find(conn), await preferences.load(conn)
    assert found is not None and (found.due_at, found.told_through) == (due_at, 0) == (chosen.shutdown_at, 0)
    assert timedelta(days=13, hours=23) < due_at - datetime.now(UTC) <= shutdown.WAIT
    with pytest.raises(Conflict, match="shutdown_over"):
        await shutdown.take_back(conn, at=due_at)
    await instance_shutdown.take_back(conn, by=None)
    assert await shutdown.find(conn) is None and (await preferences.load(conn)).shutdown_at is None
    with pytest.raises(Conflict, match="shutdown_not_begun"):
        await instance_shutdown.take_back(conn, by=None)


async def test_settings_that_were_read_before_do_not_take_it_back(conn: Connection) -> None:
    before = await preferences.load(conn)
    await instance_shutdown.begin(conn, by=None)

    await preferences.save(conn, before)

    assert await shutdown.find(conn) is not None


async def test_nobody_joins_and_nothing_is_agreed_that_ends_after_its_day(conn: Connection) -> None:
    await preferences.write(conn, {"registration": "open"})
    alice, bob = await make_member(conn), await make_member(conn, "bob")
    tent = await make_listing(conn, alice)
    now = datetime.now(UTC)
    early = Terms(begins_at=now + timedelta(days=2), ends_at=now + timedelta(days=4))
    late = Terms(begins_at=now + timedelta(days=10), ends_at=now + timedelta(days=20))
    asked = await request(conn, HERE, bob, tent, late)
    before = await sign_ups.find_registration(conn)
    await instance_shutdown.begin(conn, by=None)

    assert (before, await sign_ups.find_registration(conn)) == ("approval", "closed")
    assert (await request(conn, HERE, bob, tent, early)).state == "requested"
    with pytest.raises(Conflict, match="terms_after_shutdown"):
        await request(conn, HERE, bob, tent, Terms(begins_at=late.ends_at, ends_at=now + timedelta(days=22)))
    with pytest.raises(Conflict, match="terms_after_shutdown"):
        await accept(conn, HERE, alice, asked)
    await instance_shutdown.take_back(conn, by=None)
    assert (await accept(conn, HERE, alice, asked)).state == "agreed"


async def test_whom_it_concerns_is_counted(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_member(conn, "bob")
    tent = await make_listing(conn, alice)
    for host in ("henin.test", "henin.test", "mastodon.example"):
        name = f"f{await fetch_value(conn, 'SELECT count(*) FROM follow')}"
        await make_follow(conn, await make_remote_actor(conn, name, host), alice)
    now = datetime.now(UTC)
    await request(conn, HERE, bob, tent, Terms(begins_at=now, ends_at=now + timedelta(days=1)))

    counted = await shutdown.count_concerned(conn)

    assert counted == shutdown.Concerned(members=2, listings=1, agreements=1, servers=2)


async def test_every_member_is_told_once_however_often_it_is_interrupted(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    instance = cast(Instance, StandIn(pool))
    monkeypatch.setattr(instance_shutdown, "AT_ONCE", 2)
    async with transaction(pool) as conn:
        await make_local_actor(conn, "coop", type="Organization")
        told = [(await make_member(conn, name)).id for name in ("ada", "bob", "cleo")]
        await instance_shutdown.begin(conn, by=None)

    first = {"ended": False, "after": 0, "through": None}
    await instance_shutdown.tell_members(instance, first)
    await instance_shutdown.tell_members(instance, first)
    await instance_shutdown.tell_members(instance, first | {"after": told[1]})

    assert await list_news(pool) == [("shutdown", id) for id in told]
    assert await list_mails(pool) == [{"ended": False, "actor_id": id} for id in told]


async def test_whoever_was_told_is_told_that_it_goes_on(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    instance = cast(Instance, StandIn(pool))
    monkeypatch.setattr(instance_shutdown, "AT_ONCE", 1)
    async with transaction(pool) as conn:
        await make_local_actor(conn, "coop", type="Organization")
        told = [(await make_member(conn, name)).id for name in ("ada", "bob")]
        await instance_shutdown.begin(conn, by=None)
    await instance_shutdown.tell_members(instance, {"ended": False, "after": 0, "through": None})
    async with transaction(pool) as conn:
        await instance_shutdown.take_back(conn, by=None)

    await instance_shutdown.tell_members(instance, {"ended": False, "after": told[0], "through": None})
    for after in (0, *told):
        await instance_shutdown.tell_members(instance, {"ended": True, "after": after, "through": told[0]})

    assert await list_news(pool) == [("shutdown_over", told[0])]
    assert (await list_mails(pool))[-1] == {"ended": True, "actor_id": told[0]}


async def test_it_is_said_again_three_days_and_one_day_before_and_not_twice(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    instance = cast(Instance, StandIn(pool))
    monkeypatch.setattr(instance_shutdown, "AT_ONCE", 2)
    async with transaction(pool) as conn:
        await make_local_actor(conn, "coop", type="Organization")
        told = [(await make_member(conn, name)).id for name in ("ada", "bob", "cleo")]
        due = await instance_shutdown.begin(conn, by=None)
    moments = [timedelta(days=4), timedelta(days=3), timedelta(days=2), timedelta(days=1), timedelta(hours=5)]

    said = []
    for before in moments:
        async with transaction(pool) as conn:
            said.append(await instance_shutdown.remind(conn, at=due - before))
    for days, after in ((3, 0), (1, 0), (1, 0), (1, told[1]), (1, told[2])):
        await instance_shutdown.remind_members(instance, {"days": days, "after": after})

    assert said == [None, 3, None, 1, None]
    assert await list_news(pool) == [("shutdown", id) for id in told]
    assert await list_mails(pool) == [{"ended": False, "actor_id": id, "days": 1} for id in told]


async def test_an_end_that_was_missed_or_taken_back_is_not_said_again(pool: Pool) -> None:
    instance = cast(Instance, StandIn(pool))
    async with transaction(pool) as conn:
        await make_local_actor(conn, "coop", type="Organization")
        await make_member(conn, "ada")
        due = await instance_shutdown.begin(conn, by=None)
        late = await instance_shutdown.remind(conn, at=due)
        both = await instance_shutdown.remind(conn, at=due - timedelta(hours=1))
        await instance_shutdown.take_back(conn, by=None)

    await instance_shutdown.remind_members(instance, {"days": 1, "after": 0})

    assert (late, both) == (None, 1)
    assert (await list_news(pool), await list_mails(pool)) == ([], [])


async def list_news(pool: Pool) -> list[tuple[str, int]]:
    async with transaction(pool) as conn:
        rows = await conn.fetch("SELECT type, recipient_id FROM notification ORDER BY recipient_id")
    return [(row["type"], row["recipient_id"]) for row in rows]


async def list_mails(pool: Pool) -> list[dict[str, Any]]:
    async with transaction(pool) as conn:
        sql = "SELECT payload FROM pgqueuer WHERE entrypoint = $1 ORDER BY id"
        return [orjson.loads(payload) for payload in await fetch_column(conn, sql, instance_shutdown.MAIL)]
