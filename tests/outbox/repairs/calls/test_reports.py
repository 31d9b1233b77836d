"""Two servers: a call is told next door by the reach that it says, and how many that are comes back in numbers."""

from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

from models.listings import listings
from models.people.actors import Actor
from models.repairs.calls import figures, watches, waves
from models.repairs.calls.watches import RepairWatch
from models.store.database import Connection, execute, fetch_column, fetch_value
from outbox.listings.listings import say_again
from outbox.repairs.calls import reports, telling
from tests.factories import make_follow, make_local_actor, make_member, make_remote_actor
from tests.golden import normalize, require_golden
from tests.server_pair import HENIN, LOMME, Pair, make_pair

GROUP = f"{HENIN.url}/users/depannage_velo"


class Neighbours:
    """Alice calls from Lomme; Awa of Hénin-Carvin lives six kilometres from her."""

    def __init__(self, pair: Pair, awa: Actor) -> None:
        self.pair, self.awa = pair, awa
        self.here, self.there = pair.here.conn, pair.there.conn
        self.call_id, self.copy_id = pair.here.listing.id, pair.there.listing.id

    async def reach(self, reach: Any) -> None:
        """Lomme tells it further, and says so."""
        now = datetime.now(UTC)
        await waves.start(self.here, self.call_id, reach, now, now + timedelta(hours=1))
        listing = await listings.find_by_post(self.here, self.call_id)
        assert listing is not None
        await say_again(self.here, LOMME, self.pair.here.owner, listing)
        await self.pair.carry()

    async def list_news(self) -> list[str]:
        """What Awa has among her news."""
        return await fetch_column(
            self.there, "SELECT type FROM notification WHERE recipient_id = $1 ORDER BY id", self.awa.id
        )

    async def report(self) -> bool:
        said = await reports.report(self.there, HENIN, self.copy_id)
        await self.pair.carry()
        return said

    async def later(self) -> None:
        """Two minutes pass."""
        await execute(self.there, "UPDATE repair_call_report SET sent_at = sent_at - interval '2 minutes'")

    async def find(self) -> tuple[int, int, list[str]]:
        """What Alice reads."""
        found = await figures.load(self.here, self.call_id)
        return found.notified, found.opened, [one.name for one in found.elsewhere]

    async def say(self, **changes: Any) -> list[str]:
        """Hénin-Carvin says something; why it was left alone."""
        said = {
            "type": "View",
            "id": f"{GROUP}/activities/{datetime.now(UTC).timestamp()}",
            "actor": GROUP,
            "to": [self.pair.here.owner.uri],
            "object": self.pair.here.listing.uri,
            "notified": 3,
            "opened": 1,
            "updated": datetime.now(UTC).isoformat(),
        }
        self.pair.here.ignored.clear()
        await self.pair.here.receive(said | changes)
        return self.pair.here.ignored


@pytest.fixture
async def neighbours(conn: Connection, second_conn: Connection) -> Neighbours:
    details = {"kind": "repair_call", "mode": "repair", "title": "Pneu à plat", "repair": {"urgency": "Today"}}
    pair = await make_pair(conn, second_conn, **details)
    await make_local_actor(second_conn, "depannage_velo", type="Group", host=HENIN.host, uri=GROUP)
    await make_remote_actor(conn, "depannage_velo", type="Group", uri=GROUP)
    await make_follow(conn, pair.here.partner, pair.here.owner)
    await execute(conn, "INSERT INTO known_host (host, why) VALUES ('henin.test', 'admitted') ON CONFLICT DO NOTHING")
    awa = await make_member(second_conn, "awa", host=HENIN.host, uri=f"{HENIN.url}/users/awa")
    await execute(second_conn, "UPDATE actor SET latitude = 50.699, longitude = 2.987 WHERE id = $1", awa.id)
    await watches.save(second_conn, awa.id, RepairWatch(by_mail=True, at_night=False, furthest=30))
    await execute(conn, "INSERT INTO repair_call_wave (post_id) VALUES ($1)", pair.here.listing.id)
    return Neighbours(pair, awa)


async def test_next_door_each_is_told_in_her_wave_and_the_call_is_not_edited(neighbours: Neighbours) -> None:
    await neighbours.reach("3km")
    assert await neighbours.list_news() == []

    await neighbours.reach("8km")

    assert await neighbours.list_news() == ["repair_call"]
    copy = await listings.find_by_post(neighbours.there, neighbours.copy_id)
    assert copy is not None and copy.post.updated_at is None
    assert copy.details.repair is not None and copy.details.repair["reach"] == "8km"


async def test_the_last_wave_reaches_friends_alone(neighbours: Neighbours) -> None:
    await execute(neighbours.there, "UPDATE actor SET latitude = 50.75 WHERE id = $1", neighbours.awa.id)
    await neighbours.reach("friends")
    assert await neighbours.list_news() == []

    await execute(neighbours.there, "UPDATE server SET level = 'friend' WHERE host = 'lomme.test'")
    copy = await listings.find_by_post(neighbours.there, neighbours.copy_id)
    assert copy is not None
    await telling.notify_near(neighbours.there, copy)

    assert await neighbours.list_news() == ["repair_call"]


async def test_a_reach_that_comes_late_takes_nothing_back(neighbours: Neighbours) -> None:
    await neighbours.reach("8km")
    await neighbours.reach("3km")

    copy = await listings.find_by_post(neighbours.there, neighbours.copy_id)
    assert copy is not None and copy.details.repair is not None and copy.details.repair["reach"] == "8km"


async def test_how_many_were_told_and_opened_it_comes_back(neighbours: Neighbours) -> None:
    await neighbours.reach("8km")

    assert await neighbours.report() and await neighbours.find() == (1, 0, ["henin.test"])
    assert not await neighbours.report(), "it is said already"

    copy = await listings.find_by_post(neighbours.there, neighbours.copy_id)
    assert copy is not None
    await reports.note_opened(neighbours.there, copy, neighbours.awa.id)
    assert not await neighbours.report(), "it was said a moment ago"
    assert await figures.list_unreported(neighbours.there) == []
    await neighbours.later()
    assert await figures.list_unreported(neighbours.there) == [neighbours.copy_id]
    assert await neighbours.report() and await neighbours.find() == (1, 1, ["henin.test"])
    assert await figures.list_unreported(neighbours.there) == []


async def test_what_has_ended_and_what_says_no_reach_is_not_reported(neighbours: Neighbours) -> None:
    copy = await listings.find_by_post(neighbours.there, neighbours.copy_id)
    assert copy is not None
    await execute(neighbours.there, "UPDATE actor SET latitude = 50.66 WHERE id = $1", neighbours.awa.id)
    assert await telling.notify_near(neighbours.there, copy) == 1, "an older server says no reach: within 5 km"
    assert not await neighbours.report() and await figures.list_unreported(neighbours.there) == []

    await neighbours.reach("3km")
    assert await figures.list_unreported(neighbours.there) == [neighbours.copy_id]
    await execute(neighbours.there, "UPDATE listing SET status = 'fulfilled'")
    assert not await neighbours.report() and await figures.list_unreported(neighbours.there) == []


async def test_it_is_said_in_numbers_to_the_author_alone(neighbours: Neighbours) -> None:
    await neighbours.reach("8km")
    await neighbours.report()

    [body] = await fetch_column(neighbours.there, "SELECT body FROM activity WHERE type = 'View'")
    hosts = await fetch_column(
        neighbours.there,
        "SELECT d.host FROM delivery d JOIN activity a ON a.id = d.activity_id WHERE a.type = 'View'",
    )
    require_golden("declic/repairs/view", normalize([orjson.loads(body)])[0])
    assert hosts == ["lomme.test"]
    assert await fetch_value(neighbours.there, "SELECT NOT public FROM activity WHERE type = 'View'")


@pytest.mark.parametrize(
    "changes",
    [
        {"notified": 10_001},
        {"opened": 4},
        {"opened": -1},
        {"notified": None},
        {"notified": "many"},
        {"updated": None},
        {"updated": (datetime.now(UTC) + timedelta(hours=1)).isoformat()},
        {"object": f"{LOMME.url}/users/alice/items/none"},
        {"actor": f"{HENIN.url}/users/bob", "id": f"{HENIN.url}/users/bob/activities/1"},
    ],
    ids=["too many", "more opened", "negative", "none", "words", "undated", "to come", "no call", "no group"],
)
async def test_what_cannot_be_changes_nothing(neighbours: Neighbours, changes: dict[str, Any]) -> None:
    await neighbours.reach("3km")

    assert len(await neighbours.say(**changes)) == 1
    assert await neighbours.find() == (0, 0, [])


async def test_the_newest_word_of_a_server_counts(neighbours: Neighbours) -> None:
    await neighbours.reach("3km")
    before = (datetime.now(UTC) - timedelta(minutes=9)).isoformat()

    assert await neighbours.say() == [] and await neighbours.find() == (3, 1, ["henin.test"])
    assert await neighbours.say(notified=9, updated=before) == ["view_outdated"]
    assert await neighbours.say(notified=2, opened=0) == [] and await neighbours.find() == (2, 0, ["henin.test"])


async def test_who_was_not_sent_it_or_is_not_let_in_says_nothing_of_it(neighbours: Neighbours) -> None:
    assert await neighbours.say() == ["views_nobody"], "nothing was sent there yet"

    await neighbours.reach("3km")
    assert await neighbours.say() == []
    await execute(neighbours.here, "UPDATE server SET level = 'aside' WHERE host = 'henin.test'")
    assert await neighbours.say() == ["views_nobody"]
    assert await neighbours.find() == (0, 0, []), "nor is shown what it said before"


async def test_who_nobody_here_knows_says_nothing_of_it(neighbours: Neighbours) -> None:
    await neighbours.reach("3km")
    await execute(neighbours.here, "DELETE FROM known_host")

    assert await neighbours.say() == ["views_nobody"]
