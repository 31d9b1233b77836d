"""Loading a mutant in place of its module, with the file untouched."""

import importlib.abc
import importlib.machinery
import importlib.util
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import CodeType, ModuleType

from tests.mutations.values import Change, apply


class MutantLoader(SourceFileLoader):
    """Reads the file, changes what was read, and keeps no bytecode of it."""

    def __init__(self, name: str, path: str, change: Change) -> None:
        super().__init__(name, path)
        self._change = change
        self.loaded = False

    def get_code(self, fullname: str) -> CodeType:
        source = apply(self.get_data(self.path).decode(), self._change)
        self.loaded = True
        return compile(source, self.path, "exec", dont_inherit=True)


class MutantFinder(importlib.abc.MetaPathFinder):
    """Finds one module as a mutant, and nothing else."""

    def __init__(self, module: str, change: Change) -> None:
        self._module = module
        self._change = change
        self.loader: MutantLoader | None = None

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != self._module:
            return None
        spec = PathFinder.find_spec(fullname, path)
        assert spec is not None
        assert spec.origin is not None
        self.loader = MutantLoader(fullname, spec.origin, self._change)
        places = spec.submodule_search_locations
        return importlib.util.spec_from_file_location(
            fullname, spec.origin, loader=self.loader, submodule_search_locations=places
        )

    @property
    def was_loaded(self) -> bool:
        """Whether anybody has imported the mutant."""
        return self.loader is not None and self.loader.loaded


def install(module: str, change: Change) -> MutantFinder:
    """From now on this module is the mutant; it must not have been imported yet."""
    if module in sys.modules:
        raise RuntimeError(f"{module} is already loaded")
    finder = MutantFinder(module, change)
    sys.meta_path.insert(0, finder)
    return finder
