"""Every act in each of the three encodings that clients use, and what is wrong named by its field."""

from collections.abc import Callable
from typing import Any

import pytest
from aiohttp import FormData

from models.store.database import connection
from tests.factories import make_member
from tests.web.api import strict
from tests.web.api.conftest import Alice

Send = Callable[[dict[str, str]], dict[str, Any]]


def as_multipart(fields: dict[str, str]) -> dict[str, Any]:
    form = FormData(default_to_multipart=True)
    for name, value in fields.items():
        form.add_field(name, value)
    return {"data": form}


ENCODINGS: dict[str, Send] = {
    "json": lambda fields: {"json": fields},
    "form": lambda fields: {"data": fields},
    "multipart": as_multipart,
}


@pytest.mark.parametrize("encoding", ENCODINGS)
async def test_acts_read_their_bodies_in_each_encoding(alice: Alice, encoding: str) -> None:
    send = ENCODINGS[encoding]
    async with connection(alice.api.pool) as conn:
        bob = await make_member(conn, "bob")

    posted = await alice.api.ask("POST", "/api/v1/statuses", **send({"status": "Un", "visibility": "unlisted"}))
    path = f"/api/v1/statuses/{posted.json['id']}"
    edited = await alice.api.ask("PUT", path, **send({"status": "Deux", "spoiler_text": "Oh"}))
    named = await alice.api.ask("PATCH", "/api/v1/accounts/update_credentials", **send({"display_name": "Al"}))
    noted = await alice.api.ask("POST", f"/api/v1/accounts/{bob.id}/note", **send({"comment": "Voisin"}))
    followed = await alice.api.ask("POST", f"/api/v1/accounts/{bob.id}/follow", **send({"notify": "true"}))
    deleted = await alice.api.ask("DELETE", path, **send({"delete_media": "true"}))

    strict.status(posted.json)
    assert (posted.json["visibility"], edited.json["spoiler_text"], deleted.json["text"]) == ("unlisted", "Oh", "Deux")
    assert (named.json["display_name"], noted.json["note"], followed.json["notifying"]) == ("Al", "Voisin", True)


WRONG: tuple[tuple[str, str, dict[str, str], str], ...] = (
    ("POST", "/api/v1/statuses", {}, "status"),
    ("POST", "/api/v1/statuses", {"status": "x", "visibility": "secret"}, "visibility"),
    ("POST", "/api/v1/statuses", {"status": "x", "language": "../x"}, "language"),
    ("POST", "/api/v1/statuses", {"status": "x", "in_reply_to_id": "x"}, "in_reply_to_id"),
    ("POST", "/api/v1/statuses", {"status": "x", "media_ids[]": "5"}, "media_ids"),
    ("POST", "/api/v1/statuses", {"status": "x", "poll[options][]": "a"}, "poll[options]"),
    ("POST", "/api/v1/statuses", {"status": "x", "scheduled_at": "demain"}, "scheduled_at"),
    ("POST", "/api/v1/statuses", {"status": "x" * 5001}, "status"),
    ("POST", "/api/v1/statuses", {"status": "x", "sensitive": "perhaps"}, "sensitive"),
    ("PATCH", "/api/v1/accounts/update_credentials", {"display_name": "x" * 61}, "display_name"),
    ("PATCH", "/api/v1/accounts/update_credentials", {"source[privacy]": "secret"}, "source[privacy]"),
    ("POST", "/api/v1/reports", {}, "account_id"),
    ("POST", "/api/v2/media", {"description": "x"}, "file"),
    ("POST", "/api/v1/push/subscription", {}, "subscription[endpoint]"),
    ("GET", "/api/v1/accounts/search", {}, "q"),
)


@pytest.mark.parametrize(("method", "path", "fields", "name"), WRONG)
async def test_what_is_wrong_is_named(alice: Alice, method: str, path: str, fields: dict[str, str], name: str) -> None:
    answer = await alice.api.ask(method, path, data=fields)

    assert (answer.status, answer.json["field"]) == (422, name), answer


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
async def test_unknown_addresses_answer_json(alice: Alice, method: str) -> None:
    for path in ("/api/v1/nothing", "/api/v9/statuses", "/api/", "/api/v1/statuses/x/pin", "/api/v1/polls/x"):
        answer = await alice.api.ask(method, path)

        assert (answer.status, list(answer.json)) == (404, ["error", "code"]), (method, path)
