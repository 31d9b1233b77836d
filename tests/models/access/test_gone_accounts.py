"""Nothing that is made or held opens anything for an account that is gone or kept out."""

import pytest

from models.access import applications, authorization_grants, sessions, tokens
from models.access.applications import Application, NewApplication
from models.access.authorization_grants import Consent
from models.people import accounts
from models.people.actors import Actor
from models.store.database import Connection, fetch_value
from tests.factories import make_member
from tests.models.marks import GONE, Column, mark_back, mark_gone

HOME = "https://phanpy.test/"

VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"

CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
"""Both from RFC 7636, appendix B."""


async def allow(conn: Connection, alice: Actor, client: Application) -> str:
    consent = Consent(
        actor_id=alice.id, application_id=client.id, scopes=["read"], redirect_uri=HOME, challenge=CHALLENGE
    )
    return await authorization_grants.allow(conn, consent)


@pytest.mark.parametrize("column", GONE)
async def test_no_session_token_or_code_is_good_as_long_as_its_account_is_gone(
    conn: Connection, column: Column
) -> None:
    alice = await make_member(conn)
    await mark_gone(conn, alice, column)  # which ended what there was
    client, _ = await applications.register(
        conn, NewApplication(name="Phanpy", website=None, redirect_uris=[HOME], scopes=["read"])
    )
    code = await allow(conn, alice, client)
    grant_id = await fetch_value(conn, "SELECT id FROM access_grant")
    refresh = await authorization_grants.make_refresh_token(conn, grant_id)
    session = await sessions.create(conn, alice.id, "Firefox")
    bearer = await tokens.create(conn, actor_id=alice.id, scopes=["read"], application_name="toot")

    async def try_all() -> dict[str, bool]:
        redeemed = await authorization_grants.redeem(conn, client, code, redirect_uri=HOME, verifier=VERIFIER)
        return {
            "session": await sessions.find(conn, session) is not None,
            "token": await tokens.find_by_bearer(conn, bearer) is not None,
            "code": redeemed is not None,
            "refresh token": await authorization_grants.use_refresh_token(conn, client, refresh) is not None,
        }

    gone = await try_all()
    await mark_back(conn, alice)

    # Who is suspended is told so by what she has; it opens nothing else.
    assert [name for name, opens in gone.items() if opens] == (["session", "token"] if column == "suspended_at" else [])
    assert [name for name, opens in (await try_all()).items() if not opens] == []


async def test_an_account_whose_person_is_gone_is_found_by_nothing(conn: Connection) -> None:
    alice, _ = await make_member(conn), await make_member(conn, "bob")

    async def find_all() -> list[bool]:
        return [
            await accounts.find(conn, alice.id) is not None,
            await accounts.find_by_email(conn, "Alice@example.org") is not None,
            await accounts.find_by_username(conn, "ALICE") is not None,
            "alice" in [one.username for one in await accounts.list_accounts(conn)],
        ]

    before = await find_all()
    await mark_gone(conn, alice)

    assert before == [True] * 4
    assert await find_all() == [False] * 4
    assert [one.username for one in await accounts.list_accounts(conn)] == ["bob"]
