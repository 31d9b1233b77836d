"""Communities at their addresses: who is shown, the charter, and that a hidden one is missing to whoever is outside."""

import pytest

from models.communities import members, memberships
from models.communities.communities import Community
from models.communities.memberships import Change
from models.people.actors import Actor
from models.servers import servers
from models.store.database import transaction
from outbox.communities.founding import create
from tests.fediverse import Person
from tests.outbox.communities.sample_community import make_key_pairs_once, write_draft
from tests.web.activitypub.conftest import HTML, Door

PARTS = ("members", "moderators", "managers", "charter/1")


async def found_at(door: Door, founder: Actor, **changes: object) -> Community:
    """A community founded by this member."""
    async with transaction(door.instance.pool) as conn:
        return await create(conn, door.instance.site, founder, write_draft(**changes), await make_key_pairs_once())


async def put_in(door: Door, person: Actor, community: Community, *, shown: bool) -> None:
    """She is a member, and shown or not."""
    async with transaction(door.instance.pool) as conn:
        held = await memberships.save(conn, community.actor_id, person.id, Change(state="member", accepted_version=1))
        await memberships.save_shown(conn, held.id, shown)


async def test_members_are_shown_where_the_community_and_they_themselves_wish_it(
    door: Door, alice: Actor, bob: Person
) -> None:
    community = await found_at(door, alice, members_shown=True)
    await put_in(door, await door.meet(bob), community, shown=True)

    root = await door.get(f"{community.uri}/members")
    page = await door.get(root.json["first"])
    leading = await door.get((await door.get(community.uri)).json["attributedTo"])
    charter = await door.get((await door.get(community.uri)).json["charter"]["id"])

    assert (root.json["totalItems"], page.json["orderedItems"]) == (2, [bob.uri])
    assert leading.json["orderedItems"] == [alice.uri]
    assert (charter.json["type"], charter.json["charterVersion"]) == ("Charter", 1)
    assert (await door.get(f"{community.uri}/charter/2")).status == 404
    assert (await door.get(f"{alice.uri}/managers")).status == 404


async def test_members_are_not_shown_otherwise(door: Door, alice: Actor, bob: Person) -> None:
    community = await found_at(door, alice)
    await put_in(door, await door.meet(bob), community, shown=True)

    assert (await door.get(f"{community.uri}/members", reader=bob)).status == 404
    assert "members" not in (await door.get(community.uri)).json


@pytest.mark.parametrize("accept", ["application/activity+json", HTML])
async def test_a_hidden_community_answers_as_what_never_was(door: Door, alice: Actor, bob: Person, accept: str) -> None:
    community = await found_at(door, alice, access="invitation", hidden=True)
    missing = community.uri.replace("remorques", "perceuses")

    for part in ("", "/inbox", "/outbox", "/followers", *(f"/{one}" for one in PARTS)):
        for reader in (None, bob):
            hidden = await door.get(f"{community.uri}{part}", reader=reader, accept=accept)
            nothing = await door.get(f"{missing}{part}", reader=reader, accept=accept)
            assert hidden.status == nothing.status == 404, part
            assert hidden.body == nothing.body, part
    handle = "/.well-known/webfinger?resource=acct:remorques@lomme.test"
    assert (await door.get(handle)).status == 404
    assert (await door.get(community.url.removeprefix(door.instance.site.url), accept=HTML)).status == 404


async def test_a_hidden_community_is_read_by_servers_of_which_somebody_is_in_it(
    door: Door, alice: Actor, bob: Person
) -> None:
    community = await found_at(door, alice, access="invitation", hidden=True)
    await put_in(door, await door.meet(bob), community, shown=False)

    answer = await door.get(community.uri, reader=bob)

    assert (answer.status, answer.json["discoverable"]) == (200, False)
    assert answer.json["inbox"] == f"{door.instance.site.url}/inbox"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert (await door.get(community.uri)).status == 404


async def test_a_join_of_a_server_that_was_set_aside_is_not_even_read(door: Door, alice: Actor, bob: Person) -> None:
    community = await found_at(door, alice)
    asked = {"id": f"{bob.uri}/joins/1", "type": "Join", "actor": bob.uri, "object": community.uri, "charterVersion": 1}
    async with transaction(door.instance.pool) as conn:
        await servers.save_level(conn, "henin.test", "aside")

    answer = await door.post(f"{community.uri}/inbox", bob, asked)

    assert answer.status == 403
    async with transaction(door.instance.pool) as conn:
        assert await members.count(conn, community.actor_id, "asked") == 0
