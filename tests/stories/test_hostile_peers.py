"""What comes twice, late, early or from the wrong one, and what becomes of it; attacks proper are in tests/attacks."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from tests.fediverse import sign_post
from tests.stories.peer import activity, note
from tests.stories.world import World


@pytest.mark.parametrize("headers", [{"Content-Type": "text/plain"}, {"Content-Encoding": "gzip"}], ids=str)
async def test_other_types_and_compression_are_not_taken(world: World, headers: dict[str, str]) -> None:
    envelope = sign_post(
        world.door.here.instance.site, "/inbox", activity(world.bob, "Like", world.offer), world.bob.signer
    )
    envelope.headers.update(headers)

    assert await world.door.post(envelope) == 415


async def test_an_inbox_of_nobody_is_missing(world: World) -> None:
    assert await world.door.send(world.bob, activity(world.bob, "Like", world.offer), "/users/nobody/inbox") == 404


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
