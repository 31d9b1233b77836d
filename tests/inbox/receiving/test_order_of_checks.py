"""Cheap checks before dear ones (HT3), and no 202 before the activity is committed (HT2)."""

import asyncio
from datetime import UTC, datetime

import pytest
from multidict import CIMultiDict

from federation.signatures import Envelope, SignatureScheme, sign
from inbox.receiving.receive import Outcome, receive
from models.servers import servers
from models.store.database import connection, transaction
from tests.factories import HERE
from tests.fediverse import Person
from tests.inbox.desk import Desk

GARBAGE = b"no json"
TOO_MUCH = b" " * (1024 * 1024 + 1)


@pytest.fixture
def bob(desk: Desk) -> Person:
    """Bob, elsewhere."""
    return desk.fediverse.add_person()


async def hand_in(desk: Desk, person: Person, body: bytes, **headers: str) -> Outcome:
    """What is answered to this body."""
    bare = Envelope(
        method="POST",
        path="/inbox",
        headers=CIMultiDict({"Host": HERE.host, "Content-Type": "application/activity+json"} | headers),
        body=body,
    )
    signed = sign(bare, HERE, person.signer, scheme=SignatureScheme.CAVAGE, at=datetime.now(UTC))
    return await receive(desk.instance, Envelope(method="POST", path="/inbox", headers=signed, body=body))


async def set_aside(desk: Desk) -> None:
    """The cooperative wants nothing of Bob's server."""
    async with connection(desk.instance.pool) as conn:
        await servers.save_level(conn, "henin.test", "aside")
    desk.instance.policy.forget()


async def test_ht03_size_comes_before_type(desk: Desk, bob: Person) -> None:
    assert (await hand_in(desk, bob, TOO_MUCH, **{"Content-Type": "text/plain"})).status == 413


async def test_ht03_type_comes_before_the_blocked_domain(desk: Desk, bob: Person) -> None:
    await set_aside(desk)

    assert (await hand_in(desk, bob, GARBAGE, **{"Content-Type": "text/plain"})).status == 415


async def test_ht03_the_blocked_domain_comes_before_the_reading(desk: Desk, bob: Person) -> None:
    await set_aside(desk)

    assert (await hand_in(desk, bob, GARBAGE)).status == 403
    assert desk.fediverse.fetched == []


async def test_ht03_the_reading_comes_before_any_fetch(desk: Desk, bob: Person) -> None:
    assert (await hand_in(desk, bob, GARBAGE)).status == 400
    assert desk.fediverse.fetched == []


async def test_ht03_the_deletion_of_a_stranger_is_let_go_without_its_key(desk: Desk, bob: Person) -> None:
    outcome = await desk.post(bob, desk.activity(bob, "Delete", bob.uri))

    assert outcome.status == 202
    assert desk.fediverse.fetched == []
    assert await desk.value("SELECT count(*) FROM received") == 0


async def test_ht03_the_signature_comes_before_what_it_allows(desk: Desk, bob: Person) -> None:
    eva = desk.fediverse.add_person("eva", "arras.test")
    forged = desk.create(bob, desk.note(bob)) | {"actor": eva.uri}

    unsigned = Envelope(
        method="POST",
        path="/inbox",
        headers=CIMultiDict({"Host": HERE.host, "Content-Type": "application/activity+json"}),
        body=b'{"id": "https://henin.test/1", "type": "Create", "actor": "https://henin.test/users/bob", "object": {}}',
    )

    assert (await receive(desk.instance, unsigned)).status == 401
    assert desk.fediverse.fetched == []
    assert (await desk.post(bob, forged)).status == 401
    assert await desk.value("SELECT count(*) FROM received") == 0


async def test_ht02_a_202_waits_for_the_commit(desk: Desk, bob: Person) -> None:
    await desk.meet(bob)
    activity = desk.create(bob)

    async with transaction(desk.instance.pool) as conn:
        await conn.execute("LOCK TABLE received IN EXCLUSIVE MODE")
        answering = asyncio.create_task(desk.post(bob, activity))
        async with asyncio.timeout(60):
            while not await conn.fetchval("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)"):
                await asyncio.sleep(0.005)
        assert not answering.done()

    assert (await answering).status == 202
    assert await desk.value("SELECT count(*) FROM received") == 1


async def test_ht02_what_is_sent_again_for_want_of_an_answer_is_kept_once(desk: Desk, bob: Person) -> None:
    activity = desk.create(bob)
    await desk.post(bob, activity)

    assert (await desk.post(bob, activity)).status == 202
    assert await desk.value("SELECT count(*) FROM received") == 1
