"""Whole servers: pages, API, inboxes and worker, on a port of loopback, in this process or in one of their own."""

import asyncio
import functools
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Collection
from contextlib import AsyncExitStack, asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import aiohttp
import msgspec

from federation.instance import Instance
from federation.own_keys.key_pairs import make_key_pairs
from models.access import tokens
from models.people.accounts import Role
from models.people.actors import Actor
from models.settings import Settings
from models.store.database import execute, transaction
from models.store.postgres.cluster import find_cluster
from outbox.people.accounts import register
from tests.peers.programs import free_port
from web.security.passwords import HASHER
from web.server.bootstrap import open_instance, seed_instance
from web.server.processes.serve import run_until

if TYPE_CHECKING:
    from tests.web.warm_commands import WarmCommands, WarmServer

DECLIC = str(Path(sys.executable).with_name("declic"))

PASSWORD = "un mot de passe assez long"


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Somebody with an account; `token` is a bearer for everything, `password` the one of PASSWORD."""

    actor: Actor
    token: str
    password: str = PASSWORD

    @property
    def headers(self) -> dict[str, str]:
        """What a client of hers sends."""
        return {"Authorization": f"Bearer {self.token}"}


@functools.cache
def hash_of_password() -> str:
    """The hash of PASSWORD: made once, since each takes as long as a hundred queries."""
    return HASHER.hash(PASSWORD)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningServer:
    """A server that answers at `url` and works; `instance` reaches the same database."""

    name: str
    instance: Instance

    @property
    def url(self) -> str:
        """Its origin."""
        return self.instance.site.url

    @property
    def host(self) -> str:
        """Its host with the port, as in handles."""
        return self.instance.site.host

    async def find_free_name(self, username: str) -> str:
        """This name, or, where stories share a server, this one with a number."""
        used = await self.instance.pool.fetchval(
            "SELECT count(*) FROM actor WHERE local AND username ~ ('^' || $1 || '[0-9]*$')", username
        )
        return f"{username}{used + 1}" if used else username

    async def add_member(self, username: str, *, roles: Collection[Role] = ()) -> Member:
        """A new member with a password and a token."""
        pairs = await make_key_pairs(self.instance.settings)
        async with transaction(self.instance.pool) as conn:
            actor = await register(
                conn,
                self.instance.site,
                key_pairs=pairs,
                username=username,
                email=f"{username}@{self.name}.test",
                password_hash=hash_of_password(),
                roles=roles,
                language="fr",
                name=username.capitalize(),
            )
            scopes = ["read", "write", "follow", "push"]
            return Member(actor=actor, token=await tokens.create(conn, actor_id=actor.id, scopes=scopes))


async def found_open(instance: Instance) -> None:
    """Found it, and open it to visitors: what is closed is tested where that is said."""
    await seed_instance(instance)
    async with transaction(instance.pool) as conn:
        await execute(conn, "DELETE FROM preference WHERE key = 'closed'")


@asynccontextmanager
async def running_server(
    name: str,
    database_url: str,
    data: Path,
    settings: Settings | None = None,
    *,
    address: str = "127.0.0.1",
    public: str | None = None,
    port: int = 0,
) -> AsyncIterator[RunningServer]:
    """A whole server in this process, federating with others on loopback (127.…); its database is migrated already.

    `public` is its origin, where that is the one of a proxy; an instance that ran before keeps its `port`.
    """
    listener = socket.create_server((address, port))
    listener.setblocking(False)
    port = listener.getsockname()[1]
    settings = msgspec.structs.replace(
        settings or Settings(),
        url=public or f"http://{address}:{port}",
        listen=f"{address}:{port}",
        data=data,
        test_federation=True,
    )
    data.mkdir(parents=True, exist_ok=True)  # or whoever runs the place is told that it is missing
    stopping = asyncio.Event()
    async with open_instance(settings, database_url) as instance:
        await found_open(instance)
        running = asyncio.create_task(run_until(stopping, instance, listener), name=f"server {name}")
        try:
            await wait_for_answer(f"http://{settings.listen}/readyz")
            yield RunningServer(name=name, instance=instance)
        finally:
            stopping.set()
            await asyncio.wait_for(running, 20)


@dataclass(slots=True, kw_only=True)
class ServerProcess:
    """`declic serve` as a process of its own, with its own embedded database, that may be killed and started again.

    Where there are warm `commands`, it is forked from a process that has read all modules, and may have other values
    for some `constants` of its modules (`{"web.cli.X": 1}`).
    """

    url: str
    env: dict[str, str]
    options: tuple[str, ...] = ("serve",)
    log: Path | None = None
    commands: "WarmCommands | None" = None
    constants: dict[str, float] = field(default_factory=dict)
    process: "asyncio.subprocess.Process | WarmServer | None" = None

    async def spawn(self) -> None:
        """Start it; its log goes to `log`, or to ours."""
        if self.commands is not None:
            self.process = await self.commands.start(self.env, *self.options, log=self.log, constants=self.constants)
            return
        with self.log.open("ab") if self.log else nullcontext() as log:
            self.process = await asyncio.create_subprocess_exec(DECLIC, *self.options, env=self.env, stderr=log)

    async def start(self) -> None:
        """Start it and wait until it is ready."""
        await self.spawn()
        await wait_for_answer(f"{self.url}/readyz")

    async def kill(self) -> None:
        """Kill it as the kernel does when memory runs out: no last words, the database left running."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> int:
        """Ask it to stop, as systemd does; its exit status."""
        return await self._end(signal.SIGTERM)

    async def _end(self, how: signal.Signals) -> int:
        assert self.process is not None
        if self.process.returncode is None:
            self.process.send_signal(how)
        return await asyncio.wait_for(self.process.wait(), 60)

    async def run(self, *arguments: str) -> tuple[int, str, str]:
        """A command of `declic` on the same instance: its exit status, stdout and stderr."""
        return await (self.commands.run if self.commands is not None else run_declic)(self.env, *arguments)


async def run_declic(env: dict[str, str], *arguments: str) -> tuple[int, str, str]:
    """A command of `declic`: its exit status, stdout and stderr."""
    process = await asyncio.create_subprocess_exec(
        DECLIC, *arguments, env=env, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    out, err = await process.communicate()
    assert process.returncode is not None
    return process.returncode, out.decode(), err.decode()


def make_environment(data: Path, port: int, **settings: str) -> dict[str, str]:
    """The environment of a server in `data` on a port of loopback; settings as `rate_limit="10"`.

    It is one process, so that a test kills it whole, unless another number of `processes` is given.
    """
    kept = {key: value for key, value in os.environ.items() if not key.startswith("DECLIC_")}
    url = f"http://127.0.0.1:{port}"
    given = {
        "url": url,
        "listen": f"127.0.0.1:{port}",
        "data": str(data),
        "test_federation": "on",
        "processes": "1",
    } | settings
    return kept | {f"DECLIC_{name.upper()}": value for name, value in given.items()}


@asynccontextmanager
async def server_process(
    data: Path, *options: str, port: int | None = None, commands: "WarmCommands | None" = None, **settings: str
) -> AsyncIterator[ServerProcess]:
    """A server in a process of its own, started and ready; stopped at the end of the block if it still runs.

    An instance keeps its address: on data that exist already it takes the `port` that they were made with.
    """
    env = make_environment(data, port or free_port(), **settings)
    server = ServerProcess(url=env["DECLIC_URL"], env=env, options=("serve", *options), commands=commands)
    await server.start()
    try:
        yield server
    finally:
        await server.stop()


@asynccontextmanager
async def founded_process(
    name: str,
    data: Path,
    database_url: str | None = None,
    *,
    commands: "WarmCommands | None" = None,
    constants: dict[str, float] | None = None,
    **settings: str,
) -> AsyncIterator[tuple[ServerProcess, RunningServer]]:
    """A server in a process of its own, and what reaches its database from this one, which founds it cheaply.

    The database is migrated already; where none is named, it is the embedded one that the process makes.
    """
    env = make_environment(data, free_port(), **settings, **({"database_url": database_url} if database_url else {}))
    server = ServerProcess(url=env["DECLIC_URL"], env=env, commands=commands, constants=constants or {})
    async with AsyncExitStack() as stack:
        if database_url is None:
            await server.start()
            stack.push_async_callback(server.stop)
        found = Settings.from_env(env)
        instance = await stack.enter_async_context(open_instance(found, database_url or find_cluster(data).url()))
        if database_url is None:
            await found_open(instance)
        else:
            await found_open(instance)
            await server.start()
            stack.push_async_callback(server.stop)
        yield server, RunningServer(name=name, instance=instance)


async def wait_for_answer(url: str, status: int = 200, seconds: float = 60) -> None:
    """Ask again until this status is answered."""
    async with asyncio.timeout(seconds), aiohttp.ClientSession() as session:
        while True:
            try:
                async with session.get(url) as answer:
                    if answer.status == status:
                        return
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.05)
