"""When a listing is over, whoever talks about it with its author is told, and nobody who is done with it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from models import preferences
from models.exchanges import exchanges, guests
from models.exchanges.exchanges import Exchange
from models.listings.listings import Listing
from models.news import news
from models.people import actors
from models.people.actors import Actor
from models.store.database import Connection, execute, fetch_column, fetch_value
from outbox.exchanges.agreements import agreements
from outbox.exchanges.agreements.endings import refuse
from outbox.listings import listings as outbox
from outbox.listings.listing_expiry import expire
from outbox.threads.agreement_context import Said
from outbox.threads.messages import Words, write
from tests.factories import HERE, make_listing, make_local_actor, make_member, make_remote_actor
from tests.outbox.exchanges.test_guests import enter
from tests.outbox.listings.test_listing_expiry import read_letters
from tests.outbox.sent_activities import list_sent
from tests.sample_threads import days
from tests.server_pair import make_pair
from web.mail.news_mail_text import make_translate
from web.news.items import list_thread_lines


async def talk(conn: Connection, listing: Listing, author: Actor, partner: Actor) -> Exchange:
    """A word from the other one about the listing, and the thread that it began."""
    thread = await exchanges.open(conn, listing_id=listing.id, owner_id=author.id, partner_id=partner.id)
    if partner.local:
        await write(conn, HERE, partner, thread, Words(text="Encore disponible ?"))
    else:
        await write(conn, HERE, author, thread, Words(text="Elle est encore là."))
    return await exchanges.get_for(conn, thread.id, author.id)


async def kinds(conn: Connection, thread: Exchange) -> list[str]:
    return await fetch_column(conn, "SELECT kind FROM exchange_event WHERE exchange_id = $1 ORDER BY id", thread.id)


async def test_members_who_talk_about_what_ends_are_told_in_the_thread_by_news_and_in_their_apps(
    conn: Connection,
) -> None:
    await make_local_actor(conn, "coop", type="Organization")
    alice, carol, dora = await make_member(conn), await make_member(conn, "carol"), await make_member(conn, "dora")
    listing = await make_listing(conn, alice, title="Canapé", mode="gift", expires_at=datetime.now(UTC))
    talking, muted = await talk(conn, listing, alice, carol), await talk(conn, listing, alice, dora)
    await exchanges.save_muted(conn, muted.id, dora.id, muted=True)

    await expire(conn, HERE, listing)
    await expire(conn, HERE, listing)

    assert [await kinds(conn, one) for one in (talking, muted)] == [["listing_ended"], ["listing_ended"]]
    [line] = await list_thread_lines(conn, make_translate("fr"), await news.list_threads(conn, carol.id))
    assert line.words.startswith("L’annonce dont vous parlez avec") and line.what == "Canapé"
    [letter] = await read_letters(conn, carol)
    assert "« Canapé » : l’annonce s’est arrêtée" in letter and f"/echanges/{talking.id}" in letter
    assert await read_letters(conn, dora) == [] and await news.list_threads(conn, dora.id) == []


async def test_its_author_reads_it_in_the_thread_and_what_she_has_not_read_stays_unread(conn: Connection) -> None:
    alice, carol, dora = await make_member(conn), await make_member(conn, "carol"), await make_member(conn, "dora")
    listing = await make_listing(conn, alice, mode="gift")
    read, unread = await talk(conn, listing, alice, carol), await talk(conn, listing, alice, dora)
    await exchanges.mark_read(conn, read.id, alice.id, read.last_id)

    await outbox.close(conn, HERE, alice, listing.uri, "cancelled")

    assert [one.exchange_id for one in await news.list_threads(conn, alice.id)] == [unread.id]


@pytest.mark.parametrize("outcome", ["done", "elsewhere", "cancelled", "withdrawn"])
async def test_whatever_ends_it_is_told(conn: Connection, outcome: str) -> None:
    await make_local_actor(conn, "coop", type="Organization")
    alice, carol = await make_member(conn), await make_member(conn, "carol")
    listing = await make_listing(conn, alice, title="Canapé", mode="gift")
    await talk(conn, listing, alice, carol)

    if outcome == "withdrawn":
        await outbox.withdraw(conn, HERE, alice, listing.uri)
    else:
        await outbox.close(conn, HERE, alice, listing.uri, outcome)

    assert len(await read_letters(conn, carol)) == 1


@pytest.mark.parametrize("outcome", ["paused", "open"])
async def test_a_pause_is_no_end(conn: Connection, outcome: str) -> None:
    alice, carol = await make_member(conn), await make_member(conn, "carol")
    listing = await make_listing(conn, alice, mode="gift")
    thread = await talk(conn, listing, alice, carol)

    await outbox.close(conn, HERE, alice, listing.uri, outcome)

    assert await kinds(conn, thread) == []


async def test_who_was_answered_already_is_told_nothing_more(conn: Connection) -> None:
    await make_local_actor(conn, "coop", type="Organization")
    alice, carol, dora = await make_member(conn), await make_member(conn, "carol"), await make_member(conn, "dora")
    listing = await make_listing(conn, alice, mode="gift")
    refused = await agreements.request(conn, HERE, carol, listing, days(10, 12), Said(text=""))
    await refuse(conn, HERE, alice, refused)
    waiting = await agreements.request(conn, HERE, dora, listing, days(10, 12), Said(text=""))

    await outbox.close(conn, HERE, alice, listing.uri, "cancelled")

    said = "SELECT kind FROM exchange_event WHERE exchange_id = $1 ORDER BY id"
    assert await fetch_column(conn, said, refused.exchange_id) == ["requested", "refused"]
    assert await fetch_column(conn, said, waiting.exchange_id) == ["requested", "refused"], "a no, with its reason"


async def test_somebody_whose_server_reads_no_states_is_written_to(conn: Connection) -> None:
    coop = await make_local_actor(conn, "coop", type="Organization")
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    listing = await make_listing(conn, alice, title="Canapé", mode="gift")
    await talk(conn, listing, alice, bob)

    await expire(conn, HERE, listing)

    [letter] = [one for one in await list_sent(conn) if one.activity["actor"] == coop.uri and one.type == "Create"]
    assert letter.activity["object"]["to"] == [bob.uri]
    assert "Canapé" in letter.activity["object"]["content"]


async def test_a_guest_reads_it_in_her_thread_and_gets_no_letter(conn: Connection) -> None:
    await make_local_actor(conn, "coop", type="Organization")
    await preferences.save(conn, replace(await preferences.load(conn), guests=True))
    alice = await make_member(conn)
    listing = await make_listing(conn, alice, mode="gift")
    party = await enter(conn, listing)

    await outbox.close(conn, HERE, alice, listing.uri, "done")

    assert (await kinds(conn, party.thread))[-1] == "listing_ended"
    assert await read_letters(conn, await actors.get(conn, party.thread.partner_id)) == []
    unmailed = await guests.list_unmailed(conn, until=datetime.now(UTC) + timedelta(minutes=1))
    assert unmailed == [party.guest.id], "her mail tells it"


async def test_next_door_it_stands_in_the_conversation_and_is_told_once(
    conn: Connection, second_conn: Connection
) -> None:
    pair = await make_pair(conn, second_conn, title="Canapé", mode="gift")
    here, there = pair.here, pair.there
    thread = await exchanges.open(
        there.conn, listing_id=there.listing.id, owner_id=there.owner.id, partner_id=there.partner.id
    )
    await write(there.conn, there.site, there.partner, thread, Words(text="Encore disponible ?"))
    await pair.carry()

    await execute(
        here.conn, "UPDATE listing SET expires_at = now() - interval '1 hour' WHERE post_id = $1", here.listing.id
    )
    await expire(here.conn, here.site, here.listing)
    await pair.carry()

    assert await kinds(there.conn, thread) == ["listing_ended"]
    told = await fetch_column(there.conn, "SELECT type FROM notification WHERE recipient_id = $1", there.partner.id)
    assert told == ["update"] and await news.list_threads(there.conn, there.partner.id) == []


async def test_what_is_withdrawn_next_door_is_told_in_the_conversation(
    conn: Connection, second_conn: Connection
) -> None:
    pair = await make_pair(conn, second_conn, title="Canapé", mode="gift")
    here, there = pair.here, pair.there
    thread = await exchanges.open(
        there.conn, listing_id=there.listing.id, owner_id=there.owner.id, partner_id=there.partner.id
    )
    await write(there.conn, there.site, there.partner, thread, Words(text="Encore disponible ?"))
    await pair.carry()

    await outbox.withdraw(here.conn, here.site, await actors.get(here.conn, here.owner.id), here.listing.uri)
    await pair.carry()

    assert await kinds(there.conn, thread) == ["listing_ended"]
    [line] = await list_thread_lines(
        there.conn, make_translate("fr"), await news.list_threads(there.conn, there.partner.id)
    )
    assert line.words.startswith("L’annonce dont vous parlez avec")
    assert await fetch_value(there.conn, "SELECT deleted_at IS NOT NULL FROM post WHERE id = $1", there.listing.id)
