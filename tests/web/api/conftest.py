"""A server with the API alone around the tests' database, and clients that check every answer's shape."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientResponse

from federation.instance import Instance
from federation.sandbox.pictures import PicturePool
from models.access import tokens
from models.people.actors import Actor
from models.settings import Site
from models.store.database import Pool, connection
from tests.factories import make_follow, make_member, make_remote_actor
from tests.fediverse import FakeFediverse
from tests.web.api import strict
from tests.web.small_app import Client, make_instance, serving
from web.api.routes import ROUTES


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the API answered."""

    status: int
    json: Any
    headers: Any

    @property
    def links(self) -> dict[str, str]:
        """The Link header taken apart as toot and Mastodon.py do it."""
        parts = self.headers["Link"].split(", ") if "Link" in self.headers else []
        return {part.split('rel="')[1].rstrip('"'): part[1 : part.index(">")] for part in parts}


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    """A client with a token, or without one."""

    client: Client
    instance: Instance
    bearer: str | None = None

    @property
    def pool(self) -> Pool:
        """The server's database."""
        return self.instance.pool

    @property
    def site(self) -> Site:
        """The server's address."""
        return self.instance.site

    @property
    def fediverse(self) -> FakeFediverse:
        """The rest of the network."""
        assert isinstance(self.instance.transport, FakeFediverse)
        return self.instance.transport

    async def ask(self, method: str, path: str, **request: Any) -> Answer:
        """Any request; errors have the shape of errors."""
        headers = dict(request.pop("headers", {}))
        if self.bearer is not None:
            headers.setdefault("Authorization", f"Bearer {self.bearer}")
        response: ClientResponse = await self.client.request(method, path, headers=headers, **request)
        text = await response.text()
        assert response.content_type in {"application/json", "application/geo+json", "application/atom+xml"}, text
        value = text if response.content_type == "application/atom+xml" else await response.json(content_type=None)
        if response.status >= 400:
            strict.error(value)
        return Answer(status=response.status, json=value, headers=response.headers)

    async def get(self, path: str, check: strict.Check | None = None, **params: Any) -> Any:
        """A value that is there and has this shape."""
        answer = await self.ask("GET", path, params=params)
        assert answer.status == 200, answer
        if check is not None:
            check(answer.json)
        return answer.json

    async def post(self, path: str, check: strict.Check | None = None, **data: Any) -> Any:
        """What came of an act that succeeds, and has this shape."""
        answer = await self.ask("POST", path, data=data)
        assert answer.status == 200, answer
        if check is not None:
            check(answer.json)
        return answer.json

    def as_anybody(self) -> "Api":
        """The same server, asked by nobody in particular."""
        return Api(client=self.client, instance=self.instance)

    async def as_member(self, actor: Actor, *scopes: str) -> "Api":
        """The same server, asked by this person."""
        async with connection(self.pool) as conn:
            bearer = await tokens.create(
                conn,
                actor_id=actor.id,
                scopes=scopes or ("read", "write", "follow", "push"),
                application_name="Tests",
            )
        return Api(client=self.client, instance=self.instance, bearer=bearer)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alice:
    """A member of ours and her client."""

    actor: Actor
    api: Api


@pytest.fixture
async def anybody(pool: Pool, picture_pool: PicturePool, tmp_path: Path) -> AsyncIterator[Api]:
    """The API of a server at http://lomme.test with an empty database, asked without a token."""
    instance = make_instance(pool, pictures=picture_pool, url="https://lomme.test", data=tmp_path, rate_limit=0)
    async with serving(instance, ROUTES) as client:
        yield Api(client=client, instance=instance)
    await instance.jsonld.close()


@pytest.fixture
async def alice(anybody: Api) -> Alice:
    """Alice, who has an account here and a token for everything."""
    async with connection(anybody.pool) as conn:
        actor = await make_member(conn)
    return Alice(actor=actor, api=await anybody.as_member(actor))


@pytest.fixture
async def bob(anybody: Api, alice: Alice) -> Actor:
    """Bob of elsewhere, whom Alice follows."""
    async with connection(anybody.pool) as conn:
        bob = await make_remote_actor(conn)
        await make_follow(conn, alice.actor, bob)
    return bob
