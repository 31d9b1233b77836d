"""What an app is refused is said in its reader's language, with a code that programs compare."""

from typing import Any

import pytest

from models.access import applications, tokens
from models.access.applications import NewApplication
from models.store.database import execute, transaction
from tests.web.api.conftest import Alice, Api

FRENCH, ENGLISH = {"Accept-Language": "fr-FR,fr;q=0.9"}, {"Accept-Language": "en-GB,en;q=0.9"}

REFUSED: list[tuple[str, str, dict[str, Any], dict[str, str], str]] = [
    (
        "POST",
        "/api/v1/statuses",
        {"data": {"status": "Bonsoir.", "visibility": "direct"}},
        {"code": "direct_mention_missing", "field": "status"},
        "A private message names at least one person, for example @alice.",
    ),
    (
        "POST",
        "/api/v1/statuses",
        {"data": {"status": "x" * 5_001}},
        {"code": "message_too_long", "field": "status"},
        "The message is too long: 5,000 characters at most.",
    ),
    (
        "GET",
        "/api/v1/accounts/search",
        {},
        {"code": "parameter_missing", "field": "q"},
        "q is missing.",
    ),
    (
        "GET",
        "/api/v1/statuses/1",
        {},
        {"code": "not_found"},
        "This does not exist here, or you may not see it.",
    ),
    (
        "GET",
        "/api/v1/nowhere",
        {},
        {"code": "unknown_endpoint"},
        "This address is not part of the API of this server.",
    ),
    (
        "PUT",
        "/api/v1/markers",
        {},
        {"code": "method_not_allowed"},
        "This address does not do that.",
    ),
    (
        "POST",
        "/api/v1/statuses",
        {"data": b"x" * 3_000_000, "headers": {"Content-Type": "application/json"}},
        {"code": "content_too_large"},
        "What was sent is too large.",
    ),
    (
        "POST",
        "/api/v1/statuses",
        {"data": b"<note/>", "headers": {"Content-Type": "application/xml"}},
        {"code": "content_type_unsupported"},
        "Send JSON, a form or multipart/form-data.",
    ),
]


async def refuse(api: Api, method: str, path: str, request: dict[str, Any], language: dict[str, str]) -> Any:
    answer = await api.ask(method, path, **request | {"headers": language | request.get("headers", {})})
    assert answer.status >= 400
    return answer


async def choose(alice: Alice, language: str) -> None:
    async with transaction(alice.api.pool) as conn:
        await execute(conn, "UPDATE account SET language = $2 WHERE actor_id = $1", alice.actor.id, language)


@pytest.mark.parametrize(("method", "path", "request_", "told", "english"), REFUSED, ids=lambda one: str(one)[:30])
async def test_a_member_is_refused_in_the_language_that_she_chose(
    alice: Alice, method: str, path: str, request_: dict[str, Any], told: dict[str, str], english: str
) -> None:
    await choose(alice, "en")
    chosen = await refuse(alice.api, method, path, request_, FRENCH)
    await choose(alice, "fr")
    french = await refuse(alice.api, method, path, request_, ENGLISH)

    assert chosen.json == {"error": english} | told
    assert french.json["code"] == told["code"] and french.json["error"] != english
    assert (chosen.headers["Content-Language"], french.headers["Content-Language"]) == ("en", "fr")


async def test_whoever_has_no_account_is_refused_in_the_language_of_the_request(alice: Alice) -> None:
    async with transaction(alice.api.pool) as conn:
        new = NewApplication(name="Tests", website=None, redirect_uris=["https://app.test/"], scopes=["read"])
        app, _ = await applications.register(conn, new)
        bearer = await tokens.create(conn, actor_id=None, scopes=["read"], application=app)
    alone = Api(client=alice.api.client, instance=alice.api.instance, bearer=bearer)
    asked: tuple[str, str, dict[str, Any]] = ("GET", "/api/v1/timelines/home", {})

    for api, code, english in (
        (alone, "user_token_required", "This needs the token of a person, not of an application alone."),
        (alice.api.as_anybody(), "token_missing", "Send an access token in the header Authorization."),
    ):
        told = await refuse(api, *asked, ENGLISH)
        french = await refuse(api, *asked, FRENCH)
        none = await refuse(api, *asked, {})

        assert told.json == {"error": english, "code": code}
        assert french.json["error"] == none.json["error"] != english, "the instance's own language is French"


async def test_oauth_keeps_to_its_own_words(anybody: Api) -> None:
    answer = await anybody.ask("POST", "/oauth/token", data={}, headers=FRENCH)

    assert answer.json["error"] == "invalid_client" and answer.json["error_description"].isascii()
