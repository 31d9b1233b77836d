"""What a room of web/ says that it may import is what it imports, and what the contracts in pyproject.toml order."""

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.test_shape import ROOT, SHIPPED, parse

SAID = re.compile(r"^May import: (.*?)\n(?:\n|\Z)", re.MULTILINE | re.DOTALL)

ROOMS = sorted(
    {path.parent for path in SHIPPED if path.is_relative_to(ROOT / "web") and path.parent != ROOT / "web"},
)


@cache
def list_orders() -> dict[str, list[str]]:
    """What stands in each package that has a contract, from the top."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    return {
        container: [name for layer in one["layers"] for name in layer.split(" | ")]
        for one in contracts
        for container in one.get("containers", ())
    }


@cache
def read_said(room: Path) -> frozenset[str]:
    """The names in its sentence, and with "below" what stands under the lowest of them; empty for everything."""
    [sentence] = SAID.findall((room / "README.md").read_text())
    if "verything" in sentence:
        return frozenset()
    sentence = sentence.partition("; never")[0]
    names = {part for code in re.findall(r"`([^`]+)`", sentence) for part in code.split("/")}
    order = list_orders().get(".".join(room.parent.relative_to(ROOT).parts), [])
    if "below" in sentence:
        names |= set(order[max(order.index(name) for name in names if name in order) :])
    return frozenset(names)


def list_imports(room: Path) -> Iterator[tuple[str, ...]]:
    """What its modules import of other rooms of web, as parts of a path from web on."""
    here = room.relative_to(ROOT).parts
    for path in room.glob("*.py"):
        for node in ast.walk(parse(path)):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.partition(".")[0] == "web":
                parts = tuple(node.module.split("."))
                for name in node.names:
                    target = (*parts, name.name)
                    if target[: len(here)] != here:
                        yield target[1:]


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: str(room.relative_to(ROOT)))
def test_a_room_imports_what_it_says_and_no_more(room: Path) -> None:
    """A room in a room may import what that one may."""
    said = [read_said(one) for one in (room, *room.parents) if one.is_relative_to(ROOT / "web") and one != ROOT / "web"]
    if not all(said):
        return

    unsaid = {".".join(target) for target in list_imports(room) if not any(names & set(target) for names in said)}

    assert sorted(unsaid) == []
