"""How much memory the embedded server keeps pages in: by what it holds, on small and large machines, in groups."""

import os
from pathlib import Path

import pytest

from models.store.postgres import control_groups
from models.store.postgres.account import SystemUser
from models.store.postgres.binaries import Binaries
from models.store.postgres.cluster import Cluster, list_options
from models.store.postgres.memory import choose_shared_buffers, read_memory

GIGABYTE = 1 << 30


@pytest.fixture
def groups(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Where limits of groups are written."""
    monkeypatch.setattr(control_groups, "ROOT", tmp_path / "groups")
    monkeypatch.setattr(control_groups, "OWN", tmp_path / "own")
    return tmp_path / "groups"


def set_machine(monkeypatch: pytest.MonkeyPatch, memory: int) -> None:
    """A machine that has so much."""
    monkeypatch.setattr(os, "sysconf", {"SC_PHYS_PAGES": memory >> 12, "SC_PAGE_SIZE": 4096}.__getitem__)


def write(folder: Path, files: dict[str, str]) -> None:
    """Files with these texts."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def fill(folder: Path, size: int) -> None:
    """A database that takes so much, though not on this disk."""
    (folder / "base" / "5").mkdir(parents=True)
    with (folder / "base" / "5" / "16384").open("wb") as file:
        file.truncate(size)


@pytest.mark.parametrize(
    ("machine", "database", "chosen"),
    [
        (64 * GIGABYTE, 0, "32MB"),
        (64 * GIGABYTE, GIGABYTE // 4, "128MB"),
        (64 * GIGABYTE, 10 * GIGABYTE, "512MB"),
        (4 * GIGABYTE, 10 * GIGABYTE, "256MB"),
        (GIGABYTE, 10 * GIGABYTE, "64MB"),
        (GIGABYTE // 2, 10 * GIGABYTE, "32MB"),
    ],
)
def test_half_of_what_the_database_holds_and_a_sixteenth_of_what_there_is(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, groups: Path, machine: int, database: int, chosen: str
) -> None:
    set_machine(monkeypatch, machine)
    fill(tmp_path / "pg17", database)

    assert choose_shared_buffers(tmp_path / "pg17") == chosen


def test_a_database_that_is_not_made_yet_starts_with_the_least(tmp_path: Path) -> None:
    assert choose_shared_buffers(tmp_path / "pg17") == "32MB"


@pytest.mark.parametrize(
    ("own", "files", "memory"),
    [
        ("0::/\n", {"memory.max": "max\n"}, 4 * GIGABYTE),
        ("0::/\n", {"memory.max": f"{2 * GIGABYTE}\n"}, 2 * GIGABYTE),
        ("0::/\n", {"memory.max": f"{64 * GIGABYTE}\n"}, 4 * GIGABYTE),
        (None, {"memory.max": f"{GIGABYTE}\n"}, GIGABYTE),
        ("", {"memory.max": f"{GIGABYTE}\n"}, GIGABYTE),
        ("", {"memory/memory.limit_in_bytes": f"{GIGABYTE}\n"}, GIGABYTE),
        ("0::/system.slice/declic.service\n", {"system.slice/declic.service/memory.max": f"{GIGABYTE}"}, GIGABYTE),
        ("0::/system.slice/declic.service\n", {"system.slice/declic.service/memory.high": f"{GIGABYTE}"}, GIGABYTE),
        (
            "0::/a/b\n",
            {"a/b/memory.max": "max", "a/memory.max": f"{GIGABYTE}", "memory.max": f"{2 * GIGABYTE}"},
            GIGABYTE,
        ),
        ("0::/a\n", {"b/memory.max": f"{GIGABYTE}"}, 4 * GIGABYTE),
        ("4:cpu:/x\n3:memory:/x/y\n0::/\n", {"memory/x/memory.limit_in_bytes": f"{GIGABYTE}\n"}, GIGABYTE),
        ("3:memory:/\n", {"memory/memory.limit_in_bytes": "9223372036854771712\n"}, 4 * GIGABYTE),
    ],
)
def test_each_group_that_we_are_in_may_set_a_limit(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, groups: Path, own: str | None, files: dict[str, str], memory: int
) -> None:
    set_machine(monkeypatch, 4 * GIGABYTE)
    write(groups, files)
    if own is not None:
        write(tmp_path, {"own": own})

    assert read_memory() == memory


@pytest.mark.parametrize(("version", "method"), [("17.9", None), ("18.0", "sync"), ("19.1", "sync")])
def test_no_process_of_its_own_reads_for_the_others_where_a_major_has_such(
    tmp_path: Path, version: str, method: str | None
) -> None:
    found = Cluster(
        folder=tmp_path / "pg",
        sockets=tmp_path,
        binaries=Binaries(folder=tmp_path, version=version),
        account=SystemUser(),
    )

    assert list_options(found).get("io_method") == method
