"""Applications register, and ask what their token belongs to."""

import pytest

from federation.web_push import load_key, write_public
from models.access import applications, tokens
from models.store.database import connection
from tests.web.api.conftest import Alice, Api

OOB = "urn:ietf:wg:oauth:2.0:oob"

TUSKY = {
    "client_name": "Tusky",
    "redirect_uris": OOB,
    "scopes": "read write follow push",
    "website": "https://tusky.app",
}


async def test_an_application_registers_in_every_encoding(anybody: Api) -> None:
    for body in ({"json": TUSKY}, {"data": TUSKY}, {"data": {**TUSKY, "client_name": "Tusky"}}):
        answer = await anybody.ask("POST", "/api/v1/apps", **body)

        assert answer.status == 200
        assert {key: value for key, value in answer.json.items() if not key.startswith("client_") and key != "id"} == {
            "name": "Tusky",
            "website": "https://tusky.app",
            "scopes": ["read", "write", "follow", "push"],
            "redirect_uri": OOB,
            "redirect_uris": [OOB],
            "vapid_key": write_public(await load_key(anybody.instance)),
        }
        assert answer.json["id"].isdecimal() and len(answer.json["client_secret"]) > 40
        assert answer.headers["Cache-Control"] == "no-store"


async def test_redirect_uris_come_as_lines_or_as_a_list(anybody: Api) -> None:
    uris = ["https://phanpy.social/", "tusky://oauth", "http://localhost:5173/back?x=1", "http://plain.test"]
    for redirect_uris in ("\n".join(uris), uris):
        made = await anybody.ask("POST", "/api/v1/apps", json={**TUSKY, "redirect_uris": redirect_uris})

        assert made.json["redirect_uris"] == uris and made.json["redirect_uri"] == "\n".join(uris)


async def test_website_and_scopes_may_be_left_out(anybody: Api) -> None:
    made = await anybody.ask("POST", "/api/v1/apps", json={"client_name": "x", "redirect_uris": OOB, "website": None})

    assert made.json["website"] is None and made.json["scopes"] == ["read"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("client_name", ""),
        ("client_name", "x" * 101),
        ("website", "javascript:alert(1)"),
        ("website", "tusky"),
        ("website", "https://"),
        ("website", "https://" + "x" * 1000),
        ("scopes", "read everything"),
        ("scopes", "admin:read:ip_blocks"),
        ("scopes", "read " * 300),
        ("redirect_uris", ""),
        ("redirect_uris", "phanpy"),
        ("redirect_uris", "/relative"),
        ("redirect_uris", "javascript:alert(1)"),
        ("redirect_uris", "JavaScript://x/%0aalert(1)"),
        ("redirect_uris", "data:text/html,x"),
        ("redirect_uris", "vbscript:x"),
        ("redirect_uris", "file:///etc/passwd"),
        ("redirect_uris", "https:phanpy.social"),
        ("redirect_uris", "https://phanpy.social/#fragment"),
        ("redirect_uris", "https://you@phanpy.social/"),
        ("redirect_uris", "https://phanpy.social\\@evil.example/"),
        ("redirect_uris", "https://phanpy.social:99999/"),
        ("redirect_uris", "https://phanpy.social/é"),
        ("redirect_uris", "https://phanpy.social/" + "x" * 1000),
        ("redirect_uris", "\n".join(f"https://{number}.example/" for number in range(11))),
    ],
)
async def test_what_nobody_should_be_led_to_is_refused(anybody: Api, field: str, value: str) -> None:
    answer = await anybody.ask("POST", "/api/v1/apps", json={**TUSKY, field: value})

    assert answer.status == 422


async def test_registering_without_end_is_refused_with_the_three_headers(anybody: Api) -> None:
    answers = [await anybody.ask("POST", "/api/v1/apps", json=TUSKY) for _ in range(61)]

    assert [answer.status for answer in answers] == [200] * 60 + [429]
    assert answers[-1].headers["X-RateLimit-Remaining"] == "0" and answers[-1].headers["X-RateLimit-Limit"] == "60"
    assert answers[-1].headers["X-RateLimit-Reset"].endswith("Z") and answers[-1].headers["Retry-After"] == "3600"


async def test_the_token_of_a_person_and_of_an_application_name_the_application(alice: Alice) -> None:
    made = (await alice.api.as_anybody().ask("POST", "/api/v1/apps", json=TUSKY)).json
    async with connection(alice.api.pool) as conn:
        client = await applications.find_by_client_id(conn, made["client_id"])
        assert client is not None
        hers = await tokens.create(conn, actor_id=alice.actor.id, scopes=["read"], application=client)
        own = await tokens.create(conn, actor_id=None, scopes=["read"], application=client)

    for bearer in (hers, own):
        shown = await alice.api.ask(
            "GET", "/api/v1/apps/verify_credentials", headers={"Authorization": f"Bearer {bearer}"}
        )
        assert shown.json == {**{key: made[key] for key in made if not key.startswith("client_")}, "scopes": ["read"]}


async def test_a_token_made_by_hand_names_what_made_it(alice: Alice) -> None:
    shown = await alice.api.get("/api/v1/apps/verify_credentials")

    assert shown["name"] == "Tests" and shown["redirect_uris"] == []
