"""A post that somebody asks for by its address: only what stands there, is for everybody, and is of its own server."""

from typing import Any

import pytest
from multidict import CIMultiDict

from federation.errors import Cause, FetchFailed, ResolveFailed
from federation.http_client.transport import Fetched
from inbox.posts.lookup import fetch_post, look_up
from models.people.actors import Actor
from tests.fediverse import Person
from tests.inbox.desk import Desk

PAGE = "https://henin.test/@bob/1"


def serve(desk: Desk, person: Person, **changes: Any) -> dict[str, Any]:
    """A note as its server shows it."""
    note = desk.note(person, **changes)
    desk.fediverse.documents[note["id"]] = note
    return note


def serve_page(desk: Desk, head: str) -> None:
    """A page for people at PAGE: what asks for an object there is told that it is none."""
    desk.fediverse.late[PAGE] = [FetchFailed(Cause.WRONG_TYPE, "henin.test")]
    body = f"<html><head>{head}</head></html>".encode()
    headers = CIMultiDict({"Content-Type": "text/html; charset=utf-8"})
    desk.fediverse.documents[PAGE] = Fetched(url=PAGE, status=200, headers=headers, body=body)


async def refuse(desk: Desk, address: str) -> Cause:
    """Why the post at this address is not to be had; nothing is kept."""
    with pytest.raises(FetchFailed) as failed:
        await fetch_post(desk.instance, address)
    assert await desk.value("SELECT count(*) FROM post") == 0
    return failed.value.cause


async def test_what_stands_there_is_kept_and_not_asked_for_twice(desk: Desk, bob: Person) -> None:
    note = serve(desk, bob)

    found = [await fetch_post(desk.instance, note["id"]), await look_up(desk.instance, note["id"])]

    assert [one.uri for one in found] == [note["id"]] * 2
    assert desk.fediverse.fetched.count(note["id"]) == 1


async def test_a_page_leads_to_the_post_that_it_shows(desk: Desk, bob: Person) -> None:
    note = serve(desk, bob)
    serve_page(desk, f'<link rel="alternate" type="application/activity+json" href="{note["id"]}">')

    assert (await fetch_post(desk.instance, PAGE)).uri == note["id"]


async def test_a_page_that_shows_no_post_is_none(desk: Desk) -> None:
    serve_page(desk, "<title>Bonjour</title>")

    assert await refuse(desk, PAGE) is Cause.WRONG_TYPE


@pytest.mark.parametrize("type", ["Tombstone", "Person"])
async def test_what_is_no_post_is_not_kept_as_one(desk: Desk, bob: Person, type: str) -> None:
    gone = {"id": f"{bob.uri}/notes/gone", "type": "Tombstone"}
    desk.fediverse.documents[gone["id"]] = gone

    assert await refuse(desk, bob.uri if type == "Person" else gone["id"]) is Cause.NOT_AN_OBJECT


@pytest.mark.parametrize(
    "changes", [{"to": ["https://henin.test/users/bob/followers"], "cc": []}, {"attributedTo": None}]
)
async def test_what_is_not_for_everybody_or_by_nobody_is_not_found(
    desk: Desk, bob: Person, changes: dict[str, Any]
) -> None:
    assert await refuse(desk, serve(desk, bob, **changes)["id"]) is Cause.NOT_FOUND


async def test_what_another_server_shows_as_hers_is_none_of_hers(desk: Desk, bob: Person) -> None:
    eve = desk.fediverse.add_person("eve", "evil.test")

    assert await refuse(desk, serve(desk, eve, attributedTo=bob.uri)["id"]) is Cause.NOT_AN_OBJECT


async def test_what_was_deleted_does_not_come_back_because_somebody_looks_for_it(
    desk: Desk, bob: Person, alice: Actor
) -> None:
    await desk.meet(bob)
    note = serve(desk, bob)
    await desk.take(bob, desk.activity(bob, "Delete", note["id"]))

    assert await refuse(desk, note["id"]) is Cause.NOT_AN_OBJECT


async def test_nobody_is_asked_for_what_would_be_ours(desk: Desk, alice: Actor) -> None:
    assert await refuse(desk, f"{alice.uri}/notes/1") is Cause.NOT_FOUND
    assert desk.fediverse.fetched == []


async def test_whose_server_did_not_answer_is_told_so_and_not_asked_again_at_once(desk: Desk, bob: Person) -> None:
    note = serve(desk, bob)
    desk.fediverse.late[note["id"]] = [FetchFailed(Cause.TIMED_OUT, "henin.test", retry=True)]

    with pytest.raises(ResolveFailed):
        await look_up(desk.instance, note["id"])

    assert desk.fediverse.fetched == [note["id"]]
