"""Flag (AX17)."""

from typing import Any

import pytest

from models.moderation import reports
from models.people.actors import Actor
from models.servers import trust_levels
from models.store.database import connection, transaction
from tests.factories import make_listing
from tests.fediverse import Person
from tests.inbox.desk import Desk


async def test_ax17_a_report_is_kept_for_the_moderators(desk: Desk, bob: Person, alice: Actor) -> None:
    async with connection(desk.instance.pool) as conn:
        listing = await make_listing(conn, alice)

    await desk.take(bob, desk.activity(bob, "Flag", [alice.uri, listing.uri], content="x" * 6000))

    async with connection(desk.instance.pool) as conn:
        [report] = await reports.list_open(conn)
    assert report.target_id == alice.id and not report.local
    assert report.object_uris == [alice.uri, listing.uri]
    assert len(report.content) == 5000


async def test_ax17_a_report_that_names_only_a_post_is_about_its_author(desk: Desk, bob: Person, alice: Actor) -> None:
    async with connection(desk.instance.pool) as conn:
        listing = await make_listing(conn, alice)

    await desk.take(bob, desk.activity(bob, "Flag", listing.uri))

    assert await desk.value("SELECT target_id FROM report") == alice.id


async def test_ax17_a_report_of_nobody_here_is_ignored(desk: Desk, bob: Person) -> None:
    await desk.take(bob, desk.activity(bob, "Flag", ["https://arras.test/users/carl"]))

    assert await desk.value("SELECT count(*) FROM report") == 0


async def test_ax17_a_report_names_a_hundred_things_at_most(desk: Desk, bob: Person, alice: Actor) -> None:
    posts = [f"{alice.uri}/notes/{number}" for number in range(150)]

    await desk.take(bob, desk.activity(bob, "Flag", [alice.uri, *posts]))

    assert await desk.value("SELECT cardinality(object_uris) FROM report") == 100


async def test_ax17_the_actor_of_a_server_reports_too(desk: Desk, alice: Actor) -> None:
    server = desk.fediverse.add_person("instance", "arras.test", type="Application")

    await desk.take(server, desk.activity(server, "Flag", [alice.uri], content="Spam"))

    assert await desk.value("SELECT count(*) FROM report") == 1


@pytest.mark.parametrize(("level", "kept"), [("reader", 20), ("friend", 25)])
async def test_ax17_a_server_that_is_no_friend_reports_twenty_times_a_day(
    desk: Desk, bob: Person, alice: Actor, level: Any, kept: int
) -> None:
    async with transaction(desk.instance.pool) as conn:
        await trust_levels.save_level(conn, "henin.test", level)
    eve, carl = desk.fediverse.add_person("eve"), desk.fediverse.add_person("carl", "arras.test")

    for person in (bob, eve):
        await desk.take(
            person, *(desk.activity(person, "Flag", [alice.uri]) for _ in range(13 if person is bob else 12))
        )
    await desk.take(carl, desk.activity(carl, "Flag", [alice.uri]))

    assert await desk.value("SELECT count(*) FROM report") == kept + 1
    await desk.instance.pool.execute("UPDATE report SET created_at = now() - interval '25 hours'")
    await desk.take(bob, desk.activity(bob, "Flag", [alice.uri]))
    assert await desk.value("SELECT count(*) FROM report") == kept + 2
