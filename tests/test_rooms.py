"""What a room says that it may import of its layer is what it imports, as the contracts in pyproject.toml order it."""

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.test_shape import FOLDERS, ROOT, SHIPPED, name_of, parse

SAID = re.compile(r"^May import: (.*?)\n(?:\n|\Z)", re.MULTILINE | re.DOTALL)

LAYERS = [ROOT / name for name in FOLDERS]

ROOMS = sorted({path.parent for path in SHIPPED} - set(LAYERS))

TOP = {path.stem for path in (ROOT / "models").glob("*.py")}
"""What stands at the top of models is for every room, as its README says."""


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
def read_said(room: Path) -> frozenset[str] | None:
    """The names in its sentence, and with "below" what stands under the lowest of them; None for everything."""
    [sentence] = SAID.findall((room / "README.md").read_text())
    if "verything" in sentence:
        return None
    sentence = sentence.partition("; never")[0]
    names = {part for code in re.findall(r"`([^`]+)`", sentence) for part in code.split("/")}
    assert names or "nothing else" in sentence
    order = list_orders().get(".".join(room.parent.relative_to(ROOT).parts), [])
    if "below" in sentence:
        names |= set(order[max(order.index(name) for name in names if name in order) :])
    return frozenset(names | TOP if room.is_relative_to(ROOT / "models") else names)


def list_speakers(room: Path) -> list[Path]:
    """Whose sentences are about this room: in web its own and those of the rooms around it.

    A room in a room of the core may leave the sentence to that one; where it has one, that one counts.
    """
    around = [one for one in (room, *room.parents) if one in ROOMS]
    if room.is_relative_to(ROOT / "web"):
        return around
    nearest = next((one for one in around if SAID.search((one / "README.md").read_text())), around[-1])
    return [nearest]


def list_imports(room: Path) -> Iterator[tuple[str, ...]]:
    """What its modules import of other rooms of its layer, as parts of a path from the layer on."""
    here = room.relative_to(ROOT).parts
    for path in room.glob("*.py"):
        for node in ast.walk(parse(path)):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.partition(".")[0] == here[0]:
                parts = tuple(node.module.split("."))
                for name in node.names:
                    target = (*parts, name.name)
                    if target[: len(here)] != here:
                        yield target[1:]


def list_unsaid(room: Path) -> Iterator[str]:
    """What it imports and does not say. A room in a room may import what that one may; and that one's modules, where
    it says nothing itself.
    """
    speakers = list_speakers(room)
    said = [read_said(one) for one in speakers]
    known = [names for names in said if names is not None]
    if len(known) < len(said):
        return
    inside = speakers[0].relative_to(ROOT).parts[1:]
    for target in list_imports(room):
        if target[: len(inside)] != inside and not any(names & set(target) for names in known):
            yield f"{name_of(room)} imports {'.'.join(target)}"


def list_needless(room: Path) -> list[str]:
    """What a room of the core says that it imports, and does not."""
    if list_speakers(room) != [room]:
        return []
    imported = {part for one in ROOMS if one.is_relative_to(room) for target in list_imports(one) for part in target}
    return [f"{name_of(room)} says {name}" for name in (read_said(room) or frozenset()) - imported - TOP]


def test_rooms_import_what_they_say_and_no_more() -> None:
    assert len(ROOMS) > 100
    assert sorted({one for room in ROOMS for one in list_unsaid(room)}) == []


def test_rooms_of_the_core_say_no_more_than_they_import() -> None:
    """They name the rooms one by one, so that a name which is needed no more is seen."""
    core = [room for room in ROOMS if not room.is_relative_to(ROOT / "web")]

    assert len(core) > 50
    assert sorted(one for room in core for one in list_needless(room)) == []
