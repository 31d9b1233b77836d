"""People looked up as others write them: by handle, id or page."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import web
from multidict import CIMultiDict

from federation.discovery.fetches import fetch_actor
from federation.discovery.remote import resolve_handle
from federation.discovery.webfinger import ROLE, SERVICE
from federation.documents.page_links import find_alternate
from federation.errors import Cause, FetchFailed, ResolveFailed, Step
from federation.http_client.transport import AiohttpTransport, Fetched
from federation.instance import Instance
from models.settings import Settings
from models.store.database import connection, execute
from tests.factories import make_local_actor
from tests.federation.loopback import Server, serve
from tests.fediverse import FakeFediverse, build_actor_document, make_signer

BOB = "https://henin.test/users/bob"
LD_JSON = 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"'
WEBFINGER = "https://henin.test/.well-known/webfinger?resource=acct%3Abob%40henin.test"


async def failure(instance: Instance, written: str) -> tuple[Step, Cause]:
    """Where the search ended, and why."""
    with pytest.raises(ResolveFailed) as failed:
        await resolve_handle(instance, written)
    assert failed.value.host
    return failed.value.step, failed.value.cause


def page(url: str, html: str) -> Fetched:
    return Fetched(url=url, status=200, headers=CIMultiDict({"Content-Type": "text/html"}), body=html.encode())


@pytest.mark.parametrize("written", ["@bob@henin.test", "bob@henin.test", " @Bob@HENIN.test ", "acct:bob@henin.test"])
async def test_a_handle_leads_to_its_actor(written: str, instance: Instance, fediverse: FakeFediverse) -> None:
    fediverse.add_person()
    fediverse.add_webfinger("Bob@henin.test", BOB, subject="acct:bob@henin.test")

    found = await resolve_handle(instance, written)

    assert found.uri == BOB and found.handle == "bob@henin.test"


async def test_somebody_known_is_not_asked_for_again_today(instance: Instance, fediverse: FakeFediverse) -> None:
    fediverse.add_person()
    first = await resolve_handle(instance, "@bob@henin.test")
    asked = len(fediverse.fetched)

    assert (await resolve_handle(instance, "@bob@henin.test")).id == first.id
    assert (await resolve_handle(instance, BOB)).id == first.id
    assert len(fediverse.fetched) == asked


async def test_wf11_a_handle_of_one_host_may_be_an_account_of_another(
    instance: Instance, fediverse: FakeFediverse
) -> None:
    uri = "https://social.henin.test/users/bob"
    signer = make_signer(f"{uri}#main-key")
    fediverse.documents[uri] = build_actor_document(uri, "bob", signer)
    fediverse.add_webfinger("bob@henin.test", uri)
    fediverse.add_webfinger("bob@social.henin.test", uri, subject="acct:bob@henin.test")

    assert (await resolve_handle(instance, "@bob@social.henin.test")).handle == "bob@henin.test"


async def test_wf11_a_handle_whose_other_host_does_not_agree_is_refused(
    instance: Instance, fediverse: FakeFediverse
) -> None:
    fediverse.add_person("bob", "victim.test")
    fediverse.add_webfinger("bob@evil.test", "https://evil.test/users/bob", subject="acct:bob@victim.test")

    assert await failure(instance, "@bob@evil.test") == (Step.WEBFINGER, Cause.WRONG_ID)


async def test_wf12_a_foreign_handle_is_shown_as_the_actors_own(instance: Instance, fediverse: FakeFediverse) -> None:
    fediverse.add_person()
    fediverse.add_webfinger("bob@fans.test", BOB)

    assert (await resolve_handle(instance, "@bob@fans.test")).handle == "bob@henin.test"


async def test_b14_many_actors_cannot_make_us_ask_one_server_whether_it_knows_them(
    instance: Instance, fediverse: FakeFediverse
) -> None:
    people = [fediverse.add_person("bob", f"n{number}.evil.test", webfinger="bob@victim.test") for number in range(40)]

    handles = [(await fetch_actor(instance, one.uri)).handle for one in people]

    asked = [one for one in fediverse.fetched if one.startswith("https://victim.test/")]
    assert len(asked) == 30
    assert handles == [f"bob@n{number}.evil.test" for number in range(40)]


@pytest.mark.parametrize(
    "written", [BOB, "https://henin.test/@bob", "henin.test/@bob", "https://henin.test/page", "https://henin.test/lien"]
)
async def test_an_id_and_a_page_lead_to_the_actor(written: str, instance: Instance, fediverse: FakeFediverse) -> None:
    bob = fediverse.add_person()
    fediverse.documents["https://henin.test/@bob"] = bob.document
    link = f'<link rel="alternate" type="application/activity+json" href="{BOB}">'
    fediverse.documents["https://henin.test/page"] = page("https://henin.test/page", f"<html><head>{link}")
    relative = link.replace("https://henin.test", "")
    fediverse.documents["https://henin.test/lien"] = page("https://henin.test/lien", relative)

    assert (await resolve_handle(instance, written)).uri == BOB


@pytest.mark.parametrize("written", ["https://henin.test/", "henin.test", "https://henin.test"])
async def test_the_start_page_of_a_server_stands_for_its_territory(
    written: str, instance: Instance, fediverse: FakeFediverse
) -> None:
    coop = fediverse.add_person("coop", type="Organization")
    uri = "https://henin.test/.well-known/webfinger?resource=https%3A%2F%2Fhenin.test%2F"
    fediverse.documents[uri] = {"links": [{"rel": SERVICE, "href": coop.uri, "properties": {ROLE: "territory"}}]}
    for start in ("https://henin.test/", "https://henin.test"):
        fediverse.documents[start] = page(start, "<title>Hénin-Carvin</title>")

    assert (await resolve_handle(instance, written)).uri == coop.uri


async def test_our_own_people_are_found_here(instance: Instance, fediverse: FakeFediverse) -> None:
    async with connection(instance.pool) as conn:
        alice = await make_local_actor(conn, "alice")
        coop = await make_local_actor(conn, "coop")

    for written in ("@alice@lomme.test", alice.uri, "https://lomme.test/@alice", "lomme.test/@alice"):
        assert (await resolve_handle(instance, written)).id == alice.id
    assert (await resolve_handle(instance, "https://lomme.test")).id == coop.id
    for written in ("@nobody@lomme.test", "https://lomme.test/users/nobody", "https://lomme.test/annonces/x"):
        assert (await failure(instance, written))[0] is Step.ACTOR
    assert fediverse.fetched == []


@pytest.mark.parametrize(
    "written", ["", "bob", "@bob", "bonjour tout le monde", "ftp://henin.test/x", "https://", "javascript:x", "@bob@"]
)
async def test_what_is_no_address_ends_at_the_address(
    written: str, instance: Instance, fediverse: FakeFediverse
) -> None:
    with pytest.raises(ResolveFailed) as failed:
        await resolve_handle(instance, written)

    assert (failed.value.step, failed.value.cause) == (Step.ADDRESS, Cause.BAD_ADDRESS)
    assert fediverse.fetched == []


@pytest.mark.parametrize(
    ("cause", "step"),
    [
        (Cause.NAME_NOT_FOUND, Step.NAME), (Cause.NAME_UNANSWERED, Step.NAME), (Cause.TIMED_OUT, Step.CONNECTION),
        (Cause.CERTIFICATE_EXPIRED, Step.CONNECTION), (Cause.PRIVATE_ADDRESS, Step.ADDRESS),
        (Cause.NOT_FOUND, Step.WEBFINGER), (Cause.SERVER_ERROR, Step.WEBFINGER), (Cause.NOT_AN_OBJECT, Step.WEBFINGER),
    ],
)  # fmt: skip
async def test_a_search_by_handle_tells_where_it_ended(
    cause: Cause, step: Step, instance: Instance, fediverse: FakeFediverse
) -> None:
    fediverse.documents[WEBFINGER] = FetchFailed(cause, "henin.test")

    assert await failure(instance, "@bob@henin.test") == (step, cause)


@pytest.mark.parametrize(
    ("cause", "step"),
    [
        (Cause.NOT_FOUND, Step.ACTOR), (Cause.GONE, Step.ACTOR), (Cause.WRONG_TYPE, Step.ACTOR),
        (Cause.SIGNATURE_REFUSED, Step.SIGNATURE), (Cause.CLOCK, Step.SIGNATURE), (Cause.FORBIDDEN, Step.SIGNATURE),
        (Cause.TLS, Step.CONNECTION),
    ],
)  # fmt: skip
async def test_a_search_that_reached_the_actor_tells_that(
    cause: Cause, step: Step, instance: Instance, fediverse: FakeFediverse
) -> None:
    fediverse.add_person()
    fediverse.documents[BOB] = FetchFailed(cause, "henin.test")

    assert await failure(instance, "@bob@henin.test") == (step, cause)
    assert await failure(instance, BOB) == (step, cause)


async def test_a_failed_search_may_be_repeated_at_once(instance: Instance, fediverse: FakeFediverse) -> None:
    fediverse.add_webfinger("bob@henin.test", BOB)
    await failure(instance, "@bob@henin.test")
    fediverse.add_person()

    assert (await resolve_handle(instance, "@bob@henin.test")).uri == BOB


async def test_pages_that_stand_for_nobody_are_told(instance: Instance, fediverse: FakeFediverse) -> None:
    fediverse.documents["https://henin.test/blog"] = page("https://henin.test/blog", "<p>Bonjour</p>")
    fediverse.documents["https://henin.test/notes/1"] = {"id": "https://henin.test/notes/1", "type": "Note"}

    assert await failure(instance, "https://henin.test/blog") == (Step.ACTOR, Cause.NOT_AN_ACTOR)
    assert await failure(instance, "https://henin.test/notes/1") == (Step.ACTOR, Cause.NOT_AN_ACTOR)


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<LINK REL="alternate" TYPE="application/activity+json" HREF="/users/bob">', "https://a.test/users/bob"),
        (f"<link rel='alternate me' type='{LD_JSON}' href='x'>", "https://a.test/x"),
        ('<link rel="alternate" type="application/rss+xml" href="/rss">', None),
        ('<link rel="alternate" type="application/activity+json">', None),
        ('<link rel="alternate" type="application/activity+json" href="javascript:x">', None),
        ('<!-- <link rel="alternate" type="application/activity+json" href="/x"> -->', None),
        ("<<<<>>>><link", None), ("", None), ("\x00" * 100, None),
        ('<![x]><link rel="alternate" type="application/activity+json" href="/a">', "https://a.test/a"),
        ('<link rel="alternate" type="application/activity+json" href="http://[">', None),
    ],
)  # fmt: skip
def test_alternates_are_found_in_pages(html: str, expected: str | None) -> None:
    assert find_alternate(html.encode(), "https://a.test/page") == expected


@pytest.mark.parametrize(("before", "expected"), [(7_999, "https://a.test/x"), (8_000, None)])
def test_of_a_page_eight_thousand_tags_are_read(before: int, expected: str | None) -> None:
    page = "x<p>" * before + '<link rel="alternate" type="application/activity+json" href="/x">'

    assert find_alternate(page.encode(), "https://a.test/page") == expected


# Over real sockets, with hosts that have a port, as in test federation.


@pytest.fixture
async def loopback(instance: Instance, tmp_path: Path) -> AsyncIterator[Instance]:
    settings = Settings(url="http://localhost:1", data=tmp_path, test_federation=True)
    transport = AiohttpTransport(settings)
    yield replace(instance, site=settings.site, settings=settings, transport=transport)
    await transport.close()


async def test_hosts_with_a_port_and_an_address_work_in_test_federation(loopback: Instance) -> None:
    server = Server()

    async def answer(request: web.BaseRequest) -> web.Response:
        uri = f"{server.url}/users/u1"
        if request.raw_path.startswith("/.well-known/webfinger?resource=acct%3Au1%40127.2.3.1"):
            link = {"rel": "self", "type": "application/activity+json", "href": uri}
            return web.json_response({"subject": f"acct:u1@{server.host}", "links": [link]})
        document = build_actor_document(uri, "u1", make_signer(f"{uri}#main-key"))
        return web.json_response(document, content_type="application/activity+json")

    async with serve(answer, address="127.2.3.1") as running:
        server.url = running.url

        found = await resolve_handle(loopback, f"@u1@{running.host}")

    assert found.uri == f"{running.url}/users/u1" and found.handle == f"u1@{running.host}"
    async with connection(loopback.pool) as conn:
        assert await execute(conn, "DELETE FROM actor WHERE host = $1", running.host) == 1


@pytest.mark.parametrize("written", ["{url}/@u1", "{url}/", "{host}/@u1", "{host}"])
async def test_pages_of_hosts_without_a_dot_work_in_test_federation(written: str, loopback: Instance) -> None:
    server = Server()

    async def answer(request: web.BaseRequest) -> web.Response:
        uri = f"{server.url}/users/u1"
        if request.path != "/users/u1":
            link = f'<link rel="alternate" type="application/activity+json" href="{uri}">'
            return web.Response(text=link, content_type="text/html")
        document = build_actor_document(uri, "u1", make_signer(f"{uri}#main-key"))
        return web.json_response(document, content_type="application/activity+json")

    async with serve(answer, name="localhost") as running:
        server.url = running.url

        found = await resolve_handle(loopback, written.format(url=running.url, host=running.host))

    assert found.uri == f"{running.url}/users/u1"
    async with connection(loopback.pool) as conn:
        assert await execute(conn, "DELETE FROM actor WHERE host = $1", running.host) == 1


@pytest.mark.parametrize("written", ["bob", "@bob", "http://bob", "javascript:x", "http://[::1", "https://", "a:b:c"])
async def test_a_word_is_no_host_in_test_federation_either(written: str, loopback: Instance) -> None:
    assert await failure(loopback, written) == (Step.ADDRESS, Cause.BAD_ADDRESS)
