"""What only a long form runs is there, runs in it, and leaves something of its kind in every run."""

import ast
from pathlib import Path

import pytest

from tests.long_forms import ONLY_LONG, is_left_out

ROOT = Path(__file__).parents[1]

TARGETS = {"DECLIC_DRILLS": "drills", "DECLIC_WALK": "walk"}


def list_tests(path: str) -> set[str]:
    tree = ast.parse((ROOT / path).read_text())
    return {one.name for one in tree.body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)}


def test_each_is_there_and_its_file_is_one_of_its_form() -> None:
    makefile = (ROOT / "Makefile").read_text()

    for form, files in ONLY_LONG.items():
        assert f"{form}=long" in makefile and f"{TARGETS[form]}:" in makefile
        for path, names in files.items():
            assert set(names) <= list_tests(path), path
            assert path in makefile or "tests/drills" in path, f"{path} is run by no long form"


def test_they_are_left_out_until_their_form_is_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    for form, files in ONLY_LONG.items():
        monkeypatch.delenv(form, raising=False)
        for path, names in files.items():
            assert all(is_left_out(f"{path}::{name}[1]") for name in names)
            assert not is_left_out(f"{path}::test_another")
        monkeypatch.setenv(form, "long")
        assert not any(is_left_out(f"{path}::{name}") for path, names in files.items() for name in names)
