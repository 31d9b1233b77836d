"""Comparing with others who of ours follows them, and settling the differences (AX23, AX24)."""

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from multidict import CIMultiDict

from federation.errors import Cause, FetchFailed
from federation.signatures import Envelope, SignatureScheme, sign
from federation.synchronization import HEADER, FollowersDigest, build_header, compute_digest
from inbox.receiving.receive import receive
from inbox.traffic.synchronization import JOB, Discrepancy, synchronize
from models.people.actors import Actor
from models.store.database import connection
from tests.factories import HERE, make_follow, make_member
from tests.fediverse import ACTIVITY_JSON, Person
from tests.inbox.desk import Desk


def _said(person: Person, *uris: str, **changes: Any) -> FollowersDigest:
    """What this person's server says when these follow there."""
    values = {
        "collection": f"{person.uri}/followers",
        "url": f"{person.uri}/followers_synchronization",
        "digest": compute_digest(uris),
    }
    return FollowersDigest(**(values | changes))


async def _post(desk: Desk, person: Person, said: FollowersDigest, *, signed: bool = True) -> list[dict[str, Any]]:
    """Hand a note in with this header; what was found to be looked into."""
    headers = CIMultiDict({"Host": HERE.host, "Content-Type": ACTIVITY_JSON, HEADER: build_header(said)})
    if not signed:
        del headers[HEADER]
    body = orjson.dumps(desk.create(person))
    bare = Envelope(method="POST", path="/inbox", headers=headers, body=body)
    complete = sign(bare, HERE, person.signer, scheme=SignatureScheme.CAVAGE, at=datetime.now(UTC))
    complete[HEADER] = build_header(said)
    outcome = await receive(desk.instance, Envelope(method="POST", path="/inbox", headers=complete, body=body))
    assert outcome.status == 202, outcome
    rows = await desk.instance.pool.fetch("DELETE FROM pgqueuer WHERE entrypoint = $1 RETURNING payload", JOB)
    return [orjson.loads(row["payload"]) for row in rows]


def _show(desk: Desk, person: Person, *uris: str) -> None:
    """What this person's server lists when it is asked."""
    url = f"{person.uri}/followers_synchronization"
    desk.fediverse.documents[url] = {"id": url, "type": "OrderedCollection", "orderedItems": list(uris)}


async def _settle(desk: Desk, person: Person, *announced: str) -> None:
    """Settle the difference with a server that announced the digest of these."""
    said = _said(person, *announced)
    await synchronize(
        desk.instance,
        Discrepancy(actor=person.uri, url=said.url, digest=said.digest, at=datetime.now(UTC).isoformat()),
    )


async def _state(desk: Desk, alice: Actor) -> str | None:
    found: str | None = await desk.value("SELECT state FROM follow WHERE follower_id = $1", alice.id)
    return found


async def test_ax23_agreement_is_looked_into_no_further(desk: Desk, bob: Person, alice: Actor) -> None:
    await desk.follow(alice, bob)

    assert await _post(desk, bob, _said(bob, alice.uri)) == []


async def test_ax23_a_difference_is_looked_into_once(desk: Desk, bob: Person, alice: Actor) -> None:
    await desk.follow(alice, bob)

    [found] = await _post(desk, bob, _said(bob))

    assert found["actor"] == bob.uri and found["url"] == f"{bob.uri}/followers_synchronization"


@pytest.mark.parametrize(
    "changes",
    [
        {"collection": "https://arras.test/users/carl/followers"},
        {"collection": "https://henin.test/users/eve/followers"},
        {"url": "https://arras.test/users/bob/followers_synchronization"},
        {"url": "http://henin.test/users/bob/followers_synchronization"},
    ],
)
async def test_ax23_nobody_speaks_of_others_followers_or_sends_us_elsewhere(
    desk: Desk, bob: Person, alice: Actor, changes: dict[str, str]
) -> None:
    await desk.follow(alice, bob)

    assert await _post(desk, bob, _said(bob, **changes)) == []


async def test_ax23_a_header_that_is_not_signed_does_not_count(desk: Desk, bob: Person, alice: Actor) -> None:
    await desk.follow(alice, bob)

    assert await _post(desk, bob, _said(bob), signed=False) == []


async def test_ax24_whom_they_do_not_list_follows_no_longer_and_sees_it(desk: Desk, bob: Person, alice: Actor) -> None:
    await desk.follow(alice, bob)
    _show(desk, bob)

    await _settle(desk, bob)

    assert await _state(desk, alice) == "rejected"


async def test_ax24_a_list_that_is_not_the_one_announced_ends_nothing(desk: Desk, bob: Person, alice: Actor) -> None:
    await desk.follow(alice, bob)
    _show(desk, bob)

    await _settle(desk, bob, f"{HERE.url}/users/anna")

    assert await _state(desk, alice) == "accepted"


async def test_ax24_what_was_accepted_since_is_not_on_the_list_yet(desk: Desk, bob: Person, alice: Actor) -> None:
    said = _said(bob)
    seen = datetime.now(UTC).isoformat()
    await desk.follow(alice, bob)
    _show(desk, bob)

    await synchronize(desk.instance, Discrepancy(actor=bob.uri, url=said.url, digest=said.digest, at=seen))

    assert await _state(desk, alice) == "accepted"


async def test_ax24_a_yes_that_was_lost_is_believed_from_the_list(desk: Desk, bob: Person, alice: Actor) -> None:
    followed = await desk.meet(bob)
    async with connection(desk.instance.pool) as conn:
        await make_follow(conn, alice, followed, state="pending")
    _show(desk, bob, alice.uri)

    await _settle(desk, bob, alice.uri)

    assert await _state(desk, alice) == "accepted"


async def test_ax24_a_follow_that_we_do_not_know_is_undone(desk: Desk, bob: Person, alice: Actor) -> None:
    await desk.meet(bob)
    _show(desk, bob, alice.uri, f"{HERE.url}/users/nobody", "https://arras.test/users/carl")

    await _settle(desk, bob, alice.uri)

    [undo] = await desk.sent()
    assert (undo["type"], undo["actor"], undo["object"]["type"]) == ("Undo", alice.uri, "Follow")
    assert (undo["object"]["actor"], undo["object"]["object"]) == (alice.uri, bob.uri)


async def test_ax24_pages_are_read_at_one_origin_and_no_more_than_ten(desk: Desk, bob: Person, alice: Actor) -> None:
    await desk.follow(alice, bob)
    url = f"{bob.uri}/followers_synchronization"
    desk.fediverse.documents[url] = {"id": url, "type": "OrderedCollection", "first": f"{url}?page=1"}
    for number in range(1, 20):
        page = f"{url}?page={number}"
        desk.fediverse.documents[page] = {
            "id": page,
            "type": "OrderedCollectionPage",
            "partOf": url,
            "next": f"{url}?page={number + 1}",
            "orderedItems": [f"{HERE.url}/users/u{number}"],
        }

    await _settle(desk, bob)

    assert len([one for one in desk.fediverse.fetched if "?page=" in one]) == 10
    assert await _state(desk, alice) == "accepted"


async def test_ax24_a_list_that_cannot_be_had_ends_nothing(desk: Desk, bob: Person, alice: Actor) -> None:
    await desk.follow(alice, bob)
    url = f"{bob.uri}/followers_synchronization"
    desk.fediverse.documents[url] = FetchFailed(Cause.NOT_FOUND, "henin.test", answer=404)

    await _settle(desk, bob)

    assert await _state(desk, alice) == "accepted"


async def test_ax24_only_the_living_of_ours_are_compared(desk: Desk, bob: Person, alice: Actor) -> None:
    await desk.follow(alice, bob)
    async with connection(desk.instance.pool) as conn:
        anna = await make_member(conn, "anna")
    await desk.follow(anna, bob)
    await desk.instance.pool.execute("UPDATE actor SET deleted_at = now() WHERE id = $1", anna.id)

    assert await _post(desk, bob, _said(bob, alice.uri)) == []


async def test_a_list_that_cannot_be_had_for_now_is_asked_for_again_and_one_that_is_refused_is_not(
    desk: Desk, bob: Person, alice: Actor
) -> None:
    await desk.follow(alice, bob)
    url = f"{bob.uri}/followers_synchronization"

    desk.fediverse.documents[url] = FetchFailed(Cause.TIMED_OUT, "henin.test", retry=True)
    with pytest.raises(FetchFailed):
        await _settle(desk, bob)
    await desk.instance.pool.execute("DELETE FROM failed_fetch")
    desk.fediverse.documents[url] = FetchFailed(Cause.REFUSED, "henin.test", answer=403)
    await _settle(desk, bob)

    assert await _state(desk, alice) == "accepted"
