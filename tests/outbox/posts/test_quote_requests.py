"""Our people quote (FEP-044f): what they may quote, what is agreed at once, and what a no takes back."""

from typing import Any

import pytest

from models import posts
from models.errors import DeclicError, Invalid, NotFound
from models.news import notifications
from models.news.notifications import NotificationPage
from models.people.actors import Actor
from models.posts import Audience
from models.posts.quotes import quotes
from models.posts.quotes.quotes import Quote
from models.relations.blocking import blocks
from models.store.database import Connection
from outbox.posts.notes import NoteDraft, publish
from outbox.posts.quote_requests import begin, get_quotable, may_quote, process_accepted_quote, process_refused_quote
from tests.factories import HERE, make_follow, make_member, make_note, make_remote_actor
from tests.inbox.desk import PUBLIC
from tests.outbox.sent_activities import list_sent


def wish(*uris: str) -> dict[str, Any]:
    """Who may quote, as whoever wrote it says."""
    return {"interactionPolicy": {"canQuote": {"automaticApproval": list(uris)}}}


ALL, NOBODY = wish(PUBLIC), wish()
FOLLOWERS = wish("https://henin.test/users/bob/followers")


async def quote(conn: Connection, alice: Actor, author: Actor) -> Quote:
    """Alice quotes a note of theirs."""
    quoted = await make_note(conn, author, audience="network", raw=ALL)
    note = await publish(conn, HERE, alice, NoteDraft(text="À lire !", audience="network", quoted_id=quoted.id))
    found = await quotes.find_by_quoting(conn, note.id)
    assert found is not None
    return found


async def told(conn: Connection, reader: Actor) -> list[str]:
    """What the reader is told of."""
    return [one.type for one in await notifications.list_notifications(conn, reader.id, NotificationPage())]


async def test_one_of_ours_is_quoted_at_once_and_told(conn: Connection) -> None:
    alice, anna = await make_member(conn), await make_member(conn, "anna")

    made = await quote(conn, alice, anna)

    assert made.state == "accepted" and (made.stamp_uri or "").startswith(f"{anna.uri}/")
    assert await told(conn, anna) == ["quote"]
    assert "QuoteRequest" not in [one.type for one in await list_sent(conn)]


@pytest.mark.parametrize(("here", "state"), [(True, "accepted"), (False, "pending")])
async def test_whoever_begins_to_quote_learns_how_it_stands(conn: Connection, here: bool, state: str) -> None:
    alice, author = await make_member(conn), await (make_member(conn, "anna") if here else make_remote_actor(conn))
    quoted, note = await make_note(conn, author, audience="network", raw=ALL), await make_note(conn, alice)

    assert (await begin(conn, HERE, alice, note, quoted)).state == state


async def test_who_quotes_herself_needs_no_stamp_and_is_not_told(conn: Connection) -> None:
    alice = await make_member(conn)

    made = await quote(conn, alice, alice)

    assert (made.state, made.stamp_uri, await told(conn, alice)) == ("accepted", None, [])


async def test_somebody_elsewhere_is_asked_and_her_yes_goes_to_those_who_hold_the_note(conn: Connection) -> None:
    alice, bob, carl = (
        await make_member(conn),
        await make_remote_actor(conn),
        await make_remote_actor(conn, "carl", "c.test"),
    )
    await make_follow(conn, carl, alice)

    made = await quote(conn, alice, bob)
    await process_accepted_quote(conn, HERE, made, f"{bob.uri}/stamps/1")
    await process_accepted_quote(conn, HERE, made, f"{bob.uri}/stamps/1")

    assert made.state == "pending"
    assert [(one.type, one.hosts) for one in await list_sent(conn)] == [
        ("Create", ["c.test"]),
        ("QuoteRequest", ["henin.test"]),
        ("Update", ["c.test", "henin.test"]),
    ]


@pytest.mark.parametrize(("accepted", "state", "updates"), [(True, "revoked", 2), (False, "rejected", 0)])
async def test_a_no_takes_the_stamp_away_where_there_was_one(
    conn: Connection, accepted: bool, state: str, updates: int
) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    made = await quote(conn, alice, bob)
    if accepted:
        await process_accepted_quote(conn, HERE, made, f"{bob.uri}/stamps/1")
    held = await quotes.find(conn, made.id)
    assert held is not None

    await process_refused_quote(conn, HERE, held)

    now = await quotes.find(conn, made.id)
    assert now is not None and now.state == state
    assert [one.type for one in await list_sent(conn)].count("Update") == updates


async def test_a_no_to_a_note_that_is_not_here_or_not_ours_sends_nothing(conn: Connection) -> None:
    bob, carl = await make_remote_actor(conn), await make_remote_actor(conn, "carl", "c.test")
    quoted = await make_note(conn, bob)
    theirs = await quotes.save(conn, await make_note(conn, carl), quoted.uri)
    gone = await quotes.save(conn, await make_note(conn, carl), quoted.uri)
    for one in (theirs, gone):
        assert await quotes.settle(conn, one.id, "accepted", stamp_uri=f"{bob.uri}/stamps/{one.id}") is not None
    assert gone.quoting_id is not None
    held = [await quotes.find(conn, one.id) for one in (theirs, gone)]
    await posts.delete(conn, gone.quoting_id)

    stranger = await quotes.grant(
        conn,
        quoting_uri="https://c.test/notes/unknown",
        actor_id=carl.id,
        quoted=quoted,
        request_uri="https://c.test/requests/1",
        stamp_uri=f"{bob.uri}/stamps/3",
    )

    for known in (*held, stranger):
        assert known is not None
        await process_refused_quote(conn, HERE, known)

    assert await list_sent(conn) == []


@pytest.mark.parametrize(
    ("audience", "raw", "follows", "may"),
    [
        ("network", ALL, False, True),
        ("unlisted", ALL, False, True),
        ("followers", ALL, True, False),
        ("network", NOBODY, True, False),
        (
            "network",
            FOLLOWERS,
            True,
            True,
        ),
        (
            "network",
            FOLLOWERS,
            False,
            False,
        ),
    ],
)
async def test_what_its_author_wishes_is_what_may_be_quoted(
    conn: Connection, audience: Audience, raw: dict[str, Any], follows: bool, may: bool
) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    if follows:
        await make_follow(conn, alice, bob)
    quoted = await make_note(conn, bob, audience=audience, raw=raw)

    assert await may_quote(conn, alice, quoted) is may


async def test_nobody_quotes_whom_a_block_keeps_apart_from_her(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    quoted = await make_note(conn, bob, audience="network", raw=ALL)
    await blocks.save(conn, uri=f"{bob.uri}/blocks/1", actor_id=bob.id, target_id=alice.id)

    assert not await may_quote(conn, alice, quoted)


@pytest.mark.parametrize(
    ("author", "audience", "raw", "error"),
    [
        ("bob", "direct", ALL, Invalid),
        ("bob", "coop", ALL, Invalid),
        ("bob", "network", NOBODY, Invalid),
        ("nobody", "network", ALL, NotFound),
    ],
)
async def test_what_may_not_be_quoted_is_refused(
    conn: Connection, author: str, audience: Audience, raw: dict[str, Any], error: type[DeclicError]
) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    hidden = author == "nobody"
    quoted = await make_note(conn, bob, audience="direct" if hidden else "network", raw=raw)

    with pytest.raises(error):
        await get_quotable(conn, alice, quoted.id, audience)


@pytest.mark.parametrize("audience", ["network", "unlisted", "followers"])
async def test_what_may_be_quoted_is_had(conn: Connection, audience: Audience) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    quoted = await make_note(conn, bob, audience="network", raw=ALL)

    assert (await get_quotable(conn, alice, quoted.id, audience)).id == quoted.id
