"""Update: newer versions, in whatever order they come, by whoever may (AX7, AX8)."""

from datetime import UTC, datetime, timedelta

from models.people.actors import Actor
from models.store.database import connection, execute
from tests.fediverse import Person
from tests.inbox.desk import PUBLIC, Desk, write_moment


def mention(actor: Actor) -> dict[str, str]:
    """A tag that names one of ours."""
    return {"type": "Mention", "href": actor.uri, "name": f"@{actor.handle}"}


def soon(seconds: float = 1) -> str:
    """A moment that is newer than what was just published."""
    return write_moment(datetime.now(UTC) + timedelta(seconds=seconds))


async def test_ax07_an_edit_replaces_and_an_older_one_does_not(desk: Desk, bob: Person, alice: Actor) -> None:
    await desk.follow(alice, bob)
    note = desk.note(bob)
    newer = note | {"content": "<p>neuf</p>", "updated": soon(10)}
    older = note | {"content": "<p>vieux</p>", "updated": soon(5)}

    await desk.take(
        bob,
        desk.create(bob, note),
        desk.activity(bob, "Update", newer),
        desk.activity(bob, "Update", older),
        desk.create(bob, note),
    )

    assert await desk.value("SELECT content FROM post") == "<p>neuf</p>"


async def test_an_edit_without_a_moment_counts_from_its_activity(desk: Desk, bob: Person, alice: Actor) -> None:
    await desk.follow(alice, bob)
    note = desk.note(bob)

    await desk.take(
        bob, desk.create(bob, note), desk.activity(bob, "Update", note | {"content": "<p>neuf</p>"}, published=soon())
    )

    assert await desk.value("SELECT content FROM post") == "<p>neuf</p>"


async def test_ax07_an_edit_that_comes_first_counts_as_new_for_a_day(desk: Desk, bob: Person, alice: Actor) -> None:
    await desk.follow(alice, bob)
    fresh = desk.note(bob, updated=soon())
    old = desk.note(bob, updated=soon(), published=write_moment(datetime.now(UTC) - timedelta(days=2)))

    await desk.take(bob, desk.activity(bob, "Update", fresh), desk.activity(bob, "Update", old))

    assert [row["uri"] for row in await desk.instance.pool.fetch("SELECT uri FROM post")] == [fresh["id"]]


async def test_an_edit_tells_those_who_shared_it(desk: Desk, bob: Person, alice: Actor) -> None:
    await desk.follow(alice, bob)
    note = desk.note(bob)
    await desk.take(bob, desk.create(bob, note))
    async with connection(desk.instance.pool) as conn:
        await execute(
            conn,
            "INSERT INTO share (id, uri, actor_id, post_id) SELECT 1, 'https://lomme.test/1', $1, id FROM post",
            alice.id,
        )

    await desk.take(bob, desk.activity(bob, "Update", note | {"updated": soon()}))

    assert await desk.told(alice) == ["update"]


async def test_an_edit_does_not_widen_who_may_read(desk: Desk, bob: Person, alice: Actor) -> None:
    note = desk.note(bob, to=[alice.uri], cc=[], tag=[mention(alice)])
    await desk.take(bob, desk.create(bob, note))

    await desk.take(bob, desk.activity(bob, "Update", note | {"to": [PUBLIC], "updated": soon()}))

    assert await desk.value("SELECT audience FROM post") == "direct"


async def test_ax07_nobody_edits_or_deletes_anothers_post(desk: Desk, bob: Person, alice: Actor) -> None:
    await desk.follow(alice, bob)
    note = desk.note(bob)
    eve = desk.fediverse.add_person("eve")
    await desk.take(bob, desk.create(bob, note))

    await desk.take(
        eve,
        desk.activity(eve, "Update", note | {"content": "<p>Piraté</p>", "attributedTo": eve.uri, "updated": soon()}),
        desk.activity(eve, "Delete", note["id"]),
    )

    assert await desk.value("SELECT content FROM post") == note["content"]


async def test_ax08_a_changed_profile_is_fetched_from_its_own_server(desk: Desk, bob: Person, alice: Actor) -> None:
    await desk.follow(alice, bob)
    desk.fediverse.documents[bob.uri] = bob.document | {"name": "Robert"}

    await desk.take(bob, desk.activity(bob, "Update", bob.document | {"name": "Autre chose"}))

    assert await desk.value("SELECT name FROM actor WHERE uri = $1", bob.uri) == "Robert"


async def test_ax08_nobody_changes_anothers_profile(desk: Desk, bob: Person, alice: Actor) -> None:
    await desk.follow(alice, bob)
    eve = desk.fediverse.add_person("eve")
    await desk.meet(eve)

    await desk.take(eve, desk.activity(eve, "Update", bob.document | {"name": "Piraté"}))

    assert await desk.value("SELECT name FROM actor WHERE uri = $1", bob.uri) == "Bob"


async def test_ax07_a_day_old_edit_of_what_never_came_is_dropped(desk: Desk, bob: Person, alice: Actor) -> None:
    await desk.follow(alice, bob)
    ages = {"new": timedelta(hours=23), "old": timedelta(hours=25)}
    notes = {
        name: desk.note(bob, published=write_moment(datetime.now(UTC) - age), updated=write_moment(datetime.now(UTC)))
        for name, age in ages.items()
    }

    await desk.take(bob, *(desk.activity(bob, "Update", note) for note in notes.values()))

    rows = await desk.instance.pool.fetch("SELECT uri FROM post")
    assert [row["uri"] for row in rows] == [notes["new"]["id"]]


async def test_ax08_a_profile_that_its_server_shows_otherwise_is_not_what_was_sent(desk: Desk, bob: Person) -> None:
    await desk.meet(bob)
    forged = bob.document | {"name": "Directrice", "publicKey": {}}

    await desk.take(bob, desk.activity(bob, "Update", forged))

    assert await desk.value("SELECT name FROM actor WHERE uri = $1", bob.uri) == "Bob"
    assert await desk.value("SELECT count(*) FROM public_key WHERE uri = $1", f"{bob.uri}#main-key") == 1
