"""Peers of other people as candidates: snac2, GoToSocial and Fedify, where they are installed (`tests/peers`)."""

import asyncio
import json
import os
import shutil
import sqlite3
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench.rig.activities import Author
from tests.bench.rig.effects import GOTOSOCIAL_TOTALS, compare_totals
from tests.bench.rig.front import Front, running_front
from tests.bench.rig.processes import list_tree, sum_megabytes, sum_processor_seconds
from tests.certificates import Authority, Certificate
from tests.peers.fedify_peer import FedifyPeer, running_fedify
from tests.peers.gotosocial_peer import GotosocialPeer, find_web_folder, running_gotosocial
from tests.peers.programs import FEDIFY, NODE
from tests.peers.snac_peer import SnacPeer, running_snac

RESTING = 0.3
"""Seconds for which a process is watched: does it use a tenth of a core, it still works."""


@dataclass(slots=True)
class KeptFront:
    """Makes a front for whoever starts a peer, and keeps it for whoever asks what it costs."""

    folder: Path
    reuse: bool = True
    front: Front | None = None

    @asynccontextmanager
    async def make(self, port: int, behind: int, certificate: Certificate) -> AsyncIterator[Front]:
        """As `running_front`."""
        async with running_front(self.folder, port, behind, certificate, reuse=self.reuse) as front:
            self.front = front
            yield front

    def get(self) -> Front:
        """The one that was made."""
        assert self.front is not None
        return self.front


def find_child(word: str) -> int:
    """The process below ours whose command has this word."""
    for pid in list_tree(os.getpid())[1:]:
        if word in Path(f"/proc/{pid}/cmdline").read_bytes().decode():
            return pid
    raise AssertionError(f"Nothing runs {word}.")


@dataclass(slots=True, kw_only=True)
class Snac:
    """snac2: files, and signatures that are verified once an activity is processed."""

    peer: SnacPeer
    front: Front
    pid: int
    name: str = "snac2"
    inbox: str = "/shared-inbox"

    @property
    def origin(self) -> str:
        """Its public address."""
        return self.peer.origin

    @property
    def person(self) -> str:
        """Sam."""
        return self.peer.person

    async def publish(self, text: str) -> str:
        """A note of Sam's, as `snac note` writes it."""
        before = self._list_notes()
        await self.peer.run("note", text)
        [new] = self._list_notes() - before
        return new

    def _list_notes(self) -> set[str]:
        """Her own are few, those of others many: only where hers stand is looked."""
        folder = self.peer.folder / "user/sam/public"
        files = [self.peer.folder / "object" / one.stem[:2] / one.name for one in folder.glob("*.json")]
        return {str(self._read_id(file)) for file in files if file.exists()}

    def _read_id(self, file: Path) -> str:
        return str(json.loads(file.read_bytes())["id"])

    async def follow(self, actors: Sequence[str]) -> None:
        """One command each."""
        for uri in actors:
            await self.peer.run("follow", uri)

    async def count_waiting(self) -> int:
        """Files of its queues that are due: their names begin with when."""
        queues = (self.peer.folder / "queue", self.peer.folder / "user/sam/queue")
        names = [file.name for queue in queues for file in queue.glob("*.json")]
        return sum(float(name.removesuffix(".json").partition("-")[0]) <= time.time() for name in names)

    async def list_faults(self, _: Sequence[Author]) -> list[str]:
        """It is not asked."""
        return []

    def processor_seconds(self) -> float:
        """All its threads are one process."""
        return sum_processor_seconds([self.pid])

    def megabytes(self) -> float:
        """Of that one."""
        return sum_megabytes([self.pid])


@dataclass(slots=True, kw_only=True)
class Fedify:
    """The small server on Fedify of the tests: everything in memory."""

    peer: FedifyPeer
    front: Front
    pid: int
    name: str = "Fedify"
    inbox: str = "/inbox"

    @property
    def origin(self) -> str:
        """Its public address."""
        return self.peer.origin

    @property
    def person(self) -> str:
        """Fanny."""
        return self.peer.person

    async def publish(self, text: str) -> str:
        """A note of Fanny's."""
        return str((await self.peer.do("write", text=text))["id"])

    async def follow(self, actors: Sequence[str]) -> None:
        """One after the other."""
        for uri in actors:
            await self.peer.do("follow", handle=uri)

    async def count_waiting(self) -> int:
        """What was answered with 202 and not heard by a listener."""
        counted = await self.peer.count()
        return counted["taken"] - counted["kept"]

    async def list_faults(self, _: Sequence[Author]) -> list[str]:
        """It is not asked."""
        return []

    def processor_seconds(self) -> float:
        """Of Node."""
        return sum_processor_seconds([self.pid])

    def megabytes(self) -> float:
        """Of Node."""
        return sum_megabytes([self.pid])


@dataclass(slots=True, kw_only=True)
class Gotosocial:
    """GoToSocial with its database in a file, as it is shipped but for its limits of requests."""

    peer: GotosocialPeer
    front: Front
    pid: int
    name: str = "GoToSocial"
    inbox: str = "/users/gabi/inbox"  # it has no shared one

    @property
    def origin(self) -> str:
        """Its public address."""
        return self.peer.origin

    @property
    def person(self) -> str:
        """Gabi."""
        return self.peer.person

    async def publish(self, text: str) -> str:
        """A status of Gabi's; to everybody, which is not what it does unasked."""
        said = {"status": text, "visibility": "public"}
        return str((await self.peer.call("POST", "/api/v1/statuses", data=said))["uri"])

    async def follow(self, actors: Sequence[str]) -> None:
        """One after the other, each looked up by its address first."""
        for uri in actors:
            asked = {"q": uri, "resolve": "true", "type": "accounts"}
            found = await self.peer.call("GET", "/api/v2/search", params=asked)
            assert found["accounts"], f"{self.name} does not find {uri}"
            await self.peer.call("POST", f"/api/v1/accounts/{found['accounts'][0]['id']}/follow")

    async def count_waiting(self) -> int:
        """What it does about what it answered stands in its memory, and it tells nobody: whether it still works."""
        worked = self.processor_seconds()
        await asyncio.sleep(RESTING)
        return int(self.processor_seconds() - worked > RESTING / 10)

    async def list_faults(self, authors: Sequence[Author]) -> list[str]:
        """By what stands in its tables."""
        with closing(sqlite3.connect(f"file:{self.peer.data / 'sqlite.db'}?mode=ro", uri=True)) as conn:

            async def ask(statement: str) -> Any:
                return conn.execute(statement).fetchone()[0]

            return await compare_totals(ask, authors, GOTOSOCIAL_TOTALS)

    def processor_seconds(self) -> float:
        """Of that one process."""
        return sum_processor_seconds([self.pid])

    def megabytes(self) -> float:
        """Of that one process."""
        return sum_megabytes([self.pid])


@asynccontextmanager
async def running_snac_candidate(folder: Path, authority: Authority) -> AsyncIterator[Snac]:
    """snac2 with Sam."""
    folder.mkdir()
    kept = KeptFront(folder, reuse=False)
    async with running_snac(authority, folder, kept.make) as peer:
        yield Snac(peer=peer, front=kept.get(), pid=find_child(f"httpd\0{peer.folder}"))


@asynccontextmanager
async def running_fedify_candidate(folder: Path, authority: Authority) -> AsyncIterator[Fedify]:
    """Fedify with Fanny."""
    folder.mkdir()
    kept = KeptFront(folder)
    async with running_fedify(authority, kept.make) as peer:
        yield Fedify(peer=peer, front=kept.get(), pid=find_child("server.mjs"))


@asynccontextmanager
async def running_gotosocial_candidate(folder: Path, authority: Authority) -> AsyncIterator[Gotosocial]:
    """GoToSocial with Gabi, which turns nobody away for being quick."""
    folder.mkdir()
    kept = KeptFront(folder)
    unlimited = {"GTS_ADVANCED_THROTTLING_MULTIPLIER": "0"}
    async with running_gotosocial(authority, folder, kept.make, unlimited) as peer:
        yield Gotosocial(peer=peer, front=kept.get(), pid=find_child("gotosocial\0server"))


def has_gotosocial() -> bool:
    """Whether the program is in PATH, and its templates are found."""
    return find_web_folder() is not None


def has_snac() -> bool:
    """Whether Debian's package is there."""
    return shutil.which("snac") is not None


def has_fedify() -> bool:
    """Whether `npm ci` was run in tests/peers."""
    return NODE.is_file() and FEDIFY.is_dir()
