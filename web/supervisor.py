"""`declic serve --processes N`: one socket, N processes that serve it, each started again when it dies."""

import asyncio
import signal
import sys
from asyncio.subprocess import Process

import structlog

from models.settings import Settings
from web.opening import open_all
from web.serve import START_SECONDS, open_listener, stop_on_signals, tell_first_run

log = structlog.get_logger(__name__)

PAUSE_SECONDS = 1.0
"""Before a process that died is started again."""

STOP_SECONDS = 12.0


async def supervise(settings: Settings, count: int, *, work: bool = True) -> None:
    """Keep `count` processes running until SIGTERM or SIGINT, then let them drain.

    The socket stays open here, so that nobody is refused while a process is started again.
    """
    stopping = stop_on_signals()
    listener = await open_listener(settings)
    async with open_all(settings, patience=START_SECONDS) as instance:
        await tell_first_run(instance)
        keepers = [
            asyncio.create_task(_keep(listener.fileno(), stopping, work=work), name=f"process {number}")
            for number in range(count)
        ]
        log.info("supervising", processes=count)
        await stopping.wait()
        listener.close()
        await asyncio.gather(*keepers)


async def _keep(descriptor: int, stopping: asyncio.Event, *, work: bool) -> None:
    while not stopping.is_set():
        process = await _start(descriptor, work=work)
        ended = asyncio.create_task(process.wait())
        stopped = asyncio.create_task(stopping.wait())
        await asyncio.wait({ended, stopped}, return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        if stopping.is_set():
            await _stop(process, ended)
            return
        log.error("process_died", process=process.pid, status=process.returncode)
        await asyncio.wait({asyncio.create_task(stopping.wait())}, timeout=PAUSE_SECONDS)


async def _start(descriptor: int, *, work: bool) -> Process:
    """-P keeps the current folder out of the import path; the child reads the same settings as we did."""
    command = [sys.executable, "-P", "-m", "web.cli", "serve", "--listener", str(descriptor)]
    if not work:
        command.append("--no-worker")
    return await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.PIPE,  # its end tells the child that we are gone
        pass_fds=(descriptor,),
        start_new_session=True,  # Ctrl-C at the terminal reaches us, and we tell the children
    )


async def _stop(process: Process, ended: "asyncio.Task[int]") -> None:
    if process.returncode is None:
        process.send_signal(signal.SIGTERM)
    done, _ = await asyncio.wait({ended}, timeout=STOP_SECONDS)
    if not done:
        process.kill()
        await ended
