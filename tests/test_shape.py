"""The shape of the source: small modules, said in one sentence; folders that explain themselves."""

import ast
import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

from models.settings import Settings

ROOT = Path(__file__).parent.parent

FOLDERS = ("models", "federation", "outbox", "inbox", "web")

SHIPPED = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))

TESTS = sorted(path for path in (ROOT / "tests").rglob("*.py") if "node_modules" not in path.parts)

WITH_MODULES = sorted({path.parent for path in SHIPPED})

DAYS = ("date.today()", "datetime.now(PARIS).date()", "datetime.now(UTC).date()", "datetime.now(PARIS)")

BANNED_NAMES = ("utils", "util", "helpers", "helper", "common", "manager", "service", "misc")


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def parse(path: Path) -> ast.Module:
    """Read once for all that look at the source."""
    return ast.parse(path.read_text())


@pytest.mark.parametrize("path", SHIPPED, ids=name_of)
def test_a_module_is_short_and_says_what_it_is(path: Path) -> None:
    text = path.read_text()
    docstring = ast.get_docstring(parse(path))

    assert len(text.splitlines()) <= 300, "split it by sub-concept"
    assert docstring, "a module opens with one sentence"
    assert len(docstring.split("\n")[0]) > 10
    assert path.stem not in BANNED_NAMES


@pytest.mark.parametrize("path", TESTS, ids=name_of)
def test_a_test_module_is_not_too_long(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 400, "split it by sub-concept"


@pytest.mark.parametrize("path", TESTS, ids=name_of)
def test_no_test_keeps_the_day_on_which_it_was_imported(path: Path) -> None:
    days = [
        ast.unparse(node)
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.Assign) and ast.unparse(node.value) in DAYS
    ]

    assert days == [], "ask tests/today.py when the test runs: the suite may run over midnight"


@pytest.mark.parametrize("folder", WITH_MODULES, ids=name_of)
def test_a_folder_explains_itself_and_names_its_modules(folder: Path) -> None:
    readme = folder / "README.md"
    assert readme.is_file(), "a folder with modules opens with a README.md"
    text = readme.read_text()
    modules = [path.stem for path in folder.glob("*.py") if path.stem != "__init__"]

    assert len(text.splitlines()) <= 40
    named = {word for code in re.findall(r"`([^`\n]+)`", text) for word in re.findall(r"\w+", code)}
    assert [name for name in sorted(modules) if name not in named] == []


@pytest.mark.parametrize("folder", WITH_MODULES, ids=name_of)
def test_a_room_is_not_crowded_or_says_why(folder: Path) -> None:
    rooms = [one for one in WITH_MODULES if one.parent == folder]
    modules = [path for path in folder.glob("*.py") if path.stem != "__init__"]
    text = (folder / "README.md").read_text()

    assert len(rooms) <= (14 if name_of(folder) in FOLDERS else 7) or "More than seven folders: " in text
    assert (len(modules) > 12) == ("More than twelve modules: " in text)


@pytest.mark.parametrize("name", Settings.__struct_fields__)
def test_a_setting_is_documented(name: str) -> None:
    assert f"DECLIC_{name.upper()}" in (ROOT / "deploy" / "README.md").read_text()


@pytest.mark.parametrize("layer", FOLDERS)
def test_a_name_of_a_class_means_one_thing_in_a_layer(layer: str) -> None:
    places: dict[str, list[str]] = {}
    for path in SHIPPED:
        for node in ast.walk(parse(path)) if name_of(path).startswith(f"{layer}/") else ():
            if isinstance(node, ast.ClassDef):
                places.setdefault(node.name, []).append(name_of(path))

    assert len(places) > 15
    assert {name: where for name, where in places.items() if len(where) > 1} == {}, "import the other one, or say which"


def test_every_tracked_folder_at_the_top_is_one_of_those_agreed_on() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split(
        "\n"
    )
    folders = {line.partition("/")[0] for line in listed if "/" in line}

    assert folders <= {*FOLDERS, "tests", "deploy", ".ci"}


SAID_ONCE = {
    r"""["']open["'], ["']reserved["']""": 1,
    r"""["']reserved["'], ["']open["']""": 1,
    r"""["']requested["'], ["']countered["']""": 3,  # of agreements, where all their states are named, and of events
    r"""["']agreed["'], ["']done["']""": 2,
    r"""["']offer["'], ["']request["'], ["']repair_call["']""": 1,
    r"2 ?\*\* ?63|9_?223_?372_?036_?854_?775_?80[5-8]": 1,
}
"""What has a name (`listings.OPEN`, `agreements.LIVE`, `listings.KINDS`, `ids.HIGHEST_ID`), and how many modules
write it out: the one that gives the name, and those that list more."""


@pytest.mark.parametrize("words", SAID_ONCE)
def test_what_has_a_name_is_written_out_once(words: str) -> None:
    templates = (ROOT / "web" / "templates").rglob("*.*")
    written = [name_of(path) for path in (*SHIPPED, *templates) if re.search(words, path.read_text())]

    assert len(written) == SAID_ONCE[words], written
