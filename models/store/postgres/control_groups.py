"""The groups of processes that we are in, such as a container or a unit of systemd: where their limits stand."""

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

OWN = Path("/proc/self/cgroup")
"""In which groups we are."""

ROOT = Path("/sys/fs/cgroup")
"""What each of them may have of the machine."""


def list_folders(controller: str) -> Iterator[tuple[Path, int]]:
    """Of our group and each that it is in, the folder for `cpu` or `memory`, and the version of cgroups (1 or 2).

    A container may see its own as the first of all, which is why the root is one of them. Some sandboxes say nothing.
    """
    for line in read(OWN).splitlines() or ["0::/", f"0:{controller}:/"]:
        _, controllers, path = line.split(":", 2)
        if controllers and controller not in controllers.split(","):
            continue
        top = ROOT / controller if controllers else ROOT
        group = PurePosixPath(path.lstrip("/"))
        for one in (group, *group.parents):
            yield top / one, 1 if controllers else 2


def read(path: Path) -> str:
    """What stands there, nothing where there is no such file."""
    try:
        return path.read_text().strip()
    except OSError:
        return ""
