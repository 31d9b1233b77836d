"""The second proof at log-in: codes of an application, recovery codes, passkeys."""

import asyncio

import pytest

from models.access import passkeys, second_factors
from models.access.passkeys import NewPasskey
from models.errors import Conflict
from models.store.database import Connection, Pool, connection, execute, fetch_value, transaction
from tests.factories import make_member

KEY = NewPasskey(credential_id=b"id", public_key=b"public", sign_count=3, name="téléphone")


async def test_nothing_is_asked_for_until_a_first_code_was_right(conn: Connection) -> None:
    alice = await make_member(conn)

    begun = await second_factors.begin_totp(conn, alice.id, b"\0secret")
    before = await second_factors.find(conn, alice.id)
    used = await second_factors.use_totp(conn, alice.id, 100)

    assert begun and used and not before.asked_for
    assert (await second_factors.find(conn, alice.id)).totp


async def test_a_secret_in_use_is_not_replaced(conn: Connection) -> None:
    alice = await make_member(conn)
    await second_factors.begin_totp(conn, alice.id, b"\0first")
    assert await second_factors.begin_totp(conn, alice.id, b"\0second")
    await second_factors.use_totp(conn, alice.id, 100)

    assert not await second_factors.begin_totp(conn, alice.id, b"\0third")
    kept = await second_factors.find_totp(conn, alice.id)
    assert kept is not None and kept.secret == b"\0second"


async def test_no_half_minute_is_used_twice_nor_an_earlier_one_after_it(conn: Connection) -> None:
    alice = await make_member(conn)
    await second_factors.begin_totp(conn, alice.id, b"\0secret")

    used = [await second_factors.use_totp(conn, alice.id, step) for step in (100, 100, 99, 101)]

    assert used == [True, False, False, True]


async def test_one_code_sent_twice_at_once_is_taken_once(pool: Pool) -> None:
    async with transaction(pool) as conn:
        alice = await make_member(conn)
        await second_factors.begin_totp(conn, alice.id, b"\0secret")
        await second_factors.replace_codes(conn, alice.id, ["abcd-efgh"])

    async def use_both() -> tuple[bool, bool]:
        async with connection(pool) as conn:
            return (
                await second_factors.use_totp(conn, alice.id, 100),
                await second_factors.use_code(conn, alice.id, "abcd-efgh"),
            )

    used = await asyncio.gather(*(use_both() for _ in range(5)))

    assert [sum(one[0] for one in used), sum(one[1] for one in used)] == [1, 1]


async def test_a_recovery_code_works_once_however_it_is_typed_and_is_not_stored(conn: Connection) -> None:
    alice, carole = await make_member(conn, "alice"), await make_member(conn, "carole")
    await second_factors.replace_codes(conn, alice.id, ["abcd-efgh-jkmn-pqrs", "2345-6789-abcd-efgh"])
    rows = await fetch_value(conn, "SELECT string_agg(recovery_code::text, ' ') FROM recovery_code")

    assert "abcd" not in rows and b"abcdefghjkmnpqrs".hex() not in rows
    assert not await second_factors.use_code(conn, carole.id, "abcd-efgh-jkmn-pqrs")
    assert await second_factors.use_code(conn, alice.id, " ABCD EFGH jkmn-pqrs ")
    assert not await second_factors.use_code(conn, alice.id, "abcd-efgh-jkmn-pqrs")
    assert (await second_factors.find(conn, alice.id)).codes_left == 1


async def test_new_codes_take_the_place_of_the_old_ones(conn: Connection) -> None:
    alice = await make_member(conn)
    await second_factors.replace_codes(conn, alice.id, ["old"])
    await second_factors.replace_codes(conn, alice.id, ["new"])

    assert not await second_factors.use_code(conn, alice.id, "old")
    assert await second_factors.use_code(conn, alice.id, "new")


async def test_recovery_codes_go_with_the_last_of_what_they_stand_for(conn: Connection) -> None:
    alice = await make_member(conn)
    await second_factors.begin_totp(conn, alice.id, b"\0secret")
    await second_factors.use_totp(conn, alice.id, 1)
    await passkeys.save(conn, alice.id, KEY)
    await second_factors.replace_codes(conn, alice.id, ["code"])

    await second_factors.remove_totp(conn, alice.id)
    kept = await second_factors.find(conn, alice.id)
    await passkeys.remove(conn, alice.id, (await passkeys.list_of(conn, alice.id))[0].id)
    gone = await second_factors.find(conn, alice.id)

    assert (kept.asked_for, kept.codes_left) == (True, 1)
    assert (gone.asked_for, gone.codes_left) == (False, 0)


async def test_everything_is_taken_away_at_once(conn: Connection) -> None:
    alice = await make_member(conn)
    await passkeys.save(conn, alice.id, KEY)
    await second_factors.begin_totp(conn, alice.id, b"\0secret")
    await second_factors.replace_codes(conn, alice.id, ["code"])

    removed = await second_factors.remove_all(conn, alice.id)
    again = await second_factors.remove_all(conn, alice.id)

    assert (removed, again) == (True, False)
    assert await second_factors.find_totp(conn, alice.id) is None
    assert (await second_factors.find(conn, alice.id)).codes_left == 0


async def test_a_passkey_is_one_persons_and_known_once(conn: Connection) -> None:
    alice, carole = await make_member(conn, "alice"), await make_member(conn, "carole")
    await passkeys.save(conn, alice.id, KEY)
    found = await passkeys.find(conn, b"id")

    assert found is not None and found.actor_id == alice.id and found.name == "téléphone"
    with pytest.raises(Conflict):
        await passkeys.save(conn, carole.id, KEY)
    await passkeys.remove(conn, carole.id, found.id)
    assert await passkeys.list_of(conn, alice.id) == [found]


async def test_there_are_not_too_many_passkeys(conn: Connection) -> None:
    alice = await make_member(conn)
    for number in range(passkeys.MOST):
        await passkeys.save(
            conn, alice.id, NewPasskey(credential_id=b"%d" % number, public_key=b"", sign_count=0, name="x")
        )

    with pytest.raises(Conflict):
        await passkeys.save(conn, alice.id, KEY)


async def test_the_use_of_a_passkey_never_counts_back(conn: Connection) -> None:
    alice = await make_member(conn)
    await passkeys.save(conn, alice.id, KEY)
    found = await passkeys.find(conn, b"id")
    assert found is not None

    for count in (9, 4):
        await passkeys.note_use(conn, found.id, count)

    used = await passkeys.find(conn, b"id")
    assert used is not None and used.sign_count == 9 and used.used_at is not None


async def test_secrets_that_lie_open_are_found(conn: Connection) -> None:
    alice, carole = await make_member(conn, "alice"), await make_member(conn, "carole")
    await second_factors.begin_totp(conn, alice.id, b"\0open")
    await second_factors.begin_totp(conn, carole.id, b"\1sealed")

    assert [totp.actor_id for totp in await second_factors.list_unencrypted_totp(conn)] == [alice.id]
    await execute(conn, "DELETE FROM totp")
