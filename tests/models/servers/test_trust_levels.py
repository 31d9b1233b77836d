"""Levels of servers: what a decision hides, cancels and brings back, for a domain and all that stands under it."""

import pytest

from models import posts, searches, timelines
from models.listings import listings
from models.moderation import decisions, sanctions
from models.news import notifications
from models.news.notifications import NotificationPage
from models.people import actors
from models.people.actors import Actor
from models.relations import follows
from models.searches import NetworkFilter
from models.servers import access_requests, trust_levels
from models.servers.trust_levels import Decision, Level
from models.store.database import Connection, execute, fetch_value
from models.timelines import Page, PostFilter
from models.traffic.outbound import deliveries
from tests.factories import make_activity, make_follow, make_listing, make_member, make_note, make_remote_actor
from tests.rulings import rule

EVERYTHING = PostFilter()
FIRST = Page()


@pytest.fixture
async def alice(conn: Connection) -> Actor:
    """A member here."""
    return await make_member(conn)


@pytest.fixture
async def mallory(conn: Connection) -> Actor:
    """Somebody under a domain that is going to be set aside."""
    return await make_remote_actor(conn, "mallory", "social.evil.test")


@pytest.mark.parametrize(
    ("host", "domains"),
    [
        ("a.evil.test", ["a.evil.test", "a.evil.test", "evil.test", "test"]),
        ("evil.test:8443", ["evil.test:8443", "evil.test", "test"]),
        ("[::1]:9000", ["[::1]:9000", "[::1]"]),
        ("localhost", ["localhost", "localhost"]),
        ("a..test:8", ["a..test:8", "a..test", ".test", "test"]),
    ],
)
async def test_the_domains_of_a_host_are_the_same_here_and_in_the_database(
    conn: Connection, host: str, domains: list[str]
) -> None:
    assert trust_levels.list_domains(host) == domains
    assert await fetch_value(conn, "SELECT domains_of($1)", host) == domains


async def test_a_domain_set_aside_takes_along_what_stands_under_it_and_nothing_else(conn: Connection) -> None:
    await trust_levels.save_level(conn, "evil.test", "aside")
    await trust_levels.save_level(conn, "good.evil.test", "friend")

    assert not await trust_levels.is_welcome(conn, "evil.test")
    assert not await trust_levels.is_welcome(conn, "a.b.evil.test")
    assert not await trust_levels.is_welcome(conn, "evil.test:8443")
    assert not await trust_levels.is_welcome(conn, "good.evil.test")
    assert await trust_levels.is_welcome(conn, "notevil.test")
    assert await trust_levels.is_welcome(conn, "test")


async def shown(conn: Connection, reader: Actor, mallory: Actor) -> dict[str, bool]:
    """Where something of mallory's stands, place by place."""
    public = await timelines.list_public(conn, reader.id, EVERYTHING, FIRST)
    home = await timelines.list_home(conn, reader.id, FIRST)
    network = await searches.list_network(conn, NetworkFilter())
    found = await actors.search(conn, "mallory", limit=5)
    told = await notifications.list_notifications(conn, reader.id, NotificationPage())
    post_ids = await conn.fetch("SELECT id FROM post WHERE author_id = $1", mallory.id)
    return {
        "public": bool(public),
        "home": bool(home),
        "network": bool(network),
        "search": bool(found),
        "told": bool(told),
        "posts": bool(await posts.filter_visible(conn, [row["id"] for row in post_ids], reader.id)),
    }


async def test_b54_everything_of_a_server_set_aside_is_hidden_and_comes_back_when_that_is_lifted(
    conn: Connection, alice: Actor, mallory: Actor
) -> None:
    await make_follow(conn, alice, mallory)
    await make_follow(conn, mallory, alice)
    note = await make_note(conn, mallory)
    await make_listing(conn, mallory)
    await notifications.notify(conn, recipient_id=alice.id, type="mention", actor_id=mallory.id, post_id=note.id)
    before = await shown(conn, alice, mallory)

    await trust_levels.save_level(conn, "evil.test", "aside", note="publicités", public_reason="Publicités répétées")
    during = await shown(conn, alice, mallory)
    await trust_levels.save_level(conn, "evil.test", "reader")
    after = await shown(conn, alice, mallory)

    assert set(before.values()) == {True}
    assert set(during.values()) == {False}
    assert after == before
    assert await follows.is_follower(conn, follower_id=alice.id, followed_id=mallory.id)
    assert await follows.is_follower(conn, follower_id=mallory.id, followed_id=alice.id)
    kept = await trust_levels.find(conn, "evil.test")
    assert kept is not None and (kept.note, kept.public_reason) == ("publicités", "Publicités répétées")


async def test_nothing_is_queued_for_a_server_set_aside_and_what_waited_is_cancelled(
    conn: Connection, alice: Actor, mallory: Actor
) -> None:
    await make_follow(conn, mallory, alice)
    note = await make_note(conn, alice)
    first = await make_activity(conn, alice, object_uri=note.uri)
    await deliveries.schedule(conn, activity_id=first, actor_id=alice.id, named_ids=[], followed_ids=[alice.id])

    await trust_levels.save_level(conn, "evil.test", "aside")
    second = await make_activity(conn, alice, object_uri=note.uri)
    queued = await deliveries.schedule(
        conn, activity_id=second, actor_id=alice.id, named_ids=[mallory.id], followed_ids=[alice.id]
    )
    deletion = await make_activity(conn, alice, type="Delete", object_uri=note.uri)
    told = await deliveries.schedule_to_recipients_of(
        conn, activity_id=deletion, actor_id=alice.id, object_uri=note.uri
    )

    assert (queued, told) == (0, 0)
    assert await fetch_value(conn, "SELECT array_agg(state) FROM delivery") == ["cancelled"]


async def test_b54_somebody_of_a_server_set_aside_who_is_first_seen_now_is_hidden_too(conn: Connection) -> None:
    await trust_levels.save_level(conn, "evil.test", "aside")

    late = await make_remote_actor(conn, "late", "evil.test")

    assert late.suspended_at is not None
    await trust_levels.save_level(conn, "evil.test", "reader")
    assert (await actors.get(conn, late.id)).suspended_at is None


async def test_lifting_a_level_does_not_lift_what_the_moderators_decided_about_one_person(
    conn: Connection, mallory: Actor
) -> None:
    await execute(conn, "UPDATE actor SET suspended_at = now() WHERE id = $1", mallory.id)

    await trust_levels.save_level(conn, "evil.test", "aside")
    await trust_levels.save_level(conn, "evil.test", "reader")

    assert (await actors.get(conn, mallory.id)).suspended_at is not None


@pytest.mark.parametrize("first", ["decision", "server"])
@pytest.mark.parametrize("ends", ["decision", "server"])
async def test_of_a_decision_and_a_server_set_aside_whichever_ends_the_other_holds_on(
    conn: Connection, mallory: Actor, first: str, ends: str
) -> None:
    for step in (first, {"decision": "server", "server": "decision"}[first]):
        if step == "server":
            await trust_levels.save_level(conn, "evil.test", "aside")
        else:
            decision = await rule(conn, mallory, "suspend")
    left = {"decision": "server", "server": "decision"}[ends]
    for step in (ends, left):
        assert (await actors.get(conn, mallory.id)).suspended_at is not None
        if step == "server":
            await trust_levels.save_level(conn, "evil.test", "reader")
        else:
            await decisions.take_back(conn, decision.id, None)
            await sanctions.refresh(conn, mallory.id)
    assert (await actors.get(conn, mallory.id)).suspended_at is None


async def test_so_does_what_her_own_server_says(conn: Connection) -> None:
    hers = {"username": "leonie", "host": "evil.test"}
    leonie = await make_remote_actor(conn, **hers)
    await trust_levels.save_level(conn, "evil.test", "aside")
    levels: list[tuple[bool, Level]] = [(True, "aside"), (True, "reader"), (True, "aside"), (False, "aside")]
    for suspended, level in levels:
        await trust_levels.save_level(conn, "evil.test", level)
        await make_remote_actor(conn, **hers, suspended_at_home=suspended)
        assert (await actors.get(conn, leonie.id)).suspended_at is not None
    await trust_levels.save_level(conn, "evil.test", "reader")
    assert (await actors.get(conn, leonie.id)).suspended_at is None


async def test_whom_her_own_server_suspended_is_still_written_to_unless_we_suspend_her_too(
    conn: Connection, alice: Actor
) -> None:
    leonie = await make_remote_actor(conn, "leonie", "arras.test", suspended_at_home=True)
    queued = []
    for suspended in (False, True):
        if suspended:
            await rule(conn, leonie, "suspend")
        id = await make_activity(conn, alice)
        queued.append(
            await deliveries.schedule(conn, activity_id=id, actor_id=alice.id, named_ids=[leonie.id], followed_ids=[])
        )
    assert queued == [1, 0]


async def test_cached_pictures_of_a_server_set_aside_are_removed(conn: Connection, mallory: Actor) -> None:
    note = await make_note(conn, mallory)
    bob = await make_remote_actor(conn)
    elsewhere = await make_note(conn, bob)
    pictures = (
        (1, note.id, "https://cdn.test/a"),
        (2, elsewhere.id, "https://cdn.evil.test/b"),
        (3, elsewhere.id, "https://henin.test/c"),
    )
    for id, post_id, url in pictures:
        await execute(
            conn,
            """
            INSERT INTO media (id, post_id, remote_url, file_key, thumbnail_key, byte_size)
            VALUES ($1, $2, $3, 'full' || $1::bigint, 'small' || $1::bigint, 10)
            """,
            id,
            post_id,
            url,
        )

    await trust_levels.save_level(conn, "evil.test", "aside")

    assert await fetch_value(conn, "SELECT array_agg(id) FROM media WHERE file_key IS NOT NULL") == [3]
    unused = await fetch_value(conn, "SELECT array_agg(key ORDER BY key) FROM unused_file")
    assert unused == ["full1", "full2", "small1", "small2"]


async def test_restricted_federation_welcomes_friends_and_listed_servers_with_what_stands_under_them(
    conn: Connection, alice: Actor
) -> None:
    bob = await make_remote_actor(conn)
    carl = await make_remote_actor(conn, "carl", "social.lyon.test")
    dora = await make_remote_actor(conn, "dora", "brest.test")
    await trust_levels.save_level(conn, "henin.test", "friend")

    await trust_levels.save_limited(conn, limited=True)
    await trust_levels.save_listed(conn, "lyon.test", listed=True)

    assert [await trust_levels.is_welcome(conn, actor.host) for actor in (bob, carl, dora)] == [True, True, False]
    suspended = [(await actors.get(conn, actor.id)).suspended_at is not None for actor in (bob, carl, dora)]
    assert suspended == [False, False, True]
    assert (await actors.get(conn, alice.id)).suspended_at is None

    await trust_levels.save_limited(conn, limited=False)
    assert (await actors.get(conn, dora.id)).suspended_at is None


async def test_whoever_is_let_in_is_no_longer_on_the_list_of_those_who_knock(conn: Connection) -> None:
    await trust_levels.save_limited(conn, limited=True)
    await access_requests.add(conn, {"lyon.test": 2, "brest.test": 1})
    await access_requests.add(conn, {"lyon.test": 3})

    [first, second] = await access_requests.list_access_requests(conn)
    await trust_levels.save_listed(conn, "lyon.test", listed=True)

    assert {(one.host, one.requests) for one in (first, second)} == {("lyon.test", 5), ("brest.test", 1)}
    assert [one.host for one in await access_requests.list_access_requests(conn)] == ["brest.test"]


async def test_b38_invented_names_of_those_who_knock_fill_no_table(conn: Connection) -> None:
    for part in range(0, 2 * access_requests.MOST, 200):
        await access_requests.add(conn, {f"host{number}.test": 1 for number in range(part, part + 200)})

    assert await fetch_value(conn, "SELECT count(*) FROM access_request") == access_requests.MOST


async def test_what_a_decision_would_touch_is_counted_before_it_is_made(
    conn: Connection, alice: Actor, mallory: Actor
) -> None:
    await make_follow(conn, alice, mallory)
    await make_follow(conn, mallory, alice)
    activity = await make_activity(conn, alice)
    await deliveries.schedule(conn, activity_id=activity, actor_id=alice.id, named_ids=[], followed_ids=[alice.id])

    [evil, unknown] = await trust_levels.list_reach(conn, ["evil.test", "unknown.test"])

    assert (evil.actors, evil.followed, evil.followers, evil.waiting) == (1, 1, 1, 1)
    assert (unknown.actors, unknown.followed, unknown.followers, unknown.waiting) == (0, 0, 0, 0)


async def test_many_decisions_take_effect_together_and_keep_texts_that_they_do_not_bring(
    conn: Connection, mallory: Actor
) -> None:
    await trust_levels.save_level(conn, "spam.test", "reader", note="déjà vu", public_reason="Publicité")

    await trust_levels.save_levels(
        conn,
        [
            Decision(host="evil.test", level="aside", public_reason="Harcèlement"),
            Decision(host="spam.test", level="aside"),
        ],
    )

    decided = {one.host: one for one in await trust_levels.list_decided(conn)}
    assert decided["evil.test"].public_reason == "Harcèlement"
    assert (decided["spam.test"].note, decided["spam.test"].public_reason) == ("déjà vu", "Publicité")
    assert (await actors.get(conn, mallory.id)).suspended_at is not None


async def test_a_listing_of_a_server_set_aside_cannot_be_opened(conn: Connection, alice: Actor, mallory: Actor) -> None:
    listing = await make_listing(conn, mallory)

    await trust_levels.save_level(conn, "evil.test", "aside")

    assert await posts.find_visible(conn, listing.post.id, alice.id) is None
    assert await posts.find_visible(conn, listing.post.id, None) is None
    assert await listings.find_by_post(conn, listing.post.id) is not None


async def test_whoever_is_gone_is_not_counted_among_those_whom_it_would_touch(conn: Connection, mallory: Actor) -> None:
    gone = await make_remote_actor(conn, "gone", mallory.host)
    await execute(conn, "UPDATE actor SET deleted_at = now() WHERE id = $1", gone.id)

    [reach] = await trust_levels.list_reach(conn, ["evil.test"])

    assert reach.actors == 1
