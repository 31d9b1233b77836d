"""Packages of the registries as published: fetched by npm or pip, and refused unless their checksum fits."""

import hashlib
import subprocess
import sys
import tarfile
import zipfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

DOWNLOAD = ("download", "--quiet", "--no-deps", "--dest", ".")


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """`name` with its version as its registry's client asks for it, the `file` that comes, and the SHA-256 of that."""

    name: str
    file: str
    checksum: str


def fetch(package: Package, folder: Path) -> Path:
    """The file, downloaded unless the folder holds it. Leaves the program where it is not the file that is expected."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / package.file
    if not path.exists():
        command = ["npm", "pack", "--silent"] if path.suffix == ".tgz" else [*find_pip(), *DOWNLOAD]
        subprocess.run([*command, package.name], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != package.checksum:
        sys.exit(f"{path} is not the {package.name} that was expected (its SHA-256 is {found}).")
    return path


def find_pip() -> list[str]:
    """How pip is called here: uv makes environments without it."""
    return ["uv", "tool", "run", "pip"] if find_spec("pip") is None else [sys.executable, "-m", "pip"]


def read_member(path: Path, member: str) -> bytes:
    """A file inside a package. Leaves the program where there is none of this name."""
    try:
        if path.suffix == ".tgz":
            with tarfile.open(path) as archive:
                held = archive.extractfile(member)
                return held.read() if held else b""
        with zipfile.ZipFile(path) as archive:
            return archive.read(member)
    except KeyError:
        sys.exit(f"{path} holds no file {member}.")
