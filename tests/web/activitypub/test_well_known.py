"""WebFinger, host-meta and NodeInfo over HTTP (WF1 to WF9, HM1, NI1 to NI3)."""

from urllib.parse import quote

import pytest

from models.actors import Actor
from models.database import connection, execute
from tests.web.activitypub.conftest import Door


async def ask(door: Door, query: str) -> tuple[int, dict[str, object], str]:
    """What WebFinger answers to a query."""
    async with door.client.get(f"/.well-known/webfinger?{query}") as response:
        return response.status, await response.json(content_type=None), response.headers["Access-Control-Allow-Origin"]


@pytest.mark.parametrize("form", ["acct:alice@HOST", "acct%3Aalice%40HOST", "acct:ALICE@HOST", "URI", "URL"])
async def test_a_person_is_found_in_every_form(door: Door, alice: Actor, form: str) -> None:
    resource = form.replace("HOST", door.instance.site.host)
    resource = resource.replace("URI", quote(alice.uri, safe="")).replace("URL", quote(alice.url, safe=""))

    status, document, origin = await ask(door, f"extra=1&resource={resource}")

    assert (status, origin) == (200, "*")
    assert document["subject"] == f"acct:alice@{door.instance.site.host}"
    links = {link["rel"]: link for link in document["links"]}  # type: ignore[attr-defined]
    assert links["self"] == {"rel": "self", "type": "application/activity+json", "href": alice.uri}
    assert links["http://webfinger.net/rel/profile-page"]["href"] == alice.url


@pytest.mark.parametrize("query", ["", "resource=", "resource=alice", "resource==acct:alice@lomme.test"])
async def test_what_is_no_question_is_400(door: Door, alice: Actor, query: str) -> None:
    status, _, origin = await ask(door, query)

    assert (status, origin) == (400, "*")


@pytest.mark.parametrize("resource", ["acct:nobody@lomme.test", "acct:alice@arras.test", "acct:alice@lomme.test:443"])
async def test_who_is_not_here_is_404(door: Door, alice: Actor, resource: str) -> None:
    assert (await ask(door, f"resource={resource}"))[0] == 404


async def test_who_is_deleted_is_410(door: Door, alice: Actor) -> None:
    async with connection(door.instance.pool) as conn:
        await execute(conn, "UPDATE actor SET deleted_at = now()")

    assert (await ask(door, "resource=acct:alice@lomme.test"))[0] == 410


async def test_only_the_wanted_links_are_told(door: Door, alice: Actor) -> None:
    _, one, _ = await ask(door, "resource=acct:alice@lomme.test&rel=self")
    _, none, _ = await ask(door, "resource=acct:alice@lomme.test&rel=unknown")

    assert [link["rel"] for link in one["links"]] == ["self"]  # type: ignore[attr-defined]
    assert none["links"] == []


async def test_host_meta_tells_where_webfinger_is(door: Door) -> None:
    xml = await door.get("/.well-known/host-meta", accept=None)
    json = await door.get("/.well-known/host-meta.json", accept=None)

    assert xml.headers["Content-Type"].startswith("application/xrd+xml") and b"{uri}" in xml.body
    assert "{uri}" in json.json["links"][0]["template"]


@pytest.mark.parametrize("version", ["2.0", "2.1"])
async def test_nodeinfo_counts_what_is_public(door: Door, alice: Actor, version: str) -> None:
    links = (await door.get("/.well-known/nodeinfo", accept=None)).json["links"]
    href = next(link["href"] for link in links if link["rel"].endswith(version))

    answer = await door.get(href, accept=None)

    assert answer.json["version"] == version
    assert answer.json["software"]["name"] == "declic"
    assert answer.json["protocols"] == ["activitypub"]
    assert answer.json["usage"]["users"]["total"] == 1
    assert f"ns/schema/{version}#" in answer.headers["Content-Type"]
