"""The shape of the source: small modules, said in one sentence; folders that explain themselves."""

import ast
import re
import subprocess
from collections import Counter
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


def test_modules_are_short_and_say_what_they_are() -> None:
    texts = {name_of(path): path.read_text() for path in SHIPPED}
    sentences = {name_of(path): (ast.get_docstring(parse(path)) or "").split("\n")[0] for path in SHIPPED}

    assert [name for name, text in texts.items() if len(text.splitlines()) > 300] == [], "split it by sub-concept"
    assert [name for name, one in sentences.items() if len(one) <= 10] == [], "a module opens with one sentence"
    assert [name_of(path) for path in SHIPPED if path.stem in BANNED_NAMES] == []


def test_test_modules_are_not_too_long() -> None:
    long = [name_of(path) for path in TESTS if len(path.read_text().splitlines()) > 400]

    assert long == [], "split it by sub-concept"


def test_no_test_keeps_the_day_on_which_it_was_imported() -> None:
    texts = {path: path.read_text() for path in TESTS}
    asking = [path for path, text in texts.items() if any(day in text for day in DAYS)]
    days = [
        f"{name_of(path)}: {ast.unparse(node)}"
        for path in asking
        for node in ast.parse(texts[path]).body
        if isinstance(node, ast.Assign) and ast.unparse(node.value) in DAYS
    ]

    assert len(asking) > 10
    assert days == [], "ask tests/today.py when the test runs: the suite may run over midnight"


def test_folders_explain_themselves_and_name_their_modules() -> None:
    readmes = {folder: folder / "README.md" for folder in WITH_MODULES}
    bare = [name_of(folder) for folder, readme in readmes.items() if not readme.is_file()]
    assert bare == [], "a folder with modules opens with a README.md"
    texts = {folder: readme.read_text() for folder, readme in readmes.items()}

    assert [name_of(folder) for folder, text in texts.items() if len(text.splitlines()) > 40] == []
    assert [name for folder, text in texts.items() for name in list_unnamed(folder, text)] == []


def list_unnamed(folder: Path, text: str) -> list[str]:
    """The modules that the text about their folder does not name."""
    named = {word for code in re.findall(r"`([^`\n]+)`", text) for word in re.findall(r"\w+", code)}
    return [name_of(path) for path in sorted(folder.glob("*.py")) if path.stem not in {*named, "__init__"}]


def test_tables_of_folders_name_nothing_that_is_gone() -> None:
    texts = {folder: (folder / "README.md").read_text() for folder in WITH_MODULES}
    gone = [f"{name_of(folder)}: {name}" for folder, text in texts.items() for name in list_gone(folder, text)]

    assert gone == []
    assert list_gone(ROOT / "inbox", "| module | what |\n|---|---|\n| `nowhere` | x |\n") == ["nowhere"]


def list_gone(folder: Path, text: str) -> list[str]:
    """What the tables of modules say is there and is nowhere in the folder."""
    there = {path.stem for path in folder.rglob("*") if path.suffix in {"", ".py"}}
    tables = re.findall(r"^\| modules? \|.*\n\|[-| ]+\n((?:\|.*\n)+)", text, re.MULTILINE)
    cells = [line.split("|")[1] for table in tables for line in table.splitlines()]
    return [name for cell in cells for name in re.findall(r"`([a-z_0-9]+)/?`", cell) if name not in there]


def test_rooms_are_not_crowded_or_say_why() -> None:
    texts = {folder: (folder / "README.md").read_text() for folder in WITH_MODULES}
    rooms = Counter(folder.parent for folder in WITH_MODULES)
    modules = {folder: [one for one in folder.glob("*.py") if one.stem != "__init__"] for folder in WITH_MODULES}
    full = {folder for folder in WITH_MODULES if rooms[folder] > (14 if name_of(folder) in FOLDERS else 7)}
    crowded = {folder for folder in WITH_MODULES if len(modules[folder]) > 12}

    assert full <= {folder for folder, text in texts.items() if "More than seven folders: " in text}
    assert crowded == {folder for folder, text in texts.items() if "More than twelve modules: " in text}


def test_settings_are_documented() -> None:
    text = (ROOT / "deploy" / "README.md").read_text()

    assert [name for name in Settings.__struct_fields__ if f"DECLIC_{name.upper()}" not in text] == []


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
