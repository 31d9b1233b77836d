"""What a member elsewhere shares inside goes by the community's home, with a proof of hers; nobody else is believed."""

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from federation.discovery.fetches import get_actor
from federation.errors import Cause, FetchFailed
from federation.json.fields import PUBLIC
from federation.proofs import add_proof
from federation.signatures import Signer
from inbox.processing.process import process_due
from models import posts
from models.communities import charters, communities
from models.communities.charters import NewCharter
from models.communities.communities import Community, CommunitySettings
from models.moderation import community_reports
from models.people.actors import Actor
from models.servers import trust_levels
from models.store.database import execute, transaction
from tests.fediverse import Person
from tests.inbox.desk import Desk
from tests.inbox.remote_people import give_proof_key
from tests.outbox.communities.sample_community import CHARTER, found, make_neighbour, put_in


def seal(activity: dict[str, Any], signer: Signer) -> dict[str, Any]:
    """With the proof of its author."""
    return add_proof(activity, signer, datetime.now(UTC))


def write(desk: Desk, author: Person, community_uri: str) -> dict[str, Any]:
    """The Create of a note that stays inside."""
    to = [f"{community_uri}/members"]
    return desk.create(author, desk.note(author, to=to, cc=[], content="<p>Entre nous</p>"), to=to, cc=[])


async def test_the_home_passes_it_on_whole_to_each_other_server_once(desk: Desk, bob: Person, alice: Actor) -> None:
    key = give_proof_key(desk.fediverse, bob)
    author = await get_actor(desk.instance, bob.uri)
    async with transaction(desk.instance.pool) as conn:
        community = await found(conn, alice)
        await put_in(conn, author, community)
        for name, host in (("carl", "arras.test"), ("dora", "arras.test"), ("eve", "lens.test")):
            shared = f"https://{host}/inbox"
            await put_in(conn, await make_neighbour(conn, name, host=host, shared_inbox=shared), community)
    create = write(desk, bob, community.uri)
    delete = desk.activity(bob, "Delete", create["object"]["id"], to=create["to"])

    for said in (create, create | {"published": "2026-11-24T10:00:00Z"}, delete):
        assert (await desk.post(bob, orjson.dumps(seal(said, key)))).status == 202
        await process_due(desk.instance)

    rows = await desk.instance.pool.fetch(
        "SELECT d.host, a.body FROM delivery d JOIN activity a ON a.id = d.activity_id ORDER BY a.id, d.host"
    )
    passed = [(row["host"], (said := orjson.loads(row["body"]))["object"]["type"], said["to"]) for row in rows]
    assert passed == [
        (host, type, create["to"]) for type in ("Create", "Delete") for host in ("arras.test", "lens.test")
    ]
    first = orjson.loads(rows[0]["body"])
    assert (first["actor"], first["type"]) == (community.uri, "Announce")
    assert first["object"] == seal(create, key) | {"proof": first["object"]["proof"]}


@pytest.mark.parametrize("hidden", [True, False])
async def test_what_is_hidden_inside_changes_for_nobody_any_more(
    desk: Desk, bob: Person, alice: Actor, hidden: bool
) -> None:
    key = give_proof_key(desk.fediverse, bob)
    author = await get_actor(desk.instance, bob.uri)
    async with transaction(desk.instance.pool) as conn:
        community = await found(conn, alice)
        await put_in(conn, author, community)
        await put_in(conn, await make_neighbour(conn, "eve", host="lens.test"), community)
    create = write(desk, bob, community.uri)
    newer = create["object"] | {"content": "<p>Encore</p>", "updated": "2026-11-25T10:00:00Z"}
    await desk.post(bob, orjson.dumps(seal(create, key)))
    await process_due(desk.instance)
    if hidden:
        async with transaction(desk.instance.pool) as conn:
            post = await posts.find_by_uri(conn, newer["id"])
            assert post is not None
            await community_reports.hide(conn, post.id, community.actor_id, by=alice.id, reason="Non.")

    await desk.post(bob, orjson.dumps(seal(desk.activity(bob, "Update", newer, to=create["to"], cc=[]), key)))
    await process_due(desk.instance)

    sent = await desk.value("SELECT count(*) FROM activity WHERE type = 'Announce'")
    assert sent == (1 if hidden else 2)


@pytest.fixture
async def home(desk: Desk, alice: Actor) -> tuple[Person, Community]:
    """A community at henin.test that Alice is in."""
    group = desk.fediverse.add_person("velos", "henin.test")
    actor = await get_actor(desk.instance, group.uri)
    async with transaction(desk.instance.pool) as conn:
        await communities.save_remote(conn, actor.id, CommunitySettings(access="open"))
        await charters.save_remote(conn, actor.id, NewCharter(version=1, text=CHARTER))
        community = await communities.find(conn, actor.id)
        assert community is not None
        await put_in(conn, alice, community)
    return group, community


async def test_a_home_closes_its_community_here_by_a_move_to_where_we_see_nothing(
    desk: Desk, home: tuple[Person, Community], bob: Person
) -> None:
    group, community = home
    unseen = "https://arras.test/users/velos"
    desk.fediverse.documents[unseen] = FetchFailed(Cause.NOT_FOUND, "arras.test", answer=404)

    await desk.take(bob, desk.activity(bob, "Move", bob.uri, target=unseen))
    await desk.take(group, desk.activity(group, "Move", group.uri, target=unseen, to=[f"{group.uri}/members"]))

    async with transaction(desk.instance.pool) as conn:
        closed = await communities.find(conn, community.actor_id)
        assert closed is not None and closed.ended_at is not None
    assert await desk.value("SELECT moved_to FROM actor WHERE uri = $1", group.uri) == unseen
    assert await desk.value("SELECT moved_to FROM actor WHERE uri = $1", bob.uri) is None


@pytest.mark.parametrize("forged", ["no proof", "other words", "other group", ""])
async def test_what_the_home_passes_on_is_kept_when_its_author_vouches_for_it(
    desk: Desk, home: tuple[Person, Community], forged: str
) -> None:
    group, community = home
    carl = desk.fediverse.add_person("carl", "arras.test")
    said = write(desk, carl, community.uri)
    sealed = said if forged == "no proof" else seal(said, give_proof_key(desk.fediverse, carl))
    if forged == "other words":
        sealed["object"]["content"] = "<p>Autre chose</p>"
    by = desk.fediverse.add_person("eve", "evil.test") if forged == "other group" else group

    await desk.take(by, desk.activity(by, "Announce", sealed, to=said["to"], cc=[]))

    async with transaction(desk.instance.pool) as conn:
        post = await posts.find_by_uri(conn, said["object"]["id"])
    assert (None if post is None else post.audience) == (None if forged else "community")


@pytest.mark.parametrize("way", ["server", "person"])
async def test_nothing_is_kept_of_whom_the_team_set_aside_whoever_passes_it_on(
    desk: Desk, home: tuple[Person, Community], way: str
) -> None:
    group, community = home
    carl = desk.fediverse.add_person("carl", "arras.test")
    key = give_proof_key(desk.fediverse, carl)
    first, second = (seal(write(desk, carl, community.uri), key) for _ in range(2))
    await desk.take(group, desk.activity(group, "Announce", first, to=first["to"], cc=[]))
    async with transaction(desk.instance.pool) as conn:
        assert await posts.find_by_uri(conn, first["object"]["id"]) is not None
        if way == "server":
            await trust_levels.save_level(conn, "arras.test", "aside")
        else:
            await execute(conn, "UPDATE actor SET suspended_at = now() WHERE uri = $1", carl.uri)

    await desk.take(group, desk.activity(group, "Announce", second, to=second["to"], cc=[]))

    async with transaction(desk.instance.pool) as conn:
        assert await posts.find_by_uri(conn, second["object"]["id"]) is None


async def test_a_note_inside_is_not_moved_out_by_whom_its_author_is_not(
    desk: Desk, home: tuple[Person, Community]
) -> None:
    """A home that lies about an edit has no proof of it, and an older edit changes nothing."""
    group, community = home
    carl = desk.fediverse.add_person("carl", "arras.test")
    key = give_proof_key(desk.fediverse, carl)
    said = write(desk, carl, community.uri)
    await desk.take(group, desk.activity(group, "Announce", seal(said, key), to=said["to"], cc=[]))
    note = said["object"] | {"to": [PUBLIC], "content": "<p>À tous</p>", "updated": "2027-01-01T00:00:00Z"}
    forged = desk.activity(carl, "Update", note, to=said["to"], cc=[])

    await desk.take(group, desk.activity(group, "Announce", forged, to=said["to"], cc=[]))

    async with transaction(desk.instance.pool) as conn:
        post = await posts.find_by_uri(conn, note["id"])
    assert post is not None and (post.audience, "À tous" in post.content) == ("community", False)
