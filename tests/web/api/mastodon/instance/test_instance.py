"""What this server says of itself, and what is empty for ever."""

import hashlib
import re
from dataclasses import replace

from models import preferences
from models.servers import trust_levels
from models.store.database import connection, execute
from tests.factories import make_local_actor, make_remote_actor
from tests.web.api import strict_instance
from tests.web.api.conftest import Alice, Api

EMPTY = [
    "/api/v1/announcements",
    "/api/v1/blocks",
    "/api/v1/bookmarks",
    "/api/v1/conversations",
    "/api/v1/custom_emojis",
    "/api/v1/domain_blocks",
    "/api/v1/endorsements",
    "/api/v1/featured_tags",
    "/api/v1/filters",
    "/api/v2/filters",
    "/api/v1/followed_tags",
    "/api/v1/lists",
    "/api/v1/mutes",
    "/api/v1/notifications/requests",
    "/api/v1/scheduled_statuses",
    "/api/v1/suggestions",
    "/api/v2/suggestions",
    "/api/v1/trends",
    "/api/v1/trends/tags",
    "/api/v1/trends/statuses",
    "/api/v1/trends/links",
    "/api/v1/instance/peers",
    "/api/v1/instance/rules",
    "/api/v1/follow_requests",
]

MISSING = [
    "/api/v2/notifications/nothing",
    "/api/v1/collections",
    "/api/v1/annual_reports",
    "/api/v1/statuses/abc",
    "/api/v1/accounts/abc",
    "/api/v1/nothing",
    "/api/v9/x",
    "/api",
    "/api/",
    "/api/v1/search",
]


async def test_both_documents_have_the_shape_that_clients_want(anybody: Api) -> None:
    async with connection(anybody.pool) as conn:
        await preferences.save(conn, replace(preferences.Preferences(), name="La Remise", contact_email="a@b.fr"))
        await make_local_actor(conn, "coop", type="Organization")
        await make_remote_actor(conn)
        await execute(conn, "INSERT INTO server (host) VALUES ('henin.test')")

    new = await anybody.get("/api/v2/instance", strict_instance.instance)
    old = await anybody.get("/api/v1/instance", strict_instance.instance_v1)

    assert (new["domain"], old["uri"]) == ("lomme.test", "lomme.test")
    assert (new["title"], old["title"]) == ("La Remise", "La Remise")
    assert new["contact"]["account"]["acct"] == "coop"
    assert old["stats"] == {"user_count": 0, "status_count": 0, "domain_count": 1}
    assert new["configuration"]["urls"]["streaming"] == old["urls"]["streaming_api"] == "wss://lomme.test"
    assert re.match(r"4\.5\.0 \(compatible; declic ", new["version"])
    assert new["api_versions"] == old["api_versions"] == {"mastodon": 7}


async def test_settings_of_the_cooperative_stand_in_both(anybody: Api) -> None:
    async with connection(anybody.pool) as conn:
        chosen = preferences.Preferences(logo="ab/logo.jpg", kinds=("offer",), modes=("gift",), phone_required=True)
        await preferences.save(conn, chosen)

    new = await anybody.get("/api/v2/instance", strict_instance.instance)
    old = await anybody.get("/api/v1/instance", strict_instance.instance_v1)

    assert new["thumbnail"]["url"] == old["thumbnail"]
    assert old["thumbnail"].endswith("/media/ab/logo.jpg") and new["registrations"]["url"].endswith("/inscription")
    assert new["configuration"]["declic"] == {"kinds": ["offer"], "modes": ["gift"], "photo_required": False}


async def test_a_server_that_nobody_has_set_up_yet_answers_too(anybody: Api) -> None:
    new = await anybody.get("/api/v2/instance", strict_instance.instance)

    assert (new["title"], new["contact"]["account"]) == ("lomme.test", None)


async def test_the_application_learns_what_its_token_is_for(alice: Alice) -> None:
    found = await alice.api.get("/api/v1/apps/verify_credentials")

    assert found["name"] == "Tests"
    assert found["scopes"] == ["read", "write", "follow", "push"]
    assert len(found["vapid_key"]) == 87


async def test_what_is_empty_for_ever_is_an_empty_list(alice: Alice) -> None:
    for path in EMPTY:
        assert await alice.api.get(path) == [], path
    for part in ("featured_tags", "endorsements", "lists"):
        assert await alice.api.get(f"/api/v1/accounts/{alice.actor.id}/{part}") == []


async def test_what_is_not_there_is_missing_as_json_whatever_the_method(alice: Alice) -> None:
    for path in MISSING:
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
            assert (await alice.api.ask(method, path)).status == 404, (method, path)


async def test_preflights_are_answered(anybody: Api) -> None:
    response = await anybody.client.options(
        "/api/v1/statuses",
        headers={
            "Origin": "https://phanpy.social",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization,idempotency-key",
        },
    )

    assert response.status == 204
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "Idempotency-Key" in response.headers["Access-Control-Allow-Headers"]


async def test_default_pictures_are_among_the_static_files(anybody: Api) -> None:
    account = (await anybody.get("/api/v2/instance"))["thumbnail"]["url"]

    assert re.fullmatch(r"https://lomme\.test/static/images/header\.[0-9a-f]{12}\.png", account)


async def test_servers_set_aside_are_told_to_nobody_by_default(anybody: Api) -> None:
    async with connection(anybody.pool) as conn:
        await trust_levels.save_level(conn, "pourriel.test", "aside", public_reason="Envois en masse")

    answer = await anybody.ask("GET", "/api/v1/instance/domain_blocks")

    assert answer.status == 404
    assert "error" in answer.json


async def test_servers_set_aside_for_a_public_reason_are_told_where_the_cooperative_wants_it(anybody: Api) -> None:
    async with connection(anybody.pool) as conn:
        await preferences.save(conn, replace(preferences.Preferences(), blocks_told=True))
        await trust_levels.save_level(conn, "pourriel.test", "aside", note="vu le 3", public_reason="Envois en masse")
        await trust_levels.save_level(conn, "entre-nous.test", "aside", note="une affaire entre nous")
        await trust_levels.save_level(conn, "amie.test", "friend", public_reason="une amie")

    told = await anybody.get("/api/v1/instance/domain_blocks")

    assert told == [
        {
            "domain": "pourriel.test",
            "digest": hashlib.sha256(b"pourriel.test").hexdigest(),
            "severity": "suspend",
            "comment": "Envois en masse",
        }
    ]
