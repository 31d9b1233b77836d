"""What may be kept and by whom, and that nothing kept reaches whoever may not see it (CN4, CN5, OB3)."""

import pytest

from models.people.actors import Actor
from models.servers import servers
from models.store.database import connection
from tests.fediverse import Person
from tests.web.activitypub.conftest import Answer, Door, publish_tent, sent

BOTH = {"Accept", "Accept-Encoding", "Signature", "Signature-Input"}


def may_be_shared(answer: Answer) -> bool:
    """Whether a cache that several clients share may keep this answer."""
    return not {"private", "no-store"} & set(answer.headers["Cache-Control"].split(", "))


def may_be_used_again(kept: Answer, headers: dict[str, str]) -> bool:
    """Whether a cache answers a request with these headers by what it kept for one without (RFC 9111 §4.1)."""
    named = {name.strip().lower() for name in kept.headers["Vary"].split(",")}
    return may_be_shared(kept) and not named & {name.lower() for name in headers}


async def test_cn04_every_answer_names_all_on_which_it_depends(door: Door, alice: Actor, bob: Person) -> None:
    listing = await publish_tent(door, alice)
    create = await sent(door, "Create")
    missing = f"{alice.uri}/notes/00000000-0000-4000-8000-000000000000"

    parts = (alice.uri, f"{alice.uri}/outbox", f"{alice.uri}/featured", f"{alice.uri}/followers")
    for uri in (*parts, listing.uri, f"{listing.uri}/replies", f"{listing.uri}/likes", create["id"], missing):
        for reader in (None, bob):
            assert set((await door.get(uri, reader=reader)).headers["Vary"].split(", ")) == BOTH, uri


async def test_cn04_public_answers_may_be_asked_for_again(door: Door, alice: Actor) -> None:
    listing = await publish_tent(door, alice)

    for uri in (listing.uri, alice.uri, f"{alice.uri}/outbox", (await sent(door, "Create"))["id"]):
        first = await door.get(uri)
        assert may_be_shared(first)
        for tag in (first.headers["ETag"], f'"x", {first.headers["ETag"].removeprefix("W/")}', "*"):
            again = await door.get(uri, headers={"If-None-Match": tag})
            assert (again.status, again.body) == (304, b"")
            assert again.headers["ETag"].removeprefix("W/") == first.headers["ETag"].removeprefix("W/")
        assert (await door.get(uri, headers={"If-None-Match": '"x"'})).body == first.body


async def test_cn04_another_version_has_another_tag(door: Door, alice: Actor) -> None:
    before = await door.get(alice.uri)
    await door.execute("UPDATE actor SET name = 'Alicia'")

    after = await door.get(alice.uri, headers={"If-None-Match": before.headers["ETag"]})

    assert (after.status, after.json["name"]) == (200, "Alicia")


async def test_cn05_an_answer_to_a_signature_is_kept_by_nobody(door: Door, alice: Actor, bob: Person) -> None:
    hidden, listing = await publish_tent(door, alice, audience="territories"), await publish_tent(door, alice)
    await door.befriend(bob, alice)

    for uri in (hidden.uri, f"{hidden.uri}/replies", listing.uri, alice.uri, f"{alice.uri}/outbox"):
        answer = await door.get(uri, reader=bob)
        assert (answer.status, answer.headers["Cache-Control"]) == (200, "private, no-store")
        assert "ETag" not in answer.headers


async def test_cn05_a_refusal_is_kept_by_nobody(door: Door, alice: Actor, bob: Person) -> None:
    hidden = await publish_tent(door, alice, audience="territories")

    for uri in (hidden.uri, f"{alice.uri}/followers?before=9", f"{alice.uri}/inbox"):
        answer = await door.get(uri)
        assert answer.status in {403, 404} and not may_be_shared(answer)
    wrong = await door.get(hidden.uri, headers={"Signature": 'keyId="https://henin.test/k",signature="AA=="'})
    assert wrong.status == 401 and not may_be_shared(wrong)


@pytest.mark.parametrize("who", ["blocked", "blocking", "aside"])
async def test_cn05_nothing_that_was_kept_reaches_whoever_is_blocked(
    door: Door, alice: Actor, bob: Person, who: str
) -> None:
    listing = await publish_tent(door, alice)
    create = await sent(door, "Create")
    reader = await door.meet(bob)
    uris = [listing.uri, create["id"], f"{alice.uri}/outbox", f"{listing.uri}/replies", f"{listing.uri}/shares"]
    kept = {uri: await door.get(uri) for uri in uris}
    if who == "aside":
        async with connection(door.instance.pool) as conn:
            await servers.save_level(conn, "henin.test", "aside")
    else:
        await door.block(*((alice, reader) if who == "blocked" else (reader, alice)))

    for uri in uris:
        for tag in (kept[uri].headers["ETag"], "*"):
            answer = await door.get(uri, reader=bob, headers={"If-None-Match": tag})
            assert answer.status == (403 if who == "aside" else 404), uri
        assert not may_be_used_again(kept[uri], {"Signature": "x"})
        assert not may_be_used_again(kept[uri], {"Signature-Input": "x"})
        assert may_be_used_again(kept[uri], {"User-Agent": "x"})


async def test_cn05_a_host_set_aside_reads_no_actor(door: Door, alice: Actor, bob: Person) -> None:
    async with connection(door.instance.pool) as conn:
        await servers.save_level(conn, "henin.test", "aside")

    assert (await door.get(alice.uri, reader=bob)).status == 403
    assert door.fediverse.fetched == []


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("part", ["", "/replies", "/context", "/likes", "/shares", "/proposal"])
@pytest.mark.parametrize("audience", ["coop", "territories"])
async def test_ob03_private_equals_missing(
    door: Door, alice: Actor, bob: Person, part: str, audience: str, method: str
) -> None:
    hidden = await publish_tent(door, alice, audience=audience)
    missing = hidden.uri[:-1] + ("0" if hidden.uri[-1] != "0" else "1")

    for reader in (None, bob):
        for headers in ({}, {"If-None-Match": "*"}, {"Range": "bytes=0-1"}, {"If-Modified-Since": "x"}):
            real = await door.get(hidden.uri + part, reader=reader, method=method, headers=headers)
            absent = await door.get(missing + part, reader=reader, method=method, headers=headers)
            assert real.status == 404 and real.seen == absent.seen


@pytest.mark.parametrize("who", ["blocked", "blocking"])
async def test_ob03_a_block_makes_it_missing_either_way(door: Door, alice: Actor, bob: Person, who: str) -> None:
    listing = await publish_tent(door, alice)
    create = await sent(door, "Create")
    reader = await door.meet(bob)
    assert (await door.get(listing.uri, reader=bob)).status == 200
    await door.block(*((alice, reader) if who == "blocked" else (reader, alice)))

    for uri in (listing.uri, create["id"], f"{listing.uri}/replies", f"{listing.uri}/proposal"):
        missing = uri.replace("-4", "-5", 1)
        for headers in ({}, {"If-None-Match": "*"}):
            real = await door.get(uri, reader=bob, headers=headers)
            absent = await door.get(missing, reader=bob, headers=headers)
            assert real.status == 404 and real.seen == absent.seen


async def test_ob03_what_was_private_and_is_gone_is_missing_too(door: Door, alice: Actor, bob: Person) -> None:
    hidden = await publish_tent(door, alice, audience="territories")
    missing = hidden.uri.replace("-4", "-5", 1)
    await door.execute("UPDATE post SET deleted_at = now()")

    for reader in (None, bob):
        assert (await door.get(hidden.uri, reader=reader)).seen == (await door.get(missing, reader=reader)).seen
