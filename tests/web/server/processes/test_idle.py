"""A server that nobody visits: few connections, and no library in memory that few requests need."""

import asyncio
import ctypes
import gc
import os
import platform
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from models.lazy import OURS
from models.store import database, limit_sums
from models.store.background import jobs
from models.store.database import Pool, connection, fetch_value
from tests.eventually import eventually
from tests.servers import RunningServer, running_server
from web.api.streaming import hub
from web.commands import imports
from web.server.processes import memory
from web.server.worker import loops

IDLE, WORKING = 3, 6
"""Connections of one process: as few as that when nobody comes, and no more than the pool and the link when many do."""

RARELY_NEEDED = {
    *("webauthn", "OpenSSL", "icalendar", "segno", "pyld", "PIL", "av", "rich", "babel.messages.pofile"),
    *("prometheus_client", "nh3", "linkify_it", "http_sf", "pyotp", "aiosmtplib", "dns", "xml", "tarfile", "difflib"),
    *("pgqueuer", "pydantic", "anyio", "croniter", "dateutil", "markdown_it", "argon2"),  # for a first job or form
    *("jinja2", "babel", "cryptography", "web.rendering.environments"),  # for a first page, mail or signature
    *("web.personal_export.html_pages", "web.personal_export.activitystreams"),
    *("inbox.processing.process", "inbox.processing.dispatch", "outbox.traffic.deliver", "inbox.traffic.backfill"),
    *("web.server.worker.handlers", "web.pages.access.login", "web.pages.instance.home", "web.api.entities.statuses"),
    *("web.activitypub.authorized_fetch", "web.api.mastodon.posts.statuses", "outbox.exchanges.agreements.endings"),
}
"""An instance that nobody visits and to which nobody writes does without."""

START = """
import sys
from web import cli
sys.modules.update(dict.fromkeys(cli.UNWANTED))
cli.declic.get_command(None, "serve")
from web.commands import runner, server
runner.logging.configure_logging, runner.work_signals.notify_work, runner.bootstrap.open_ready_instance
server.serving.serve
from aiohttp import connector
from web.rendering.i18n import find_catalogue
from web.rendering.templating import load_templates
templates = load_templates(("fr", "en"))
status = open("/proc/self/status").read()
authorities = sum(len(context.get_ca_certs()) for context in (
    connector._SSL_CONTEXT_VERIFIED, connector._SSL_CONTEXT_UNVERIFIED))
kept = find_catalogue.cache_info().currsize
read = [name for name, one in list(sys.modules.items()) if one is not None and type(one).__name__ != "_LazyModule"]
print(status.split("RssAnon:")[1].split()[0], authorities, kept, *read)
"""


async def count(pool: Pool, server: RunningServer) -> int:
    """Connections to the database of the server, without the one that asks."""
    async with connection(pool) as conn:
        found: int = await fetch_value(
            conn,
            "SELECT count(*) - $1::int FROM pg_stat_activity WHERE datname = current_database()"
            " AND backend_type = 'client backend'",
            pool.get_size(),
        )
    return found


async def test_an_idle_process_keeps_three_connections_and_a_busy_one_its_pool(
    pool: Pool, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "IDLE_SECONDS", 0.2)
    async with running_server("lomme", database_url, tmp_path) as server:

        async def is_idle() -> bool:
            return await count(pool, server) <= IDLE

        await eventually(is_idle)
        together = asyncio.Barrier(5)

        async def work() -> None:
            async with connection(server.instance.pool):
                await together.wait()
                await together.wait()

        async with asyncio.TaskGroup() as crowd:
            for _ in range(4):
                crowd.create_task(work())
            await together.wait()
            assert IDLE < await count(pool, server) <= WORKING
            await together.wait()
        await eventually(is_idle)


async def test_a_process_that_rests_wakes_once_for_all_that_looks_again(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module, name in (
        *((loops, "POLL_SECONDS"), (loops, "BEAT_SECONDS"), (jobs, "POLL_SECONDS")),
        *((limit_sums, "PAUSE_SECONDS"), (hub, "POLL_SECONDS")),
    ):
        monkeypatch.setattr(module, name, 0.5)
    wakes: list[float] = []
    selector = asyncio.get_running_loop()._selector  # type: ignore[attr-defined] # what the loop of asyncio sleeps in
    select = selector.select

    def count_rests(timeout: float | None = None) -> Any:
        begun = time.monotonic()
        found = select(timeout)
        if time.monotonic() - begun > 0.1:
            wakes.append(time.monotonic())
        return found

    async with running_server("lomme", database_url, tmp_path):
        await asyncio.sleep(1)  # the chores of a first minute
        monkeypatch.setattr(selector, "select", count_rests)
        await asyncio.sleep(2)

    assert 2 <= len(wakes) <= 7, "four beats, a stop, and a chore that ends"


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from Linux")
async def test_a_start_reads_no_library_that_few_requests_need() -> None:
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", START, stdout=asyncio.subprocess.PIPE)
    out, _ = await process.communicate()

    kilobytes, authorities, catalogues, *modules = out.decode().split()
    assert RARELY_NEEDED & set(modules) == set()
    assert (authorities, catalogues) == ("0", "1")
    assert (
        len([one for one in modules if one.partition(".")[0] in OURS]) < 545
    )  # 532: tables, records and what every request passes
    assert int(kilobytes) < 47_000  # 45,700 with Python 3.11


def test_authorities_are_out_of_reach_while_a_command_is_read_and_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    for before in ("/etc/ssl/ours.pem", None):
        monkeypatch.delenv(imports.AUTHORITIES, raising=False)
        if before is not None:
            monkeypatch.setenv(imports.AUTHORITIES, before)

        with imports.without_authorities():
            assert os.environ[imports.AUTHORITIES] == os.devnull
        assert os.environ.get(imports.AUTHORITIES) == before


def test_what_is_read_for_good_is_left_out_of_every_search_for_garbage() -> None:
    before = gc.get_freeze_count()

    with imports.for_good():
        kept: list[list[int]] = [[] for _ in range(1000)]
        assert not gc.isenabled()

    assert gc.isenabled()
    assert gc.get_freeze_count() >= before + len(kept)


async def test_what_was_freed_is_given_back_after_the_start_and_again(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: asyncio.Queue[int] = asyncio.Queue()
    monkeypatch.setattr(memory, "FIRST_SECONDS", 0)
    monkeypatch.setattr(memory, "EACH_SECONDS", 0)
    monkeypatch.setattr(memory, "find_malloc_trim", lambda: asked.put_nowait)

    giving = asyncio.create_task(memory.trim_regularly())
    async with asyncio.timeout(5):
        assert [await asked.get(), await asked.get()] == [0, 0]
    giving.cancel()


async def test_garbage_is_looked_for_seldom_but_at_every_beat_and_now_and_then_among_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before, looks = gc.get_threshold(), asyncio.Queue[int]()
    monkeypatch.setattr(memory, "until_beat", lambda _: 0)
    monkeypatch.setattr(memory, "WHOLE_SECONDS", memory.LOOK_SECONDS * 3)
    monkeypatch.setattr(gc, "collect", looks.put_nowait)

    looking = asyncio.create_task(memory.collect_regularly())
    try:
        async with asyncio.timeout(5):
            assert [await looks.get() for _ in range(7)] == [1, 1, 2, 1, 1, 2, 1]
        assert gc.get_threshold() == memory.SELDOM == (5_000, 10, 10)
    finally:
        looking.cancel()
        gc.set_threshold(*before)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc keeps what was freed")
def test_the_c_library_is_asked_by_its_own_function() -> None:
    trim = memory.find_malloc_trim()

    assert trim(0) in (0, 1)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc can be told")
def test_the_c_library_takes_what_it_is_told_to_give_back(monkeypatch: pytest.MonkeyPatch) -> None:
    library = ctypes.CDLL(None)
    taken: list[int] = []
    monkeypatch.setattr(
        ctypes, "CDLL", lambda _: SimpleNamespace(mallopt=lambda *said: taken.append(library.mallopt(*said)))
    )

    memory.set_malloc()

    assert taken == [1] * len(memory.SETTINGS)


def test_another_c_library_is_told_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes, "CDLL", lambda _: object())

    memory.set_malloc()
