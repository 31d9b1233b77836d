"""The tree that is released: what is committed, and nothing that happens to lie beside it."""

import io
import subprocess
import sys
import tarfile
import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]

AS_COMMITTED = ("-c", "core.autocrlf=false", "-c", "core.eol=lf", "-c", "core.attributesFile=/dev/null")
"""Whatever somebody told git to do with the ends of lines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceTree:
    """A commit unpacked into `folder`: its version, and when it was committed, as seconds since 1970."""

    folder: Path
    version: str
    epoch: int


def unpack_commit(target: Path, root: Path = ROOT) -> SourceTree:
    """The last commit, in `target`. Leaves the program where there is no repository to take it from."""
    packed = _ask_git(root, *AS_COMMITTED, "archive", "--format=tar", "HEAD")
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        archive.extractall(target, filter="data")
    project = tomllib.loads((target / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    epoch = int(_ask_git(root, "log", "-1", "--format=%ct", "HEAD"))
    return SourceTree(folder=target, version=project["version"], epoch=epoch)


def list_uncommitted(root: Path = ROOT) -> list[str]:
    """Files that are changed or new here, and so in nothing that is built."""
    return [line[3:] for line in _ask_git(root, "status", "--porcelain").decode().splitlines()]


def list_tags(root: Path = ROOT) -> list[str]:
    """The tags of the last commit that somebody signed."""
    told = "%(if)%(contents:signature)%(then)%(refname:short)%(end)"
    return _ask_git(root, "for-each-ref", "--points-at=HEAD", f"--format={told}", "refs/tags").decode().split()


def _ask_git(root: Path, *arguments: str) -> bytes:
    asked = subprocess.run(["git", *arguments], cwd=root, capture_output=True, check=False)
    if asked.returncode != 0:
        sys.exit(f"{root} is no checkout of git to release from: {asked.stderr.decode().strip()}")
    return asked.stdout
