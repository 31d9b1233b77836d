"""A town hall's account says what it is, here and elsewhere, and lets nobody in."""

from datetime import UTC, datetime, timedelta

import pytest

from federation.documents.serialize import to_json
from models import preferences
from models.communities import waiting
from models.errors import Conflict, Forbidden, Invalid
from models.people import accounts
from models.people.actors import Actor
from models.people.invitations.invitations import NewInvitation
from models.store.database import Connection, execute, fetch_value
from outbox.communities.approvals import approve, refuse
from outbox.communities.invitations import invite as invite_in
from outbox.communities.invitations import make_link
from outbox.communities.joining import JoinRequest, join
from outbox.communities.roles import set_role
from outbox.people import authorities
from outbox.people.joining import invitations
from outbox.people.profiles import describe_actor
from tests.factories import HERE, make_follow, make_member, make_remote_actor
from tests.golden import normalize, require_golden
from tests.outbox.communities.sample_community import found, list_told, put_in
from tests.outbox.sent_activities import list_sent


async def make_town(conn: Connection) -> Actor:
    """The account of a town hall."""
    town = await make_member(conn, "mairie", type="Organization", name="Ville de Lomme")
    assert await authorities.change(conn, HERE, town, authority=True)
    return town


async def test_followers_elsewhere_are_told_what_the_account_is_and_that_it_is_no_more(conn: Connection) -> None:
    town = await make_member(conn, "mairie", type="Organization", name="Ville de Lomme")
    await make_follow(conn, await make_remote_actor(conn), town)

    changed = [await authorities.change(conn, HERE, town, authority=given) for given in (True, True, False, False)]

    assert changed == [True, False, True, False]
    told = [(sent.type, sent.activity["object"]["attachment"]) for sent in await list_sent(conn)]
    line = {"type": "PropertyValue", "name": "Qui parle ici", "value": "Compte de la collectivité"}
    assert told == [("Update", [line]), ("Update", [])]


async def test_its_document_is_the_one_that_is_written_down(conn: Connection) -> None:
    town = await make_town(conn)

    written = to_json(await describe_actor(conn, HERE, town))

    require_golden("declic/organization_authority", normalize([written])[0])


async def test_a_person_somebody_of_the_team_and_a_manager_are_no_local_authority(conn: Connection) -> None:
    person = await make_member(conn, "alice")
    keeper = await make_member(conn, "lieu", type="Organization", roles=["keeper"])
    manager = await make_member(conn, "asso", type="Organization")
    await found(conn, manager)

    for who, refusal, code in (
        (person, Invalid, "authority_of_person"),
        (keeper, Conflict, "authority_of_team"),
        (manager, Conflict, "authority_of_manager"),
    ):
        with pytest.raises(refusal, match=code):
            await authorities.change(conn, HERE, who, authority=True)


async def test_it_is_a_member_of_a_community_and_has_no_voice_in_who_comes_in(conn: Connection) -> None:
    town, alice, mona = await make_town(conn), await make_member(conn), await make_member(conn, "mona")
    community = await found(conn, alice, access="on_request", approvals_needed=2)
    await put_in(conn, town, community)

    await join(conn, HERE, mona, community, JoinRequest(version=1))

    assert [await waiting.count(conn, one.id) for one in (alice, town)] == [1, 0]
    assert ["community_asked" in await list_told(conn, one) for one in (alice, town)] == [True, False]
    with pytest.raises(Forbidden, match="authority_lets_nobody_in"):
        await approve(conn, HERE, town, community, mona)
    for role in ("moderator", "manager"):
        with pytest.raises(Forbidden, match="authority_lets_nobody_in"):
            await set_role(conn, HERE, alice, community, town, role)
    with pytest.raises(Forbidden, match="authority_lets_nobody_in"):
        await found(conn, town)


async def test_made_manager_by_a_server_that_does_not_know_it_lets_nobody_in_all_the_same(conn: Connection) -> None:
    town, alice, mona = await make_town(conn), await make_member(conn), await make_member(conn, "mona")
    community = await found(conn, alice, access="on_request")
    await put_in(conn, town, community)
    await execute(conn, "UPDATE membership SET role = 'manager' WHERE actor_id = $1", town.id)
    await join(conn, HERE, mona, community, JoinRequest(version=1))

    later = datetime.now(UTC) + timedelta(days=1)
    for act in (
        lambda: approve(conn, HERE, town, community, mona),
        lambda: refuse(conn, HERE, town, community, mona, "Non."),
        lambda: invite_in(conn, HERE, town, community, mona),
        lambda: make_link(conn, HERE, town, community, 1, later),
    ):
        with pytest.raises(Forbidden, match="authority_lets_nobody_in"):
            await act()


async def test_it_invites_nobody_and_what_it_gave_away_before_is_over(conn: Connection) -> None:
    await preferences.write(conn, {"member_invitations": 3})
    town = await make_member(conn, "mairie", type="Organization")
    new = NewInvitation(
        made_by=town.id, team=False, places=1, expires_at=datetime.now(UTC) + timedelta(days=1), note=""
    )
    given = await invitations.invite(conn, await accounts.get(conn, town.id), new)

    await authorities.change(conn, HERE, town, authority=True)

    account = await accounts.get(conn, town.id)
    assert await invitations.count_left(conn, account) == 0
    with pytest.raises(Forbidden, match="authority_invites_nobody"):
        await invitations.invite(conn, account, new)
    assert await fetch_value(conn, "SELECT revoked_at IS NOT NULL FROM invitation WHERE id = $1", given)
