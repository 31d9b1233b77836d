"""Two servers behind TLS for clients of others: Alice is a member there, each client has a member here."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass

import asyncpg
import pytest

from tests.certificates import Authority, make_authority
from tests.conftest import copy_database, with_database
from tests.peers.declic_peer import DeclicPeer, running_declic
from tests.peers.walk import Walk
from tests.servers import Member


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Two servers behind TLS; Alice is a member there."""

    here: DeclicPeer
    there: DeclicPeer
    authority: Authority
    alice: Member


@pytest.fixture(scope="module")
async def ground(postgres_url: str, furnished: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Ground]:
    """Started once: each walk has a member of its own."""
    folder = tmp_path_factory.mktemp("walks")
    authority = make_authority(folder)
    admin = await asyncpg.connect(postgres_url)
    names = [f"{furnished}_walk_here", f"{furnished}_walk_there"]
    async with AsyncExitStack() as stack:
        servers = []
        for name in names:
            await copy_database(admin, furnished, name)
            server = running_declic(authority, folder / name, with_database(postgres_url, name))
            servers.append(await stack.enter_async_context(server))
        here, there = servers
        alice = await there.server.add_member("alice")
        yield Ground(here=here, there=there, authority=authority, alice=alice)
    for name in names:
        await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.close()


MakeWalk = Callable[[str], Awaitable[Walk]]


@pytest.fixture
async def make_walk(ground: Ground) -> MakeWalk:
    """A new member with a client."""

    async def make(username: str) -> Walk:
        member = await ground.here.server.add_member(username)
        return Walk(
            here=ground.here,
            there=ground.there,
            authority=ground.authority,
            username=username,
            password=member.password,
            alice=ground.alice,
        )

    return make
