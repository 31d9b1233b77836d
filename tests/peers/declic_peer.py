"""A Déclic server as a real process behind TLS, as other software meets it."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from models.listings.listings import Listing, ListingDraft
from models.settings import Settings
from models.store.database import Pool, transaction
from outbox.listings import listings
from tests.certificates import Authority
from tests.peers.programs import free_port, running_program
from tests.peers.tls import tls_front
from tests.servers import Member, RunningServer, found_open
from web.middlewares.work_signals import notify_work
from web.server.bootstrap import open_instance

DECLIC = str(Path(sys.executable).with_name("declic"))


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclicPeer:
    """One running server of ours; `server` reaches its database."""

    origin: str
    env: dict[str, str]
    server: RunningServer
    log: list[str]

    async def publish(self, author: Member, title: str) -> Listing:
        """A new offer of a member's; the server is called to its work as a command would."""
        instance = self.server.instance
        draft = ListingDraft(kind="offer", mode="loan", title=title, place_name="Lomme", postcode="59160")
        async with transaction(instance.pool) as conn:
            listing = await listings.publish(conn, instance.site, author.actor, draft)
        await notify_work(instance.pool)
        return listing

    @property
    def pool(self) -> Pool:
        """The way to its database."""
        return self.server.instance.pool

    @property
    def host(self) -> str:
        """`localhost:PORT`."""
        return self.origin.removeprefix("https://")

    async def run(self, *arguments: str) -> str:
        """A command of `declic` beside the running server; what it prints."""
        process = await asyncio.create_subprocess_exec(
            DECLIC, *arguments, env=self.env, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
        )
        out, err = await process.communicate()
        assert process.returncode == 0, (arguments, err.decode(), self.log[-20:])
        return out.decode().strip()


@asynccontextmanager
async def running_declic(authority: Authority, folder: Path, database_url: str) -> AsyncIterator[DeclicPeer]:
    """Start `declic serve` on https://localhost:PORT, trusting the test authority, until the end of the block."""
    port, behind = free_port(), free_port()
    env = {key: value for key, value in os.environ.items() if not key.startswith("DECLIC_")} | {
        "DECLIC_URL": f"https://localhost:{port}",
        "DECLIC_LISTEN": f"127.0.0.1:{behind}",
        "DECLIC_DATA": str(folder / "declic"),
        "DECLIC_DATABASE_URL": database_url,
        "DECLIC_CA_FILE": str(authority.ca_file),
        "DECLIC_TEST_FEDERATION": "on",
    }
    async with open_instance(Settings.from_env(env), database_url) as instance:
        await found_open(instance)  # here, where keys cost little
        async with (
            tls_front(port, behind, authority.issue("localhost", "127.0.0.1").context),
            running_program(DECLIC, "serve", env=env) as log,
        ):
            await _wait_until_ready(f"http://127.0.0.1:{behind}/readyz", log)
            server = RunningServer(name="declic", instance=instance)
            yield DeclicPeer(origin=env["DECLIC_URL"], env=env, server=server, log=log)


async def _wait_until_ready(url: str, log: list[str]) -> None:
    try:
        async with asyncio.timeout(60), aiohttp.ClientSession() as session:
            while True:
                try:
                    async with session.get(url) as answer:
                        if answer.status == 200:
                            return
                except aiohttp.ClientError:
                    pass
                await asyncio.sleep(0.1)
    except TimeoutError:
        raise AssertionError("the server is not ready: " + "\n".join(log[-20:])) from None
