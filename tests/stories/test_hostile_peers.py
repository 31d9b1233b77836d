"""What hostile and clumsy servers send to our inboxes, and what becomes of it: nothing more than it should."""

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from federation.signatures import Envelope, Signer
from models.settings import Site
from tests.fediverse import make_signer, sign_post
from tests.stories.peer import activity, note
from tests.stories.world import World


def _deep(levels: int) -> bytes:
    return b'{"type":"Create","object":' + b"[" * levels + b"]" * levels + b"}"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"\xff\xfe\x00garbage", 400),
        (b"[1, 2]", 400),
        (b'"Create"', 400),
        (b'{"type":"Create"}', 400),
        (b'{"id":"x","actor":"https://a.example/u"}', 400),
        (b'{"type":"Create","actor":7,"id":[]}', 400),
        (_deep(100_000), 400),
        (b'{"type":"Like","actor":"https://a.example/u","n":' + b"9" * 5000 + b"}", 400),
        (json.dumps({f"k{n}": n for n in range(20_000)}).encode(), 400),
        (b'{"type":"Note","name":"\\ud800"}', 400),
        (b" " * (1024 * 1024 + 1), 413),
    ],
    ids=lambda value: str(value)[:24] if isinstance(value, bytes) else str(value),
)
async def test_garbage_is_refused_by_name_and_not_kept(world: World, body: bytes, status: int) -> None:
    before = await world.door.value("SELECT count(*) FROM received")

    answer = await world.door.send(world.bob, body)

    assert answer == status
    assert await world.door.value("SELECT count(*) FROM received") == before


@pytest.mark.parametrize("headers", [{"Content-Type": "text/plain"}, {"Content-Encoding": "gzip"}], ids=str)
async def test_other_types_and_compression_are_not_taken(world: World, headers: dict[str, str]) -> None:
    envelope = sign_post(
        world.door.here.instance.site, "/inbox", activity(world.bob, "Like", world.offer), world.bob.signer
    )
    envelope.headers.update(headers)

    assert await world.door.post(envelope) == 415


async def test_an_inbox_of_nobody_is_missing(world: World) -> None:
    assert await world.door.send(world.bob, activity(world.bob, "Like", world.offer), "/users/nobody/inbox") == 404


Forgery = Callable[[World, Site], Envelope]


def _forge(
    world: World, site: Site, signer: Signer | None = None, at: datetime | None = None, id: str = ""
) -> Envelope:
    """A Create by Bob, signed by whomever."""
    sent = activity(world.bob, "Create", note(world.bob))
    return sign_post(site, "/inbox", sent | ({"id": id} if id else {}), signer or world.bob.signer, at=at)


def _change_headers(world: World, site: Site, drop: str = "", **headers: str) -> Envelope:
    envelope = _forge(world, site)
    envelope.headers.update(headers)
    if drop:
        del envelope.headers[drop]
    return envelope


ELSEWHERE = Site(url="https://elsewhere.example", host="elsewhere.example", languages=("fr",))
EMPTY_DIGEST = "SHA-256=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
FORGERIES: dict[str, Forgery] = {
    "another body": lambda world, site: _with(_forge(world, site), body=b'{"id":"https://a.example/1"}'),
    "digest of another body": lambda world, site: _change_headers(world, site, Digest=EMPTY_DIGEST),
    "empty digest": lambda world, site: _change_headers(world, site, Digest="SHA-256="),
    "no digest": lambda world, site: _change_headers(world, site, drop="Digest"),
    "no signature": lambda world, site: _change_headers(world, site, drop="Signature"),
    "another path": lambda world, site: _with(_forge(world, site), path="/users/alice/inbox"),
    "for another host": lambda world, _: _forge(world, ELSEWHERE),
    "two hours old": lambda world, site: _forge(world, site, at=datetime.now(UTC) - timedelta(hours=2)),
    "another key": lambda world, site: _forge(world, site, make_signer(world.bob.signer.key_id, 1)),
    "a foreigner's key": lambda world, site: _forge(world, site, world.mallory.signer),
    "a neighbour's key": lambda world, site: _forge(world, site, world.carol.signer),
    "a key of our own host": lambda world, site: _forge(world, site, make_signer(f"{site.url}/users/alice#other")),
    "an id elsewhere": lambda world, site: _forge(world, site, id=f"{world.foreign.server.url}/1"),
}


def _with(envelope: Envelope, *, path: str | None = None, body: bytes | None = None) -> Envelope:
    body = envelope.body if body is None else body
    return Envelope(method="POST", path=path or envelope.path, headers=envelope.headers, body=body)


@pytest.mark.parametrize("forgery", FORGERIES.values(), ids=FORGERIES.keys())
async def test_what_the_signature_does_not_cover_is_not_believed(world: World, forgery: Forgery) -> None:
    before = await world.door.value("SELECT count(*) FROM received")

    status = await world.door.post(forgery(world, world.door.here.instance.site))

    assert status in {400, 401}
    assert await world.door.value("SELECT count(*) FROM received") == before


async def test_a_replay_is_answered_and_changes_nothing(world: World) -> None:
    envelope = sign_post(
        world.door.here.instance.site, "/inbox", activity(world.bob, "Create", note(world.bob)), world.bob.signer
    )
    before = await world.door.value("SELECT count(*) FROM received")

    answers = [await world.door.post(envelope) for _ in range(3)]

    assert answers == [202, 202, 202]
    assert await world.door.value("SELECT count(*) FROM received") == before + 1


async def test_fifty_copies_at_once_make_one_post_and_one_notification(world: World) -> None:
    said = note(world.bob, tag=[{"type": "Mention", "href": world.alice.actor.uri, "name": "@alice"}])
    copies = [activity(world.bob, "Create", said) for _ in range(5)]
    paths = ["/inbox", "/users/alice/inbox"]

    answers = await asyncio.gather(*(world.door.send(world.bob, copies[n % 5], paths[n % 2]) for n in range(50)))
    await world.door.settle()

    assert set(answers) == {202}
    assert await world.door.count(said["id"]) == 1
    sql = "SELECT count(*) FROM notification n JOIN post p ON p.id = n.post_id WHERE p.uri = $1"
    assert await world.door.value(sql, said["id"]) == 1


async def test_a_post_deleted_before_it_came_stays_away(world: World) -> None:
    said = note(world.bob)

    await world.door.send(world.bob, activity(world.bob, "Delete", {"id": said["id"], "type": "Tombstone"}))
    await world.door.settle()
    await world.door.send(world.bob, activity(world.bob, "Create", said))
    await world.door.settle()

    assert await world.door.count(said["id"]) == 0


async def test_a_stranger_cannot_keep_a_deletion_from_counting(world: World) -> None:
    said = note(world.bob)

    await world.door.send(world.mallory, activity(world.mallory, "Undo", said["id"]))
    await world.door.settle()
    await world.door.send(world.carol, activity(world.carol, "Undo", said["id"]))
    await world.door.send(world.carol, activity(world.carol, "Delete", said["id"]))
    await world.door.settle()
    await world.door.send(world.bob, activity(world.bob, "Delete", said["id"]))
    await world.door.settle()
    await world.door.send(world.bob, activity(world.bob, "Create", said))
    await world.door.settle()

    assert await world.door.count(said["id"]) == 0


@pytest.mark.parametrize("type", ["Follow", "Like", "Announce", "Block"])
async def test_what_was_undone_before_it_came_does_not_count(world: World, type: str) -> None:
    target = world.offer if type in {"Like", "Announce"} else world.alice.actor.uri
    done = activity(world.carol, type, target)

    await world.door.send(world.carol, activity(world.carol, "Undo", done))
    await world.door.settle()
    await world.door.send(world.carol, done)
    await world.door.settle()

    table = {"Follow": "follow", "Like": "favourite", "Announce": "share", "Block": "block"}[type]
    assert await world.door.value(f"SELECT count(*) FROM {table} WHERE uri = $1", done["id"]) == 0


async def test_updates_may_come_first_and_old_ones_do_not_count(world: World) -> None:
    published = datetime.now(UTC) - timedelta(hours=1)
    said = note(world.bob, published=published.isoformat())
    for minutes, text in ((3, "trois"), (2, "deux"), (0, "zéro")):
        changed = {"content": f"<p>{text}</p>"}
        if minutes:
            changed["updated"] = (published + timedelta(minutes=minutes)).isoformat()
        type = "Update" if minutes else "Create"

        await world.door.send(world.bob, activity(world.bob, type, said | changed))
        await world.door.settle()

    assert await world.door.value("SELECT content FROM post WHERE uri = $1", said["id"]) == "<p>trois</p>"


@pytest.mark.parametrize("type", ["Delete", "Update"])
async def test_only_the_author_changes_or_deletes_a_post(world: World, type: str) -> None:
    said = note(world.bob)
    await world.door.send(world.bob, activity(world.bob, "Create", said))
    await world.door.settle()
    stolen = said | {"content": "<p>volé</p>", "updated": "2030-01-01T00:00:00Z"}

    for thief in (world.carol, world.mallory):
        await world.door.send(thief, activity(thief, type, stolen | {"attributedTo": thief.uri}))
        await world.door.send(thief, activity(thief, type, stolen))
    await world.door.settle()

    assert await world.door.value("SELECT content FROM post WHERE uri = $1", said["id"]) == said["content"]


@pytest.mark.parametrize("by", ["", "1", 1, None, {"id": "https://elsewhere.example/u"}, "carol", "two"], ids=str)
async def test_posts_in_somebody_elses_name_are_dropped(world: World, by: Any) -> None:
    by = {"carol": world.carol.uri, "two": [world.carol.uri, world.bob.uri]}.get(by, by) if isinstance(by, str) else by
    said = note(world.bob, attributedTo=by)

    status = await world.door.send(world.bob, activity(world.bob, "Create", said))
    await world.door.settle()

    assert status in {202, 400, 401}
    assert await world.door.count(said["id"]) == 0


@pytest.mark.parametrize("type", ["Create", "Update", "Announce", "Delete"])
async def test_nobody_elsewhere_touches_what_is_ours(world: World, type: str) -> None:
    ours = note(world.bob, id=world.offer, content="<p>volé</p>", updated="2030-01-01T00:00:00Z")

    await world.door.send(world.bob, activity(world.bob, type, ours))
    await world.door.settle()

    content = await world.door.value("SELECT content FROM post WHERE uri = $1 AND deleted_at IS NULL", world.offer)
    assert "Tente" in content
    assert "volé" not in content


async def test_a_shared_post_is_what_its_own_server_shows(world: World) -> None:
    real = note(world.mallory, content="<p>vrai</p>")
    world.foreign.shown.documents[real["id"]] = real

    await world.door.send(world.bob, activity(world.bob, "Announce", real | {"content": "<p>faux</p>"}))
    await world.door.send(world.carol, activity(world.carol, "Announce", note(world.carol)))
    await world.door.settle()

    assert await world.door.value("SELECT content FROM post WHERE uri = $1", real["id"]) == "<p>vrai</p>"


async def test_an_accept_of_nothing_makes_no_relation(world: World) -> None:
    lie = {"id": f"{world.door.here.url}/users/alice/activities/x", "type": "Follow", "actor": world.alice.actor.uri}
    before = await world.door.value("SELECT count(*) FROM follow WHERE state = 'accepted'")

    for liar in (world.carol, world.mallory):
        await world.door.send(liar, activity(liar, "Accept", lie | {"object": liar.uri}))
        await world.door.send(liar, activity(liar, "Accept", lie | {"object": world.bob.uri}))
        await world.door.send(liar, activity(liar, "Reject", lie | {"object": world.bob.uri}))
    await world.door.settle()

    assert await world.door.value("SELECT count(*) FROM follow WHERE state = 'accepted'") == before


async def test_what_is_not_understood_is_accepted_and_forgotten(world: World) -> None:
    before = await world.door.value("SELECT count(*) FROM received")
    several = activity(world.bob, "Like", world.offer, actor=[world.bob.uri, world.carol.uri])
    passing = {key: value for key, value in activity(world.bob, "Like", world.offer).items() if key != "id"}

    answers = [
        await world.door.send(world.bob, sent)
        for sent in (
            activity(world.bob, "Travel", world.offer),
            activity(world.bob, "EmojiReact", world.offer),
            several,
            passing,
        )
    ]

    assert answers == [202] * 4
    assert await world.door.value("SELECT count(*) FROM received") == before


async def test_a_deletion_by_somebody_unknown_costs_no_fetch(world: World) -> None:
    stranger = world.foreign.add_person("stranger")

    status = await world.door.send(stranger, activity(stranger, "Delete", stranger.uri))

    assert status == 202
    assert not world.foreign.was_asked(stranger.uri)
