"""Scripts that strangers run as root on their machines: shellcheck finds nothing, none goes on after a mistake."""

import shutil
import subprocess
from pathlib import Path

import pytest

DEPLOY = Path(__file__).parents[2] / "deploy"

SCRIPTS = sorted(
    path
    for path in (DEPLOY / "install.sh", *(DEPLOY / "debian").iterdir(), *(DEPLOY / "yunohost" / "scripts").iterdir())
    if path.read_text(encoding="utf-8").startswith("#!")
)

OF_REHEARSALS = sorted((DEPLOY.parent / "tests/rehearsal").glob("*.sh"))

OF_YUNOHOST = Path(__file__).with_name("yunohost_helpers.sh")

SHELLCHECK = shutil.which("shellcheck")

GIVEN_BY_YUNOHOST = ("--exclude=SC1091,SC2154",)
"""Its helpers are not on this machine, and its variables come from there."""


def test_all_scripts_are_looked_at() -> None:
    assert len(SCRIPTS) == 1 + 4 + 8


@pytest.mark.skipif(SHELLCHECK is None, reason="shellcheck is not on this machine (Debian: shellcheck)")
def test_shellcheck_finds_nothing() -> None:
    for options, scripts in (
        ((), [path for path in (*SCRIPTS, *OF_REHEARSALS) if "yunohost" not in path.parts]),
        (GIVEN_BY_YUNOHOST, [*(path for path in SCRIPTS if "yunohost" in path.parts), OF_YUNOHOST]),
    ):
        asked = subprocess.run(["shellcheck", *options, *scripts], capture_output=True, text=True, check=False)
        assert (asked.returncode, asked.stdout) == (0, "")


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_script_can_be_run_and_stops_at_the_first_mistake(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    if path.name == "_common.sh":
        return
    assert path.stat().st_mode & 0o111, "its mode in git is 755"
    if path.is_relative_to(DEPLOY / "yunohost"):
        assert "\nsource /usr/share/yunohost/helpers\n" in text, "which stop a script at the first mistake"
    else:
        assert "\nset -e" in text
