"""Whose signature asks for what an activity only names (RS13)."""

from collections.abc import Mapping
from typing import Any

import pytest

from federation.errors import Cause, FetchFailed
from federation.http_client.transport import Fetched
from federation.own_keys.key_pairs import make_key_pairs, save_local_keys
from federation.signatures import Signer
from models.people.actors import Actor
from models.store.database import transaction
from tests.factories import make_local_actor
from tests.fediverse import FakeFediverse, Person
from tests.inbox.desk import CONTEXT, PUBLIC, Desk

INSTANCE_KEY = "https://lomme.test/users/instance#main-key"
ALICES_KEY = "https://lomme.test/users/alice#main-key"


@pytest.fixture
async def guarded(desk: Desk, alice: Actor, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Notes at henin.test are missing for everybody but Alice; she and our server's own actor have keys."""
    async with transaction(desk.instance.pool) as conn:
        instance = await make_local_actor(conn, "instance", type="Application")
    for actor in (alice, instance):
        pairs = await make_key_pairs(desk.instance.settings)
        async with transaction(desk.instance.pool) as conn:
            await save_local_keys(conn, desk.instance.site, actor, pairs)
    answer = FakeFediverse.get_document

    async def answer_to_alice(self: FakeFediverse, uri: str, *, signer: Signer | None = None, **asked: Any) -> Fetched:
        found = await answer(self, uri, signer=signer, **asked)
        if "/notes/" in uri and (signer is None or signer.key_id != ALICES_KEY):
            raise FetchFailed(Cause.NOT_FOUND, "henin.test", answer=404)
        return found

    monkeypatch.setattr(FakeFediverse, "get_document", answer_to_alice)
    return desk


def name_only(desk: Desk, person: Person, **addressed: Any) -> Mapping[str, Any]:
    """A Create that only names its note, which stands at its address."""
    note = desk.note(person) | {"cc": []} | addressed
    desk.fediverse.documents[note["id"]] = {"@context": CONTEXT} | note
    return desk.activity(person, "Create", note["id"], to=note["to"], cc=note["cc"])


def asked_by(desk: Desk) -> list[str | None]:
    """Who signed the requests for notes, in order."""
    asked = zip(desk.fediverse.fetched, desk.fediverse.signers, strict=True)
    return [signer for uri, signer in asked if "/notes/" in uri]


async def test_rs13_a_post_for_followers_is_asked_for_by_one_of_them(guarded: Desk, bob: Person, alice: Actor) -> None:
    await guarded.follow(alice, bob)

    await guarded.take(bob, name_only(guarded, bob, to=[f"{bob.uri}/followers"]))

    assert asked_by(guarded) == [INSTANCE_KEY, ALICES_KEY]
    assert await guarded.value("SELECT audience FROM post") == "followers"


async def test_rs13_a_private_post_is_asked_for_by_whom_it_names(guarded: Desk, bob: Person, alice: Actor) -> None:
    await guarded.take(bob, name_only(guarded, bob, to=[alice.uri]))

    assert asked_by(guarded) == [INSTANCE_KEY, ALICES_KEY]
    assert await guarded.value("SELECT audience FROM post") == "direct"


async def test_rs13_nobody_signs_for_what_is_for_everybody_but_the_server(
    guarded: Desk, bob: Person, alice: Actor
) -> None:
    await guarded.follow(alice, bob)

    await guarded.take(bob, name_only(guarded, bob, to=[PUBLIC]))

    assert asked_by(guarded) == [INSTANCE_KEY]
    assert await guarded.value("SELECT count(*) FROM post") == 0


async def test_rs13_nobody_signs_for_what_is_for_nobody_here(guarded: Desk, bob: Person) -> None:
    await guarded.take(bob, name_only(guarded, bob, to=["https://arras.test/users/carl"]))

    assert asked_by(guarded) == [INSTANCE_KEY]


async def test_rs13_actors_are_asked_for_by_the_server(guarded: Desk, bob: Person) -> None:
    await guarded.meet(bob)

    assert dict(zip(guarded.fediverse.fetched, guarded.fediverse.signers, strict=True))[bob.uri] == INSTANCE_KEY
