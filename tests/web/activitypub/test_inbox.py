"""POST to an inbox over HTTP: statuses, headers, and bodies of any size (HT1, B-35)."""

import asyncio
import gc
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from models.limits import POSTS
from models.people.actors import Actor
from models.servers import servers
from models.store.database import connection
from tests.fediverse import Person, sign_post
from tests.web.activitypub.conftest import Door
from web.activitypub import inbox


async def post(door: Door, person: Person, activity: Any, path: str = "/inbox", **changes: str) -> tuple[int, Any]:
    """Post as this person; the status and the headers."""
    envelope = sign_post(door.instance.site, path, activity, person.signer)
    headers = dict(envelope.headers) | changes
    async with door.client.post(path, data=envelope.body, headers=headers) as response:
        await response.read()
        return response.status, response.headers


def like(person: Person, object: str = "https://lomme.test/users/alice/notes/1") -> dict[str, Any]:
    """Any activity."""
    return {"id": f"{person.uri}/likes/1", "type": "Like", "actor": person.uri, "object": object}


@pytest.mark.parametrize("path", ["/inbox", "/users/alice/inbox"])
async def test_ht01_a_signed_activity_is_202(door: Door, alice: Actor, bob: Person, path: str) -> None:
    status, _ = await post(door, bob, like(bob), path)

    assert status == 202
    assert await door.instance.pool.fetchval("SELECT count(*) FROM received") == 1


async def test_ht01_what_cannot_be_verified_is_401_and_told_how_to_sign(door: Door, bob: Person) -> None:
    async with door.client.post(
        "/inbox",
        data=json.dumps(like(bob)),
        headers={"Content-Type": "application/activity+json", "Host": door.instance.site.host},
    ) as response:
        assert response.status == 401
        assert response.headers["Accept-Signature"].startswith('sig1=("@method" "@target-uri" "content-digest")')


async def test_ht01_a_host_set_aside_is_403(door: Door, bob: Person) -> None:
    async with connection(door.instance.pool) as conn:
        await servers.save_level(conn, "henin.test", "aside")

    assert (await post(door, bob, like(bob)))[0] == 403


async def test_ht01_the_inbox_of_nobody_is_404(door: Door, bob: Person) -> None:
    assert (await post(door, bob, like(bob), "/users/nobody/inbox"))[0] == 404


@pytest.mark.parametrize(
    "kind",
    [
        "application/activity+json",
        "application/activity+json; charset=utf-8",
        'application/ld+json; profile="https://www.w3.org/ns/activitystreams"',
        'application/ld+json;profile="https://www.w3.org/ns/activitystreams"; charset=utf-8',
        "Application/Activity+JSON",
    ],
)
async def test_cn07_an_activity_comes_under_any_of_its_types(door: Door, bob: Person, kind: str) -> None:
    envelope = sign_post(door.instance.site, "/inbox", like(bob), bob.signer, kind=kind)

    async with door.client.post("/inbox", data=envelope.body, headers=dict(envelope.headers)) as response:
        assert response.status == 202


@pytest.mark.parametrize(
    "kind", ["text/plain", "text/html", "application/x-www-form-urlencoded", "multipart/form-data", "x"]
)
async def test_cn07_another_type_is_415(door: Door, bob: Person, kind: str) -> None:
    assert (await post(door, bob, like(bob), **{"Content-Type": kind}))[0] == 415


async def test_ac06_the_inbox_of_somebody_deleted_is_410(door: Door, alice: Actor, bob: Person) -> None:
    await door.execute("UPDATE actor SET deleted_at = now()")

    assert (await post(door, bob, like(bob), "/users/alice/inbox"))[0] == 410


async def test_ht01_too_much_is_413_whatever_length_is_claimed(door: Door, bob: Person) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b" " * 100_000

    headers = {"Content-Type": "application/activity+json", "Host": door.instance.site.host}
    async with door.client.post("/inbox", data=endless(), headers=headers) as chunked:
        assert chunked.status == 413
    async with door.client.post("/inbox", data=b" " * (1024 * 1024 + 1), headers=headers) as whole:
        assert whole.status == 413


async def test_ht01_whoever_hurries_is_429_and_told_when_to_come_back(door: Door, bob: Person) -> None:
    await door.meet(bob)
    while door.instance.counter.spend(POSTS, "henin.test"):
        pass

    status, headers = await post(door, bob, like(bob))

    assert (status, headers["Retry-After"]) == (429, "60")


async def test_ht01_a_database_that_is_away_is_503(door: Door, bob: Person) -> None:
    await door.meet(bob)
    await door.instance.pool.close()

    status, headers = await post(door, bob, like(bob))

    assert status == 503 and headers["Retry-After"]


async def test_ht01_garbage_is_400_and_the_next_one_is_served(door: Door, bob: Person) -> None:
    for body in (b"", b"garbage", b"[" * 50_000, b'{"a":' * 5000):
        assert (await post(door, bob, body))[0] == 400

    assert (await post(door, bob, like(bob)))[0] == 202


async def test_a_body_that_does_not_end_is_given_up(door: Door, bob: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "BODY_SECONDS", 0.05)

    async def dripping() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.sleep(2)

    headers = {"Content-Type": "application/activity+json", "Host": door.instance.site.host}
    async with door.client.post("/inbox", data=dripping(), headers=headers) as response:
        assert response.status == 408


async def test_no_body_is_left_to_the_search_for_garbage_be_it_taken_or_refused(door: Door, bob: Person) -> None:
    large = like(bob) | {"content": "x" * 200_000}
    unsigned = {"Content-Type": "application/activity+json", "Host": door.instance.site.host}
    statuses = []

    with keeping_garbage() as garbage:
        for number in range(3):
            mine = large | {"id": f"{bob.uri}/likes/{number}"}
            statuses.append((await post(door, bob, mine))[0])
            statuses.append((await post(door, bob, mine, Date="Mon, 01 Jan 2024 00:00:00 GMT"))[0])
            statuses.append((await post(door, bob, mine | {"content": "y" * 1_100_000}))[0])
            for body in (json.dumps(mine), "{" * 200_000):
                async with door.client.post("/inbox", data=body, headers=unsigned) as response:
                    statuses.append(response.status)

    assert statuses == [202, 401, 413, 401, 400] * 3
    assert [len(held) for one in garbage for held in gc.get_referents(one) if is_large(held)] == []


def test_a_body_that_only_holds_itself_would_be_seen() -> None:
    with keeping_garbage() as garbage:
        loop: list[Any] = [b"x" * 200_000]
        loop.append(loop)
        del loop

    assert [len(held) for one in garbage for held in gc.get_referents(one) if is_large(held)] == [200_000]


@contextmanager
def keeping_garbage() -> Iterator[list[Any]]:
    """What only holds itself at the end of the block, and did not before."""
    found: list[Any] = []
    gc.collect()
    gc.disable()
    try:
        yield found
        gc.set_debug(gc.DEBUG_SAVEALL)
        gc.collect()
        found.extend(gc.garbage)
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()


def is_large(held: object) -> bool:
    """Whether it is what was sent, in bytes or read."""
    return isinstance(held, str | bytes | bytearray) and len(held) >= 200_000
