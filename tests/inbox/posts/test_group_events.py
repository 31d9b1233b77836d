"""Events of Mobilizon's groups: published, moved, called off and deleted by whoever organises them, as recorded."""

from dataclasses import dataclass
from typing import Any

import pytest

from federation.errors import Cause, FetchFailed
from inbox.processing.process import process_due
from models.people.actors import Actor
from models.relations import bookmarks
from models.store.database import transaction
from tests.fediverse import Person
from tests.inbox.desk import Desk
from tests.inbox.remote_people import add_stranger
from tests.payloads import load_json

EVENT = load_json("mobilizon/group_create")["object"]["id"]
MOVED, CANCELLED = "mobilizon/group_update_moved", "mobilizon/group_update_cancelled"
GONE = FetchFailed(Cause.GONE, "mobilizon.example", answer=410)


@dataclass(slots=True, kw_only=True)
class Mobilizon:
    """The server of a repair café: its Group, whom Alice follows, and whoever organises."""

    desk: Desk
    group: Person
    organiser: Person

    async def say(self, name: str, *, shows: dict[str, Any] | Exception | None = None) -> None:
        """One of the recorded activities comes, by its own actor; at its address stands what it says, or `shows`."""
        activity = load_json(f"mobilizon/{name}")
        if shows is not None:
            self.desk.fediverse.documents[EVENT] = shows
        elif isinstance(activity["object"], dict) and activity["object"]["type"] == "Event":
            self.desk.fediverse.documents[EVENT] = activity["object"]
        by = self.group if activity["actor"] == self.group.uri else self.organiser
        await self.desk.take(by, activity)

    async def held(self) -> Any:
        """The event as it stands here."""
        return await self.desk.row(
            "SELECT l.title, l.status, l.begins_at::date::text AS day, a.uri AS author, p.content, p.deleted_at "
            "FROM post p JOIN listing l ON l.post_id = p.id JOIN actor a ON a.id = p.author_id WHERE p.uri = $1",
            EVENT,
        )


@pytest.fixture
async def mobilizon(desk: Desk, alice: Actor) -> Mobilizon:
    """Alice follows the group."""
    group = add_stranger(desk.fediverse, "https://mobilizon.example/@repaircafe", type="Group")
    await desk.follow(alice, group)
    organiser = add_stranger(desk.fediverse, "https://mobilizon.example/@organisatrice")
    return Mobilizon(desk=desk, group=group, organiser=organiser)


async def test_an_event_that_its_organiser_publishes_is_the_groups(mobilizon: Mobilizon) -> None:
    await mobilizon.say("group_create")

    held = await mobilizon.held()
    assert (held["title"], held["author"]) == ("Repair café de Lambersart", mobilizon.group.uri)


async def test_what_an_organiser_embeds_proves_nothing(mobilizon: Mobilizon) -> None:
    shown = load_json("mobilizon/group_create")["object"] | {"name": "Tel que son serveur le montre"}

    await mobilizon.say("group_create", shows=shown)

    assert (await mobilizon.held())["title"] == shown["name"]


@pytest.mark.parametrize("news", ["group_update_moved", "group_announce_moved"])
async def test_an_event_that_is_moved_is_moved_here(mobilizon: Mobilizon, news: str) -> None:
    await mobilizon.say("group_announce")

    await mobilizon.say(news)

    held = await mobilizon.held()
    assert (held["title"], held["day"]) == ("Repair café REPORTÉ", "2026-12-19")


@pytest.mark.parametrize("news", ["group_update_cancelled", "group_announce_cancelled"])
async def test_an_event_that_is_called_off_says_so(mobilizon: Mobilizon, news: str) -> None:
    await mobilizon.say("group_announce")

    await mobilizon.say(news)

    held = await mobilizon.held()
    assert held["status"] == "cancelled"
    assert held["content"].startswith("<p><strong>❌ Annulé — Repair café")


async def test_whoever_reacted_is_told_that_it_is_moved_and_again_that_it_is_called_off(
    desk: Desk, mobilizon: Mobilizon, alice: Actor
) -> None:
    await mobilizon.say("group_announce")
    async with transaction(desk.instance.pool) as conn:
        await bookmarks.save(conn, actor_id=alice.id, post_id=await desk.value("SELECT id FROM post"))

    await mobilizon.say("group_update_moved")
    first = await desk.value("SELECT id FROM notification")
    await mobilizon.say("group_announce_moved")
    assert await desk.value("SELECT array_agg(id) FROM notification") == [first], "told once of one change"
    await mobilizon.say("group_update_cancelled")

    assert await desk.told(alice) == ["update"]
    assert await desk.value("SELECT id FROM notification") > first


@pytest.mark.parametrize("news", ["group_delete", "group_announce_delete"])
@pytest.mark.parametrize("shows", [GONE, {"id": EVENT, "type": "Tombstone"}], ids=["410", "Tombstone"])
async def test_an_event_that_its_origin_says_is_gone_is_gone(
    mobilizon: Mobilizon, news: str, shows: dict[str, Any] | Exception
) -> None:
    await mobilizon.say("group_announce")

    await mobilizon.say(news, shows=shows)
    assert (await mobilizon.held())["deleted_at"] is not None

    await mobilizon.say("group_announce_moved")
    assert (await mobilizon.held())["title"] == "", "a deletion outranks what comes later"


@pytest.mark.parametrize(("news", "shows"), [("group_update_cancelled", None), ("group_delete", GONE)])
async def test_what_was_not_to_be_had_a_moment_ago_is_asked_for_again(
    mobilizon: Mobilizon, news: str, shows: Exception | None
) -> None:
    await mobilizon.say("group_announce")
    await mobilizon.say("group_update_moved", shows=FetchFailed(Cause.NOT_FOUND, "mobilizon.example", answer=404))

    await mobilizon.say(news, shows=shows)

    held = await mobilizon.held()
    assert held["status"] == "cancelled" if shows is None else held["deleted_at"] is not None


@pytest.mark.parametrize("news", ["group_delete", "group_announce_delete"])
async def test_an_event_that_its_origin_still_shows_stays(mobilizon: Mobilizon, news: str) -> None:
    await mobilizon.say("group_announce")

    await mobilizon.say(news)

    assert (await mobilizon.held())["deleted_at"] is None


async def test_a_share_that_claims_to_be_newer_without_end_asks_its_origin_thirty_times_a_minute(
    desk: Desk, mobilizon: Mobilizon
) -> None:
    await mobilizon.say("group_announce")
    desk.fediverse.fetched.clear()
    event = load_json("mobilizon/group_announce")["object"] | {"updated": "2099-01-01T00:00:00Z"}

    for _ in range(40):
        await desk.post(mobilizon.group, desk.activity(mobilizon.group, "Announce", event))
    await process_due(desk.instance)

    assert desk.fediverse.fetched.count(EVENT) <= 30
    assert (await mobilizon.held())["title"] == "Repair café de Lambersart"


async def test_an_organiser_of_another_server_speaks_for_no_event(desk: Desk, mobilizon: Mobilizon) -> None:
    await mobilizon.say("group_announce")
    mallory = desk.fediverse.add_person("mallory", "evil.test")
    desk.fediverse.fetched.clear()
    update = load_json(MOVED) | {"id": f"{mallory.uri}/1", "actor": mallory.uri}
    delete = load_json("mobilizon/group_delete") | {"id": f"{mallory.uri}/2", "actor": mallory.uri}

    await desk.take(mallory, update, delete)

    assert EVENT not in desk.fediverse.fetched
    assert (await mobilizon.held())["title"] == "Repair café de Lambersart"


async def test_events_of_groups_that_nobody_follows_are_not_asked_for(desk: Desk) -> None:
    organiser = add_stranger(desk.fediverse, "https://mobilizon.example/@organisatrice")
    await desk.meet(organiser)

    await desk.take(organiser, load_json("mobilizon/group_create"), load_json(CANCELLED))

    assert EVENT not in desk.fediverse.fetched
    assert [state for state, _ in await desk.states()] == ["ignored", "ignored"]


async def test_a_groups_private_event_is_nobodys_here(desk: Desk, mobilizon: Mobilizon) -> None:
    shown = load_json("mobilizon/group_create")["object"] | {"to": [mobilizon.group.uri], "cc": []}

    await mobilizon.say("group_create", shows=shown)

    assert await desk.value("SELECT count(*) FROM post") == 0


async def test_what_a_neighbour_deletes_stays_while_its_server_shows_it(desk: Desk, bob: Person, alice: Actor) -> None:
    await desk.follow(alice, bob)
    note = desk.note(bob)
    await desk.take(bob, desk.create(bob, note))
    desk.fediverse.documents[note["id"]] = note
    eve = desk.fediverse.add_person("eve")
    await desk.meet(eve)

    await desk.take(eve, desk.activity(eve, "Delete", note["id"]))

    assert await desk.value("SELECT deleted_at FROM post") is None


async def test_what_is_said_to_be_by_somebody_of_another_server_is_not_asked_for(
    desk: Desk, mobilizon: Mobilizon, alice: Actor
) -> None:
    create = load_json("mobilizon/group_create")
    desk.fediverse.documents[EVENT] = create["object"]
    create["object"] = create["object"] | {"attributedTo": "https://evil.test/users/mallory", "cc": [alice.uri]}

    await desk.take(mobilizon.organiser, create)

    assert EVENT not in desk.fediverse.fetched
    assert await desk.value("SELECT count(*) FROM post") == 0
