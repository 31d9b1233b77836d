"""The running 200 hosts (`sink`), and what came to them."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench.sink import Documents, address
from tests.certificates import Authority, make_authority
from tests.peers.programs import free_port

HOSTS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Sink:
    """The running hosts; `authority` has issued their certificates."""

    port: int
    process: asyncio.subprocess.Process
    authority: Authority

    async def take(self) -> list[tuple[float, str, str]]:
        """What came since the last time: (when, host, activity id)."""
        return [tuple(row) for row in (await self._ask())["posts"]]

    async def take_follows(self) -> list[dict[str, Any]]:
        """Each Follow that came since the last time; the rest is forgotten."""
        follows: list[dict[str, Any]] = (await self._ask())["follows"]
        return follows

    async def _ask(self) -> dict[str, Any]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(b"\n")
        answer: dict[str, Any] = json.loads(await self.process.stdout.readline())
        return answer


@asynccontextmanager
async def running_sink(folder: Path, describe: Callable[[int], Documents] | None = None) -> AsyncIterator[Sink]:
    """Start the 200 hosts; `describe` says what they answer when they are asked, given their port."""
    authority = make_authority(folder)
    for number in range(HOSTS):  # one each, as on the internet: a certificate of 200 names is slow to read
        authority.issue(address(number))
    port = free_port()
    if describe is not None:
        (folder / "documents.json").write_text(json.dumps(describe(port)))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.sink", str(folder), str(HOSTS), str(port),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=1 << 26,
    )  # fmt: skip
    assert process.stdout is not None
    assert (await process.stdout.readline()) == b"ready\n"
    try:
        yield Sink(port=port, process=process, authority=authority)
    finally:
        process.kill()
        await process.wait()
