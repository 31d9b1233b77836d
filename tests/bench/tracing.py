"""What a request passes: our functions, the chain from its door to the store, calls up the layers, and statements.

`sys.setprofile` tells of every call in this thread; what runs in other threads and processes is not seen. A coroutine
that goes on in a task of its own counts as called by the function that made it, wherever the task was begun.
"""

import asyncio
import sys
from collections.abc import Callable, Coroutine, Generator, Iterator
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import CodeType, FrameType, FunctionType
from typing import Any

from models import lazy
from models.store import database

ROOT = Path(__file__).parents[2]

LAYERS = ("models", "federation", "outbox", "inbox", "web")
"""From the lowest to the highest: each imports only those before it."""

Chain = tuple[CodeType, ...]

STATEMENTS = (
    database.fetch_one,
    database.fetch_all,
    database.fetch_planned,
    database.fetch_value,
    database.fetch_column,
    database.fetch_records,
    database.execute,
    database.execute_many,
)
"""Each call of these is one round trip to PostgreSQL."""

_CREATED_BY: ContextVar[Chain] = ContextVar("created_by", default=())
"""The chain of calls that made what this task runs."""


@dataclass(slots=True)
class Trace:
    """The calls below `root`. `spine` is the chain from `door` to the first call of `store`."""

    root: CodeType
    door: CodeType
    store: CodeType
    functions: set[CodeType] = field(default_factory=set)
    up: set[tuple[CodeType, CodeType]] = field(default_factory=set)
    frames: set[FrameType] = field(default_factory=set)
    spine: Chain = ()

    @property
    def files(self) -> set[str]:
        """The modules of these functions."""
        return {code.co_filename for code in self.functions}

    @property
    def statements(self) -> int:
        """How many were sent, those that begin and end transactions apart."""
        return self._count(*STATEMENTS)

    @property
    def connections(self) -> int:
        """How many were taken from the pool."""
        return self._count(database.connection)

    def _count(self, *functions: Callable[..., Any]) -> int:
        codes = {code_of(function) for function in functions}
        return sum(1 for frame in self.frames if frame.f_code in codes)

    def note(self, frame: FrameType) -> None:
        """This function is called, or goes on after a wait."""
        chain = _chain_of(frame)
        if self.root not in chain:
            return
        self.frames.add(frame)
        self.functions.add(chain[-1])
        if len(chain) > 1 and _layer(chain[-1]) > _layer(chain[-2]):
            self.up.add((chain[-2], chain[-1]))
        if not self.spine and chain[-1] is self.store and self.door in chain:
            self.spine = chain[chain.index(self.door) :]


@contextmanager
def tracing(
    root: Callable[..., Any], door: Callable[..., Any], store: Callable[..., Any]
) -> Generator[Trace, None, None]:
    """Trace what happens below `root` in the running loop, until the end of the block."""
    trace = Trace(code_of(root), code_of(door), code_of(store))
    loop = asyncio.get_running_loop()
    factory, depth = loop.get_task_factory(), sys.get_coroutine_origin_tracking_depth()
    loop.set_task_factory(_create_task)  # type: ignore[arg-type] # a coroutine is all that is ever given
    sys.set_coroutine_origin_tracking_depth(1)

    def hear(frame: FrameType, event: str, _: Any) -> None:
        if event == "call" and _is_ours(frame.f_code):
            trace.note(frame)

    sys.setprofile(hear)
    try:
        yield trace
    finally:
        sys.setprofile(None)
        sys.set_coroutine_origin_tracking_depth(depth)
        loop.set_task_factory(factory)


def code_of(function: Callable[..., Any]) -> CodeType:
    """The code of a function, whatever wraps it."""
    while not isinstance(function, FunctionType) or hasattr(function, "__wrapped__"):
        function = function.__wrapped__  # type: ignore[attr-defined]  # asked for just before
    return function.__code__


def name_of(code: CodeType) -> str:
    """As `inbox/receiving/receive.receive`."""
    return f"{Path(code.co_filename).relative_to(ROOT).with_suffix('')}.{code.co_qualname}"


def _create_task(
    loop: asyncio.AbstractEventLoop, work: Coroutine[Any, Any, Any], **options: Any
) -> "asyncio.Task[Any]":
    context = options.pop("context", None) or copy_context()
    context.run(_CREATED_BY.set, _creators(work))
    return asyncio.Task(work, loop=loop, context=context, **options)


def _creators(work: Coroutine[Any, Any, Any]) -> Chain:
    """The chain of calls to whoever made this coroutine, which may be above whoever made a task of it."""
    chain = _chain_of(sys._getframe(2))
    origin = getattr(work, "cr_origin", None)
    if origin:
        file, _, name = origin[0]
        made_by = [n for n, code in enumerate(chain) if (code.co_filename, code.co_name) == (file, name)]
        chain = chain[: made_by[-1] + 1] if made_by else chain
    return chain


def _chain_of(frame: FrameType | None) -> Chain:
    """Our functions from the outermost call to this one, across tasks."""
    return (*_CREATED_BY.get(), *reversed([code for code in _codes_above(frame) if _is_ours(code)]))


def _codes_above(frame: FrameType | None) -> Iterator[CodeType]:
    while frame is not None:
        yield frame.f_code
        frame = frame.f_back


@cache
def _is_ours(code: CodeType) -> bool:
    """Functions with a name of their own in what is shipped, but for what stands for one that was not read yet."""
    return _layer(code) >= 0 and not code.co_name.startswith("<") and code.co_filename != lazy.__file__


@cache
def _layer(code: CodeType) -> int:
    path = Path(code.co_filename)
    folder = path.relative_to(ROOT).parts[0] if path.is_relative_to(ROOT) else ""
    return LAYERS.index(folder) if folder in LAYERS else -1
