"""What a process keeps in memory of other servers is old the moment somebody changes it, in whichever process."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from federation.authentication.keys import find_key
from federation.http_client import federation_policy
from federation.instance import Instance
from federation.uris import MAX_LENGTH, is_uri
from models import preferences
from models.people import keys
from models.servers import trust_levels
from models.store.database import Pool, connection, execute, transaction
from tests.eventually import eventually
from tests.factories import make_remote_actor
from tests.fediverse import make_signer, public_pem
from tests.web.small_app import make_instance
from web.middlewares.work_signals import WorkSignal
from web.server.worker.loops import listen_for_work

KEY = "https://henin.test/users/bob#main-key"


@pytest.fixture
async def elsewhere(pool: Pool, database_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Instance]:
    """Another process on the same database, which looks at nothing again by itself."""
    monkeypatch.setattr(federation_policy, "RELOAD_SECONDS", 3600.0)
    instance, signal = make_instance(pool, database_url=database_url), WorkSignal(pool)
    listening = asyncio.create_task(listen_for_work(instance, signal))
    await asyncio.wait_for(signal.received.wait(), 60)  # the link is up
    yield instance
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)


async def test_a_host_that_is_set_aside_is_so_in_every_process_at_once(pool: Pool, elsewhere: Instance) -> None:
    assert await elsewhere.policy.allows("henin.test")

    levels: tuple[trust_levels.Level, ...] = ("aside", "reader", "aside")
    for level in levels:
        async with transaction(pool) as conn:
            await trust_levels.save_level(conn, "henin.test", level)

        async def is_known(welcome: bool = level != "aside") -> bool:
            return await elsewhere.policy.allows("henin.test") is welcome

        await eventually(is_known)
    async with connection(pool) as conn:
        await execute(conn, "DELETE FROM server")

    async def is_forgotten() -> bool:
        return await elsewhere.policy.allows("henin.test")

    await eventually(is_forgotten)


async def test_a_federation_that_closes_itself_does_so_in_every_process(pool: Pool, elsewhere: Instance) -> None:
    assert not await elsewhere.policy.is_limited()

    for limited in (True, False):
        async with transaction(pool) as conn:
            await preferences.write(conn, {"limited_federation": limited})

        async def is_so(limited: bool = limited) -> bool:
            return await elsewhere.policy.is_limited() is limited

        await eventually(is_so)


async def test_a_key_that_is_replaced_or_gone_is_believed_by_no_process(pool: Pool, elsewhere: Instance) -> None:
    pems = [public_pem(make_signer(KEY, number)) for number in (0, 1)]
    async with transaction(pool) as conn:
        bob = await make_remote_actor(conn, "bob", "henin.test", uri="https://henin.test/users/bob")
        await keys.replace_public_keys(conn, bob.id, [(KEY, "rsa", pems[0])])
    assert (await find_key(elsewhere, KEY)).pem == pems[0]

    async with transaction(pool) as conn:
        await keys.replace_public_keys(conn, bob.id, [(KEY, "rsa", pems[1])])

    async def is_replaced() -> bool:
        return (await find_key(elsewhere, KEY)).pem == pems[1]

    await eventually(is_replaced)
    async with transaction(pool) as conn:
        await keys.replace_public_keys(conn, bob.id, [])

    async def is_gone() -> bool:
        return elsewhere.public_keys.find(KEY) is None

    await eventually(is_gone)


async def test_whose_key_has_the_longest_of_ids_is_deleted_and_believed_by_no_process(
    pool: Pool, elsewhere: Instance
) -> None:
    key = KEY + "\N{BICYCLE}" * (MAX_LENGTH - len(KEY))
    assert is_uri(key)
    async with transaction(pool) as conn:
        bob = await make_remote_actor(conn, "bob", "henin.test", uri="https://henin.test/users/bob")
        await keys.replace_public_keys(conn, bob.id, [(key, "rsa", public_pem(make_signer(KEY)))])
    await find_key(elsewhere, key)

    async with transaction(pool) as conn:
        await execute(conn, "DELETE FROM actor WHERE id = $1", bob.id)

    async def is_gone() -> bool:
        return elsewhere.public_keys.find(key) is None

    await eventually(is_gone)


async def test_a_key_that_is_looked_at_and_found_the_same_disturbs_nobody(pool: Pool, elsewhere: Instance) -> None:
    pem = public_pem(make_signer(KEY))
    kept: list[tuple[str, keys.Algorithm, str]] = [(KEY, "rsa", pem)]
    async with transaction(pool) as conn:
        bob = await make_remote_actor(conn, "bob", "henin.test", uri="https://henin.test/users/bob")
        await keys.replace_public_keys(conn, bob.id, kept)
    held = await find_key(elsewhere, KEY)

    async with transaction(pool) as conn:
        await keys.replace_public_keys(conn, bob.id, kept)
        await trust_levels.save_level(conn, "evil.test", "aside")  # told after it, if that was told

    async def heard() -> bool:
        return not await elsewhere.policy.allows("evil.test")

    await eventually(heard)
    assert elsewhere.public_keys.find(KEY) is held
