"""Why something from elsewhere is not here: each step can fail, and is named."""

from typing import Any

import pytest

from federation.errors import Cause, FetchFailed
from inbox.processing.process import process_due
from inbox.traffic.diagnosis import Diagnosis, Step, diagnose
from models import posts
from models.people.actors import Actor
from models.relations.blocking import blocks
from models.servers import servers
from models.store.database import connection, execute, transaction
from tests.factories import make_follow, make_local_actor, make_member, make_note
from tests.fediverse import Person
from tests.inbox.desk import Desk


@pytest.fixture
async def alice(desk: Desk) -> Actor:
    """Alice, a member here."""
    async with transaction(desk.instance.pool) as conn:
        return await make_member(conn, "alice")


@pytest.fixture
def bob(desk: Desk) -> Person:
    """Bob, elsewhere."""
    return desk.fediverse.add_person()


@pytest.fixture
def note(desk: Desk, bob: Person) -> dict[str, Any]:
    """A public note of Bob's, served by his host."""
    found = desk.note(bob)
    desk.fediverse.documents[found["id"]] = found
    return found


def steps(found: Diagnosis) -> dict[str, tuple[bool | None, str]]:
    """Each step with what was found."""
    return {check.step.value: (check.ok, check.finding) for check in found.checks}


def fault(found: Diagnosis) -> tuple[Step, str] | None:
    """The step that fails, and how."""
    return None if found.fault is None else (found.fault.step, found.fault.finding)


async def test_what_arrived_passes_every_step(desk: Desk, alice: Actor, bob: Person, note: dict[str, Any]) -> None:
    await desk.follow(alice, bob)
    await desk.take(bob, desk.create(bob, note))

    found = await diagnose(desk.instance, note["id"], alice.id)

    assert fault(found) is None and found.post is not None
    assert steps(found) == {
        "address": (True, "address"),
        "welcome": (True, "welcome"),
        "followed": (True, "followed_by_you"),
        "received": (True, "done"),
        "shown": (True, "note"),
    }


async def test_nobody_follows_its_author(desk: Desk, alice: Actor, note: dict[str, Any]) -> None:
    found = await diagnose(desk.instance, note["id"], alice.id)

    assert fault(found) == (Step.FOLLOWED, "nobody")
    assert steps(found)["document"] == (True, "fetched") and steps(found)["author"] == (True, "author")
    assert steps(found)["received"] == (None, "nothing_came") and steps(found)["shown"] == (None, "not_kept")


async def test_nothing_is_kept_of_what_is_only_looked_at(desk: Desk, alice: Actor, note: dict[str, Any]) -> None:
    await diagnose(desk.instance, note["id"], alice.id)

    assert await desk.value("SELECT count(*) FROM post") == 0


async def test_somebody_follows_and_nothing_came(desk: Desk, alice: Actor, bob: Person, note: dict[str, Any]) -> None:
    await desk.follow(alice, bob)

    assert fault(await diagnose(desk.instance, note["id"], alice.id)) == (Step.RECEIVED, "nothing_came")


async def test_what_came_and_was_left_alone_says_why(
    desk: Desk, alice: Actor, bob: Person, note: dict[str, Any]
) -> None:
    await desk.take(bob, desk.create(bob, note))
    await desk.follow(alice, bob)

    found = await diagnose(desk.instance, note["id"], alice.id)

    assert fault(found) == (Step.RECEIVED, "ignored")
    assert found.fault is not None and found.fault.reason == "concerns_nobody"


async def test_what_waits_in_the_queue_is_no_fault(desk: Desk, alice: Actor, bob: Person, note: dict[str, Any]) -> None:
    await desk.follow(alice, bob)
    await desk.post(bob, desk.create(bob, note))

    found = await diagnose(desk.instance, note["id"], alice.id)

    assert fault(found) is None and steps(found)["received"] == (None, "waiting")
    assert await process_due(desk.instance) == 1


@pytest.mark.parametrize(
    ("address", "finding"),
    [
        ("", "no_address"),
        ("bonjour", "no_address"),
        ("ma tente", "no_address"),
        ("javascript:alert(1)", "no_address"),
        ("https://a@henin.test/1", "no_address"),
        ("https://henin.test@evil.test/1", "no_address"),
        ("bob@henin.test", "no_address"),
        ("@bob@henin.test", "no_address"),
        ("@bob@henin.test/1", "no_address"),
        ("https://henin.test/", "only_a_server"),
        ("henin.test", "only_a_server"),
    ],
)
async def test_what_is_no_address_is_asked_of_nobody(desk: Desk, alice: Actor, address: str, finding: str) -> None:
    found = await diagnose(desk.instance, address, alice.id)

    assert fault(found) == (Step.ADDRESS, finding)
    assert desk.fediverse.fetched == []


async def test_a_server_set_aside_is_not_asked(desk: Desk, alice: Actor, note: dict[str, Any]) -> None:
    async with connection(desk.instance.pool) as conn:
        await servers.save_level(conn, "henin.test", "aside")
    desk.instance.policy.forget()

    assert fault(await diagnose(desk.instance, note["id"], alice.id)) == (Step.WELCOME, "not_welcome")
    assert desk.fediverse.fetched == []


async def test_a_server_that_does_not_answer_says_why(desk: Desk, alice: Actor, note: dict[str, Any]) -> None:
    desk.fediverse.documents[note["id"]] = FetchFailed(Cause.CERTIFICATE_EXPIRED, "henin.test")

    found = await diagnose(desk.instance, note["id"], alice.id)

    assert fault(found) == (Step.DOCUMENT, "not_fetched")
    assert found.fault is not None and found.fault.cause is Cause.CERTIFICATE_EXPIRED


async def test_what_is_not_for_everybody_ends_there(desk: Desk, alice: Actor, bob: Person) -> None:
    private = desk.note(bob, to=[f"{bob.uri}/followers"], cc=[])
    desk.fediverse.documents[private["id"]] = private

    assert fault(await diagnose(desk.instance, private["id"], alice.id)) == (Step.PUBLIC, "not_public")


async def test_an_author_elsewhere_is_not_believed(desk: Desk, alice: Actor, bob: Person) -> None:
    forged = desk.note(bob, attributedTo="https://arras.test/users/eva")
    desk.fediverse.documents[forged["id"]] = forged

    assert fault(await diagnose(desk.instance, forged["id"], alice.id)) == (Step.AUTHOR, "author_not_believed")


async def test_a_block_of_ones_own_is_told(desk: Desk, alice: Actor, bob: Person, note: dict[str, Any]) -> None:
    known = await desk.meet(bob)
    async with connection(desk.instance.pool) as conn:
        await execute(conn, "INSERT INTO block (id, actor_id, target_id) VALUES (1, $1, $2)", alice.id, known.id)

    assert fault(await diagnose(desk.instance, note["id"], alice.id)) == (Step.AUTHOR, "author_blocked")


async def test_ax16_whoever_is_blocked_is_not_told(desk: Desk, alice: Actor, bob: Person, note: dict[str, Any]) -> None:
    carl = await make_carl(desk)
    await desk.follow(carl, bob)
    await desk.take(bob, desk.create(bob, note))
    known = await desk.meet(bob)
    async with connection(desk.instance.pool) as conn:
        await blocks.save(conn, uri=f"{bob.uri}/blocks/1", actor_id=known.id, target_id=alice.id)

    found = steps(await diagnose(desk.instance, note["id"], alice.id))

    assert found["author"] == (True, "author")
    assert (found["received"][1], found["shown"][1]) == ("nothing_came", "not_kept")


async def make_carl(desk: Desk) -> Actor:
    """Carl, another member."""
    async with transaction(desk.instance.pool) as conn:
        return await make_member(conn, "carl")


async def test_ob03_a_message_to_somebody_else_is_diagnosed_as_if_it_were_not_here(
    desk: Desk, alice: Actor, bob: Person
) -> None:
    carl = await make_carl(desk)
    await desk.follow(carl, bob)
    to_carl = desk.note(bob, to=[carl.uri], cc=[])
    await desk.take(bob, desk.create(bob, to_carl))
    assert await desk.value("SELECT count(*) FROM post") == 1
    never_sent = desk.note(bob, to=[carl.uri], cc=[])["id"]

    held, missing = [await diagnose(desk.instance, one, alice.id) for one in (to_carl["id"], never_sent)]

    assert (held.checks, held.post) == (missing.checks, missing.post)
    assert fault(held) == (Step.DOCUMENT, "not_fetched")
    assert steps(await diagnose(desk.instance, to_carl["id"], carl.id))["shown"] == (True, "note")


async def test_ob03_one_of_ours_that_others_may_not_read_is_missing_even_once_it_is_gone(
    desk: Desk, alice: Actor
) -> None:
    carl = await make_carl(desk)
    async with transaction(desk.instance.pool) as conn:
        secret = await make_note(conn, carl, audience="direct")
        before = steps(await diagnose(desk.instance, secret.uri, alice.id))
        await posts.delete(conn, secret.id)

    assert before == steps(await diagnose(desk.instance, secret.uri, alice.id))
    assert before["shown"] == (False, "missing_here")


async def test_a_withdrawn_post_is_told_as_withdrawn(
    desk: Desk, alice: Actor, bob: Person, note: dict[str, Any]
) -> None:
    await desk.follow(alice, bob)
    await desk.take(bob, desk.create(bob, note))
    async with connection(desk.instance.pool) as conn:
        await execute(conn, "UPDATE post SET deleted_at = now()")

    assert fault(await diagnose(desk.instance, note["id"], alice.id)) == (Step.SHOWN, "deleted")


async def test_our_own_addresses_say_no_more_than_the_page_would(desk: Desk, alice: Actor) -> None:
    found = await diagnose(desk.instance, f"{desk.instance.site.url}/users/alice/notes/none", None)

    assert fault(found) == (Step.SHOWN, "missing_here")
    assert desk.fediverse.fetched == []


async def test_who_brings_it_here_is_named_the_nearest_first(
    desk: Desk, alice: Actor, bob: Person, note: dict[str, Any]
) -> None:
    async with transaction(desk.instance.pool) as conn:
        hocine, coop = await make_member(conn, "hocine"), await make_local_actor(conn, "coop", type="Organization")

    found = []
    for follower in (hocine, coop, alice):
        await desk.follow(follower, bob)
        found.append(steps(await diagnose(desk.instance, note["id"], alice.id))["followed"])

    assert found == [(True, "followed_by_somebody"), (True, "followed_by_coop"), (True, "followed_by_you")]


async def test_who_asked_to_follow_and_got_no_answer_brings_nothing(
    desk: Desk, alice: Actor, bob: Person, note: dict[str, Any]
) -> None:
    followed = await desk.meet(bob)
    async with transaction(desk.instance.pool) as conn:
        await make_follow(conn, alice, followed, state="pending")

    assert steps(await diagnose(desk.instance, note["id"], alice.id))["followed"] == (False, "pending")


async def test_a_stream_of_its_server_brings_listings(desk: Desk, alice: Actor, bob: Person) -> None:
    stream = desk.fediverse.add_person("offres", type="Group")
    await desk.follow(alice, stream)
    note = desk.note(bob, cc=[stream.uri])
    desk.fediverse.documents[note["id"]] = note

    ok, finding = steps(await diagnose(desk.instance, note["id"], alice.id))["followed"]

    assert (ok, finding) in {(True, "stream_followed"), (False, "nobody")}
