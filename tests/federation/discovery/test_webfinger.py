"""WebFinger, asked and answered."""

import json
from typing import Any

import pytest
from multidict import CIMultiDict

from federation.discovery.webfinger import (
    ROLE,
    SERVICE,
    Handle,
    build_account_document,
    build_server_document,
    find_account,
    find_territory,
    read_handle,
    read_resource,
)
from federation.errors import Cause, FetchFailed
from federation.http_client.transport import Fetched
from federation.instance import Instance
from models.errors import Invalid, NotFound
from tests.factories import HERE
from tests.fediverse import FakeFediverse

BOB = "https://henin.test/users/bob"
SELF = {"rel": "self", "type": "application/activity+json", "href": BOB}
QUERY = "https://henin.test/.well-known/webfinger?resource=acct%3Abob%40henin.test"


def answer(uri: str, document: Any) -> Fetched:
    headers = CIMultiDict({"Content-Type": "application/jrd+json"})
    return Fetched(url=uri, status=200, headers=headers, body=json.dumps(document).encode())


def test_wf01_wf02_our_answer_names_the_actor_and_its_page() -> None:
    document = build_account_document(HERE, "alice")

    assert document["subject"] == "acct:alice@lomme.test"
    assert document["aliases"] == ["https://lomme.test/@alice", "https://lomme.test/users/alice"]
    assert document["links"][:2] == [
        {"rel": "self", "type": "application/activity+json", "href": "https://lomme.test/users/alice"},
        {"rel": "http://webfinger.net/rel/profile-page", "type": "text/html", "href": "https://lomme.test/@alice"},
    ]
    assert document["links"][2]["template"] == "https://lomme.test/authorize_interaction?uri={uri}"


@pytest.mark.parametrize(
    ("resource", "username"),
    [
        ("acct:alice@lomme.test", "alice"),
        ("acct:ALICE@LOMME.test", "alice"),
        ("acct:@alice@lomme.test", "alice"),
        ("https://lomme.test/users/alice", "alice"),
        ("https://lomme.test/@alice", "alice"),
        ("https://lomme.test/", None),
        ("https://lomme.test", None),
        ("http://lomme.test/", None),
    ],
)
def test_wf03_wf09_a_resource_is_a_handle_an_id_or_a_page(resource: str, username: str | None) -> None:
    assert read_resource(HERE, [resource]) == username


@pytest.mark.parametrize(
    "values",
    [
        [],
        [""],
        ["alice@lomme.test"],
        ["=acct:alice@lomme.test"],
        ["acct:"],
        ["acct: x"],
        ["acct:alice"],
        ["acct:@alice"],
        ["acct:@lomme.test"],
        ["acct:alice@"],
        ["acct:al ice@lomme.test"],
        ["acct:alice@lomme.test/x"],
        ["acct:alice@lom me.test"],
        ["acct:alice@bob@lomme.test"],
        ["acct:alice\0@lomme.test"],
        ["acct:alice@lomme.test\n"],
        ["https://"],
        ["https:lomme.test"],
        ["mailto:al ice@lomme.test"],
        ["a:b", "c:d"],
        ["a:" + "x" * 3000],
    ],
)
def test_wf05_what_is_no_resource_is_a_mistake(values: list[str]) -> None:
    with pytest.raises(Invalid):
        read_resource(HERE, values)


@pytest.mark.parametrize(
    "resource",
    [
        "acct:alice@henin.test", "acct:alice@lomme.test:443", "acct:nobody@lomme.test.", "https://henin.test/users/alice",
        "https://lomme.test/users/alice/inbox", "https://lomme.test/annonces/x", "mailto:alice@lomme.test",
    ],
)  # fmt: skip
def test_wf06_wf09_what_is_not_ours_is_not_found(resource: str) -> None:
    with pytest.raises(NotFound):
        read_resource(HERE, [resource])


def test_wf08_links_may_be_chosen_by_their_kind() -> None:
    def rels(*wanted: str) -> list[str]:
        return [link["rel"] for link in build_account_document(HERE, "alice", wanted)["links"]]

    assert rels("self") == ["self"]
    assert len(rels("self", "http://webfinger.net/rel/profile-page")) == 2
    assert rels("unknown") == []


def test_the_server_itself_names_who_administers_it_and_its_territory() -> None:
    document = build_server_document(HERE)

    assert document["subject"] == "https://lomme.test/"
    assert [(link["href"], link["properties"][ROLE]) for link in document["links"]] == [
        ("https://lomme.test/users/instance", "administration"),
        ("https://lomme.test/users/coop", "territory"),
    ]
    assert build_server_document(HERE, ["self"])["links"] == []


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("@bob@henin.test", "bob@henin.test"), ("bob@henin.test", "bob@henin.test"),
        (" acct:Bob@HENIN.test ", "Bob@henin.test"),
        ("@u1@127.2.3.1:9180", "u1@127.2.3.1:9180"), ("@bob@[::1]:8000", "bob@[::1]:8000"),
        ("@bob@hénin.test", "bob@xn--hnin-bpa.test"), ("@bob@henin.test:443", "bob@henin.test"),
        ("@аdmin@henin.test", "аdmin@henin.test"),
    ],
)  # fmt: skip
def test_handles_are_read_in_the_forms_that_people_write(written: str, expected: str) -> None:
    assert str(read_handle(written)) == expected


@pytest.mark.parametrize(
    "written",
    [
        "",
        "bob",
        "@bob",
        "@@henin.test",
        "bob@",
        "@bob@henin.test/x",
        "@bo b@henin.test",
        "a@b@c",
        "https://x/@y",
        "@b@" + "x" * 3000,
    ],
)
def test_what_is_no_handle_is_none(written: str) -> None:
    assert read_handle(written) is None


async def test_an_account_is_found_at_its_host(instance: Instance, fediverse: FakeFediverse) -> None:
    fediverse.add_webfinger("bob@henin.test", BOB)

    account = await find_account(instance, Handle(username="bob", host="henin.test"))

    assert account.actor == BOB and str(account.handle) == "bob@henin.test"
    assert fediverse.fetched == [QUERY] and fediverse.signers == [None]


@pytest.mark.parametrize(
    ("document", "actor"),
    [
        ({"links": [{"rel": "self", "type": "text/html", "href": "x"}, SELF]}, BOB),
        ({"links": SELF | {"type": 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"'}}, BOB),
        ({"links": [{"rel": "self", "type": "application/json", "href": BOB}]}, None),
        ({"links": [{"rel": "self", "type": "application/activity+json", "href": "javascript:x"}]}, None),
        ({"links": [5, None, "x"]}, None), ({}, None), ([], None), ("x", None),
    ],
)  # fmt: skip
async def test_answers_of_others_are_read_with_care(
    document: Any, actor: str | None, instance: Instance, fediverse: FakeFediverse
) -> None:
    fediverse.documents[QUERY] = answer(QUERY, document)
    handle = Handle(username="bob", host="henin.test")

    if actor is not None:
        assert (await find_account(instance, handle)).actor == actor
        return
    with pytest.raises(FetchFailed) as failed:
        await find_account(instance, handle)
    assert failed.value.cause is Cause.NOT_AN_OBJECT


async def test_a_server_names_its_territory(instance: Instance, fediverse: FakeFediverse) -> None:
    uri = "https://henin.test/.well-known/webfinger?resource=https%3A%2F%2Fhenin.test%2F"
    links = [
        {"rel": SERVICE, "href": "https://henin.test/users/instance", "properties": {ROLE: "administration"}},
        {"rel": SERVICE, "href": "https://henin.test/users/coop", "properties": {ROLE: "territory"}},
    ]
    fediverse.documents[uri] = answer(uri, {"links": links})
    other = uri.replace("henin", "other")
    fediverse.documents[other] = answer(other, {"links": [{"rel": SERVICE, "properties": 5}]})

    assert await find_territory(instance, "henin.test") == "https://henin.test/users/coop"
    assert await find_territory(instance, "other.test") is None
