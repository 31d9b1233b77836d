"""The numbers that limit something, as the modules of a layer have them: by their names, at the top of a module."""

import ast
import importlib
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

ROOT = Path(__file__).parents[1]

WORDS = frozenset(
    {
        *("MOST", "LONGEST", "LARGEST", "HEAVIEST", "FARTHEST", "OLDEST", "LATEST", "HIGHEST"),
        *("SHORTEST", "SMALLEST", "FEWEST", "LEAST", "SOONEST", "ENOUGH"),
        *("LIMIT", "MAX", "MAXIMUM", "MINIMUM", "QUOTA", "DEPTH", "TRIES", "ATTEMPTS", "WAITING", "HELD", "LOOKED"),
        *("KEPT", "DAYS", "AGE", "LIFETIME", "LIFETIMES", "PATIENCE", "GRACE", "COOLDOWN", "PAUSE", "WITHIN"),
        *("PAGE", "ONCE", "COUNTED", "SHOWN", "ANSWERS", "BYTES", "MEMORY", "PIXELS", "EXTRACTS", "EXTRACT"),
    }
)
"""A name that has one of them says how much there may be of something, or for how long."""

NUMBERS = (int, float, Decimal, timedelta, dict)

LEFT_OUT = ("models/store/migrations/", "models/store/postgres/", "web/commands/demo/")


def read_limits(layer: str) -> dict[str, object]:
    """Each limit of a layer with what it is now."""
    found: dict[str, object] = {}
    for path in sorted((ROOT / layer).rglob("*.py")):
        where = path.relative_to(ROOT)
        if not where.as_posix().startswith(LEFT_OUT):
            names = [name for name in _list_constants(path.read_text()) if not WORDS.isdisjoint(name.split("_"))]
            module = importlib.import_module(".".join(where.with_suffix("").parts)) if names else None
            values = {f"{module.__name__}.{name}": getattr(module, name) for name in names} if module else {}
            found |= {name: value for name, value in values.items() if _is_number(value)}
    return found


def _is_number(value: object) -> bool:
    if isinstance(value, dict):
        return bool(value) and all(_is_number(one) for one in value.values())
    return isinstance(value, NUMBERS) and not isinstance(value, bool)


def _list_constants(source: str) -> Iterator[str]:
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign | ast.AnnAssign):
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                yield from (one.id for one in ast.walk(target) if isinstance(one, ast.Name) and one.id.isupper())
