"""A process that has everything imported but our own modules, and a fork of it for each mutant."""

import asyncio
import importlib
import json
import os
import resource
import select
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import pytest

from tests.mutations import databases, loading
from tests.mutations.drawing import LAYERS
from tests.mutations.plugin import Watcher
from tests.mutations.values import Mutant

STALL = 90.0
"""Seconds without a test done after which a mutant is held to have hung; a busy machine is slow too."""

MEMORY = 6 * 1024**3
"""Bytes of address space for a run: a loop that never ends may also ask for memory that never ends."""

KEYS = 32
"""RSA keys made once (tests/conftest.py hands out as many)."""

SOUND = ("tests/models/places/test_geometry.py", "tests/models/people/test_accounts.py")
"""Tests that must pass before any failure says something of a mutant."""

ARGUMENTS = ("-q", "-x", "--no-header", "--no-summary", "-p", "no:cacheprovider", "-p", "no:xdist")


@dataclass(slots=True, kw_only=True)
class Run:
    """What became of one run of tests."""

    failed: list[str] = field(default_factory=list)
    done: int = 0
    loaded: bool = False
    hung: bool = False
    seconds: float = 0.0


def in_fork(work: Callable[[int], None]) -> tuple[int, int]:
    """Start this work in a process of its own; the number of the process, and where it writes."""
    reading, writing = os.pipe()
    process = os.fork()
    if process:
        os.close(writing)
        return process, reading
    status = 1
    try:
        os.setpgid(0, 0)
        os.close(reading)
        work(writing)
        status = 0
    finally:
        os._exit(status)


def preload() -> None:
    """Import what our modules and their tests import, without them: a fork of us finds out what that is."""

    def find(told: int) -> None:
        importlib.import_module("web.cli")
        for name in (
            "web.server.processes.serve",
            "web.server.worker.loops",
            "tests.conftest",
            "tests.fediverse",
            "tests.factories",
            "hypothesis",
        ):
            importlib.import_module(name)
        names = [name for name in list(sys.modules) if name.partition(".")[0] not in (*LAYERS, "tests", "__main__")]
        os.write(told, json.dumps(names).encode() + b"\n")

    process, pipe = in_fork(find)
    with os.fdopen(pipe) as lines:
        names = json.loads(lines.readline())
    os.waitpid(process, 0)
    for name in names:
        with suppress(Exception):
            importlib.import_module(name)


def prepare_keys() -> None:
    """Make RSA keys once: what comes after asks for new ones, and gets these in turn."""
    rsa = importlib.import_module("cryptography.hazmat.primitives.asymmetric.rsa")
    generate = rsa.generate_private_key
    made = [generate(65537, 2048) for _ in range(KEYS)]

    def take(public_exponent: int, key_size: int, backend: object = None) -> object:
        if key_size != 2048 or not made:
            return generate(public_exponent, key_size, backend)
        return made.pop()  # of this fork alone

    vars(rsa)["generate_private_key"] = take


class Databases:
    """The databases that runs share, as long as this is open."""

    def __enter__(self) -> "Databases":
        waiting, self._done = os.pipe()

        def keep(told: int) -> None:
            os.close(self._done)
            asyncio.run(databases.keep(told, waiting))

        self._process, pipe = in_fork(keep)
        os.close(waiting)
        with os.fdopen(pipe) as lines:
            self.names: dict[str, str] = json.loads(lines.readline())
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._done)
        os.waitpid(self._process, 0)

    def clean(self) -> None:
        """Drop what a killed run has left."""
        process, pipe = in_fork(lambda _: asyncio.run(databases.drop_leftovers(self.names)))
        os.close(pipe)
        os.waitpid(process, 0)


@contextmanager
def prepared() -> Iterator[Databases]:
    """All that runs share: the modules of others, keys, databases."""
    preload()
    prepare_keys()
    with Databases() as made:
        plain = run_tests(made.names, [*SOUND], None)
        if plain.failed or not plain.done:
            raise SystemExit(f"The tests do not pass here without any mutant: {plain.failed}")
        yield made


def run_tests(names: dict[str, str], tests: list[str], mutant: Mutant | None, *, options: tuple[str, ...] = ()) -> Run:
    """Run these tests in a fork, with this mutant in place of its module, until one fails."""

    def work(told: int) -> None:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        nothing = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nothing, stream)
        os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = tempfile.gettempdir() + "/declic-mutations-hypothesis"
        os.environ["DECLIC_TEST_DATABASE_URL"] = names["postgres_url"]
        files = [test.partition("::")[0] for test in tests]
        watcher = Watcher(files, names, told)
        finder = None if mutant is None else loading.install(mutant.module, mutant.change)
        status = pytest.main([*ARGUMENTS, *options, *tests], plugins=[watcher])
        watcher.say(loaded=finder is not None and finder.was_loaded, status=int(status))

    started = time.monotonic()
    process, pipe = in_fork(work)
    run = Run()
    _listen(pipe, run)
    if run.hung:
        os.killpg(process, signal.SIGKILL)
    os.close(pipe)
    os.waitpid(process, 0)
    run.seconds = time.monotonic() - started
    return run


def _listen(pipe: int, run: Run) -> None:
    """Take in what a run says, until it ends or has said nothing for too long."""
    rest = b""
    while True:
        ready, _, _ = select.select([pipe], [], [], STALL)
        if not ready:
            run.hung = True
            return
        piece = os.read(pipe, 65536)
        if not piece:
            return
        *lines, rest = (rest + piece).split(b"\n")
        for line in lines:
            _take(json.loads(line), run)


def _take(said: dict[str, object], run: Run) -> None:
    if "test" in said:
        run.done += 1
        if said["failed"]:
            run.failed.append(str(said["test"]))
    else:
        run.loaded = bool(said["loaded"])
        if said["status"] not in (0, 1, 5) and not run.failed:
            run.failed.append(f"pytest ended with {said['status']}")
