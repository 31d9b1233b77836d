"""Changing one's own profile from a client."""

from typing import Any

from aiohttp import FormData

from models.people import actors
from models.store.database import connection, execute, fetch_value
from tests.factories import make_follow, make_remote_actor
from tests.web.api import strict
from tests.web.api.conftest import Alice, Answer
from tests.web.api.mastodon.posts.test_media import picture

URL = "/api/v1/accounts/update_credentials"


async def patch(alice: Alice, **request: Any) -> Answer:
    answer = await alice.api.ask("PATCH", URL, **request)
    if answer.status == 200:
        strict.own_account(answer.json)
    return answer


async def test_name_note_and_lines_change_and_followers_are_told(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        await make_follow(conn, await make_remote_actor(conn), alice.actor)

    answer = await patch(
        alice,
        data={
            "display_name": "Alice  B.",
            "note": "Bonjour <b>tous</b>\nhttps://a.example",
            "fields_attributes[0][name]": "Site",
            "fields_attributes[0][value]": "https://alice.example",
            "fields_attributes[1][name]": "",
            "fields_attributes[1][value]": "x",
        },
    )

    assert answer.json["display_name"] == "Alice B."
    assert "&lt;b&gt;" in answer.json["note"]
    assert answer.json["source"]["note"].startswith("Bonjour <b>tous</b>\nhttps://a.example")
    assert [line["name"] for line in answer.json["fields"]] == ["Site"]
    assert 'href="https://alice.example"' in answer.json["fields"][0]["value"]
    async with connection(alice.api.pool) as conn:
        assert await fetch_value(conn, "SELECT type FROM activity") == "Update"
        assert await fetch_value(conn, "SELECT count(*) FROM delivery") == 1


async def test_nobody_says_with_a_line_that_a_local_authority_speaks(alice: Alice) -> None:
    lines = {"fields_attributes[0][name]": "qui parle  ICI", "fields_attributes[0][value]": "Compte de la collectivité"}

    answer = await patch(alice, data=lines)

    assert answer.status == 422 and "collectivité" in answer.json["error"]


async def test_what_is_not_sent_stays(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        await execute(conn, "UPDATE actor SET summary = '<p>x</p>', place_name = 'Lomme' WHERE id = $1", alice.actor.id)

    locked = await patch(alice, json={"locked": True})
    opened = await patch(alice, json={"locked": False, "source": {"privacy": "private"}, "bot": False})

    assert (locked.json["locked"], opened.json["locked"]) == (True, False)
    assert (opened.json["display_name"], opened.json["note"]) == ("Alice", "<p>x</p>")
    async with connection(alice.api.pool) as conn:
        assert (await actors.get(conn, alice.actor.id)).place_name == "Lomme"


async def test_lines_come_as_json_too_and_can_all_go(alice: Alice) -> None:
    set_ = await patch(alice, json={"fields_attributes": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]})
    gone = await patch(alice, json={"fields_attributes": {"0": {"name": "", "value": ""}}})

    assert [line["name"] for line in set_.json["fields"]] == ["A", "B"]
    assert gone.json["fields"] == []


async def test_a_portrait_is_kept_and_shown(alice: Alice) -> None:
    form = FormData()
    form.add_field("avatar", picture(), filename="moi.png", content_type="image/png")
    form.add_field("header", b"", filename="header.png", content_type="image/png")

    answer = await patch(alice, data=form)

    assert answer.json["avatar"].startswith("https://lomme.test/media/")
    assert "/static/images/header" in answer.json["header"]


async def test_what_is_too_long_or_no_picture_is_refused_and_nothing_changes(alice: Alice) -> None:
    broken = FormData()
    broken.add_field("display_name", "Autre")
    broken.add_field("avatar", b"<svg>", filename="x.png")
    lines = {f"fields_attributes[{number}][name]": "x" for number in range(5)}
    refused = (
        {"data": {"display_name": "x" * 61}},
        {"data": {"note": "x" * 501}},
        {"data": {"fields_attributes[0][name]": "x" * 256}},
        {"data": lines},
        {"data": {"locked": "perhaps"}},
        {"data": broken},
    )

    for request in refused:
        assert (await patch(alice, **request)).status == 422, request
    assert (await alice.api.get("/api/v1/accounts/verify_credentials"))["display_name"] == "Alice"


async def test_both_pictures_are_shown_told_and_taken_away_again(alice: Alice) -> None:
    form = FormData()
    form.add_field("avatar", picture(), filename="moi.png", content_type="image/png")
    form.add_field("header", picture(), filename="rue.png", content_type="image/png")

    shown = await patch(alice, data=form)
    async with connection(alice.api.pool) as conn:
        told = await fetch_value(conn, "SELECT body::jsonb -> 'object' FROM activity ORDER BY id DESC LIMIT 1")
    gone = [await alice.api.ask("DELETE", f"/api/v1/profile/{part}") for part in ("avatar", "header")]

    assert shown.json["avatar"].startswith("https://lomme.test/media/")
    assert shown.json["header"] == shown.json["header_static"] == told["image"]["url"]
    assert [answer.status for answer in gone] == [200, 200]
    strict.own_account(gone[1].json)
    assert "/static/images/" in gone[1].json["avatar"] and "/static/images/" in gone[1].json["header"]


async def test_how_one_writes_by_default_holds_for_what_is_written(alice: Alice) -> None:
    source = {"privacy": "private", "sensitive": True, "language": "en"}

    changed = await patch(alice, json={"source": source})
    preferences = await alice.api.get("/api/v1/preferences")
    status = await alice.api.post("/api/v1/statuses", strict.status, status="Hello")
    said = await alice.api.post(
        "/api/v1/statuses", strict.status, status="x", visibility="public", sensitive="false", language="fr"
    )

    assert {name: changed.json["source"][name] for name in source} == source
    assert [preferences[f"posting:default:{name}"] for name in ("visibility", "sensitive", "language")] == [
        "private",
        True,
        "en",
    ]
    assert (status["visibility"], status["sensitive"], status["language"]) == ("private", True, "en")
    assert (said["visibility"], said["sensitive"], said["language"]) == ("public", False, "fr")
    for wrong in ({"privacy": "secret"}, {"language": "../x"}, {"sensitive": "perhaps"}):
        assert (await patch(alice, json={"source": wrong})).status == 422, wrong


async def test_a_bot_and_whoever_is_not_to_be_found_say_so_to_others(alice: Alice) -> None:
    changed = await patch(alice, data={"bot": "true", "discoverable": "false", "indexable": "false"})

    assert (changed.json["bot"], changed.json["discoverable"], changed.json["indexable"]) == (True, False, False)
    async with connection(alice.api.pool) as conn:
        told = await fetch_value(conn, "SELECT body::jsonb -> 'object' FROM activity")
    assert (told["type"], told["discoverable"], told["indexable"]) == ("Service", False, False)
    back = await patch(alice, data={"bot": "false"})
    assert (back.json["bot"], back.json["discoverable"]) == (False, False)
