"""`declic serve` as processes of their own: started on an open socket, started again when they die, told to drain."""

import asyncio
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import Awaitable, Callable, Mapping

PAUSE_SECONDS = 1.0
"""Before a process that died is started again."""

STOP_SECONDS = 12.0


async def start_server(descriptor: int, *, work: bool = True, env: Mapping[str, str] | None = None) -> Process:
    """A process that serves the socket with this descriptor; with the environment of ours unless `env` is another.

    -P keeps the current folder out of the import path.
    """
    command = [sys.executable, "-P", "-m", "web.cli", "serve", "--listener", str(descriptor)]
    if not work:
        command.append("--no-worker")
    return await asyncio.create_subprocess_exec(
        *command,
        env=env,
        stdin=asyncio.subprocess.PIPE,  # its end tells the child that we are gone
        pass_fds=(descriptor,),
        start_new_session=True,  # Ctrl-C at the terminal reaches us, and we tell the children
    )


async def keep_running(
    start: Callable[[], Awaitable[Process]], stopping: asyncio.Event, log_death: Callable[[Process], None]
) -> None:
    """Start the process again whenever it dies, until `stopping` is set; then let it drain."""
    while not stopping.is_set():
        process = await start()
        ended = asyncio.create_task(process.wait())
        stopped = asyncio.create_task(stopping.wait())
        await asyncio.wait({ended, stopped}, return_when=asyncio.FIRST_COMPLETED)
        if stopping.is_set():
            await _stop(process, ended)
            return
        log_death(process)
        await asyncio.wait({stopped}, timeout=PAUSE_SECONDS)
        stopped.cancel()


async def _stop(process: Process, ended: "asyncio.Task[int]") -> None:
    if process.returncode is None:
        process.send_signal(signal.SIGTERM)
    done, _ = await asyncio.wait({ended}, timeout=STOP_SECONDS)
    if not done:
        process.kill()
        await ended
