"""A server that lost something reads what is held here of its own people's public words, and nobody else does."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import orjson
import pytest

from federation.documents.serialize import to_json
from models.errors import NotFound
from models.people import keys
from models.people.actors import Actor
from models.store.database import Connection, execute
from models.traffic import held_copies, peer_restorations
from models.traffic.inbound import received
from models.traffic.inbound.received import NewReceived
from outbox.people.profiles import describe_actor
from outbox.servers.held_copies import build_page
from tests.factories import HERE, make_local_actor, make_note, make_remote_actor
from tests.golden import normalize, require_golden

NOW = datetime.now(UTC)

PUBLIC = "https://www.w3.org/ns/activitystreams#Public"

HENIN = "https://henin.test/users"

CREATE: dict[str, Any] = {
    "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/data-integrity/v1"],
    "id": f"{HENIN}/bob/activities/6f3a1c52-0000-4000-8000-00000000abcd",
    "type": "Create",
    "actor": f"{HENIN}/bob",
    "to": [PUBLIC],
    "cc": [],
    "object": {
        "id": f"{HENIN}/bob/notes/6f3a1c52-0000-4000-8000-00000000abce",
        "type": "Note",
        "attributedTo": f"{HENIN}/bob",
        "content": "<p>Qui a une échelle ?</p>",
        "published": "2026-11-29T09:00:00Z",
        "to": [PUBLIC],
        "cc": [],
    },
    "proof": {"type": "DataIntegrityProof", "cryptosuite": "eddsa-jcs-2022", "proofValue": "z…"},
}


@pytest.fixture
async def henin(conn: Connection) -> Actor:
    """The actor of henin.test, known for a year, and Bob; since twenty hours it has lost everything."""
    server = await make_remote_actor(conn, "instance", "henin.test", type="Application")
    await make_remote_actor(conn, "bob", "henin.test")
    await keys.replace_public_keys(conn, server.id, [(f"{server.uri}#main-key", "rsa", "ours")])
    await execute(conn, "UPDATE actor SET created_at = $2 WHERE id = $1", server.id, NOW - timedelta(days=365))
    await execute(conn, "UPDATE public_key SET held_since = $1", NOW - timedelta(days=365))
    return server


async def lose(conn: Connection, *, known: bool = True) -> None:
    when = {"lost_from": NOW - timedelta(hours=20), "restored_at": NOW}
    await peer_restorations.hear(conn, "henin.test", known=known, **when)


async def receive(conn: Connection, document: dict[str, Any]) -> None:
    body = orjson.dumps(document)
    new = NewReceived(
        activity_uri=document["id"],
        body_hash=sha256(body).digest(),
        type=document["type"],
        actor_uri=document["actor"],
        host="henin.test",
        body=body,
    )
    await received.enqueue_many(conn, [new])
    await execute(conn, "UPDATE received SET state = 'done', finished_at = now()")


async def read(conn: Connection, reader: Actor, after: int = 0) -> list[Any]:
    return list(to_json(await build_page(conn, HERE, reader, after=after))["orderedItems"])


async def test_what_was_said_in_public_is_given_back_as_it_came_and_nothing_else(
    conn: Connection, henin: Actor
) -> None:
    private = CREATE | {"id": f"{HENIN}/bob/activities/2", "to": [f"{HERE.url}/users/alice"]}
    like = CREATE | {"id": f"{HENIN}/bob/activities/3", "type": "Like"}
    long = CREATE | {"id": f"{HENIN}/bob/activities/4", "summary": "x" * 9000}
    for document in (CREATE, private, like, long):
        await receive(conn, document)
    rob = await make_remote_actor(conn, "rob", "henin.test")
    await make_note(conn, rob, local=False, raw=CREATE["object"], published_at=NOW)
    await lose(conn)

    assert await read(conn, henin) == [CREATE]


async def test_only_the_server_that_lost_it_reads_it(conn: Connection, henin: Actor) -> None:
    bob = await make_remote_actor(conn, "rob", "henin.test")
    with pytest.raises(NotFound):
        await read(conn, henin)
    await lose(conn, known=False)
    with pytest.raises(NotFound):
        await read(conn, henin)

    await lose(conn)

    assert await read(conn, henin) == []
    with pytest.raises(NotFound):
        await read(conn, bob)
    await execute(conn, "UPDATE public_key SET held_since = now()")
    with pytest.raises(NotFound):
        await read(conn, henin)


async def test_the_page_that_is_read(conn: Connection, henin: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(held_copies, "AT_ONCE", 1)
    monkeypatch.setattr("outbox.servers.held_copies.AT_ONCE", 1)
    await receive(conn, CREATE)
    await lose(conn)
    teller = await make_local_actor(conn, "instance", type="Application")

    page = to_json(await build_page(conn, HERE, henin, after=0))
    shown = to_json(await describe_actor(conn, HERE, teller))

    assert page["next"].partition("?")[0] == page["partOf"] == shown["heldCopies"]
    [written] = normalize([page | {"next": f"{page['partOf']}?after=1"}])
    require_golden("declic/held-copies", written)
