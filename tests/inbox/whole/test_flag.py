"""Flag (AX17)."""

from models import reports
from models.actors import Actor
from models.database import connection
from tests.factories import make_listing
from tests.fediverse import Person
from tests.inbox.desk import Desk


async def test_a_report_is_kept_for_the_moderators(desk: Desk, bob: Person, alice: Actor) -> None:
    async with connection(desk.instance.pool) as conn:
        listing = await make_listing(conn, alice)

    await desk.take(bob, desk.activity(bob, "Flag", [alice.uri, listing.uri], content="x" * 6000))

    async with connection(desk.instance.pool) as conn:
        [report] = await reports.list_open(conn)
    assert report.target_id == alice.id and not report.local
    assert report.object_uris == [alice.uri, listing.uri]
    assert len(report.content) == 5000


async def test_a_report_that_names_only_a_post_is_about_its_author(desk: Desk, bob: Person, alice: Actor) -> None:
    async with connection(desk.instance.pool) as conn:
        listing = await make_listing(conn, alice)

    await desk.take(bob, desk.activity(bob, "Flag", listing.uri))

    assert await desk.value("SELECT target_id FROM report") == alice.id


async def test_a_report_of_nobody_here_is_ignored(desk: Desk, bob: Person) -> None:
    await desk.take(bob, desk.activity(bob, "Flag", ["https://arras.test/users/carl"]))

    assert await desk.value("SELECT count(*) FROM report") == 0
