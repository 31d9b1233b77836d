"""The locked wheels for another machine: another Python, another processor; and how they are laid out."""

import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

from packaging.markers import Marker

from deploy.build.downloads import find_pip

OLDEST_GLIBC, NEWEST_GLIBC = 17, 36
"""Minors of glibc 2 whose wheels are taken: Debian 12 has 2.36."""


def fetch_wheels(requirements: Path, folder: Path, *, python: str, machine: str) -> list[Path]:
    """All wheels that `requirements` names for that Python, such as "3.13", on that machine, by their locked sums."""
    wanted = folder / "wanted.txt"
    lines = keep_wanted(requirements.read_text(encoding="utf-8"), python=python, machine=machine)
    wanted.write_text("\n".join(lines) + "\n", encoding="utf-8")
    platforms = [f"manylinux_2_{minor}_{machine}" for minor in range(OLDEST_GLIBC, NEWEST_GLIBC + 1)]
    command = [*find_pip(), "download", "--quiet", "--disable-pip-version-check", "--no-deps", "--require-hashes"]
    command += ["--only-binary=:all:", "--implementation=cp", f"--python-version={python}"]
    command += [f"--platform={one}" for one in (f"manylinux2014_{machine}", *platforms)]
    command += ["--dest", str(folder), "--requirement", str(wanted)]
    if subprocess.run(command, check=False, stdout=subprocess.DEVNULL).returncode != 0:
        sys.exit(f"The locked wheels for Python {python} on {machine} could not be fetched.")
    return sorted(folder.glob("*.whl"))


def keep_wanted(requirements: str, *, python: str, machine: str) -> Iterator[str]:
    """The lines that count there: pip reads conditions as if they were about the Python that it runs on."""
    there = {
        "python_version": python,
        "python_full_version": f"{python}.0",
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
        "platform_machine": machine,
        "platform_system": "Linux",
        "sys_platform": "linux",
        "os_name": "posix",
    }
    kept = False
    for line in requirements.splitlines():
        if line[:1].isalnum():
            name, _, condition = line.rstrip(" \\").partition(";")
            kept = not condition.strip() or Marker(condition.strip()).evaluate(there)
            line = f"{name.strip()} \\"
        if kept and not line.lstrip().startswith("#"):
            yield line


def unpack_wheel(wheel: Path, site: Path) -> None:
    """As installers do, but for scripts, of which we need none, and without a word on which installer it was."""
    with zipfile.ZipFile(wheel) as archive:
        for entry in archive.infolist():
            place = place_of(entry.filename)
            if place is None or entry.is_dir():
                continue
            target = site / place
            if not target.resolve().is_relative_to(site.resolve()):
                sys.exit(f"{wheel.name} would write outside of its folder: {entry.filename}")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(archive.read(entry))


def place_of(name: str) -> str | None:
    """Where a file of a wheel belongs among the libraries; None where it does not belong there."""
    data = re.match(r"[^/]+\.data/(\w+)/(.*)", name)
    if data is None:
        return name
    return data[2] if data[1] in {"purelib", "platlib"} else None
