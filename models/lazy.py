"""What few need is read when it is first used: `LazyModule` for libraries, `lazily` and `when_called` for ours."""

import gc
import importlib.util
import os
import sys
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cache
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType
from typing import Any

from models.errors import Unavailable

OURS = frozenset({"models", "federation", "outbox", "inbox", "web"})

LAZY: type[ModuleType] = vars(importlib.util)["_LazyModule"]
"""The class that `LazyLoader` gives to a module until it is used."""

Around = Callable[[], AbstractContextManager[object]]


class LazyModule(ModuleType):
    """Stands where `import NAME` would; every attribute is the library's own.

    Type checkers want to see the real one: `if TYPE_CHECKING: import NAME`, else this.
    """

    _library: ModuleType | None = None

    def __getattr__(self, name: str) -> Any:
        """The attribute of the library, which is imported now unless it was."""
        if self._library is None:
            self._library = import_module(self.__name__)
        return getattr(self._library, name)


@contextmanager
def lazily(around: Around = nullcontext) -> Iterator[None]:
    """Modules of ours that are imported in this block are read when they are first used.

    They are read inside of `around()`. Type checkers and import rules see imports like all others: a module is taken
    as a whole (`from outbox.relations import follows`), since a name out of it (`from outbox.relations.follows import
    follow`) is a use of it. First uses belong into one thread.
    """
    finder = _LazyFinder(around)
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)


@contextmanager
def when_called(names: dict[str, Any]) -> Iterator[None]:
    """Tables of functions: modules of ours that are imported in this block are read when one of theirs is called.

    `names` are the `globals()` of the table. There each module gives way to one whose attributes are functions that
    read the real one; the same function each time, so that tables can be compared. Coroutine functions alone can be put
    off: nothing else of such a module may stand in the table. For everybody else it is the module that it is.
    """
    before = set(names)
    with lazily(kept_for_good):
        yield
    for name in set(names) - before:
        if isinstance(names[name], ModuleType):
            names[name] = _Uncalled(ModuleType.__getattribute__(names[name], "__name__"))


class _Uncalled:
    """Stands for a module in a table."""

    def __init__(self, module: str) -> None:
        self.module = module

    def __getattr__(self, name: str) -> Callable[..., Awaitable[Any]]:
        """The function of this name, once it is called."""
        if not name.islower():
            raise AttributeError(f"{self.module}.{name} is no function: a table that puts off its module cannot use it")
        return _call_later(self.module, name)


@cache
def _call_later(module: str, name: str) -> Callable[..., Awaitable[Any]]:
    async def call(*arguments: Any, **options: Any) -> Any:
        return await getattr(import_module(module), name)(*arguments, **options)

    call.__module__, call.__name__, call.__qualname__ = module, name, name
    return call


def _find_edition() -> tuple[int, int] | None:
    try:
        found = os.stat(__file__)
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_mtime_ns


EDITION = _find_edition()
"""Which files this process has begun to read. While an upgrade puts others in their place, what it has not read yet
waits for its restart: two versions in one process would answer anything.
"""


def is_replaced() -> bool:
    """Whether other files lie where this process read its own."""
    return _find_edition() != EDITION


@contextmanager
def kept_for_good() -> Iterator[None]:
    """Read what stays for as long as the process: no search for garbage goes through it, then or later."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if enabled:
            gc.enable()


def read_delayed() -> None:
    """Read now what was put off by `lazily`, such as before this process may not read it any more.

    What these modules put off in turn is left for later: another call reads it.
    """
    for module in list(sys.modules.values()):
        if type(module) is LAZY:
            vars(module)


class _LazyFinder(MetaPathFinder):
    """Finds what Python finds, and leaves modules of ours unread."""

    def __init__(self, around: Around) -> None:
        self.around = around

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """None for libraries and for packages that hold nothing but what is in them: they are read as ever."""
        if path is None or fullname.partition(".")[0] not in OURS:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is None or spec.loader is None or holds_nothing(spec):
            return None
        spec.loader = importlib.util.LazyLoader(_Within(spec.loader, self.around))
        return spec


def holds_nothing(spec: ModuleSpec) -> bool:
    """Whether it is a package without a name of its own: what is in it cannot be found without reading it."""
    if spec.submodule_search_locations is None or spec.origin is None:
        return False
    return Path(spec.origin).read_bytes().count(b"\n") <= 1


class _Within(Loader):
    """Reads a module inside of a context; afterwards the module's loader is the usual one.

    A module that could not be read is unread as before: whoever uses it next tries again.
    """

    def __init__(self, loader: Loader, around: Around) -> None:
        self.loader, self.around = loader, around

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """As the usual one does."""
        return self.loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        """Now it is read. Raises Unavailable where another version lies in its place."""
        spec = module.__spec__
        assert spec is not None
        names = vars(module)
        before = dict(names)
        try:
            if is_replaced():
                raise Unavailable
            spec.loader = module.__loader__ = self.loader
            with self.around():
                self.loader.exec_module(module)
        except BaseException:
            names.clear()
            names.update(before)
            spec.loader = self
            spec.loader_state["is_loading"] = False  # Python 3.12 and later: it is not being read any more
            module.__class__ = LAZY
            raise
