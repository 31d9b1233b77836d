"""`declic` in a process of its own, forked from one that has read all modules: reading them takes longer than to work.

What a command reads when, and how soon it answers, is tested by `commands/test_quick_commands.py`.
"""

import asyncio
import gc
import itertools
import json
import os
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TextIO

from models.lazy import read_delayed
from web import cli

ROOT = Path(__file__).parents[2]

LONGEST = 2**24
"""Bytes of the longest answer, as JSON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WarmCommands:
    """Runs one command after another."""

    process: asyncio.subprocess.Process
    numbers: Iterator[int] = field(default_factory=itertools.count)

    async def run(self, env: dict[str, str], *arguments: str) -> tuple[int, str, str]:
        """A command of `declic`: its exit status, stdout and stderr."""
        assert self.process.stdin is not None and self.process.stdout is not None
        number = next(self.numbers)
        self.process.stdin.write(json.dumps([number, env, arguments]).encode() + b"\n")
        while True:
            answered, status, out, err = json.loads(await self.process.stdout.readline())
            if answered == number:  # else it is of one for which its test waited no longer
                return status, out, err


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
    """Fork for each line of stdin, an environment and arguments; one line of stdout says what came of it."""
    read_all_modules()
    with os.fdopen(os.dup(0)) as asked, os.fdopen(os.dup(1), "w") as answers:
        for line in asked:
            number, environment, arguments = json.loads(line)
            out, err = os.memfd_create("out"), os.memfd_create("err")
            child = os.fork()
            if child == 0:
                break
            answer(answers, number, child, (out, err))
        else:
            return
    become(environment, arguments, out, err)
    cli.main()


def read_all_modules() -> None:
    """Those of all commands, and those that would be read when they are first used."""
    for name in cli.COMMANDS.values():
        import_module(name)
    read_delayed()
    gc.freeze()  # a child that ends would go through all of them


def answer(answers: TextIO, number: int, child: int, files: tuple[int, int]) -> None:
    """Wait for the command and tell what it said."""
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    said = [os.pread(file, LONGEST, 0).decode() for file in files]
    print(json.dumps([number, status, *said]), file=answers, flush=True)
    for file in files:
        os.close(file)


def become(environment: dict[str, str], arguments: list[str], out: int, err: int) -> None:
    """What a process is that was started for this command."""
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["declic", *arguments]
    for file, number in ((os.open(os.devnull, os.O_RDONLY), 0), (out, 1), (err, 2)):
        os.dup2(file, number)


if __name__ == "__main__":
    main()
