"""What documents, comments and sentences in the source name by its path is there."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent

FOLDERS = ("models", "federation", "outbox", "inbox", "web", "tests", "deploy")

NAMED = re.compile(
    rf"(?<![\w/.:@#?=-])((?:{'|'.join(FOLDERS)})(?:/[a-z_0-9]+)+)(\.[a-zA-Z_]\w*)?(?![\w<{{-]|/[\w<{{*])"
)
"""A path of ours in a text, and what stands behind its last point: the end of a file, or a name in a module."""

READ = (".md", ".py", ".toml", ".html", ".css", ".js", ".yml", ".service")

NOT_OURS = frozenset(
    {
        "web/webfinger",  # the end of an address of the W3C
        "web/project/pyproject",  # made when a wheel is built
        "web/project/requirements",
        "web/project",
    }
)


OTHERWISE = frozenset({"conftest.py", "test_sources.py", "test_loading.py"})
"""Files that name paths from another folder on, of an archive of the source, or of a small tree made up for a test."""


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
    if path in NOT_OURS or (ROOT / path).is_dir():
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
