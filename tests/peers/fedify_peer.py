"""A server on Fedify (fedify/server.mjs), behind TLS, with a hand on what its person does."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import aiohttp

from tests.certificates import Authority
from tests.peers.programs import HERE, NODE, free_port, running_program
from tests.peers.tls import MakeFront, own_front


@dataclass(frozen=True, slots=True, kw_only=True)
class FedifyPeer:
    """One running Fedify server; its only person is Fanny, who had `seen` so many activities before."""

    origin: str
    control: str
    log: list[str]
    seen: int = 0

    async def from_now_on(self) -> "FedifyPeer":
        """The same server for another story: what came until now is not told again."""
        return replace(self, seen=self.seen + len(await self.received()))

    @property
    def person(self) -> str:
        """Fanny's actor id."""
        return f"{self.origin}/users/fanny"

    @property
    def handle(self) -> str:
        """Fanny's address, as one types it."""
        return f"@fanny@{self.origin.removeprefix('https://')}"

    async def do(self, act: str, **what: Any) -> dict[str, Any]:
        """Let Fanny follow, unfollow, like or reply."""
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"{self.control}/{act}", json=what) as answer,
        ):
            result: dict[str, Any] = await answer.json()
            assert "error" not in result, result["error"] + "\n" + "\n".join(self.log[-20:])
            return result

    async def received(self, type: str | None = None) -> list[dict[str, Any]]:
        """What came to her inbox since then, in order; of one type or all."""
        async with aiohttp.ClientSession() as session, session.get(f"{self.control}/received") as answer:
            return [item for item in (await answer.json())[self.seen :] if type in (None, item["type"])]

    async def count(self) -> dict[str, int]:
        """How many activities were `taken` in by now, and how many of them were `kept`: processed."""
        async with aiohttp.ClientSession() as session, session.get(f"{self.control}/count") as answer:
            counted: dict[str, int] = await answer.json()
            return counted


@asynccontextmanager
async def running_fedify(authority: Authority, make_front: MakeFront = own_front) -> AsyncIterator[FedifyPeer]:
    """Start Fedify on https://localhost:PORT, trusting the test authority, until the end of the block."""
    port, behind = free_port(), free_port()
    origin = f"https://localhost:{port}"
    env = {"PATH": os.environ["PATH"], "NODE_EXTRA_CA_CERTS": str(authority.ca_file)}
    async with (
        make_front(port, behind, authority.issue("localhost", "127.0.0.1")),
        running_program(str(NODE), str(HERE / "fedify/server.mjs"), origin, str(behind), env=env) as log,
    ):
        async with asyncio.timeout(60):
            while "ready" not in log:
                await asyncio.sleep(0.05)
        yield FedifyPeer(origin=origin, control=f"http://127.0.0.1:{behind}/control", log=log)
