"""Fixtures for all tests: a real PostgreSQL, migrated once, copied for each test that commits."""

import asyncio
import gc
import itertools
import os
import secrets
import signal
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import AsyncIterator, Generator, Iterator
from contextlib import nullcontext
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch
from urllib.parse import parse_qs, urlsplit

import asyncpg
import pytest
import structlog
from cryptography.hazmat.primitives.asymmetric import rsa

from models.places.communes import load_communes
from models.searches.language.everyday_words import load_everyday_words
from models.store import database, patient_pool
from models.store.database import Connection, Pool, open_pool, prepare_connection
from models.store.migrate import migrate
from models.store.postgres import embedded
from tests.attacks.judge import FIGURES, take_figures
from tests.databases import copied_database, copy_database, with_database
from tests.held_connections import one_connection_each
from tests.long_forms import leave_out
from tests.warm_databases import WarmDatabases

if TYPE_CHECKING:
    from tests.web.warm_commands import WarmCommands

structlog.configure(  # as the server does: a traceback shows lines, never what stood in the variables
    processors=[
        *structlog.get_config()["processors"][:-1],
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback),
    ]
)

_configure = structlog.configure


def _configure_for_now(**options: Any) -> None:
    """A logger that kept what one test configures would say nothing to all later ones."""
    _configure(**{**options, "cache_logger_on_first_use": False})


patch.object(structlog, "configure", _configure_for_now).start()

# Some machines keep no bytecode. Each `declic` that a test starts would then compile hundreds of modules anew.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

BEGUN_FIRST = (
    "drills/test_kills.py",
    "web/server/processes/test_serve.py",
    "web/test_accessibility_of_forms.py",
    "web/test_private_at_every_address.py",
    "models/store/postgres/test_postgres.py",
    "web/commands/demo/test_demo.py",
    "stories/test_foreign_peers.py",
    "stories/test_client_walks.py",
    "web/test_from_listing_to_thread.py",
    "stories/test_streams.py",
    "web/security/test_passkeys.py",
    "drills/test_database.py",
    "models/timelines/test_timelines_plan.py",
    "web/commands/test_backups.py",
    "outbox/exchanges/agreements/test_interleavings.py",
)
"""Few tests that take long: begun last, one process would still work on them when the others are done."""

FEW_COLLECTIONS = (20_000, 10, 10)
"""Objects, and collections of the younger ones, until the next look for garbage: a page makes some ten thousand."""

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "gw0")

_read_forwards = pytest.Dir.collect

ROOM = 2 * 1024**3
"""Bytes that must be free in memory: each process of a run uses some hundred millions."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Order the files: those that take long, then by the number of their tests; within a file nothing moves. Without
    those that only a long form runs.
    """
    leave_out(config, items)
    here = Path(__file__).parent
    sizes = Counter(item.path for item in items)
    first = {here / name: place for place, name in enumerate(BEGUN_FIRST)}
    items.sort(key=lambda item: (first.get(item.path, len(first)), -sizes[item.path], str(item.path)))


def read_elsewhere(folder: pytest.Dir) -> list[pytest.Item | pytest.Collector]:
    """What is in a folder, the last first or from the middle on: in a fresh clone each of several processes would else
    compile every file of tests, half a minute of work. So each begins elsewhere, and finds compiled what others read.
    """
    found = [*_read_forwards(folder)]
    return found[::-1] if WORKER == "gw1" else found[len(found) // 2 :] + found[: len(found) // 2]


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Look for garbage in what all tests are made of, a million objects, neither while they are read nor later: that
    would stop a server that is being tested for more than a second, in the middle of an answer. What a test leaves
    behind waits a little longer for that.
    """
    gc.disable()
    try:
        with nullcontext() if WORKER == "gw0" else patch.object(pytest.Dir, "collect", read_elsewhere):
            return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.set_threshold(*FEW_COLLECTIONS)
        gc.enable()


@pytest.hookimpl(tryfirst=True)
def pytest_configure() -> None:
    """Put the folders of tests in memory too: a small file on a disk costs a hundred times as much, and one test makes
    dozens.
    """
    memory = find_memory()
    if memory is not None:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(memory))


@pytest.fixture(scope="session")
async def postgres_url() -> AsyncIterator[str]:
    """A PostgreSQL server: the one named by DECLIC_TEST_DATABASE_URL, else the embedded one, for this run alone."""
    url = os.environ.get("DECLIC_TEST_DATABASE_URL")
    if url is not None:
        yield url
        return
    with tempfile.TemporaryDirectory(prefix="declic-tests-", dir=find_memory()) as folder:
        Path(folder).chmod(0o711)
        async with embedded(Path(folder) / "data") as own:
            url = own.replace("/declic?", "/postgres?", 1)
            await forget_about_disks(url)
            open_to_all_accounts(Path(parse_qs(urlsplit(own).query)["host"][0]))
            yield url


def open_to_all_accounts(sockets: Path) -> None:
    """Commands that run as root become another account, which reaches this server too, as it would a system's own."""
    sockets.chmod(0o711)
    for path in sockets.glob(".s.PGSQL.*"):
        path.chmod(0o777)


def find_memory() -> Path | None:
    """A folder in memory with room for a run: there a database is copied thirty times as fast as on a disk."""
    memory = Path("/dev/shm")
    if not memory.is_mount() or not os.access(memory, os.W_OK):
        return None
    found = os.statvfs(memory)
    programs_run = not found.f_flag & os.ST_NOEXEC  # as root, PostgreSQL's may have to be copied there
    return memory if programs_run and found.f_bavail * found.f_frsize >= ROOM else None


async def forget_about_disks(url: str) -> None:
    """What is made for one run need not survive a power cut; databases are then copied five times as fast."""
    conn = await asyncpg.connect(url)
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        await conn.execute(f"ALTER SYSTEM SET {setting} = off")
    await conn.execute("ALTER SYSTEM SET max_wal_size = '256MB'")  # where the folder lies in memory, it costs memory
    await conn.execute("SELECT pg_reload_conf()")
    await conn.close()


@pytest.fixture(scope="session", autouse=True)
def few_keys() -> Iterator[None]:
    """Making an RSA key takes as long as a hundred queries: thirty-two are made, and given out in turn."""
    made: list[rsa.RSAPrivateKey] = []
    generate, turn, taking_turns = rsa.generate_private_key, itertools.cycle(range(32)), threading.Lock()

    def generate_few(public_exponent: int, key_size: int, backend: object = None) -> rsa.RSAPrivateKey:
        if key_size != 2048:
            return generate(public_exponent, key_size, backend)
        with taking_turns:  # keys are made in threads
            number = next(turn)
            if number == len(made):
                made.append(generate(public_exponent, key_size, backend))
            return made[number]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rsa, "generate_private_key", generate_few)
        yield


@pytest.fixture(scope="session", autouse=True)
def files_may_be_lost() -> Iterator[None]:
    """What this process writes need not survive a power cut either: waiting for the disk takes most of a village."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", os.fstat)  # a file that is closed is a mistake as before
        yield


@pytest.fixture(scope="session", autouse=True)
def many_statements() -> Iterator[None]:
    """All tests together prepare many more statements than one server in an hour: none is forgotten meanwhile."""
    with pytest.MonkeyPatch.context() as patch:
        kept = partial(patient_pool.create_pool, statement_cache_size=1000, max_cached_statement_lifetime=0)
        patch.setattr(database, "create_pool", kept)
        yield


@pytest.fixture(scope="session", autouse=True)
def no_second_connections() -> Iterator[None]:
    """Whoever holds a connection and asks for another one fails, however many the pool of a test has."""
    with one_connection_each():
        yield


@pytest.fixture(scope="session", autouse=True)
def plans_made_once() -> Iterator[None]:
    """PostgreSQL would plan each statement anew for the values of its first five calls, which takes longer than all
    else that it does for a few rows. Tests of plans say themselves which way statements are planned.
    """
    with pytest.MonkeyPatch.context() as patch:
        once = database.SESSION.replace("plan_cache_mode = auto", "plan_cache_mode = force_generic_plan")
        assert once != database.SESSION
        patch.setattr(database, "SESSION", once)
        yield


@pytest.fixture(scope="session", autouse=True)
def interrupts_as_they_are() -> Iterator[None]:
    """Around each test and each fixture asyncio would put a handler of its own for Ctrl-C, which Python compares by
    describing it, with all that the test holds. It leaves ours alone, which ends the run as well.
    """
    before = signal.signal(signal.SIGINT, lambda number, frame: signal.default_int_handler(number, frame))
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="session")
async def template(postgres_url: str) -> AsyncIterator[str]:
    """The name of a migrated database that tests copy."""
    name = f"declic_test_{secrets.token_hex(4)}"
    admin = await asyncpg.connect(postgres_url)
    await admin.execute(f"CREATE DATABASE {name}")
    url = with_database(postgres_url, name)
    await migrate(url)
    yield name
    await admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    await admin.close()


@pytest.fixture(scope="session")
async def furnished(postgres_url: str, template: str) -> AsyncIterator[str]:
    """The name of a migrated database with the lists of communes and of words, that whole servers copy."""
    name = f"{template}_furnished"
    admin = await asyncpg.connect(postgres_url)
    await copy_database(admin, template, name)
    conn = await asyncpg.connect(with_database(postgres_url, name))
    await prepare_connection(conn)
    async with conn.transaction():
        await load_communes(conn)
        await load_everyday_words(conn)
    await conn.close()
    yield name
    await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.close()


@pytest.fixture(scope="session")
async def shared_database(postgres_url: str, template: str) -> AsyncIterator[asyncpg.Connection]:
    """One connection for all tests that roll back."""
    async with copied_database(postgres_url, template) as url:
        conn = await asyncpg.connect(url)
        await prepare_connection(conn)
        yield conn
        await conn.close()


@pytest.fixture
async def conn(shared_database: asyncpg.Connection) -> AsyncIterator[Connection]:
    """A connection in a transaction that is rolled back after the test."""
    transaction = shared_database.transaction()
    await transaction.start()
    yield shared_database
    await transaction.rollback()


@pytest.fixture(scope="session")
async def second_database(postgres_url: str, template: str) -> AsyncIterator[asyncpg.Connection]:
    """One connection to the database of another server, for all tests that roll back."""
    async with copied_database(postgres_url, template) as url:
        conn = await asyncpg.connect(url)
        await prepare_connection(conn)
        yield conn
        await conn.close()


@pytest.fixture
async def second_conn(second_database: asyncpg.Connection) -> AsyncIterator[Connection]:
    """A connection of another server, in a transaction that is rolled back after the test."""
    transaction = second_database.transaction()
    await transaction.start()
    yield second_database
    await transaction.rollback()


@pytest.fixture(scope="session")
async def warm_databases(postgres_url: str, template: str) -> AsyncIterator[WarmDatabases]:
    """The database that most tests use one after another: `tests.warm_databases` has the fixtures that lend it."""
    warm_databases = WarmDatabases(server=postgres_url, template=template)
    yield warm_databases
    await warm_databases.close()


@pytest.fixture(scope="session")
async def commands() -> AsyncIterator["WarmCommands"]:
    """`declic` without the second that each start takes."""
    async with import_module("tests.web.warm_commands").open_commands() as commands:  # most runs need none
        yield commands


@pytest.fixture
async def database_url(postgres_url: str, template: str) -> AsyncIterator[str]:
    """A fresh migrated database of its own."""
    async with copied_database(postgres_url, template) as url:
        yield url


@pytest.fixture
async def furnished_url(postgres_url: str, furnished: str) -> AsyncIterator[str]:
    """A fresh database of its own for a whole server."""
    async with copied_database(postgres_url, furnished) as url:
        yield url


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[Pool]:
    """A pool on a fresh migrated database."""
    pool = await open_pool(database_url, size=10)
    yield pool
    await asyncio.wait_for(pool.close(), 10)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """One of several processes of this run is done."""
    measured = getattr(node, "workeroutput", {}).get("attacks")
    if measured is not None:
        take_figures(measured)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what the attacks cost."""
    if FIGURES.blocks or FIGURES.fuzzed:
        terminalreporter.section("attacks")
        terminalreporter.write_line(FIGURES.describe())
        for line in FIGURES.fuzzed:
            terminalreporter.write_line(line)
