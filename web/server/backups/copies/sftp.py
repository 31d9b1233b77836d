"""A machine that takes files over SSH, by the program `sftp` of OpenSSH: keys and known hosts are its own affair."""

import asyncio
from asyncio.subprocess import PIPE
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from models.backup_places import BackupPlace
from models.settings import environment_of_child
from web.server.backups.copies.targets import NotCopied
from web.server.backups.manifest import UNFINISHED

PROGRAM = "sftp"

ALWAYS = {
    "BatchMode": "yes",
    "StrictHostKeyChecking": "yes",
    "ConnectTimeout": "20",
    "ServerAliveInterval": "30",
    "ServerAliveCountMax": "4",
    "UpdateHostKeys": "no",
}
"""It asks nobody anything, believes no host that is not known, and gives up on one that is silent."""

HINTS = {
    "Host key verification failed": "its key is not in the list of known hosts, or is another one: "
    "ssh-keyscan HOST >> FILE, compare what it says, and name the file (?known_hosts=FILE)",
    "Permission denied": "it does not take this key (?key=FILE), or the folder is not this user's",
    "No such file": "there is no such folder",
    "Could not resolve": "its name is not known",
    "Connection refused": "nothing answers there",
    "timed out": "nothing answers there",
}
"""What sftp says, and what that means."""


@dataclass(frozen=True, slots=True)
class Sftp:
    """One connection for each thing that is done, since there are few."""

    place: BackupPlace

    async def list_names(self) -> list[str]:
        """As `Target` says."""
        said = await self._run(f"-mkdir {self._path()}", f"ls -1 {self._path()}")
        return [line.strip().rpartition("/")[2] for line in said.splitlines() if not line.startswith("sftp>")]

    async def send(self, file: Path, name: str) -> None:
        """As `Target` says."""
        growing = self._path(f"{name}{UNFINISHED}")
        await self._run(f"put -f {_quote(str(file))} {growing}", f"rename {growing} {self._path(name)}")

    async def fetch(self, name: str, file: Path) -> None:
        """As `Target` says."""
        await self._run(f"get {self._path(name)} {_quote(str(file))}")

    async def remove(self, name: str) -> None:
        """As `Target` says."""
        await self._run(f"rm {self._path(name)}")

    def _path(self, name: str = "") -> str:
        """Behind `/~/` it begins in the home of the user there."""
        return _quote("/".join(part for part in (self.place.path.removeprefix("/~/"), name) if part))

    async def _run(self, *batch: str) -> str:
        try:
            process = await asyncio.create_subprocess_exec(
                *self._list_words(), stdin=PIPE, stdout=PIPE, stderr=PIPE, env=environment_of_child({})
            )
        except FileNotFoundError:
            raise NotCopied(f"There is no program {PROGRAM} here: apt install openssh-client.") from None
        try:
            said, complained = await process.communicate(("\n".join(batch) + "\n").encode())
        except asyncio.CancelledError:
            with suppress(ProcessLookupError):
                process.kill()
            raise
        if process.returncode != 0:
            raise NotCopied(_describe(str(self.place), complained.decode(errors="replace")))
        return said.decode(errors="replace")

    def _list_words(self) -> list[str]:
        options = dict(ALWAYS)
        if key := self.place.options.get("key"):
            options |= {"IdentityFile": key, "IdentitiesOnly": "yes"}
        if known := self.place.options.get("known_hosts"):
            options["UserKnownHostsFile"] = known
        words = [PROGRAM, "-b", "-", *(word for name in options for word in ("-o", f"{name}={options[name]}"))]
        if self.place.port is not None:
            words += ["-P", str(self.place.port)]
        host = f"[{self.place.host}]" if ":" in self.place.host else self.place.host
        return [*words, f"{self.place.user}@{host}"]


def _quote(path: str) -> str:
    escaped = "".join(f"\\{sign}" if sign in '\\"*?[]' else sign for sign in path)
    return f'"{escaped}"'


def _describe(place: str, complained: str) -> str:
    lines = [line for line in map(str.strip, complained.splitlines()) if line and line != "Connection closed"]
    hint = next((words for said, words in HINTS.items() if said in complained), "")
    last = lines[-1][:200].rstrip(".") if lines else "the connection was closed"
    return f"{place}: {hint} ({last})." if hint else f"{place}: {last}."
