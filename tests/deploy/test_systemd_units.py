"""The units of systemd: what they may do is little, and systemd's own measure says how little."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

UNITS = sorted((Path(__file__).parents[2] / "deploy" / "systemd").glob("*.service"))

MOST = 3.0
"""What `systemd-analyze security` may say: 10 is a service that may do everything."""

ANALYZE = shutil.which("systemd-analyze")


def test_there_are_units() -> None:
    assert {unit.name for unit in UNITS} == {"declic.service", "declic-worker@.service", "declic-backup.service"}


@pytest.mark.skipif(ANALYZE is None, reason="systemd-analyze is not on this machine (Debian: systemd)")
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_is_hardened(unit: Path) -> None:
    command = ["systemd-analyze", "security", "--offline=true", str(unit)]

    said = subprocess.run(command, capture_output=True, text=True, check=False).stdout

    [level] = re.findall(r"Overall exposure level for .*?: ([\d.]+)", said)
    assert float(level) <= MOST, said


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_nothing_that_a_unit_may_do_is_said_twice(unit: Path) -> None:
    """The later line would win without a word; only lists of system calls are put together of several."""
    lines = [line for line in unit.read_text().splitlines() if re.match(r"[A-Z]\w+=", line)]
    names = [line.partition("=")[0] for line in lines]

    twice = {name for name in names if names.count(name) > 1}
    assert twice <= {"Environment", "SystemCallFilter"}


def test_a_copy_that_did_not_arrive_fails_the_backup_of_the_night() -> None:
    [unit] = [one.read_text() for one in UNITS if one.name == "declic-backup.service"]

    assert "SuccessExitStatus" not in unit and "ExecStart=-" not in unit


def test_a_child_that_goes_for_want_of_memory_does_not_stop_what_goes_on_for_ever() -> None:
    """systemd's own habit is to end the whole service where the kernel ended one process of it."""
    yunohost = UNITS[0].parents[1] / "yunohost/conf/systemd.service"

    lasting = [text for unit in (*UNITS, yunohost) if "\nRestart=always\n" in (text := unit.read_text())]

    assert len(lasting) == 3
    assert all("\nOOMPolicy=continue\n" in text for text in lasting)


def test_all_units_may_do_the_same() -> None:
    """A worker and a backup open pictures and the database of strangers as the server does."""
    hardened = []
    for unit in UNITS:
        _, _, rest = unit.read_text().partition("NoNewPrivileges=")
        hardened.append(rest.partition("ReadWritePaths=")[0])

    assert len(set(hardened)) == 1 and len(hardened[0]) > 400
