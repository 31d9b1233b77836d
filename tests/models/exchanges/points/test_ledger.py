"""The ledger: always balanced, never changed, and nobody spends what she does not have."""

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models import preferences
from models.errors import DeclicError
from models.exchanges import points
from models.exchanges.points import NewMovement, TooFew
from models.ids import make_id
from models.store.database import Connection, Pool, execute, fetch_records, fetch_value, transaction
from tests.factories import make_member
from tests.points import KEPT, give, require_balanced


async def test_a_movement_has_two_lines_and_the_cooperative_is_the_other_side(conn: Connection) -> None:
    await preferences.save(conn, KEPT)
    alice = await make_member(conn)

    await give(conn, alice, 12)

    await require_balanced(conn)
    lines = await fetch_records(conn, "SELECT member_id, amount FROM points_line ORDER BY amount")
    assert [tuple(line) for line in lines] == [(None, -12), (alice.id, 12)]
    assert await points.find_balance(conn, alice.id) == 12


@pytest.mark.parametrize(
    "lines", [[], [5], [5, -4], [5, -5, 1]], ids=["no line", "one line", "not zero", "three lines"]
)
async def test_what_is_not_balanced_is_not_kept(conn: Connection, lines: list[int]) -> None:
    members = [await make_member(conn, name) for name in ("alice", "hocine", "nadia")]
    id = make_id()
    await execute(conn, "INSERT INTO points_movement (id, kind, agreement_id) VALUES ($1, 'exchange', 1)", id)
    for member, amount in zip(members, lines, strict=False):
        await execute(conn, "INSERT INTO points_line VALUES ($1, $2, $3)", id, member.id, amount)

    with pytest.raises(asyncpg.CheckViolationError, match="two lines that sum to zero"):
        await execute(conn, "SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE points_line SET amount = amount * 2",
        "DELETE FROM points_line",
        "UPDATE points_movement SET reason = 'autre'",
        "DELETE FROM points_movement",
        "TRUNCATE points_line",
        "TRUNCATE points_movement CASCADE",
    ],
)
async def test_nothing_written_is_changed_or_removed(conn: Connection, statement: str) -> None:
    await preferences.save(conn, KEPT)
    await give(conn, await make_member(conn), 12)
    await require_balanced(conn)

    with pytest.raises(asyncpg.RestrictViolationError, match="never changed nor removed"):
        await execute(conn, statement)


ACTS = st.lists(
    st.tuples(
        st.sampled_from(["settle", "settle", "correct", "welcome", "month", "leave"]),
        st.integers(0, 2),
        st.integers(0, 2),
        st.integers(-60, 60),
        st.integers(1, 6),
    ),
    max_size=12,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS, overdraft=st.integers(0, 30))
async def test_any_sequence_stays_balanced_and_above_the_floor(
    conn: Connection, acts: list[tuple[str, int, int, int, int]], overdraft: int
) -> None:
    step = conn.transaction()
    await step.start()
    await preferences.save(conn, replace(KEPT, points_overdraft=overdraft))
    members = [await make_member(conn, name) for name in ("alice", "hocine", "nadia")]
    tally: Counter[int] = Counter()
    settled: set[int] = set()

    for act, one, other, amount, agreement in acts:
        giver, taker = members[one].id, members[other].id
        try:
            if act == "settle" and await points.settle(
                conn, agreement_id=agreement, payer_id=giver, payee_id=taker, amount=amount
            ):
                assert agreement not in settled and giver != taker and amount > 0
                settled.add(agreement)
                tally[giver] -= amount
                tally[taker] += amount
            elif act == "correct":
                await points.correct(conn, member_id=giver, amount=amount, reason="erreur", by_id=taker)
                tally[giver] += amount
            elif act == "welcome" and await points.grant_welcome(conn, giver):
                tally[giver] += 50
            elif act == "month":
                before = tally.copy()
                await points.grant_due(conn, at=datetime(2030, agreement, 15, tzinfo=UTC), limit=10)
                tally = Counter({m.id: await points.find_balance(conn, m.id) for m in members})
                assert all(tally[m.id] - before[m.id] in (0, 30, 50, 80) for m in members)
            elif act == "leave":
                await points.give_back_all(conn, giver)
                tally[giver] = 0
        except DeclicError:
            pass
        assert {m.id: await points.find_balance(conn, m.id) for m in members} == {m.id: tally[m.id] for m in members}
        assert all(tally[m.id] >= -overdraft for m in members)

    await require_balanced(conn)
    assert await fetch_value(conn, "SELECT coalesce(sum(amount), 0) FROM points_line") == 0
    await step.rollback()


async def test_spending_at_once_never_passes_the_floor(pool: Pool) -> None:
    async with transaction(pool) as conn:
        await preferences.save(conn, replace(KEPT, points_overdraft=5))
        alice, hocine = await make_member(conn), await make_member(conn, "hocine")
        await give(conn, alice, 30)

    async def pay(agreement: int) -> bool:
        try:
            async with transaction(pool) as conn:
                return await points.settle(
                    conn, agreement_id=agreement, payer_id=alice.id, payee_id=hocine.id, amount=7
                )
        except TooFew:
            return False

    paid = await asyncio.gather(*(pay(agreement) for agreement in range(1, 9)))

    async with transaction(pool) as conn:
        assert sum(paid) == 5
        assert await points.find_balance(conn, alice.id) == -5
        assert await points.find_balance(conn, hocine.id) == 35


async def test_an_agreement_is_paid_once_however_often_and_at_once(pool: Pool) -> None:
    async with transaction(pool) as conn:
        await preferences.save(conn, KEPT)
        alice, hocine = await make_member(conn), await make_member(conn, "hocine")
        await give(conn, alice, 100)

    async def pay() -> bool:
        async with transaction(pool) as conn:
            return await points.settle(conn, agreement_id=1, payer_id=alice.id, payee_id=hocine.id, amount=10)

    paid = await asyncio.gather(*(pay() for _ in range(8)))

    async with transaction(pool) as conn:
        assert sum(paid) == 1
        assert await points.find_balance(conn, hocine.id) == 10


async def test_two_who_pay_one_another_at_once_both_do(pool: Pool) -> None:
    async with transaction(pool) as conn:
        await preferences.save(conn, KEPT)
        alice, hocine = await make_member(conn), await make_member(conn, "hocine")
        await give(conn, alice, 50)
        await give(conn, hocine, 50)

    async def pay(agreement: int) -> bool:
        payer, payee = (alice, hocine) if agreement % 2 else (hocine, alice)
        async with transaction(pool) as conn:
            return await points.settle(conn, agreement_id=agreement, payer_id=payer.id, payee_id=payee.id, amount=10)

    assert all(await asyncio.gather(*(pay(agreement) for agreement in range(1, 9))))


async def test_no_movement_is_written_twice(conn: Connection) -> None:
    await preferences.save(conn, KEPT)
    alice = await make_member(conn)
    new = NewMovement(kind="joining", amount=50, giver_id=None, taker_id=alice.id)

    written = [await points.record(conn, new) for _ in range(3)]

    await require_balanced(conn)
    assert written == [True, False, False] and await points.find_balance(conn, alice.id) == 50
