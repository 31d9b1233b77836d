"""Codes, secrets and refresh tokens become tokens; tokens are given back."""

import asyncio
import base64
from dataclasses import dataclass
from typing import Any

import pytest
from aiohttp import FormData

from models.access import applications, authorization_grants
from models.access.applications import Application, NewApplication
from models.access.authorization_grants import Consent
from models.store.database import connection, execute, fetch_value
from tests.web.api.conftest import Alice, Answer, Api

BACK = "https://phanpy.test/?own=1"

VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"

CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


@dataclass(frozen=True, slots=True, kw_only=True)
class Phanpy:
    """A client with its secret, and Alice who lets it in."""

    alice: Alice
    client: Application
    secret: str

    @property
    def anybody(self) -> Api:
        """The server, asked without a token."""
        return self.alice.api.as_anybody()

    @property
    def identity(self) -> dict[str, str]:
        """What the client says of itself in a body."""
        return {"client_id": self.client.client_id, "client_secret": self.secret}

    async def get_code(self, *scopes: str, challenge: str | None = None) -> str:
        """Alice says yes."""
        async with connection(self.anybody.pool) as conn:
            consent = Consent(
                actor_id=self.alice.actor.id,
                application_id=self.client.id,
                scopes=scopes or ["read"],
                redirect_uri=BACK,
                challenge=challenge,
            )
            return await authorization_grants.allow(conn, consent)

    async def exchange(self, code: str, /, **changes: str) -> Answer:
        """The code becomes a token, or not."""
        body = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK, **self.identity} | changes
        return await self.anybody.ask("POST", "/oauth/token", data=body)

    async def renew(self, refresh_token: str, /, **changes: str) -> Answer:
        """The next pair."""
        body = {"grant_type": "refresh_token", "refresh_token": refresh_token, **self.identity} | changes
        return await self.anybody.ask("POST", "/oauth/token", data=body)

    async def opens(self, bearer: str) -> int:
        """What the home timeline answers to this token."""
        headers = {"Authorization": f"Bearer {bearer}"}
        return (await self.anybody.ask("GET", "/api/v1/timelines/home", headers=headers)).status


@pytest.fixture
async def phanpy(alice: Alice) -> Phanpy:
    """Registered for all scopes."""
    return await register(alice, "read", "write", "follow", "push")


async def register(alice: Alice, *scopes: str) -> Phanpy:
    async with connection(alice.api.pool) as conn:
        client, secret = await applications.register(
            conn, NewApplication(name="Phanpy", website=None, redirect_uris=[BACK], scopes=scopes)
        )
    return Phanpy(alice=alice, client=client, secret=secret)


def refused(answer: Answer, status: int, code: str) -> bool:
    """Whether this is the error that RFC 6749 wants, with a sentence."""
    return answer.status == status and answer.json["error"] == code and len(answer.json["error_description"]) > 10


async def test_a_code_becomes_a_token_in_every_encoding(phanpy: Phanpy) -> None:
    for encode in ("json", "form", "multipart"):
        body: dict[str, Any] = {"grant_type": "authorization_code", "redirect_uri": BACK, "scope": "read write"}
        body |= {"code": await phanpy.get_code("read", "write"), **phanpy.identity}
        form = FormData(body, default_to_multipart=True)
        sent: dict[str, Any] = {"json": ("json", body), "form": ("data", body), "multipart": ("data", form)}
        name, value = sent[encode]

        answer = await phanpy.anybody.ask("POST", "/oauth/token", **{name: value})

        assert answer.status == 200, answer
        assert answer.json["token_type"] == "Bearer" and answer.json["scope"] == "read write"
        assert isinstance(answer.json["created_at"], int)
        assert answer.headers["Cache-Control"] == "no-store"
        assert await phanpy.opens(answer.json["access_token"]) == 200


async def test_a_client_may_show_its_secret_by_http_basic(phanpy: Phanpy) -> None:
    header = base64.b64encode(f"{phanpy.client.client_id}:{phanpy.secret}".encode()).decode()
    body = {"grant_type": "authorization_code", "code": await phanpy.get_code(), "redirect_uri": BACK}

    answer = await phanpy.anybody.ask("POST", "/oauth/token", data=body, headers={"Authorization": f"Basic {header}"})

    assert answer.status == 200


async def test_pkce_wants_its_verifier(phanpy: Phanpy) -> None:
    code = await phanpy.get_code(challenge=CHALLENGE)

    assert refused(await phanpy.exchange(code), 400, "invalid_grant")
    assert refused(await phanpy.exchange(code, code_verifier=CHALLENGE), 400, "invalid_grant")
    assert (await phanpy.exchange(code, code_verifier=VERIFIER)).status == 200


async def test_b45_a_code_that_comes_twice_ends_its_tokens(phanpy: Phanpy) -> None:
    code = await phanpy.get_code()
    first = (await phanpy.exchange(code)).json

    again = await phanpy.exchange(code)

    assert refused(again, 400, "invalid_grant")
    assert await phanpy.opens(first["access_token"]) == 401
    assert refused(await phanpy.renew(first["refresh_token"]), 400, "invalid_grant")


async def test_b45_one_code_sent_many_times_at_once_leaves_no_token(phanpy: Phanpy) -> None:
    code = await phanpy.get_code()

    answers = await asyncio.gather(*(phanpy.exchange(code) for _ in range(8)))

    assert sorted(answer.status for answer in answers) == [200] + [400] * 7
    bearer = next(answer.json["access_token"] for answer in answers if answer.status == 200)
    assert await phanpy.opens(bearer) == 401


@pytest.mark.parametrize("uri", ["", "https://phanpy.test/", "https://phanpy.test/?own=1&x", "https://evil.test/"])
async def test_b45_a_code_is_bound_to_its_redirect_uri(phanpy: Phanpy, uri: str) -> None:
    answer = await phanpy.exchange(await phanpy.get_code(), redirect_uri=uri)

    assert refused(answer, 400, "invalid_grant")


async def test_b45_a_code_is_bound_to_its_client(phanpy: Phanpy, alice: Alice) -> None:
    other = await register(alice, "read")

    answer = await phanpy.exchange(await phanpy.get_code(), **other.identity)

    assert refused(answer, 400, "invalid_grant")


async def test_a_wrong_secret_and_an_unknown_client_get_the_same_answer(phanpy: Phanpy) -> None:
    code = await phanpy.get_code()
    wrong = await phanpy.exchange(code, client_secret="wrong")
    missing = await phanpy.exchange(code, client_secret="")
    unknown = await phanpy.exchange(code, client_id="unknown")

    assert refused(wrong, 401, "invalid_client") and "WWW-Authenticate" in wrong.headers
    assert wrong.json == unknown.json == missing.json


async def test_b45_secrets_in_the_address_are_not_read(phanpy: Phanpy) -> None:
    params = {"grant_type": "client_credentials", **phanpy.identity}

    answer = await phanpy.anybody.ask("POST", "/oauth/token", params=params)

    assert refused(answer, 401, "invalid_client")


async def test_what_is_not_known_or_missing_is_said(phanpy: Phanpy) -> None:
    for changes, code in (
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": ""}, "unsupported_grant_type"),
        ({"code": ""}, "invalid_request"),
        ({"grant_type": "refresh_token"}, "invalid_request"),
        ({"grant_type": "client_credentials", "scope": "admin"}, "invalid_scope"),
        ({"grant_type": "client_credentials", "scope": "admin:read"}, "invalid_scope"),
    ):
        assert refused(await phanpy.exchange("x", **changes), 400, code)


async def test_what_cannot_be_read_is_an_invalid_request(anybody: Api) -> None:
    broken = await anybody.ask("POST", "/oauth/token", data="{", headers={"Content-Type": "application/json"})
    strange = await anybody.ask("POST", "/oauth/token", data="<x/>", headers={"Content-Type": "text/xml"})
    asked = await anybody.ask("GET", "/oauth/token")

    assert refused(broken, 400, "invalid_request") and refused(strange, 400, "invalid_request")
    assert refused(asked, 405, "invalid_request") and asked.headers["Allow"] == "POST"


async def test_an_application_gets_a_token_of_its_own_within_its_scopes(phanpy: Phanpy, alice: Alice) -> None:
    body = {"grant_type": "client_credentials", **phanpy.identity}
    given = await phanpy.anybody.ask("POST", "/oauth/token", json={**body, "scope": "read write"})
    plain = await phanpy.anybody.ask("POST", "/oauth/token", json=body)
    narrow = await register(alice, "read:statuses")
    beyond = await phanpy.anybody.ask("POST", "/oauth/token", json={**body, **narrow.identity, "scope": "read"})

    assert given.json["scope"] == "read write" and plain.json["scope"] == "read"
    assert "refresh_token" not in given.json
    assert await phanpy.opens(given.json["access_token"]) == 422
    assert refused(beyond, 400, "invalid_scope")


async def test_a_refresh_token_brings_the_next_pair_and_ends_the_last(phanpy: Phanpy) -> None:
    first = (await phanpy.exchange(await phanpy.get_code("read", "write"))).json

    second = (await phanpy.renew(first["refresh_token"])).json

    assert second["scope"] == "read write" and second["refresh_token"] != first["refresh_token"]
    assert await phanpy.opens(first["access_token"]) == 401 and await phanpy.opens(second["access_token"]) == 200


async def test_b45_a_refresh_token_that_comes_twice_ends_all(phanpy: Phanpy) -> None:
    first = (await phanpy.exchange(await phanpy.get_code())).json
    second = (await phanpy.renew(first["refresh_token"])).json

    stolen = await phanpy.renew(first["refresh_token"])

    assert refused(stolen, 400, "invalid_grant")
    assert await phanpy.opens(second["access_token"]) == 401
    assert refused(await phanpy.renew(second["refresh_token"]), 400, "invalid_grant")


async def test_b45_a_refresh_never_widens_the_scopes(phanpy: Phanpy) -> None:
    first = (await phanpy.exchange(await phanpy.get_code("read"))).json

    wider = await phanpy.renew(first["refresh_token"], scope="read write")
    narrower = await phanpy.renew(first["refresh_token"], scope="read:statuses")

    assert refused(wider, 400, "invalid_scope")
    assert narrower.status == 200 and narrower.json["scope"] == "read:statuses"


async def test_a_token_is_given_back_and_so_is_its_refresh_token(phanpy: Phanpy) -> None:
    pair = (await phanpy.exchange(await phanpy.get_code())).json

    answer = await phanpy.anybody.ask("POST", "/oauth/revoke", json={"token": pair["access_token"], **phanpy.identity})

    assert (answer.status, answer.json) == (200, {})
    assert await phanpy.opens(pair["access_token"]) == 401
    assert refused(await phanpy.renew(pair["refresh_token"]), 400, "invalid_grant")


async def test_a_refresh_token_that_is_given_back_ends_its_access_token(phanpy: Phanpy) -> None:
    pair = (await phanpy.exchange(await phanpy.get_code())).json

    await phanpy.anybody.ask("POST", "/oauth/revoke", data={"token": pair["refresh_token"], **phanpy.identity})

    assert await phanpy.opens(pair["access_token"]) == 401


async def test_giving_back_what_nobody_knows_is_no_error(phanpy: Phanpy) -> None:
    for token in ("unknown", "", "x" * 5000, "\0"):
        answer = await phanpy.anybody.ask("POST", "/oauth/revoke", json={"token": token, **phanpy.identity})

        assert (answer.status, answer.json) == (200, {})


async def test_nobody_gives_back_the_token_of_another_application(phanpy: Phanpy, alice: Alice) -> None:
    bearer = (await phanpy.exchange(await phanpy.get_code())).json["access_token"]
    other = await register(alice, "read")

    stranger = await phanpy.anybody.ask("POST", "/oauth/revoke", data={"token": bearer, **other.identity})
    nobody = await phanpy.anybody.ask("POST", "/oauth/revoke", data={"token": bearer})

    assert refused(stranger, 403, "unauthorized_client") and refused(nobody, 401, "invalid_client")
    assert await phanpy.opens(bearer) == 200


async def test_a_token_made_by_hand_is_given_back_by_whoever_holds_it(phanpy: Phanpy) -> None:
    bearer = phanpy.alice.api.bearer or ""

    answer = await phanpy.anybody.ask("POST", "/oauth/revoke", data={"token": bearer})

    assert (answer.status, answer.json) == (200, {})
    assert await phanpy.opens(bearer) == 401


async def test_an_old_code_is_refused(phanpy: Phanpy) -> None:
    code = await phanpy.get_code()
    async with connection(phanpy.anybody.pool) as conn:
        await execute(conn, "UPDATE access_grant SET created_at = now() - interval '11 minutes'")

    assert refused(await phanpy.exchange(code), 400, "invalid_grant")


async def test_too_many_tries_are_refused_with_the_three_headers(phanpy: Phanpy) -> None:
    answers = [await phanpy.exchange("x") for _ in range(61)]

    assert answers[-2].status == 400 and refused(answers[-1], 429, "temporarily_unavailable")
    assert {"X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"} <= set(answers[-1].headers)


async def test_pages_on_other_origins_may_ask_for_tokens_and_not_for_the_consent(phanpy: Phanpy) -> None:
    for path in ("/oauth/token", "/oauth/revoke", "/api/v1/apps", "/.well-known/oauth-authorization-server"):
        asked = await phanpy.anybody.client.options(path, headers={"Origin": "https://phanpy.test"})
        assert asked.status == 204 and asked.headers["Access-Control-Allow-Origin"] == "*", path
    wrong = await phanpy.exchange("x")
    page = await phanpy.anybody.client.get("/oauth/authorize", headers={"Origin": "https://phanpy.test"})

    assert wrong.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Origin" not in page.headers


async def test_the_metadata_name_every_address_and_only_what_there_is(anybody: Api) -> None:
    shown = await anybody.get("/.well-known/oauth-authorization-server")

    assert shown["issuer"] == "https://lomme.test"
    assert shown["authorization_endpoint"] == "https://lomme.test/oauth/authorize"
    assert shown["token_endpoint"] == "https://lomme.test/oauth/token"
    assert shown["code_challenge_methods_supported"] == ["S256"]
    assert "password" not in shown["grant_types_supported"] and "write:statuses" in shown["scopes_supported"]


async def test_the_scope_profile_shows_who_somebody_is_and_nothing_else(alice: Alice) -> None:
    api = await alice.api.as_member(alice.actor, "profile")

    shown = await api.get("/oauth/userinfo")

    assert shown["sub"] == alice.actor.uri and shown["preferred_username"] == "alice"
    assert (await api.ask("GET", "/api/v1/accounts/verify_credentials")).status == 200
    assert (await api.ask("GET", "/api/v1/timelines/home")).status == 403
    assert (await alice.api.as_anybody().ask("GET", "/oauth/userinfo")).status == 401


async def test_the_application_is_remembered_as_used(phanpy: Phanpy) -> None:
    await phanpy.exchange(await phanpy.get_code())

    async with connection(phanpy.anybody.pool) as conn:
        assert await fetch_value(conn, "SELECT used_at FROM application") is not None
