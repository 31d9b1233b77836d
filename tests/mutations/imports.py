"""Who uses what, in the source and in the tests; and which tests can notice a change of one line.

Read from imports and names alone: a function uses another when its module imports the other's and it says its name.
"""

import ast
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tests.mutations.drawing import LAYERS, ROOT, name_module
from tests.mutations.values import Mutant

APART = frozenset({"playwright", "subprocess"})
"""Tests that import one of these start programs of their own, which know nothing of a mutant, or are slow."""

APART_FOLDERS = tuple(
    f"tests/{name}/" for name in ("attacks", "bench", "documents", "drills", "mutations", "peers", "stories")
)
"""Whole servers and their long stories, and what says nothing of behaviour."""

MOST_TESTS = 60
"""Test functions that a mutant is shown to: those nearest to its line."""

MOST_OF_LAYER = 300
"""So many of its own layer are: what comes in is tested through the whole of it, and such tests are all as far."""

FARTHEST = 8
"""Steps from a test to the line: from a page to its table of routes, to the application, to a fixture…"""

Symbol = tuple[str, str]
"""A module, and what it defines at its top: a function, a class or a constant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """One module of the source or the tests."""

    name: str
    path: str
    imports: frozenset[str]
    symbols: dict[str, frozenset[str]]
    """What it defines at its top, each with all names that it says."""
    lines: dict[str, tuple[int, int]]

    @property
    def tests(self) -> int:
        """How many test functions it has."""
        return sum(name.startswith("test_") for name in self.symbols)

    def find_symbol(self, line: int) -> str | None:
        """What this line belongs to."""
        return next((name for name, (first, last) in self.lines.items() if first <= line <= last), None)


class Graph:
    """All modules of a tree with what they import and say."""

    def __init__(self, root: Path = ROOT) -> None:
        found = [path for layer in (*LAYERS, "tests") for path in sorted((root / layer).rglob("*.py"))]
        paths = [path for path in found if "node_modules" not in path.parts]
        self._known = {name_module(path, root) for path in paths}
        self.files = {name_module(path, root): self._read(path, root) for path in paths}

    def _read(self, path: Path, root: Path) -> File:
        tree = ast.parse(path.read_text())
        name = name_module(path, root)
        found = {one for node in ast.walk(tree) for one in self._list_imported(node)}
        symbols: dict[str, frozenset[str]] = {}
        lines: dict[str, tuple[int, int]] = {}
        for node in tree.body:
            for symbol in _list_defined(node):
                symbols[symbol] = symbols.get(symbol, frozenset()) | frozenset(_list_said(node))
                lines[symbol] = (node.lineno, node.end_lineno or node.lineno)
        return File(
            name=name,
            path=path.relative_to(root).as_posix(),
            imports=frozenset(found | self._list_conftests(name)),
            symbols=symbols,
            lines=lines,
        )

    def _list_conftests(self, name: str) -> set[str]:
        """Fixtures come without an import."""
        parts = name.split(".")
        if parts[0] != "tests":
            return set()
        return {".".join((*parts[:size], "conftest")) for size in range(2, len(parts))} & self._known

    def _list_imported(self, node: ast.AST) -> list[str]:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return [module] if (module := node.value.rpartition(".")[0]) in self._known else []
        if isinstance(node, ast.Import):
            return [alias.name if alias.name in self._known else alias.name.split(".")[0] for alias in node.names]
        if isinstance(node, ast.ImportFrom) and node.module:
            inner = [f"{node.module}.{alias.name}" for alias in node.names]
            known = [name for name in inner if name in self._known]
            whole = [node.module] if node.module in self._known else [node.module.split(".")[0]]
            return known + (whole if len(known) < len(inner) else [])
        return []

    @cached_property
    def _importers(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        for file in self.files.values():
            for name in file.imports:
                found[name].add(file.name)
        return found

    def _list_users(self, symbol: Symbol) -> Iterator[Symbol]:
        """What says the name of a symbol, in its own module, where it is imported, or through its package."""
        module, name = symbol
        package = module.rpartition(".")[0]
        users = {module} | self._importers[module]
        if package in users:
            users |= self._importers[package]
        for user in sorted(users):
            for other, said in self.files[user].symbols.items():
                if name in said and (user, other) != symbol:
                    yield user, other

    def measure_distances(self, module: str, symbol: str | None) -> dict[str, int]:
        """How many steps each module is away from this symbol of this module, or from all of them."""
        symbols = self.files[module].symbols if symbol is None else [symbol]
        edge: list[Symbol] = [(module, name) for name in symbols]
        seen, found = set(edge), {module: 0}
        for step in range(1, FARTHEST + 1):
            edge = [
                one
                for one in dict.fromkeys(user for near in edge for user in self._list_users(near))
                if one not in seen
            ]
            seen.update(edge)
            for user, _ in edge:
                found.setdefault(user, step)
        return found

    def choose_tests(self, mutant: Mutant) -> list[str]:
        """The paths of the files of tests that can notice it, nearest first, within the bound."""
        distances = self.measure_distances(mutant.module, self.files[mutant.module].find_symbol(mutant.line))
        mirrors = {_mirror(name): steps for name, steps in distances.items()}
        able = [self.files[name] for name in distances if self._is_able(self.files[name])]
        able.sort(key=lambda file: (*_rank(file, mutant.module, distances, mirrors), file.path))
        chosen, total, near = [], 0, 0
        layer = f"tests/{mutant.module.partition('.')[0]}/"
        for file in able:
            own = file.path.startswith(layer)
            if total < MOST_TESTS or (own and near < MOST_OF_LAYER):
                chosen.append(file.path)
                total += file.tests
                near += file.tests if own else 0
        return chosen

    def _is_able(self, file: File) -> bool:
        return file.tests > 0 and file.imports.isdisjoint(APART) and not file.path.startswith(APART_FOLDERS)


def _list_defined(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return [name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)]


def _list_said(node: ast.stmt) -> Iterator[str]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name):
            yield inner.id
        elif isinstance(inner, ast.Attribute):
            yield inner.attr
        elif isinstance(inner, ast.arg):
            yield inner.arg  # a fixture
        elif isinstance(inner, ast.Constant) and isinstance(inner.value, str) and "." in inner.value:
            yield inner.value.rpartition(".")[2]  # a dotted name, as in a table


def _mirror(module: str) -> str:
    """The name of the module of tests that stands where this module does."""
    folder, _, name = module.rpartition(".")
    return f"tests.{folder}.test_{name}"


def _is_namesake(file: File, module: str) -> bool:
    """Whether a file of the same layer has the whole name of the module in its own: it is about that subject."""
    words = file.name.rpartition(".")[2].removeprefix("test_").split("_")
    return file.name.split(".")[1] == module.split(".")[0] and set(module.rpartition(".")[2].split("_")) <= set(words)


def _rank(file: File, module: str, distances: dict[str, int], mirrors: dict[str, int]) -> tuple[int, int]:
    """Nearest first, as near as the module that it mirrors or is named after; each folder in common is a step less."""
    steps = min(distances[file.name], mirrors.get(file.name, FARTHEST) + 1)
    if _is_namesake(file, module):
        steps = min(steps, 2)
    shared = set(file.name.split(".")) & set(module.split("."))
    return steps - len(shared), len(file.imports)
