"""Who gets JSON and who a page, and how answers may be kept (CN1 to CN6)."""

import pytest

from models.people.actors import Actor
from tests.web.activitypub.conftest import ACTIVITY, HTML, Door, publish_tent, sent

AS2 = "https://www.w3.org/ns/activitystreams"
FIREFOX = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
SIGNERS = ["Accept", "Signature", "Signature-Input"]


@pytest.mark.parametrize(
    "accept",
    [
        ACTIVITY,
        f'application/ld+json; profile="{AS2}"',
        f'application/ld+json;profile="{AS2}"; q=0.9, application/activity+json; q=0.8',
        f'application/activity+json ;q=0.2 , application/ld+json ; profile="{AS2}" ; q=1',
        "text/html;q=0.1, application/activity+json",
        "APPLICATION/ACTIVITY+JSON",
        "text/html; q=0, application/activity+json; charset=utf-8",
    ],
)
async def test_cn01_servers_get_json(door: Door, alice: Actor, accept: str) -> None:
    listing = await publish_tent(door, alice)

    for uri in (listing.uri, alice.uri, (await sent(door, "Create"))["id"]):
        answer = await door.get(uri, accept=accept)
        assert (answer.status, answer.json["id"]) == (200, uri)
        assert answer.headers["Content-Type"] == "application/activity+json; charset=utf-8"


@pytest.mark.parametrize("accept", ["application/ld+json", "application/json", "application/*"])
async def test_cn02_plain_json_is_json_too(door: Door, alice: Actor, accept: str) -> None:
    listing = await publish_tent(door, alice)

    assert (await door.get(listing.uri, accept=accept)).json["id"] == listing.uri


@pytest.mark.parametrize("accept", ["text/html", "*/*", None, "", "application/activity+json;q=0.5, text/html"])
async def test_cn02_people_are_sent_to_the_page(door: Door, alice: Actor, accept: str | None) -> None:
    listing = await publish_tent(door, alice)

    for uri, page in ((listing.uri, listing.post.url), (alice.uri, alice.url)):
        answer = await door.get(uri, accept=accept)
        assert (answer.status, answer.headers["Location"]) == (303, page)
        assert answer.headers["Vary"] == "Accept"


@pytest.mark.parametrize("accept", [HTML, FIREFOX, "text/html"])
async def test_cn03_a_browser_never_gets_json(door: Door, alice: Actor, accept: str) -> None:
    listing = await publish_tent(door, alice)

    for uri in (listing.uri, alice.uri, (await sent(door, "Create"))["id"]):
        answer = await door.get(uri, accept=accept)
        assert answer.status == 303 and "json" not in answer.headers["Content-Type"]


@pytest.mark.parametrize("accept", ["image/png", "text/plain", "application/activity+json;q=0", ";;,,", "x"])
async def test_cn03_nothing_else_is_served(door: Door, alice: Actor, accept: str) -> None:
    listing = await publish_tent(door, alice)

    for uri in (listing.uri, alice.uri):
        answer = await door.get(uri, accept=accept)
        assert (answer.status, answer.headers["Vary"]) == (406, "Accept, Accept-Encoding")


async def test_cn06_head_is_get_without_a_body(door: Door, alice: Actor) -> None:
    listing = await publish_tent(door, alice)
    missing = f"{alice.uri}/notes/00000000-0000-4000-8000-000000000000"

    for uri in (listing.uri, alice.uri, f"{alice.uri}/outbox", f"{listing.uri}/replies", missing):
        got, headed = await door.get(uri), await door.get(uri, method="HEAD")
        assert headed.body == b""
        sizes = ("Content-Length", "")  # which vary: a packed answer has some bytes of chance
        headers = [{name: value for name, value in one.seen[2].items() if name not in sizes} for one in (got, headed)]
        assert (headed.status, headers[1]) == (got.status, headers[0])


async def test_cn06_the_page_names_the_document(door: Door, alice: Actor) -> None:
    listing = await publish_tent(door, alice)

    for uri in (listing.uri, alice.uri):
        page = (await door.get(uri, accept=HTML)).headers["Location"]
        answer = await door.get(page, accept=HTML)
        link = f'<link rel="alternate" type="application/activity+json" href="{uri}">'
        assert answer.status == 200 and link.encode() in answer.body
