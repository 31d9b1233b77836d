"""Bearer tokens and what they allow."""

import pytest

from models import tokens
from models.database import Connection, execute, fetch_value
from models.errors import Invalid
from tests.factories import make_member


async def test_a_token_is_found_by_its_bearer_only(conn: Connection) -> None:
    alice = await make_member(conn)
    bearer = await tokens.create(conn, actor_id=alice.id, scopes=["read", "write", "read"], application_name="toot")

    token = await tokens.find_by_bearer(conn, bearer)

    assert token is not None and token.actor_id == alice.id and token.application_name == "toot"
    assert token.scopes == ["read", "write"]
    assert await tokens.find_by_bearer(conn, bearer[:-1]) is None


async def test_the_bearer_string_itself_is_not_stored(conn: Connection) -> None:
    bearer = await tokens.create(conn, actor_id=(await make_member(conn)).id, scopes=["read"])

    row = await fetch_value(conn, "SELECT token::text FROM token")

    assert bearer not in row and bearer.encode().hex() not in row


async def test_a_scope_grants_its_parts_and_no_other(conn: Connection) -> None:
    bearer = await tokens.create(conn, actor_id=(await make_member(conn)).id, scopes=["read", "write:statuses"])

    token = await tokens.find_by_bearer(conn, bearer)

    assert token is not None
    assert token.allows("read") and token.allows("read:accounts") and token.allows("write:statuses")
    assert not token.allows("write") and not token.allows("write:follows") and not token.allows("push")


@pytest.mark.parametrize("scopes", [[], ["admin"], ["read", "everything:all"], [""]])
async def test_unknown_scopes_are_refused(conn: Connection, scopes: list[str]) -> None:
    alice = await make_member(conn)

    with pytest.raises(Invalid):
        await tokens.create(conn, actor_id=alice.id, scopes=scopes)


async def test_a_revoked_token_lets_nobody_in(conn: Connection) -> None:
    alice, carole = await make_member(conn, "alice"), await make_member(conn, "carole")
    bearer = await tokens.create(conn, actor_id=alice.id, scopes=["read"])
    token = (await tokens.list_of(conn, alice.id))[0]

    stolen = await tokens.revoke(conn, carole.id, token.id)
    revoked = await tokens.revoke(conn, alice.id, token.id)

    assert (stolen, revoked) == (False, True)
    assert await tokens.find_by_bearer(conn, bearer) is None
    assert await tokens.list_of(conn, alice.id) == []


async def test_disabling_an_account_stops_its_tokens(conn: Connection) -> None:
    bearer = await tokens.create(conn, actor_id=(await make_member(conn)).id, scopes=["read"])
    await execute(conn, "UPDATE account SET disabled_at = now()")

    assert await tokens.find_by_bearer(conn, bearer) is None


async def test_a_token_of_an_application_alone_has_no_person(conn: Connection) -> None:
    bearer = await tokens.create(conn, actor_id=None, scopes=["read"])

    token = await tokens.find_by_bearer(conn, bearer)

    assert token is not None and token.actor_id is None


async def test_an_application_gives_its_token_back(conn: Connection) -> None:
    bearer = await tokens.create(conn, actor_id=(await make_member(conn)).id, scopes=["read"])

    await tokens.revoke_bearer(conn, "unknown")
    await tokens.revoke_bearer(conn, bearer)

    assert await tokens.find_by_bearer(conn, bearer) is None
