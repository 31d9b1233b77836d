"""What other servers may read here, with whose signature, and in what form: private equals missing."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import aiohttp
import asyncpg
import pytest
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from federation.discovery.remote import fetch_actor
from federation.signatures.multibase import ED25519_PUBLIC, decode_key
from models.listings.listings import ListingDraft
from models.store.database import transaction
from outbox.listings import listings as outbox
from outbox.posts import notes as outbox_notes
from outbox.posts.notes import NoteDraft
from tests.databases import copy_database, with_database
from tests.eventually import eventually
from tests.factories import make_follow
from tests.fediverse import Person
from tests.servers import Member, running_server
from tests.stories.outage import Line, make_line
from tests.stories.peer import Door, running_peer

AS2 = "application/activity+json"
LD = 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"'


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Alice's server and what she wrote; Bob follows her, Carol is a stranger."""

    door: Door
    alice: Member
    bob: Person
    carol: Person
    public: str
    private: str
    withdrawn: str
    withdrawn_private: str
    line: Line

    @property
    def missing(self) -> str:
        """Something that was never there."""
        return f"{self.alice.actor.uri}/notes/00000000-0000-4000-8000-000000000000"


@pytest.fixture(scope="module")
async def world(postgres_url: str, furnished: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """One server with a public and a private post, and two that were taken back."""
    admin, name = await asyncpg.connect(postgres_url), f"{furnished}_curious"
    await copy_database(admin, furnished, name)
    line, url = make_line(with_database(postgres_url, name), tmp_path_factory.mktemp("line"))
    await line.mend()
    async with (
        running_server("lomme", url, tmp_path_factory.mktemp("curious")) as here,
        running_peer() as peer,
        aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session,
    ):
        alice, site = await here.add_member("alice"), here.instance.site
        bob, carol = peer.add_person("bob"), peer.add_person("carol")
        follower = await fetch_actor(here.instance, bob.uri)
        async with transaction(here.instance.pool) as conn:
            await make_follow(conn, follower, alice.actor)
            draft = ListingDraft(kind="offer", mode="loan", title="Tente", text="Facile à monter.")
            public = await outbox.publish(conn, site, alice.actor, draft)
            withdrawn = await outbox.publish(conn, site, alice.actor, draft)
            await outbox.withdraw(conn, site, alice.actor, withdrawn.post.uri)
            secret = NoteDraft(text="Entre nous.", audience="followers")
            private, taken_back = [await outbox_notes.publish(conn, site, alice.actor, secret) for _ in range(2)]
            await outbox_notes.delete(conn, site, alice.actor, taken_back)
        yield World(
            door=Door(here=here, session=session),
            alice=alice,
            bob=bob,
            carol=carol,
            public=public.post.uri,
            private=private.uri,
            withdrawn=withdrawn.post.uri,
            withdrawn_private=taken_back.uri,
            line=line,
        )
    await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.close()


@pytest.mark.parametrize("reader", ["nobody", "carol"])
@pytest.mark.parametrize("thing", ["private", "withdrawn_private"])
async def test_what_is_private_looks_like_what_is_missing(world: World, thing: str, reader: str) -> None:
    by = world.carol if reader == "carol" else None

    private = await world.door.get(getattr(world, thing), by=by)
    missing = await world.door.get(world.missing, by=by)

    assert private.status == 404
    assert private.seen == missing.seen


@pytest.mark.parametrize("rest", ["/replies", "/context"])
async def test_nothing_below_a_private_post_is_shown(world: World, rest: str) -> None:
    private = await world.door.get(world.private + rest)
    missing = await world.door.get(world.missing + rest)

    assert private.status == 404
    assert private.seen == missing.seen


async def test_a_browser_learns_nothing_from_the_address_of_a_private_post(world: World) -> None:
    private = await world.door.get(world.private, "text/html")
    missing = await world.door.get(world.missing, "text/html")

    assert private.status == missing.status == 303
    assert (await world.door.get(private.headers["Location"], "text/html")).status == 404


async def test_a_follower_reads_what_is_for_followers_and_no_cache_keeps_it(world: World) -> None:
    found = await world.door.get(world.private, by=world.bob)

    assert (found.status, found.json["id"]) == (200, world.private)
    assert found.headers["Cache-Control"] == "private, no-store"
    assert found.headers["Vary"] == "Accept, Signature, Signature-Input, Accept-Encoding"


async def test_a_withdrawn_listing_leaves_a_tombstone_and_nothing_of_its_text(world: World) -> None:
    sql = "SELECT uri FROM activity WHERE object_uri = $1 AND type = 'Create'"
    create = await world.door.value(sql, world.withdrawn)

    found, carried = await world.door.get(world.withdrawn), await world.door.get(create)

    assert (found.status, found.json["type"], found.json["id"]) == (410, "Tombstone", world.withdrawn)
    assert found.json["deleted"]
    assert carried.status == 410
    assert b"Facile" not in found.body + carried.body


@pytest.mark.parametrize("accept", [AS2, LD, "application/ld+json", f"{LD}; q=0.9, {AS2};q=0.8", "application/json"])
async def test_servers_get_json(world: World, accept: str) -> None:
    for address in (world.public, world.alice.actor.uri):
        found = await world.door.get(address, accept)

        assert found.status == 200
        assert found.headers["Content-Type"] == "application/activity+json; charset=utf-8"
        assert "Accept" in found.headers["Vary"]


@pytest.mark.parametrize("accept", ["text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "*/*"])
async def test_browsers_are_sent_to_the_page(world: World, accept: str) -> None:
    found = await world.door.get(world.public, accept)

    assert found.status == 303
    assert "/annonces/" in found.headers["Location"]
    assert found.headers["Vary"] == "Accept"


async def test_whoever_wants_a_picture_of_an_object_gets_none(world: World) -> None:
    found = await world.door.get(world.public, "image/png")

    assert (found.status, found.headers["Vary"]) == (406, "Accept, Accept-Encoding")


async def test_an_actor_document_has_all_that_others_need(world: World) -> None:
    actor = (await world.door.get(world.alice.actor.uri)).json

    assert actor["id"] == world.alice.actor.uri
    assert "https://w3id.org/security/v1" in actor["@context"]
    needed = ["type", "preferredUsername", "inbox", "outbox", "followers", "following", "featured", "url", "published"]
    assert not [name for name in needed if not actor[name]]
    assert {actor[name] for name in ("manuallyApprovesFollowers", "discoverable", "indexable")} <= {True, False}
    assert actor["endpoints"]["sharedInbox"] == f"{world.door.here.url}/inbox"
    assert actor["publicKey"]["owner"] == actor["id"]
    assert load_pem_public_key(actor["publicKey"]["publicKeyPem"].encode()).key_size >= 2048  # type: ignore[union-attr]  # it is an RSA key
    method = actor["assertionMethod"][0]
    assert method["controller"] == actor["id"]
    assert decode_key(method["publicKeyMultibase"])[0] == ED25519_PUBLIC


@pytest.mark.parametrize("name", ["alice", "coop"])
@pytest.mark.parametrize("collection", ["outbox", "followers", "following", "featured"])
async def test_collections_say_how_many_and_pages_stay_here(world: World, name: str, collection: str) -> None:
    address = f"{world.door.here.url}/users/{name}/{collection}"

    root = (await world.door.get(address)).json

    assert root["id"] == address
    assert isinstance(root["totalItems"], int)
    if "first" in root:
        page = (await world.door.get(root["first"])).json
        assert page["partOf"] == address
        assert "next" not in page


@pytest.mark.parametrize("before", ["9999999999999999999", "²", "-1", "", "x", "1" * 400, "0"])
async def test_a_strange_place_in_a_collection_is_no_error(world: World, before: str) -> None:
    assert (await world.door.get(f"/users/alice/outbox?before={before}")).status == 200


async def test_the_outbox_holds_what_is_public_and_still_there(world: World) -> None:
    root = (await world.door.get(f"{world.alice.actor.uri}/outbox")).json
    page = await world.door.get(root["first"], by=world.bob)

    assert root["totalItems"] == len(page.json["orderedItems"]) == 1
    assert b"Entre nous" not in page.body


async def test_who_follows_a_person_is_nobodys_business(world: World) -> None:
    root = (await world.door.get(f"{world.alice.actor.uri}/followers")).json

    assert (root["totalItems"], "first" in root) == (1, False)
    assert (await world.door.get(f"{world.alice.actor.uri}/followers?before=9")).status == 403


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("resource=acct:alice@HOST", 200),
        ("resource=acct%3AALICE%40HOST&rel=self&x=1", 200),
        ("rel=self&resource=URL/users/alice", 200),
        ("resource=URL/@alice", 200),
        ("", 400),
        ("resource=", 400),
        ("resource=alice", 400),
        ("resource==acct:alice@HOST", 400),
        ("resource=acct:nobody@HOST", 404),
        ("resource=acct:alice@elsewhere.example", 404),
        ("resource=acct:alice@127.0.0.1:443", 404),
    ],
)
async def test_webfinger_answers_as_the_rules_say(world: World, query: str, status: int) -> None:
    here = world.door.here
    query = query.replace("HOST", here.host).replace("URL", here.url)

    found = await world.door.get(f"/.well-known/webfinger?{query}", "")

    assert (found.status, found.headers["Access-Control-Allow-Origin"]) == (status, "*")
    if status == 200:
        assert found.headers["Content-Type"].startswith("application/jrd+json")
        assert found.json["subject"] == f"acct:alice@{here.host}"
        links = {link["rel"]: link for link in found.json["links"]}
        assert links["self"] == {"rel": "self", "type": AS2, "href": world.alice.actor.uri}
        assert ("rel=self" in query) == (len(links) == 1)


async def test_the_well_known_documents_lead_to_this_server(world: World) -> None:
    url = world.door.here.url
    xml, links = await world.door.get("/.well-known/host-meta", ""), await world.door.get("/.well-known/nodeinfo", "")

    assert xml.headers["Content-Type"].startswith("application/xrd+xml")
    assert b"{uri}" in xml.body
    for link in links.json["links"]:
        document = await world.door.get(link["href"], "")
        assert link["href"].startswith(url)
        assert document.json["version"] == link["rel"].rpartition("/")[2]
        assert document.json["protocols"] == ["activitypub"]
        assert document.json["usage"]["localPosts"] == 1


async def test_inboxes_are_not_read_and_outboxes_not_written(world: World) -> None:
    async with world.door.session.post(f"{world.alice.actor.uri}/outbox", data=b"{}") as answer:
        assert answer.status == 405
    assert (await world.door.get(f"{world.alice.actor.uri}/inbox")).status == 403


async def test_many_signed_readers_at_once_do_not_use_up_the_connections(world: World) -> None:
    addresses = [f"{world.alice.actor.uri}/outbox?before={n + 10**18}" for n in range(60)]
    async with asyncio.timeout(8):
        found = await asyncio.gather(*(world.door.get(address, by=world.carol) for address in addresses))

    assert {one.status for one in found} == {200}


async def test_a_database_that_goes_away_is_said_and_comes_back_by_itself(world: World) -> None:
    door = world.door
    like = {"id": f"{world.carol.uri}/likes/1", "type": "Like", "actor": world.carol.uri, "object": world.public}
    await door.value(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
        " AND pid <> pg_backend_pid()"
    )
    await eventually(lambda: _answers(world, 200))

    await world.line.cut()
    await eventually(lambda: _answers(world, 503))
    away = await door.get(world.public)
    sent = await door.send(world.carol, like)
    await world.line.mend()

    assert (away.status, sent) == (503, 503)
    assert int(away.headers["Retry-After"]) > 0
    assert await eventually(lambda: _answers(world, 200))
    assert await door.send(world.carol, like) == 202
    await door.settle()
    assert await door.value("SELECT count(*) FROM favourite WHERE uri = $1", like["id"]) == 1


async def _answers(world: World, status: int) -> bool:
    return (await world.door.get(world.public)).status == status
