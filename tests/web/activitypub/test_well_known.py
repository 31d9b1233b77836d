"""WebFinger, host-meta and NodeInfo over HTTP (WF1 to WF10, HM1, NI1 to NI3)."""

from typing import Any
from urllib.parse import quote

import msgspec
import pytest

from models.people.actors import Actor
from models.settings import Site
from tests.web.activitypub.conftest import Answer, Door, publish_tent

PROFILE_PAGE = "http://webfinger.net/rel/profile-page"


async def ask(door: Door, query: str, **headers: str) -> Answer:
    """What WebFinger answers to a query."""
    return await door.get(f"/.well-known/webfinger?{query}", accept=None, headers=headers)


def links_of(answer: Answer) -> dict[str, Any]:
    """The links of a JRD by their kind."""
    return {link["rel"]: link for link in answer.json["links"]}


async def test_wf01_a_handle_leads_to_a_jrd(door: Door, alice: Actor) -> None:
    answer = await ask(door, "resource=acct:alice@lomme.test")

    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/jrd+json")
    assert answer.json["subject"] == "acct:alice@lomme.test"


async def test_wf02_the_jrd_leads_to_the_actor_byte_for_byte_and_to_the_page(door: Door, alice: Actor) -> None:
    links = links_of(await ask(door, "resource=acct:alice@lomme.test"))

    assert links["self"] == {"rel": "self", "type": "application/activity+json", "href": alice.uri}
    assert links[PROFILE_PAGE] == {"rel": PROFILE_PAGE, "type": "text/html", "href": alice.url}
    assert (await door.get(links["self"]["href"])).json["id"] == links["self"]["href"]


@pytest.mark.parametrize("form", ["uri", "url"])
async def test_wf03_the_id_and_the_page_lead_to_the_same_jrd(door: Door, alice: Actor, form: str) -> None:
    by_handle = await ask(door, "resource=acct:alice@lomme.test")

    by_address = await ask(door, f"resource={getattr(alice, form)}")

    assert by_address.body == by_handle.body
    assert by_address.json["subject"].startswith("acct:")
    assert {alice.uri, alice.url} <= set(by_address.json["aliases"])


@pytest.mark.parametrize(
    "query",
    [
        "resource=acct%3Aalice%40lomme.test",
        "x=1&resource=acct:alice@lomme.test",
        "resource=acct:alice@lomme.test&extra=1&extra=2",
        f"resource={quote('http://lomme.test/users/alice', safe='')}",
    ],
)
async def test_wf04_encoding_order_and_other_parameters_do_not_matter(door: Door, alice: Actor, query: str) -> None:
    answer = await ask(door, query)

    assert (answer.status, answer.json["subject"]) == (200, "acct:alice@lomme.test")


@pytest.mark.parametrize(
    "query", ["", "resource=", "resource=alice", "resource==acct:alice@lomme.test", "resource=alice@lomme.test"]
)
async def test_wf05_what_is_no_question_is_400(door: Door, alice: Actor, query: str) -> None:
    assert (await ask(door, query)).status == 400


@pytest.mark.parametrize("resource", ["acct:nobody@lomme.test", "acct:alice@arras.test", "https://arras.test/@alice"])
async def test_wf06_who_is_not_here_is_404(door: Door, alice: Actor, resource: str) -> None:
    assert (await ask(door, f"resource={resource}")).status == 404


async def test_wf06_who_is_deleted_is_410(door: Door, alice: Actor) -> None:
    await door.execute("UPDATE actor SET deleted_at = now()")

    assert (await ask(door, "resource=acct:alice@lomme.test")).status == 410


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("resource=acct:alice@lomme.test", 200),
        ("resource=x", 400),
        ("resource=acct:nobody@lomme.test", 404),
        ("resource=acct:gone@lomme.test", 410),
    ],
)
async def test_wf07_pages_elsewhere_may_read_every_answer(door: Door, alice: Actor, query: str, status: int) -> None:
    await door.execute(
        """
        INSERT INTO actor (id, uri, type, local, username, host, url, inbox, deleted_at)
        VALUES (1, 'x', 'Person', true, 'gone', 'lomme.test', 'x', 'x', now())
        """
    )

    for method in ("GET", "HEAD"):
        answer = await door.get(f"/.well-known/webfinger?{query}", accept=None, method=method)
        assert (answer.status, answer.headers["Access-Control-Allow-Origin"]) == (status, "*")
    refused = await door.get("/.well-known/webfinger", accept=None, method="DELETE")
    assert (refused.status, refused.headers["Access-Control-Allow-Origin"]) == (405, "*")


async def test_wf08_only_the_wanted_links_are_told(door: Door, alice: Actor) -> None:
    async def rels(wanted: str) -> list[str]:
        answer = await ask(door, f"resource=acct:alice@lomme.test&{wanted}")
        assert answer.status == 200
        return [link["rel"] for link in answer.json["links"]]

    assert await rels("rel=self") == ["self"]
    assert await rels(f"rel=self&rel={quote(PROFILE_PAGE)}") == ["self", PROFILE_PAGE]
    assert await rels("rel=unknown") == []


@pytest.mark.parametrize("handle", ["ALICE@lomme.test", "alice@LOMME.Test"])
async def test_wf09_case_does_not_matter(door: Door, alice: Actor, handle: str) -> None:
    assert (await ask(door, f"resource=acct:{handle}")).json["subject"] == "acct:alice@lomme.test"


async def test_wf09_another_port_is_another_host(door: Door, alice: Actor) -> None:
    assert (await ask(door, "resource=acct:alice@lomme.test:443")).status == 404


@pytest.mark.parametrize("path", ["webfinger?resource=acct:alice@lomme.test", "host-meta", "nodeinfo"])
async def test_wf10_plain_http_is_answered_a_redirect_to_https(door: Door, alice: Actor, path: str) -> None:
    object.__setattr__(
        door.instance, "settings", msgspec.structs.replace(door.instance.settings, url="https://lomme.test")
    )
    object.__setattr__(door.instance, "site", Site(url="https://lomme.test", host="lomme.test"))

    plain = await door.get(f"/.well-known/{path}", accept=None, headers={"X-Forwarded-Proto": "http"})
    secure = await door.get(f"/.well-known/{path}", accept=None, headers={"X-Forwarded-Proto": "https"})

    assert (plain.status, plain.headers["Location"]) == (301, f"https://lomme.test/.well-known/{path}")
    assert b"alice" not in plain.body and secure.status == 200


async def test_hm01_host_meta_tells_where_webfinger_is(door: Door) -> None:
    xml = await door.get("/.well-known/host-meta", accept=None)

    assert xml.headers["Content-Type"].startswith("application/xrd+xml")
    assert b'rel="lrdd"' in xml.body and b"http://lomme.test/.well-known/webfinger?resource={uri}" in xml.body


@pytest.mark.parametrize(
    ("path", "accept"),
    [("host-meta.json", None), ("host-meta", "application/json"), ("host-meta", "application/jrd+json, */*;q=0.1")],
)
async def test_hm01_host_meta_is_json_for_those_who_want_it(door: Door, path: str, accept: str | None) -> None:
    answer = await door.get(f"/.well-known/{path}", accept=accept)

    assert answer.headers["Vary"] == "Accept, Accept-Encoding"
    assert answer.json["links"][0]["rel"] == "lrdd" and "{uri}" in answer.json["links"][0]["template"]


async def test_ni01_the_links_lead_to_documents_of_ours(door: Door) -> None:
    links = (await door.get("/.well-known/nodeinfo", accept=None)).json["links"]

    assert [link["rel"].rpartition("/")[2] for link in links] == ["2.0", "2.1"]
    for link in links:
        assert link["href"].startswith("http://lomme.test/nodeinfo/")
        assert (await door.get(link["href"], accept=None)).status == 200


@pytest.mark.parametrize("version", ["2.0", "2.1"])
async def test_ni02_each_document_has_all_that_its_schema_wants(door: Door, alice: Actor, version: str) -> None:
    answer = (await door.get(f"/nodeinfo/{version}", accept=None)).json

    assert (answer["version"], answer["software"]["name"]) == (version, "declic")
    assert answer["protocols"] == ["activitypub"] and answer["software"]["version"]
    assert isinstance(answer["services"]["inbound"], list) and isinstance(answer["services"]["outbound"], list)
    assert isinstance(answer["openRegistrations"], bool) and isinstance(answer["metadata"], dict)
    assert set(answer["usage"]["users"]) == {"total", "activeMonth", "activeHalfyear"}


@pytest.mark.parametrize("version", ["2.0", "2.1"])
async def test_ni03_the_type_names_the_schema(door: Door, version: str) -> None:
    answer = await door.get(f"/nodeinfo/{version}", accept=None)

    schema = f"http://nodeinfo.diaspora.software/ns/schema/{version}#"
    assert answer.headers["Content-Type"].startswith(f'application/json; profile="{schema}"')


async def test_ni03_nothing_private_and_nobody_unconfirmed_is_counted(door: Door, alice: Actor) -> None:
    await publish_tent(door, alice)
    before = (await door.get("/nodeinfo/2.1", accept=None)).json["usage"]
    await publish_tent(door, alice, audience="coop")
    await publish_tent(door, alice, audience="territories")
    await door.execute("UPDATE account SET confirmed_at = NULL")

    after = (await door.get("/nodeinfo/2.1", accept=None)).json["usage"]

    assert (before["localPosts"], before["users"]["total"]) == (1, 1)
    assert (after["localPosts"], after["users"]["total"]) == (1, 0)


async def test_the_server_itself_is_known_to_webfinger(door: Door) -> None:
    answer = await ask(door, "resource=http://lomme.test/")

    assert [link["href"] for link in answer.json["links"]] == [
        "http://lomme.test/users/instance",
        "http://lomme.test/users/coop",
    ]
