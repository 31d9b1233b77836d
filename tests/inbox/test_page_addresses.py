"""The address of a page of ours, wherever others name something of ours with it."""

import json
from typing import Any

import pytest

from federation.uris import listing_uri, listing_url, note_uri, note_url
from inbox.posts.lookup import look_up
from models import posts
from models.listings.listings import Listing
from models.people.actors import Actor
from models.posts import Post
from models.store.database import connection
from tests.factories import HERE, make_listing, make_note
from tests.fediverse import Person
from tests.inbox.desk import Desk
from tests.inbox.remote_people import add_stranger
from tests.payloads import load, load_json

UUID = "f3913add-3d27-4f17-8974-8cd376dbc1e9"
"""Of the listing that the recorded answer names."""

NOTE = "0b3e7b5e-9f55-4a2c-bb4b-4e3b6d0a8c11"


@pytest.fixture
async def ladder(desk: Desk, alice: Actor) -> Listing:
    """An offer of Alice's."""
    async with connection(desk.instance.pool) as conn:
        uri, url = listing_uri(HERE, "alice", UUID), listing_url(HERE, UUID)
        return await make_listing(conn, alice, title="Échelle", post={"uri": uri, "url": url})


@pytest.fixture
async def greeting(desk: Desk, alice: Actor) -> Post:
    """A note of Alice's."""
    async with connection(desk.instance.pool) as conn:
        return await make_note(conn, alice, uri=note_uri(HERE, "alice", NOTE), url=note_url(HERE, "alice", NOTE))


async def test_an_answer_of_wordpress_to_the_page_of_a_listing_is_an_answer_to_the_listing(
    desk: Desk, alice: Actor, ladder: Listing
) -> None:
    document = json.loads(load("wordpress/create_reply_by_page").replace(b"https://lomme.test", HERE.url.encode()))
    shown = {key: value for key, value in load_json("wordpress/actor").items() if key != "publicKey"}
    mairie = add_stranger(desk.fediverse, document["actor"], **shown)
    assert document["inReplyTo"] == ladder.post.url

    await desk.take(mairie, document)

    assert await desk.value("SELECT in_reply_to_id FROM post WHERE NOT local") == ladder.id
    assert await desk.value("SELECT in_reply_to_uri FROM post WHERE NOT local") == ladder.uri
    assert await desk.told(alice) == ["mention"]


@pytest.mark.parametrize("typed", ["", "?fait=published", "#repondre", "/"])
async def test_whatever_stands_behind_the_address_it_is_the_same_page(
    desk: Desk, bob: Person, ladder: Listing, typed: str
) -> None:
    await desk.take(bob, desk.create(bob, desk.note(bob, inReplyTo=f"{ladder.post.url}{typed}")))

    assert await desk.value("SELECT in_reply_to_id FROM post WHERE NOT local") == ladder.id


async def test_an_answer_to_the_page_of_a_note_is_an_answer_to_the_note(
    desk: Desk, bob: Person, greeting: Post
) -> None:
    await desk.take(bob, desk.create(bob, desk.note(bob, inReplyTo=greeting.url)))

    assert await desk.value("SELECT in_reply_to_id FROM post WHERE NOT local") == greeting.id


async def test_a_message_to_a_profile_page_reaches_whoever_it_is(desk: Desk, bob: Person, alice: Actor) -> None:
    named: dict[str, Any] = {"type": "Mention", "href": alice.url, "name": "@alice"}

    await desk.take(bob, desk.create(bob, desk.note(bob, to=[alice.url], cc=[], tag=[named])))

    assert await desk.value("SELECT audience FROM post WHERE NOT local") == "direct"
    assert await desk.told(alice) == ["mention"]


@pytest.mark.parametrize(("type", "told"), [("Like", "favourite"), ("Announce", "reblog")])
async def test_pages_are_liked_and_shared_and_the_same_is_taken_back(
    desk: Desk, bob: Person, alice: Actor, ladder: Listing, type: str, told: str
) -> None:
    act = desk.activity(bob, type, ladder.post.url)
    table = "favourite" if type == "Like" else "share"

    await desk.take(bob, act)
    assert await desk.value(f"SELECT post_id FROM {table}") == ladder.id
    assert await desk.told(alice) == [told]

    lost = {key: value for key, value in act.items() if key != "@context"} | {"id": f"{bob.uri}/activities/other"}
    await desk.take(bob, desk.activity(bob, "Undo", lost))
    assert await desk.value(f"SELECT count(*) FROM {table}") == 0


@pytest.mark.parametrize("asked", ["page", "id"])
@pytest.mark.parametrize("quoted", ["page", "id"])
async def test_whoever_asks_to_quote_a_page_quotes_what_it_shows(
    desk: Desk, bob: Person, alice: Actor, greeting: Post, asked: str, quoted: str
) -> None:
    await desk.follow(alice, bob)
    named = {"page": greeting.url, "id": greeting.uri}
    mention: dict[str, Any] = {"type": "Mention", "href": alice.url, "name": "@alice"}
    note = desk.note(bob, quote=named[quoted], tag=[mention])

    await desk.take(bob, desk.activity(bob, "QuoteRequest", named[asked], instrument=note))

    assert [one["type"] for one in await desk.sent()] == ["Accept"]
    assert await desk.value("SELECT actor_id FROM mention") == alice.id
    quote = await desk.row("SELECT quoted_id, quoting_uri, state FROM quote")
    assert (quote["quoted_id"], quote["quoting_uri"], quote["state"]) == (greeting.id, note["id"], "accepted")


async def test_a_note_that_quotes_a_page_quotes_what_it_shows(
    desk: Desk, bob: Person, alice: Actor, ladder: Listing
) -> None:
    await desk.follow(alice, bob)

    await desk.take(bob, desk.create(bob, desk.note(bob, quoteUrl=ladder.post.url)))

    quote = await desk.row("SELECT quoted_id, quoted_uri FROM quote")
    assert (quote["quoted_id"], quote["quoted_uri"]) == (ladder.id, ladder.uri)


@pytest.mark.parametrize("page", ["/@alice", "/@Alice", "/@alice@lomme.test"])
async def test_a_profile_page_can_be_followed_and_left(desk: Desk, bob: Person, alice: Actor, page: str) -> None:
    follow = desk.activity(bob, "Follow", f"{HERE.url}{page}")

    await desk.take(bob, follow)
    assert await desk.is_follower(bob, alice)

    await desk.take(bob, desk.activity(bob, "Undo", {key: follow[key] for key in ("type", "actor", "object")}))
    assert not await desk.is_follower(bob, alice)


async def test_a_page_is_reported_as_what_it_shows(desk: Desk, bob: Person, alice: Actor, ladder: Listing) -> None:
    await desk.take(bob, desk.activity(bob, "Flag", [ladder.post.url], content="Arnaque"))

    report = await desk.row("SELECT target_id, object_uris FROM report")
    assert (report["target_id"], report["object_uris"]) == (alice.id, [ladder.uri])


async def test_what_was_fetched_names_pages_of_ours_too(desk: Desk, bob: Person, ladder: Listing) -> None:
    note = desk.note(bob, inReplyTo=ladder.post.url)
    desk.fediverse.documents[note["id"]] = note

    found = await look_up(desk.instance, note["id"])

    assert isinstance(found, Post) and found.in_reply_to_uri == ladder.uri


async def test_the_page_of_somebody_else_or_of_nothing_is_left_as_it_is(
    desk: Desk, bob: Person, alice: Actor, ladder: Listing
) -> None:
    await desk.follow(alice, bob)
    named = [f"https://else.test/annonces/{UUID}", f"{HERE.url}/annonces/{NOTE}", f"{HERE.url}/annonces"]

    for uri in named:
        await desk.take(bob, desk.create(bob, desk.note(bob, inReplyTo=uri)))

    async with connection(desk.instance.pool) as conn:
        rows = await conn.fetch("SELECT in_reply_to_uri, in_reply_to_id FROM post WHERE NOT local ORDER BY id")
        assert [(row[0], row[1]) for row in rows] == [(uri, None) for uri in named]
        assert await posts.find_by_uri(conn, ladder.uri) is not None
    assert await desk.told(alice) == []


async def test_whoever_addresses_a_thousand_pages_makes_us_look_for_none(
    desk: Desk, bob: Person, ladder: Listing, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    async def find_by_url(_: object, url: str) -> None:
        asked.append(url)

    monkeypatch.setattr("inbox.page_addresses.listings.find_by_url", find_by_url)
    pages = [f"{HERE.url}/annonces/{UUID[:-4]}{number:04}" for number in range(1000)]

    await desk.take(bob, desk.create(bob, desk.note(bob, to=pages, cc=[], inReplyTo=ladder.post.url)))

    assert asked == [ladder.post.url]


async def test_members_find_their_own_pages_by_address(desk: Desk, ladder: Listing, greeting: Post) -> None:
    for typed in (ladder.post.url, f"{ladder.post.url}?fait=published", ladder.uri):
        assert (await look_up(desk.instance, typed)).id == ladder.id
    assert (await look_up(desk.instance, f"{greeting.url}#r")).id == greeting.id
