"""What takes effect together changes the same as each alone, costs few statements, and breaks nobody else."""

import asyncio
import inspect
import json
import math
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from inbox.posts.sets import new_posts
from inbox.processing.prepared import prepare
from inbox.processing.process import process_due
from inbox.processing.sets import take_effect
from models import posts
from models.errors import Unavailable
from models.moderation import filters
from models.moderation.filters import ModerationRule
from models.people.actors import Actor
from models.posts import NewPost
from models.posts.media import media
from models.store.database import Connection, transaction
from models.traffic.inbound import received
from tests.factories import make_note
from tests.fediverse import Person
from tests.inbox.desk import PUBLIC, Desk, write_moment
from tests.inbox.processing.effects import compare_ways, let_her_app_be_told
from tests.unknown_hosts import build_listing


def write_kinds(desk: Desk, alice: Actor, ours: str) -> dict[str, dict[str, Any]]:
    """What posts may be like, and what that changes in one; `ours` is a note of hers."""
    mention = {"type": "Mention", "href": alice.uri, "name": "@alice@lomme.test"}
    elsewhere = {"type": "Mention", "href": "https://bray.test/users/stranger", "name": "@stranger@bray.test"}
    photo = {"type": "Document", "url": "https://henin.test/1.jpg", "mediaType": "image/jpeg", "name": "Un vélo"}
    followers = ["https://{host}/users/bob/followers"]
    return {
        "plain": {},
        "tagged": {"tag": [{"type": "Hashtag", "name": name} for name in ("#Prêt", "#pret", "#Vélo")] + [elsewhere]},
        "pictures": {"attachment": [photo, photo | {"url": "https://henin.test/2.jpg"}]},
        "warning": {"summary": "Attention", "sensitive": True, "contentMap": {"fr": "<p>Bonjour</p>"}},
        "mention": {"cc": [*followers, alice.uri], "tag": [mention]},
        "followers": {"to": followers, "cc": []},
        "direct": {"to": [alice.uri], "cc": []},
        "unlisted": {"to": followers, "cc": [PUBLIC], "content": "<p>pas de <script>vélo</script></p>"},
        "poll": {"type": "Question", "oneOf": [{"type": "Note", "name": name} for name in ("oui", "non")]},
        "filtered": {"content": "<p>Achetez des pilules</p>"},
        "quote": {"quoteUri": ours},
        "answer": {"inReplyTo": ours},
        "answer elsewhere": {"inReplyTo": "https://bray.test/notes/unknown", "published": "2026-11-01T10:00:00Z"},
        "far east": {"published": "2026-11-01T10:00:00+23:00", "updated": "2026-11-02T10:00:00+23:00"},
        "article": {"type": "Article", "name": "Un long texte", "summary": "court"},
    }


LISTINGS: dict[str, dict[str, Any]] = {
    "offer": {},
    "offer to followers": {"to": ["https://{host}/users/bob/followers"], "cc": []},
    "call": {"type": ["Note", "Proposal", "RepairCall"], "purpose": "request"},
    "filtered offer": {"content": "<p>Des pilules</p>"},
    "a place": {"location": {"type": "Place", "name": "Lomme", "latitude": 50.6431234, "longitude": 2.9871234}},
}


def put_host(value: Any, host: str) -> Any:
    """Addresses in a document, of this host."""
    return json.loads(json.dumps(value).replace("{host}", host))


async def write_all(desk: Desk, alice: Actor, ours: str) -> list[tuple[Person, dict[str, Any]]]:
    """One of each kind, each by somebody else whom Alice follows; and what others send, twice, late or for nobody."""
    sent = []
    kinds = [*write_kinds(desk, alice, ours).values(), *LISTINGS.values()]
    for number, changes in enumerate(kinds):
        person = desk.fediverse.add_person("bob", f"host{number}.test")
        await desk.follow(alice, person)
        changed = put_host(changes, f"host{number}.test")
        is_listing = number >= len(kinds) - len(LISTINGS)
        note = build_listing(person, **changed) if is_listing else desk.note(person, **changed)
        sent.append((person, desk.create(person, note)))
    asking, answering = (sent[number][0] for number in (0, 1))
    asked = desk.note(asking)
    sent += [
        (answering, desk.create(answering, desk.note(answering, inReplyTo=asked["id"]))),
        (asking, desk.create(asking, asked)),
    ]
    bob, stranger = desk.fediverse.add_person("bob", "henin.test"), desk.fediverse.add_person("stranger", "bray.test")
    await desk.follow(alice, bob)
    await desk.meet(stranger)
    first, late, gone = desk.note(bob), desk.note(bob), desk.note(stranger)
    edited = first | {"content": "<p>Autrement</p>", "updated": write_moment(datetime.now(UTC) + timedelta(hours=1))}
    told = [first, first, edited, desk.note(bob, inReplyTo=first["id"]), desk.note(bob, inReplyTo=late["id"]), late]
    mention = {"type": "Mention", "href": alice.uri, "name": "@alice@lomme.test"}
    return [
        *sent,
        *((bob, desk.create(bob, note)) for note in told),
        (stranger, desk.create(stranger)),
        (stranger, desk.create(stranger, cc=[alice.uri], tag=[mention])),
        (stranger, desk.create(stranger, desk.note(stranger, cc=[alice.uri], tag=[mention]))),
        (stranger, desk.create(stranger, build_listing(stranger, 905))),
        (stranger, desk.activity(stranger, "Delete", gone["id"])),
        (stranger, desk.create(stranger, gone)),
    ]


async def test_together_they_change_what_each_changes_alone(
    desk: Desk, alice: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with transaction(desk.instance.pool) as conn:
        rule = ModerationRule(name="Vente", patterns=("pilules",), action="hold", on_local=True, on_remote=True)
        await filters.save(conn, rule)
        ours = await make_note(conn, alice)
    sent = await write_all(desk, alice, ours.uri)
    await let_her_app_be_told(desk, alice)
    await desk.instance.pool.execute(
        "UPDATE follow SET notify = true FROM actor a WHERE a.id = followed_id AND a.host = 'host1.test'"
    )
    kept = await compare_ways(desk, monkeypatch, [sent])

    assert len(kept["post"]) > 20 and len(kept["told"]) > 3
    assert all(kept[name] for name in ("listing", "tag", "mention", "media", "poll", "quote", "stream", "waiting"))
    assert dict(kept["job"])["push"] > 3
    assert {state for _, state, _, _ in kept["received"]} >= {"done", "ignored"}


@pytest.mark.parametrize("times", [1, 10])
async def test_forty_cost_as_many_statements_as_four(desk: Desk, alice: Actor, times: int) -> None:
    for number in range(4):
        person = desk.fediverse.add_person("bob", f"host{number}.test")
        await desk.follow(alice, person)
        for _ in range(times):
            await desk.post(person, desk.create(person))
    async with transaction(desk.instance.pool) as conn:
        claimed = await received.claim(conn, worker=uuid4(), limit=100, at=datetime.now(UTC))
    items = [await prepare(desk.instance, item) for item in claimed]
    asked: list[str] = []

    async with transaction(desk.instance.pool) as conn:
        with conn.query_logger(lambda query: asked.append(query.query)):
            assert await take_effect(conn, desk.instance.site, items, set()) == ["done"] * 4 * times

    assert len(asked) == 6


async def test_one_that_cannot_be_written_is_found_by_halves(
    desk: Desk, alice: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [desk.fediverse.add_person("bob", f"host{number}.test") for number in range(32)]
    for person in people:
        await desk.follow(alice, person)
        await desk.post(person, desk.create(person, desk.note(person, content=f"<p>{person.uri}</p>")))
    sizes: list[int] = []
    create_many = posts.create_many

    async def fail(conn: Connection, news: list[NewPost]) -> Any:
        sizes.append(len(news))
        if any("host7." in new.uri for new in news):
            raise ZeroDivisionError("a mistake")
        return await create_many(conn, news)

    monkeypatch.setattr(posts, "create_many", fail)

    await process_due(desk.instance)

    assert await desk.value("SELECT count(*) FROM post") == 32, "alone it is written, by another way"
    largest = max(sizes)
    most = 2 * math.ceil(math.log2(largest)) + 1 + (32 - largest)
    assert most < largest, "one by one they would be more"
    assert len(sizes) - sizes.index(largest) <= most


async def test_of_what_follows_one_that_breaks_nothing_comes_before_it(
    desk: Desk, bob: Person, alice: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.follow(alice, bob)
    notes = [desk.note(bob) for _ in range(9)]
    create_many = posts.create_many

    async def fail(conn: Connection, news: list[NewPost]) -> Any:
        if any(new.uri == notes[3]["id"] for new in news) and is_set():
            raise ZeroDivisionError("a mistake")
        return await create_many(conn, news)

    def is_set() -> bool:
        return any(frame.function == "write_set" for frame in inspect.stack())

    monkeypatch.setattr(posts, "create_many", fail)
    await desk.take(bob, *(desk.create(bob, note) for note in notes))

    rows = await desk.instance.pool.fetch("SELECT uri FROM post ORDER BY id")
    assert [row["uri"] for row in rows] == [note["id"] for note in notes]


async def test_that_the_database_is_gone_is_no_fault_of_a_set(
    desk: Desk, bob: Person, alice: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.follow(alice, bob)
    for _ in range(8):
        await desk.post(bob, desk.create(bob))
    tries = 0

    async def lose(conn: Connection, _: object) -> None:
        nonlocal tries
        tries += 1
        raise asyncpg.AdminShutdownError("terminating connection due to administrator command")

    monkeypatch.setattr(posts, "create_many", lose)

    with pytest.raises(BaseException) as ended:
        await process_due(desk.instance)
    assert isinstance(ended.value, Unavailable) or ended.group_contains(Unavailable)
    assert tries == 1


async def test_what_takes_effect_in_sets_is_counted(desk: Desk, bob: Person, alice: Actor) -> None:
    stranger = desk.fediverse.add_person("stranger", "bray.test")
    await desk.meet(stranger)
    await desk.follow(alice, bob)
    before = dict(desk.instance.tallies.counts)
    for person in (bob, bob, stranger):
        await desk.post(person, desk.create(person))
    await process_due(desk.instance)

    counted = Counter(desk.instance.tallies.counts) - Counter(before)
    assert counted["inbox", "processed"] == 2 and counted["inbox", "ignored"] == 1


async def test_what_breaks_alone_says_why_and_the_rest_is_done(
    desk: Desk, alice: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [desk.fediverse.add_person("bob", f"host{number}.test") for number in range(4)]
    for person in people:
        await desk.follow(alice, person)
        await desk.post(person, desk.create(person))

    tried: list[Any] = []

    def fail(*said: Any) -> None:
        tried.append(said)
        raise ZeroDivisionError("a mistake")

    monkeypatch.setattr(new_posts, "read_new_post", fail)
    await process_due(desk.instance)
    assert len(tried) == 4
    assert await desk.value("SELECT count(*) FROM post") == 4, "a mistake in deciding together costs only time"


async def test_what_follows_something_that_is_decided_alone_comes_after_it(
    desk: Desk, bob: Person, alice: Actor
) -> None:
    await desk.follow(alice, bob)
    mention = {"type": "Mention", "href": alice.uri, "name": "@alice@lomme.test"}
    notes = [desk.note(bob), desk.note(bob, cc=[alice.uri], tag=[mention]), desk.note(bob)]

    await desk.take(bob, *(desk.create(bob, note) for note in notes))

    rows = await desk.instance.pool.fetch("SELECT uri FROM post ORDER BY id")
    assert [row["uri"] for row in rows] == [note["id"] for note in notes]


async def test_what_follows_an_edit_that_came_as_a_create_comes_after_it(desk: Desk, bob: Person, alice: Actor) -> None:
    await desk.follow(alice, bob)
    first = desk.note(bob)
    newer = first | {"content": "<p>Autrement</p>", "updated": write_moment(datetime.now(UTC) + timedelta(hours=1))}
    await desk.take(bob, desk.create(bob, first))

    await desk.take(bob, desk.create(bob), desk.create(bob, newer), desk.create(bob))

    rows = await desk.instance.pool.fetch("SELECT kind FROM stream_event ORDER BY id")
    assert [row["kind"] for row in rows] == ["post", "post", "edit", "post"]


async def test_a_set_that_is_cut_off_leaves_nothing_and_is_done_by_the_next_worker(
    desk: Desk, bob: Person, alice: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.follow(alice, bob)
    await desk.post(bob, desk.create(bob))
    written = asyncio.Event()

    async def never(*_: Any) -> None:
        written.set()
        await asyncio.Event().wait()

    with monkeypatch.context() as patch:
        patch.setattr(media, "save_new_remote", never)
        killed = asyncio.create_task(process_due(desk.instance))
        await written.wait()
        killed.cancel()
        [writer] = [task for task in asyncio.all_tasks() if task.get_name() == "sets"]
        writer.cancel()
        await asyncio.gather(killed, writer, return_exceptions=True)
    assert await desk.value("SELECT count(*) FROM post") == 0

    assert await process_due(desk.instance) == 0
    assert await process_due(desk.instance, datetime.now(UTC) + timedelta(seconds=31)) == 1
    assert await desk.states() == [("done", None)]
