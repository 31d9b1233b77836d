"""The address of a page of ours, in each kind of activity that may name one."""

from typing import Any

import pytest

from federation.uris import note_uri, note_url
from inbox.page_addresses import name_by_ids
from models.people.actors import Actor
from models.posts import Post
from models.store.database import connection
from tests.factories import HERE, make_note, make_remote_actor
from tests.inbox.desk import Desk
from tests.inbox.handlers.activities import by, note_by

NOTE = "0b3e7b5e-9f55-4a2c-bb4b-4e3b6d0a8c11"


@pytest.fixture
async def greeting(desk: Desk, alice: Actor) -> Post:
    """A note of Alice's."""
    async with connection(desk.instance.pool) as conn:
        return await make_note(conn, alice, uri=note_uri(HERE, "alice", NOTE), url=note_url(HERE, "alice", NOTE))


async def named(desk: Desk, type: str, object: Any, **changes: Any) -> Any:
    """The activity of somebody elsewhere, with ids instead of pages."""
    async with connection(desk.instance.pool) as conn:
        bob = await make_remote_actor(conn)
    if isinstance(object, dict):
        object = note_by(bob, **object)
    if "instrument" in changes:
        changes["instrument"] = note_by(bob, **changes["instrument"])
    return await name_by_ids(desk.instance, by(bob, type, object, **changes))


async def test_who_asks_to_quote_names_it_by_its_page_in_the_request_and_in_the_post(
    desk: Desk, greeting: Post
) -> None:
    found = await named(desk, "QuoteRequest", greeting.url, instrument={"quote": greeting.url})
    alone = await named(desk, "QuoteRequest", greeting.uri, instrument={"quote": greeting.url})

    assert (found.object, found.instrument.quote) == (greeting.uri, greeting.uri)
    assert alone.instrument.quote == greeting.uri


@pytest.mark.parametrize("type", ["Create", "Update"])
async def test_a_post_names_whom_and_what_it_is_about(desk: Desk, alice: Actor, greeting: Post, type: str) -> None:
    mention = {"type": "Mention", "href": alice.url, "name": "@alice"}
    about = {"inReplyTo": greeting.url, "to": [alice.url], "cc": [alice.url, "https://henin.test/@carol"]}

    note = (await named(desk, type, about | {"tag": [mention], "quote": greeting.url})).object

    assert (note.in_reply_to, note.quote) == (greeting.uri, greeting.uri)
    assert (note.to, note.cc) == ((alice.uri,), (alice.uri, "https://henin.test/@carol"))
    assert [one.href for one in note.mentions] == [alice.uri]


@pytest.mark.parametrize("type", ["Like", "Announce", "Follow", "Block"])
async def test_what_names_one_thing_names_it_by_its_id(desk: Desk, alice: Actor, greeting: Post, type: str) -> None:
    page, uri = (alice.url, alice.uri) if type in ("Follow", "Block") else (greeting.url, greeting.uri)

    assert (await named(desk, type, page)).object == uri


async def test_a_report_names_all_of_them(desk: Desk, alice: Actor, greeting: Post) -> None:
    found = await named(desk, "Flag", [alice.url, greeting.url, "https://henin.test/@carol"])

    assert found.objects == (alice.uri, greeting.uri, "https://henin.test/@carol")
