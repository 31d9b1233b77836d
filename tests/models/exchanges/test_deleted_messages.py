"""A message that was taken back is the last word of nobody, and nobody is told of it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from models.exchanges import exchange_messages, exchange_notices, exchanges, thanks
from models.ids import make_id
from models.news import mail_fallback, news, news_mails
from models.news.mail_preferences import Choice
from models.people.actors import Actor
from models.posts import Post
from models.store.database import Connection, execute
from tests.factories import make_activity, make_agreement, make_listing, make_member, make_note, make_remote_actor
from tests.models.marks import GONE, Column, mark_deleted, mark_gone

NOW = datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Alice's listing, and Bob from elsewhere who asks for it."""

    alice: Actor
    bob: Actor
    listing: Post
    asked: Post
    thread_id: int


Read = Callable[[Connection, Scene], Awaitable[object]]


@pytest.fixture
async def scene(conn: Connection) -> Scene:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    listing = (await make_listing(conn, alice)).post
    asked = await make_note(
        conn, bob, audience="direct", in_reply_to_uri=listing.uri, mention_ids=(alice.id,), content="<p>Libre ?</p>"
    )
    thread = await exchanges.find(conn, listing_id=listing.id, partner_id=bob.id)
    assert thread is not None
    return Scene(alice=alice, bob=bob, listing=listing, asked=asked, thread_id=thread.id)


async def answer(conn: Connection, at: Scene) -> Post:
    """She says yes."""
    return await make_note(
        conn, at.alice, audience="direct", in_reply_to_uri=at.asked.uri, mention_ids=(at.bob.id,), source="Oui"
    )


async def list_mailed(conn: Connection, at: Scene) -> list[int]:
    choices = [Choice(kind="messages", rhythm="now", told_id=0)]
    found = await news_mails.list_unmailed(
        conn, at.alice.id, choices, since=NOW - timedelta(days=1), until=NOW + timedelta(days=1)
    )
    return [one.id for one in found]


HERS: dict[str, Read] = {
    "the last word": lambda conn, at: exchange_messages.find_last_message(conn, at.thread_id, at.bob.id),
    "what a mail repeats": lambda conn, at: mail_fallback.list_written(conn, at.thread_id, at.bob.id),
    "threads with news": lambda conn, at: news.list_threads(conn, at.alice.id),
    "news one by one": lambda conn, at: news.list_entries(conn, at.alice.id, [at.asked.id]),
    "news by mail": list_mailed,
}


@pytest.mark.parametrize("read", HERS.values(), ids=HERS)
async def test_it_is_there_until_it_is_taken_back(conn: Connection, scene: Scene, read: Read) -> None:
    before = await read(conn, scene)

    await mark_deleted(conn, scene.asked)

    assert before
    assert not await read(conn, scene)


async def test_the_same_words_are_no_second_tap_once_the_first_were_taken_back(conn: Connection, scene: Scene) -> None:
    answered = await answer(conn, scene)

    async def find() -> int | None:
        return await exchange_messages.find_repeated(conn, scene.thread_id, scene.alice.id, ["Oui"], 0)

    assert await find() == answered.id
    await mark_deleted(conn, answered)
    assert await find() is None


async def test_an_app_has_the_newest_before_it_that_stands(conn: Connection, scene: Scene) -> None:
    answered = await answer(conn, scene)

    async def find() -> int | None:
        found = await exchange_notices.find_last(conn, scene.thread_id, scene.alice.id)
        return found.id if found else None

    assert await find() == answered.id
    await mark_deleted(conn, answered)
    assert await find() == scene.asked.id

    notice = await make_note(conn, scene.alice, audience="direct")
    await execute(conn, "UPDATE post SET kind = 'notice' WHERE id = $1", notice.id)
    await exchange_notices.add(
        conn, post_id=notice.id, exchange_id=scene.thread_id, event_id=None, reader_id=scene.alice.id
    )
    assert await find() == notice.id
    await mark_deleted(conn, notice)
    assert await find() is None


async def make_stuck(conn: Connection, scene: Scene) -> Post:
    """Alice wrote two days ago, and the server of Bob does not answer."""
    stuck = await make_note(
        conn,
        scene.alice,
        id=make_id(NOW - timedelta(days=2)),
        audience="direct",
        in_reply_to_uri=scene.listing.uri,
        mention_ids=(scene.bob.id,),
    )
    activity_id = await make_activity(conn, scene.alice, object_uri=stuck.uri, public=False)
    await execute(
        conn,
        "INSERT INTO delivery (activity_id, actor_id, inbox, host, created_at) VALUES ($1, $2, $3, $4, $5)",
        activity_id,
        scene.alice.id,
        scene.bob.inbox,
        scene.bob.host,
        NOW - timedelta(days=2),
    )
    return stuck


@pytest.mark.parametrize("gone", ["message", *GONE])
async def test_no_mail_goes_about_what_was_taken_back_or_to_who_is_gone(
    conn: Connection, scene: Scene, gone: Column
) -> None:
    stuck = await make_stuck(conn, scene)
    before = await mail_fallback.list_stuck(conn, at=NOW)

    await (mark_deleted(conn, stuck) if gone not in GONE else mark_gone(conn, scene.bob, gone))

    assert [one.post_id for one in before] == [stuck.id]
    assert await mail_fallback.list_stuck(conn, at=NOW) == []


@pytest.mark.parametrize("gone", ["note", "listing"])
async def test_thanks_leave_the_profile_with_their_words_or_their_listing(conn: Connection, gone: str) -> None:
    alice, bob = await make_member(conn), await make_member(conn, "bob")
    listing = await make_listing(conn, alice)
    held = await make_agreement(conn, listing, bob, state="done")
    note = await make_note(conn, bob)
    event_id = await exchanges.add_event(conn, held.exchange_id, "thanked", agreement_id=held.id, actor_id=bob.id)
    assert event_id is not None
    await thanks.save(conn, event_id, agreement_id=held.id, author_id=bob.id, thanked_id=alice.id, post_id=note.id)
    before = await thanks.list_received(conn, alice.id, hidden=False, limit=5)

    await mark_deleted(conn, note if gone == "note" else listing.post)

    assert [one.post_id for one in before] == [note.id]
    assert await thanks.list_received(conn, alice.id, hidden=True, limit=5) == []


async def test_thanks_that_came_early_and_were_taken_back_are_not_looked_for(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    listing = await make_listing(conn, alice)
    held = await make_agreement(conn, listing, bob, state="done")
    uri = f"{alice.uri}/events/1"
    await execute(
        conn,
        "INSERT INTO economic_event (id, uri, agreement_id, actor_id, step, happened_at) "
        "VALUES (1, $1, $2, $3, 'done', now())",
        uri,
        held.id,
        alice.id,
    )
    early = await make_note(conn, bob, in_reply_to_uri=listing.uri, raw={"thanksFor": uri})
    before = await thanks.list_early(conn, held.id)

    await mark_deleted(conn, early)

    assert before == [early.id]
    assert await thanks.list_early(conn, held.id) == []
