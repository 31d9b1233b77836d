"""`declic` in a process of its own, forked from one that has read all modules: reading them takes longer than to work.

What a command reads when, and how soon it answers, is tested by `commands/test_quick_commands.py`.
"""

import asyncio
import atexit
import gc
import itertools
import json
import os
import secrets
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

from federation.software import read_version
from models import ids
from models.lazy import LAZY, read_delayed
from web import cli
from web.rendering.i18n import find_catalogue

ROOT = Path(__file__).parents[2]

LONGEST = 2**24
"""Bytes of the longest answer, as JSON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WarmCommands:
    """Runs one command after another, and servers meanwhile."""

    process: asyncio.subprocess.Process
    numbers: Iterator[int] = field(default_factory=itertools.count)
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def run(self, env: dict[str, str], *arguments: str) -> tuple[int, str, str]:
        """A command of `declic`: its exit status, stdout and stderr."""
        status, out, err = await self._ask("run", env, arguments)
        return status, out, err

    async def start(
        self,
        env: dict[str, str],
        *arguments: str,
        log: Path | None = None,
        constants: dict[str, float] | None = None,
    ) -> "WarmServer":
        """A command that goes on; what it says goes to `log`, or to ours.

        It may have other values for some constants of its modules (`{"web.cli.X": 1}`).
        """
        [pid] = await self._ask("start", env, arguments, None if log is None else str(log), constants or {})
        return WarmServer(pid=pid, commands=self)

    async def find_status(self, pid: int) -> int | None:
        """The exit status of what was started; None while it runs."""
        [status] = await self._ask("end", pid)
        found: int | None = status
        return found

    async def _ask(self, *question: object) -> list[Any]:
        assert self.process.stdin is not None and self.process.stdout is not None
        async with self.turn:
            number = next(self.numbers)
            self.process.stdin.write(json.dumps([number, *question]).encode() + b"\n")
            while True:
                said: list[Any] = json.loads(await self.process.stdout.readline())
                if said.pop(0) == number:  # else it is of one for which its test waited no longer
                    return said


@dataclass(slots=True, kw_only=True)
class WarmServer:
    """What of `asyncio.subprocess.Process` tests of servers use."""

    pid: int
    commands: WarmCommands
    returncode: int | None = None

    def send_signal(self, signal: int) -> None:
        """Nobody has waited for it: the number is still its own, even when it has ended."""
        os.kill(self.pid, signal)

    async def wait(self) -> int:
        """Its exit status."""
        while self.returncode is None:
            await asyncio.sleep(0.01)
            self.returncode = await self.commands.find_status(self.pid)
        return self.returncode


@asynccontextmanager
async def open_commands() -> AsyncIterator[WarmCommands]:
    """The process that forks; it ends with the block."""
    pipe = asyncio.subprocess.PIPE
    command = (sys.executable, "-m", __name__)
    process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, cwd=ROOT, limit=LONGEST)
    yield WarmCommands(process=process)
    assert process.stdin is not None
    process.stdin.close()
    await process.wait()


def main() -> None:
    """Do what each line of stdin asks for; one line of stdout says what came of it."""
    read_all_modules()
    with os.fdopen(os.dup(0)) as asked, os.fdopen(os.dup(1), "w") as answers:
        for line in asked:
            number, what, *more = json.loads(line)
            if what == "end":
                said: list[object] = [find_end(more[0])]
            else:
                out, err = os.memfd_create("out"), open_log(what, more)
                child = os.fork()
                if child == 0:
                    break
                said = [child] if what == "start" else wait_for(child, out, err)
                os.close(out)
                os.close(err)
            print(json.dumps([number, *said]), file=answers, flush=True)
        else:
            return
    become(more[0], more[1], out, err)
    for name, value in more[3].items() if what == "start" else ():
        module, _, constant = name.rpartition(".")
        assert hasattr(sys.modules[module], constant)
        setattr(sys.modules[module], constant, value)
    try:
        cli.main()
    except SystemExit as ended:
        leave(ended.code)


def read_all_modules() -> None:
    """Those of all commands, and those that would be read when they are first used; and what those keep then."""
    for name in cli.COMMANDS.values():
        import_module(name)
    while any(type(module) is LAZY for module in list(sys.modules.values())):  # what is read now puts off more
        read_delayed()
    find_catalogue("en")
    read_version()
    gc.freeze()  # a child that ends would go through all of them


def open_log(what: str, more: list[Any]) -> int:
    """Where it writes what it has to say besides its result."""
    if what == "run":
        return os.memfd_create("err")
    return os.dup(2) if more[2] is None else os.open(more[2], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)


def wait_for(child: int, out: int, err: int) -> list[object]:
    """Its exit status, stdout and stderr."""
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return [status, *(os.pread(file, LONGEST, 0).decode() for file in (out, err))]


def find_end(child: int) -> int | None:
    """Its exit status; None while it runs."""
    ended, status = os.waitpid(child, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if ended else None


def leave(status: object) -> NoReturn:
    """End as a process does, but for taking apart all modules: they are shared with the one that forks, and each page
    of memory that is written to is copied first, which takes as long as some commands.
    """
    assert isinstance(status, int)  # `cli.main` says no more
    threading._shutdown()  # type: ignore[attr-defined]  # what Python itself does first: wait for threads
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def become(environment: dict[str, str], arguments: list[str], out: int, err: int) -> None:
    """What a process is that was started for this command."""
    ids._sequence = itertools.count(secrets.randbelow(1 << ids.SEQUENCE_BITS))
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["declic", *arguments]
    for file, number in ((os.open(os.devnull, os.O_RDONLY), 0), (out, 1), (err, 2)):
        os.dup2(file, number)


if __name__ == "__main__":
    main()
