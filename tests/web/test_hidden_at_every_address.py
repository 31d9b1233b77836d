"""What the team hid, holds or limited, looked for behind every address that can be read, and found again afterwards."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer

from federation.instance import Instance
from models import posts
from models.people.actors import Actor
from models.relations import bookmarks, followed_tags, pins
from models.settings import Settings
from models.store.database import Connection, Pool, execute, fetch_value, transaction
from outbox.listings import listings
from outbox.moderation import sanctions
from outbox.posts import notes
from outbox.posts.notes import NoteDraft
from outbox.relations import reactions
from tests.factories import HERE, make_follow, make_member, make_remote_actor
from tests.fediverse import FakeFediverse
from tests.outbox.listings.test_listings import make_draft
from tests.rulings import rule
from tests.web.test_private_at_every_address import Secrets, accepts, fill, list_readable, log_in, look
from web.rendering.paths import note_path
from web.server.app import make_app

WORD = "Tresor"

LISTS = (
    "/annonces",
    "/annonces?q=tresor",
    "/tags/cachette",
    "/api/v1/timelines/public",
    "/api/v1/timelines/public?local=true",
    "/api/v1/timelines/tag/cachette",
    "/api/v1/declic/listings",
    "/api/v1/declic/listings.atom",
    "/api/v1/declic/listings.geojson",
    "/api/v2/search?q=tresor",
)
"""Where what Alice publishes stands for anybody."""

OF_FOLLOWERS = ("/fil", "/api/v1/timelines/home")

OF_READERS = (
    "/api/v1/bookmarks",
    "/api/v1/favourites",
    "/api/v1/notifications",
    "/notifications",
    "/users/alice/outbox?before=9000000000000000000",
)
"""What somebody kept, liked or was told, and what hangs on a profile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hidden(Secrets):
    """Alice's listing and note, each about the word; Zoe follows her, keeps, likes and shares both."""

    post_ids: list[int]


@pytest.fixture
async def secrets(pool: Pool, tmp_path: Path) -> AsyncIterator[Hidden]:
    fediverse = FakeFediverse()
    settings = Settings(url=HERE.url, data=tmp_path, rate_limit=0)
    instance = Instance(site=settings.site, settings=settings, pool=pool, transport=fediverse)
    async with transaction(pool) as conn:
        alice, zoe = await make_member(conn), await make_member(conn, "zoe")
        await make_follow(conn, zoe, alice)
        await make_follow(conn, await make_remote_actor(conn), alice)
        await followed_tags.save(conn, actor_id=zoe.id, tag="cachette", name="Cachette")
        listing = (await listings.publish(conn, HERE, alice, make_draft(title=WORD, text=f"{WORD} #cachette"))).post
        note = await notes.publish(conn, HERE, alice, NoteDraft(text=f"@zoe {WORD} #cachette", audience="network"))
        for post in (listing, note):
            await bookmarks.save(conn, actor_id=zoe.id, post_id=post.id)
            await reactions.favourite(conn, HERE, zoe, post)
            await reactions.share(conn, HERE, zoe, post)
        await notes.publish(conn, HERE, zoe, NoteDraft(text="Lisez", audience="network", quoted_id=note.id))
        await pins.pin(conn, alice.id, note.id)
    values = {
        "name": ["cachette"],
        "tag": ["cachette"],
        "username": ["alice", "zoe", "coop"],
        "handle": ["alice", "zoe"],
        "uuid": [listing.uri.rpartition("/")[2], note.uri.rpartition("/")[2]],
        "id": [str(listing.id), str(note.id), str(alice.id)],
        "uri": [listing.uri],
    }
    values |= {name: [] for name in ("host", "token", "key", "language", "agreement", "short")}
    async with TestClient(TestServer(make_app(instance))) as client:
        yield Hidden(
            client=client,
            instance=instance,
            fediverse=fediverse,
            alice=alice,
            zoe=zoe,
            values=values,
            post_ids=[listing.id, note.id],
        )


async def find(secrets: Hidden, member: Actor | None, paths: list[str]) -> list[str]:
    """Behind which of these addresses the word stands for this reader; mistakes of ours are none."""
    headers = {"page": dict[str, str](), "app": dict[str, str]()} if member is None else await log_in(secrets, member)
    found = []
    for path in paths:
        kind = "app" if accepts(path) == ("application/json",) else "page"
        told, broken = await look(secrets, path, headers[kind], WORD)
        assert broken == []
        found += [path] if told else []
    return found


def list_doors(secrets: Hidden) -> list[str]:
    """All but those of the team, which are missing to whoever reads here."""
    opened = [path for path in list_readable() if not path.startswith("/coop/")]
    return [*(path for route in opened for path in fill(route, secrets.values)), *LISTS]


async def hide_and_hold(conn: Connection, secrets: Hidden) -> Callable[[Connection], Awaitable[object]]:
    """The note is hidden, the listing waits for a look."""
    listing_id, note_id = secrets.post_ids
    await execute(conn, "INSERT INTO held_post (post_id, reason) VALUES ($1, 'filter')", listing_id)
    decision = await rule(conn, secrets.alice, "hide", posts=(note_id,))

    async def undo(conn: Connection) -> None:
        await execute(conn, "DELETE FROM held_post")
        await sanctions.take_back(conn, HERE, decision, by=None)

    return undo


async def suspend(conn: Connection, secrets: Hidden) -> Callable[[Connection], Awaitable[object]]:
    """She has the word for a name too."""
    await execute(conn, "UPDATE actor SET name = $2, summary = $2 WHERE id = $1", secrets.alice.id, WORD)
    decision = await rule(conn, secrets.alice, "suspend")
    return lambda conn: sanctions.take_back(conn, HERE, decision, by=None)


@pytest.mark.parametrize("act", [hide_and_hold, suspend])
async def test_it_stands_behind_no_address_until_that_is_taken_back(
    secrets: Hidden, act: Callable[[Connection, Hidden], Awaitable[Callable[[Connection], Awaitable[object]]]]
) -> None:
    wanted = [*LISTS, *OF_FOLLOWERS, *OF_READERS]
    assert await find(secrets, secrets.zoe, wanted) == wanted

    async with transaction(secrets.instance.pool) as conn:
        undo = await act(conn, secrets)

    assert await find(secrets, secrets.zoe, [*list_doors(secrets), *wanted]) == []
    if act is hide_and_hold:
        assert await find(secrets, None, [path for path in list_doors(secrets) if not path.startswith("/api")]) == []
    async with transaction(secrets.instance.pool) as conn:
        await undo(conn)
    assert await find(secrets, secrets.zoe, wanted) == wanted


async def test_what_somebody_limited_publishes_is_shown_to_her_followers_alone(secrets: Hidden) -> None:
    async with transaction(secrets.instance.pool) as conn:
        carole = await make_member(conn, "carole")
        await make_follow(conn, carole, secrets.zoe)  # who shares it
        quoting = await posts.find_by_uri(conn, await fetch_value(conn, "SELECT quoting_uri FROM quote"))
        assert quoting is not None
        await notes.reply(conn, HERE, secrets.alice, quoting, WORD, audience="network")
    answers = [f"/api/v1/statuses/{quoting.id}/context", note_path(HERE, quoting)]
    async with transaction(secrets.instance.pool) as conn:
        decision = await rule(conn, secrets.alice, "limit")

    theirs = ["/@zoe", f"/api/v1/accounts/{secrets.zoe.id}/statuses"]
    wire = "/users/zoe/outbox?before=9000000000000000000"
    assert (
        await find(
            secrets, carole, [*LISTS, "/feed.atom", *OF_FOLLOWERS, "/api/v1/trends/tags", *theirs, wire, *answers]
        )
        == []
    )
    assert await find(secrets, None, ["/@zoe", wire]) == []
    assert await find(secrets, secrets.zoe, [*theirs, *answers]) == [*theirs, *answers]
    assert await find(secrets, None, [*LISTS]) == []
    assert await find(secrets, secrets.zoe, [*OF_FOLLOWERS, *OF_READERS, "/annonces", "/api/v1/declic/listings"]) == [
        *OF_FOLLOWERS,
        *OF_READERS,
        "/annonces",
        "/api/v1/declic/listings",
    ]
    async with transaction(secrets.instance.pool) as conn:
        await sanctions.take_back(conn, HERE, decision, by=None)
    assert await find(secrets, carole, [*LISTS]) == [*LISTS]


async def test_another_server_finds_that_it_is_put_away_and_nothing_of_it(secrets: Hidden) -> None:
    """A 404 would have it deleted there for good; what waits for a first look never left, and is missing."""
    paths = [
        uri.removeprefix(HERE.url)
        for uri in await secrets.instance.pool.fetchval(
            "SELECT array_agg(uri ORDER BY id) FROM post WHERE id = ANY($1)", secrets.post_ids
        )
    ]
    async with transaction(secrets.instance.pool) as conn:
        await rule(conn, secrets.alice, "suspend")

    for path, words in zip(paths, ("Retirée pour le moment.", "Retiré pour le moment."), strict=True):
        async with secrets.client.get(path, headers={"Accept": "application/activity+json"}) as answer:
            assert answer.status == 200
            document = await answer.json()
        sent = await secrets.instance.pool.fetchval(
            "SELECT body::jsonb -> 'object' ->> 'content' FROM activity WHERE object_uri = $1 ORDER BY id DESC LIMIT 1",
            document["id"],
        )
        assert document["content"] == sent == f"<p>{words}</p>"
        for part in ("/likes", "/replies", "/proposal", "/unavailabilities"):
            async with secrets.client.get(path + part, headers={"Accept": "application/activity+json"}) as answer:
                assert answer.status in (403, 404)
    async with secrets.client.get("/users/alice", headers={"Accept": "application/activity+json"}) as answer:
        assert (await answer.json())["suspended"] is True
    async with secrets.client.get("/.well-known/webfinger?resource=acct:alice@lomme.test") as answer:
        assert answer.status == 200


async def test_whoever_waits_to_be_let_in_is_missing_to_other_servers(secrets: Hidden) -> None:
    async with transaction(secrets.instance.pool) as conn:
        await execute(conn, "UPDATE account SET waits_since = now() WHERE actor_id = $1", secrets.alice.id)
        await execute(conn, "UPDATE actor SET suspended_at = now() WHERE id = $1", secrets.alice.id)

    for path in ("/users/alice", "/users/alice/outbox", "/.well-known/webfinger?resource=acct:alice@lomme.test"):
        async with secrets.client.get(path, headers={"Accept": "application/activity+json"}) as answer:
            assert answer.status == 404
