"""Accounts: names, addresses and roles."""

import pytest

from models.access import one_time_links
from models.errors import Conflict, Invalid, NotFound
from models.people import accounts, actors, roles
from models.people.arrivals import unconfirmed_accounts
from models.store.database import Connection, execute
from tests.factories import make_local_actor, make_member


@pytest.mark.parametrize("username", ["alice", "a", "0", "_", "marie_claude_59", "x" * 30])
def test_a_plain_user_name_is_accepted(username: str) -> None:
    accounts.require_username(username)


@pytest.mark.parametrize(
    "username",
    [
        "",
        "Alice",
        "x" * 31,
        "аdmin",
        "al ice",
        "al-ice",
        "al.ice",
        "alice\n",
        "élodie",
        "ａlice",
        "a\u202eb",
        "a\u200db",
    ],
)
def test_a_user_name_that_could_mislead_is_refused(username: str) -> None:
    with pytest.raises(Invalid) as refusal:
        accounts.require_username(username)

    assert refusal.value.field == "username"


@pytest.mark.parametrize("username", [*actors.BUILT_IN, "admin", "root", "postmaster"])
def test_the_names_of_built_in_actors_and_of_roles_are_reserved(username: str) -> None:
    with pytest.raises(Invalid, match="username_reserved"):
        accounts.require_username(username)


async def test_a_user_name_is_given_out_once(conn: Connection) -> None:
    await accounts.reserve_username(conn, "alice")

    with pytest.raises(Conflict) as refusal:
        await accounts.reserve_username(conn, "alice")

    assert refusal.value.field == "username"


async def test_an_account_is_created_unconfirmed(conn: Connection) -> None:
    alice = await make_local_actor(conn, "alice", name="Alice")

    account = await accounts.create(
        conn, actor_id=alice.id, email="Alice@Example.org", password_hash="hash", roles=(), language="en"
    )

    assert (account.username, account.name, account.email) == ("alice", "Alice", "Alice@Example.org")
    assert (account.roles, account.language, account.confirmed_at) == ([], "en", None)
    assert await accounts.find_password_hash(conn, alice.id) == "hash"


async def test_an_address_belongs_to_one_account_whatever_its_case(conn: Connection) -> None:
    await make_member(conn, "alice")
    carole = await make_local_actor(conn, "carole")

    with pytest.raises(Conflict) as refusal:
        await accounts.create(
            conn,
            actor_id=carole.id,
            email="ALICE@example.org",
            password_hash=None,
            roles=(),
            language="fr",
        )

    assert refusal.value.field == "email"


@pytest.mark.parametrize("login", ["alice", " Alice ", "@alice", "alice@example.org", "ALICE@EXAMPLE.ORG"])
async def test_an_account_is_found_by_what_people_type(conn: Connection, login: str) -> None:
    alice = await make_member(conn, "alice")

    account = await accounts.find_by_login(conn, login)

    assert account is not None and account.actor_id == alice.id


async def test_a_deleted_person_has_no_account_any_more(conn: Connection) -> None:
    alice = await make_member(conn, "alice")
    await actors.delete(conn, alice.id)

    assert await accounts.find_by_login(conn, "alice") is None
    assert await accounts.find_by_login(conn, "alice@example.org") is None
    with pytest.raises(NotFound):
        await accounts.get(conn, alice.id)


async def test_roles_are_kept_each_once_in_the_order_of_the_table_and_nothing_else(conn: Connection) -> None:
    alice = await make_member(conn, "alice")
    await roles.set_roles(conn, alice.id, accounts.order_roles(["keeper", "king", "welcome", "keeper"]))

    assert (await accounts.get(conn, alice.id)).roles == ["welcome", "keeper"]


async def test_the_last_administrator_keeps_the_role(conn: Connection) -> None:
    alice = await make_member(conn, "alice", roles=["admin"])
    carole = await make_member(conn, "carole")
    with pytest.raises(Conflict):
        await roles.set_roles(conn, alice.id, [])

    await roles.set_roles(conn, carole.id, ["admin"])
    await roles.set_roles(conn, alice.id, [])

    assert (await accounts.get(conn, alice.id)).roles == []
    assert await accounts.has_admin(conn)


async def test_a_disabled_administrator_does_not_count(conn: Connection) -> None:
    alice = await make_member(conn, "alice", roles=["admin"])

    await execute(conn, "UPDATE account SET disabled_at = now() WHERE actor_id = $1", alice.id)

    assert not await accounts.has_admin(conn)


async def test_members_are_found_without_accents(conn: Connection) -> None:
    await make_member(conn, "chloe", name="Chloé")
    await make_member(conn, "alice")

    found = await accounts.list_accounts(conn, search="CHLOE")

    assert [account.username for account in found] == ["chloe"]
    assert len(await accounts.list_accounts(conn)) == 2


async def test_confirming_an_address_keeps_the_first_date(conn: Connection) -> None:
    alice = await make_member(conn, "alice")
    await execute(conn, "UPDATE account SET confirmed_at = '2026-01-01Z' WHERE actor_id = $1", alice.id)

    await accounts.confirm_email(conn, alice.id)

    confirmed_at = (await accounts.get(conn, alice.id)).confirmed_at
    assert confirmed_at is not None and confirmed_at.year == 2026 and confirmed_at.month == 1


async def test_an_account_moves_to_a_free_address(conn: Connection) -> None:
    alice = await make_member(conn, "alice")

    await accounts.set_email(conn, alice.id, "ALICE@example.org")
    await accounts.set_email(conn, alice.id, "alice@example.net")

    assert (await accounts.get(conn, alice.id)).email == "alice@example.net"


async def test_an_account_does_not_move_to_the_address_of_another(conn: Connection) -> None:
    alice = await make_member(conn, "alice")
    await make_member(conn, "carole")

    with pytest.raises(Conflict) as refusal:
        await accounts.set_email(conn, alice.id, "Carole@example.org")

    assert refusal.value.field == "email"


async def test_people_who_never_confirmed_are_forgotten_after_a_week_and_their_name_is_free(conn: Connection) -> None:
    old, fresh, written, member = [await make_local_actor(conn, name) for name in ("old", "fresh", "written", "member")]
    for actor in (old, fresh, written, member):
        await accounts.reserve_username(conn, actor.username)
        await accounts.create(
            conn,
            actor_id=actor.id,
            email=f"{actor.username}@example.org",
            password_hash=None,
            roles=(),
            language="fr",
        )
    await accounts.confirm_email(conn, member.id)
    await one_time_links.create(conn, "confirm", actor_id=written.id)
    await execute(
        conn,
        "UPDATE account SET created_at = now() - interval '8 days' WHERE actor_id = ANY($1)",
        [old.id, written.id, member.id],
    )

    assert await unconfirmed_accounts.forget_unconfirmed(conn) == 1

    left = [name for name in ("old", "fresh", "written", "member") if await accounts.find_by_username(conn, name)]
    assert left == ["fresh", "written", "member"]
    await accounts.reserve_username(conn, "old")
    with pytest.raises(Conflict):
        await accounts.reserve_username(conn, "written")
