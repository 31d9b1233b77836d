"""Keys of others that were made anew: found soon, and never asked for more often than once in five minutes."""

from dataclasses import replace

import pytest

from federation.authentication.keys import find_fitting_key, find_key, refetch_key
from federation.errors import Cause, FetchFailed, SignatureInvalid
from federation.http_client.lru_cache import Cache
from federation.instance import Instance
from models.people import keys as stored_keys
from models.store.database import connection, execute
from tests.fediverse import FakeFediverse, Person, make_signer, public_pem

BOB = "https://henin.test/users/bob"


async def forget_time(instance: Instance) -> None:
    """Let what was fetched be older than the waits, and the memory of this process be empty."""
    async with connection(instance.pool) as conn:
        await execute(
            conn,
            """
            UPDATE public_key SET fetched_at = now() - interval '6 minutes',
                refetched_at = refetched_at - interval '6 minutes'
            """,
        )
        await execute(conn, "DELETE FROM failed_fetch")
    instance.public_keys.clear()


def rotate(fediverse: FakeFediverse, person: Person, *, key_id: str | None = None) -> str:
    """Give somebody a new key; its PEM."""
    signer = make_signer(key_id or person.signer.key_id, 3)
    shown = {"id": signer.key_id, "owner": person.uri, "publicKeyPem": public_pem(signer)}
    fediverse.documents[person.uri] = person.document | {"publicKey": shown}
    return public_pem(signer)


async def test_sg14_a_rotated_key_is_refetched_and_the_old_one_forgotten(
    instance: Instance, fediverse: FakeFediverse
) -> None:
    bob = fediverse.add_person()
    await find_key(instance, bob.signer.key_id)
    pem = rotate(fediverse, bob)
    await forget_time(instance)

    fresh = await refetch_key(instance, bob.signer.key_id)

    assert fresh is not None and fresh.pem == pem
    assert (await find_key(instance, bob.signer.key_id)).pem == pem


async def test_sg14_a_new_key_id_takes_the_place_of_the_old_one(instance: Instance, fediverse: FakeFediverse) -> None:
    bob = fediverse.add_person()
    await find_key(instance, bob.signer.key_id)
    rotate(fediverse, bob, key_id=f"{BOB}#second-key")

    assert (await find_key(instance, f"{BOB}#second-key")).owner == BOB
    async with connection(instance.pool) as conn:
        assert await stored_keys.find_public_key(conn, bob.signer.key_id) is None
    with pytest.raises(SignatureInvalid):
        await find_key(instance, bob.signer.key_id)


async def test_sg13_a_key_is_refetched_once_in_five_minutes(instance: Instance, fediverse: FakeFediverse) -> None:
    bob = fediverse.add_person()
    await find_key(instance, bob.signer.key_id)

    for _ in range(2):
        assert await refetch_key(instance, bob.signer.key_id) is not None
        assert await refetch_key(instance, bob.signer.key_id) is None
        await forget_time(instance)
    assert fediverse.fetched.count(BOB) == 3


async def test_sg14_a_key_that_changes_soon_after_it_was_first_seen_is_found(
    instance: Instance, fediverse: FakeFediverse
) -> None:
    bob = fediverse.add_person()
    await find_key(instance, bob.signer.key_id)
    pem = rotate(fediverse, bob)

    found = await find_fitting_key(instance, bob.signer.key_id, lambda key: key.pem == pem)

    assert found.pem == pem and fediverse.fetched.count(BOB) == 2


@pytest.mark.parametrize("known", [False, True])
async def test_b14_signatures_that_do_not_hold_make_us_look_at_a_key_once_in_five_minutes(
    instance: Instance, fediverse: FakeFediverse, known: bool
) -> None:
    bob = fediverse.add_person()
    if known:
        await find_key(instance, bob.signer.key_id)
    fediverse.fetched.clear()

    for _ in range(20):
        with pytest.raises(SignatureInvalid):
            await find_fitting_key(instance, bob.signer.key_id, lambda key: False)

    assert fediverse.fetched.count(BOB) == 1


async def test_sg14_what_another_process_found_is_found_here_at_once(
    instance: Instance, fediverse: FakeFediverse
) -> None:
    bob = fediverse.add_person()
    await find_key(instance, bob.signer.key_id)
    elsewhere = replace(instance, public_keys=Cache(size=9, seconds=60))
    pem = rotate(fediverse, bob)
    await refetch_key(elsewhere, bob.signer.key_id)

    found = await find_fitting_key(instance, bob.signer.key_id, lambda key: key.pem == pem)

    assert found.pem == pem and fediverse.fetched.count(BOB) == 2


async def test_sg13_a_refetch_that_fails_is_not_repeated(instance: Instance, fediverse: FakeFediverse) -> None:
    bob = fediverse.add_person()
    await find_key(instance, bob.signer.key_id)
    await forget_time(instance)
    fediverse.documents[BOB] = FetchFailed(Cause.SERVER_ERROR, "henin.test", retry=True)

    for _ in range(3):
        assert await refetch_key(instance, bob.signer.key_id) is None

    assert fediverse.fetched.count(BOB) == 2
