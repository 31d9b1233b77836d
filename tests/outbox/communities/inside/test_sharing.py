"""What stays inside a community: who reads it, where it goes, and who may share there."""

from datetime import UTC, datetime, timedelta

import pytest

from models.communities import memberships
from models.communities.communities import Community
from models.errors import Conflict, Invalid
from models.listings.listings import Listing, find_by_listing_uri
from models.people.actors import Actor
from models.searches import pages
from models.searches.language import known_words
from models.searches.queries import NetworkFilter, Query
from models.servers import trust_levels
from models.store.database import Connection, execute, fetch_column
from models.timelines import home
from models.timelines.authors import list_by_author
from models.timelines.entries import Page, PostFilter
from outbox.communities.expiry import expire
from outbox.communities.leaving import leave, remove
from outbox.listings import listings
from outbox.posts import notes
from outbox.posts.notes import NoteDraft
from outbox.relations import reactions
from tests.factories import HERE, make_follow, make_member, make_remote_actor
from tests.outbox.communities.inside.sample_inside import list_readers, share_listing, share_note
from tests.outbox.communities.sample_community import found, make_copy, make_neighbour, put_in, renew
from tests.outbox.listings.test_listings import make_draft
from tests.outbox.sent_activities import list_sent


async def test_members_read_it_and_nobody_else_whoever_follows_or_is_named(conn: Connection) -> None:
    alice, anna, zoe = [await make_member(conn, name) for name in ("alice", "anna", "zoe")]
    bob, carl = await make_neighbour(conn), await make_neighbour(conn, "carl")
    community = await found(conn, alice)
    for one in (anna, bob):
        await put_in(conn, one, community)
    for one in (zoe, carl):
        await make_follow(conn, one, alice)

    note = await share_note(conn, alice, community, "@zoe @carl@henin.test @anna entre nous")

    assert await list_readers(conn, note, alice, anna, zoe, bob, carl, None) == ["alice", "anna", "bob"]
    [sent] = await list_sent(conn)
    assert sent.activity["to"] == sent.activity["object"]["to"] == [f"{community.uri}/members"]
    assert (sent.activity["cc"], sent.hosts) == ([], ["henin.test"])
    assert "Public" not in str(sent.activity)


async def test_lists_of_members_have_it_and_others_do_not(conn: Connection) -> None:
    alice, anna, zoe = [await make_member(conn, name) for name in ("alice", "anna", "zoe")]
    community = await found(conn, alice)
    await put_in(conn, anna, community)
    for one in (anna, zoe):
        await make_follow(conn, one, alice)

    listing = await share_listing(conn, alice, community)

    for reader, seen in ((anna, True), (alice, True), (zoe, False)):
        lists = (
            await home.list_home(conn, reader.id, Page()),
            await list_by_author(conn, alice.id, reader.id, PostFilter(), Page()),
        )
        assert [[one.post_id for one in entries] == [listing.id] for entries in lists] == [seen, seen], reader.username
        assert await home.list_home_readers(conn, [reader.id], post_ids=[listing.id], share_ids=[]) == (
            {listing.id: {reader.id}} if seen else {}
        )
        filter = NetworkFilter(reader_local=True, reader_id=reader.id)
        found_ = await pages.count_found(conn, filter, Query())
        assert sum(found_.values()) == seen, reader.username


async def test_a_server_gets_it_once_and_one_that_is_set_aside_or_keeps_nothing_private_not_at_all(
    conn: Connection,
) -> None:
    alice = await make_member(conn)
    community = await found(conn, alice)
    for host in ("a.test", "b.test", "aside.test", "shown.test"):
        for name in ("bob", "carl", "dora"):
            one = await make_neighbour(conn, f"{name}", host=host, shared_inbox=f"https://{host}/inbox")
            await put_in(conn, one, community)
    await make_remote_actor(conn, "eve", "none.test", shared_inbox="https://none.test/inbox")
    await execute(conn, "INSERT INTO server (host, no_private) VALUES ('shown.test', true)")
    await trust_levels.save_level(conn, "aside.test", "aside")

    await share_listing(conn, alice, community)

    [sent] = await list_sent(conn)
    assert sent.hosts == ["a.test", "b.test"]


async def test_two_thousand_members_on_forty_servers_are_forty_deliveries(conn: Connection) -> None:
    alice = await make_member(conn)
    community = await found(conn, alice)
    await execute(
        conn,
        """
        WITH people AS (
            INSERT INTO actor (id, uri, type, local, username, host, url, inbox, shared_inbox)
            SELECT n, base || n, 'Person', false, 'm' || n, host, base || n, base || n || '/inbox',
                'https://' || host || '/inbox'
            FROM generate_series(1, 2000) AS n, LATERAL (SELECT 's' || n % 40 || '.test' AS host) AS h,
                LATERAL (SELECT 'https://' || host || '/users/m' AS base) AS b
            RETURNING id
        )
        INSERT INTO membership (id, community_id, actor_id, state, accepted_version)
        SELECT id, $1, id, 'member', 1 FROM people
        """,
        community.actor_id,
    )

    await share_listing(conn, alice, community)

    [sent] = await list_sent(conn)
    assert sorted(sent.hosts) == sorted(f"s{number}.test" for number in range(40))


async def test_of_a_community_elsewhere_its_home_alone_gets_it(conn: Connection) -> None:
    alice = await make_member(conn)
    copy = await make_copy(conn)
    await put_in(conn, alice, copy)
    await make_follow(conn, await make_remote_actor(conn, "fan", "fans.test"), alice)

    await share_listing(conn, alice, copy)

    [sent] = await list_sent(conn)
    assert (sent.hosts, sent.activity["to"]) == ([copy.host], [f"{copy.uri}/members"])


async def test_who_is_not_in_it_or_did_not_accept_its_charter_in_time_shares_nothing_there(conn: Connection) -> None:
    alice, zoe = await make_member(conn), await make_member(conn, "zoe")
    community = await found(conn, alice)

    with pytest.raises(Invalid, match="community_not_shared_in"):
        await share_listing(conn, zoe, community)
    await put_in(conn, zoe, community)
    await share_listing(conn, zoe, community)
    await renew(conn, alice, community)
    await share_note(conn, zoe, community)
    await execute(conn, "UPDATE community_charter SET due_at = now() - interval '1 day' WHERE version = 2")
    with pytest.raises(Invalid, match="community_charter_first"):
        await share_note(conn, zoe, community)

    own = await share_note(conn, alice, community)
    assert await list_readers(conn, own, zoe) == ["zoe"], "she goes on reading"


async def test_an_answer_stays_inside_and_nothing_inside_is_shared_or_made_public(conn: Connection) -> None:
    alice, anna, zoe = [await make_member(conn, name) for name in ("alice", "anna", "zoe")]
    community = await found(conn, alice)
    await put_in(conn, anna, community)
    listing = await share_listing(conn, alice, community)

    answer = await notes.answer(conn, HERE, anna, listing.post, NoteDraft(text="Je viens", audience="network"))

    assert (answer.audience, answer.community_id) == ("community", community.actor_id)
    assert await list_readers(conn, answer, alice, anna, zoe, None) == ["alice", "anna"]
    with pytest.raises(Exception, match="reblog_not_public"):
        await reactions.share(conn, HERE, anna, listing.post)
    for audience in ("network", "coop"):
        with pytest.raises(Invalid, match="audience_stays_inside"):
            await listings.edit(conn, HERE, alice, listing.uri, make_draft(audience=audience))


@pytest.mark.parametrize("way", ["leaves", "removed", "expires"])
async def test_what_somebody_shared_rests_and_is_taken_back_when_she_is_in_it_no_longer(
    conn: Connection, way: str
) -> None:
    alice, anna, bob = await make_member(conn), await make_member(conn, "anna"), await make_neighbour(conn)
    community = await found(conn, alice)
    for one in (anna, bob):
        await put_in(conn, one, community)
    listing = await share_listing(conn, anna, community)
    await execute(conn, "UPDATE delivery SET state = 'done', attempts = 1")

    await _end(conn, anna, community, alice, way)

    held = await listings_of(conn, listing.uri)
    assert (held.details.status, held.post.audience) == ("paused", "community")
    assert await list_readers(conn, held.post, anna, alice, bob) == ["anna"]
    assert [(one.type, one.hosts) for one in await list_sent(conn) if one.activity["actor"] == anna.uri] == [
        ("Create", ["henin.test"]),
        ("Delete", ["henin.test"]),
    ]
    with pytest.raises(Invalid, match="community_not_shared_in"):
        await listings.reopen(conn, HERE, anna, listing.uri)
    await put_in(conn, anna, community)
    with pytest.raises(Conflict, match="community_listing_taken_back"):
        await listings.reopen(conn, HERE, anna, listing.uri)


async def _end(conn: Connection, anna: Actor, community: Community, alice: Actor, way: str) -> None:
    if way == "leaves":
        await leave(conn, HERE, anna, community)
    elif way == "removed":
        await remove(conn, HERE, alice, community, anna, "Remorque jamais rendue.")
    else:
        held = await memberships.find(conn, community.actor_id, anna.id)
        assert held is not None
        await memberships.save_end(conn, held.id, datetime.now(UTC) - timedelta(minutes=1))
        [due] = await memberships.list_expired(conn, datetime.now(UTC))
        await expire(HERE, conn, due)


async def listings_of(conn: Connection, uri: str) -> Listing:
    found_ = await find_by_listing_uri(conn, uri)
    assert found_ is not None
    return found_


async def test_words_of_what_stays_inside_are_not_proposed_to_others(conn: Connection) -> None:
    alice = await make_member(conn)
    await share_listing(conn, alice, await found(conn, alice), title="Zorblax", text="")
    await listings.publish(conn, HERE, alice, make_draft(title="Brouette", text=""))

    await known_words.count_words(conn)

    known = await fetch_column(conn, "SELECT word FROM known_word WHERE NOT shipped")
    assert "brouette" in known and "zorblax" not in known
