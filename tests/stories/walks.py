"""Two servers behind TLS for clients of others: Alice is a member there, each client has a member here."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass

import pytest

from tests.certificates import Authority, make_authority
from tests.databases import copied_database
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
    async with AsyncExitStack() as stack:
        servers = []
        for name in ("here", "there"):
            url = await stack.enter_async_context(copied_database(postgres_url, furnished))
            servers.append(await stack.enter_async_context(running_declic(authority, folder / name, url)))
        here, there = servers
        alice = await there.server.add_member("alice")
        yield Ground(here=here, there=there, authority=authority, alice=alice)


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
