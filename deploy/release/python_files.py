"""The wheel and the source, built twice: what differs from one time to the next cannot be checked by anybody."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from deploy.release.source_tree import SourceTree


def build_python_files(tree: SourceTree, target: Path) -> list[Path]:
    """The wheel and the sdist in `target`. Leaves the program where a second build gives other bytes."""
    with tempfile.TemporaryDirectory(prefix="declic-again-") as again:
        first, second = _build(tree, target), _build(tree, Path(again))
        for path in first:
            if path.read_bytes() != (Path(again) / path.name).read_bytes():
                sys.exit(f"{path.name} comes out otherwise each time: it cannot be released.")
        assert [path.name for path in first] == [path.name for path in second]
    return first


def _build(tree: SourceTree, target: Path) -> list[Path]:
    """By the backend of pyproject.toml at its locked version, without asking a registry."""
    environment = os.environ | {"SOURCE_DATE_EPOCH": str(tree.epoch)}
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-t", "sdist", "-d", str(target)]
    built = subprocess.run(command, cwd=tree.folder, env=environment, capture_output=True, text=True, check=False)
    if built.returncode != 0:
        sys.exit(f"The wheel cannot be built:\n{built.stdout}{built.stderr}")
    return [target / f"declic-{tree.version}-py3-none-any.whl", target / f"declic-{tree.version}.tar.gz"]
