"""A snac2 server behind TLS, driven by its own commands and web forms."""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from tests.certificates import Authority
from tests.peers.programs import free_port, running_program
from tests.peers.tls import MakeFront, own_front

SYSTEM_STORE = Path("/etc/ssl/certs/ca-certificates.crt")


@dataclass(frozen=True, slots=True, kw_only=True)
class SnacPeer:
    """One running snac2; its only person is Sam."""

    origin: str
    behind: str
    folder: Path
    store: Path
    password: str
    log: list[str]

    @property
    def person(self) -> str:
        """Sam's actor id."""
        return f"{self.origin}/sam"

    @property
    def handle(self) -> str:
        """Sam's address, as one types it."""
        return f"@sam@{self.origin.removeprefix('https://')}"

    async def run(self, command: str, *arguments: str) -> str:
        """A command of snac for Sam: `run("follow", actor)`; what it prints."""
        process = await asyncio.create_subprocess_exec(
            *_with_store(self.store, "snac", command, str(self.folder), "sam", *arguments),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        output, _ = await asyncio.wait_for(process.communicate(), 30)
        return output.decode(errors="replace")

    async def post_form(self, path: str, **fields: str) -> None:
        """Send one of the forms of Sam's private page."""
        async with (
            aiohttp.ClientSession(
                headers={"Authorization": aiohttp.encode_basic_auth("sam", self.password)}
            ) as session,
            session.post(f"{self.behind}/sam/{path}", data=fields, allow_redirects=False) as answer,
        ):
            assert answer.status in (200, 303), (answer.status, await answer.text())

    def objects(self) -> list[dict[str, object]]:
        """Every ActivityPub object that this server holds."""
        found = []
        for path in (self.folder / "object").rglob("*.json"):
            try:
                found.append(json.loads(path.read_bytes()))
            except ValueError:
                continue  # being written just now
        return found

    def find(self, uri: str) -> dict[str, object] | None:
        """The object with this id, if it came here."""
        return next((item for item in self.objects() if item.get("id") == uri), None)


def _with_store(store: Path, *command: str) -> list[str]:
    """The command with ours as its certificate store: libcurl reads the system's, so ours is mounted over it."""
    return [
        "unshare",
        "--user",
        "--map-root-user",
        "--mount",
        "sh",
        "-c",
        'mount --bind "$0" "$1" && shift && exec "$@"',
        str(store),
        str(SYSTEM_STORE),
        *command,
    ]


@asynccontextmanager
async def running_snac(
    authority: Authority, folder: Path, make_front: MakeFront = own_front
) -> AsyncIterator[SnacPeer]:
    """Start snac2 on https://localhost:PORT with its data in `folder`, until the end of the block."""
    port, behind = free_port(), free_port()
    data = folder / "snac"
    store = folder / "ca-bundle.pem"
    store.write_bytes(SYSTEM_STORE.read_bytes() + authority.ca_file.read_bytes())
    snac = shutil.which("snac") or "snac"
    await _run(snac, "init", str(data), given=f"127.0.0.1\n{behind}\nlocalhost:{port}\n\n\n")
    printed = await _run(snac, "adduser", str(data), "sam")
    password = printed.partition("User password is ")[2].split()[0]
    async with (
        make_front(port, behind, authority.issue("localhost", "127.0.0.1")),
        running_program(*_with_store(store, snac, "httpd", str(data))) as log,
    ):
        await _wait_for_port(behind)
        yield SnacPeer(
            origin=f"https://localhost:{port}",
            behind=f"http://127.0.0.1:{behind}",
            folder=data,
            store=store,
            password=password,
            log=log,
        )


async def _run(*command: str, given: str = "") -> str:
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate(given.encode())
    assert process.returncode == 0, output.decode(errors="replace")
    return output.decode(errors="replace")


async def _wait_for_port(port: int) -> None:
    async with asyncio.timeout(10):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.05)
                continue
            writer.close()
            return
