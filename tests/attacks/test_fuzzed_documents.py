"""Real activities and actors, changed at random: each is taken, refused by name, or ignored, and nothing breaks (B-33).

With DECLIC_FUZZ=20000 in the environment a long run tries other examples.
"""

import json
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.discovery.fetches import fetch_actor, fetch_object
from federation.discovery.nodeinfo import read_nodeinfo
from federation.documents.parse import parse_activity
from federation.errors import FederationError
from inbox.processing.process import process_due
from inbox.receiving.receive import receive
from models.errors import DeclicError
from tests.attacks.desk import Desk, open_desk
from tests.attacks.judge import BUGS
from tests.attacks.mutations import DOCUMENTS, MUTATIONS, change, documents, fuzz, move_to
from tests.databases import copied_database
from tests.factories import HERE
from tests.fediverse import sign_post
from tests.payloads import load_json, parse_actor, parse_fetched


@pytest.fixture(scope="module")
async def desk(postgres_url: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    """A desk for all examples of this module."""
    async with copied_database(postgres_url, template) as url, open_desk(url, tmp_path_factory.mktemp("desk")) as made:
        yield made


@fuzz(250)
@given(name=DOCUMENTS, mutations=MUTATIONS, outer=st.sampled_from(["Create", "Update", "Announce", "Delete", "Offer"]))
async def test_b33_a_changed_activity_never_breaks_anything(desk: Desk, name: str, mutations: Any, outer: str) -> None:
    document = move_to(load_json(name), desk.bob.uri)
    if "actor" not in document:
        document = {"id": f"{desk.bob.uri}/x", "type": outer, "actor": desk.bob.uri, "object": document}

    await desk.take(change(document, mutations))


FOLLOW = {"id": "https://lomme.test/x", "type": "Follow", "actor": "https://lomme.test/users/alice", "object": "BOB"}

SMALL = {
    "Follow": "https://lomme.test/users/alice",
    "Like": "OFFER",
    "Announce": "OFFER",
    "Block": "https://lomme.test/users/alice",
    "Flag": ["https://lomme.test/users/alice", "OFFER"],
    "Move": "BOB",
    "Undo": {"id": "BOB/1", "type": "Like", "actor": "BOB", "object": "OFFER"},
    "Accept": FOLLOW,
    "Reject": FOLLOW,
    "Add": "BOB/notes/1",
    "Remove": "BOB/notes/1",
    "Delete": {"id": "BOB/notes/1", "type": "Tombstone"},
}


@fuzz(150)
@given(type=st.sampled_from(sorted(SMALL)), mutations=MUTATIONS)
async def test_b33_a_changed_small_activity_never_breaks_anything(desk: Desk, type: str, mutations: Any) -> None:
    written = json.dumps({"id": "BOB/a", "type": type, "actor": "BOB", "object": SMALL[type], "target": "BOB/featured"})
    document = json.loads(written.replace("BOB", desk.bob.uri).replace("OFFER", desk.offer))

    await desk.take(change(document, mutations))


JUNK = st.sampled_from([b"", b"\0", b"}", b'"', b"\\u0000", b"[[[", b"\xff"])


@fuzz(100)
@given(raw=st.binary(max_size=400), name=DOCUMENTS, place=st.integers(0, 10_000), junk=JUNK)
async def test_b33_bytes_that_are_nearly_json_never_break_anything(
    desk: Desk, raw: bytes, name: str, place: int, junk: bytes
) -> None:
    body = json.dumps(load_json(name)).encode()
    place %= len(body)

    await desk.take(raw)
    await desk.take(body[:place] + junk + body[place + 1 :])
    await desk.take(body[:place])


PARTS = ("tag", "icon", "attachment", "location", "summary", "assertionMethod")


@fuzz(150)
@given(mutations=MUTATIONS, name=DOCUMENTS)
async def test_b33_a_changed_actor_is_kept_or_refused(desk: Desk, mutations: Any, name: str) -> None:
    person = desk.fediverse.add_person("carl", "carl.test")
    other = load_json(name)
    document = person.document | {
        word: other[word] for word in ("tag", "icon", "attachment", "location") if word in other
    }
    desk.fediverse.documents[person.uri] = change(document, mutations)
    sent = {"id": f"{person.uri}/1", "type": "Like", "actor": person.uri, "object": desk.offer}

    with suppress(DeclicError):
        await fetch_actor(desk.instance, person.uri, fresh=True)
    outcome = await receive(desk.instance, sign_post(HERE, "/inbox", sent, person.signer))
    await process_due(desk.instance)

    assert outcome.status in {202, 401, 503}
    assert await desk.instance.pool.fetchval(BUGS) is None
    await desk.instance.pool.execute("DELETE FROM failed_fetch")


@fuzz(150)
@given(document=documents())
async def test_b33_a_changed_object_is_read_or_refused(desk: Desk, document: dict[str, Any]) -> None:
    uri = "https://else.test/o"
    desk.fediverse.documents[uri] = document | {"id": uri}

    with suppress(DeclicError):
        await fetch_object(desk.instance, uri, fresh=True)


@fuzz(400)
@given(document=documents())
def test_b33_every_reader_raises_its_own_errors_only(document: dict[str, Any]) -> None:
    body = json.dumps(document).encode()

    for read in (parse_activity, parse_actor, parse_fetched):
        with suppress(FederationError):
            read(body)
    with suppress(DeclicError):
        read_nodeinfo(document)


async def test_b33_many_of_the_changed_activities_went_all_the_way(desk: Desk) -> None:
    """Fuzzing that is refused at the door would prove nothing of what is behind it."""
    rows = await desk.instance.pool.fetch("SELECT state, count(*) AS n FROM received GROUP BY state")
    counts = {row["state"]: row["n"] for row in rows}

    assert counts["done"] > 40
    assert counts["ignored"] > 40
    assert "failed" not in counts
