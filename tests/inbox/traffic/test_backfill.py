"""What was published before we followed, or while we were away: fetched, and believed no more than what is sent."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from federation.errors import Cause, FetchFailed
from federation.instance import Instance
from inbox.traffic.backfill import MOST_AGAIN, catch_up, fill_back
from models.people.actors import Actor
from models.store.database import connection, execute, transaction
from models.traffic import backfills
from models.traffic.backfills import Backfill
from tests.database_queries import find_backfill
from tests.fediverse import Person
from tests.inbox.desk import Desk, write_moment

NOW = datetime.now(UTC)


def days_ago(days: float) -> str:
    return write_moment(NOW - timedelta(days=days))


def line(desk: Desk, person: Person, days: float, **changes: Any) -> dict[str, Any]:
    """A Create as it stands in an outbox."""
    note = desk.note(person, published=days_ago(days), **changes)
    return desk.activity(person, "Create", note, published=days_ago(days), to=note["to"])


def serve_outbox(desk: Desk, person: Person, *pages: list[Any]) -> None:
    """Serve these pages, newest first, as Mastodon does."""
    uri = f"{person.uri}/outbox"
    desk.fediverse.documents[uri] = {"id": uri, "type": "OrderedCollection", "first": f"{uri}?page=1"}
    for number, items in enumerate(pages, 1):
        page = {"id": f"{uri}?page={number}", "type": "OrderedCollectionPage", "partOf": uri, "orderedItems": items}
        if number < len(pages):
            page["next"] = f"{uri}?page={number + 1}"
        desk.fediverse.documents[f"{uri}?page={number}"] = page


async def fill(desk: Desk, actor: Actor) -> Backfill:
    """Ask for an actor's past and fetch it."""
    async with transaction(desk.instance.pool) as conn:
        await backfills.ask(conn, actor.id)
    await fill_back(desk.instance, {"actor": actor.id})
    async with connection(desk.instance.pool) as conn:
        found = await find_backfill(conn, actor.id)
    assert found is not None
    return found


async def contents(desk: Desk) -> list[str]:
    """The posts that are here, in the order of timelines, oldest first."""
    return [
        row["content"]
        for row in await desk.instance.pool.fetch("SELECT content FROM post WHERE deleted_at IS NULL ORDER BY id")
    ]


async def test_the_last_thirty_days_come_in_their_order_and_tell_nobody(desk: Desk, bob: Person, alice: Actor) -> None:
    followed = await desk.follow(alice, bob)
    await desk.take(bob, desk.create(bob, desk.note(bob, content="<p>d’aujourd’hui</p>")))
    past = [line(desk, bob, days, content=f"<p>de {days} jours</p>") for days in (2, 9, 29, 40)]
    serve_outbox(desk, bob, past[:2], past[2:])

    done = await fill(desk, followed)

    expected = ["<p>de 29 jours</p>", "<p>de 9 jours</p>", "<p>de 2 jours</p>", "<p>d’aujourd’hui</p>"]
    assert await contents(desk) == expected
    assert (done.state, done.found, done.looked, done.kept) == ("done", 3, 3, 3)
    assert await desk.told(alice) == []


async def test_the_first_follow_of_ours_asks_for_the_past_and_the_second_does_not(
    desk: Desk, bob: Person, alice: Actor
) -> None:
    followed = await desk.meet(bob)
    async with transaction(desk.instance.pool) as conn:
        uri = f"{alice.uri}/activities/follow"
        await execute(
            conn,
            "INSERT INTO follow (id, uri, follower_id, followed_id, state) VALUES (1, $1, $2, $3, 'pending')",
            uri,
            alice.id,
            followed.id,
        )

    await desk.take(bob, desk.activity(bob, "Accept", uri))
    first = await desk.value("SELECT count(*) FROM backfill WHERE state = 'waiting'")
    asked = "SELECT count(*) FROM pgqueuer WHERE entrypoint = 'backfill' AND dedupe_key = $1"
    jobs = await desk.value(asked, f"backfill {followed.id}")
    await desk.take(bob, desk.activity(bob, "Accept", uri))

    assert (first, jobs) == (1, 1)
    assert await desk.value(asked, f"backfill {followed.id}") == 1


async def test_what_a_stream_passed_on_is_fetched_from_its_own_server(desk: Desk, bob: Person, alice: Actor) -> None:
    carol = desk.fediverse.add_person("carol", "lens.test")
    theirs = desk.note(carol, published=days_ago(3), content="<p>une tente</p>")
    desk.fediverse.documents[theirs["id"]] = theirs
    forged = theirs | {"content": "<p>forgé</p>"}
    followed = await desk.follow(alice, bob)
    serve_outbox(desk, bob, [desk.activity(bob, "Announce", forged, published=days_ago(2))])

    done = await fill(desk, followed)

    assert (done.state, done.kept) == ("done", 1)
    assert await contents(desk) == ["<p>une tente</p>"]
    assert await desk.value("SELECT count(*) FROM share WHERE created_at < now() - interval '1 day'") == 1


async def test_a_post_takes_the_place_of_the_day_on_which_it_was_written_not_of_its_share(
    desk: Desk, bob: Person, alice: Actor
) -> None:
    carol = desk.fediverse.add_person("carol", "lens.test")
    old = desk.note(carol, published=days_ago(20), content="<p>de 20 jours</p>")
    undated = desk.note(carol, content="<p>sans date</p>")
    del undated["published"]
    for note in (old, undated):
        desk.fediverse.documents[note["id"]] = note
    followed = await desk.follow(alice, bob)
    shared = [
        desk.activity(bob, "Announce", note["id"], published=days_ago(days)) for note, days in ((old, 1), (undated, 9))
    ]
    serve_outbox(desk, bob, [*shared, line(desk, bob, 12, content="<p>de 12 jours</p>")])

    await fill(desk, followed)

    assert await contents(desk) == ["<p>de 20 jours</p>", "<p>de 12 jours</p>", "<p>sans date</p>"]


async def test_an_outbox_speaks_for_its_owner_only(desk: Desk, bob: Person, alice: Actor) -> None:
    carol = desk.fediverse.add_person("carol", "lens.test")
    followed = await desk.follow(alice, bob)
    by_carol = line(desk, carol, 1)
    in_her_name = desk.activity(bob, "Create", desk.note(carol, published=days_ago(1)), published=days_ago(1))
    private = line(desk, bob, 1, to=[f"{bob.uri}/followers"], cc=[])
    serve_outbox(desk, bob, [by_carol, in_her_name, private, "https://henin.test/activities/1", 7, {"type": "Create"}])

    done = await fill(desk, followed)

    assert (done.state, done.kept) == ("done", 0)
    assert await contents(desk) == []


async def test_what_was_deleted_stays_away_and_what_is_here_stays_as_it_is(
    desk: Desk, bob: Person, alice: Actor
) -> None:
    followed = await desk.follow(alice, bob)
    kept, gone = line(desk, bob, 1, content="<p>là</p>"), line(desk, bob, 2)
    await desk.take(bob, kept, gone, desk.activity(bob, "Delete", gone["object"]["id"]))
    serve_outbox(desk, bob, [kept, gone])

    done = await fill(desk, followed)

    assert (done.state, done.looked, done.kept) == ("done", 2, 0)
    assert await contents(desk) == ["<p>là</p>"]


async def test_an_outbox_that_cannot_be_read_says_why(desk: Desk, bob: Person, alice: Actor) -> None:
    followed = await desk.follow(alice, bob)

    done = await fill(desk, followed)

    assert (done.state, done.error) == ("failed", "NOT_FOUND")


async def test_b12_an_endless_outbox_ends(desk: Desk, bob: Person, alice: Actor) -> None:
    followed = await desk.follow(alice, bob)
    serve_outbox(desk, bob, *([line(desk, bob, 1)] for _ in range(30)))

    done = await fill(desk, followed)

    assert done.found == 10


async def test_after_an_absence_everybody_who_is_followed_is_asked_once(
    instance: Instance, desk: Desk, bob: Person, alice: Actor
) -> None:
    followed = await desk.follow(alice, bob)
    async with transaction(instance.pool) as conn:
        await execute(conn, "DELETE FROM last_alive")
    first = await catch_up(instance)
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE last_alive SET at = now() - interval '5 hours'")

    asked = await catch_up(instance)

    assert (first, asked, await catch_up(instance)) == (0, 1, 0)
    async with connection(instance.pool) as conn:
        found = await find_backfill(conn, followed.id)
    assert found is not None
    assert timedelta(hours=5, minutes=50) < datetime.now(UTC) - found.since < timedelta(hours=6, minutes=10)


async def test_d07_what_cannot_be_read_for_now_is_read_later(desk: Desk, bob: Person, alice: Actor) -> None:
    followed = await desk.follow(alice, bob)
    outbox = f"{bob.uri}/outbox"
    desk.fediverse.documents[outbox] = FetchFailed(Cause.SERVER_ERROR, "henin.test", answer=503, retry=True)

    with pytest.raises(FetchFailed):  # which makes the job come again
        await fill(desk, followed)
    async with connection(desk.instance.pool) as conn:
        meanwhile = await find_backfill(conn, followed.id)
        await execute(conn, "DELETE FROM failed_fetch")
    serve_outbox(desk, bob, [line(desk, bob, 1)])
    await fill_back(desk.instance, {"actor": followed.id})

    async with connection(desk.instance.pool) as conn:
        at_last = await find_backfill(conn, followed.id)
    assert meanwhile is not None and (meanwhile.state, meanwhile.error) == ("failed", "SERVER_ERROR")
    assert at_last is not None and (at_last.state, at_last.error, at_last.kept) == ("done", None, 1)


def serve_later(desk: Desk, note: dict[str, Any], *, tries: int) -> str:
    """Let a server be busy for the first so many tries, then show the note; its address."""
    uri = str(note["id"])
    desk.fediverse.documents[uri] = note
    busy = FetchFailed(Cause.SERVER_ERROR, "lens.test", answer=503, retry=True)
    desk.fediverse.late[uri] = [busy] * tries
    return uri


@pytest.mark.parametrize(("tries", "kept"), [(1, 1), (2, 0)])
async def test_d07_an_entry_that_cannot_be_had_for_now_is_tried_once_more_at_the_end(
    desk: Desk, bob: Person, alice: Actor, tries: int, kept: int
) -> None:
    carol = desk.fediverse.add_person("carol", "lens.test")
    uri = serve_later(desk, desk.note(carol, published=days_ago(3), content="<p>une tente</p>"), tries=tries)
    followed = await desk.follow(alice, bob)
    serve_outbox(desk, bob, [line(desk, bob, 1), desk.activity(bob, "Announce", uri, published=days_ago(2))])

    done = await fill(desk, followed)

    assert (done.state, done.found, done.looked, done.kept) == ("done", 2, 2, 1 + kept)
    assert desk.fediverse.fetched.count(uri) == 2


async def test_b14_the_second_tries_of_a_backfill_are_bounded(desk: Desk, bob: Person, alice: Actor) -> None:
    carol = desk.fediverse.add_person("carol", "lens.test")
    busy = [serve_later(desk, desk.note(carol, published=days_ago(3)), tries=9) for _ in range(MOST_AGAIN + 5)]
    followed = await desk.follow(alice, bob)
    serve_outbox(desk, bob, [desk.activity(bob, "Announce", uri, published=days_ago(2)) for uri in busy])

    done = await fill(desk, followed)

    assert (done.looked, done.kept) == (MOST_AGAIN + 5, 0)
    assert sum(uri in busy for uri in desk.fediverse.fetched) == 2 * MOST_AGAIN + 5


async def test_what_tells_no_day_or_a_day_to_come_has_no_place_in_the_past(
    desk: Desk, bob: Person, alice: Actor
) -> None:
    followed = await desk.follow(alice, bob)
    undated = line(desk, bob, 2, content="<p>sans date</p>")
    undated["object"].pop("published")
    undated.pop("published")
    dated = line(desk, bob, 3, content="<p>daté</p>")
    dated.pop("published")
    serve_outbox(desk, bob, [undated, line(desk, bob, -1, content="<p>demain</p>"), dated])

    done = await fill(desk, followed)

    assert (done.state, done.found, await contents(desk)) == ("done", 1, ["<p>daté</p>"])
