"""What two write to each other about a listing goes to the other one alone and stands in their thread."""

import json
from datetime import timedelta

import pytest

from models import posts
from models.errors import Conflict
from models.exchanges import exchanges, own_exchanges
from models.exchanges.agreements import Terms
from models.exchanges.exchanges import Exchange
from models.news import news
from models.people.actors import Actor
from models.posts import Post
from models.relations.blocking import blocks
from models.settings import Site
from models.store.database import Connection, execute, fetch_value
from outbox.exchanges.agreements import agreements
from outbox.posts import notes
from outbox.posts.notes import NoteDraft
from outbox.threads import messages
from outbox.threads.messages import Words, share_contact
from tests.factories import HERE, make_listing, make_local_actor, make_member, make_remote_actor
from tests.outbox.threads.test_terms_in_words import START
from tests.rulings import rule


async def write(conn: Connection, site: Site, author: Actor, thread: Exchange, words: Words) -> Post:
    """As between people with accounts: a post."""
    post = await messages.write(conn, site, author, thread, words)
    assert post is not None
    return post


async def test_the_first_word_answers_the_listing_and_the_next_the_last_word_of_the_other(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    listing = await make_listing(conn, alice)
    thread = await exchanges.open(conn, listing_id=listing.id, owner_id=alice.id, partner_id=bob.id)

    first = await write(conn, HERE, alice, thread, Words(text="Bonjour Bob"))
    body = json.loads(await fetch_value(conn, "SELECT body FROM activity ORDER BY id DESC LIMIT 1"))

    assert first.in_reply_to_id == listing.id
    assert (body["object"]["to"], body["object"].get("cc", [])) == ([bob.uri], [])
    entries = await exchanges.list_entries(conn, thread.id)
    assert [entry.id for entry in entries] == [first.id]


async def test_a_partner_answers_and_is_answered_in_the_same_thread(conn: Connection) -> None:
    alice, carol = await make_member(conn), await make_member(conn, "carol")
    listing = await make_listing(conn, alice)
    thread = await exchanges.open(conn, listing_id=listing.id, owner_id=alice.id, partner_id=carol.id)

    asked = await write(conn, HERE, carol, thread, Words(text="Est-elle libre ?"))
    answered = await write(conn, HERE, alice, thread, Words(text="Oui"))
    again = await write(conn, HERE, alice, thread, Words(text="Et samedi aussi"))

    assert (answered.in_reply_to_id, again.in_reply_to_id) == (asked.id, asked.id)
    assert [one.id for one in await exchanges.list_entries(conn, thread.id)] == [asked.id, answered.id, again.id]
    assert {asked.audience, answered.audience, again.audience} == {"direct"}


async def test_after_the_listing_is_gone_one_answers_what_was_said(conn: Connection) -> None:
    alice, carol = await make_member(conn), await make_member(conn, "carol")
    listing = await make_listing(conn, alice)
    thread = await exchanges.open(conn, listing_id=listing.id, owner_id=alice.id, partner_id=carol.id)
    await execute(conn, "UPDATE post SET deleted_at = now() WHERE id = $1", listing.id)
    with pytest.raises(Conflict, match="nothing_to_answer"):
        await write(conn, HERE, carol, thread, Words(text="Bonjour"))

    await execute(conn, "UPDATE post SET deleted_at = NULL WHERE id = $1", listing.id)
    await write(conn, HERE, carol, thread, Words(text="Bonjour"))
    await execute(conn, "UPDATE post SET deleted_at = now() WHERE id = $1", listing.id)
    last = await write(conn, HERE, alice, thread, Words(text="Elle est partie, désolée."))

    assert [one.id for one in await exchanges.list_entries(conn, thread.id)][-1] == last.id


async def test_nobody_writes_to_whoever_is_gone_or_does_not_want_it(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    listing = await make_listing(conn, alice)
    thread = await exchanges.open(conn, listing_id=listing.id, owner_id=alice.id, partner_id=bob.id)
    await blocks.save(conn, uri="https://henin.test/b", actor_id=bob.id, target_id=alice.id)

    with pytest.raises(Conflict, match="messaging_blocked"):
        await write(conn, HERE, alice, thread, Words(text="Bonjour"))
    await blocks.remove(conn, actor_id=bob.id, target_id=alice.id)
    await execute(conn, "UPDATE actor SET deleted_at = now() WHERE id = $1", bob.id)
    with pytest.raises(Conflict, match="messaging_blocked"):
        await write(conn, HERE, alice, thread, Words(text="Bonjour"))


async def test_contact_details_go_in_a_message_and_the_thread_says_that_they_were_given(conn: Connection) -> None:
    alice, carol = await make_member(conn), await make_member(conn, "carol")
    listing = await make_listing(conn, alice)
    thread = await exchanges.open(conn, listing_id=listing.id, owner_id=alice.id, partner_id=carol.id)

    post = await share_contact(conn, HERE, carol, thread, Words(text="Voici mon téléphone : 06"))
    assert post is not None

    message, event = await exchanges.list_entries(conn, thread.id)
    assert (message.id, event.kind) == (post.id, "event")
    [given] = await exchanges.list_events(conn, [event.id])
    assert (given.kind, given.actor_id, given.details) == ("contact", carol.id, {})


async def test_a_partner_hears_all_that_somebody_limited_says_and_agrees_to_in_their_exchange(conn: Connection) -> None:
    """Whom she does not follow: the thread, its news and the listing are hers, and lists show nothing else."""
    await make_local_actor(conn, "instance", type="Application")
    alice, carol, dora = [await make_member(conn, name) for name in ("alice", "carol", "dora")]
    listing = await make_listing(conn, alice)
    thread = await exchanges.open(conn, listing_id=listing.id, owner_id=alice.id, partner_id=carol.id)
    await write(conn, HERE, carol, thread, Words(text="Est-elle libre ?"))
    await rule(conn, alice, "limit")

    said = await write(conn, HERE, alice, thread, Words(text="Oui, dimanche."))
    await agreements.propose(conn, HERE, alice, thread, Terms(begins_at=START, ends_at=START + timedelta(days=1)))

    assert await posts.filter_wanted(conn, [said.id, listing.id], carol.id) == {said.id}
    assert await posts.filter_visible(conn, [listing.id], carol.id) == {listing.id}
    assert [one.id for one in await own_exchanges.list_waiting(conn, carol.id)] == [thread.id]
    assert await fetch_value(conn, "SELECT count(*) FROM unread_exchange WHERE reader_id = $1", carol.id) == 1
    told = await news.list_threads(conn, carol.id)
    assert [one.exchange_id for one in told] == [thread.id]
    [tent] = await posts.list_by_ids(conn, [listing.id])
    public = await notes.answer(conn, HERE, alice, tent, NoteDraft(text="À tous", audience="network"))
    assert await posts.filter_known(conn, [public.id], dora.id) == set()
    assert await posts.filter_wanted(conn, [public.id], dora.id) == {public.id}, "below what Dora opened"
