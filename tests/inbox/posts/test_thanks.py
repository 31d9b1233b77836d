"""Which notes from elsewhere count as thanks: everything that is forged stays a note like any other."""

from datetime import UTC, datetime
from typing import Any

import pytest

from inbox.processing.dispatch import apply
from models import posts
from models.exchanges import agreements, exchange_messages, exchanges, thanks
from models.people.actors import Actor
from models.posts import Post
from models.store.database import Connection
from outbox.exchanges.agreements.fulfilment import report
from outbox.exchanges.agreements.thanks import ThanksNote, thank
from tests.confirmed_exchanges import exchange, list_lines
from tests.factories import make_follow, make_member, make_remote_actor
from tests.inbox.handlers.activities import by, note_by
from tests.server_pair import Pair, make_pair


@pytest.fixture
async def pair(conn: Connection, second_conn: Connection) -> Pair:
    """Alice of Lomme gave something to Bob of Hénin-Carvin, and both say so."""
    pair = await make_pair(conn, second_conn, mode="service")
    await exchange(pair)
    return pair


async def find_event(pair: Pair) -> str:
    """What Bob reported, as Lomme holds it."""
    reports = await agreements.list_reports(pair.here.conn, (await pair.here.get()).id)
    return next(one.uri for one in reports if one.actor_id == pair.here.partner.id)


async def write(pair: Pair, author: Actor, uri: str, *, type: str = "Create", **changes: Any) -> Post:
    """A note to Alice that says it thanks for this event, as it is kept in Lomme."""
    alice = pair.here.owner
    mention = {"type": "Mention", "href": alice.uri, "name": "@alice@lomme.test"}
    document = note_by(author, to=[alice.uri], cc=[], tag=[mention], inReplyTo=pair.here.listing.uri)
    document |= {"additionalType": ["Thanks"], "thanksFor": uri} | changes
    await apply(pair.here.conn, pair.here.site, author, by(author, type, document, to=document["to"]))
    found = await posts.find_by_uri(pair.here.conn, document["id"])
    assert found is not None
    return found


async def is_message(pair: Pair, post: Post) -> bool:
    """Whether it is an ordinary message of the thread."""
    return await exchange_messages.find_by_message(pair.here.conn, post.id) is not None


async def test_a_note_of_the_other_side_for_an_event_that_we_hold_counts(pair: Pair) -> None:
    post = await write(pair, pair.here.partner, await find_event(pair))

    assert [(who, note.id) for who, _, note in await list_lines(pair.here)] == [("bob", post.id)]
    assert not await is_message(pair, post)


async def test_the_events_of_either_side_stand_for_the_exchange(pair: Pair) -> None:
    reports = await agreements.list_reports(pair.here.conn, (await pair.here.get()).id)
    own = next(one.uri for one in reports if one.actor_id == pair.here.owner.id)

    await write(pair, pair.here.partner, own)

    assert len(await list_lines(pair.here)) == 1


async def test_an_event_that_nobody_here_knows_is_a_message(pair: Pair) -> None:
    for uri in (f"{pair.here.partner.uri}/events/9", pair.here.listing.uri, (await pair.here.get()).uri or ""):
        assert await is_message(pair, await write(pair, pair.here.partner, uri, id=f"{pair.here.partner.uri}/n/{uri}"))

    assert await list_lines(pair.here) == []


async def test_an_exchange_that_one_side_only_reports_is_thanked_for_by_nobody(
    conn: Connection, second_conn: Connection
) -> None:
    pair = await make_pair(conn, second_conn, mode="service")
    await exchange(pair, confirmed=False)
    [report] = await agreements.list_reports(conn, (await pair.here.get()).id)

    post = await write(pair, pair.here.partner, report.uri)

    assert await is_message(pair, post) and await list_lines(pair.here) == []


async def test_thanks_that_were_faster_than_the_report_count_once_it_has_come(
    conn: Connection, second_conn: Connection
) -> None:
    pair = await make_pair(conn, second_conn, mode="service")
    await exchange(pair, confirmed=False)
    there = pair.there
    await report(second_conn, there.site, there.partner, await there.get(), "done")
    await thank(second_conn, there.site, there.partner, await there.get(), ThanksNote(text="Merci !"))
    late, early = await there.list_new()

    await pair.here.receive(early)
    forged = await write(pair, await make_remote_actor(conn, "eve", "lens.test"), early["object"]["thanksFor"])
    assert await list_lines(pair.here) == []
    await pair.here.receive(late)

    assert [(who, note.uri) for who, _, note in await list_lines(pair.here)] == [("bob", early["object"]["id"])]
    assert forged.id not in (await thanks.list_notes(conn, [event.id for event in await _list_events(pair)])).values()


async def test_a_third_person_thanks_for_no_exchange_of_others(pair: Pair) -> None:
    carol = await make_remote_actor(pair.here.conn, "carol", "lens.test")
    everybody = ["https://www.w3.org/ns/activitystreams#Public"]

    await write(pair, carol, await find_event(pair), to=everybody, cc=[pair.here.owner.uri])

    assert await list_lines(pair.here) == []
    assert await thanks.list_received(pair.here.conn, pair.here.owner.id, hidden=True, limit=5) == []


async def test_the_second_note_is_a_message_and_the_first_one_stays(pair: Pair) -> None:
    uri, bob = await find_event(pair), pair.here.partner
    first = await write(pair, bob, uri)
    await write(pair, bob, uri)
    second = await write(pair, bob, uri, id=f"{bob.uri}/notes/second")

    assert [note.id for _, _, note in await list_lines(pair.here)] == [first.id]
    assert await is_message(pair, second)


async def test_thanks_that_who_is_thanked_cannot_read_are_none(pair: Pair) -> None:
    dave = await make_member(pair.here.conn, "dave")
    mention = {"type": "Mention", "href": dave.uri, "name": "@dave@lomme.test"}

    await write(pair, pair.here.partner, await find_event(pair), to=[dave.uri], tag=[mention])

    assert await list_lines(pair.here) == []


async def test_public_thanks_for_what_is_not_public_stand_on_no_profile(
    conn: Connection, second_conn: Connection
) -> None:
    pair = await make_pair(conn, second_conn, mode="service", post={"audience": "territories"})
    await make_follow(conn, pair.here.partner, pair.here.owner)
    await make_follow(second_conn, pair.there.partner, pair.there.owner)
    await exchange(pair)
    everybody = ["https://www.w3.org/ns/activitystreams#Public"]

    await write(pair, pair.here.partner, await find_event(pair), to=everybody, cc=[pair.here.owner.uri])

    assert len(await list_lines(pair.here)) == 1
    assert await thanks.list_received(conn, pair.here.owner.id, hidden=True, limit=5) == []


async def test_a_message_that_is_edited_into_thanks_counts_and_later_edits_keep_it(pair: Pair) -> None:
    bob, uri = pair.here.partner, await find_event(pair)
    one = {"id": f"{bob.uri}/notes/one"}
    first = await write(pair, bob, "https://henin.test/nothing", **one)
    now = datetime.now(UTC).isoformat()
    await write(pair, bob, uri, type="Update", updated=now, content="<p>Merci !</p>", **one)
    later = datetime.now(UTC).isoformat()
    await write(pair, bob, "https://henin.test/x", type="Update", updated=later, content="<p>Mille mercis !</p>", **one)

    [(_, _, note)] = await list_lines(pair.here)
    assert (note.id, note.content) == (first.id, "<p>Mille mercis !</p>")


async def test_deleted_thanks_leave_no_line(pair: Pair) -> None:
    bob = pair.here.partner
    post = await write(pair, bob, await find_event(pair))

    await apply(pair.here.conn, pair.here.site, bob, by(bob, "Delete", {"id": post.uri, "type": "Tombstone"}))

    held = await pair.here.get()
    assert await list_lines(pair.here) == []
    assert await thanks.find(pair.here.conn, held.id, bob.id) is None
    assert "thanked" not in [event.kind for event in await _list_events(pair)]


async def _list_events(pair: Pair) -> list[Any]:
    entries = await exchanges.list_entries(pair.here.conn, (await pair.here.get()).exchange_id)
    return await exchanges.list_events(pair.here.conn, [one.id for one in entries])
