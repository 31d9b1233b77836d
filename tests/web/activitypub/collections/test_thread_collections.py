"""What hangs on a post: answers, the thread, likes and shares, under the filter of the post itself (CO2 to CO4)."""

import pytest

from models.people.actors import Actor
from models.relations import reactions
from models.store.database import transaction
from outbox.posts.notes import reply
from tests.factories import make_note, make_remote_actor
from tests.fediverse import Person
from tests.web.activitypub.conftest import Door, publish_tent, read_pages


async def add_replies(door: Door, author: Actor, uri: str, count: int) -> list[str]:
    """Public answers to a post, oldest first; their ids."""
    async with transaction(door.instance.pool) as conn:
        return [(await make_note(conn, author, in_reply_to_uri=uri)).uri for _ in range(count)]


async def test_co04_answers_that_anybody_may_read_are_listed(door: Door, alice: Actor, bob: Person) -> None:
    uri = (await publish_tent(door, alice)).uri
    other = await door.meet(bob)
    async with transaction(door.instance.pool) as conn:
        public = await make_note(conn, other, in_reply_to_uri=uri)
        await make_note(conn, other, in_reply_to_uri=uri, audience="direct")
        await make_note(conn, other, in_reply_to_uri=uri, audience="followers")
        below = await reply(conn, door.instance.site, alice, public, "Merci", audience="network")

    for reader in (None, bob):
        replies, [answers] = await read_pages(door, f"{uri}/replies", reader=reader)
        context, [thread] = await read_pages(door, f"{uri}/context", reader=reader)
        assert (replies["type"], replies["totalItems"], answers) == ("Collection", 1, [public.uri])
        assert (context["type"], context["totalItems"]) == ("OrderedCollection", 3)
        assert thread == [uri, public.uri, below.uri] and context["attributedTo"] == alice.uri


@pytest.mark.parametrize(("part", "own"), [("replies", 0), ("context", 1)])
async def test_co02_each_answer_comes_once_while_new_ones_arrive(
    door: Door, alice: Actor, bob: Person, part: str, own: int
) -> None:
    uri = (await publish_tent(door, alice)).uri
    other = await door.meet(bob)
    expected = await add_replies(door, other, uri, 85)
    seen: list[str] = []
    following = (await door.get(f"{uri}/{part}")).json["first"]

    while following:
        page = (await door.get(following)).json
        items = page.get("items", page.get("orderedItems"))
        assert len(items) <= 40 and page["partOf"] == f"{uri}/{part}"
        seen += items
        following = page.get("next")
        if len(seen) < 85:
            expected += await add_replies(door, other, uri, 3)

    assert seen[own:] == expected and len(set(seen)) == len(seen)


async def test_co03_counts_are_the_same_for_all(door: Door, alice: Actor, bob: Person) -> None:
    uri = (await publish_tent(door, alice)).uri
    reader = await door.meet(bob)
    async with transaction(door.instance.pool) as conn:
        carl = await make_remote_actor(conn, "carl", "arras.test")
    [hidden] = await add_replies(door, carl, uri, 1)
    await door.block(carl, reader)

    for part in ("replies", "context"):
        everybody, _ = await read_pages(door, f"{uri}/{part}")
        hers, [page] = await read_pages(door, f"{uri}/{part}", reader=bob)
        assert hers["totalItems"] == everybody["totalItems"]
        assert hidden not in page


async def test_co04_answers_of_whoever_is_suspended_or_deleted_are_not_listed(
    door: Door, alice: Actor, bob: Person
) -> None:
    uri = (await publish_tent(door, alice)).uri
    other = await door.meet(bob)
    await add_replies(door, other, uri, 1)

    for column in ("suspended_at", "deleted_at"):
        await door.execute("UPDATE actor SET suspended_at = NULL, deleted_at = NULL WHERE id = $1", other.id)
        assert (await door.get(f"{uri}/replies")).json["totalItems"] == 1
        if column == "suspended_at":
            await door.execute("UPDATE actor SET suspended_at = now() WHERE id = $1", other.id)
        else:
            await door.execute("UPDATE actor SET deleted_at = now() WHERE id = $1", other.id)
        root, [page] = await read_pages(door, f"{uri}/replies")
        assert (root["totalItems"], page) == (0, [])


async def test_co04_likes_and_shares_are_counted_and_name_nobody(door: Door, alice: Actor, bob: Person) -> None:
    listing = await publish_tent(door, alice)
    reader = await door.meet(bob)
    async with transaction(door.instance.pool) as conn:
        await reactions.favourite(conn, uri=f"{bob.uri}/l/1", actor_id=reader.id, post_id=listing.id)
        await reactions.share(conn, uri=f"{bob.uri}/s/1", actor_id=reader.id, post_id=listing.id)

    note = (await door.get(listing.uri)).json
    for part in ("likes", "shares"):
        answer = await door.get(note[part])
        assert set(answer.json) == {"@context", "id", "type", "totalItems"}
        assert (answer.json["id"], answer.json["totalItems"]) == (f"{listing.uri}/{part}", 1)
        assert bob.uri.encode() not in answer.body


@pytest.mark.parametrize("part", ["replies", "context", "likes", "shares"])
async def test_co04_what_hangs_on_a_private_post_is_for_those_who_may_read_the_post(
    door: Door, alice: Actor, bob: Person, part: str
) -> None:
    uri = (await publish_tent(door, alice, audience="territories")).uri
    await door.befriend(bob, alice)
    eve = door.fediverse.add_person("eve")

    answer = await door.get(f"{uri}/{part}", reader=bob)
    assert (answer.status, answer.json["totalItems"]) == (200, 0)
    assert answer.headers["Cache-Control"] == "private, no-store"
    for reader in (None, eve):
        assert (await door.get(f"{uri}/{part}", reader=reader)).status == 404


@pytest.mark.parametrize("part", ["replies", "context", "likes", "shares"])
async def test_co04_whoever_is_blocked_reads_nothing_of_it(door: Door, alice: Actor, bob: Person, part: str) -> None:
    uri = (await publish_tent(door, alice)).uri
    await door.block(alice, await door.meet(bob))

    assert (await door.get(f"{uri}/{part}", reader=bob)).status == 404


@pytest.mark.parametrize("part", ["replies", "context"])
@pytest.mark.parametrize("after", ["abc", "-1", "9" * 40, ""])
async def test_co02_a_strange_page_is_the_first_one(
    door: Door, alice: Actor, bob: Person, part: str, after: str
) -> None:
    uri = (await publish_tent(door, alice)).uri
    [answer] = await add_replies(door, await door.meet(bob), uri, 1)

    page = (await door.get(f"{uri}/{part}?after={after}")).json

    assert answer in page.get("items", page.get("orderedItems"))
