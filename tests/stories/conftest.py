"""Whole servers for stories."""

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import asyncpg
import pytest

from models.settings import Settings
from tests.conftest import copy_database, with_database
from tests.servers import RunningServer, running_server
from tests.stories.walks import ground, make_walk
from tests.stories.world import world

__all__ = ["ground", "make_walk", "world"]

MakeServer = Callable[..., Awaitable[RunningServer]]


@pytest.fixture
async def make_server(postgres_url: str, furnished: str, tmp_path: Path) -> AsyncIterator[MakeServer]:
    """Starts whole servers, each on a database of its own: `await make_server("lomme")`, with settings if need be."""
    admin = await asyncpg.connect(postgres_url)
    names: list[str] = []
    async with AsyncExitStack() as stack:

        async def make(name: str, settings: Settings | None = None, *, address: str = "127.0.0.1") -> RunningServer:
            database = f"{furnished}_{secrets.token_hex(4)}"
            await copy_database(admin, furnished, database)
            names.append(database)
            url = with_database(postgres_url, database)
            server = running_server(name, url, tmp_path / name, settings, address=address)
            return await stack.enter_async_context(server)

        yield make
    for name in names:
        await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.close()
