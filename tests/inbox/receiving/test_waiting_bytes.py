"""What waits here, or was given up, fills nobody's disk: a quota for each registrable domain (B-38)."""

import asyncio

import pytest

from federation.errors import Cause, FetchFailed
from federation.http_client import inbox_backlog
from inbox.processing.process import WAITS, process_due
from models.people.actors import Actor
from models.store.database import connection, transaction
from models.traffic.inbound import forgotten_received, inbox_overflows, received
from models.traffic.inbound.received import KEPT_BYTES, NewReceived
from tests.fediverse import Person
from tests.inbox.desk import Desk, later

MEBIBYTE = 1024 * 1024


async def waiting(desk: Desk) -> int:
    """The bytes of all bodies that are kept."""
    return int(await desk.value("SELECT coalesce(sum(octet_length(body)), 0) FROM received"))


async def flood(desk: Desk, person: Person, times: int, size: int) -> list[int]:
    """Hand in so many activities whose object is away for now, with so much beside it; the answers."""
    statuses = []
    for number in range(times):
        uri = f"{person.uri}/objects/{number}"
        desk.fediverse.documents[uri] = FetchFailed(Cause.SERVER_ERROR, "henin.test", retry=True)
        create = desk.activity(person, "Create", uri, padding="x" * size)
        outcome = await desk.post(person, create)
        statuses.append(outcome.status)
    return statuses


async def test_b38_forty_large_posts_that_cannot_take_effect_do_not_fill_the_disk(desk: Desk, bob: Person) -> None:
    statuses = await flood(desk, bob, 40, MEBIBYTE - 2000)
    await process_due(desk.instance)

    assert set(statuses) == {202, 429} and statuses.count(202) == 16
    assert MEBIBYTE < await waiting(desk) <= inbox_backlog.QUOTA == 16 * MEBIBYTE
    refused = await desk.post(bob, desk.create(bob, padding="x" * 900_000))
    assert (refused.status, refused.retry_after, refused.proven) == (429, 600, True)
    assert "waits here already" in refused.reason


async def test_b38_of_what_is_given_up_the_beginning_stays(desk: Desk, bob: Person) -> None:
    await flood(desk, bob, 3, MEBIBYTE - 2000)

    for number in range(len(WAITS) + 1):
        await process_due(desk.instance, later(days=number))

    assert [state for state, _ in await desk.states()] == ["failed"] * 3
    assert await waiting(desk) == 3 * KEPT_BYTES


async def test_others_are_taken_meanwhile_and_the_same_ones_once_there_is_room_again(
    desk: Desk, bob: Person, alice: Actor
) -> None:
    await flood(desk, bob, 16, MEBIBYTE - 2000)
    sister = desk.fediverse.add_person("eve", "autre.test")
    bobs = desk.fediverse.add_person("zoe", "sous.henin.test")

    large = "x" * 500_000
    assert (await desk.post(sister, desk.create(sister, padding=large))).status == 202
    assert (await desk.post(bobs, desk.create(bobs, padding=large))).status == 429  # names of hosts cost nothing
    await desk.value("UPDATE received SET state = 'done', finished_at = now() RETURNING 1")
    desk.instance.backlog.forget()
    assert (await desk.post(bobs, desk.create(bobs, padding=large))).status == 202


async def test_administrators_see_whose_posts_were_refused(desk: Desk, bob: Person) -> None:
    await flood(desk, bob, 18, MEBIBYTE - 2000)
    desk.instance.backlog.forget()
    await desk.post(bob, desk.create(bob))
    desk.instance.backlog.forget()
    await desk.post(bob, desk.create(bob))

    async with connection(desk.instance.pool) as conn:
        found = await inbox_overflows.list_overflows(conn)

    assert [(one.domain, one.refused) for one in found] == [("henin.test", 2)]


async def test_b38_once_much_of_everybody_waits_each_domain_has_less(
    desk: Desk, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox_backlog, "MOST", MEBIBYTE // 2)

    assert (await flood(desk, bob, 3, MEBIBYTE - 2000)) == [202, 429, 429]

    eve = desk.fediverse.add_person("eve", "autre.test")
    assert (await desk.post(eve, desk.create(eve))).status == 202


async def test_few_who_flood_wait_for_their_refusal_and_nobody_whose_bodies_are_large(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox_backlog, "REFUSED_AFTER_SECONDS", 3600)
    monkeypatch.setattr(inbox_backlog, "MOST_MADE_WAIT", 1)
    backlog = desk.instance.backlog

    with backlog.taking("henin.test", 16 * MEBIBYTE):
        assert not await backlog.has_room("henin.test", MEBIBYTE)
        waiting = asyncio.create_task(backlog.has_room("henin.test", 1000))
        await asyncio.sleep(0)
        assert not await backlog.has_room("henin.test", 1000)

    assert not waiting.done()
    waiting.cancel()


async def test_what_could_not_be_written_down_takes_no_room(desk: Desk) -> None:
    with pytest.raises(ZeroDivisionError), desk.instance.backlog.taking("henin.test", 10 * MEBIBYTE):
        assert not await desk.instance.backlog.has_room("henin.test", 8 * MEBIBYTE)
        raise ZeroDivisionError

    assert await desk.instance.backlog.has_room("henin.test", 8 * MEBIBYTE)


async def test_of_one_domain_a_thousand_that_failed_are_kept(desk: Desk) -> None:
    def new(number: int) -> NewReceived:
        return NewReceived(
            activity_uri=f"https://a.test/{number}",
            body_hash=b"",
            type="Create",
            actor_uri="https://a.test/u",
            host=f"{number % 3}.a.test" if number else "b.test",
            body=b"{}",
        )

    async with transaction(desk.instance.pool) as conn:
        await received.enqueue_many(conn, [new(number) for number in range(forgotten_received.KEPT_FAILED + 6)])
        await conn.execute("UPDATE received SET state = 'failed', finished_at = now()")

        assert await forgotten_received.prune(conn) == 5

    assert forgotten_received.KEPT_FAILED == 1000
    assert await desk.value("SELECT count(*) FROM received WHERE host = 'b.test'") == 1
    assert await desk.value("SELECT count(*) FROM received WHERE activity_uri = 'https://a.test/5'") == 0
