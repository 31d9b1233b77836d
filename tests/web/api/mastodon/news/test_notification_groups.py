"""Notifications that are told as one."""

from dataclasses import dataclass
from typing import Any

import pytest

from models.ids import make_id
from models.news import notifications
from models.news.notification_groups import SPAN
from models.people.actors import Actor
from models.store.database import connection, execute
from tests.factories import make_listing, make_member, make_note, make_remote_actor
from tests.web.api import strict, strict_newer
from tests.web.api.conftest import Alice

URL = "/api/v2/notifications"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Bob, Carol and Dave like a post of Alice's, Bob and Carol follow her, and Bob writes to her last."""

    bob: Actor
    carol: Actor
    dave: Actor
    post_id: int
    note_id: int
    ids: tuple[int, ...]


@pytest.fixture
async def told(alice: Alice) -> Told:
    async with connection(alice.api.pool) as conn:
        bob, carol, dave = [await make_remote_actor(conn, name) for name in ("bob", "carol", "dave")]
        mine, note = await make_listing(conn, alice.actor), await make_note(conn, bob)
        acts: list[tuple[Any, Actor, int | None]] = [
            ("favourite", bob, mine.id),
            ("follow", bob, None),
            ("favourite", carol, mine.id),
            ("follow", carol, None),
            ("favourite", dave, mine.id),
            ("mention", bob, note.id),
        ]
        noon = make_id() // SPAN * SPAN + SPAN // 2
        ids = tuple(noon + number for number in range(len(acts)))
        for id, (type, actor, post_id) in zip(ids, acts, strict=True):
            made = await notifications.notify(
                conn, recipient_id=alice.actor.id, type=type, actor_id=actor.id, post_id=post_id
            )
            await execute(conn, "UPDATE notification SET id = $2 WHERE id = $1", made, id)
    return Told(bob=bob, carol=carol, dave=dave, post_id=mine.id, note_id=note.id, ids=ids)


def brief(value: Any) -> list[tuple[str, int]]:
    return [(one["type"], one["notifications_count"]) for one in value["notification_groups"]]


async def test_those_of_one_kind_about_one_post_come_as_one_with_people_and_posts_once(
    alice: Alice, told: Told
) -> None:
    found = await alice.api.get(URL, strict_newer.grouped_notifications)

    assert brief(found) == [("mention", 1), ("favourite", 3), ("follow", 2)]
    mention, likes, follows = found["notification_groups"]
    assert likes["sample_account_ids"] == [str(one.id) for one in (told.dave, told.carol, told.bob)]
    assert (likes["status_id"], likes["most_recent_notification_id"]) == (str(told.post_id), str(told.ids[4]))
    assert (likes["page_min_id"], likes["page_max_id"]) == (str(told.ids[0]), str(told.ids[4]))
    assert "status_id" not in follows and mention["group_key"] == f"ungrouped-{told.ids[5]}"
    assert sorted(one["username"] for one in found["accounts"]) == ["bob", "carol", "dave"]
    assert [int(one["id"]) for one in found["statuses"]] == [told.note_id, told.post_id]


async def test_a_client_says_which_types_it_takes_as_groups_and_which_it_wants(alice: Alice, told: Told) -> None:
    apart = await alice.api.get(f"{URL}?grouped_types[]=follow&types[]=favourite&types[]=follow")

    assert brief(apart) == [("favourite", 1), ("follow", 2), ("favourite", 1), ("favourite", 1)]
    assert apart["notification_groups"][0]["group_key"] == f"ungrouped-{told.ids[4]}"
    assert brief(await alice.api.get(f"{URL}?exclude_types[]=follow&exclude_types[]=mention")) == [("favourite", 3)]
    by_carol = await alice.api.get(f"{URL}?account_id={told.carol.id}")
    assert [one["type"] for one in by_carol["notification_groups"]] == ["follow", "favourite"]


async def test_newcomers_come_together_too_and_are_read_as_one(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        for id, name in enumerate(("yves", "zoe"), make_id() // SPAN * SPAN + SPAN // 2):
            new = await make_member(conn, name)
            made = await notifications.notify(conn, recipient_id=alice.actor.id, type="admin.sign_up", actor_id=new.id)
            await execute(conn, "UPDATE notification SET id = $2 WHERE id = $1", made, id)

    found = await alice.api.get(URL, strict_newer.grouped_notifications)

    assert brief(found) == [("admin.sign_up", 2)]
    key = found["notification_groups"][0]["group_key"]
    assert brief(await alice.api.get(f"{URL}/{key}", strict_newer.grouped_notifications)) == [("admin.sign_up", 2)]
    assert [one["username"] for one in await alice.api.get(f"{URL}/{key}/accounts")] == ["zoe", "yves"]


async def test_only_the_last_of_each_group_is_whole_where_pictures_are_enough(alice: Alice, told: Told) -> None:
    found = await alice.api.get(
        f"{URL}?expand_accounts=partial_avatars&types[]=favourite", strict_newer.grouped_notifications
    )

    assert [one["id"] for one in found["accounts"]] == [str(told.dave.id)]
    assert [one["id"] for one in found["partial_accounts"]] == [str(told.carol.id), str(told.bob.id)]
    assert (await alice.api.ask("GET", f"{URL}?expand_accounts=half")).status == 422


async def test_pages_lead_on_without_repeating_and_back(alice: Alice, told: Told) -> None:
    first = await alice.api.ask("GET", f"{URL}?limit=2")
    second = await alice.api.ask("GET", first.links["next"].removeprefix(alice.api.site.url))
    newer = await alice.api.ask("GET", f"{URL}?min_id={told.ids[1]}&limit=1")
    since = await alice.api.ask("GET", f"{URL}?since_id={told.ids[3]}&limit=9")

    assert brief(first.json) == [("mention", 1), ("favourite", 3)]
    assert [one["type"] for one in second.json["notification_groups"]] == ["follow", "favourite"]
    assert brief(newer.json) == [("favourite", 3)]
    assert newer.json["notification_groups"][0]["page_min_id"] == str(told.ids[2])
    assert brief(since.json) == [("mention", 1), ("favourite", 3)]
    assert "Link" not in (await alice.api.ask("GET", f"{URL}?max_id=1")).headers


async def test_one_group_is_read_with_everybody_in_it_and_removed_by_its_owner_alone(alice: Alice, told: Told) -> None:
    async with connection(alice.api.pool) as conn:
        erin = await alice.api.as_member(await make_member(conn, "erin"))
    key = (await alice.api.get(URL))["notification_groups"][1]["group_key"]

    shown = await alice.api.get(f"{URL}/{key}", strict_newer.grouped_notifications)
    people = await alice.api.get(f"{URL}/{key}/accounts", strict.many(strict.account))
    alone = await alice.api.get(f"{URL}/ungrouped-{told.ids[2]}")

    assert brief(shown) == [("favourite", 3)] and "page_min_id" not in shown["notification_groups"][0]
    assert [one["username"] for one in people] == ["dave", "carol", "bob"]
    assert brief(alone) == [("favourite", 1)]
    assert (await erin.ask("GET", f"{URL}/{key}")).status == 404
    assert await erin.get(f"{URL}/{key}/accounts") == []
    assert await erin.post(f"{URL}/{key}/dismiss") == {}
    assert brief(await alice.api.get(f"{URL}/{key}")) == [("favourite", 3)]
    assert await alice.api.post(f"{URL}/{key}/dismiss") == {}
    assert (await alice.api.ask("GET", f"{URL}/{key}")).status == 404
    assert brief(await alice.api.get(URL)) == [("mention", 1), ("follow", 2)]
    for unknown in ("mention-1-2", "follow-9999999999999999999", "nothing-1"):
        assert (await alice.api.ask("GET", f"{URL}/{unknown}")).status == 404
        assert (await alice.api.ask("POST", f"{URL}/{unknown}/dismiss")).status == 404


async def test_groups_with_something_new_are_counted_up_to_the_marker(alice: Alice, told: Told) -> None:
    assert await alice.api.get(f"{URL}/unread_count") == {"count": 3}
    assert await alice.api.get(f"{URL}/unread_count?limit=2") == {"count": 2}
    assert await alice.api.get(f"{URL}/unread_count?grouped_types[]=follow") == {"count": 5}
    marker = {"notifications[last_read_id]": str(told.ids[3])}
    assert (await alice.api.ask("POST", "/api/v1/markers", data=marker)).status == 200
    assert await alice.api.get(f"{URL}/unread_count") == {"count": 2}


async def test_what_a_group_consists_of_is_what_its_reader_may_see(alice: Alice, told: Told) -> None:
    async with connection(alice.api.pool) as conn:
        await execute(conn, "UPDATE actor SET suspended_at = now() WHERE id = $1", told.dave.id)
        await execute(conn, "UPDATE actor SET deleted_at = now() WHERE id = $1", told.carol.id)
    likes = (await alice.api.get(f"{URL}?types[]=favourite"))["notification_groups"]

    assert [(one["notifications_count"], one["sample_account_ids"]) for one in likes] == [(2, [str(told.bob.id)])]
    async with connection(alice.api.pool) as conn:
        await execute(conn, "UPDATE post SET deleted_at = now() WHERE id = $1", told.post_id)
    assert (await alice.api.get(f"{URL}?types[]=favourite"))["notification_groups"] == []


async def test_single_notifications_name_their_group(alice: Alice, told: Told) -> None:
    keys = {one["group_key"] for one in (await alice.api.get(URL))["notification_groups"]}

    assert {one["group_key"] for one in await alice.api.get("/api/v1/notifications")} == keys


async def test_all_are_removed_at_once(alice: Alice, told: Told) -> None:
    assert await alice.api.post(f"{URL}/clear") == {}
    assert (await alice.api.get(URL))["notification_groups"] == []
