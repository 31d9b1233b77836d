"""Stamps of quotes at their addresses: what was granted, as long as it holds (FEP-044f)."""

from typing import Any

import pytest

from models.people.actors import Actor
from models.posts import Post
from models.posts.quotes import quotes
from models.posts.quotes.quotes import Quote
from models.store.database import connection, execute, transaction
from tests.factories import make_note, make_remote_actor
from tests.web.activitypub.conftest import Door


@pytest.fixture
async def note(door: Door, alice: Actor) -> Post:
    """A public note of Alice."""
    async with connection(door.instance.pool) as conn:
        return await make_note(conn, alice, audience="network")


@pytest.fixture
async def quote(door: Door, alice: Actor, note: Post) -> Quote:
    """Bob, elsewhere, quotes it with her agreement."""
    async with transaction(door.instance.pool) as conn:
        bob = await make_remote_actor(conn)
        return await quotes.grant(
            conn,
            quoting_uri=f"{bob.uri}/notes/1",
            actor_id=bob.id,
            quoted=note,
            request_uri=f"{bob.uri}/requests/1",
            stamp_uri=f"{alice.uri}/quotes/00000000-0000-4000-8000-000000000001",
        )


async def test_a_stamp_says_who_agrees_to_what(door: Door, alice: Actor, note: Post, quote: Quote) -> None:
    answer = await door.get(str(quote.stamp_uri))

    assert answer.status == 200
    context = answer.json.pop("@context")[1]
    assert answer.json == {
        "id": quote.stamp_uri,
        "type": "QuoteAuthorization",
        "attributedTo": alice.uri,
        "interactingObject": quote.quoting_uri,
        "interactionTarget": note.uri,
    }
    assert context["QuoteAuthorization"] == "https://w3id.org/fep/044f#QuoteAuthorization"
    assert context["interactingObject"] == {"@id": "gts:interactingObject", "@type": "@id"}


async def test_whoever_else_names_it_as_a_stamp_hides_it_from_nobody(door: Door, quote: Quote) -> None:
    async with transaction(door.instance.pool) as conn:
        eve = await make_remote_actor(conn, "eve", "eve.test")
        lie = await quotes.save(conn, await make_note(conn, eve), "https://else.test/1", quote.stamp_uri)
        await execute(conn, "UPDATE quote SET id = $2 WHERE id = $1", lie.id, quote.id - 1)

    answer = await door.get(str(quote.stamp_uri))

    assert (answer.status, answer.json["interactingObject"]) == (200, quote.quoting_uri)


@pytest.mark.parametrize(
    "case",
    [
        "UPDATE quote SET state = 'revoked'",
        "UPDATE post SET audience = 'followers'",
        "UPDATE post SET deleted_at = now()",
        "DELETE FROM quote",
    ],
)
async def test_ob03_what_holds_no_longer_looks_like_what_never_was(door: Door, quote: Quote, case: Any) -> None:
    await door.execute(case)

    there = await door.get(str(quote.stamp_uri))
    never = await door.get(str(quote.stamp_uri).replace("0001", "0002"))

    assert (there.status, there.body) == (404, never.body)
