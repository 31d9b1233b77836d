"""What ties a writer to one of our people: each fact alone, and what no longer counts."""

from collections.abc import Awaitable, Callable

import pytest

from models import posts
from models.exchanges import exchanges
from models.people.actors import Actor
from models.posts import Post
from models.posts.message_requests import known_senders
from models.posts.message_requests.known_senders import SenderRelation
from models.relations.blocking import blocks
from models.store.database import Connection, execute
from tests.factories import make_follow, make_listing, make_member, make_note, make_remote_actor

WRITTEN = "https://neu.test/notes/1"

ANSWERED = "https://lomme.test/notes/1"

Fact = Callable[[Connection, Actor, Actor], Awaitable[Post | None]]


async def look(conn: Connection, alice: Actor, eve: Actor, *, known: bool = False) -> list[str]:
    """What is true between Alice and Eve, who writes WRITTEN in answer to ANSWERED; the names of it."""
    [tie] = await known_senders.list_sender_relations(
        conn, author_id=eve.id, reader_ids=[alice.id], uri=WRITTEN, in_reply_to=ANSWERED, known=known
    )
    names = ("has_it", "barred", "follows", "exchanged", "wrote", "named", "answers")
    return [name for name in names if getattr(tie, name)]


async def have_it(conn: Connection, alice: Actor, eve: Actor) -> Post:
    return await make_note(conn, eve, uri=WRITTEN, mention_ids=(alice.id,))


async def answer_her(conn: Connection, alice: Actor, eve: Actor) -> Post:
    return await make_note(conn, alice, uri=ANSWERED)


async def answer_below_hers(conn: Connection, alice: Actor, eve: Actor) -> Post:
    root = await make_note(conn, alice)
    return await make_note(conn, await make_member(conn, "bruno"), uri=ANSWERED, in_reply_to_uri=root.uri)


async def answer_what_names_her(conn: Connection, alice: Actor, eve: Actor) -> Post:
    return await make_note(conn, await make_member(conn, "bruno"), uri=ANSWERED, mention_ids=(alice.id,))


async def answer_another(conn: Connection, alice: Actor, eve: Actor) -> Post:
    return await make_note(conn, await make_member(conn, "bruno"), uri=ANSWERED)


async def follow(conn: Connection, alice: Actor, eve: Actor) -> None:
    await make_follow(conn, alice, eve, state="pending")


async def be_refused(conn: Connection, alice: Actor, eve: Actor) -> None:
    await make_follow(conn, alice, eve, state="rejected")


async def be_followed(conn: Connection, alice: Actor, eve: Actor) -> None:
    await make_follow(conn, eve, alice)


async def ask_her(conn: Connection, alice: Actor, eve: Actor) -> None:
    listing = await make_listing(conn, alice)
    await exchanges.open(conn, listing_id=listing.id, owner_id=alice.id, partner_id=eve.id)


async def be_asked(conn: Connection, alice: Actor, eve: Actor) -> None:
    listing = await make_listing(conn, eve)
    await exchanges.open(conn, listing_id=listing.id, owner_id=eve.id, partner_id=alice.id)


async def write_to(conn: Connection, alice: Actor, eve: Actor) -> None:
    await make_note(conn, alice, mention_ids=(eve.id,))


async def be_named_by_another_server(conn: Connection, alice: Actor, eve: Actor) -> None:
    root = await make_note(conn, alice)
    await make_note(conn, await make_remote_actor(conn), in_reply_to_uri=root.uri, mention_ids=(eve.id,))


async def be_named_by_her_own_server(conn: Connection, alice: Actor, eve: Actor) -> None:
    root = await make_note(conn, alice)
    friend = await make_remote_actor(conn, "friend", eve.host)
    await make_note(conn, friend, in_reply_to_uri=root.uri, mention_ids=(eve.id,))


async def block(conn: Connection, alice: Actor, eve: Actor) -> None:
    await blocks.save(conn, uri="https://lomme.test/b", actor_id=alice.id, target_id=eve.id)


async def be_blocked(conn: Connection, alice: Actor, eve: Actor) -> None:
    await blocks.save(conn, uri="https://neu.test/b", actor_id=eve.id, target_id=alice.id)


async def block_another(conn: Connection, alice: Actor, eve: Actor) -> None:
    await block(conn, alice, await make_remote_actor(conn, "mallory", eve.host))


async def write_to_another(conn: Connection, alice: Actor, eve: Actor) -> None:
    await make_note(conn, alice, mention_ids=((await make_remote_actor(conn, "mallory", eve.host)).id,))


async def follow_another(conn: Connection, alice: Actor, eve: Actor) -> None:
    await make_follow(conn, alice, await make_remote_actor(conn, "mallory", eve.host))


@pytest.mark.parametrize(
    ("fact", "ties"),
    [
        (have_it, ["has_it"]),
        (answer_her, ["answers"]),
        (answer_below_hers, ["answers"]),
        (answer_what_names_her, ["answers"]),
        (answer_another, []),
        (follow, ["follows"]),
        (be_refused, []),
        (be_followed, []),
        (ask_her, ["exchanged"]),
        (be_asked, ["exchanged"]),
        (write_to, ["wrote", "named"]),
        (be_named_by_another_server, ["named"]),
        (be_named_by_her_own_server, []),
        (block, ["barred"]),
        (be_blocked, ["barred"]),
        (block_another, []),
        (write_to_another, []),
        (follow_another, []),
    ],
)
async def test_b57_each_tie_alone(conn: Connection, fact: Fact, ties: list[str]) -> None:
    alice, eve = await make_member(conn), await make_remote_actor(conn, "eve", "neu.test")
    bystander = await make_member(conn, "hocine")

    await fact(conn, alice, eve)

    assert await look(conn, alice, eve) == ties
    assert await look(conn, bystander, eve) == []


@pytest.mark.parametrize("fact", [have_it, answer_her, answer_below_hers, answer_what_names_her])
async def test_b57_what_was_deleted_ties_nobody(conn: Connection, fact: Fact) -> None:
    alice, eve = await make_member(conn), await make_remote_actor(conn, "eve", "neu.test")
    post = await fact(conn, alice, eve)
    assert post is not None

    await posts.delete(conn, post.id)

    assert await look(conn, alice, eve) == []


async def test_b57_of_known_servers_only_what_she_decided_is_looked_for(conn: Connection) -> None:
    alice, eve = await make_member(conn), await make_remote_actor(conn, "eve", "neu.test")
    await answer_her(conn, alice, eve)

    before = await look(conn, alice, eve, known=True)
    await execute(
        conn,
        "INSERT INTO correspondent (reader_id, author_id, welcome, decided_at) VALUES ($1, $2, false, now())",
        alice.id,
        eve.id,
    )
    sent_away = await look(conn, alice, eve, known=True)
    await execute(conn, "UPDATE correspondent SET decided_at = now() - interval '31 days'")
    later = await look(conn, alice, eve, known=True)

    assert (before, sent_away, later) == ([], ["answers"], [])


async def test_b57_only_people_of_ours_are_looked_at(conn: Connection) -> None:
    alice, eve = await make_member(conn), await make_remote_actor(conn, "eve", "neu.test")
    other = await make_remote_actor(conn)

    found = await known_senders.list_sender_relations(
        conn, author_id=eve.id, reader_ids=[alice.id, other.id], uri=WRITTEN, in_reply_to=None, known=False
    )

    assert found == [SenderRelation(reader_id=alice.id)]
