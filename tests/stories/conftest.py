"""Whole servers for stories."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from models.settings import Settings
from tests.databases import copied_database
from tests.servers import RunningServer, running_server
from tests.stories.cooperatives import cooperatives, only_rung
from tests.stories.walks import ground, make_walk
from tests.stories.world import world

__all__ = ["cooperatives", "ground", "make_walk", "only_rung", "world"]

MakeServer = Callable[..., Awaitable[RunningServer]]


@pytest.fixture
async def make_server(only_rung: None, postgres_url: str, furnished: str, tmp_path: Path) -> AsyncIterator[MakeServer]:
    """Starts whole servers, each on a database of its own: `await make_server("lomme")`, with settings if need be."""
    async with AsyncExitStack() as stack:

        async def make(name: str, settings: Settings | None = None, *, address: str = "127.0.0.1") -> RunningServer:
            url = await stack.enter_async_context(copied_database(postgres_url, furnished))
            server = running_server(name, url, tmp_path / name, settings, address=address)
            return await stack.enter_async_context(server)

        yield make
