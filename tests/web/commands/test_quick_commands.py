"""`declic --help` and mistakes are answered without what commands need to do their work."""

import asyncio
import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from models.lazy import OURS, holds_nothing
from web.cli import COMMANDS

ROOT = Path(__file__).parents[3]

HEAVY = frozenset(
    ("aiohttp", "PIL", "av", "pyld", "jinja2", "cryptography", "nh3", "icalendar", "babel", "argon2", "webauthn")
)
"""Libraries that take long to import; that no text of help needs them does not depend on how fast a machine is."""

RUN = """
import json, os, sys
from web.cli import COMMANDS, main
def is_room(module):  # a folder's own module, with one sentence in it
    return hasattr(module, "__path__") and os.path.getsize(module.__file__) < 300
sys.argv = ["declic", *json.loads(sys.argv[1])]
try:
    main()
finally:
    read = sorted(
        name for name, one in list(sys.modules.items()) if type(one).__name__ != "_LazyModule" and not is_room(one)
    )
    print(json.dumps(read), file=sys.stderr)
"""


async def run(*arguments: str) -> tuple[int, str, list[str], set[str]]:
    """Status, stdout, stderr by lines, and the modules that were really read."""
    command = [sys.executable, "-c", RUN, json.dumps(arguments)]
    process = await asyncio.create_subprocess_exec(
        *command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT, env={"PATH": os.defpath}
    )
    out, err = await process.communicate()
    *said, read = err.decode().splitlines()
    assert process.returncode is not None
    return process.returncode, out.decode(), said, set(json.loads(read))


@pytest.mark.parametrize("arguments", [("--help",), ("backup", "--help"), ("peer", "catch-up", "--help")])
async def test_help_reads_nothing_that_takes_long(arguments: tuple[str, ...]) -> None:
    status, out, said, read = await run(*arguments)

    assert (status, said) == (0, [])
    assert out.startswith("Usage: declic")
    assert HEAVY & read == set()
    ours = {name for name in read if name.startswith(("federation.", "outbox.", "inbox."))}
    assert {name for name in ours if not is_empty_package(name)} <= QUICK
    if arguments == ("--help",):
        assert [name for name in COMMANDS if f"\n  {name} " not in out] == []


def is_empty_package(name: str) -> bool:
    spec = find_spec(name)
    return spec is not None and holds_nothing(spec)


QUICK = frozenset(("federation.discovery.hosts", "federation.uris"))
"""What reads the name of a server, before anything is done."""


@pytest.mark.parametrize(
    "arguments",
    [("nonsense",), ("account", "nonsense"), ("follow", "@offres@henin.test"), ("migrate", "--to-postgres", "9")],
)
async def test_a_command_that_is_called_wrongly_is_told_so_at_once(arguments: tuple[str, ...]) -> None:
    status, out, said, read = await run(*arguments)

    assert (status, out, len(said)) == (2, "", 1)
    assert HEAVY & read == set()


def test_what_a_command_imports_is_read_when_it_is_used_and_inside_of_what_was_asked_for() -> None:
    code = """
import sys
from contextlib import contextmanager
from models.lazy import lazily, read_delayed
seen = []
@contextmanager
def around():
    seen.append("in")
    yield
    seen.append("out")
import federation.discovery, web.rendering  # rooms hold nothing
with lazily(around):
    from federation.discovery import host_meta
    from models import ids as numbers
    from web.rendering import date_ranges
assert type(host_meta).__name__ == "_LazyModule" and seen == []
host_meta.XRD_TYPE
assert seen == ["in", "out"] and type(host_meta).__name__ == "module"
assert type(host_meta.__loader__).__name__ == "SourceFileLoader" == type(host_meta.__spec__.loader).__name__
assert type(numbers).__name__ == "_LazyModule"
from models.ids import __doc__ as words
assert words and seen == ["in", "out"] * 2 and type(numbers).__name__ == "module"
assert type(date_ranges).__name__ == "_LazyModule"
read_delayed()
assert type(date_ranges).__name__ == "module"
assert all(type(finder).__name__ != "_LazyFinder" for finder in sys.meta_path)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False)

    assert (done.returncode, done.stderr) == (0, "")


def test_a_module_that_could_not_be_read_is_read_by_whoever_uses_it_next() -> None:
    code = """
import sys
import federation.discovery
from models import lazy
from models.errors import Unavailable
from models.lazy import lazily
with lazily():
    from federation.discovery import host_meta
sys.modules["federation.uris"] = None  # memory ran out, or a file was away for a moment
for _ in range(2):
    try:
        host_meta.XRD_TYPE
    except ImportError:
        assert type(host_meta).__name__ == "_LazyModule"
    else:
        raise AssertionError("it was read")
del sys.modules["federation.uris"]
EDITION, lazy.EDITION = lazy.EDITION, None  # an upgrade put other files in their place
try:
    host_meta.XRD_TYPE
except Unavailable:
    assert type(host_meta).__name__ == "_LazyModule"
else:
    raise AssertionError("two versions in one process")
lazy.EDITION = EDITION
assert host_meta.XRD_TYPE and type(host_meta).__name__ == "module"
assert type(host_meta.__loader__).__name__ == "SourceFileLoader" == type(host_meta.__spec__.loader).__name__
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False)

    assert (done.returncode, done.stderr) == (0, "")


def test_a_table_reads_a_module_when_a_function_of_it_is_called() -> None:
    code = """
import asyncio, sys
import models.places, models.store.background
from models import lazy
from models.errors import Unavailable
from models.lazy import when_called
before = set(globals())
with when_called(globals()):
    from models.store.background import heartbeats as beats, stream_events
assert beats.end is beats.end and beats.end is not beats.is_beating
assert (beats.end.__module__, beats.end.__name__) == ("models.store.background.heartbeats", "end")
assert type(sys.modules["models.store.background.heartbeats"]).__name__ == "_LazyModule"
class Connection:
    async def fetchval(self, sql, *arguments):
        return 1
EDITION, lazy.EDITION = lazy.EDITION, None  # an upgrade put other files in their place
try:
    asyncio.run(beats.is_beating(Connection(), seconds=3))
except Unavailable:
    assert type(sys.modules["models.store.background.heartbeats"]).__name__ == "_LazyModule"
else:
    raise AssertionError("two versions in one process")
lazy.EDITION = EDITION
assert asyncio.run(beats.is_beating(Connection(), seconds=3)) is True
assert type(sys.modules["models.store.background.heartbeats"]).__name__ == "module"
assert type(sys.modules["models.store.background.stream_events"]).__name__ == "_LazyModule"
try:
    beats.ALIVE_SECONDS
except AttributeError as error:
    assert "is no function" in str(error)
else:
    raise AssertionError("a constant cannot be put off")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False)

    assert (done.returncode, done.stderr) == (0, "")


def test_the_folders_that_may_be_read_later_are_ours() -> None:
    assert {path.parent.name for path in ROOT.glob("*/__init__.py")} == OURS
