"""Versions of the charter, and whom a yes is asked of."""

import asyncio

import pytest

from models.errors import Conflict
from models.people import accounts
from models.people.documents import acceptances, rules, versions
from models.people.documents.versions import NewVersion
from models.store.database import Connection, Pool, connection, execute, fetch_value, transaction
from tests.eventually import eventually
from tests.factories import make_member
from tests.invitations import publish_charter


async def is_asked(conn: Connection, actor_id: int) -> bool:
    return (await accounts.get(conn, actor_id)).documents_due_at is not None


async def test_nothing_is_asked_before_anything_is_published(conn: Connection) -> None:
    alice = await make_member(conn)

    await acceptances.refresh_due(conn)

    assert not await is_asked(conn, alice.id)
    assert await acceptances.list_asked(conn, alice.id) == [] == await rules.list_rules(conn)


async def test_a_version_that_asks_is_asked_until_it_is_accepted(conn: Connection) -> None:
    alice = await make_member(conn)
    id = await publish_charter(conn)

    assert await is_asked(conn, alice.id)
    assert [one.id for one in await acceptances.list_asked(conn, alice.id)] == [id]
    await acceptances.accept(conn, alice.id, [id])

    assert not await is_asked(conn, alice.id)
    assert [(one.kind, one.version) for one in await acceptances.list_acceptances(conn, alice.id)] == [("charter", 1)]


async def test_a_small_correction_asks_nobody_again(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_member(conn, "bob")
    first = await publish_charter(conn)
    await acceptances.accept(conn, alice.id, [first])

    corrected = await publish_charter(conn, "1. Autre chose", days=None)

    assert not await is_asked(conn, alice.id)
    assert await is_asked(conn, bob.id), "she never said yes to the one that asked"
    assert [one.id for one in await acceptances.list_asked(conn, bob.id)] == [corrected], "and reads what stands now"
    await acceptances.accept(conn, bob.id, [corrected])
    assert not await is_asked(conn, bob.id), "a yes to a later version counts"


async def test_a_next_version_that_asks_is_asked_of_everybody(conn: Connection) -> None:
    alice = await make_member(conn)
    await acceptances.accept(conn, alice.id, [await publish_charter(conn)])

    second = await publish_charter(conn, "1. Nouveau")

    assert [one.id for one in await acceptances.list_asked(conn, alice.id)] == [second]
    assert [one.username for one in await acceptances.list_unaccepting(conn)] == ["alice"]
    assert [one.version for one in await versions.list_versions(conn, "charter")] == [2, 1]
    terms = NewVersion(kind="terms", text="1. Conditions", summary="", due_at=None, published_by=None, follows=0)
    await versions.publish(conn, terms)
    assert [rule.text for rule in await rules.list_rules(conn)] == ["Nouveau"], "those of the charter"


async def test_who_publishes_after_somebody_else_is_told(conn: Connection) -> None:
    await publish_charter(conn)
    late = NewVersion(kind="charter", text="x", summary="", due_at=None, published_by=None, follows=0)

    with pytest.raises(Conflict):
        await versions.publish(conn, late)

    assert [one.version for one in await versions.list_current(conn)] == [1]


@pytest.mark.parametrize(
    "aside",
    [
        "UPDATE account SET waits_since = now() WHERE actor_id = $1",
        "UPDATE account SET confirmed_at = NULL WHERE actor_id = $1",
        "UPDATE account SET disabled_at = now() WHERE actor_id = $1",
        "UPDATE actor SET suspended_at = now() WHERE id = $1",
    ],
)
async def test_who_takes_no_part_is_not_among_those_of_whom_a_yes_is_missing(conn: Connection, aside: str) -> None:
    alice, bob = await make_member(conn), await make_member(conn, "bob")
    await publish_charter(conn)

    await execute(conn, aside, alice.id)

    assert [one.actor_id for one in await acceptances.list_unaccepting(conn)] == [bob.id]
    assert await is_asked(conn, alice.id), "she is once she takes part"


async def test_who_says_yes_while_a_version_is_published_is_asked_for_it_all_the_same(pool: Pool) -> None:
    async with transaction(pool) as conn:
        alice = await make_member(conn)
        first = await publish_charter(conn)

    async def publish_second() -> None:
        async with transaction(pool) as other:
            await publish_charter(other, "1. Nouveau")

    async with transaction(pool) as conn:
        await acceptances.accept(conn, alice.id, [first])
        publishing = asyncio.create_task(publish_second())
        await eventually(lambda: is_waiting(conn))
    await publishing

    async with connection(pool) as conn:
        assert await is_asked(conn, alice.id)


async def is_waiting(conn: Connection) -> bool:
    return bool(
        await fetch_value(
            conn,
            """
            SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
                AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
            """,
        )
    )
