"""Activities that somebody else than their actor brings: a proof or the origin vouches, never the bringer (EP7)."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from federation.discovery.fetches import get_actor
from federation.errors import Cause, FetchFailed
from federation.jsonld.jsonld import JsonLdProcessor
from federation.proofs import add_proof
from inbox.processing.process import process_due
from inbox.receiving import inbox_policy
from inbox.receiving.forwarded import find_vouched
from inbox.receiving.headers import read_body
from models.limits import KEY_FETCHES, POSTS
from models.people.actors import Actor
from models.servers import servers
from models.store.database import connection
from tests.factories import HERE
from tests.federation.proofs.samples import copy, give_proof_key, make_create, sign_linked
from tests.fediverse import Person, sign_post
from tests.inbox.desk import Desk


@pytest.fixture
def relay(desk: Desk) -> Person:
    """Whoever brings what others said."""
    return desk.fediverse.add_person("relay", "relais.test")


@pytest.fixture(scope="module")
async def opener() -> AsyncIterator[JsonLdProcessor]:
    """One child for all tests of this module."""
    processor = JsonLdProcessor(work="open", most_waiting=8)
    yield processor
    await processor.close()


@pytest.fixture(autouse=True)
def with_opener(desk: Desk, opener: JsonLdProcessor) -> None:
    """Our server with that child."""
    object.__setattr__(desk.instance, "linked_data", opener)


async def kept(desk: Desk) -> int:
    found: int = await desk.value("SELECT count(*) FROM received")
    return found


def prove(desk: Desk, person: Person, activity: dict[str, Any]) -> dict[str, Any]:
    """The activity with a proof by its actor."""
    return add_proof(activity, give_proof_key(desk.fediverse, person), datetime.now(UTC))


async def test_ep07_a_proven_activity_is_taken_from_anybody(
    desk: Desk, bob: Person, relay: Person, alice: Actor
) -> None:
    await desk.follow(alice, bob)
    proven = prove(desk, bob, make_create(bob))

    outcome = await desk.post(relay, proven)
    await process_due(desk.instance)

    assert outcome.status == 202
    row = await desk.row("SELECT * FROM received")
    assert (row["actor_uri"], row["host"], row["state"]) == (bob.uri, "henin.test", "done")
    assert json.loads(row["body"]) == proven
    assert await desk.value("SELECT count(*) FROM post WHERE uri = $1", proven["object"]["id"]) == 1


async def test_ep07_what_mastodon_signed_is_taken_in_the_form_that_was_signed(
    desk: Desk, bob: Person, relay: Person, alice: Actor
) -> None:
    await desk.follow(alice, bob)
    signed = copy(sign_linked(make_create(bob), bob.signer))
    signed["@context"].append({"body": "as:content"})
    signed["object"]["body"] = signed["object"].pop("content")

    outcome = await desk.post(relay, signed)
    await process_due(desk.instance)

    assert outcome.status == 202
    assert [state for state, _ in await desk.states()] == ["done"]
    content = await desk.value("SELECT content FROM post WHERE uri = $1", signed["object"]["id"])
    assert "Une perceuse à prêter" in content


@pytest.mark.parametrize("tamper", [True, False])
async def test_ep07_without_a_proof_that_holds_the_origin_is_asked(
    desk: Desk, bob: Person, relay: Person, tamper: bool
) -> None:
    truth = make_create(bob)
    desk.fediverse.documents[truth["id"]] = truth
    told = copy(prove(desk, bob, truth) if tamper else truth)
    told["object"]["content"] = "<p>Un mensonge</p>"

    outcome = await desk.post(relay, told)

    assert outcome.status == 202
    assert json.loads(await desk.value("SELECT body FROM received")) == truth
    assert desk.fediverse.fetched.count(truth["id"]) == 1


@pytest.mark.parametrize("shape", ["embedded", "named", "nameless"])
async def test_nobody_else_brings_the_change_of_an_actor_whatever_its_origin_shows(
    desk: Desk, bob: Person, relay: Person, shape: str
) -> None:
    await get_actor(desk.instance, bob.uri)
    shapes = {"embedded": {"id": bob.uri, "type": "Person"}, "named": bob.uri, "nameless": {"type": "Application"}}
    activity = make_create(bob) | {"type": "Update", "object": shapes[shape]}
    desk.fediverse.documents[activity["id"]] = activity

    outcome = await desk.post(relay, activity)

    assert (outcome.status, await kept(desk)) == (202, 0)


@pytest.mark.parametrize(
    "changes",
    [
        {"actor": "https://henin.test/users/nina"},
        {"id": "https://henin.test/users/bob/statuses/2/activity"},
        {"type": "Announce"},
        {"type": "Note"},
    ],
)
async def test_ep07_another_activity_at_the_origin_does_not_vouch(
    desk: Desk, bob: Person, relay: Person, changes: dict[str, Any]
) -> None:
    told = make_create(bob)
    desk.fediverse.documents[told["id"]] = told | changes

    outcome = await desk.post(relay, told)

    assert outcome.status == 401
    assert await kept(desk) == 0


async def test_sg18_nobody_is_believed_who_is_not_the_actor(desk: Desk, bob: Person, relay: Person) -> None:
    outcome = await desk.post(relay, make_create(bob))

    assert outcome.status == 401
    assert await kept(desk) == 0


async def test_sg18_a_proof_by_the_bringer_is_no_proof(desk: Desk, bob: Person, relay: Person) -> None:
    theirs = give_proof_key(desk.fediverse, relay, 7)

    for document in (
        add_proof(make_create(bob), theirs, datetime.now(UTC)),
        sign_linked(make_create(bob, 2), relay.signer),
    ):
        assert (await desk.post(relay, document)).status == 401
    assert await kept(desk) == 0


async def test_sg18_a_neighbour_of_the_actor_has_to_bring_a_proof_too(desk: Desk, bob: Person) -> None:
    nina = desk.fediverse.add_person("nina", "henin.test")

    assert (await desk.post(nina, make_create(bob))).status == 401
    assert (await desk.post(nina, prove(desk, bob, make_create(bob, 2)))).status == 202
    assert await kept(desk) == 1


async def test_b14_the_origin_is_asked_once_for_what_many_bring(desk: Desk, bob: Person, relay: Person) -> None:
    told = make_create(bob)

    answers = [(await desk.post(relay, told)).status for _ in range(5)]

    assert answers == [401] * 5
    assert desk.fediverse.fetched.count(told["id"]) == 1


async def test_b14_an_origin_that_shows_something_else_is_asked_once_for_it_too(
    desk: Desk, bob: Person, relay: Person
) -> None:
    told = make_create(bob)
    desk.fediverse.documents[told["id"]] = told | {"type": "Announce"}

    answers = [(await desk.post(relay, told)).status for _ in range(3)]

    assert answers == [401] * 3
    assert desk.fediverse.fetched.count(told["id"]) == 1


async def test_b14_no_host_is_asked_for_ever_for_what_others_name(desk: Desk, bob: Person, relay: Person) -> None:
    for number in range(40):
        await desk.post(relay, make_create(bob, number))

    asked = [uri for uri in desk.fediverse.fetched if uri.startswith("https://henin.test/")]
    assert len(asked) <= 30


async def test_ep07_an_origin_that_does_not_answer_for_now_is_503(desk: Desk, bob: Person, relay: Person) -> None:
    told = make_create(bob)
    desk.fediverse.documents[told["id"]] = FetchFailed(Cause.TIMED_OUT, "henin.test", retry=True)

    outcome = await desk.post(relay, told)

    assert (outcome.status, await kept(desk)) == (503, 0)
    assert outcome.retry_after


async def test_ep07_what_could_not_be_asked_for_is_asked_for_again_when_it_is_brought_again(
    desk: Desk, bob: Person, relay: Person
) -> None:
    told = make_create(bob)
    desk.fediverse.documents[told["id"]] = FetchFailed(Cause.TIMED_OUT, "henin.test", retry=True)
    assert (await desk.post(relay, told)).status == 503
    desk.fediverse.documents[told["id"]] = told
    await desk.instance.pool.execute("DELETE FROM failed_fetch")

    outcome = await desk.post(relay, told)

    assert (outcome.status, await kept(desk)) == (202, 1)


async def test_b29_what_is_here_already_is_not_looked_at_again(desk: Desk, bob: Person, relay: Person) -> None:
    proven = prove(desk, bob, make_create(bob))
    await desk.post(bob, proven)
    fetched = len(desk.fediverse.fetched)

    spaced = sign_post(HERE, "/inbox", json.dumps(proven, indent=1).encode(), relay.signer)
    outcome = await desk.post(relay, spaced.body)

    assert (outcome.status, await kept(desk)) == (202, 1)
    assert [uri for uri in desk.fediverse.fetched[fetched:] if "henin" in uri] == []


async def test_b21_our_own_news_do_not_come_back(desk: Desk, relay: Person, alice: Actor) -> None:
    note = {"id": f"{alice.uri}/notes/1", "type": "Note", "attributedTo": alice.uri}
    told = {"id": f"{alice.uri}/activities/1", "type": "Create", "actor": alice.uri, "object": note}

    outcome = await desk.post(relay, told)

    assert (outcome.status, await kept(desk)) == (202, 0)


async def test_rs14_what_a_host_set_aside_said_is_403_whoever_brings_it(desk: Desk, bob: Person, relay: Person) -> None:
    async with connection(desk.instance.pool) as conn:
        await servers.save_level(conn, "henin.test", "aside")

    outcome = await desk.post(relay, prove(desk, bob, make_create(bob)))

    assert outcome.status == 403
    assert desk.fediverse.fetched == []


async def test_ht04_the_one_who_brings_is_counted_before_anything_is_fetched_for_it(
    desk: Desk, bob: Person, relay: Person
) -> None:
    await desk.meet(relay)
    while desk.instance.counter.spend(POSTS, "relais.test"):
        pass
    desk.fediverse.fetched.clear()

    outcome = await desk.post(relay, make_create(bob))

    assert outcome.status == 429
    assert desk.fediverse.fetched == []


@pytest.mark.parametrize("believed", [True, False])
async def test_ht04_who_brings_it_spends_his_own_budget_and_never_that_of_the_author(
    desk: Desk, bob: Person, relay: Person, believed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox_policy, "POSTS", replace(POSTS, most=5))
    brought = [make_create(bob, number) for number in range(6)]

    outcomes = [await desk.post(relay, prove(desk, bob, one) if believed else one) for one in brought]
    own = [await desk.post(bob, make_create(bob, 100 + number)) for number in range(6)]

    assert [one.status for one in outcomes] == [202 if believed else 401] * 5 + [429]
    assert [one.status for one in own] == [202] * 5 + [429]


async def test_ax23_what_the_bringers_request_says_beside_is_not_the_actors(desk: Desk, bob: Person) -> None:
    proven = read_body(json.dumps(prove(desk, bob, make_create(bob))).encode())
    signed = read_body(json.dumps(sign_linked(make_create(bob, 2), bob.signer)).encode())

    for read in (proven, signed):
        assert read.direct
        assert not (await find_vouched(desk.instance, read, forwarder="relais.test")).direct


async def test_b14_forwarding_leaves_the_budget_for_keys_alone(desk: Desk, bob: Person, relay: Person) -> None:
    await desk.meet(bob)
    for number in range(40):
        await desk.post(relay, make_create(bob, number))

    assert desk.instance.counter.spend(KEY_FETCHES, "henin.test")


async def test_ax12_the_end_of_an_account_that_its_server_confirms_may_be_brought(
    desk: Desk, bob: Person, relay: Person
) -> None:
    deletion = prove(desk, bob, desk.activity(bob, "Delete", bob.uri))
    await desk.meet(bob)
    await desk.instance.pool.execute("DELETE FROM public_key WHERE uri LIKE '%ed25519%'")
    desk.instance.public_keys.clear()
    desk.fediverse.documents[bob.uri] = FetchFailed(Cause.GONE, "henin.test", answer=410)

    assert (await desk.post(relay, deletion)).status == 202
    assert await kept(desk) == 1


async def test_b30_a_host_that_brings_poison_is_not_looked_at_for_a_while(
    desk: Desk, bob: Person, relay: Person
) -> None:
    desk.instance.linked_data.time_limit = 0.0
    try:
        first = await desk.post(relay, sign_linked(make_create(bob), bob.signer))
    finally:
        desk.instance.linked_data.time_limit = 2.0
    again = await desk.post(relay, sign_linked(make_create(bob, 2), bob.signer))
    other = desk.fediverse.add_person("other", "autre.test")

    assert (first.status, again.status) == (401, 401)
    assert (await desk.post(other, sign_linked(make_create(bob, 3), bob.signer))).status == 202


async def test_b31_keywords_that_hide_things_are_refused_before_any_key_is_fetched(
    desk: Desk, bob: Person, relay: Person
) -> None:
    for keyword in ("@graph", "@included", "@reverse", "@nest"):
        assert (await desk.post(relay, make_create(bob) | {keyword: [{"id": bob.uri}]})).status == 400
    assert desk.fediverse.fetched == []
