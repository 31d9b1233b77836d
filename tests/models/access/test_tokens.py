"""Bearer tokens and what they allow."""

import pytest

from models.access import applications, authorization_grants, sessions, tokens
from models.access.applications import OUT_OF_BAND, NewApplication
from models.access.authorization_grants import Consent
from models.errors import Invalid
from models.store.background.notify import listen
from models.store.database import Connection, Pool, execute, fetch_value, transaction
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


async def test_taking_back_one_token_takes_back_its_refresh_tokens(conn: Connection) -> None:
    alice = await make_member(conn)
    client, _ = await applications.register(
        conn, NewApplication(name="toot", website=None, redirect_uris=[OUT_OF_BAND], scopes=["read"])
    )
    code = await authorization_grants.allow(
        conn,
        Consent(actor_id=alice.id, application_id=client.id, scopes=["read"], redirect_uri=OUT_OF_BAND, challenge=None),
    )
    grant = await authorization_grants.redeem(conn, client, code, redirect_uri=OUT_OF_BAND, verifier="")
    assert grant is not None
    await tokens.create(conn, actor_id=alice.id, scopes=["read"], application=client, grant_id=grant.id)
    refresh = await authorization_grants.make_refresh_token(conn, grant.id)
    shown = (await tokens.list_of(conn, alice.id))[0]

    await tokens.revoke(conn, alice.id, shown.id)

    assert await authorization_grants.use_refresh_token(conn, client, refresh) is None


async def test_one_token_without_a_grant_goes_alone(conn: Connection) -> None:
    alice = await make_member(conn)
    kept = await tokens.create(conn, actor_id=alice.id, scopes=["read"])
    await tokens.create(conn, actor_id=alice.id, scopes=["read"])

    await tokens.revoke(conn, alice.id, (await tokens.list_of(conn, alice.id))[0].id)

    assert await tokens.find_by_bearer(conn, kept) is not None


ENDS = {
    "disabled": "UPDATE account SET disabled_at = now() WHERE actor_id = $1",
    "deleted": "UPDATE actor SET deleted_at = now() WHERE id = $1",
}


@pytest.mark.parametrize("how", ENDS)
async def test_an_account_that_ends_loses_sessions_tokens_and_codes_for_good(conn: Connection, how: str) -> None:
    alice, carole = await make_member(conn, "alice"), await make_member(conn, "carole")
    for actor in (alice, carole):
        await sessions.create(conn, actor.id, "test")
        await tokens.create(conn, actor_id=actor.id, scopes=["read"])

    await execute(conn, ENDS[how], alice.id)

    assert await sessions.list_of(conn, alice.id) == [] and await tokens.list_of(conn, alice.id) == []
    assert await sessions.list_of(conn, carole.id) and await tokens.list_of(conn, carole.id)


async def test_who_is_suspended_keeps_sessions_and_tokens_which_say_so_and_open_no_stream(conn: Connection) -> None:
    alice = await make_member(conn)
    await sessions.create(conn, alice.id, "test")
    bearer = await tokens.create(conn, actor_id=alice.id, scopes=["read"])

    await execute(conn, "UPDATE actor SET suspended_at = now() WHERE id = $1", alice.id)

    found = await tokens.find_by_bearer(conn, bearer)
    assert found is not None and found.suspended and await sessions.list_of(conn, alice.id)
    assert await tokens.filter_living(conn, [found.id]) == set()
    await execute(conn, "UPDATE account SET waits_since = now() WHERE actor_id = $1", alice.id)
    waiting = await tokens.find_by_bearer(conn, bearer)
    assert waiting is not None and waiting.waiting and not waiting.suspended
    await execute(conn, "UPDATE actor SET suspended_at = NULL WHERE id = $1", alice.id)
    assert await tokens.filter_living(conn, [found.id]) == set()


async def test_everything_but_one_session_is_ended(conn: Connection) -> None:
    alice = await make_member(conn)
    kept = await sessions.find(conn, await sessions.create(conn, alice.id, "here"))
    assert kept is not None
    await sessions.create(conn, alice.id, "there")
    await tokens.create(conn, actor_id=alice.id, scopes=["read"])

    await tokens.end_access(conn, alice.id, except_session=kept.token_hash)

    assert await sessions.list_of(conn, alice.id) == [kept] and await tokens.list_of(conn, alice.id) == []


async def test_whoever_holds_streams_open_hears_which_tokens_ended(pool: Pool, database_url: str) -> None:
    async with listen(database_url, tokens.CHANNEL) as listener:
        assert await listener.get(5) is None  # listening now
        async with transaction(pool) as conn:
            alice = await make_member(conn)
            bearer = await tokens.create(conn, actor_id=alice.id, scopes=["read"])
            token = await tokens.find_by_bearer(conn, bearer)
            assert token is not None
            await tokens.revoke_bearer(conn, bearer)
            await tokens.revoke_bearer(conn, bearer)  # nothing ends, nothing is said
            await tokens.end_access(conn, alice.id)

        said = [await listener.get(5), await listener.get(5)]

    assert said == [(tokens.CHANNEL, {"tokens": [token.id]}), (tokens.CHANNEL, {"actor": alice.id})]


async def test_old_ends_are_forgotten(conn: Connection) -> None:
    alice = await make_member(conn)
    await tokens.create(conn, actor_id=alice.id, scopes=["read"])
    await tokens.create(conn, actor_id=None, scopes=["read"])
    await execute(conn, "UPDATE token SET created_at = now() - interval '1 year'")
    await tokens.revoke_bearer(conn, await tokens.create(conn, actor_id=alice.id, scopes=["write"]))

    assert await tokens.forget_old(conn) == 1
    await execute(conn, "UPDATE token SET revoked_at = now() - interval '31 days' WHERE revoked_at IS NOT NULL")
    assert await tokens.forget_old(conn) == 1
    assert len(await tokens.list_of(conn, alice.id)) == 1
