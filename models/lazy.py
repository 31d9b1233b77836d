"""`LazyModule`: a library that few requests need, read when the first of them does. Idle processes go without it."""

from importlib import import_module
from types import ModuleType
from typing import Any


class LazyModule(ModuleType):
    """Stands where `import NAME` would; every attribute is the library's own.

    Type checkers want to see the real one: `if TYPE_CHECKING: import NAME`, else this.
    """

    def __getattr__(self, name: str) -> Any:
        """The attribute of the library, which is imported now unless it was."""
        return getattr(import_module(self.__name__), name)
