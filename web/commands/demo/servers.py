"""The demo from curtain to curtain: two servers started, their houses furnished, `ready`, and all of it ended."""

import asyncio
import shutil
import socket
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import click
import orjson

from federation.instance import Instance
from models.errors import DeclicError
from models.settings import Settings
from models.store.background import heartbeats
from models.store.background.supervised_tasks import Background
from models.store.database import connection
from models.store.postgres import stop_unused
from web.commands.demo.cooperatives import COOPERATIVES, PASSWORD, DemoCooperative
from web.commands.demo.seed import list_keys, seed_cooperatives
from web.server.bootstrap import open_ready_instance
from web.server.processes.pool import STOP_SECONDS, keep_running, start_server
from web.server.processes.serve import open_listener, stop_on_signals

START_SECONDS = 60.0


class DemoFailed(DeclicError):
    """The demo could not start."""


async def run_demo(settings: Settings, *, keep: bool) -> None:
    """Run the demo until SIGINT or SIGTERM, in `DECLIC_DATA/demo/`; with `keep`, go on where the last one ended."""
    stopping = stop_on_signals()
    stages = [make_settings(settings, house) for house in COOPERATIVES]
    listeners = [await open_listener(stage) for stage in stages]
    click.echo("Two cooperatives are founded and furnished on this machine: half a minute, or two where it is busy.")
    for stage in stages:
        await _clear(stage.data, keep=keep)
    ready = asyncio.Event()
    async with AsyncExitStack() as stack:
        for stage, listener in zip(stages, listeners, strict=True):
            await stack.enter_async_context(_running(stage, listener, stopping, ready))
        script = settings.data / "demo.json"
        await _prepare(stages, script, stopping)
        if not stopping.is_set():
            ready.set()
            _announce(script)
        await stopping.wait()
    for stage, listener in zip(stages, listeners, strict=True):
        listener.close()
        await stop_unused(stage.data)  # of a server that was killed, its database may be left


def make_settings(settings: Settings, house: DemoCooperative) -> Settings:
    """How the server of a house runs: its own folder, database, origin and keys; nothing of the environment's."""
    return Settings(
        url=house.url,
        listen=f"127.0.0.1:{house.port}",
        data=settings.data / "demo" / house.folder,
        test_federation=True,
        log_level="warning" if settings.log_level == "info" else settings.log_level,
    )


async def _clear(data: Path, *, keep: bool) -> None:
    await stop_unused(data)
    if not keep:
        await asyncio.to_thread(shutil.rmtree, data, ignore_errors=True)


@asynccontextmanager
async def _running(
    stage: Settings, listener: socket.socket, stopping: asyncio.Event, ready: asyncio.Event
) -> AsyncIterator[None]:
    """`declic serve` as a process of its own, as on a real server; killed, it is started again and goes on."""
    failures: list[int | None] = []

    def note_death(process: Process) -> None:
        if ready.is_set():
            click.echo(f"The server at {stage.url} ended (status {process.returncode}); it starts again.", err=True)
            return
        failures.append(process.returncode)
        stopping.set()

    start = partial(start_server, listener.fileno(), env=stage.to_env())
    keeping = Background(None, stopping)
    keeping.start(stage.url, partial(keep_running, start, stopping, note_death))
    try:
        yield
    finally:
        stopping.set()
        await keeping.finish(STOP_SECONDS + 1)
    if failures:
        raise DemoFailed(f"The server at {stage.url} could not start (status {failures[0]}).")


async def _prepare(stages: list[Settings], script: Path, stopping: asyncio.Event) -> None:
    """Furnish the houses, or find them furnished, and write down what scripts need."""
    async with AsyncExitStack() as stack:
        instances = [await stack.enter_async_context(open_ready_instance(stage)) for stage in stages]
        async with asyncio.timeout(START_SECONDS):
            for instance in instances:
                await _wait_for_worker(instance, stopping)
        if stopping.is_set():
            return
        await seed_cooperatives(instances)
        keys = _read_keys(script)
        found = [
            {
                "name": house.title,
                "url": house.url,
                "data": str(instance.settings.data),
                "accounts": await list_keys(instance, house, keys),
            }
            for house, instance in zip(COOPERATIVES, instances, strict=True)
        ]
    await asyncio.to_thread(_write_private, script, orjson.dumps(found, option=orjson.OPT_INDENT_2))


async def _wait_for_worker(instance: Instance, stopping: asyncio.Event) -> None:
    while not stopping.is_set():
        async with connection(instance.pool) as conn:
            if await heartbeats.is_beating(conn):
                return
        await asyncio.sleep(0.1)


def _read_keys(script: Path) -> dict[tuple[str, str], str]:
    """The tokens of last time, by origin and username: they are kept nowhere else."""
    try:
        houses: list[dict[str, Any]] = orjson.loads(script.read_bytes())
        return {
            (house["url"], account["username"]): account["token"] for house in houses for account in house["accounts"]
        }
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _write_private(path: Path, data: bytes) -> None:
    unfinished = path.with_suffix(".new")
    unfinished.touch(mode=0o600)
    unfinished.write_bytes(data + b"\n")
    unfinished.replace(path)


def _announce(script: Path) -> None:
    for house in COOPERATIVES:
        people = ", ".join(part.username + (" (admin)" if "admin" in part.roles else "") for part in house.parts)
        click.echo(f"{house.title:<14} {house.url}   {people}")
    click.echo(f"Everybody's password is {PASSWORD}. Tokens for apps: {script}")
    click.echo("Ctrl-C ends the demo.")
    click.echo("ready")
