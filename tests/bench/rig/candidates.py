"""Servers that are measured in the same way: what the harness asks of each, and Déclic in any checkout."""

import asyncio
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import aiohttp
import asyncpg

from tests.bench.rig.activities import Author
from tests.bench.rig.effects import find_faults
from tests.bench.rig.front import Front, running_front
from tests.bench.rig.processes import find_postmaster, sum_megabytes, sum_processor_seconds
from tests.certificates import Authority
from tests.peers.programs import free_port
from tests.servers import PASSWORD, wait_for_answer

HERE = Path(__file__).parents[3]


class Candidate(Protocol):
    """A running server with one person, behind a TLS front."""

    name: str
    inbox: str
    front: Front

    @property
    def origin(self) -> str:
        """Its public address."""

    @property
    def person(self) -> str:
        """The actor id of its person."""

    async def publish(self, text: str) -> str:
        """Let the person write to everybody; the id of the note."""

    async def follow(self, actors: Sequence[str]) -> None:
        """Let the person follow all these."""

    async def count_waiting(self) -> int:
        """How many activities were taken in and are not processed yet."""

    async def list_faults(self, authors: Sequence[Author]) -> list[str]:
        """What these said and what has no effect though nothing waits, as far as that can be asked."""

    def processor_seconds(self) -> float:
        """What the server, its children and its database worked so far."""

    def megabytes(self) -> float:
        """What these hold (PSS)."""


def find_checkout() -> Path:
    """The checkout that is measured: this one, or the one that the comparison names."""
    return Path(os.environ.get("DECLIC_BENCH_CHECKOUT", HERE))


@dataclass(slots=True, kw_only=True)
class Declic:
    """A checkout of Déclic with its embedded database; everything is asked through its commands and its API."""

    name: str
    origin: str
    program: str
    env: dict[str, str]
    data: Path
    front: Front
    process: asyncio.subprocess.Process
    token: str = ""
    person: str = ""
    inbox: str = "/inbox"

    async def run(self, *arguments: str) -> str:
        """A command; what it prints."""
        process = await asyncio.create_subprocess_exec(
            self.program, *arguments, env=self.env, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
        )
        out, err = await process.communicate()
        assert process.returncode == 0, err.decode()
        return out.decode().strip()

    async def publish(self, text: str) -> str:
        """A status of hers."""
        status = await self._call("POST", "/api/v1/statuses", json={"status": text, "visibility": "public"})
        return str(status["uri"])

    async def follow(self, actors: Sequence[str]) -> None:
        """One after the other, each looked up by its address first."""
        for uri in actors:
            found = await self._call("GET", "/api/v2/search", params={"q": uri, "resolve": "true", "type": "accounts"})
            assert found["accounts"], f"{self.name} does not find {uri}"
            await self._call("POST", f"/api/v1/accounts/{found['accounts'][0]['id']}/follow")

    async def _call(self, method: str, path: str, **options: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.token}", "Host": self.origin.removeprefix("https://")}
        headers["X-Forwarded-Proto"] = "https"
        behind = f"http://{self.env['DECLIC_LISTEN']}{path}"
        async with (
            aiohttp.ClientSession(headers=headers) as session,
            session.request(method, behind, **options) as answer,
        ):
            assert answer.status == 200, (path, answer.status, await answer.text())
            return await answer.json()

    async def count_waiting(self) -> int:
        """Rows that wait."""
        return int(await self.ask_database("SELECT count(*) FROM received WHERE state = 'waiting'"))

    async def list_faults(self, authors: Sequence[Author]) -> list[str]:
        """By what stands in its tables."""
        return await find_faults(self.ask_database, authors)

    async def ask_database(self, statement: str, *values: object) -> Any:
        """One value; by the socket that its postmaster names, since where it lies differs between versions."""
        [file] = self.data.glob("pg*/postmaster.pid")
        lines = file.read_text().split("\n")
        conn = await asyncpg.connect(host=lines[4], port=int(lines[3]), user="postgres", database="declic")
        try:
            return await conn.fetchval(statement, *values)
        finally:
            await conn.close()

    def processor_seconds(self) -> float:
        """The server and PostgreSQL, which is a session of its own."""
        return sum_processor_seconds([self.process.pid, *find_postmaster(self.data)])

    def megabytes(self) -> float:
        """The same two."""
        return sum_megabytes([self.process.pid, *find_postmaster(self.data)])

    async def end(self) -> None:
        """Stop it, and with it the database."""
        if self.process.returncode is None:
            self.process.terminate()
        await asyncio.wait_for(self.process.wait(), 30)

    async def start(self, *command: str) -> None:
        """Start it anew on the same data: `serve --no-worker`, `worker`."""
        self.process = await _launch(self.program, self.env, *command)
        if command[0] == "serve":
            await wait_for_answer(f"http://{self.env['DECLIC_LISTEN']}/healthz")
            return
        async with asyncio.timeout(60):
            while True:
                try:
                    await self.ask_database("SELECT 1")
                except (ValueError, OSError, asyncpg.PostgresError):  # it is not there yet
                    await asyncio.sleep(0.05)
                    continue
                return


async def _launch(program: str, env: dict[str, str], *command: str) -> asyncio.subprocess.Process:
    """What it says goes to a file beside its data."""
    with Path(env["DECLIC_DATA"]).with_name("log").open("ab") as log:
        return await asyncio.create_subprocess_exec(program, *command, env=env, stdout=log, stderr=log)


@asynccontextmanager
async def running_declic(folder: Path, authority: Authority, checkout: Path | None = None) -> AsyncIterator[Declic]:
    """A new instance of a checkout as `declic serve` starts it, with Alice, until the end of the block."""
    checkout = checkout or find_checkout()
    folder.mkdir()
    port, behind = free_port(), free_port()
    env = {key: value for key, value in os.environ.items() if not key.startswith("DECLIC_")}
    env |= {
        "DECLIC_URL": f"https://localhost:{port}",
        "DECLIC_LISTEN": f"127.0.0.1:{behind}",
        "DECLIC_DATA": str(folder / "data"),
        "DECLIC_TEST_FEDERATION": "on",
        "DECLIC_RATE_LIMIT": "0",
        "DECLIC_LOG_LEVEL": "warning",
        "DECLIC_CA_FILE": str(authority.ca_file),
        "DECLIC_TRUSTED_PROXIES": "127.0.0.0/8",
    }
    program = str(checkout / ".venv/bin/declic")
    process = await _launch(program, env, "serve")
    async with running_front(folder, port, behind, authority.issue("localhost", "127.0.0.1")) as front:
        declic = Declic(
            name="Déclic", origin=f"https://localhost:{port}", program=program, env=env, data=folder / "data",
            front=front, process=process,
        )  # fmt: skip
        try:
            await wait_for_answer(f"http://127.0.0.1:{behind}/readyz", seconds=90)
            options = ("--email", "alice@example.org", "--password", PASSWORD)
            created = await declic.run("account", "create", "alice", *options)
            declic.person = created.split()[-1]
            declic.token = (await declic.run("token", "create", "alice")).split()[-1]
            yield declic
        finally:
            await declic.end()
