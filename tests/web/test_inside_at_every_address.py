"""What stays inside a community, looked for behind every address that can be read, by who is in it no longer.

Whoever never was in it asks in `test_private_at_every_address`.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer

from federation.instance import Instance
from models.communities.communities import Community
from models.listings.listings import Listing
from models.meetings.meetings import FullMeeting
from models.people import actors
from models.people.actors import Actor
from models.relations import bookmarks
from models.servers import trust_levels
from models.settings import Settings
from models.store.database import Pool, execute, fetch_value, transaction
from outbox.communities.leaving import leave, remove
from outbox.meetings.meetings import publish as publish_meeting
from outbox.relations import reactions
from tests.factories import HERE, make_follow, make_member, make_remote_actor
from tests.fediverse import FakeFediverse, Person, sign_get
from tests.outbox.communities.inside.sample_inside import share_listing, share_note
from tests.outbox.communities.sample_community import found, put_in
from tests.outbox.meetings.sample_meetings import make_draft as make_meeting
from tests.web.test_private_at_every_address import LEFT_OUT, Secrets, accepts, fill, log_in, look
from web.server.app import ROUTES, make_app

WORD = "Tresor"

AT_ONCE = 8

LISTS = (
    "/rencontres",
    "/annonces",
    "/annonces?q=tresor",
    "/fil",
    "/api/v1/timelines/home",
    "/api/v1/declic/listings",
    "/api/v2/search?q=tresor&type=statuses",
    "/api/v1/bookmarks",
    "/api/v1/favourites",
    "/api/v1/notifications",
    "/notifications",
)
"""Where it stands for who is in it."""

FOR_ANYBODY = (
    "/api/v1/timelines/public",
    "/api/v1/timelines/tag/cachette",
    "/tags/cachette",
    "/sitemap.xml",
    "/rencontres/flux.atom",
    "/rencontres/flux.json",
    "/rencontres/flux.ics",
)
"""Where it stands for nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inside(Secrets):
    """Alice's listing and note and the community's meeting, which stay inside.

    Zoe follows her, keeps and likes them; Bob is in it elsewhere.
    """

    community: Community
    listing: Listing
    meeting: FullMeeting
    bob: Person
    key: str


@pytest.fixture
async def secrets(pool: Pool, tmp_path: Path) -> AsyncIterator[Inside]:
    fediverse = FakeFediverse()
    settings = Settings(url=HERE.url, data=tmp_path, rate_limit=0)
    instance = Instance(site=settings.site, settings=settings, pool=pool, transport=fediverse)
    bob = fediverse.add_person("bob", "henin.test")
    key = f"{'a' * 32}.jpg"
    (instance.store.folder / key[:2]).mkdir(parents=True, exist_ok=True)
    async with transaction(pool) as conn:
        alice, zoe = await make_member(conn), await make_member(conn, "zoe")
        community = await found(conn, alice)
        for one in (zoe, await make_remote_actor(conn)):
            await put_in(conn, one, community)
            await make_follow(conn, one, alice)
        await execute(conn, "UPDATE follow SET notify = true WHERE follower_id = $1", zoe.id)
        listing = await share_listing(conn, alice, community, title=WORD, text=f"{WORD} #cachette")
        note = await share_note(conn, alice, community, f"@zoe {WORD} #cachette")
        group = await actors.get(conn, community.actor_id)
        meeting = await publish_meeting(conn, HERE, group, make_meeting(title=WORD, audience="community"))
        for post in (listing.post, note, meeting.listing.post):
            await bookmarks.save(conn, actor_id=zoe.id, post_id=post.id)
            await reactions.favourite(conn, HERE, zoe, post)
    values = {
        "name": ["cachette"],
        "tag": ["cachette"],
        "username": ["alice", "zoe", "coop", community.username],
        "handle": ["alice", "zoe", community.username],
        "uuid": [one.uri.rpartition("/")[2] for one in (listing, note, meeting.listing)],
        "id": [str(listing.id), str(note.id), str(meeting.id), str(alice.id), str(community.actor_id)],
        "uri": [listing.uri],
    }
    values |= {name: [] for name in ("host", "token", "key", "language", "agreement", "short")}
    async with TestClient(TestServer(make_app(instance))) as client:
        yield Inside(
            client=client,
            instance=instance,
            fediverse=fediverse,
            alice=alice,
            zoe=zoe,
            values=values,
            community=community,
            listing=listing,
            meeting=meeting,
            bob=bob,
            key=key,
        )


def list_doors(secrets: Inside) -> list[str]:
    """All but those of the team, which are missing to whoever reads here."""
    readable = [route.path for route in ROUTES if route.method in {"GET", "*"} and not LEFT_OUT.search(route.path)]
    opened = [path for path in readable if not path.startswith("/coop/")]
    return [*(path for route in opened for path in fill(route, secrets.values)), *LISTS, *FOR_ANYBODY]


async def find(secrets: Inside, member: Actor | None, paths: list[str]) -> list[str]:
    """Behind which of these addresses the word stands for this reader; mistakes of ours are none."""
    headers = {"page": dict[str, str](), "app": dict[str, str]()} if member is None else await log_in(secrets, member)
    return await _look_at_all(
        secrets, paths, lambda path: headers["app" if accepts(path) == ("application/json",) else "page"]
    )


async def find_signed(secrets: Inside, paths: list[str]) -> list[str]:
    """The same for Bob's server."""
    return await _look_at_all(
        secrets, paths, lambda path: dict(sign_get(secrets.instance.site, path, secrets.bob.signer).headers)
    )


async def _look_at_all(secrets: Inside, paths: list[str], write: Callable[[str], dict[str, str]]) -> list[str]:
    """Some at the same time, as crawlers do."""
    found_ = []
    left = iter(paths)
    while some := list(islice(left, AT_ONCE)):
        answers = await asyncio.gather(*(look(secrets, path, write(path), WORD) for path in some))
        assert [broken for _, broken in answers if broken] == []
        found_ += [path for path, (told, _) in zip(some, answers, strict=True) if told]
    return found_


async def test_who_left_finds_it_behind_no_address_any_more(secrets: Inside) -> None:
    assert await find(secrets, secrets.zoe, [*LISTS, *FOR_ANYBODY]) == [*LISTS]

    async with transaction(secrets.instance.pool) as conn:
        await leave(conn, HERE, secrets.zoe, secrets.community)

    assert await find(secrets, secrets.zoe, list_doors(secrets)) == []


@pytest.mark.parametrize("way", ["removed", "aside", "nothing private"])
async def test_no_server_reads_it_once_it_may_not(secrets: Inside, way: str) -> None:
    paths = [secrets.listing.uri.removeprefix(HERE.url)]
    assert await find_signed(secrets, paths) == paths
    if way == "aside":  # the others are asked in the same way, so that one who asks everywhere is enough
        paths = [path for path in list_doors(secrets) if path.startswith("/users/")]

    async with transaction(secrets.instance.pool) as conn:
        if way == "aside":
            await trust_levels.save_level(conn, "henin.test", "aside")
        elif way == "removed":
            bob = await fetch_value(conn, "SELECT id FROM actor WHERE username = 'bob'")
            await remove(conn, HERE, secrets.alice, secrets.community, await actors.get(conn, bob), "Non")
        else:
            await execute(conn, "INSERT INTO server (host, no_private) VALUES ('henin.test', true)")

    assert await find_signed(secrets, paths) == []


async def test_it_is_answered_as_what_does_not_exist(secrets: Inside) -> None:
    async with transaction(secrets.instance.pool) as conn:
        await leave(conn, HERE, secrets.zoe, secrets.community)
    headers = await log_in(secrets, secrets.zoe)
    uuid = secrets.listing.uri.rpartition("/")[2]
    missing = "00000000-0000-4000-8000-00000000dead"

    for path, none, kind in (
        (f"/annonces/{uuid}", f"/annonces/{missing}", "page"),
        (f"/api/v1/statuses/{secrets.listing.id}", "/api/v1/statuses/1", "app"),
    ):
        answers = []
        for asked in (path, none):
            async with secrets.client.get(asked, headers=headers[kind], allow_redirects=False) as answer:
                answers.append((answer.status, answer.headers.get("Cache-Control"), answer.headers.get("ETag")))
        assert answers[0] == answers[1] and answers[0][0] == 404
