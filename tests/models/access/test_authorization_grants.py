"""Codes and refresh tokens: used once, bound to what they were made for; a second use ends everything."""

from dataclasses import dataclass, replace

import pytest

from models.access import applications, authorization_grants, tokens
from models.access.applications import Application, NewApplication
from models.access.authorization_grants import Consent
from models.store.database import Connection, execute, fetch_value
from tests.factories import make_member

HOME = "https://phanpy.test/"

VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"

CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
"""Both from RFC 7636, appendix B."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """A member, a client and what she allowed it."""

    client: Application
    consent: Consent
    code: str


@pytest.fixture
async def ground(conn: Connection) -> Ground:
    """Alice said yes to Phanpy, with PKCE."""
    alice = await make_member(conn)
    client, _ = await applications.register(
        conn, NewApplication(name="Phanpy", website=None, redirect_uris=[HOME], scopes=["read", "write"])
    )
    consent = Consent(
        actor_id=alice.id, application_id=client.id, scopes=["read"], redirect_uri=HOME, challenge=CHALLENGE
    )
    return Ground(client=client, consent=consent, code=await authorization_grants.allow(conn, consent))


async def redeem(conn: Connection, ground: Ground, code: str = "") -> authorization_grants.Grant | None:
    return await authorization_grants.redeem(
        conn, ground.client, code or ground.code, redirect_uri=HOME, verifier=VERIFIER
    )


async def issue(conn: Connection, ground: Ground, grant: authorization_grants.Grant) -> str:
    return await tokens.create(
        conn, actor_id=grant.actor_id, scopes=grant.scopes, application=ground.client, grant_id=grant.id
    )


async def test_a_code_is_good_once(conn: Connection, ground: Ground) -> None:
    grant = await redeem(conn, ground)

    assert grant is not None and grant.actor_id == ground.consent.actor_id and grant.scopes == ["read"]
    assert await redeem(conn, ground) is None


async def test_a_code_that_comes_twice_ends_what_came_of_it(conn: Connection, ground: Ground) -> None:
    grant = await redeem(conn, ground)
    assert grant is not None
    bearer, refresh = await issue(conn, ground, grant), await authorization_grants.make_refresh_token(conn, grant.id)

    await redeem(conn, ground)

    assert await tokens.find_by_bearer(conn, bearer) is None
    assert await authorization_grants.use_refresh_token(conn, ground.client, refresh) is None


async def test_a_code_is_bound_to_client_redirect_uri_and_verifier(conn: Connection, ground: Ground) -> None:
    other, _ = await applications.register(
        conn, NewApplication(name="Other", website=None, redirect_uris=[HOME], scopes=["read"])
    )

    assert await redeem(conn, replace(ground, client=other)) is None
    assert (
        await authorization_grants.redeem(conn, ground.client, ground.code, redirect_uri=HOME[:-1], verifier=VERIFIER)
        is None
    )
    assert await authorization_grants.redeem(conn, ground.client, ground.code, redirect_uri=HOME, verifier="") is None
    assert (
        await authorization_grants.redeem(conn, ground.client, ground.code, redirect_uri=HOME, verifier=CHALLENGE)
        is None
    )
    assert await redeem(conn, ground, "invented") is None
    assert await redeem(conn, ground) is not None


async def test_a_verifier_without_a_challenge_is_refused(conn: Connection, ground: Ground) -> None:
    code = await authorization_grants.allow(conn, replace(ground.consent, challenge=None))

    assert await redeem(conn, ground, code) is None
    assert await authorization_grants.redeem(conn, ground.client, code, redirect_uri=HOME, verifier="") is not None


async def test_a_code_lives_ten_minutes(conn: Connection, ground: Ground) -> None:
    await execute(conn, "UPDATE access_grant SET created_at = now() - interval '11 minutes'")

    assert await redeem(conn, ground) is None


async def test_neither_code_nor_token_is_stored(conn: Connection, ground: Ground) -> None:
    grant = await redeem(conn, ground)
    assert grant is not None
    refresh = await authorization_grants.make_refresh_token(conn, grant.id)

    rows = await fetch_value(conn, "SELECT g::text || r::text FROM access_grant g JOIN refresh_token r ON true")

    for secret in (ground.code, refresh):
        assert secret not in rows and secret.encode().hex() not in rows


async def test_a_refresh_token_ends_the_access_token_and_is_good_once(conn: Connection, ground: Ground) -> None:
    grant = await redeem(conn, ground)
    assert grant is not None
    first, refresh = await issue(conn, ground, grant), await authorization_grants.make_refresh_token(conn, grant.id)

    again = await authorization_grants.use_refresh_token(conn, ground.client, refresh)

    assert again is not None and again.id == grant.id
    assert await tokens.find_by_bearer(conn, first) is None


async def test_a_refresh_token_that_comes_twice_ends_everything(conn: Connection, ground: Ground) -> None:
    grant = await redeem(conn, ground)
    assert grant is not None
    refresh = await authorization_grants.make_refresh_token(conn, grant.id)
    await authorization_grants.use_refresh_token(conn, ground.client, refresh)
    second, newer = await issue(conn, ground, grant), await authorization_grants.make_refresh_token(conn, grant.id)

    stolen = await authorization_grants.use_refresh_token(conn, ground.client, refresh)

    assert stolen is None
    assert await tokens.find_by_bearer(conn, second) is None
    assert await authorization_grants.use_refresh_token(conn, ground.client, newer) is None


async def test_a_refresh_token_serves_its_own_client_only(conn: Connection, ground: Ground) -> None:
    grant = await redeem(conn, ground)
    assert grant is not None
    refresh = await authorization_grants.make_refresh_token(conn, grant.id)
    other, _ = await applications.register(
        conn, NewApplication(name="Other", website=None, redirect_uris=[HOME], scopes=["read"])
    )

    assert await authorization_grants.use_refresh_token(conn, other, refresh) is None
    assert await authorization_grants.use_refresh_token(conn, ground.client, refresh) is not None


@pytest.mark.parametrize("table", ["account", "actor"])
async def test_a_disabled_or_suspended_account_gets_no_token(conn: Connection, ground: Ground, table: str) -> None:
    if table == "account":
        await execute(conn, "UPDATE account SET disabled_at = now()")
    else:
        await execute(conn, "UPDATE actor SET suspended_at = now()")

    assert await redeem(conn, ground) is None


async def test_old_codes_and_grants_are_forgotten(conn: Connection, ground: Ground) -> None:
    grant = await redeem(conn, ground)
    assert grant is not None
    await authorization_grants.allow(conn, ground.consent)
    await execute(conn, "UPDATE access_grant SET created_at = now() - interval '2 days'")

    forgotten = await authorization_grants.forget_old(conn)

    assert forgotten == 1
    assert await fetch_value(conn, "SELECT id FROM access_grant") == grant.id
