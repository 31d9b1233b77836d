"""A listing that waits, looked for behind every address that can be read: in no list, until its host is let in."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer

from federation.instance import Instance
from inbox.processing.process import process_due
from inbox.receiving.receive import receive
from models.people.actors import Actor
from models.relations import followed_tags
from models.settings import Settings
from models.store.database import Pool, fetch_value, transaction
from outbox.servers import peers
from tests.factories import HERE, make_member
from tests.fediverse import FakeFediverse, sign_post
from tests.unknown_hosts import build_listing
from tests.web.test_private_at_every_address import Secrets, accepts, fill, list_readable, log_in, look
from web.server.app import make_app

WORD = "Tresor"

LISTS = (
    "/",
    "/annonces",
    "/annonces?q=tresor",
    "/tags/cachette",
    "/api/v1/timelines/public",
    "/api/v1/timelines/public?remote=true",
    "/api/v1/timelines/tag/cachette",
    "/api/v1/declic/listings",
    "/api/v1/declic/listings.atom",
    "/api/v1/declic/listings.geojson",
    "/api/v2/search?q=tresor",
)
"""Some of those in which it stands once it is let in; for a member, these too:"""

OF_MEMBERS = ("/fil", "/api/v1/timelines/home")


@pytest.fixture
async def secrets(pool: Pool, tmp_path: Path) -> AsyncIterator[Secrets]:
    """Zoé, who follows its tag, and a listing of Mallory's, whose host nobody knows."""
    fediverse = FakeFediverse()
    settings = Settings(url=HERE.url, data=tmp_path, rate_limit=0)
    instance = Instance(site=settings.site, settings=settings, pool=pool, transport=fediverse)
    mallory = fediverse.add_person("mallory", "neu.test")
    async with transaction(pool) as conn:
        alice, zoe = await make_member(conn), await make_member(conn, "zoe")
        await followed_tags.save(conn, actor_id=zoe.id, tag="cachette", name="Cachette")
    object = build_listing(mallory)
    activity = {"id": f"{object['id']}#create", "type": "Create", "actor": mallory.uri, "object": object}
    assert (await receive(instance, sign_post(instance.site, "/inbox", activity, mallory.signer), None)).status == 202
    await process_due(instance)
    values = {"name": ["cachette"], "tag": ["cachette"], "username": ["alice", "coop"]}
    values |= {name: [] for name in ("id", "handle", "uuid", "host", "token", "key", "language", "agreement", "short")}
    async with TestClient(TestServer(make_app(instance))) as client:
        yield Secrets(client=client, instance=instance, fediverse=fediverse, alice=alice, zoe=zoe, values=values)


async def find(secrets: Secrets, member: Actor | None, paths: list[str]) -> list[str]:
    """Behind which of these addresses it stands for this reader; mistakes of ours are none."""
    headers = {"page": dict[str, str](), "app": dict[str, str]()} if member is None else await log_in(secrets, member)
    found = []
    for path in paths:
        kind = "app" if accepts(path) == ("application/json",) else "page"
        told, broken = await look(secrets, path, headers[kind], WORD)
        assert broken == []
        found += [path] if told else []
    return found


@pytest.mark.parametrize("who", ["anybody", "a member"])
async def test_it_stands_behind_no_address_but_its_own_until_its_host_is_let_in(secrets: Secrets, who: str) -> None:
    reader = None if who == "anybody" else secrets.zoe
    doors = [path for route in list_readable() for path in fill(route, secrets.values)]
    async with transaction(secrets.instance.pool) as conn:
        id = await fetch_value(conn, "SELECT id FROM post WHERE uri LIKE 'https://neu.test/%'")
    own = [f"/annonces/d/{id}", f"/api/v1/statuses/{id}", f"/api/v1/declic/listings/{id}"]
    wanted = [*LISTS, *(OF_MEMBERS if reader else ())]

    assert len(doors) > 80 and {path.partition("?")[0] for path in wanted} <= set(doors)
    assert await find(secrets, reader, [*doors, *wanted]) == []
    assert await find(secrets, reader, own) == own
    async with transaction(secrets.instance.pool) as conn:
        await peers.admit(conn, "neu.test")
    assert await find(secrets, reader, wanted) == wanted
