"""This version on the database of an earlier one: what people, apps, calendars and servers kept from then goes on."""

import asyncio
import secrets
import socket
import socketserver
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import asyncpg

from federation.instance import Instance
from models.settings import Settings
from models.store.database import open_pool
from models.store.migrate import migrate
from tests.databases import with_database
from tests.eventually import eventually
from tests.fediverse import FakeFediverse
from tests.recorded.browser import Answer, Browser
from tests.samples.databases.neighbour import EMILE, Neighbour, build_emile, make_postbox
from tests.samples.databases.restoring import load_sample, restore
from web.server.bootstrap import seed_instance
from web.server.processes.serve import run_until

Counts = dict[str, int]

LISTS = ("commune", "everyday_word", "everyday_relation", "known_word", "shipped_data")
"""The tables of communes and of words, and which editions of them were read."""

STOPPED = timedelta(minutes=1)
"""How long ago the earlier version was stopped: what it was to try again some seconds later is due."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """A server of this version on an earlier database: `before` and `after` count its rows around the migrations.

    `kept` has what people kept from then. Mails come to `neighbour`, the rest of the network is `fediverse`.
    """

    instance: Instance
    fediverse: FakeFediverse
    neighbour: Neighbour
    kept: dict[str, Any]
    before: Counts
    after: Counts
    listen: tuple[str, int]

    def browser(self, name: str = "") -> Browser:
        """Somebody's browser with the cookies of then, or that of a visitor."""
        cookies = dict(self.kept["cookies"].get(name, {}))
        return Browser(listen=self.listen, host=self.instance.site.host, cookies=cookies)

    async def get(self, address: str, *, by: str = "", accept: str = "text/html") -> Answer:
        """A page or a document, asked for by its address or path."""
        parts = urlsplit(address)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        return await asyncio.to_thread(self.browser(by).get, path, Accept=accept)

    async def submit(self, page: str, action: str, *, by: str = "", **changes: str) -> Answer:
        """A form of a page, as it stands but for the `changes`."""
        return await asyncio.to_thread(lambda: self.browser(by).submit(page, action, **changes))

    async def ask(self, method: str, path: str, token: str, body: bytes = b"") -> Answer:
        """A call of an app."""
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        return await asyncio.to_thread(self.browser().ask, method, path, body, headers)

    async def mail(self, to: str, pattern: str) -> str:
        """A link in a mail to somebody, once it came."""

        async def look() -> str | None:
            return self.neighbour.find_link(to, pattern)

        return await eventually(look)


@asynccontextmanager
async def fresh_database(server: str) -> AsyncIterator[str]:
    """An empty database, gone at the end of the block."""
    name, admin = f"declic_earlier_{secrets.token_hex(4)}", await asyncpg.connect(server)
    await admin.execute(f"CREATE DATABASE {name}")
    try:
        yield with_database(server, name)
    finally:
        await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
        await admin.close()


@asynccontextmanager
async def migrated_earlier(server: str, name: str) -> AsyncIterator[tuple[str, Counts, Counts]]:
    """A database with the sample of this name, brought to this version; its rows before and after."""
    async with fresh_database(server) as url:
        await restore(url, load_sample(name), datetime.now(UTC) - STOPPED)
        before = await count_rows(url)
        await migrate(url)
        yield url, before, await count_rows(url)


@asynccontextmanager
async def running_earlier(
    server: str, furnished: str, name: str, data: Path, *, lists: bool = True
) -> AsyncIterator[Earlier]:
    """The sample of this name, brought to this version as a start does it, and served; with the `lists` of communes
    and of words, or as if they had been read and were empty.
    """
    sample = load_sample(name)
    async with migrated_earlier(server, name) as (url, before, after):
        await bring_lists(with_database(server, furnished), url, LISTS if lists else ("shipped_data",))
        emile = sample.kept["neighbour"]
        neighbour = Neighbour(key_pem=emile["private_key"], public_pem=emile["public_key"])
        fediverse = FakeFediverse(documents={EMILE: build_emile(neighbour.public_pem)})
        with running_postbox(neighbour) as port, socket.create_server(("127.0.0.1", 0)) as listener:
            smtp_url = f"smtp://127.0.0.1:{port}"
            settings = Settings(
                url=sample.kept["url"], data=data, database_url=url, smtp_url=smtp_url, test_federation=True
            )
            async with serving(settings, url, fediverse, listener) as instance:
                yield Earlier(
                    instance=instance,
                    fediverse=fediverse,
                    neighbour=neighbour,
                    kept=sample.kept,
                    before=before,
                    after=after,
                    listen=listener.getsockname()[:2],
                )


@asynccontextmanager
async def serving(
    settings: Settings, url: str, fediverse: FakeFediverse, listener: socket.socket
) -> AsyncIterator[Instance]:
    """An instance under the address that it has always had, wherever it listens; its worker works."""
    listener.setblocking(False)
    pool, stopping = await open_pool(url, size=8), asyncio.Event()
    instance = Instance(site=settings.site, settings=settings, pool=pool, transport=fediverse)
    await seed_instance(instance)
    running = asyncio.create_task(run_until(stopping, instance, listener), name=f"server of {settings.url}")
    try:
        yield instance
    finally:
        stopping.set()
        await asyncio.wait_for(running, 20)
        await instance.pictures.close()
        await instance.jsonld.close()
        await instance.linked_data.close()
        await pool.close()


async def count_rows(url: str) -> Counts:
    """The rows of every table."""
    conn = await asyncpg.connect(url)
    names = await conn.fetch(
        "SELECT quote_ident(relname) FROM pg_stat_user_tables WHERE schemaname = 'public' ORDER BY relname"
    )
    counted = {name: await conn.fetchval(f"SELECT count(*) FROM {name}") for (name,) in names}
    await conn.close()
    return counted


async def bring_lists(furnished: str, url: str, tables: tuple[str, ...]) -> None:
    """The lists that samples leave out: copied from where they are, to save seconds."""
    source, target = await asyncpg.connect(furnished), await asyncpg.connect(url)
    for table in tables:
        if await target.fetchval(f"SELECT EXISTS (SELECT FROM {table})"):
            continue  # words that were known and counted there already
        rows = BytesIO()
        await source.copy_from_table(table, output=rows, format="binary")
        rows.seek(0)
        await target.copy_to_table(table, source=rows, format="binary")
    await source.close()
    await target.close()


@contextmanager
def running_postbox(neighbour: Neighbour) -> Iterator[int]:
    """A mail server on a port of loopback."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), make_postbox(neighbour)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()
