"""Documents of others: believed only where their own origin serves them under their own id."""

import json
from typing import Any

import pytest
from multidict import CIMultiDict

from federation.documents.documents import fetch_document, is_activity_type
from federation.errors import Cause, FetchFailed
from federation.http_client.transport import Fetched
from federation.instance import Instance
from models.limits import DOCUMENT_FETCHES
from models.store.database import connection, execute
from tests.fediverse import FakeFediverse

NOTE = "https://henin.test/notes/1"
AS = "https://www.w3.org/ns/activitystreams"


def found(uri: str, document: Any, *, url: str | None = None, kind: str = "application/activity+json") -> Fetched:
    """An answer as the transport gives it; `url` is where redirects led."""
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return Fetched(url=url or uri, status=200, headers=CIMultiDict({"Content-Type": kind}), body=body)


async def cause_of(instance: Instance, uri: str = NOTE) -> Cause:
    """Why this address is refused."""
    with pytest.raises(FetchFailed) as failed:
        await fetch_document(instance, uri)
    return failed.value.cause


async def test_a_document_under_its_own_id_is_taken(instance: Instance, fediverse: FakeFediverse) -> None:
    fediverse.documents[NOTE] = {"id": NOTE, "type": "Note"}

    proven = await fetch_document(instance, f"{NOTE}#part")

    assert proven.id == NOTE and proven.json["type"] == "Note"
    assert fediverse.fetched == [NOTE]


async def test_b18_another_id_is_fetched_from_there(instance: Instance, fediverse: FakeFediverse) -> None:
    page = "https://henin.test/@bob/1"
    fediverse.documents[page] = {"id": NOTE, "type": "Note", "content": "at the page"}
    fediverse.documents[NOTE] = {"id": NOTE, "type": "Note", "content": "at the id"}

    proven = await fetch_document(instance, page)

    assert proven.json["content"] == "at the id"


async def test_b18_an_id_that_leads_elsewhere_again_is_dropped(instance: Instance, fediverse: FakeFediverse) -> None:
    fediverse.documents[NOTE] = {"id": "https://henin.test/notes/2"}
    fediverse.documents["https://henin.test/notes/2"] = {"id": "https://henin.test/notes/3"}

    assert await cause_of(instance) is Cause.WRONG_ID
    assert len(fediverse.fetched) == 2


async def test_b18_an_id_of_another_origin_is_dropped_without_asking_there(
    instance: Instance, fediverse: FakeFediverse
) -> None:
    fediverse.documents[NOTE] = {"id": "https://victim.test/notes/1"}
    fediverse.documents["https://victim.test/notes/1"] = {"id": "https://victim.test/notes/1"}

    assert await cause_of(instance) is Cause.WRONG_ID
    assert fediverse.fetched == [NOTE]


async def test_b16_what_another_origin_served_after_a_redirect_is_not_believed(
    instance: Instance, fediverse: FakeFediverse
) -> None:
    fediverse.documents[NOTE] = found(NOTE, {"id": NOTE}, url="https://evil.test/note")

    assert await cause_of(instance) is Cause.WRONG_ID


async def test_a_redirect_within_the_origin_to_the_id_is_fine(instance: Instance, fediverse: FakeFediverse) -> None:
    fediverse.documents["https://henin.test/old"] = found("https://henin.test/old", {"id": NOTE}, url=NOTE)

    assert (await fetch_document(instance, "https://henin.test/old")).id == NOTE


@pytest.mark.parametrize(
    ("kind", "accepted"),
    [
        ("application/activity+json", True),
        ("application/activity+json; charset=utf-8", True),
        ("Application/Activity+JSON", True),
        (f'application/ld+json; profile="{AS}"', True),
        (f'application/ld+json;charset=utf-8; profile="https://x.example {AS}"', True),
        (f"application/ld+json; profile={AS}", True),
        ("application/ld+json", False),
        ('application/ld+json; profile="https://x.example"', False),
        (f'application/json; profile="{AS}"', False),
        ("application/json", False),
        ("application/activity+json-evil", False),
        ("image/png", False),
        ("text/plain", False),
        ("text/html; x=application/activity+json", False),
        ("", False),
    ],
)
def test_b19_only_activitypub_types_count(kind: str, accepted: bool) -> None:
    assert is_activity_type(kind) is accepted


async def test_b19_an_uploaded_file_is_no_actor(instance: Instance, fediverse: FakeFediverse) -> None:
    fediverse.documents[NOTE] = found(NOTE, {"id": NOTE, "type": "Person"}, kind="image/png")

    assert await cause_of(instance) is Cause.WRONG_TYPE


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"<html>", b"{}", b'{"id": 5}', b'{"id": ""}', b"[" * 100_000])
async def test_b33_what_cannot_be_read_is_refused(body: bytes, instance: Instance, fediverse: FakeFediverse) -> None:
    fediverse.documents[NOTE] = found(NOTE, body)

    assert await cause_of(instance) is Cause.NOT_AN_OBJECT


async def test_bytes_that_are_no_utf8_do_not_spoil_a_document(instance: Instance, fediverse: FakeFediverse) -> None:
    fediverse.documents[NOTE] = found(NOTE, b'{"id": "https://henin.test/notes/1", "pem": "-----END KEY-----\xf0\xff"}')

    assert (await fetch_document(instance, NOTE)).json["pem"].startswith("-----END KEY-----")


async def test_b01_our_own_addresses_are_never_fetched(instance: Instance, fediverse: FakeFediverse) -> None:
    for uri in ("https://lomme.test/users/alice", "http://LOMME.test:80/x", "https://lomme.test"):
        assert await cause_of(instance, uri) is Cause.BAD_ADDRESS

    assert fediverse.fetched == []


async def test_b14_an_address_that_failed_is_left_alone_for_five_minutes(
    instance: Instance, fediverse: FakeFediverse
) -> None:
    fediverse.documents[NOTE] = FetchFailed(Cause.TIMED_OUT, "henin.test", retry=True)

    for _ in range(3):
        with pytest.raises(FetchFailed) as failed:
            await fetch_document(instance, NOTE)

    assert fediverse.fetched == [NOTE]
    assert failed.value.cause is Cause.TIMED_OUT and failed.value.retry

    async with connection(instance.pool) as conn:
        await execute(conn, "UPDATE failed_fetch SET until = now()")
    fediverse.documents[NOTE] = {"id": NOTE}

    assert (await fetch_document(instance, NOTE)).id == NOTE


async def test_people_who_wait_may_ask_again_at_once(instance: Instance, fediverse: FakeFediverse) -> None:
    assert await cause_of(instance) is Cause.NOT_FOUND
    fediverse.documents[NOTE] = {"id": NOTE}

    assert (await fetch_document(instance, NOTE, fresh=True)).id == NOTE
    assert (await fetch_document(instance, NOTE)).id == NOTE


async def test_b14_one_host_has_one_budget_however_it_is_spelled(instance: Instance, fediverse: FakeFediverse) -> None:
    allowed = next(number for number in range(1000) if not instance.counter.spend(DOCUMENT_FETCHES, "victim.test"))
    assert allowed > 0

    for spelling in ("https://victim.test/a", "https://vIctim.test/a", "https://victim.test.:443/a"):
        assert await cause_of(instance, spelling) is Cause.TOO_MANY_FETCHES


async def test_what_is_no_address_is_refused_as_one(instance: Instance) -> None:
    assert await cause_of(instance, "http://[::1") is Cause.BAD_ADDRESS
