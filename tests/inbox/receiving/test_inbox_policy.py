"""Who may knock: hosts set aside cost nothing, floods touch nobody else."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from federation.discovery.fetches import fetch_actor
from federation.errors import Cause, FetchFailed
from federation.instance import Instance
from inbox.processing.process import process_due
from inbox.receiving import headers, inbox_policy, receive
from models.errors import NotFound
from models.limits import POSTS
from models.people import actors
from models.people.actors import Actor
from models.servers import access_requests, trust_levels
from models.store.database import Connection, transaction
from tests.factories import HERE
from tests.fediverse import Person, sign_post
from tests.inbox.desk import Desk

TABLES = (
    "actor",
    "post",
    "received",
    "server",
    "failed_fetch",
    "public_key",
    "access_request",
    "delivery",
    "activity",
    "mention",
)


async def set_level(instance: Instance, host: str, level: trust_levels.Level) -> None:
    async with transaction(instance.pool) as conn:
        await trust_levels.save_level(conn, host, level)
    instance.policy.forget()


async def count_rows(desk: Desk) -> dict[str, int]:
    return {table: await desk.value(f"SELECT count(*) FROM {table}") for table in TABLES}


@pytest.fixture
async def eve(desk: Desk) -> AsyncIterator[Person]:
    """Somebody of a server that nobody here has met."""
    yield desk.fediverse.add_person("eve", "neu.test")


@pytest.mark.parametrize("host", ["evil.test", "a.b.evil.test", "evil.test:8443"])
async def test_rs14_a_host_set_aside_is_refused_before_a_fetch_a_parse_or_a_row(
    desk: Desk, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    mallory = desk.fediverse.add_person("mallory", host)
    await set_level(desk.instance, "evil.test", "aside")
    before = await count_rows(desk)
    parsed: list[bytes] = []

    def read_body(body: bytes) -> headers.Readable:
        parsed.append(body)
        return headers.read_body(body)

    monkeypatch.setattr(receive, "read_body", read_body)

    outcomes = [await desk.post(mallory, desk.create(mallory)) for _ in range(3)]

    assert [outcome.status for outcome in outcomes] == [403] * 3
    assert parsed == []
    assert desk.fediverse.fetched == []
    assert await count_rows(desk) == before


async def test_rs14_an_actor_of_a_host_set_aside_is_refused_whoever_signs(desk: Desk, bob: Person) -> None:
    mallory = desk.fediverse.add_person("mallory", "evil.test")
    await set_level(desk.instance, "evil.test", "aside")
    before = await count_rows(desk)

    outcome = await desk.post(bob, desk.create(mallory))

    assert outcome.status == 403
    assert desk.fediverse.fetched == []
    assert await count_rows(desk) == before


async def test_a_host_that_is_set_aside_while_its_body_comes_in_is_refused(desk: Desk, bob: Person) -> None:
    envelope = sign_post(HERE, "/inbox", desk.create(bob), bob.signer)
    await desk.meet(bob)

    await set_level(desk.instance, "henin.test", "aside")
    outcome = await receive.receive(desk.instance, envelope, welcomed=frozenset({"henin.test"}))

    assert outcome.status == 403
    assert await desk.value("SELECT count(*) FROM received") == 0


async def test_a_host_is_welcome_again_once_that_is_lifted(desk: Desk, bob: Person) -> None:
    await set_level(desk.instance, "henin.test", "aside")
    refused = await desk.post(bob, desk.create(bob))

    await set_level(desk.instance, "henin.test", "reader")
    taken = await desk.post(bob, desk.create(bob))

    assert (refused.status, taken.status) == (403, 202)


async def test_b54_nothing_is_fetched_from_a_host_set_aside_and_nothing_remembered_of_the_try(
    desk: Desk, alice: Actor, bob: Person
) -> None:
    mallory = desk.fediverse.add_person("mallory", "evil.test")
    await set_level(desk.instance, "evil.test", "aside")
    await desk.follow(alice, bob)
    fetched = list(desk.fediverse.fetched)

    with pytest.raises(FetchFailed) as failed:
        await fetch_actor(desk.instance, mallory.uri)
    await desk.take(bob, desk.activity(bob, "Announce", f"{mallory.uri}/notes/1"))

    assert failed.value.cause is Cause.SET_ASIDE
    assert desk.fediverse.fetched == fetched
    assert await desk.value("SELECT count(*) FROM post") == 0
    assert await desk.value("SELECT count(*) FROM failed_fetch") == 0


async def test_b54_a_post_of_somebody_set_aside_is_not_kept_though_it_was_received_before(
    desk: Desk, alice: Actor, bob: Person
) -> None:
    await desk.follow(alice, bob)
    await desk.post(bob, desk.create(bob))

    await set_level(desk.instance, "henin.test", "aside")
    await process_due(desk.instance)

    assert await desk.value("SELECT count(*) FROM post") == 0
    assert [state for state, _ in await desk.states()] == ["ignored"]


async def test_restricted_federation_refuses_strangers_and_counts_who_knocked(desk: Desk, bob: Person) -> None:
    async with transaction(desk.instance.pool) as conn:
        await trust_levels.save_limited(conn, limited=True)

    refused = [await desk.post(bob, desk.create(bob)) for _ in range(3)]
    async with transaction(desk.instance.pool) as conn:
        [knocker] = await access_requests.list_access_requests(conn)
        await trust_levels.save_listed(conn, "henin.test", listed=True)
    desk.instance.policy.forget()
    taken = await desk.post(bob, desk.create(bob))

    assert [outcome.status for outcome in refused] == [403] * 3
    assert (knocker.host, knocker.requests) == (
        "henin.test",
        1,
    )  # the first is written at once, the others ten seconds later
    assert taken.status == 202


async def test_ht04_b59_a_flood_of_one_origin_is_429_for_that_origin_only(desk: Desk, bob: Person, eve: Person) -> None:
    await desk.meet(bob)
    await desk.meet(eve)

    flood = [await desk.post(eve, desk.activity(eve, "Like", f"{bob.uri}/notes/1")) for _ in range(610)]
    other = await desk.post(bob, desk.activity(bob, "Like", f"{bob.uri}/notes/1"))

    assert [outcome.status for outcome in flood] == [202] * 600 + [429] * 10
    assert flood[-1].retry_after == 60
    assert other.status == 202


async def test_ht04_signatures_that_fail_in_the_name_of_a_host_cost_that_host_nothing(desk: Desk, bob: Person) -> None:
    await desk.meet(bob)
    forged = {"id": f"{bob.uri}/likes/1", "type": "Like", "actor": bob.uri, "object": f"{bob.uri}/notes/1"}
    mallory = desk.fediverse.add_person("mallory", "evil.test")
    liar = Person(uri=bob.uri, signer=mallory.signer, document=bob.document)

    refused = [(await desk.post(liar, forged)).status for _ in range(310)]
    honest = await desk.post(bob, desk.activity(bob, "Like", f"{bob.uri}/notes/1"))

    assert set(refused) <= {401, 429}
    assert honest.status == 202


async def test_b38_ten_thousand_invented_hosts_leave_memory_as_it_was(desk: Desk) -> None:
    await set_level(desk.instance, "evil.test", "aside")

    async def knock(number: int) -> bool:
        return await desk.instance.policy.allows(f"h{number}.test")

    assert all(await asyncio.gather(*(knock(number) for number in range(10_000))))
    for number in range(10_000):
        desk.instance.counter.spend(POSTS, f"h{number}.test")

    assert desk.instance.counter.size(POSTS) <= 4096
    assert desk.instance.policy.size == 1


async def test_whose_inbox_it_is_is_asked_of_the_database_once_in_a_while(
    desk: Desk, alice: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    find = actors.find_published

    async def find_published(conn: Connection, username: str) -> Actor | None:
        asked.append(username)
        return await find(conn, username)

    monkeypatch.setattr(actors, "find_published", find_published)

    for _ in range(3):
        await inbox_policy.require_inbox(desk.instance, "alice")
        with pytest.raises(NotFound):
            await inbox_policy.require_inbox(desk.instance, "nobody")

    assert asked == ["alice", "nobody"]
