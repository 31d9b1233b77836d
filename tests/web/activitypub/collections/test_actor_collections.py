"""What belongs to an actor: a root and pages, each item once, nothing private (CO1 to CO6)."""

import pytest

from models.people.actors import Actor
from models.relations import pins, reactions
from models.store.database import transaction
from outbox.listings.listings import withdraw
from outbox.relations.reactions import share, unshare
from tests.factories import make_follow, make_local_actor, make_note, make_remote_actor
from tests.fediverse import Person
from tests.web.activitypub.conftest import Door, make_here, publish_tent, read_pages

PARTS = ("outbox", "followers", "following", "featured")


async def add_activities(door: Door, actor: Actor, count: int, *, after: int = 0) -> None:
    """Public activities of this actor."""
    await door.execute(
        """
        INSERT INTO activity (id, uri, type, actor_id, public, body)
        SELECT n, $1 || '/activities/' || n, 'Create', $2, true, '{"id":"' || n || '"}'
        FROM generate_series($4::int + 1, $4::int + $3::int) n
        """,
        actor.uri,
        actor.id,
        count,
        after,
    )


@pytest.mark.parametrize("type", ["Person", "Organization"])
@pytest.mark.parametrize("part", ["followers", "following"])
async def test_co01_who_follows_a_member_is_only_counted(
    door: Door, alice: Actor, bob: Person, part: str, type: str
) -> None:
    await door.execute("UPDATE actor SET type = $1 WHERE username = 'alice'", type)
    async with transaction(door.instance.pool) as conn:
        carl = await make_remote_actor(conn, "carl", "arras.test")
        await make_follow(conn, carl, alice)
        await make_follow(conn, alice, carl)
        await make_follow(conn, await make_remote_actor(conn, "dora", "arras.test"), alice, state="pending")

    for reader in (None, bob):
        root = await door.get(f"{alice.uri}/{part}", reader=reader)
        page = await door.get(f"{alice.uri}/{part}?before=9", reader=reader)
        assert set(root.json) == {"@context", "id", "type", "totalItems"}
        assert (root.json["type"], root.json["totalItems"]) == ("OrderedCollection", 1)
        assert page.status == 403


@pytest.mark.parametrize("part", ["followers", "following"])
async def test_co01_whom_a_stream_knows_may_be_read(door: Door, offres: Actor, part: str) -> None:
    async with transaction(door.instance.pool) as conn:
        carl = await make_remote_actor(conn, "carl", "arras.test")
        dora = await make_remote_actor(conn, "dora", "arras.test")
        await make_follow(conn, carl, offres)
        await make_follow(conn, offres, carl)
        await make_follow(conn, dora, offres, state="pending")
        await make_follow(conn, offres, dora, state="pending")

    root, [page] = await read_pages(door, f"{offres.uri}/{part}")

    assert (root["totalItems"], page) == (1, [carl.uri])


@pytest.mark.parametrize(("count", "pages"), [(0, [0]), (39, [39]), (40, [40]), (41, [40, 1]), (81, [40, 40, 1])])
async def test_co02_pages_have_each_item_once_and_the_last_has_no_next(
    door: Door, alice: Actor, count: int, pages: list[int]
) -> None:
    await add_activities(door, alice, count)

    root, found = await read_pages(door, f"{alice.uri}/outbox")

    assert root["totalItems"] == count
    assert [len(page) for page in found] == pages
    assert len({item["id"] for page in found for item in page}) == count


async def test_co02_each_item_comes_once_while_new_ones_arrive(door: Door, alice: Actor) -> None:
    await add_activities(door, alice, 85)
    seen: list[str] = []
    following = (await door.get(f"{alice.uri}/outbox")).json["first"]

    while following:
        page = (await door.get(following)).json
        seen += [item["id"] for item in page["orderedItems"]]
        following = page.get("next")
        await add_activities(door, alice, 7, after=1000 + 10 * len(seen))

    assert seen == [str(number) for number in range(85, 0, -1)]


async def test_co02_followers_are_read_once_each_while_new_ones_arrive(door: Door, offres: Actor) -> None:
    async def follow(first: int, last: int) -> set[str]:
        async with transaction(door.instance.pool) as conn:
            people = [await make_remote_actor(conn, f"u{n}", "arras.test") for n in range(first, last)]
            for one in people:
                await make_follow(conn, one, offres)
            return {one.uri for one in people}

    early = await follow(0, 45)
    page = (await door.get((await door.get(f"{offres.uri}/followers")).json["first"])).json
    await follow(45, 55)
    rest = (await door.get(page["next"])).json

    assert len(page["orderedItems"]) == 40 and "next" not in rest
    assert {*page["orderedItems"], *rest["orderedItems"]} == early
    assert len(page["orderedItems"] + rest["orderedItems"]) == 45


@pytest.mark.parametrize("before", ["abc", "-1", "9" * 40, "١٢", ""])
async def test_co02_a_strange_page_is_the_first_one(door: Door, alice: Actor, before: str) -> None:
    await publish_tent(door, alice)

    answer = await door.get(f"{alice.uri}/outbox?before={before}")

    assert answer.status == 200 and len(answer.json["orderedItems"]) == 1


async def test_co03_the_count_is_of_what_is_public_and_the_same_for_all(door: Door, alice: Actor, bob: Person) -> None:
    await publish_tent(door, alice)
    await publish_tent(door, alice, audience="coop")
    await publish_tent(door, alice, audience="territories")
    before = (await door.get(f"{alice.uri}/outbox")).json["totalItems"]
    await door.befriend(bob, alice)

    assert before == 1
    assert (await door.get(f"{alice.uri}/outbox", reader=bob)).json["totalItems"] == 1


async def test_co04_the_outbox_has_what_is_for_everybody_as_it_was_signed(door: Door, alice: Actor) -> None:
    first, second = (await publish_tent(door, alice)).uri, (await publish_tent(door, alice, title="Vélo")).uri
    await publish_tent(door, alice, audience="coop")
    await publish_tent(door, alice, audience="territories")

    root, [page] = await read_pages(door, f"{alice.uri}/outbox")

    assert root["type"] == "OrderedCollection"
    assert [item["object"]["id"] for item in page] == [second, first]
    for item in page:
        assert (await door.get(item["id"])).json == item


async def test_co04_what_was_withdrawn_leaves_the_outbox(door: Door, alice: Actor, offres: Actor) -> None:
    uri = (await publish_tent(door, alice)).uri
    assert (await door.get(f"{offres.uri}/outbox")).json["totalItems"] == 2
    async with transaction(door.instance.pool) as conn:
        await withdraw(conn, door.instance.site, alice, uri)

    for owner in (alice, offres):
        root, [page] = await read_pages(door, f"{owner.uri}/outbox")
        assert (root["totalItems"], page) == (0, [])


async def test_co04_what_is_shared_stands_in_the_outbox_as_long_as_it_is_shared(
    door: Door, alice: Actor, bob: Person
) -> None:
    author = await door.meet(bob)
    async with transaction(door.instance.pool) as conn:
        note = await make_note(conn, author)

    async def shared() -> list[str]:
        root, [page] = await read_pages(door, f"{alice.uri}/outbox")
        assert root["totalItems"] == len(page)
        return [item["object"] for item in page]

    for _ in range(2):
        async with transaction(door.instance.pool) as conn:
            await share(conn, door.instance.site, alice, note)
        assert await shared() == [note.uri]
        async with transaction(door.instance.pool) as conn:
            await unshare(conn, door.instance.site, alice, note)
        assert await shared() == []
    async with transaction(door.instance.pool) as conn:
        await share(conn, door.instance.site, alice, note)
        assert await reactions.find_share(conn, actor_id=alice.id, post_id=note.id)
    await door.execute("DELETE FROM post WHERE id = $1", note.id)
    assert await shared() == []


async def test_co04_what_somebody_suspended_wrote_leaves_the_outbox_of_the_stream(
    door: Door, alice: Actor, offres: Actor
) -> None:
    await publish_tent(door, alice)
    await door.execute("UPDATE actor SET suspended_at = now() WHERE id = $1", alice.id)

    root, [page] = await read_pages(door, f"{offres.uri}/outbox")

    assert (root["totalItems"], page) == (0, [])


@pytest.mark.parametrize("who", ["blocked", "blocking"])
async def test_co04_a_stream_shows_a_reader_nothing_of_whoever_blocks_her(
    door: Door, alice: Actor, offres: Actor, bob: Person, who: str
) -> None:
    reader = await door.meet(bob)
    async with transaction(door.instance.pool) as conn:
        carl = await make_local_actor(conn, "carl", **make_here(door.instance, "carl"))
    await publish_tent(door, alice)
    other = await publish_tent(door, carl)
    await door.block(*((alice, reader) if who == "blocked" else (reader, alice)))

    root, [page] = await read_pages(door, f"{offres.uri}/outbox", reader=bob)

    assert root["totalItems"] == 4
    assert {item["object"] for item in page if isinstance(item["object"], str)} == {other.uri}
    assert len(page) == 2


async def test_co04_whoever_is_blocked_reads_no_collection(door: Door, alice: Actor, bob: Person) -> None:
    await publish_tent(door, alice)
    await door.block(alice, await door.meet(bob))

    for part in ("outbox", "outbox?before=9", "followers", "following"):
        assert (await door.get(f"{alice.uri}/{part}", reader=bob)).status == 404


async def test_co05_featured_holds_what_is_pinned_and_nothing_for_whom_is_blocked(
    door: Door, alice: Actor, bob: Person
) -> None:
    empty = await door.get(f"{alice.uri}/featured")
    listing = await publish_tent(door, alice)
    async with transaction(door.instance.pool) as conn:
        await pins.pin(conn, alice.id, listing.id)
    pinned = await door.get(f"{alice.uri}/featured", reader=bob)
    await door.block(alice, await door.meet(bob))

    assert (empty.status, empty.json["type"], empty.json["totalItems"]) == (200, "OrderedCollection", 0)
    assert empty.json["orderedItems"] == []
    assert (pinned.json["totalItems"], pinned.json["orderedItems"]) == (1, [listing.uri])
    assert (await door.get(f"{alice.uri}/featured", reader=bob)).json == empty.json
    assert (await door.get(f"{alice.uri}/featured")).json == pinned.json


async def test_co06_an_inbox_is_not_read(door: Door, alice: Actor, bob: Person) -> None:
    for reader in (None, bob):
        assert (await door.get(alice.inbox, reader=reader)).status == 403
        assert (await door.get(f"{door.instance.site.url}/inbox", reader=reader)).status == 403
        assert (await door.get(f"{door.instance.site.url}/users/nobody/inbox", reader=reader)).status == 404


async def test_co06_an_outbox_is_not_written(door: Door, alice: Actor, bob: Person) -> None:
    answer = await door.post(f"{alice.uri}/outbox", bob)

    assert (answer.status, answer.headers["Allow"]) == (405, "GET,HEAD")
    assert await door.instance.pool.fetchval("SELECT count(*) FROM received") == 0


@pytest.mark.parametrize("part", PARTS)
async def test_nobody_has_no_collections(door: Door, part: str) -> None:
    assert (await door.get(f"{door.instance.site.url}/users/nobody/{part}")).status == 404
