"""What documents, comments and sentences in the source name by its path is there."""

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent

FOLDERS = ("models", "federation", "outbox", "inbox", "web", "tests", "deploy")

NAMED = re.compile(
    rf"(?<![\w/.:@#?=-])((?:{'|'.join(FOLDERS)})(?:/[a-z_0-9]+)+)(\.[a-zA-Z_]\w*)?(?![\w<{{-]|/[\w<{{*])"
)
"""A path of ours in a text, and what stands behind its last point: the end of a file, or a name in a module."""

READ = (".md", ".py", ".sql", ".toml", ".html", ".css", ".js", ".yml", ".service")

NOT_OURS = frozenset(
    {
        "tests/peers/node_modules",  # brought by npm
        "web/webfinger",  # the end of an address of the W3C
        "web/project/pyproject",  # made when a wheel is built
        "web/project/requirements",
        "web/project",
        "web/project/deploy",
    }
)


OTHERWISE = frozenset({"conftest.py", "test_sources.py", "test_loading.py", "schema.py", "test_release.py"})
"""Files that name paths from another folder on, of an archive of the source, of a tree made for a test, or of old."""


def list_texts() -> Iterator[Path]:
    """What is kept in git, but for migrations (never changed, their comments neither) and what was written by
    others.
    """
    kept = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")
    for name in kept:
        path = ROOT / name
        if path.suffix in READ and "migrations" not in path.parts and path.name not in OTHERWISE and path.is_file():
            yield path


def is_there(path: str, end: str) -> bool:
    """As a folder, a file of any kind, or a module with this name in it."""
    if path in NOT_OURS or path.startswith("web/project/deploy/") or (ROOT / path).is_dir():
        return True
    whole = ROOT / (path + end)
    return whole.is_file() or (ROOT / f"{path}.py").is_file() or any((ROOT / path).parent.glob(f"{whole.name}.*"))


def test_every_path_that_is_named_leads_somewhere() -> None:
    lost = sorted(
        {
            f"{path.relative_to(ROOT)}: {found[1]}{found[2] or ''}"
            for path in list_texts()
            for found in NAMED.finditer(path.read_text())
            if not is_there(found[1], found[2] or "")
        }
    )

    assert lost == []


IMPORTED = re.compile(r"^ *from ((?:models|federation|outbox|inbox|web)(?:\.\w+)*) import ([\w, ]+)$", re.MULTILINE)
"""An import of ours on one line, also in a program that stands in a string, where no type checker looks."""


@cache
def has_word(module: Path, word: str) -> bool:
    return module.is_file() and re.search(rf"\b{word}\b", module.read_text()) is not None


def can_be_imported(module: str, name: str) -> bool:
    path = ROOT / module.replace(".", "/")
    inside = path / name
    if inside.is_dir() or inside.with_suffix(".py").is_file():
        return True
    return has_word(path.with_suffix(".py"), name) or has_word(path / "__init__.py", name)


def test_what_is_imported_is_there_also_by_programs_in_strings() -> None:
    lost = sorted(
        {
            f"{path.relative_to(ROOT)}: from {module} import {name}"
            for path in list_texts()
            if path.suffix == ".py" and "samples" not in path.parts  # these play earlier versions, too
            for module, names in IMPORTED.findall(path.read_text())
            for name in (one.split()[0] for one in names.split(",") if one.strip() and "__" not in one)
            if not can_be_imported(module, name)
        }
    )

    assert lost == []


def test_programs_in_strings_can_be_read() -> None:
    """Strings of tests that begin as a program does are run by another Python."""
    for path in (one for one in list_texts() if one.suffix == ".py" and "tests" in one.parts):
        for program in re.findall(r'^[A-Z]+ = """(\nimport .*?)"""', path.read_text(), re.MULTILINE | re.DOTALL):
            ast.parse(program, filename=str(path))
