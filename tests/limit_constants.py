"""The numbers that limit something, as the modules of a layer have them: by their names, at the top of a module."""

import ast
import importlib
import inspect
import re
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from types import FunctionType

ROOT = Path(__file__).parents[1]

WORDS = frozenset(
    {
        *("MOST", "LONGEST", "LARGEST", "HEAVIEST", "FARTHEST", "OLDEST", "LATEST", "HIGHEST"),
        *("SHORTEST", "SMALLEST", "FEWEST", "LEAST", "SOONEST", "ENOUGH"),
        *("LIMIT", "MAX", "MAXIMUM", "MINIMUM", "QUOTA", "DEPTH", "TRIES", "ATTEMPTS", "WAITING", "HELD", "LOOKED"),
        *("KEPT", "DAYS", "AGE", "LIFETIME", "LIFETIMES", "PATIENCE", "GRACE", "COOLDOWN", "PAUSE", "WITHIN"),
        *("COMPANY", "PAGE", "ONCE", "COUNTED", "SHOWN", "ANSWERS", "BYTES", "MEMORY", "PIXELS", "EXTRACTS", "EXTRACT"),
    }
)
"""A name that has one of them says how much there may be of something, or for how long."""

NUMBERS = (int, float, Decimal, timedelta, dict)

_SAID = rf"(?<![^\W_])(?:{'|'.join(sorted(WORDS))})(?![^\W_])"

SAID = re.compile(
    rf"^(?:(?=[^\s#\"'@)\]}}])[^\n]*?{_SAID}[^\n=]*=|\w*{_SAID}\w*\s*:|[(\[][^)\]]*{_SAID})", re.MULTILINE
)
"""A line at the margin that may give such a name something: most modules have none, and are not read closer."""

LEFT_OUT = ("models/store/migrations/", "models/store/postgres/", "web/commands/demo/")


def read_limits(layer: str) -> dict[str, object]:
    """Each limit of a layer with what it is now."""
    found: dict[str, object] = {}
    for path in _list_modules(layer):
        source = path.read_text()
        body = ast.parse(source).body if SAID.search(source) else ()
        names = [name for node in body for name in _constants(node) if not WORDS.isdisjoint(name.split("_"))]
        module = importlib.import_module(_name(path)) if names else None
        values = {f"{module.__name__}.{name}": getattr(module, name) for name in names} if module else {}
        found |= {name: value for name, value in values.items() if _is_number(value)}
    return found


def _list_modules(layer: str) -> list[Path]:
    found = sorted((ROOT / layer).rglob("*.py"))
    return [path for path in found if not path.relative_to(ROOT).as_posix().startswith(LEFT_OUT)]


def _name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def _is_number(value: object) -> bool:
    if isinstance(value, dict):
        return bool(value) and all(_is_number(one) for one in value.values())
    return isinstance(value, NUMBERS) and not isinstance(value, bool)


def _constants(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, ast.Assign | ast.AnnAssign):
        for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
            yield from (one.id for one in ast.walk(target) if isinstance(one, ast.Name) and one.id.isupper())


LIMIT = re.compile(r"\bLIMIT (\d+)\b")


def read_list_limits(layer: str) -> dict[str, tuple[int, ...]]:
    """How many lines lists give where nobody asks for another number: defaults of `limit`, and LIMIT in statements.

    Of one line is nothing said: it is the one that is looked for.
    """
    found: dict[str, tuple[int, ...]] = {}
    for path in _list_modules(layer):
        source = path.read_text()
        if LIMIT.search(source) or "limit: int" in source:
            module = importlib.import_module(_name(path))
            for node in ast.parse(source).body:
                for name in (
                    [node.name] if isinstance(node, ast.AsyncFunctionDef | ast.FunctionDef) else _constants(node)
                ):
                    numbers = tuple(number for number in _list_numbers(getattr(module, name)) if number != 1)
                    if numbers:
                        found[f"{module.__name__}.{name}"] = numbers
    return found


def _list_numbers(value: object) -> Iterator[int]:
    if isinstance(value, str):
        yield from map(int, LIMIT.findall(value))
    elif isinstance(value, FunctionType):
        default = inspect.signature(value).parameters.get("limit")
        if default is not None and isinstance(default.default, int):
            yield default.default
        for constant in value.__code__.co_consts:
            yield from _list_numbers(constant)


def read_field_limits(layer: str) -> dict[str, dict[str, tuple[int, ...]]]:
    """How many characters each field of a form may have, where the number stands where the field is read."""
    found: dict[str, dict[str, tuple[int, ...]]] = {}
    for path in _list_modules(layer):
        source = path.read_text()
        for node in ast.walk(ast.parse(source)) if "limit=" in source else ():
            match node:
                case ast.Call(func=ast.Attribute(), args=[ast.Constant(value=str(name)), *_], keywords=keywords):
                    for keyword in keywords:
                        match keyword:
                            case ast.keyword(arg="limit", value=ast.Constant(value=int(number))):
                                fields = found.setdefault(_name(path), {})
                                fields[name] = (*fields.get(name, ()), number)
    return found
