"""Checkouts of this project, and the `declic` of each as a process of its own: nothing of theirs is imported here."""

import importlib.metadata
import io
import os
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import tarfile
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.recorded.browser import Browser

ROOT = Path(__file__).resolve().parents[2]

REQUIREMENTS = "requirements.txt"

PINNED = re.compile(r"^([\w.-]+)(?:\[[\w,-]+\])?==([\w.+!-]+) *\\?$", re.MULTILINE)
"""A requirement without a condition, as uv writes it."""

START_SECONDS = 120
STOP_SECONDS = 60


class CommandFailed(Exception):
    """A command of one of the checkouts did not do what was asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """A checkout, and a Python that finds its modules and what it requires."""

    folder: Path
    python: str

    @property
    def name(self) -> str:
        """Its commit, short."""
        return run(["git", "rev-parse", "--short", "HEAD"], self.folder).strip()

    def command(self, *arguments: str) -> list[str]:
        """How its `declic` is called: by the module that its own pyproject.toml names."""
        project = tomllib.loads((self.folder / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        module, _, function = project["scripts"]["declic"].partition(":")
        return [self.python, "-c", f"from {module} import {function}; {function}()", *arguments]

    def environment(self, settings: dict[str, str]) -> dict[str, str]:
        """Of its processes: ours without our settings, and without what we import."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("DECLIC_", "PYTHON"))}
        return (
            kept
            | {"PYTHONPATH": str(self.folder)}
            | {f"DECLIC_{key.upper()}": value for key, value in settings.items()}
        )

    def declic(self, settings: dict[str, str], *arguments: str) -> str:
        """What a command prints. Raises CommandFailed."""
        return run(self.command(*arguments), self.folder, self.environment(settings))

    @contextmanager
    def running(self, settings: dict[str, str], *arguments: str, log: Path) -> Iterator[subprocess.Popen[bytes]]:
        """A command that runs as long as the block, its words in `log`; ended as systemd ends it."""
        with log.open("ab") as file:
            process = subprocess.Popen(
                self.command(*arguments), cwd=self.folder, env=self.environment(settings), stdout=file, stderr=file
            )
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(STOP_SECONDS)


def run(command: list[str], folder: Path, environment: dict[str, str] | None = None) -> str:
    """What a program prints. Raises CommandFailed with what it said."""
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CommandFailed(f"{' '.join(command[:2])} … {command[-1]}: {done.stderr.strip()[-2000:]}")
    return done.stdout


def is_ancestor(commit: str, other: str) -> bool:
    """Whether a commit is the other one, or came before it; not where one of the two is not known here."""
    command = ["git", "merge-base", "--is-ancestor", commit, other]
    return subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode == 0


@contextmanager
def checked_out(commit: str) -> Iterator[Tree]:
    """Another commit of this repository in a folder of its own, gone at the end of the block."""
    with TemporaryDirectory(prefix="declic-tree-") as made:
        folder = Path(made) / "tree"
        Path(made).chmod(0o755)  # as root, its commands become the account that the data belong to
        run(["git", "worktree", "add", "--detach", str(folder), commit], ROOT)
        try:
            with open_tree(folder) as tree:
                yield tree
        finally:
            run(["git", "worktree", "remove", "--force", str(folder)], ROOT)


def is_known(commit: str) -> bool:
    """Whether this is a checkout of a repository that has this commit: an archive has none."""
    command = ["git", "cat-file", "-e", f"{commit}^{{commit}}"]
    return shutil.which("git") is not None and subprocess.run(command, cwd=ROOT, capture_output=True).returncode == 0


@contextmanager
def exported(commit: str) -> Iterator[Tree]:
    """The files of another commit in a folder of its own, of which the repository knows nothing."""
    with TemporaryDirectory(prefix="declic-export-") as made:
        folder = Path(made) / "tree"
        folder.mkdir()
        Path(made).chmod(0o755)  # as root, its commands become the account that the data belong to
        packed = subprocess.run(["git", "archive", commit], cwd=ROOT, capture_output=True, check=True).stdout
        with tarfile.open(fileobj=io.BytesIO(packed)) as files:
            files.extractall(folder, filter="data")
        with open_tree(folder) as tree:
            yield tree


@contextmanager
def open_tree(folder: Path = ROOT) -> Iterator[Tree]:
    """A checkout with a Python of its own: what is installed for us, as long as all that it requires is, but not us.

    A checkout that is installed, such as this one, could be found before the one that is meant: a package with an
    `__init__` wins over one without, wherever they stand.
    """
    with TemporaryDirectory(prefix="declic-python-") as made:
        Path(made).chmod(0o755)
        same = are_installed((folder / REQUIREMENTS).read_text(encoding="utf-8"))
        run([sys.executable, "-m", "venv", *(["--without-pip"] if same else []), made], ROOT)
        python = str(Path(made) / "bin" / "python")
        if not same:
            run([python, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", REQUIREMENTS], folder)
        packages = Path(sysconfig.get_path("purelib", vars={"base": made}))
        shared = [sysconfig.get_path("purelib")] if same else []
        (packages / "tree.pth").write_text("\n".join([str(folder), *shared]) + "\n")
        yield Tree(folder=folder, python=python)


def are_installed(requirements: str) -> bool:
    """Whether each package that is asked for, by its version, is what we have; not those of other systems."""
    asked = PINNED.findall(requirements)
    return bool(asked) and all(find_version(name) == version for name, version in asked)


def find_version(name: str) -> str | None:
    """Of a package that is installed for us."""
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def wait_until_ready(browser: Browser, process: subprocess.Popen[bytes], log: Path, path: str = "/healthz") -> None:
    """Return as soon as the server answers 200. Raises CommandFailed when it ends or takes too long."""
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            if browser.ask("GET", path).status == 200:
                return
        except OSError:
            pass
        time.sleep(0.1)
    raise CommandFailed(f"the server does not answer: {log.read_text(errors='replace')[-2000:]}")
