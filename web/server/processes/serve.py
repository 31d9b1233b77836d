"""One running process: the database opened and migrated, the instance founded, pages served, work done, all drained."""

import asyncio
import logging
import os
import signal
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from functools import partial
from pathlib import Path

import structlog
from aiohttp import web

from federation.instance import Instance
from models.errors import DeclicError, Unavailable
from models.lazy import lazily
from models.settings import Settings
from models.store import services
from models.store.background.beats import set_apart
from models.store.background.supervised_tasks import Background
from models.store.database import transaction
from models.store.migrate import NotMigrated
from web.activitypub.inbox_shortcut import make_shortcut
from web.api.streaming.hub import HUB
from web.middlewares.connections import TIMEOUTS, Server, Timeouts
from web.middlewares.requests import IN_FLIGHT
from web.middlewares.work_signals import WorkSignal
from web.server.app import make_app
from web.server.bootstrap import open_ready_instance
from web.server.first_run import print_first_run_link, print_nothing, print_step
from web.server.logging import is_worth_a_line
from web.server.processes.memory import collect_regularly, set_malloc, trim_regularly
from web.server.processes.supervisor import ProcessPart, tell_ready
from web.server.shared_media import warn_without_pictures
from web.server.worker import clock_steps, health
from web.server.worker.loops import listen_for_work, run_worker

with lazily():  # with a library that only those need who read figures
    from web.server.metrics import listener

log = structlog.get_logger(__name__)

DRAIN_SECONDS = 8.0
"""How long answers on their way may take after SIGTERM; with the rest it makes ten."""

CLOSE_SECONDS = 0.5

BACKLOG = 1024

START_SECONDS = 25.0
"""An external database may start later than we do."""

BIND_SECONDS = 5.0
"""A predecessor that was killed may leave the address busy for a moment."""


class AddressTaken(DeclicError):
    """The address to listen on is taken."""


async def serve(settings: Settings, *, work: bool = True, listener: socket.socket | None = None) -> None:
    """Serve until SIGTERM or SIGINT. `listener` is a socket that somebody else opened, who holds our standard input."""
    alone = listener is None
    part = ProcessPart(answers=True, works=work, first=alone)
    await serve_part(settings, listener or await open_listener(settings), part, supervised=not alone, migrating=True)


async def serve_part(
    settings: Settings,
    listener: socket.socket,
    part: ProcessPart,
    *,
    supervised: bool = True,
    migrating: bool | None = None,
) -> None:
    """Serve until SIGTERM or SIGINT, or until whoever supervises us is gone. The first one has more to say.

    Of those that were forked from one process, the first alone is `migrating`: one that is started again later would
    apply what others have put beside it since.
    """
    set_malloc()
    set_apart(settings.site.host)
    stopping = stop_on_signals()
    if supervised:
        stop_when_orphaned(stopping, part.lifeline)
    progress = print_step if part.first else print_nothing
    opened = open_ready_instance(
        settings,
        patience=START_SECONDS,
        stopping=stopping,
        migrating=part.first if migrating is None else migrating,
        progress=progress,
    )
    async with unless_stopped(stopping), opened as instance:
        if part.first:
            await announce_first_run(instance)
            await warn_without_pictures(instance)
        if supervised:
            tell_ready(part)
        with services.held(settings.data, describe(listener)) if part.first else nullcontext():
            await run_until(stopping, instance, listener, work=part.works, place=part.place)


async def announce_first_run(instance: Instance) -> None:
    """As long as nobody administers the instance: where to set it up."""
    async with transaction(instance.pool) as conn:
        await print_first_run_link(conn, instance.site)


async def run_until(
    stopping: asyncio.Event,
    instance: Instance,
    listener: socket.socket,
    *,
    work: bool = True,
    work_signal: WorkSignal | None = None,
    place: int = 0,
) -> None:
    """Answer and work until `stopping` is set; then finish what was begun and close everything.

    `place` is the number of this process among those of the server.
    """
    patience = Timeouts()
    logging.getLogger("aiohttp.server").addFilter(is_worth_a_line)
    work_signal = work_signal or WorkSignal(instance.pool)
    app = make_app(instance, work_signal)
    app[TIMEOUTS] = patience
    runner = web.AppRunner(
        app,
        access_log=None,  # ours is in the middlewares
        shutdown_timeout=CLOSE_SECONDS,
        auto_decompress=False,  # what comes packed is never unpacked: it could be any size (B-11)
        handler_cancellation=False,  # an answer that nobody waits for is still written down to its end
        keepalive_timeout=patience.idle,
    )
    await runner.setup()
    made = Server(runner, patience, make_shortcut(app))
    server = await asyncio.get_running_loop().create_server(made, sock=listener, backlog=BACKLOG)
    worker = asyncio.create_task(_work(instance, work_signal, stopping, work=work, place=place))
    spare = [asyncio.create_task(tidy()) for tidy in (trim_regularly, collect_regularly)]
    log.info("listening", url=instance.site.url, address=describe(listener), worker=work)
    await stopping.wait()
    log.info("stopping")
    for task in spare:
        task.cancel()
    server.close()
    app[HUB].close()
    await asyncio.gather(drain(app), worker)
    await close(made, app, runner)
    log.info("stopped")


async def close(made: Server, app: web.Application, runner: web.AppRunner) -> None:
    """Close all connections. aiohttp waits for answers on their way, but knows nothing of those that pass it by."""
    made.take_no_shortcuts()
    await drain(app, CLOSE_SECONDS)
    await runner.cleanup()


async def drain(app: web.Application, seconds: float = DRAIN_SECONDS) -> None:
    """Wait for the answers on their way, those to uploads that still come in included (aiohttp would drop these)."""
    end = time.monotonic() + seconds
    while app[IN_FLIGHT] and time.monotonic() < end:  # noqa: ASYNC110 - at a stop, looking is good enough
        await asyncio.sleep(0.02)


async def work(settings: Settings, part: ProcessPart | None = None) -> None:
    """Only work, serve no pages: `declic worker`, or the `part` of a process that is supervised."""
    set_malloc()
    set_apart(settings.site.host)
    stopping = stop_on_signals()
    if part is not None:
        stop_when_orphaned(stopping, part.lifeline)
    opening = open_ready_instance(settings, patience=START_SECONDS, stopping=stopping, migrating=False)
    async with unless_stopped(stopping), opening as instance:
        await warn_without_pictures(instance)
        log.info("working", url=instance.site.url)
        await work_until(stopping, instance, WorkSignal(instance.pool), 0 if part is None else part.place)
        log.info("stopped")


async def work_until(stopping: asyncio.Event, instance: Instance, work_signal: WorkSignal, place: int = 0) -> None:
    """Work until `stopping` is set, and say in the other processes, which serve, what was done."""
    background = Background(instance.pool)
    background.start("rings", work_signal.announce_signals)
    spare = [asyncio.create_task(tidy()) for tidy in (trim_regularly, collect_regularly)]
    await _work(instance, work_signal, stopping, work=True, place=place)
    for task in spare:
        task.cancel()
    await background.stop()


async def _work(
    instance: Instance, work_signal: WorkSignal, stopping: asyncio.Event, *, work: bool, place: int
) -> None:
    """Who only serves hears all the same when keys change: it signs what it fetches, and proves what it shows.

    Each process looks at its machine, writes down what was slow, and shows its figures to whoever may read them.
    """
    background = Background(instance.pool)
    background.start("machine", partial(health.watch_machine_regularly, instance))
    background.start("slow statements", partial(instance.slow_statements.keep, instance.pool))
    if instance.settings.metrics_address is not None:
        background.start("metrics", partial(listener.show_figures, instance, place))
    if work:
        background.start("clock", partial(clock_steps.watch_clock_regularly, instance, clock_steps.OwnClock()))
        await run_worker(instance, work_signal, stopping)
    else:
        background.start("bells", partial(listen_for_work, instance, work_signal))
        await stopping.wait()
    await background.stop()


def stop_on_signals() -> asyncio.Event:
    """An event that SIGTERM and SIGINT set; a second one ends the process at once.

    Where all processes are told at a time, a supervisor may have set the event first: that is no signal of ours.
    """
    stopping, told = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def stop(number: signal.Signals) -> None:
        if told.is_set():
            os._exit(128 + number)
        told.set()
        stopping.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop, number)
    return stopping


@asynccontextmanager
async def unless_stopped(stopping: asyncio.Event) -> AsyncIterator[None]:
    """A database that was still awaited, or went away meanwhile, is nobody's trouble any more at a stop."""
    try:
        yield
    except (Unavailable, NotMigrated):
        if not stopping.is_set():
            raise
        log.info("stopped")


def stop_when_orphaned(stopping: asyncio.Event, lifeline: int) -> None:
    """Stop when the supervisor is gone, or says so: it holds the other end of this pipe and never writes."""
    loop = asyncio.get_running_loop()

    def stop() -> None:
        loop.remove_reader(lifeline)  # it stays readable
        stopping.set()

    loop.add_reader(lifeline, stop)


async def open_listener(settings: Settings) -> socket.socket:
    """The socket to listen on. Raises AddressTaken, or its kin for an address that is not ours."""
    address = settings.address
    for _ in range(int(BIND_SECONDS / 0.1)):
        try:
            return _bind(address)
        except OSError as error:
            failure = error
        await asyncio.sleep(0.1)
    number = failure.errno or 0  # below it are those of names that lead nowhere
    reason = os.strerror(number) if number > 0 else failure.strerror or str(failure)
    advice = "stop what uses it (`ss -lptn` tells), or write another address into DECLIC_LISTEN."
    raise AddressTaken(f"Cannot listen on {settings.listen} ({reason}): {advice}")


def _bind(address: tuple[str, int] | Path) -> socket.socket:
    if isinstance(address, Path):
        listener = socket.socket(socket.AF_UNIX)
        _remove_dead_socket(address)
        listener.bind(str(address))
        address.chmod(0o666)  # the reverse proxy runs as another account; the folder decides who comes near
    else:
        family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        listener = socket.create_server(address, family=family, backlog=BACKLOG)
    listener.setblocking(False)
    return listener


def _remove_dead_socket(path: Path) -> None:
    """A file that nobody listens on any more is in the way."""
    if not path.is_socket():
        return
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            path.unlink()


def describe(listener: socket.socket) -> str:
    """The address of a listening socket in words."""
    name = listener.getsockname()
    return f"unix:{name}" if isinstance(name, str) else f"{name[0]}:{name[1]}"
