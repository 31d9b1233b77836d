"""Who asks to quote one of ours: the post that quotes in full, as our server or as whoever is quoted may read it."""

from typing import Any

import pytest

from federation.errors import Cause, FetchFailed
from federation.own_keys.key_pairs import make_key_pairs, save_local_keys
from federation.vocabulary.activities.activities import QuoteRequest
from federation.vocabulary.embedded import is_postlike, note_of
from inbox.errors import Ignored
from inbox.posts.quotes import resolve_request
from models.people.actors import Actor
from models.posts import Post
from models.store.database import connection, execute
from tests.factories import make_note
from tests.fediverse import Person
from tests.inbox.desk import Desk


@pytest.fixture
async def quoted(desk: Desk, alice: Actor) -> Post:
    """A post of Alice's, who has keys."""
    async with connection(desk.instance.pool) as conn:
        await save_local_keys(conn, desk.instance.site, alice, await make_key_pairs(desk.instance.settings))
        return await make_note(conn, alice)


async def resolve(desk: Desk, bob: Person, quoted: Post, instrument: Any) -> QuoteRequest:
    """Bob's server asks."""
    request = QuoteRequest(id=f"{bob.uri}/requests/1", actor=bob.uri, object=quoted.uri, instrument=instrument)
    return await resolve_request(desk.instance, request)


async def test_a_post_that_is_only_named_is_fetched_once(desk: Desk, bob: Person, quoted: Post) -> None:
    note = desk.note(bob)
    desk.fediverse.documents[note["id"]] = note

    found = await resolve(desk, bob, quoted, note["id"])

    assert is_postlike(found.instrument) and note_of(found.instrument).id == note["id"]
    assert desk.fediverse.fetched.count(note["id"]) == 1


@pytest.mark.parametrize("cause", [Cause.NOT_FOUND, Cause.FORBIDDEN, Cause.SIGNATURE_REFUSED])
async def test_what_our_server_may_not_read_is_asked_for_as_whoever_is_quoted(
    desk: Desk, bob: Person, alice: Actor, quoted: Post, cause: Cause
) -> None:
    note = desk.note(bob)
    desk.fediverse.documents[note["id"]] = note
    desk.fediverse.late[note["id"]] = [FetchFailed(cause, "henin.test")]

    found = await resolve(desk, bob, quoted, note["id"])

    assert is_postlike(found.instrument)
    assert (desk.fediverse.signers[-1] or "").startswith(alice.uri)


@pytest.mark.parametrize(("cause", "retry"), [(Cause.TIMED_OUT, True), (Cause.WRONG_TYPE, False)])
async def test_what_cannot_be_had_for_another_reason_is_not_asked_for_as_anybody(
    desk: Desk, bob: Person, quoted: Post, cause: Cause, retry: bool
) -> None:
    uri = f"{bob.uri}/notes/1"
    desk.fediverse.documents[uri] = FetchFailed(cause, "henin.test", retry=retry)

    with pytest.raises(FetchFailed) as failed:
        await resolve(desk, bob, quoted, uri)

    assert failed.value.cause is cause
    assert desk.fediverse.fetched.count(uri) == 1


async def test_what_nobody_here_may_read_stays_an_address_and_what_may_be_had_later_is_tried_again(
    desk: Desk, bob: Person, quoted: Post
) -> None:
    uri = f"{bob.uri}/notes/1"
    desk.fediverse.documents[uri] = FetchFailed(Cause.FORBIDDEN, "henin.test")

    assert (await resolve(desk, bob, quoted, uri)).instrument == uri

    other = f"{bob.uri}/notes/2"
    desk.fediverse.late[other] = [FetchFailed(Cause.FORBIDDEN, "henin.test")]
    desk.fediverse.documents[other] = FetchFailed(Cause.TIMED_OUT, "henin.test", retry=True)
    with pytest.raises(FetchFailed):
        await resolve(desk, bob, quoted, other)


async def test_what_is_gone_or_not_ours_cannot_be_quoted(desk: Desk, bob: Person, quoted: Post) -> None:
    with pytest.raises(Ignored):
        await resolve_request(
            desk.instance,
            QuoteRequest(id="", actor=bob.uri, object="https://arras.test/notes/1", instrument=f"{bob.uri}/notes/1"),
        )
    async with connection(desk.instance.pool) as conn:
        await execute(conn, "UPDATE post SET deleted_at = now() WHERE id = $1", quoted.id)
    with pytest.raises(Ignored):
        await resolve(desk, bob, quoted, f"{bob.uri}/notes/1")
    assert desk.fediverse.fetched == []
