"""Actors here and elsewhere."""

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

from models import posts, timelines
from models.listings import listings
from models.people import actors
from models.people.actors import RemoteActor
from models.relations import follows
from models.store.database import Connection, execute, fetch_column, fetch_value
from models.traffic.outbound import deliveries
from tests.factories import make_activity, make_follow, make_listing, make_member, make_note, make_remote_actor


async def test_remote_actor_keeps_its_row_when_it_is_fetched_again(conn: Connection) -> None:
    first = await make_remote_actor(conn, name="Bob")

    second = await make_remote_actor(conn, name="Robert")

    assert (second.id, second.name) == (first.id, "Robert")


async def test_every_word_of_an_actor_is_read_back_from_its_own_column(conn: Connection) -> None:
    may = datetime(2027, 5, 10, tzinfo=UTC)
    told = RemoteActor(
        uri="https://h.test/1", type="Organization", username="carol", host="h.test", url="https://h.test/2",
        inbox="https://h.test/3", name="Carole", summary="<p>Bonjour</p>", shared_inbox="https://h.test/4",
        outbox="https://h.test/5", followers_uri="https://h.test/6", following_uri="https://h.test/7",
        featured_uri="https://h.test/8", locked=True, discoverable=False, indexable=False,
        fields=[{"name": "a", "value": "b"}], also_known_as=["https://h.test/9"], moved_to="https://h.test/10",
        implements=["https://h.test/11"], territory_uri="https://h.test/12", category="https://h.test/13",
        place_name="Lomme", postcode="59160", latitude=50.5, longitude=3.25, radius=500, away_until=may,
        street="1 rue Haute", hours={"lines": []}, published_at=may - timedelta(days=1), raw={"id": "x"},
    )  # fmt: skip

    for actor in (await actors.save_remote(conn, replace(told, name="")), await actors.save_remote(conn, told)):
        held = {field.name: getattr(actor, field.name) for field in fields(RemoteActor) if field.name != "raw"}
        assert held | {"name": told.name} == {name: getattr(told, name) for name in held}

    assert actor.name == "Carole"
    assert await fetch_value(conn, "SELECT raw FROM actor WHERE id = $1", actor.id) == told.raw


async def test_taken_over_handle_becomes_another_account(conn: Connection) -> None:
    old = await make_remote_actor(conn)

    new = await make_remote_actor(conn, uri="https://henin.test/actors/2")

    assert new.id != old.id
    assert (await actors.find_by_handle(conn, "BOB", "henin.test")) == new


async def test_home_shows_posts_of_the_followed_and_what_they_share(conn: Connection) -> None:
    alice = await make_member(conn)
    bob = await make_remote_actor(conn)
    carol = await make_remote_actor(conn, "carol")
    await make_follow(conn, alice, bob)
    mine = await make_note(conn, alice)
    theirs = await make_listing(conn, bob)
    await make_note(conn, carol)

    home = await timelines.list_home(conn, alice.id, timelines.Page())

    assert [entry.post_id for entry in home] == [theirs.id, mine.id]
    assert (await listings.list_by_posts(conn, [theirs.id]))[theirs.id] == theirs
    assert await posts.filter_visible(conn, [theirs.id], None) == {theirs.id}
    assert await follows.is_followed_locally(conn, bob.uri)


async def test_in_a_search_accounts_of_hosts_that_nobody_knows_come_last(conn: Connection) -> None:
    alice = await make_member(conn)
    invented = await make_remote_actor(conn, "bob", "neu.test")
    met = await make_remote_actor(conn, "bobby", "henin.test")
    await make_follow(conn, alice, met)

    assert [one.id for one in await actors.search(conn, "bob", limit=5)] == [met.id, invented.id]


async def test_what_waits_at_a_shared_inbox_is_cancelled_with_the_last_person_behind_it(conn: Connection) -> None:
    alice = await make_member(conn)
    bob, carol = await make_remote_actor(conn), await make_remote_actor(conn, "carol")
    await make_follow(conn, bob, alice)
    activity = await make_activity(conn, alice)
    await deliveries.schedule(conn, activity_id=activity, actor_id=alice.id, named_ids=[], followed_ids=[alice.id])
    states = []

    for gone in (carol, bob):
        await actors.delete(conn, gone.id)
        states.append(await fetch_value(conn, "SELECT state FROM delivery WHERE activity_id = $1", activity))

    assert states == ["waiting", "cancelled"]


async def test_what_waits_at_a_shared_inbox_is_for_the_others_behind_it(conn: Connection) -> None:
    alice = await make_member(conn)
    bob, _ = await make_remote_actor(conn), await make_remote_actor(conn, "carol")
    await make_follow(conn, bob, alice)
    activity = await make_activity(conn, alice)
    await deliveries.schedule(conn, activity_id=activity, actor_id=alice.id, named_ids=[], followed_ids=[alice.id])

    await actors.delete(conn, bob.id)

    assert await fetch_value(conn, "SELECT state FROM delivery WHERE activity_id = $1", activity) == "waiting"


async def test_what_somebody_gone_wrote_is_gone_and_screens_that_show_it_are_told(conn: Connection) -> None:
    alice, bob, carol = await make_member(conn), await make_remote_actor(conn), await make_remote_actor(conn, "carol")
    public, unlisted = await make_note(conn, bob), await make_note(conn, bob, audience="unlisted")
    private = await make_note(conn, bob, audience="followers")
    kept = [(await make_note(conn, one)).id for one in (alice, carol)]
    before = await posts.filter_visible(conn, [public.id, unlisted.id, *kept], None)

    await actors.delete(conn, bob.id)

    assert before == {public.id, unlisted.id, *kept}
    assert await fetch_column(conn, "SELECT id FROM post WHERE author_id = $1", bob.id) == []
    assert await fetch_column(conn, "SELECT id FROM post WHERE id = ANY($1) ORDER BY id", kept) == kept
    told = await fetch_column(conn, "SELECT object_id FROM stream_event WHERE kind = 'delete' ORDER BY object_id")
    assert (told, private.id in told) == ([public.id, unlisted.id], False)


async def test_people_are_found_by_their_ids_those_who_are_gone_too(conn: Connection) -> None:
    bob, carol, dave = [await make_remote_actor(conn, name) for name in ("bob", "carol", "dave")]
    await execute(conn, "UPDATE actor SET suspended_at = now() WHERE id = $1", carol.id)
    await actors.delete(conn, dave.id)

    found = await actors.map_by_ids(conn, {bob.id, carol.id, dave.id, 1})

    assert {id: actor.gone for id, actor in found.items()} == {bob.id: False, carol.id: True, dave.id: True}
