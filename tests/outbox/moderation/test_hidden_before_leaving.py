"""What was hidden before it left reaches everybody for whom it was once it is shown, as if it were new to them."""

from dataclasses import replace

import pytest

from models import posts, preferences
from models.moderation import decisions
from models.people import accounts, actors
from models.people.actors import Actor
from models.servers import private_hosts
from models.store.database import Connection, execute, fetch_value
from models.traffic.outbound.forgotten_traffic import forget_deliveries
from outbox.listings.listings import edit, publish
from outbox.moderation import held_posts, sanctions
from outbox.people.accounts import delete
from outbox.posts import notes
from outbox.posts.notes import NoteDraft
from outbox.relations import reactions
from tests.factories import HERE, make_follow, make_local_actor, make_member, make_note, make_remote_actor
from tests.outbox.listings.test_listings import make_draft
from tests.outbox.sent_activities import Sent, list_sent, make_streams, mark_delivered
from tests.rulings import rule


@pytest.fixture
async def alice(conn: Connection) -> Actor:
    """Somebody on another server follows Alice."""
    await make_local_actor(conn, "instance", type="Application")
    streams = await make_streams(conn)
    alice = await make_member(conn, territory_uri=streams["coop"].uri)
    await make_follow(conn, await make_remote_actor(conn), alice)
    await make_follow(conn, await make_remote_actor(conn, "carl", "stream.test"), streams["offres"])
    return alice


async def list_standing(conn: Connection, before: int = 0) -> list[tuple[str, list[str]]]:
    """What is to leave, and where to."""
    return [(sent.type, sent.hosts) for sent in (await list_sent(conn))[before:] if sent.hosts]


async def find_last(conn: Connection, type: str) -> Sent:
    return [sent for sent in await list_sent(conn) if sent.type == type][-1]


async def test_hidden_before_it_left_it_goes_out_as_new_once_it_is_shown(conn: Connection, alice: Actor) -> None:
    tent = (await publish(conn, HERE, alice, make_draft(text="Appelez le 06 12 34 56 78."))).post
    decision = await rule(conn, alice, "hide", posts=(tent.id,))
    assert await list_standing(conn) == []

    await edit(conn, HERE, alice, tent.uri, make_draft(text="Écrivez-moi."))
    await sanctions.take_back(conn, HERE, decision, by=None)

    assert sorted(await list_standing(conn)) == [*[("Announce", ["stream.test"])] * 2, ("Create", ["henin.test"])]
    create = (await find_last(conn, "Create")).activity
    assert create["object"]["id"] == tent.uri and "Écrivez-moi" in str(create) and "06 12" not in str(create)
    await mark_delivered(conn)
    before = len(await list_sent(conn))
    again = await rule(conn, alice, "hide", posts=(tent.id,))
    await sanctions.take_back(conn, HERE, again, by=None)
    assert {type for type, _ in await list_standing(conn, before)} == {"Update"}


async def test_hidden_twice_before_it_left_it_goes_out_once(conn: Connection, alice: Actor) -> None:
    note = await notes.publish(conn, HERE, alice, NoteDraft(text="Bonjour", audience="network"))
    for _ in range(2):
        decision = await rule(conn, alice, "hide", posts=(note.id,))
        await sanctions.take_back(conn, HERE, decision, by=None)

    assert await list_standing(conn) == [("Create", ["henin.test"])]


async def test_nothing_of_many_posts_leaves_after_their_author_was_suspended_and_all_of_it_goes_on_afterwards(
    conn: Connection, alice: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many they are, and whether or not the chore has told of the rest meanwhile."""
    monkeypatch.setattr(sanctions, "AT_ONCE", 1)
    for text in ("Un", "Deux", "Trois"):
        await notes.publish(conn, HERE, alice, NoteDraft(text=text, audience="network"))
    before = await list_standing(conn)

    decision = await rule(conn, alice, "suspend")

    assert [type for type, _ in await list_standing(conn)] == ["Update"]  # of herself
    await sanctions.take_back(conn, HERE, decision, by=None)
    left = [type for type, hosts in await list_standing(conn) if hosts == ["henin.test"]]
    assert left.count("Create") == len(before) == 3


async def test_of_two_servers_the_one_that_has_it_gets_updates_and_the_other_one_a_create(
    conn: Connection, alice: Actor
) -> None:
    await make_follow(conn, await make_remote_actor(conn, "late", "late.test"), alice)
    note = await notes.publish(conn, HERE, alice, NoteDraft(text="Bonjour", audience="network"))
    await execute(conn, "UPDATE delivery SET state = 'done', attempts = 1 WHERE host = 'henin.test'")

    decision = await rule(conn, alice, "suspend")

    assert (await list_standing(conn))[-1] == ("Update", ["henin.test"])
    await sanctions.take_back(conn, HERE, decision, by=None)
    assert (await find_last(conn, "Create")).hosts == ["late.test"]
    back = await find_last(conn, "Update")
    assert (back.hosts, back.activity["object"]["id"]) == (["henin.test"], note.uri)


async def test_a_post_for_followers_goes_to_none_who_left_meanwhile(conn: Connection, alice: Actor) -> None:
    await notes.publish(conn, HERE, alice, NoteDraft(text="Bonjour", audience="followers"))
    decision = await rule(conn, alice, "suspend")
    await execute(conn, "DELETE FROM follow WHERE followed_id = $1", alice.id)

    await sanctions.take_back(conn, HERE, decision, by=None)

    assert "Create" not in {type for type, _ in await list_standing(conn)}


async def test_where_it_did_not_go_is_kept_as_long_as_it_is_hidden(conn: Connection, alice: Actor) -> None:
    note = await notes.publish(conn, HERE, alice, NoteDraft(text="Bonjour", audience="network"))
    decision = await rule(conn, alice, "hide", posts=(note.id,))
    await execute(conn, "UPDATE delivery SET finished_at = now() - interval '1 year'")

    await forget_deliveries(conn)

    await sanctions.take_back(conn, HERE, decision, by=None)
    assert await list_standing(conn) == [("Create", ["henin.test"])]


async def test_a_share_that_waited_goes_on_unless_it_was_taken_back(conn: Connection, alice: Actor) -> None:
    zoe, yves = await make_member(conn, "zoe"), await make_member(conn, "yves")
    for member in (zoe, yves):
        await make_follow(conn, await make_remote_actor(conn, "ami", f"{member.username}.test"), member)
    note = await notes.publish(conn, HERE, alice, NoteDraft(text="Bonjour", audience="network"))
    for member in (zoe, yves):
        await reactions.share(conn, HERE, member, note)
    decision = await rule(conn, alice, "hide", posts=(note.id,))
    await reactions.unshare(conn, HERE, yves, note)

    await sanctions.take_back(conn, HERE, decision, by=None)

    assert [hosts for type, hosts in await list_standing(conn) if type == "Announce"] == [["zoe.test"]]


async def test_what_was_refused_unread_by_others_is_published_when_its_author_was_right(
    conn: Connection, alice: Actor
) -> None:
    """It waited for a look, was refused, and the refusal is taken back: now it appears, to everybody, as new."""
    mod = await accounts.get(conn, (await make_member(conn, "max", roles=["moderator"])).id)
    await preferences.save(conn, replace(await preferences.load(conn), first_posts=1))
    note = await notes.publish(conn, HERE, alice, NoteDraft(text="Bonjour", audience="network"))
    await held_posts.refuse(conn, HERE, note.id, mod, "Non.")
    assert "Create" not in {type for type, _ in await list_standing(conn)}
    [decision] = await decisions.list_in_force(conn, alice.id)

    await sanctions.take_back(conn, HERE, decision, by=None)

    assert ("Create", ["henin.test"]) in await list_standing(conn)
    [shown] = await posts.list_by_ids(conn, [note.id])
    assert shown.published_at > note.published_at and shown.updated_at is None


async def test_that_it_is_put_away_is_told_wherever_it_went(conn: Connection, alice: Actor) -> None:
    """Also where nothing private is sent, and to whoever likes it without following anybody here."""
    note = await notes.publish(conn, HERE, alice, NoteDraft(text="Bonjour", audience="network"))
    await mark_delivered(conn)
    fan = await make_remote_actor(conn, "fan", "fan.test")
    await execute(conn, "INSERT INTO favourite (id, uri, actor_id, post_id) VALUES (1, 'x', $1, $2)", fan.id, note.id)
    await private_hosts.withhold(conn, "henin.test")

    await rule(conn, alice, "hide", posts=(note.id,))

    assert (await find_last(conn, "Update")).hosts == ["fan.test", "henin.test"]
    assert await fetch_value(conn, "SELECT count(*) FROM delivery WHERE state = 'failed'") == 0


async def test_whoever_leaves_while_suspended_is_deleted_wherever_she_is_known_and_the_decision_stays(
    conn: Connection, alice: Actor
) -> None:
    await make_member(conn, "nadia", roles=["admin"])
    note = await notes.publish(conn, HERE, alice, NoteDraft(text="Bonjour", audience="network"))
    await mark_delivered(conn)
    fan = await make_remote_actor(conn, "fan", "fan.test")
    await execute(conn, "INSERT INTO favourite (id, uri, actor_id, post_id) VALUES (1, 'x', $1, $2)", fan.id, note.id)
    decision = await rule(conn, alice, "suspend")

    await delete(conn, HERE, await actors.get(conn, alice.id))

    assert (await find_last(conn, "Delete")).hosts == ["fan.test", "henin.test"]
    kept = await decisions.find(conn, decision.id)
    assert kept is not None and (kept.actor_id, kept.words) == (alice.id, decision.words)
    await sanctions.take_back(conn, HERE, decision, by=None)
    assert (await actors.get(conn, alice.id)).deleted_at is not None
    assert (await list_standing(conn))[-1][0] == "Delete"


async def test_a_like_shows_nothing_of_what_is_hidden_and_reaches_its_author(conn: Connection) -> None:
    zoe, carl = await make_member(conn, "zoe"), await make_remote_actor(conn, "carl", "stream.test")
    note = await make_note(conn, carl)
    await reactions.favourite(conn, HERE, zoe, note)

    await rule(conn, carl, "hide", posts=(note.id,))

    assert ("Like", ["stream.test"]) in await list_standing(conn)
