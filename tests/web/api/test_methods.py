"""Every method at every address: the ones that are right, what is answered to the others, HEAD, and preflights."""

from typing import Any

from tests.web.api.conftest import Alice, Api
from web.api.routes import KNOWN, OAUTH, OWN

WRONG = "PUT", "PATCH", "DELETE", "POST", "GET"

OF_PEOPLE = "/.well-known/oauth-authorization-server"


def fill_in(path: str) -> str:
    return "/".join(
        "follow-1" if part.startswith("{key:") else "1" if part.startswith(("{id:", "{quoting:")) else part
        for part in path.split("/")
    ).replace("{tag:[^/]+}", "lomme")


def list_methods() -> dict[str, set[str]]:
    """What each address does, as the table says; those of streams have patterns that others match."""
    found: dict[str, set[str]] = {}
    for route in (*KNOWN, *OWN, *OAUTH):
        if not any(pattern in route.path for pattern in ("{stream:", "{host:", "{date:")):
            found.setdefault(fill_in(route.path), set()).add(route.method)
    return found


def is_open(headers: Any) -> bool:
    return headers["Access-Control-Allow-Origin"] == "*" and "DELETE" in headers["Access-Control-Allow-Methods"]


async def test_a_wrong_method_names_the_right_ones_as_json_to_pages_anywhere(anybody: Api) -> None:
    for path, right in list_methods().items():
        for method in set(WRONG) - right:
            answer = await anybody.ask(method, path)

            assert answer.status == 405 and answer.json["error"], (method, path)
            assert set(answer.headers["Allow"].split(",")) == right | ({"HEAD"} if "GET" in right else set()), path
            assert is_open(answer.headers), path


async def test_streams_and_addresses_with_a_slash_name_their_methods_too(anybody: Api) -> None:
    for path in ("/api/v1/streaming", "/api/v1/streaming/user", "/api/v1/streaming/health", "/api/v1/instance/"):
        answer = await anybody.ask("DELETE", path)

        assert (answer.status, answer.headers["Allow"], is_open(answer.headers)) == (405, "GET,HEAD", True), path


async def test_the_bare_address_of_the_api_is_missing_as_json_to_pages_anywhere(anybody: Api) -> None:
    for path in ("/api", "/api/", "/api/v1", "/api/v1/", "/api/nothing"):
        answer = await anybody.ask("GET", path, headers={"Accept": "text/html"})

        assert answer.status == 404 and is_open(answer.headers), path


async def test_heads_are_answered_like_the_whole_without_it(alice: Alice) -> None:
    headers = {"Authorization": f"Bearer {alice.api.bearer}"}
    paths = [path for path, methods in list_methods().items() if "GET" in methods]
    for path in [*paths, "/api", "/api/v9/nothing", "/api/v1/statuses/1/favourite", "/oauth/token"]:
        whole = await alice.api.client.get(path, headers=headers)
        head = await alice.api.client.head(path, headers=headers)

        assert (head.status, await head.read()) == (whole.status, b""), path
        assert head.headers.get("Content-Type") == whole.headers.get("Content-Type"), path
        assert is_open(head.headers), path


async def test_preflights_are_answered_everywhere(anybody: Api) -> None:
    asked = {"Origin": "https://phanpy.social", "Access-Control-Request-Method": "DELETE"}
    for path in (*list_methods(), "/api", "/api/", "/api/v9/nothing", "/api/v1/streaming/user"):
        answer = await anybody.client.options(path, headers=asked)

        assert (answer.status, await answer.read(), is_open(answer.headers)) == (204, b"", True), path
