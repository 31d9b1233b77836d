"""Whoever wrote much is counted once a minute, whoever wrote little each time."""

import pytest

from models.people import actors
from models.people.actors import reading
from models.store.database import Pool, connection, transaction
from tests.factories import make_listing, make_local_actor


async def test_who_wrote_much_is_counted_once_a_minute_and_who_wrote_little_each_time(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "PROLIFIC", 2)
    async with transaction(pool) as conn:
        alice, bob = await make_local_actor(conn, "alice"), await make_local_actor(conn, "bob")
        for number in range(2):
            await make_listing(conn, alice, post={"uri": f"{alice.uri}/items/{number}"})

    counted = []
    async with connection(pool) as conn:
        for number in range(2):
            found = await actors.count(conn, [alice.id, bob.id])
            counted.append((found[alice.id].posts, found[bob.id].posts))
            await make_listing(conn, alice, post={"uri": f"{alice.uri}/items/more-{number}"})
            await make_listing(conn, bob, post={"uri": f"{bob.uri}/items/{number}"})

    assert counted == [(2, 0), (2, 1)]


async def test_lists_say_the_same_by_whichever_connection_and_one_alone_is_counted(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "PROLIFIC", 1)
    async with transaction(pool) as conn:
        alice, bob = await make_local_actor(conn, "alice"), await make_local_actor(conn, "bob")
        await make_listing(conn, alice)

    listed, alone = [], []
    async with connection(pool) as conn, connection(pool) as other:
        for number, each in enumerate((conn, other)):
            listed.append((await actors.count(each, [alice.id, bob.id]))[alice.id].posts)
            await make_listing(conn, alice, post={"uri": f"{alice.uri}/items/{number}"})
        for each in (conn, other):
            alone.append((await actors.count(each, [alice.id]))[alice.id].posts)
        listed.append((await actors.count(other, [alice.id, bob.id]))[alice.id].posts)

    assert listed == [1, 1, 3]
    assert alone == [3, 3]


async def test_inside_a_transaction_all_are_counted(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "PROLIFIC", 1)
    async with transaction(pool) as conn:
        carole = await make_local_actor(conn, "carole")
        counted = []
        for number in range(3):
            await make_listing(conn, carole, post={"uri": f"{carole.uri}/items/{number}"})
            counted.append((await actors.count(conn, [carole.id]))[carole.id].posts)

    assert counted == [1, 2, 3]
