"""Collections: a root and pages, each item once, nothing private (CO1 to CO6)."""

from typing import Any

import pytest

from models import blocks
from models.actors import Actor
from models.database import connection, transaction
from models.listings import ListingDraft
from outbox.listings import publish, withdraw
from outbox.notes import reply
from tests.factories import make_follow, make_note, make_remote_actor
from tests.fediverse import Person
from tests.web.activitypub.conftest import Door


async def publish_one(door: Door, author: Actor, number: int = 1, **changes: Any) -> str:
    """A listing; its id."""
    draft = ListingDraft(kind="offer", mode="loan", title=f"Tente {number}", **changes)
    async with transaction(door.instance.pool) as conn:
        return (await publish(conn, door.instance.site, author, draft)).uri


async def read_pages(door: Door, uri: str) -> tuple[dict[str, Any], list[list[Any]]]:
    """The root of a collection, and the items of all its pages."""
    root = (await door.get(uri)).json
    pages, following = [], root.get("first")
    while following:
        page = (await door.get(following)).json
        assert page["partOf"] == uri
        pages.append(page.get("orderedItems", []))
        following = page.get("next")
        assert following is None or following.startswith(uri)
    return root, pages


async def test_the_outbox_has_what_is_for_everybody_as_it_was_signed(door: Door, alice: Actor) -> None:
    first, second = await publish_one(door, alice), await publish_one(door, alice, 2)
    await publish_one(door, alice, 3, audience="coop")
    await publish_one(door, alice, 4, audience="territories")

    root, [page] = await read_pages(door, f"{alice.uri}/outbox")

    assert (root["type"], root["totalItems"]) == ("OrderedCollection", 2)
    assert [item["object"]["id"] for item in page] == [second, first]
    assert {item["type"] for item in page} == {"Create"}


async def test_what_was_withdrawn_leaves_the_outbox(door: Door, alice: Actor) -> None:
    uri = await publish_one(door, alice)
    async with transaction(door.instance.pool) as conn:
        await withdraw(conn, door.instance.site, alice, uri)

    root, [page] = await read_pages(door, f"{alice.uri}/outbox")

    assert (root["totalItems"], page) == (0, [])


@pytest.mark.parametrize(("count", "pages"), [(39, [39]), (40, [40]), (41, [40, 1]), (81, [40, 40, 1])])
async def test_pages_have_each_item_once_and_the_last_has_no_next(
    door: Door, alice: Actor, count: int, pages: list[int]
) -> None:
    await door.instance.pool.execute(
        """
        INSERT INTO activity (id, uri, type, actor_id, public, body)
        SELECT n, $1 || '/activities/' || n, 'Create', $2, true, '{"id":"' || n || '"}'
        FROM generate_series(1, $3::int) n
        """,
        alice.uri,
        alice.id,
        count,
    )

    _, found = await read_pages(door, f"{alice.uri}/outbox")

    assert [len(page) for page in found] == pages
    assert len({item["id"] for page in found for item in page}) == count


async def test_new_items_do_not_shift_the_pages(door: Door, alice: Actor) -> None:
    for number in range(1, 42):
        await door.instance.pool.execute(
            "INSERT INTO activity (id, uri, type, actor_id, public, body) VALUES ($1, $2, 'Create', $3, true, '{}')",
            number,
            f"{alice.uri}/{number}",
            alice.id,
        )
    first = (await door.get((await door.get(f"{alice.uri}/outbox")).json["first"])).json

    await publish_one(door, alice)
    second = (await door.get(first["next"])).json

    assert len(second["orderedItems"]) == 1


async def test_who_follows_a_person_is_only_counted(door: Door, alice: Actor) -> None:
    async with transaction(door.instance.pool) as conn:
        await make_follow(conn, await make_remote_actor(conn, "carl", "arras.test"), alice)

    root = (await door.get(f"{alice.uri}/followers")).json
    page = await door.get(f"{alice.uri}/followers?before=9")

    assert root["totalItems"] == 1
    assert set(root) <= {"@context", "id", "type", "totalItems", "orderedItems"} and "first" not in root
    assert page.status == 403


async def test_who_follows_a_stream_may_be_read(door: Door, offres: Actor) -> None:
    async with transaction(door.instance.pool) as conn:
        carl = await make_remote_actor(conn, "carl", "arras.test")
        await make_follow(conn, carl, offres)
        await make_follow(conn, await make_remote_actor(conn, "dora", "arras.test"), offres, state="pending")

    root, [page] = await read_pages(door, f"{offres.uri}/followers")

    assert (root["totalItems"], page) == (1, [carl.uri])


async def test_following_is_there(door: Door, alice: Actor) -> None:
    assert (await door.get(f"{alice.uri}/following")).json["totalItems"] == 0


async def test_featured_is_empty_and_not_missing(door: Door, alice: Actor) -> None:
    answer = await door.get(f"{alice.uri}/featured")

    assert (answer.status, answer.json["type"], answer.json["totalItems"]) == (200, "OrderedCollection", 0)


async def test_answers_that_anybody_may_read_are_listed(door: Door, alice: Actor, bob: Person) -> None:
    uri = await publish_one(door, alice)
    other = await door.meet(bob)
    async with transaction(door.instance.pool) as conn:
        public = await make_note(conn, other, in_reply_to_uri=uri)
        await make_note(conn, other, in_reply_to_uri=uri, audience="direct")
        below = await reply(conn, door.instance.site, alice, public, "Merci", audience="network")

    replies = (await door.get(f"{uri}/replies")).json
    context = (await door.get(f"{uri}/context")).json

    assert replies["items"] == [public.uri]
    assert context["orderedItems"] == [uri, public.uri, below.uri]


@pytest.mark.parametrize("part", ["replies", "context"])
async def test_what_hangs_on_private_posts_is_as_missing_as_they(door: Door, alice: Actor, part: str) -> None:
    uri = await publish_one(door, alice, audience="coop")

    assert (await door.get(f"{uri}/{part}")).status == 404


async def test_whoever_is_blocked_reads_no_collection(door: Door, alice: Actor, bob: Person) -> None:
    uri = await publish_one(door, alice)
    reader = await door.meet(bob)
    async with connection(door.instance.pool) as conn:
        await blocks.save(conn, uri="https://lomme.test/b/1", actor_id=alice.id, target_id=reader.id)

    for part in (f"{alice.uri}/outbox", f"{alice.uri}/featured", f"{alice.uri}/followers", f"{uri}/replies"):
        assert (await door.get(part, reader=bob)).status == 404


@pytest.mark.parametrize("part", ["outbox", "followers", "following", "featured"])
async def test_nobody_has_no_collections(door: Door, part: str) -> None:
    assert (await door.get(f"{door.instance.site.url}/users/nobody/{part}")).status == 404


async def test_an_inbox_is_not_read_and_an_outbox_not_written(door: Door, alice: Actor) -> None:
    assert (await door.get(alice.inbox)).status == 403
    assert (await door.get(f"{alice.uri}/outbox", method="POST")).status == 405


@pytest.mark.parametrize("before", ["abc", "-1", "9" * 40, "١٢"])
async def test_a_strange_page_is_the_first_one(door: Door, alice: Actor, before: str) -> None:
    await publish_one(door, alice)

    answer = await door.get(f"{alice.uri}/outbox?before={before}")

    assert answer.status == 200
