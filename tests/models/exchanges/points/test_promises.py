"""What is agreed is spoken for until it is done, and is paid then."""

import asyncio
from dataclasses import replace

import pytest

from models import preferences
from models.errors import Invalid
from models.exchanges import agreements, points
from models.exchanges.agreements import Agreement, State
from models.exchanges.points import TooFew
from models.people.actors import Actor
from models.store.database import Connection, Pool, transaction
from tests.factories import make_member, make_remote_actor
from tests.points import KEPT, give, make_agreement


async def make_pair(conn: Connection) -> tuple[Actor, Actor]:
    """Alice has what Hocine wants, and he has 20 graines."""
    await preferences.save(conn, KEPT)
    alice, hocine = await make_member(conn), await make_member(conn, "hocine")
    await give(conn, hocine, 20)
    return alice, hocine


async def test_whoever_gets_something_pays() -> None:
    assert points.who_pays("offer", 1, 2) == (2, 1)
    assert points.who_pays("request", 1, 2) == (1, 2)


@pytest.mark.parametrize("kind", ["offer", "request"])
async def test_what_is_agreed_is_spoken_for_until_it_is_paid(conn: Connection, kind: str) -> None:
    alice, hocine = await make_pair(conn)
    owner, partner = (alice, hocine) if kind == "offer" else (hocine, alice)
    agreement = await make_agreement(conn, owner, partner, 12, kind=kind)

    before = await points.find_means(conn, hocine.id)
    without = await points.find_means(conn, hocine.id, but=agreement.id)
    hers = await points.find_means(conn, alice.id)
    await points.settle(conn, agreement_id=agreement.id, payer_id=hocine.id, payee_id=alice.id, amount=12)
    after = await points.find_means(conn, hocine.id)

    assert (before.balance, before.promised, before.free) == (20, 12, 8)
    assert without.free == 20 and hers.promised == 0
    assert (after.balance, after.promised, after.free) == (8, 0, 8)


@pytest.mark.parametrize("state", ["requested", "countered", "refused", "withdrawn", "cancelled", "expired", "done"])
async def test_only_what_is_agreed_is_spoken_for(conn: Connection, state: State) -> None:
    alice, hocine = await make_pair(conn)

    await make_agreement(conn, alice, hocine, 12, state=state)

    assert (await points.find_means(conn, hocine.id)).free == 20


async def test_nobody_promises_more_than_she_may(conn: Connection) -> None:
    alice, hocine = await make_pair(conn)
    agreement = await make_agreement(conn, alice, hocine, 12)

    await points.require_means(conn, hocine.id, 8)
    await points.require_means(conn, hocine.id, 20, but=agreement.id)
    for amount in (9, 20):
        with pytest.raises(TooFew, match="not enough points"):
            await points.require_means(conn, hocine.id, amount)
    with pytest.raises(Invalid):
        await points.require_means(conn, hocine.id, -1)


async def test_what_is_spoken_for_is_neither_spent_nor_taken_meanwhile(conn: Connection) -> None:
    alice, hocine = await make_pair(conn)
    await make_agreement(conn, alice, hocine, 12)

    with pytest.raises(TooFew):
        await points.settle(conn, agreement_id=5, payer_id=hocine.id, payee_id=alice.id, amount=9)
    with pytest.raises(TooFew):
        await points.correct(conn, member_id=hocine.id, amount=-9, reason="trop", by_id=alice.id)

    assert await points.find_balance(conn, hocine.id) == 20


async def test_what_was_agreed_is_paid_though_the_floor_has_risen(conn: Connection) -> None:
    alice, hocine = await make_pair(conn)
    await preferences.save(conn, replace(KEPT, points_overdraft=30))
    agreement = await make_agreement(conn, alice, hocine, 45)
    await preferences.save(conn, KEPT)

    paid = await points.settle(conn, agreement_id=agreement.id, payer_id=hocine.id, payee_id=alice.id, amount=45)

    assert paid and await points.find_balance(conn, hocine.id) == -25
    assert (await points.find_means(conn, hocine.id)).free == -25


async def test_promises_made_at_once_never_pass_the_floor(pool: Pool) -> None:
    async with transaction(pool) as conn:
        alice, hocine = await make_pair(conn)
        asked = [
            await make_agreement(conn, alice, hocine, 7, state="requested", title=f"Objet {number}")
            for number in range(6)
        ]

    async def agree(agreement: Agreement) -> bool:
        try:
            async with transaction(pool) as conn:
                await points.require_means(conn, hocine.id, 7, but=agreement.id)
                agreed = replace(agreement, state="agreed", agreed_at=agreements.next_moment())
                await agreements.save(conn, agreed)
                return True
        except TooFew:
            return False

    agreed = await asyncio.gather(*(agree(agreement) for agreement in asked))

    async with transaction(pool) as conn:
        assert sum(agreed) == 2
        assert (await points.find_means(conn, hocine.id)).free == 6


async def test_points_count_between_two_members_only(conn: Connection) -> None:
    alice, hocine = await make_pair(conn)
    bob = await make_remote_actor(conn)

    between = [
        await points.are_kept_between(conn, one, other)
        for one, other in ((alice.id, hocine.id), (alice.id, bob.id), (bob.id, alice.id), (alice.id, alice.id))
    ]
    await preferences.save(conn, replace(KEPT, points=False))

    assert between == [True, False, False, False]
    assert not await points.are_kept_between(conn, alice.id, hocine.id)


async def test_a_movement_leads_to_its_exchange_and_names_the_other(conn: Connection) -> None:
    alice, hocine = await make_pair(conn)
    agreement = await make_agreement(conn, alice, hocine, 12, title="Tente")
    await points.settle(conn, agreement_id=agreement.id, payer_id=hocine.id, payee_id=alice.id, amount=12)

    hers, his = [(await points.list_movements(conn, one.id, limit=1))[0] for one in (alice, hocine)]

    assert (hers.amount, hers.other_name, hers.title, hers.exchange_id) == (
        12,
        "Hocine",
        "Tente",
        agreement.exchange_id,
    )
    assert (his.amount, his.other_name) == (-12, "Alice")
