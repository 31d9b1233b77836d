"""Drawing mutants: the same seed and the same source give the same ones."""

import ast
import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from tests.mutations import python_mutators, sql_mutators
from tests.mutations.strata import STRATA, TOTAL
from tests.mutations.values import Mutant, apply, make_mutant

ROOT = Path(__file__).parents[2]

LAYERS = ("models", "federation", "outbox", "inbox", "web")

LEFT_OUT = ("models/store/migrations/", "models/store/postgres/", "web/commands/demo/")
"""Not the behaviour of a cooperative that runs."""


def name_module(path: Path, root: Path = ROOT) -> str:
    """The dotted name of a module."""
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def list_mutants(path: Path, root: Path = ROOT) -> Iterator[Mutant]:
    """All mutants of a module; a few may no longer be Python."""
    source = path.read_text()
    where = path.relative_to(root).as_posix()
    changes = python_mutators.list_changes(source)
    if where.startswith("models/"):
        changes += sql_mutators.list_changes(source)
    seen: Counter[str] = Counter()
    for change in changes:
        mutant = make_mutant(name_module(path, root), where, source, change)
        seen[mutant.key] += 1
        yield replace(mutant, place=seen[mutant.key] - 1)


def is_python(mutant: Mutant, root: Path = ROOT) -> bool:
    """Whether Python can still read the module."""
    try:
        ast.parse(apply((root / mutant.path).read_text(), mutant.change))
    except SyntaxError:
        return False
    return True


def list_modules(root: Path = ROOT) -> list[Path]:
    """The modules that mutants are drawn from."""
    paths = sorted(path for layer in LAYERS for path in (root / layer).rglob("*.py"))
    return [path for path in paths if not path.relative_to(root).as_posix().startswith(LEFT_OUT)]


def draw(seed: int, count: int, only: str | None = None) -> dict[str, list[Mutant]]:
    """`count` mutants over all strata in the proportions of the table, one a line at most.

    `only`: those of one stratum; or all `count` of a folder (`models/searches`) or a module, whatever they change.
    """
    if only is not None and only not in {one.name for one in STRATA}:
        return {only: _draw_lines(_list_lines(only), count, f"{seed}:{only}")}
    lines: dict[str, dict[tuple[str, int], list[Mutant]]] = {one.name: defaultdict(list) for one in STRATA}
    for path in list_modules():
        for mutant in list_mutants(path):
            stratum = next((one for one in STRATA if one.takes(mutant)), None)
            if stratum is not None:
                lines[stratum.name][mutant.module, mutant.line].append(mutant)
    return {
        stratum.name: _draw_lines(lines[stratum.name], round(stratum.count * count / TOTAL), f"{seed}:{stratum.name}")
        for stratum in STRATA
        if only in (None, stratum.name)
    }


def _list_lines(start: str) -> dict[tuple[str, int], list[Mutant]]:
    """All mutants by their lines of the modules whose path begins so."""
    lines: dict[tuple[str, int], list[Mutant]] = defaultdict(list)
    for path in list_modules():
        if path.relative_to(ROOT).as_posix().startswith(start):
            for mutant in list_mutants(path):
                lines[mutant.module, mutant.line].append(mutant)
    return lines


def _draw_lines(lines: dict[tuple[str, int], list[Mutant]], count: int, seed: str) -> list[Mutant]:
    """Lines first, so that a long line with many numbers does not stand for all the others."""
    chance = random.Random(seed)
    drawn: list[Mutant] = []
    for line in chance.sample(sorted(lines), len(lines)):
        mutant = chance.choice(lines[line])
        if len(drawn) < count and is_python(mutant):
            drawn.append(mutant)
    return drawn
