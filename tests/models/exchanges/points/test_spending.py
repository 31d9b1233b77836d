"""Corrections by administrators, and what nobody may do."""

from dataclasses import replace

import pytest

from models import preferences
from models.errors import Invalid, NotFound
from models.exchanges import points
from models.exchanges.points import TooFew
from models.people.arrivals import unconfirmed_accounts
from models.store.database import Connection, execute
from tests.factories import make_local_actor, make_member
from tests.points import KEPT, give


async def test_a_correction_is_a_movement_with_its_reason_and_who_made_it(conn: Connection) -> None:
    await preferences.save(conn, KEPT)
    alice, nadia = await make_member(conn), await make_member(conn, "nadia", roles=["admin"])

    await points.correct(conn, member_id=alice.id, amount=10, reason=" Coup de main  à la fête ", by_id=nadia.id)
    await points.correct(conn, member_id=alice.id, amount=-4, reason="compté deux fois", by_id=nadia.id)

    found = await points.list_movements(conn, alice.id, limit=10)
    assert [(one.kind, one.amount, one.reason, one.by_name) for one in found] == [
        ("correction", -4, "compté deux fois", "Nadia"),
        ("correction", 10, "Coup de main à la fête", "Nadia"),
    ]


@pytest.mark.parametrize(
    ("amount", "reason", "field"), [(0, "non", "amount"), (10_001, "non", "amount"), (5, " ", "reason")]
)
async def test_a_correction_needs_an_amount_and_a_reason(
    conn: Connection, amount: int, reason: str, field: str
) -> None:
    await preferences.save(conn, KEPT)
    alice = await make_member(conn)

    with pytest.raises(Invalid) as refused:
        await points.correct(conn, member_id=alice.id, amount=amount, reason=reason, by_id=alice.id)

    assert refused.value.field == field and await points.find_balance(conn, alice.id) == 0


async def test_no_correction_takes_what_is_not_there_nor_goes_to_nobody(conn: Connection) -> None:
    await preferences.save(conn, replace(KEPT, points_overdraft=10))
    alice, coop = await make_member(conn), await make_local_actor(conn, "coop")
    await give(conn, alice, 5)

    with pytest.raises(TooFew):
        await points.correct(conn, member_id=alice.id, amount=-16, reason="trop", by_id=alice.id)
    with pytest.raises(NotFound):
        await points.correct(conn, member_id=coop.id, amount=5, reason="personne", by_id=alice.id)
    await points.correct(conn, member_id=alice.id, amount=-15, reason="jusqu’au bout", by_id=alice.id)

    assert await points.find_balance(conn, alice.id) == -10


async def test_whoever_never_confirmed_is_not_in_the_ledger_and_can_be_forgotten(conn: Connection) -> None:
    await preferences.save(conn, KEPT)
    alice, hocine = await make_member(conn), await make_member(conn, "hocine")
    await execute(
        conn,
        "UPDATE account SET confirmed_at = NULL, created_at = now() - interval '8 days' WHERE actor_id = $1",
        alice.id,
    )

    with pytest.raises(NotFound):
        await points.correct(conn, member_id=alice.id, amount=5, reason="bienvenue", by_id=hocine.id)

    assert not await points.are_kept_between(conn, alice.id, hocine.id)
    assert [member.username for member in await points.list_members(conn)] == ["hocine"]
    assert await unconfirmed_accounts.forget_unconfirmed(conn) == 1


async def test_nothing_moves_without_points_nor_to_somebody_who_is_no_member(conn: Connection) -> None:
    await preferences.save(conn, KEPT)
    alice, hocine = await make_member(conn), await make_member(conn, "hocine")
    coop = await make_local_actor(conn, "coop")
    await give(conn, alice, 20)

    to_nobody = await points.settle(conn, agreement_id=1, payer_id=alice.id, payee_id=coop.id, amount=5)
    for_nothing = await points.settle(conn, agreement_id=1, payer_id=alice.id, payee_id=hocine.id, amount=0)
    await preferences.save(conn, replace(KEPT, points=False))
    switched_off = await points.settle(conn, agreement_id=1, payer_id=alice.id, payee_id=hocine.id, amount=5)

    assert (to_nobody, for_nothing, switched_off) == (False, False, False)
    assert await points.find_balance(conn, alice.id) == 20


async def test_whoever_leaves_gives_back_what_she_has_or_is_let_off(conn: Connection) -> None:
    await preferences.save(conn, replace(KEPT, points_overdraft=10))
    alice, hocine = await make_member(conn), await make_member(conn, "hocine")
    await give(conn, hocine, 20)
    await points.settle(conn, agreement_id=1, payer_id=alice.id, payee_id=hocine.id, amount=8)

    for member in (alice, hocine):
        await points.give_back_all(conn, member.id)
        await points.give_back_all(conn, member.id)

    assert [await points.find_balance(conn, member.id) for member in (alice, hocine)] == [0, 0]
    assert [one.amount for one in await points.list_movements(conn, alice.id, limit=10)] == [8, -8]
