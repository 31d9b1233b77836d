"""How much processor time one activity may take: beyond it is set aside, so that nobody waits for it."""

import atexit
import contextlib
import signal
from collections.abc import Callable, Coroutine, Generator
from contextvars import ContextVar
from dataclasses import dataclass
from time import perf_counter, thread_time
from types import FrameType, coroutine
from typing import Any, TypeVar

from inbox.errors import TookTooLong

BUDGET = 2.0
"""Seconds of the processor for one activity; ordinary ones take a thousandth of it."""

LOOK_SECONDS = 0.25
"""So much time of the processor passes between two looks at what runs."""

ROUGHLY = 20
"""Up to this part of the budget the time is taken from the clock, which never counts less than the processor took;
what took more is counted exactly from there on. What it took before that is forgiven: of a step in whose middle nobody
looks, since no signal arrives in its thread, all of it, once."""

T = TypeVar("T")
Argument = TypeVar("Argument")


@dataclass(slots=True)
class _TimeMeter:
    """What one activity has taken; `begun` is when its present step began, None while it waits."""

    budget: float
    spent: float = 0.0
    begun: float | None = None
    tell: Callable[[], float] = perf_counter
    """To ask for the time of the processor takes twenty times as long: only what may be costly is worth it."""

    def end_step(self) -> None:
        """Count the step that ends now."""
        begun, self.begun = self.begun, None  # first of all: a signal that comes now changes nothing any more
        if begun is not None:
            self.spent += self.tell() - begun
            if self.tell is perf_counter and self.spent > self.budget / ROUGHLY:
                self.tell, self.spent = thread_time, 0.0

    def look(self) -> bool:
        """Whether it is over in the middle of a step; one that was timed roughly so far is timed exactly from here."""
        if self.begun is None:
            return False
        if self.tell is perf_counter:
            self.tell, self.spent, self.begun = thread_time, 0.0, thread_time()
        return self.spent + self.tell() - self.begun > self.budget


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
            meter.begun = meter.tell()
            try:
                waited = work.send(sent) if raised is None else work.throw(raised)
            except StopIteration as end:
                result: T = end.value
                return result
            finally:
                meter.end_step()
            sent, raised = None, None
            try:
                sent = yield waited
            except BaseException as error:
                raised = error
            if raised is None and meter.spent > budget:
                raised = TookTooLong()
    finally:
        _METER.reset(token)


def limit_step(work: Callable[[Argument], T], argument: Argument, budget: float = BUDGET) -> T:
    """The same for what never waits: what runs on for longer is ended by `interrupt_long_steps` alone."""
    meter = _TimeMeter(budget)
    token = _METER.set(meter)
    meter.begun = meter.tell()
    try:
        return work(argument)
    finally:
        meter.end_step()
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
    if meter is not None and meter.look():
        raise TookTooLong
