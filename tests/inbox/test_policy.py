"""Who may knock: hosts set aside cost nothing, floods touch nobody else, letters of strangers wait."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from federation.errors import Cause, FetchFailed
from federation.fetches import fetch_actor
from federation.instance import Instance
from inbox import headers, receive
from inbox.process import process_due
from models import knocks, levels, strangers
from models.actors import Actor
from models.database import connection, transaction
from tests.factories import make_follow, make_listing, make_note
from tests.fediverse import Person
from tests.inbox.desk import PUBLIC, Desk

TABLES = (
    "actor",
    "post",
    "received",
    "server",
    "failed_fetch",
    "public_key",
    "knock",
    "delivery",
    "activity",
    "mention",
)


async def set_level(instance: Instance, host: str, level: levels.Level) -> None:
    async with transaction(instance.pool) as conn:
        await levels.save_level(conn, host, level)
    instance.welcomes.forget()


async def count_rows(desk: Desk) -> dict[str, int]:
    return {table: await desk.value(f"SELECT count(*) FROM {table}") for table in TABLES}


@pytest.fixture
async def eve(desk: Desk) -> AsyncIterator[Person]:
    """Somebody of a server that nobody here has met."""
    yield desk.fediverse.add_person("eve", "neu.test")


def letter(desk: Desk, person: Person, to: Actor, **changes: object) -> dict[str, object]:
    """A note that names one of ours, unasked."""
    note = desk.note(
        person, to=[PUBLIC], cc=[to.uri], tag=[{"type": "Mention", "href": to.uri, "name": f"@{to.handle}"}], **changes
    )
    return desk.create(person, note)


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
        await levels.save_limited(conn, limited=True)

    refused = [await desk.post(bob, desk.create(bob)) for _ in range(3)]
    async with transaction(desk.instance.pool) as conn:
        [knocker] = await knocks.list_knockers(conn)
        await levels.save_listed(conn, "henin.test", listed=True)
    desk.instance.welcomes.forget()
    taken = await desk.post(bob, desk.create(bob))

    assert [outcome.status for outcome in refused] == [403] * 3
    assert (knocker.host, knocker.knocks) == (
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


async def test_b57_a_letter_of_a_stranger_waits_and_nobody_is_told(desk: Desk, alice: Actor, eve: Person) -> None:
    await desk.take(eve, letter(desk, eve, alice))

    assert await desk.states() == [("held", None)]
    assert await desk.told(alice) == []
    assert await desk.value("SELECT count(*) FROM post") == 0


async def test_b57_a_wave_of_new_accounts_reaches_nobody_and_an_origin_goes_with_one_click(
    desk: Desk, alice: Actor
) -> None:
    wave = [desk.fediverse.add_person(f"spam{number}", f"neu{number % 10}.test") for number in range(100)]
    for spammer in wave:
        assert (await desk.post(spammer, letter(desk, spammer, alice, attachment=[picture(spammer)]))).status == 202
    await process_due(desk.instance)

    async with transaction(desk.instance.pool) as conn:
        waiting = await strangers.list_strangers(conn)
        await levels.save_level(conn, "neu0.test", "aside")
        left = await strangers.count_letters(conn)

    assert [(one.host, one.letters, one.writers) for one in waiting] == [
        (f"neu{number}.test", 10, 10) for number in range(10)
    ]
    assert left == 90
    assert await desk.told(alice) == []
    assert (await desk.post(wave[0], letter(desk, wave[0], alice))).status == 202  # known here in two seconds at most
    desk.instance.welcomes.forget()
    assert (await desk.post(wave[0], letter(desk, wave[0], alice))).status == 403


def picture(person: Person) -> dict[str, str]:
    return {"type": "Document", "mediaType": "image/png", "url": f"{person.uri}/a.png"}


async def test_b57_what_waits_comes_in_once_its_server_is_let_through(desk: Desk, alice: Actor, eve: Person) -> None:
    await desk.take(eve, letter(desk, eve, alice))

    async with transaction(desk.instance.pool) as conn:
        released = await strangers.release(conn, "neu.test")
    await process_due(desk.instance)
    await desk.take(eve, letter(desk, eve, alice))

    assert released == 1
    assert await desk.told(alice) == ["mention", "mention"]


async def test_b57_servers_that_are_known_or_followed_are_no_strangers(desk: Desk, alice: Actor, eve: Person) -> None:
    carl = desk.fediverse.add_person("carl", "old.test")
    await desk.instance.pool.execute(
        "INSERT INTO server (host, first_seen_at) VALUES ('old.test', now() - interval '8 days')"
    )
    somebody = desk.fediverse.add_person("dora", "neu.test")
    await desk.follow(alice, somebody)

    await desk.take(carl, letter(desk, carl, alice))
    await desk.take(eve, letter(desk, eve, alice))

    assert await desk.told(alice) == ["mention", "mention"]


async def test_b57_that_a_stranger_follows_somebody_here_opens_no_door(desk: Desk, alice: Actor, eve: Person) -> None:
    actor = await desk.meet(eve)
    async with connection(desk.instance.pool) as conn:
        await make_follow(conn, actor, alice)

    await desk.take(eve, letter(desk, eve, alice))

    assert await desk.states() == [("held", None)]


async def test_b57_answers_to_what_is_published_here_are_taken_but_not_a_wave_of_them(
    desk: Desk, alice: Actor, eve: Person
) -> None:
    async with connection(desk.instance.pool) as conn:
        listing = await make_listing(conn, alice)
        elsewhere = await make_note(conn, await desk.meet(eve), uri="https://neu.test/users/eve/notes/kept")

    for _ in range(strangers.ANSWERS_A_DAY + 2):
        await desk.take(eve, letter(desk, eve, alice, inReplyTo=listing.post.uri))
    await desk.take(eve, letter(desk, eve, alice, inReplyTo=elsewhere.uri))

    states = [state for state, _ in await desk.states()]
    assert states == ["done"] * strangers.ANSWERS_A_DAY + ["held"] * 3


async def test_b38_letters_that_wait_are_bounded(
    desk: Desk, alice: Actor, eve: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(strangers, "MOST_OF_ONE", 2)

    await desk.take(eve, *(letter(desk, eve, alice) for _ in range(4)))

    assert sorted(state for state, _ in await desk.states()) == ["held", "held", "ignored", "ignored"]


async def test_b38_a_letter_of_a_stranger_that_would_fill_the_disk_is_not_held(
    desk: Desk, alice: Actor, eve: Person
) -> None:
    await desk.take(eve, letter(desk, eve, alice, content="x" * strangers.LONGEST), letter(desk, eve, alice))

    async with connection(desk.instance.pool) as conn:
        [waiting] = await strangers.list_strangers(conn)
    assert [state for state, _ in await desk.states()] == ["ignored", "held"]
    assert (waiting.letters, len(waiting.newest) < 2000) == (1, True)
    assert await desk.value("SELECT max(length(body)) FROM received") == 8192


async def test_b38_ten_thousand_invented_hosts_leave_memory_as_it_was(desk: Desk) -> None:
    await set_level(desk.instance, "evil.test", "aside")

    async def knock(number: int) -> bool:
        return await desk.instance.welcomes.allows(f"h{number}.test")

    assert all(await asyncio.gather(*(knock(number) for number in range(10_000))))
    for number in range(10_000):
        desk.instance.inbox_requests.spend(f"h{number}.test")

    assert len(desk.instance.inbox_requests) <= 4096
    assert desk.instance.welcomes.size == 1
