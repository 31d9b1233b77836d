"""How much processor time one activity may take: beyond it is set aside, so that nobody waits for it."""

import atexit
import contextlib
import signal
from collections.abc import Coroutine, Generator
from contextvars import ContextVar
from dataclasses import dataclass
from time import thread_time
from types import FrameType, coroutine
from typing import Any, TypeVar

from inbox.errors import TookTooLong

BUDGET = 2.0
"""Seconds of the processor for one activity; ordinary ones take a thousandth of it."""

LOOK_SECONDS = 0.25
"""So much time of the processor passes between two looks at what runs."""

T = TypeVar("T")


@dataclass(slots=True)
class _TimeMeter:
    """What one activity has taken; `begun` is when its present step began, None while it waits."""

    budget: float
    spent: float = 0.0
    begun: float | None = None

    @property
    def is_over(self) -> bool:
        running = 0.0 if self.begun is None else thread_time() - self.begun
        return self.spent + running > self.budget


_METER: ContextVar[_TimeMeter | None] = ContextVar("processor_time", default=None)
"""The meter of what this task works on: a signal finds it here."""


@coroutine
def limit_processor_time(work: Coroutine[Any, Any, T], budget: float = BUDGET) -> Generator[Any, Any, T]:
    """What `work` returns. Raises TookTooLong once it took more of the processor than this; waiting is free.

    It passes on what the coroutine waits for, and counts what it takes between two waits.
    """
    meter = _TimeMeter(budget)
    token = _METER.set(meter)
    sent: Any = None
    raised: BaseException | None = None
    try:
        while True:
            meter.begun = thread_time()
            try:
                waited = work.send(sent) if raised is None else work.throw(raised)
            except StopIteration as end:
                result: T = end.value
                return result
            finally:
                meter.spent += thread_time() - meter.begun
                meter.begun = None
            sent, raised = None, None
            try:
                sent = yield waited
            except BaseException as error:
                raised = error
            if raised is None and meter.is_over:
                raised = TookTooLong()
    finally:
        _METER.reset(token)


def interrupt_long_steps() -> None:
    """From now on end also what runs on and on without waiting. For the main thread, where signals arrive."""
    if signal.getitimer(signal.ITIMER_VIRTUAL)[1]:
        return
    with contextlib.suppress(ValueError):  # another thread: what waits now and then is ended all the same
        signal.signal(signal.SIGVTALRM, _interrupt)
        signal.setitimer(signal.ITIMER_VIRTUAL, LOOK_SECONDS, LOOK_SECONDS)
        atexit.register(signal.setitimer, signal.ITIMER_VIRTUAL, 0)  # Python takes its handlers away before it ends


def _interrupt(signum: int, frame: FrameType | None) -> None:
    """Called in the middle of whatever runs; only an activity that is over its budget is ended by it."""
    meter = _METER.get()
    if meter is not None and meter.begun is not None and meter.is_over:
        raise TookTooLong
