"""`declic serve --processes N`: one socket, N processes that serve it, each started again when it dies."""

from asyncio.subprocess import Process
from functools import partial

import structlog

from models.settings import Settings
from models.store.background.supervised_tasks import Background
from web.server.bootstrap import open_ready_instance
from web.server.first_run import print_step
from web.server.processes.pool import STOP_SECONDS, keep_running, start_server
from web.server.processes.serve import START_SECONDS, announce_first_run, open_listener, stop_on_signals, unless_stopped
from web.server.shared_media import warn_without_pictures

log = structlog.get_logger(__name__)


async def supervise(settings: Settings, count: int, *, work: bool = True) -> None:
    """Keep `count` processes running until SIGTERM or SIGINT, then let them drain.

    The socket stays open here, so that nobody is refused while a process is started again.
    """
    stopping = stop_on_signals()
    listener = await open_listener(settings)
    opened = open_ready_instance(settings, patience=START_SECONDS, stopping=stopping, progress=print_step)
    async with unless_stopped(stopping), opened as instance:
        await announce_first_run(instance)
        await warn_without_pictures(instance)
        start = partial(start_server, listener.fileno(), work=work)
        keepers = Background(instance.pool, stopping)
        for number in range(count):
            keepers.start(f"process {number}", partial(keep_running, start, stopping, _log_death))
        log.info("supervising", processes=count)
        await stopping.wait()
        listener.close()
        await keepers.finish(STOP_SECONDS + 1)


def _log_death(process: Process) -> None:
    log.error("process_died", process=process.pid, status=process.returncode)
