"""How much memory the embedded server keeps pages in, on small and large machines and in containers."""

import os
from pathlib import Path

import pytest

from models.store.postgres import memory
from models.store.postgres.memory import choose_shared_buffers

GIGABYTE = 1 << 30


@pytest.mark.parametrize(
    ("machine", "container", "chosen"),
    [
        (GIGABYTE // 2, "max", "48MB"),
        (GIGABYTE, "max", "64MB"),
        (4 * GIGABYTE, "max", "256MB"),
        (64 * GIGABYTE, "max", "512MB"),
        (64 * GIGABYTE, None, "512MB"),
        (64 * GIGABYTE, str(2 * GIGABYTE), "128MB"),
        (GIGABYTE, str(64 * GIGABYTE), "64MB"),
    ],
)
def test_a_sixteenth_of_what_there_is(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, machine: int, container: str | None, chosen: str
) -> None:
    if container:
        (tmp_path / "memory.max").write_text(f"{container}\n")
    monkeypatch.setattr(memory, "_LIMITS", (tmp_path / "memory.max",))
    monkeypatch.setattr(os, "sysconf", {"SC_PHYS_PAGES": machine >> 12, "SC_PAGE_SIZE": 4096}.__getitem__)

    assert choose_shared_buffers() == chosen
