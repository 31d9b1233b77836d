"""The profile as its owner typed it, hashtags that many use, embedding, what the server says of itself."""

from dataclasses import replace
from typing import Any

import msgspec
import pytest
from aiohttp import FormData
from lxml.html import fromstring

from models.preferences import Preferences
from models.store.database import connection, fetch_column, fetch_value, transaction
from tests.factories import make_follow, make_remote_actor
from tests.web.api import strict, strict_newer
from tests.web.api.conftest import Alice, Api
from tests.web.api.mastodon.people.test_registration import open_door
from tests.web.api.mastodon.posts.test_media import picture
from tests.web.limited_tries import allow
from web.rendering.data_register.register import read_register

PROFILE = "/api/v1/profile"


async def test_the_profile_is_shown_as_it_was_typed_and_changed_alike(alice: Alice) -> None:
    shown = await alice.api.get(PROFILE, strict_newer.profile)
    form = FormData({"display_name": "Alice B.", "note": "Je répare <vélos>", "avatar_description": "Une bicyclette"})
    form.add_field("avatar", picture(), filename="a.png", content_type="image/png")

    changed = (await alice.api.ask("PATCH", PROFILE, data=form)).json
    put = await alice.api.ask("PUT", PROFILE, json={"fields_attributes": [{"name": "Rue", "value": "des Lilas"}]})

    strict_newer.profile(changed)
    assert (shown["avatar"], shown["header"], shown["show_media"]) == (None, None, True)
    assert (changed["display_name"], changed["note"]) == ("Alice B.", "Je répare <vélos>")
    assert changed["avatar"].startswith("http") and changed["avatar_description"] == "Une bicyclette"
    assert put.json == changed | {"fields": [{"name": "Rue", "value": "des Lilas", "verified_at": None}]}


async def test_what_no_profile_here_has_is_refused_by_name_and_nothing_changes(alice: Alice) -> None:
    shown = await alice.api.get(PROFILE)
    wishes: tuple[dict[str, Any], ...] = (
        {"hide_collections": True},
        {"show_media": False},
        {"attribution_domains": ["a.example"]},
        {"avatar_description": "x" * 20_000},
    )
    for wish in wishes:
        answer = await alice.api.ask("PATCH", PROFILE, json={"display_name": "Autre"} | wish)

        assert (answer.status, answer.json["error"] != "") == (422, True), wish
    assert await alice.api.get(PROFILE) == shown


async def test_a_hashtag_is_put_on_the_profile_by_its_name_and_taken_off(alice: Alice) -> None:
    path = "/api/v1/tags/Lomme"
    for _ in range(2):
        assert (await alice.api.post(f"{path}/feature", strict.tag))["featuring"]
    assert [one["name"] for one in (await alice.api.get(PROFILE))["featured_tags"]] == ["Lomme"]
    for _ in range(2):
        assert not (await alice.api.post(f"{path}/unfeature", strict.tag))["featuring"]


async def test_hashtags_that_most_people_used_this_week_come_first(alice: Alice) -> None:
    for text in ("#rare et #fréquent", "#fréquent"):
        await alice.api.post("/api/v1/statuses", status=text)
    await alice.api.post("/api/v1/statuses", status="#caché", visibility="private")

    found = await alice.api.get("/api/v1/trends/tags", strict.many(strict.tag))

    assert [one["name"] for one in found] == ["fréquent", "rare"]
    assert await alice.api.as_anybody().get("/api/v1/trends?limit=1&offset=1") == [found[1]]


async def test_a_public_post_of_ours_is_embedded_with_its_author_and_a_link(alice: Alice) -> None:
    anybody = alice.api.as_anybody()
    own = await alice.api.post("/api/v1/statuses", status="Bonjour <script>")
    warned = await alice.api.post("/api/v1/statuses", status="Fin du film", spoiler_text="Cinéma <b>")
    hidden = await alice.api.post("/api/v1/statuses", status="Entre nous", visibility="private")

    shown = await anybody.get("/api/oembed", strict_newer.embedding, url=own["url"], maxwidth=300)
    folded = await anybody.get("/api/oembed", url=warned["url"])

    assert "Bonjour &lt;script&gt;" in shown["html"] and own["url"] in shown["html"] and shown["width"] == 300
    assert "Cinéma &lt;b&gt;" in folded["html"] and "Fin du film" not in folded["html"]
    for address in (hidden["url"], "https://elsewhere.test/@a/1", f"{alice.api.site.url}/", "", "x" * 900):
        assert (await anybody.ask("GET", "/api/oembed", params={"url": address})).status == 404
    assert (await anybody.ask("GET", "/api/oembed", params={"url": own["url"], "format": "xml"})).status == 422


async def test_the_frame_of_a_search_is_as_large_as_the_page_that_asks_lets_it_be(anybody: Api) -> None:
    search = f"{anybody.site.url}/annonces?q=tente"

    usual = await anybody.get("/api/oembed", url=search)
    small = await anybody.get("/api/oembed", url=search, maxwidth=300, maxheight=250)

    assert (usual["width"], usual["height"]) == (400, 1030)
    assert (small["width"], small["height"]) == (300, 250)
    assert 'width="300" height="250"' in small["html"]


async def test_the_server_says_what_it_keeps_and_which_languages_it_knows(anybody: Api) -> None:
    policy = await anybody.get("/api/v1/instance/privacy_policy", strict_newer.privacy_policy)
    english = await anybody.ask("GET", "/api/v1/instance/privacy_policy", headers={"Accept-Language": "en"})
    assert english.headers["Content-Language"] == "en" and "Accept-Language" in english.headers["Vary"]

    assert "courriel" in policy["content"] and "<section" not in policy["content"]
    lengths = [" ".join(one.kept.split()) for one in read_register(Preferences(), "fr", str)]
    told = " ".join(fromstring(policy["content"]).text_content().split())
    assert [one for one in lengths if one not in told] == []
    assert english.json["content"] != policy["content"]
    languages = await anybody.get("/api/v1/instance/languages")
    assert {"code": "fr", "name": "Français"} in languages
    assert await anybody.get("/api/v1/instance/translation_languages") == {}


async def test_how_many_people_of_a_server_one_would_lose_is_told_before(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        bob, carol = [await make_remote_actor(conn, name) for name in ("bob", "carol")]
        await make_follow(conn, alice.actor, bob)
        await make_follow(conn, bob, alice.actor)
        await make_follow(conn, carol, alice.actor)
        await make_follow(conn, await make_remote_actor(conn, "dave", host="ailleurs.test"), alice.actor)
    path = "/api/v1/domain_blocks/preview"

    assert await alice.api.get(path, domain="henin.test") == {"following_count": 1, "followers_count": 2}
    assert (await alice.api.ask("GET", path, params={"domain": "pas un nom"})).status == 422


async def test_the_mail_that_confirms_an_address_is_sent_once_more_to_the_right_one(
    anybody: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = msgspec.structs.replace(anybody.instance.settings, smtp_url="smtp://mail.test")
    object.__setattr__(anybody.instance, "settings", settings)
    app = await open_door(anybody)
    typed = {"username": "marie", "email": "marie@exemple.fr", "password": "un grand verre d’eau", "agreement": True}
    marie = replace(anybody, bearer=(await app.ask("POST", "/api/v1/accounts", json=typed)).json["access_token"])
    async with transaction(anybody.pool) as conn:
        await conn.execute("DELETE FROM pgqueuer")

    wrong = await marie.ask("POST", "/api/v1/emails/confirmations", json={"email": "marie@"})
    right = await marie.ask("POST", "/api/v1/emails/confirmations", json={"email": "marie.b@exemple.fr"})

    allow(monkeypatch, "mail", pair=1)
    refused = await marie.ask("POST", "/api/v1/emails/confirmations")

    assert (wrong.status, right.status, right.json, refused.status) == (422, 200, {}, 429)
    async with transaction(anybody.pool) as conn:
        assert await fetch_value(conn, "SELECT email FROM account WHERE email LIKE 'marie%'") == "marie.b@exemple.fr"
        assert len(await fetch_column(conn, "SELECT id FROM pgqueuer WHERE entrypoint = 'mail'")) == 1
        await conn.execute("UPDATE account SET confirmed_at = now()")
    assert (await marie.ask("POST", "/api/v1/emails/confirmations")).status == 403


async def test_a_filter_may_only_cover_pictures(alice: Alice) -> None:
    made = await alice.api.ask(
        "POST", "/api/v2/filters", json={"title": "Serpents", "context": ["home"], "filter_action": "blur"}
    )

    strict.filter(made.json)
    assert made.json["filter_action"] == "blur"
    assert (await alice.api.ask("PUT", f"/api/v2/filters/{made.json['id']}", json={"filter_action": "x"})).status == 422
