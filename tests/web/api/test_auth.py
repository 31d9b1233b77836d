"""Tokens and scopes: who may ask what."""

from aiohttp import web

from models.access import tokens
from models.store.database import connection, execute, fetch_value, transaction
from tests.factories import make_member, make_note
from tests.web.api.conftest import Alice, Api
from web.api.routes import KNOWN, LAST, OWN, ROUTES

OPEN_WITHOUT_TOKEN = {
    ("GET", "/api/v1/instance"),
    ("GET", "/api/v2/instance"),
    ("GET", "/api/v1/instance/rules"),
    ("GET", "/api/v1/instance/peers"),
    ("GET", "/api/v1/instance/extended_description"),
    ("GET", "/api/v1/instance/activity"),
    ("GET", "/api/v1/instance/domain_blocks"),
    ("GET", "/api/v1/instance/privacy_policy"),
    ("GET", "/api/v1/instance/terms_of_service"),
    ("GET", "/api/v1/instance/terms_of_service/{date:[0-9-]{10}}"),
    ("GET", "/api/v1/instance/languages"),
    ("GET", "/api/v1/instance/translation_languages"),
    ("GET", "/api/oembed"),
    ("GET", "/api/v1/custom_emojis"),
    ("POST", "/api/v1/apps"),
    ("GET", "/api/v1/accounts"),
    ("GET", "/api/v1/accounts/lookup"),
    ("GET", "/api/v1/accounts/{id:[0-9]+}"),
    ("GET", "/api/v1/accounts/{id:[0-9]+}/statuses"),
    ("GET", "/api/v1/accounts/{id:[0-9]+}/followers"),
    ("GET", "/api/v1/accounts/{id:[0-9]+}/following"),
    ("GET", "/api/v1/accounts/{id:[0-9]+}/featured_tags"),
    ("GET", "/api/v1/accounts/{id:[0-9]+}/endorsements"),
    ("GET", "/api/v1/timelines/public"),
    ("GET", "/api/v1/timelines/tag/{tag:[^/]+}"),
    ("GET", "/api/v1/tags/{tag:[^/]+}"),
    ("GET", "/api/v1/statuses"),
    ("GET", "/api/v1/statuses/{id:[0-9]+|[0-9a-f-]{36}}"),
    ("GET", "/api/v1/statuses/{id:[0-9]+|[0-9a-f-]{36}}/context"),
    ("GET", "/api/v1/statuses/{id:[0-9]+|[0-9a-f-]{36}}/history"),
    ("GET", "/api/v1/statuses/{id:[0-9]+|[0-9a-f-]{36}}/favourited_by"),
    ("GET", "/api/v1/statuses/{id:[0-9]+|[0-9a-f-]{36}}/reblogged_by"),
    ("GET", "/api/v1/polls/{id:[0-9]+}"),
    ("GET", "/api/v2/search"),
    ("GET", "/api/v1/directory"),
    ("GET", "/api/v1/trends"),
    ("GET", "/api/v1/trends/tags"),
    ("GET", "/api/v1/trends/statuses"),
    ("GET", "/api/v1/trends/links"),
    ("GET", "/api/v1/declic/listings"),
    ("GET", "/api/v1/declic/listings.geojson"),
    ("GET", "/api/v1/declic/listings.atom"),
    ("GET", "/api/v1/declic/listings/{id:[0-9]{1,19}}"),
    ("GET", "/api/v1/declic/listings/{id:[0-9]{1,19}}/calendar"),
    ("GET", "/api/v1/declic/categories"),
    ("GET", "/api/v1/declic/communes"),
    ("GET", "/api/v1/declic/territories"),
    ("GET", "/api/v1/declic/openapi.json"),
    ("*", "/api/{address:.*}"),
    ("*", "/api"),
}
"""What Mastodon shows to anybody too; every other address wants a token."""


def list_addresses() -> list[tuple[str, str]]:
    return [(route.method, route.path) for route in (*KNOWN, *OWN, *LAST)]


def fill_in(path: str) -> str:
    return (
        path.replace("{id:[0-9]+}", "1")
        .replace("{id:[0-9]+|[0-9a-f-]{36}}", "1")
        .replace("{quoting:[0-9]+}", "1")
        .replace("{key:[a-z._]+(?:-[0-9]+)+}", "follow-1")
        .replace("{tag:[^/]+}", "lomme")
        .replace("{date:[0-9-]{10}}", "2026-01-02")
        .replace("{stream:[a-z/]+}", "user")
        .replace("{id:[0-9]{1,19}}", "1")
        .replace("{host:[0-9A-Za-z.:-]{1,255}}", "henin.test")
        .replace("{address:.*}", "v9/nothing")
    )


async def test_every_address_wants_a_token_unless_it_is_listed_here(anybody: Api) -> None:
    opened = set()
    for method, path in list_addresses():
        answer = await anybody.ask("GET" if method == "*" else method, fill_in(path))
        if answer.status != 401:
            opened.add((method, path))

    assert opened == OPEN_WITHOUT_TOKEN


async def test_a_wrong_token_is_refused_even_where_none_is_needed(anybody: Api) -> None:
    for method, path in list_addresses():
        if method != "*":
            answer = await anybody.ask(method, fill_in(path), headers={"Authorization": "Bearer invented"})

            assert answer.status == 401, path
            assert answer.headers["WWW-Authenticate"] == "Bearer"


async def test_a_token_without_any_fitting_scope_opens_only_what_needs_none(anybody: Api) -> None:
    async with connection(anybody.pool) as conn:
        api = await anybody.as_member(await make_member(conn), "push")
    expected = {
        (method, path)
        for method, path in OPEN_WITHOUT_TOKEN
        if method == "*"
        or "/instance" in path
        or "/trends" in path
        or path.startswith("/api/v1/tags/")
        or "featured_tags" in path
    } | {
        ("GET", "/api/oembed"),
        ("GET", "/api/v1/custom_emojis"),
        ("GET", "/api/v1/announcements"),
        ("GET", "/api/v1/directory"),
        ("POST", "/api/v1/apps"),
        ("GET", "/api/v1/apps/verify_credentials"),
        *((method, "/api/v1/push/subscription") for method in ("GET", "POST", "PUT", "DELETE")),
        ("GET", "/api/v1/declic/categories"),
        ("GET", "/api/v1/declic/communes"),
        ("GET", "/api/v1/declic/openapi.json"),
    }

    opened = set()
    for method, path in list_addresses():
        answer = await api.ask("GET" if method == "*" else method, fill_in(path))
        if answer.status != 403:
            opened.add((method, path))

    assert opened == expected


async def test_who_is_suspended_is_told_the_same_sentence_whatever_she_asks(alice: Alice) -> None:
    async with transaction(alice.api.pool) as conn:
        await execute(conn, "UPDATE actor SET suspended_at = now() WHERE id = $1", alice.actor.id)

    answers = {
        (answer.status, answer.json["error"])
        for method, path in list_addresses()
        if (method, path) not in OPEN_WITHOUT_TOKEN
        for answer in [await alice.api.ask("GET" if method == "*" else method, fill_in(path))]
    }
    posted = await alice.api.ask("POST", "/api/v1/statuses", data={"status": "x"}, headers={"Accept-Language": "en"})

    [(status, sentence)] = answers
    assert status == 403 and sentence.startswith("Votre compte est suspendu. Connectez-vous")
    assert posted.json == {"error": sentence, "code": "account_is_suspended"}
    async with transaction(alice.api.pool) as conn:
        await execute(conn, "UPDATE actor SET suspended_at = NULL WHERE id = $1", alice.actor.id)
    assert (await alice.api.ask("GET", "/api/v1/timelines/home")).status == 200, "the same token opens again"


async def test_a_part_of_a_scope_opens_that_part_only(alice: Alice) -> None:
    api = await alice.api.as_member(alice.actor, "read:statuses")

    assert (await api.ask("GET", "/api/v1/timelines/home")).status == 200
    refused = await api.ask("GET", "/api/v1/notifications")
    assert refused.status == 403
    assert "read:notifications" in refused.json["error"]
    assert (await api.ask("POST", "/api/v1/statuses", data={"status": "x"})).status == 403


async def test_the_old_scope_follow_stands_for_follows_blocks_and_mutes(alice: Alice) -> None:
    api = await alice.api.as_member(alice.actor, "follow")

    assert (await api.ask("GET", "/api/v1/accounts/relationships")).status == 200
    assert (await api.ask("GET", "/api/v1/mutes")).status == 200
    assert (await api.ask("POST", f"/api/v1/accounts/{alice.actor.id}/unfollow")).status == 200
    assert (await api.ask("GET", "/api/v1/timelines/home")).status == 403


async def test_a_token_in_the_address_is_refused(alice: Alice) -> None:
    for path in ("/api/v1/timelines/home", "/api/v1/timelines/public", "/api/v1/instance"):
        answer = await alice.api.as_anybody().ask("GET", f"{path}?access_token={alice.api.bearer}")

        assert answer.status == 401
        assert answer.json["code"] == "token_in_address"


async def test_other_authorization_headers_are_refused(anybody: Api) -> None:
    for header in ["Basic YWxpY2U6eA==", "Bearer", "Bearer ", "token", "Bearer a b"]:
        answer = await anybody.ask("GET", "/api/v1/timelines/public", headers={"Authorization": header})

        assert answer.status == 401


async def test_a_revoked_token_and_one_of_a_disabled_account_open_nothing(alice: Alice) -> None:
    other = await alice.api.as_member(alice.actor)
    async with transaction(alice.api.pool) as conn:
        await tokens.revoke_bearer(conn, other.bearer or "")

    revoked = await other.ask("GET", "/api/v1/timelines/home")
    async with transaction(alice.api.pool) as conn:
        await execute(conn, "UPDATE account SET disabled_at = now() WHERE actor_id = $1", alice.actor.id)
    disabled = await alice.api.ask("GET", "/api/v1/timelines/home")

    assert (revoked.status, disabled.status) == (401, 401)


async def test_an_application_alone_is_nobody_in_particular(anybody: Api) -> None:
    async with connection(anybody.pool) as conn:
        bearer = await tokens.create(conn, actor_id=None, scopes=("read",), application_name="Phanpy")
    api = Api(client=anybody.client, instance=anybody.instance, bearer=bearer)

    assert (await api.ask("GET", "/api/v1/apps/verify_credentials")).json["name"] == "Phanpy"
    assert (await api.ask("GET", "/api/v1/timelines/public")).status == 200
    assert (await api.ask("GET", "/api/v1/timelines/home")).status == 422


async def test_use_is_noted_on_token_and_account(alice: Alice) -> None:
    await alice.api.get("/api/v1/timelines/home")

    async with connection(alice.api.pool) as conn:
        assert await fetch_value(conn, "SELECT used_at FROM token WHERE actor_id = $1", alice.actor.id)
        assert await fetch_value(conn, "SELECT last_seen_at FROM account WHERE actor_id = $1", alice.actor.id)


async def test_answers_for_one_person_are_kept_by_nobody(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        await make_note(conn, alice.actor)

    own = await alice.api.ask("GET", "/api/v1/timelines/public")
    open = await alice.api.as_anybody().ask("GET", "/api/v1/timelines/public")

    assert own.headers["Cache-Control"] == "private, no-store"
    assert "Cache-Control" not in open.headers


async def test_browsers_elsewhere_may_read_pages_limits_and_errors(alice: Alice) -> None:
    missing = await alice.api.ask("GET", "/api/v1/statuses/1", headers={"Origin": "https://phanpy.social"})

    assert missing.headers["Access-Control-Allow-Origin"] == "*"
    exposed = missing.headers["Access-Control-Expose-Headers"]
    assert {"Link", "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"} <= set(exposed.split(", "))


async def test_a_slash_at_the_end_changes_nothing(alice: Alice) -> None:
    for path in ("/api/v1/instance", "/api/v1/timelines/home", f"/api/v1/accounts/{alice.actor.id}"):
        assert (await alice.api.get(f"{path}/")) == (await alice.api.get(path))
    assert (await alice.api.as_anybody().ask("GET", "/api/v1/timelines/home/")).status == 401


async def test_the_routes_are_all_plain_wrapped_views() -> None:
    assert all(isinstance(route, web.RouteDef) for route in ROUTES)
    assert len({(route.method, route.path) for route in ROUTES}) == len(ROUTES)
