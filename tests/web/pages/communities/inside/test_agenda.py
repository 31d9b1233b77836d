"""The agenda of a community: what its members read, and what programs of anybody are given."""

from collections.abc import Awaitable, Callable

from federation.instance import Instance
from models.communities.communities import Community
from models.people import actors
from models.people.actors import Actor
from models.store.database import Connection, transaction
from outbox.meetings.meetings import publish
from tests.outbox.meetings.sample_meetings import make_draft
from tests.sample_village import Village
from tests.web.pages.communities.conftest import Communities
from tests.web.pages.conftest import SITE, Browser

OpenBrowser = Callable[[Actor | None], Awaitable[Browser]]

HOME, SECRETS = "/communautes/remorques", "/communautes/secrets"


async def announce(conn: Connection, community: Community, title: str, audience: str) -> None:
    """The community calls people together."""
    group = await actors.get(conn, community.actor_id)
    await publish(conn, SITE, group, make_draft(audience=audience, title=title))


async def test_the_next_meeting_stands_on_the_page_and_all_of_them_on_the_agenda(
    alice: Browser, visitor: Browser, instance: Instance, communities: Communities
) -> None:
    assert "Prochaine rencontre" not in (await alice.get(HOME)).words()
    async with transaction(instance.pool) as conn:
        await announce(conn, communities.seen, "Pour tout le monde", "network")
        await announce(conn, communities.seen, "Entre nous", "community")

    page = (await visitor.get(HOME)).words()
    assert "Prochaine rencontre" in page and "Pour tout le monde" in page and "Entre nous" not in page
    assert "Entre nous" in (await alice.get(f"{HOME}/rencontres")).words()
    words = (await visitor.get(f"{HOME}/rencontres")).words()
    assert "Pour tout le monde" in words and "Entre nous" not in words


async def test_feeds_hold_what_everybody_may_read_also_for_members(
    alice: Browser, visitor: Browser, instance: Instance, lomme: Village, communities: Communities
) -> None:
    async with transaction(instance.pool) as conn:
        await announce(conn, communities.seen, "Pour tout le monde", "network")
        await announce(conn, communities.seen, "Entre nous", "community")
        await announce(conn, communities.hidden, "Secrète", "community")

    for format, beginning in (("atom", "<?xml"), ("json", "{"), ("ics", "BEGIN:VCALENDAR")):
        for browser in (alice, visitor):
            feed = await browser.ask("GET", f"{HOME}/flux.{format}")
            assert feed.status == 200 and feed.text.startswith(beginning), format
            assert "Pour tout le monde" in feed.text and "Entre nous" not in feed.text
        assert (await alice.get(f"{SECRETS}/flux.{format}")).status == 404
    assert "Secrète" in (await alice.get(f"{SECRETS}/rencontres")).words()
    assert (await visitor.get(f"{SECRETS}/rencontres")).status == 404
