"""`declic serve` in several processes: one socket, some that answer and one that works, started again when they die.

They are forked from one process that has read all modules and runs nothing else, no event loop either: what they do not
change is in memory once. Each holds the reading end of a pipe that ends when this one does, or tells them to stop.
"""

import os
import signal
import socket
import time
from dataclasses import dataclass, replace

import structlog

from models.lazy import is_replaced, kept_for_good, lazily
from web.server.processes.memory import find_malloc_trim
from web.server.processes.pool import PAUSE_SECONDS

with lazily(kept_for_good):
    from inbox.traffic import backfill
    from outbox.exchanges.agreements import endings
    from web.actions.doctor import machine

log = structlog.get_logger(__name__)

READ_BEFORE = (endings, backfill, machine)
"""What each process would read in its first minutes, chores and looks at the machine, with all that these use: read
before they part, it is in memory once.
"""

READY = signal.SIGUSR1
"""What the first process tells the supervisor once the database is there, migrated and furnished."""

STOP_SECONDS = 18.0
"""Less than TimeoutStopSec of the units: draining takes ten, and the last one stops an embedded database."""

REPLACED = os.EX_TEMPFAIL
"""The exit status where another version lies in our place: whoever started us starts that one."""

STOPS = frozenset({signal.SIGTERM, signal.SIGINT})
WATCHED = frozenset({*STOPS, signal.SIGCHLD, READY})


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessPart:
    """What one process does: it answers, or works, or both. The `first` of all prepares the database for the others.

    `lifeline` is the descriptor that ends when the `supervisor` does. `place` is its number among all.
    """

    answers: bool
    works: bool
    first: bool = False
    lifeline: int = 0
    supervisor: int = 0
    place: int = 0

    @property
    def name(self) -> str:
        """For the log."""
        return "serve" if self.answers and self.works else "answer" if self.answers else "work"


def divide(count: int, *, work: bool = True) -> list[ProcessPart]:
    """The parts of so many processes: the last of them works, the others answer."""
    working = work and count > 1
    answering = [ProcessPart(answers=True, works=work and not working) for _ in range(count - working)]
    parts = [*answering, *([ProcessPart(answers=False, works=True)] if working else [])]
    return [replace(part, place=place) for place, part in enumerate(parts)]


def supervise(listener: socket.socket, count: int, *, work: bool = True) -> ProcessPart | int:
    """In each process that is forked, its part; in this one, when all have ended after a stop, the exit status.

    The socket stays open here, so that nobody is refused while a process is started again.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, WATCHED)
    read_before()
    trim = find_malloc_trim()
    if trim is not None:
        trim(0)  # what reading the modules freed would be in each process
    return _Supervisor(listener, divide(count, work=work)).run()


def read_before() -> None:
    """Read what each process would: the first use of a module that was put off reads it."""
    for module in READ_BEFORE:
        vars(module)


class _Supervisor:
    """The processes that run, by their ids, and those that are to be started, with the moment when."""

    def __init__(self, listener: socket.socket, parts: list[ProcessPart]) -> None:
        self.listener = listener
        self.lifeline, self.held = os.pipe()
        self.running: dict[int, ProcessPart] = {}
        first, *self.waiting = [replace(part, lifeline=self.lifeline, supervisor=os.getpid()) for part in parts]
        self.due: list[tuple[float, ProcessPart]] = [(0.0, replace(first, first=True))]
        self.ready = False

    def run(self) -> ProcessPart | int:
        """Start, watch and start again, until a signal says to stop or the first process could not begin.

        After an upgrade none is started: it would be of the version before, on a database of which it knows nothing.
        """
        while True:
            if self._next_seconds() == 0 and is_replaced():
                log.warning("version_replaced")
                self._stop()
                return REPLACED
            part = self._start_due()
            if part is not None:
                return part
            told = signal.sigtimedwait(WATCHED, self._next_seconds())
            number = 0 if told is None else told.si_signo
            if number in STOPS:
                return self._stop()
            if number == READY:
                self._begin_others()
            failed = self._reap()
            if failed is not None:
                return failed

    def _begin_others(self) -> None:
        """Once: the database is ready for them."""
        if not self.ready:
            self.ready = True
            self.due.extend((0.0, part) for part in self.waiting)
            log.info("supervising", processes=1 + len(self.waiting))

    def _start_due(self) -> ProcessPart | None:
        """Fork what is due. In a process that was forked, its part."""
        now = time.monotonic()
        for one in [one for one in self.due if one[0] <= now]:
            self.due.remove(one)
            child = os.fork()
            if child == 0:
                self._leave()
                return one[1]
            self.running[child] = one[1]
        return None

    def _leave(self) -> None:
        """In a process that was just forked: what belongs to the supervisor is not ours."""
        os.close(self.held)
        os.setsid()  # Ctrl-C at the terminal reaches the supervisor, and it tells us
        signal.pthread_sigmask(signal.SIG_UNBLOCK, WATCHED)

    def _next_seconds(self) -> float:
        """Until something is due; a signal that came before we waited is not lost, since all are blocked."""
        return max(0.0, min((at for at, _ in self.due), default=time.monotonic() + 3600.0) - time.monotonic())

    def _reap(self) -> int | None:
        """Take leave of those that ended, ours or orphans of a container; the status of a first one that failed."""
        for ended, status in _list_ended():
            part = self.running.pop(ended, None)
            if part is None:
                continue
            if not self.ready:
                return status
            log.error("process_died", process=ended, part=part.name, status=status)
            self.due.append((time.monotonic() + PAUSE_SECONDS, replace(part, first=False)))
        return None

    def _stop(self) -> int:
        """Let all drain; who takes too long, or a second signal, ends it."""
        self.listener.close()
        os.close(self.held)
        end = time.monotonic() + STOP_SECONDS
        while self.running:
            left = end - time.monotonic()
            told = signal.sigtimedwait(WATCHED - {READY}, max(0.0, left))
            if left <= 0 or (told is not None and told.si_signo in STOPS):
                self._kill()
            for ended, _ in _list_ended():
                self.running.pop(ended, None)
        return 0

    def _kill(self) -> None:
        for one in self.running:
            os.kill(one, signal.SIGKILL)
        while self.running:
            ended, _ = os.wait()
            self.running.pop(ended, None)


def _list_ended() -> list[tuple[int, int]]:
    """The children that ended, with their exit statuses as a shell says them."""
    found: list[tuple[int, int]] = []
    while True:
        try:
            ended, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return found
        if ended == 0:
            return found
        code = os.waitstatus_to_exitcode(status)
        found.append((ended, code if code >= 0 else 128 - code))


def tell_ready(part: ProcessPart) -> None:
    """In the first process: the others may begin. Where the supervisor is gone, our parent is somebody else."""
    if part.first and os.getppid() == part.supervisor:
        os.kill(part.supervisor, READY)
