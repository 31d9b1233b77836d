"""Whether somebody elsewhere may quote what they quote: what is quoted and its stamp are looked at (FEP-044f)."""

from typing import Any

import pytest

from federation.errors import Cause, FetchFailed
from inbox.posts.quote_checks import verify_quote
from models import posts
from models.limits import TOLD_FETCHES
from models.people.actors import Actor
from models.posts.quotes import quotes
from models.posts.quotes.quotes import Quote
from models.store.database import connection, execute
from tests.factories import make_note
from tests.fediverse import Person
from tests.inbox.desk import Desk


async def quote(desk: Desk, bob: Person, quoted: str, stamp: str | None = None) -> Quote:
    """Bob's post says that it quotes this, with this stamp."""
    async with connection(desk.instance.pool) as conn:
        author = await desk.meet(bob)
        return await quotes.save(conn, await make_note(conn, author), quoted, stamp)


async def verify(desk: Desk, held: Quote) -> str:
    """What becomes of it."""
    await verify_quote(desk.instance, {"id": held.id})
    async with connection(desk.instance.pool) as conn:
        found = await quotes.find(conn, held.id)
    return "" if found is None else found.state


def serve(desk: Desk, person: Person) -> dict[str, Any]:
    """A note as its server shows it."""
    note = desk.note(person)
    desk.fediverse.documents[note["id"]] = note
    return note


@pytest.fixture
def carol(desk: Desk) -> Person:
    """Whom Bob quotes, at another server."""
    return desk.fediverse.add_person("carol", "lens.test")


async def test_what_is_here_already_is_not_fetched_again(desk: Desk, bob: Person, carol: Person) -> None:
    author = await desk.meet(carol)
    async with connection(desk.instance.pool) as conn:
        quoted = await make_note(conn, author)
        gone = await make_note(conn, author)
        await posts.delete(conn, gone.id)
    desk.fediverse.fetched.clear()

    for one in (quoted, gone):
        assert await verify(desk, await quote(desk, bob, one.uri)) == "pending"

    assert [uri for uri in desk.fediverse.fetched if "lens.test" in uri] == []


async def test_what_is_not_here_is_fetched_within_the_budget(desk: Desk, bob: Person, carol: Person) -> None:
    note = serve(desk, carol)
    while desk.instance.counter.spend(TOLD_FETCHES, "lens.test"):
        pass

    with pytest.raises(FetchFailed) as failed:
        await verify(desk, await quote(desk, bob, note["id"]))

    assert (failed.value.cause, failed.value.retry) == (Cause.TOO_MANY_FETCHES, True)
    assert note["id"] not in desk.fediverse.fetched


async def test_one_of_ours_that_is_not_there_is_asked_of_nobody(desk: Desk, bob: Person, alice: Actor) -> None:
    assert await verify(desk, await quote(desk, bob, f"{alice.uri}/notes/1")) == "pending"
    assert f"{alice.uri}/notes/1" not in desk.fediverse.fetched


@pytest.mark.parametrize("changes", [{}, {"attributedTo": "x"}, {"interactingObject": "x"}, {"interactionTarget": "x"}])
async def test_a_stamp_grants_one_post_the_quote_of_one_other(
    desk: Desk, bob: Person, carol: Person, changes: dict[str, str]
) -> None:
    note = serve(desk, carol)
    uri = f"{carol.uri}/stamps/1"
    held = await quote(desk, bob, note["id"], uri)
    stamp = {
        "id": uri,
        "type": "QuoteAuthorization",
        "attributedTo": carol.uri,
        "interactingObject": held.quoting_uri,
        "interactionTarget": note["id"],
    }
    wrong = {name: f"{carol.uri}/{value}" for name, value in changes.items()}
    desk.fediverse.documents[uri] = stamp | wrong

    assert await verify(desk, held) == ("rejected" if changes else "accepted")


@pytest.mark.parametrize("retry", [True, False])
async def test_a_stamp_that_cannot_be_had_for_now_is_asked_for_later(
    desk: Desk, bob: Person, carol: Person, retry: bool
) -> None:
    note, uri = serve(desk, carol), f"{carol.uri}/stamps/1"
    cause = Cause.TIMED_OUT if retry else Cause.GONE
    desk.fediverse.documents[uri] = FetchFailed(cause, "lens.test", retry=retry)
    held = await quote(desk, bob, note["id"], uri)

    if retry:
        with pytest.raises(FetchFailed):
            await verify(desk, held)
    else:
        assert await verify(desk, held) == "rejected"


async def test_what_is_quoted_and_cannot_be_had_for_now_is_asked_for_later(
    desk: Desk, bob: Person, carol: Person
) -> None:
    note = serve(desk, carol)
    desk.fediverse.documents[note["id"]] = FetchFailed(Cause.TIMED_OUT, "lens.test", retry=True)

    with pytest.raises(FetchFailed):
        await verify(desk, await quote(desk, bob, note["id"]))


async def test_a_stamp_of_another_server_is_none_and_without_one_nothing_is_said(
    desk: Desk, bob: Person, carol: Person
) -> None:
    note = serve(desk, carol)

    assert await verify(desk, await quote(desk, bob, note["id"], "https://evil.test/stamps/1")) == "rejected"
    assert await verify(desk, await quote(desk, bob, note["id"])) == "pending"
    assert "https://evil.test/stamps/1" not in desk.fediverse.fetched


async def test_who_quotes_herself_needs_no_stamp_and_ours_grant_none_here(
    desk: Desk, bob: Person, alice: Actor
) -> None:
    own = serve(desk, bob)
    async with connection(desk.instance.pool) as conn:
        ours = await make_note(conn, alice)

    assert await verify(desk, await quote(desk, bob, own["id"])) == "accepted"
    assert await verify(desk, await quote(desk, bob, ours.uri, f"{alice.uri}/stamps/1")) == "pending"


async def test_what_is_not_for_everybody_is_not_quoted(desk: Desk, bob: Person, carol: Person) -> None:
    author = await desk.meet(carol)
    async with connection(desk.instance.pool) as conn:
        quoted = await make_note(conn, author)
        await execute(conn, "UPDATE post SET audience = 'followers' WHERE id = $1", quoted.id)

    assert await verify(desk, await quote(desk, bob, quoted.uri, f"{carol.uri}/stamps/1")) == "pending"
    assert f"{carol.uri}/stamps/1" not in desk.fediverse.fetched
