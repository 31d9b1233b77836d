"""One request to an inbox: the right status, and nothing stored unless it is 202 and worth keeping (HT1)."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from multidict import CIMultiDict

from federation.errors import Cause, FetchFailed
from federation.http_client.answers import Fetched
from federation.instance import Instance
from federation.signatures import Envelope, SignatureScheme, sign
from inbox.processing.process import process_due
from inbox.receiving.receive import receive
from models.errors import Unavailable
from models.limits import POSTS, WRONG_SIGNATURES
from models.people.actors import Actor
from models.servers import servers
from models.settings import Settings
from models.store.database import connection, execute, open_pool
from models.traffic import peer_traffic
from tests.factories import HERE, make_local_actor
from tests.fediverse import FakeFediverse, Person, make_signer, sign_post
from tests.inbox.desk import Desk


async def kept(desk: Desk) -> int:
    """How many activities are stored."""
    found: int = await desk.value("SELECT count(*) FROM received")
    return found


@pytest.mark.parametrize("scheme", list(SignatureScheme))
async def test_a_signed_activity_is_kept_and_answered_202(desk: Desk, bob: Person, scheme: SignatureScheme) -> None:
    activity = desk.create(bob)

    outcome = await receive(desk.instance, sign_post(HERE, "/inbox", activity, bob.signer, scheme=scheme))

    assert outcome.status == 202
    row = await desk.row("SELECT * FROM received")
    assert (row["activity_uri"], row["type"], row["actor_uri"]) == (activity["id"], "Create", bob.uri)
    assert json.loads(row["body"]) == activity


async def test_the_same_request_again_changes_nothing(desk: Desk, bob: Person) -> None:
    activity = desk.create(bob)

    for _ in range(3):
        assert (await desk.post(bob, activity)).status == 202

    assert await kept(desk) == 1


async def test_the_same_id_with_another_body_is_kept_too(desk: Desk, bob: Person) -> None:
    activity = desk.create(bob)
    await desk.post(bob, activity)

    await desk.post(bob, activity | {"cc": []})

    assert await kept(desk) == 2


async def test_fifty_copies_at_once_are_kept_once(desk: Desk, bob: Person) -> None:
    activity = desk.create(bob)
    await desk.meet(bob)

    outcomes = await asyncio.gather(*(desk.post(bob, activity) for _ in range(50)))

    assert {outcome.status for outcome in outcomes} == {202}
    assert await kept(desk) == 1


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"Content-Type": "text/plain"}, 415),
        ({"Content-Type": "application/x-www-form-urlencoded"}, 415),
        ({"Content-Encoding": "gzip"}, 415),
        ({"Content-Type": "application/activity+json; charset=utf-8"}, 202),
        ({"Content-Type": 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"'}, 202),
    ],
)
async def test_ht01_only_activities_are_taken(desk: Desk, bob: Person, changes: dict[str, str], status: int) -> None:
    body = json.dumps(desk.create(bob)).encode()
    headers = CIMultiDict({"Host": HERE.host, "Content-Type": "application/activity+json"} | changes)
    signed = _sign(headers, body, bob)

    outcome = await receive(desk.instance, signed)

    assert outcome.status == status


def _sign(headers: "CIMultiDict[str]", body: bytes, person: Person) -> Envelope:
    bare = Envelope(method="POST", path="/inbox", headers=headers, body=body)
    signed = sign(bare, HERE, person.signer, scheme=SignatureScheme.CAVAGE, at=datetime.now(UTC))
    return Envelope(method="POST", path="/inbox", headers=signed, body=body)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"no json", 400),
        (b"[]", 400),
        (b'{"type":"Like","type":"Create","actor":"https://henin.test/users/bob","id":"https://henin.test/1"}', 400),
        (b"null", 400),
        (b'"text"', 400),
        (b"{}", 400),
        (b'{"type":"Create"}', 400),
        (b'{"type":"Create","actor":7}', 400),
        (b"[" * 100_000, 400),
        (b'{"a":' * 40 + b"1" + b"}" * 40, 400),
        (b'{"type":"Create","actor":"https://henin.test/users/bob","n":' + b"9" * 5000 + b"}", 400),
        (b" " * (1024 * 1024 + 1), 413),
    ],
)
async def test_ht01_garbage_is_refused_before_any_signature(desk: Desk, bob: Person, body: bytes, status: int) -> None:
    outcome = await desk.post(bob, body)

    assert outcome.status == status
    assert await kept(desk) == 0
    assert desk.fediverse.fetched == []


@pytest.mark.parametrize(
    "changes",
    [
        {"type": "Arrive"},
        {"type": ["Poke", "Wave"]},
        {"id": None},
        {"id": ""},
        {"actor": ["https://henin.test/users/bob", "https://henin.test/users/eve"]},
    ],
)
async def test_what_nobody_knows_is_accepted_and_forgotten(desk: Desk, bob: Person, changes: dict[str, Any]) -> None:
    outcome = await desk.post(bob, desk.create(bob) | changes)

    assert outcome.status == 202
    assert await kept(desk) == 0
    assert desk.fediverse.fetched == []


async def test_an_unsigned_activity_is_401(desk: Desk, bob: Person) -> None:
    body = json.dumps(desk.create(bob)).encode()
    headers = CIMultiDict({"Host": HERE.host, "Content-Type": "application/activity+json"})

    outcome = await receive(desk.instance, Envelope(method="POST", path="/inbox", headers=headers, body=body))

    assert outcome.status == 401
    assert await kept(desk) == 0


@pytest.mark.parametrize("part", ["method", "path", "host", "body", "date"])
async def test_whatever_is_changed_on_the_way_is_401(desk: Desk, bob: Person, part: str) -> None:
    good = sign_post(HERE, "/inbox", desk.create(bob), bob.signer)
    headers = good.headers.copy()
    if part == "host":
        headers["Host"] = "other.test"
    if part == "date":
        headers["Date"] = "Tue, 24 Nov 2026 09:00:00 GMT"
    bad = Envelope(
        method="PUT" if part == "method" else good.method,
        path="/users/alice/inbox" if part == "path" else good.path,
        headers=headers,
        body=good.body.replace(b"Bonjour", b"Bonsoir") if part == "body" else good.body,
    )

    outcome = await receive(desk.instance, bad)

    assert outcome.status == 401
    assert await kept(desk) == 0


async def test_nobody_speaks_for_somebody_else(desk: Desk, bob: Person) -> None:
    mallory = desk.fediverse.add_person("mallory", "evil.test")

    outcome = await desk.post(mallory, desk.create(bob))

    assert outcome.status == 401
    assert await kept(desk) == 0


async def test_the_id_of_an_activity_is_of_its_actors_server(desk: Desk, bob: Person) -> None:
    outcome = await desk.post(bob, desk.create(bob) | {"id": "https://evil.test/activities/1"})

    assert outcome.status == 401
    assert await kept(desk) == 0


async def test_a_key_of_somebody_else_is_401(desk: Desk, bob: Person) -> None:
    forged = Person(uri=bob.uri, signer=make_signer(f"{bob.uri}#main-key", 1), document=bob.document)

    outcome = await desk.post(forged, desk.create(bob))

    assert outcome.status == 401


async def test_a_host_set_aside_is_403_before_anything_is_fetched(desk: Desk, bob: Person) -> None:
    async with connection(desk.instance.pool) as conn:
        await servers.save_level(conn, "henin.test", "aside")

    outcome = await desk.post(bob, desk.create(bob))

    assert outcome.status == 403
    assert desk.fediverse.fetched == []
    assert await kept(desk) == 0


async def test_a_subdomain_of_a_host_set_aside_is_403(desk: Desk) -> None:
    spammer = desk.fediverse.add_person("spam", "a.b.evil.test")
    async with connection(desk.instance.pool) as conn:
        await servers.save_level(conn, "evil.test", "aside")

    assert (await desk.post(spammer, desk.create(spammer))).status == 403


async def test_an_unknown_key_that_cannot_be_had_for_now_is_503(desk: Desk, bob: Person) -> None:
    desk.fediverse.documents[bob.uri] = FetchFailed(Cause.TIMED_OUT, "henin.test", retry=True)

    outcome = await desk.post(bob, desk.create(bob))

    assert outcome.status == 503
    assert outcome.retry_after is not None and outcome.retry_after > 0


async def test_an_unknown_key_that_is_not_there_is_401(desk: Desk, bob: Person) -> None:
    del desk.fediverse.documents[bob.uri]

    assert (await desk.post(bob, desk.create(bob))).status == 401


@pytest.mark.parametrize("type", ["Delete", "Update"])
async def test_what_a_stranger_deletes_or_edits_is_accepted_without_a_look(desk: Desk, bob: Person, type: str) -> None:
    outcome = await desk.post(bob, desk.activity(bob, type, bob.uri))

    assert outcome.status == 202
    assert desk.fediverse.fetched == []
    assert await kept(desk) == 0


async def test_a_stranger_is_not_remembered_and_whoever_is_known_is_for_a_minute(desk: Desk, bob: Person) -> None:
    await desk.post(bob, desk.activity(bob, "Delete", f"{bob.uri}/notes/1"))
    assert desk.instance.known_actors.items() == [] and await kept(desk) == 0

    await desk.meet(bob)
    for number in (2, 3):
        await desk.post(bob, desk.activity(bob, "Delete", f"{bob.uri}/notes/{number}"))

    assert desk.instance.known_actors.items() == [(bob.uri, True)]
    assert await kept(desk) == 2


async def test_somebody_whose_server_says_gone_may_be_deleted_without_a_key(desk: Desk, bob: Person) -> None:
    await desk.meet(bob)
    await execute_all(desk, "DELETE FROM public_key")
    desk.instance.public_keys.clear()
    desk.fediverse.documents[bob.uri] = FetchFailed(Cause.GONE, "henin.test", answer=410)

    outcome = await desk.post(bob, desk.activity(bob, "Delete", bob.uri))
    await process_due(desk.instance)

    assert outcome.status == 202
    assert await desk.value("SELECT deleted_at FROM actor WHERE uri = $1", bob.uri) is not None


async def test_ht04_an_end_that_nobody_can_verify_is_counted_like_a_signature_that_does_not_hold(
    desk: Desk, bob: Person
) -> None:
    await desk.meet(bob)
    await execute_all(desk, "DELETE FROM public_key")
    desk.instance.public_keys.clear()
    desk.fediverse.documents[bob.uri] = FetchFailed(Cause.GONE, "henin.test", answer=410)
    while desk.instance.counter.spend(WRONG_SIGNATURES, "henin.test"):
        pass

    assert (await desk.post(bob, desk.activity(bob, "Delete", bob.uri))).status == 429


async def test_nothing_else_is_believed_of_somebody_gone(desk: Desk, bob: Person) -> None:
    await desk.meet(bob)
    await execute_all(desk, "DELETE FROM public_key")
    desk.instance.public_keys.clear()
    desk.fediverse.documents[bob.uri] = FetchFailed(Cause.GONE, "henin.test", answer=410)

    assert (await desk.post(bob, desk.create(bob))).status == 401
    assert (await desk.post(bob, desk.activity(bob, "Delete", f"{bob.uri}/notes/1"))).status == 401


async def execute_all(desk: Desk, sql: str) -> None:
    """Change the database behind everybody's back."""
    async with connection(desk.instance.pool) as conn:
        await execute(conn, sql)


async def test_a_personal_inbox_has_to_be_somebodys(desk: Desk, bob: Person, alice: Actor) -> None:
    assert (await desk.post(bob, desk.create(bob), "/users/alice/inbox")).status == 202
    assert (await desk.post(bob, desk.create(bob), "/users/nobody/inbox")).status == 404


async def test_the_inbox_of_somebody_deleted_is_410(desk: Desk, bob: Person, alice: Actor) -> None:
    await execute_all(desk, "UPDATE actor SET deleted_at = now() WHERE username = 'alice'")

    assert (await desk.post(bob, desk.create(bob), "/users/alice/inbox")).status == 410


async def test_a_request_for_another_inbox_cannot_be_repeated_here(desk: Desk, bob: Person, alice: Actor) -> None:
    good = sign_post(HERE, "/users/alice/inbox", desk.create(bob), bob.signer)
    replayed = Envelope(method="POST", path="/inbox", headers=good.headers, body=good.body)

    assert (await receive(desk.instance, replayed)).status == 401


async def test_a_request_from_two_hours_ago_is_401(desk: Desk, bob: Person) -> None:
    old = sign_post(HERE, "/inbox", desk.create(bob), bob.signer, at=datetime.now(UTC) - timedelta(hours=2))

    assert (await receive(desk.instance, old)).status == 401


async def test_nobody_elsewhere_is_one_of_ours(desk: Desk) -> None:
    async with connection(desk.instance.pool) as conn:
        ours = await make_local_actor(conn, "anna")
    signer = make_signer(f"{ours.uri}#main-key")
    pretender = Person(uri=ours.uri, signer=signer, document={})

    outcome = await desk.post(pretender, desk.activity(pretender, "Like", f"{HERE.url}/users/anna/notes/1"))

    assert outcome.status == 401
    assert await kept(desk) == 0


async def test_one_origin_in_a_hurry_is_asked_to_wait_and_others_are_not(desk: Desk, bob: Person) -> None:
    await desk.meet(bob)
    while desk.instance.counter.spend(POSTS, "henin.test"):
        pass

    hurried = await desk.post(bob, desk.create(bob))
    carl = desk.fediverse.add_person("carl", "arras.test")

    assert (hurried.status, hurried.retry_after) == (429, 60)
    assert (await desk.post(carl, desk.create(carl))).status == 202


async def test_an_activity_in_prefixed_words_is_kept_for_compaction(desk: Desk, bob: Person) -> None:
    activity = desk.activity(bob, "as:Create", desk.note(bob)) | {
        "@context": ["https://www.w3.org/ns/activitystreams", {"as": "https://www.w3.org/ns/activitystreams#"}]
    }

    assert (await desk.post(bob, activity)).status == 202
    assert await desk.value("SELECT type FROM received") == "Create"


async def test_without_a_database_nothing_is_acknowledged(bob: Person, database_url: str, tmp_path: Path) -> None:
    pool = await open_pool(database_url)
    settings = Settings(url=HERE.url, data=tmp_path)
    fediverse = FakeFediverse()
    desk = Desk(instance=Instance(site=HERE, settings=settings, pool=pool, transport=fediverse), fediverse=fediverse)
    person = fediverse.add_person()
    assert (await desk.post(person, desk.create(person))).status == 202
    await pool.close()

    with pytest.raises(Unavailable):
        await desk.post(person, desk.create(person))


async def test_a_verified_request_counts_as_a_sign_of_life(desk: Desk, bob: Person) -> None:
    await desk.post(bob, desk.create(bob))

    async with connection(desk.instance.pool) as conn:
        server = await peer_traffic.find_peer(conn, "henin.test")
    assert server is not None and server.last_in_at is not None


async def test_an_actor_document_that_is_an_uploaded_picture_proves_nothing(
    desk: Desk, bob: Person, fediverse: FakeFediverse
) -> None:
    fediverse.documents[bob.uri] = Fetched(
        url=bob.uri,
        status=200,
        headers=CIMultiDict({"Content-Type": "image/png"}),
        body=json.dumps(bob.document).encode(),
    )

    assert (await desk.post(bob, desk.create(bob))).status == 401
    assert await kept(desk) == 0


async def test_a_flood_of_strangers_waits_without_being_fetched(desk: Desk, bob: Person) -> None:
    never = asyncio.get_running_loop().create_future()
    fetches = {f"https://host{number}.test/#main-key": asyncio.ensure_future(never) for number in range(64)}
    desk.instance.key_fetches.update(fetches)

    outcome = await desk.post(bob, desk.create(bob))

    assert (outcome.status, outcome.retry_after) == (503, 30)
    assert desk.fediverse.fetched == []
