"""`deploy/install.sh`: what it refuses, what it leaves as it is, and that it may be run twice.

Here the programs that change a machine are stand-ins and its folders lie in another one; `make rehearsal` runs it on a
bare Debian that boots.
"""

import hashlib
import os
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]

ADDRESS = "https://entraide.lomme.example"

WHEEL = "declic-9.9.9-py3-none-any.whl"

SHIPPED = ("Caddyfile", "declic.env.example", "systemd/declic.service", "systemd/declic-backup.timer")

STAND_INS = {
    "id": "echo 0",
    "dpkg-query": 'grep -qsx "${!#}" "$ROOT/packages" && echo "install ok installed" || exit 1',
    "apt-get": """
echo "apt-get $*" >>"$NOTES"
for one; do case $one in -* | install | update) ;; *) echo "$one" >>"$ROOT/packages" ;; esac; done""",
    "getent": 'grep -qsx "$2" "$ROOT/accounts"',
    "useradd": 'echo "${!#}" >>"$ROOT/accounts"',
    "systemctl": 'echo "systemctl $*" >>"$NOTES"',
    "chown": 'echo "chown $*" >>"$NOTES"',
    "chgrp": 'echo "chgrp $*" >>"$NOTES"',
    "runuser": 'shift 3; exec "$@"',
    "service": "",
    **{name: f'echo "{name} $*" >>"$NOTES"' for name in ("psql", "createuser", "createdb")},
    "declic": """
echo "declic $*" >>"$NOTES"
case "$*" in
    "backup fetch "*) echo "$3/declic-copy.tar.age" ;;
    "backup verify "*) exit "${HOLDS:-0}" ;;
    "backup "*) mkdir -p "${!#}/declic-2026"; echo "${!#}/declic-2026"; exit "${BACKS_UP:-0}" ;;
esac""",
    "install": """
kept=()
while [ $# -gt 0 ]; do case $1 in -o | -g) shift ;; *) kept+=("$1") ;; esac; shift; done
[ "${kept[0]}" = -d ] || mkdir -p "$(dirname "${kept[-1]}")"
exec /usr/bin/install "${kept[@]}"
""",
    "python3": """
case "$*" in
    *readyz*) ;;
    "-m venv"*) mkdir -p "$4/bin"; cp "$0" "$4/bin/python3" ;;
    *"-m pip --version") [ -e "$(dirname "$0")/declic" ] ;;
    *"-m pip install"*)
        echo "pip $*" >>"$NOTES"
        case "$*" in *"${PIP_FAILS:-nothing}"*) exit 1 ;; esac
        cp "$(dirname "$NOTES")/bin/declic" "$(dirname "$0")/declic"
        chmod +x "$(dirname "$0")/declic" ;;
    *) exec REAL "$@" ;;
esac""",
}
"""What each does instead, in bash; `ROOT` is the machine's folder, `NOTES` where it is noted."""


class Machine:
    """A folder that stands for a bare Debian, in which somebody put the script and a wheel."""

    def __init__(self, folder: Path) -> None:
        self.root, self.place, self.notes = folder / "machine", folder / "place", folder / "notes"
        for one in (self.root / "etc", self.root / "usr/local/bin", self.place, folder / "bin"):
            one.mkdir(parents=True)
        (self.root / "etc/os-release").write_text('ID=debian\nVERSION_ID="13"\n')
        self.script = self.place / "install.sh"
        text = (ROOT / "deploy/install.sh").read_text()
        for top in ("/etc/", "/opt/declic", "/var/", "/usr/local/bin", "/run/systemd"):
            text = text.replace(top, f"{self.root}{top}")
        self.script.write_text(text)
        for name, code in STAND_INS.items():
            path = folder / "bin" / name
            path.write_text(f"#!/bin/bash\n{code.replace('REAL', str(shutil.which('python3')))}\n")
            path.chmod(0o755)
        self.path = f"{folder / 'bin'}:{os.defpath}"

    def add_wheel(self, name: str = WHEEL) -> Path:
        """A wheel beside the script, with as much in it as the script reads."""
        wheel = self.place / name
        with zipfile.ZipFile(wheel, "w") as packed:
            packed.writestr("web/project/requirements.txt", "")
            packed.writestr("web/project/requirements-postgres.txt", "")
            for one in SHIPPED:
                packed.write(ROOT / "deploy" / one, f"web/project/deploy/{one}")
        return wheel

    def run(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        """The script, as root of that machine."""
        environment = {
            "PATH": self.path,
            "ROOT": str(self.root),
            "NOTES": str(self.notes),
            "INSTALL_PROXY": "none",
        } | more
        command = ["sh", str(self.script), *arguments]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    def noted(self) -> str:
        """What was asked of programs that change the machine."""
        return self.notes.read_text() if self.notes.exists() else ""


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("entraide.lomme.example", "no address such as"),
        ("http://entraide.lomme.example", "no address such as"),
        ("https://lomme.example/entraide", "without a folder"),
        ("https://lomme.example:8443", "or a port"),
        ("https://10.0.0.1", "no address such as"),
        ("https://a.example$(touch x)", "no address such as"),
    ],
)
def test_another_address_than_one_that_lasts_is_refused(machine: Machine, address: str, sentence: str) -> None:
    machine.add_wheel()

    ran = machine.run(address)

    assert ran.returncode == 1 and sentence in ran.stderr and ran.stderr.count("\n") == 1
    assert machine.noted() == "" and not (machine.root / "opt").exists()


@pytest.mark.parametrize(
    ("wheels", "argument", "sentence"),
    [
        ((), None, "lies beside this script"),
        ((WHEEL, "declic-9.9.8-py3-none-any.whl"), None, "several wheels"),
        ((), "/nowhere/declic.whl", "there is no file"),
        ((), "http://declic.example/declic.whl", "only fetched over https"),
    ],
)
def test_without_one_sure_wheel_nothing_is_done(
    machine: Machine, wheels: tuple[str, ...], argument: str | None, sentence: str
) -> None:
    for name in wheels:
        machine.add_wheel(name)

    ran = machine.run(ADDRESS, *([] if argument is None else [argument]))

    assert ran.returncode == 1 and sentence in ran.stderr
    assert machine.noted() == "" and not (machine.root / "opt").exists()


def test_a_wheel_that_is_not_what_the_sums_say_is_refused(machine: Machine) -> None:
    wheel = machine.add_wheel()
    sums = machine.place / "SHA256SUMS"
    sums.write_text(f"{'0' * 64}  {wheel.name}\n")

    refused = machine.run(ADDRESS)
    sums.write_text(f"{hashlib.sha256(wheel.read_bytes()).hexdigest()}  {wheel.name}\n")
    taken = machine.run(ADDRESS)

    assert refused.returncode == 1 and "is not what SHA256SUMS" in refused.stderr
    assert (taken.returncode, taken.stderr) == (0, "")


@pytest.mark.parametrize("system", ['ID=debian\nVERSION_ID="11"\n', 'ID=ubuntu\nVERSION_ID="24.04"\n'])
def test_another_system_is_sent_to_the_containers(machine: Machine, system: str) -> None:
    machine.add_wheel()
    (machine.root / "etc/os-release").write_text(system)

    ran = machine.run(ADDRESS)

    assert ran.returncode == 1 and "Debian 12 and 13" in ran.stderr and machine.noted() == ""


def test_an_installation_and_the_same_again(machine: Machine) -> None:
    machine.add_wheel()

    first = machine.run(f"{ADDRESS.upper().replace('HTTPS', 'https')}/")
    settings = machine.root / "etc/declic/declic.env"
    settings.write_text(f"{settings.read_text()}DECLIC_RATE_LIMIT=900\n")
    noted = machine.noted()
    machine.notes.unlink()
    again = machine.run(ADDRESS)

    assert (first.returncode, first.stderr, again.returncode, again.stderr) == (0, "", 0, "")
    assert "apt-get install -y -qq --no-install-recommends python3-venv ca-certificates" in noted
    assert (
        noted.count("--require-hashes --only-binary :all: -r") == 1
        and noted.count(" -r ") == 2
        and "--no-deps --force-reinstall" in noted
    )
    assert noted.endswith("systemctl enable --quiet declic.service declic-backup.timer\n")
    lines = settings.read_text().splitlines()
    assert f"DECLIC_URL={ADDRESS}" in lines and lines[-1] == "DECLIC_RATE_LIMIT=900", "what somebody wrote stays"
    assert "installed already" in again.stdout and "pip" not in machine.noted()
    assert (machine.root / "etc/systemd/system/declic.service").is_file()
    assert (machine.root / "usr/local/bin/declic").is_symlink()
    assert (machine.root / "accounts").read_text() == "declic\n"


def bring_newer_wheel(machine: Machine) -> None:
    """To where an earlier one was installed."""
    machine.add_wheel()
    machine.run(ADDRESS)
    (machine.place / WHEEL).unlink()
    with zipfile.ZipFile(machine.add_wheel("declic-9.9.10-py3-none-any.whl"), "a") as wheel:
        wheel.writestr("LICENSE", "")


def test_another_wheel_is_an_upgrade_of_the_program_alone(machine: Machine) -> None:
    bring_newer_wheel(machine)
    before = (machine.root / "etc/declic/declic.env").read_text()
    machine.notes.unlink()

    ran = machine.run(ADDRESS)

    assert (ran.returncode, ran.stderr) == (0, "")
    assert "declic-9.9.10" in machine.noted() and "useradd" not in machine.noted()
    assert (machine.root / "etc/declic/declic.env").read_text() == before


@pytest.mark.parametrize("step", ["--require-hashes", "--force-reinstall"])
def test_an_upgrade_that_pip_cannot_finish_leaves_what_was_there_running_with_the_files_that_lie_there(
    machine: Machine, step: str
) -> None:
    bring_newer_wheel(machine)
    machine.notes.unlink()
    (machine.root / "run/systemd/system").mkdir(parents=True)

    ran = machine.run(ADDRESS, PIP_FAILS=step)

    assert ran.returncode == 1 and "what was there runs on" in ran.stderr
    assert machine.noted().endswith("systemctl try-restart declic-worker@*.service declic.service\n")
    assert not (machine.root / "opt/declic/installed").exists()


def test_an_instance_of_another_address_is_left_alone(machine: Machine) -> None:
    machine.add_wheel()
    machine.run(ADDRESS)
    machine.notes.unlink()

    ran = machine.run("https://autre.example")

    assert ran.returncode == 1 and "an address is permanent" in ran.stderr and machine.noted() == ""


def test_a_backup_is_restored_before_the_first_start_by_the_account_of_the_service(machine: Machine) -> None:
    machine.add_wheel()
    backup = machine.root / "var/backups/declic/declic-entraide-2026"
    backup.mkdir(parents=True)

    ran = machine.run(ADDRESS, INSTALL_RESTORE=str(backup))

    noted = machine.noted()
    assert (ran.returncode, ran.stderr) == (0, "")
    assert f"chown -R declic:declic {backup.parent}" in noted, "the old machine gave the account another number"
    assert noted.index(f"declic restore {backup}") < noted.index("systemctl enable")


def bring_settings(machine: Machine, lines: str = "") -> Path:
    """Those of another machine, with a key file, under the number that the account had there."""
    folder = machine.root / "etc/declic"
    folder.mkdir()
    (folder / "declic.env").write_text(f"DECLIC_URL={ADDRESS}\n{lines}")
    key = folder / "backup_key"
    key.touch(mode=0o600)
    if os.geteuid() == 0:
        os.chown(key, 54321, 54321)
    return key


def test_key_files_of_the_old_machine_become_those_of_the_account(machine: Machine) -> None:
    machine.add_wheel()
    key = bring_settings(machine)
    (backup := machine.root / "var/backups/declic/declic-2026").mkdir(parents=True)

    ran = machine.run(ADDRESS, INSTALL_RESTORE=str(backup))

    [changed] = [line.split() for line in machine.noted().splitlines() if line.startswith("chown declic ")]
    assert (ran.returncode, ran.stderr) == (0, "")
    assert str(key) in changed and f"chgrp -R declic {key.parent}" in machine.noted()
    assert os.geteuid() != 0 or changed[2:] == [str(key)], "what is root's stays root's"


def test_where_only_copies_are_left_the_latest_is_fetched_and_restored(machine: Machine) -> None:
    machine.add_wheel()
    missing = machine.run(ADDRESS, INSTALL_RESTORE="fetch")
    assert (missing.returncode, machine.noted()) == (1, "") and "the old /etc/declic" in missing.stderr.replace(
        str(machine.root), ""
    )
    bring_settings(machine, "DECLIC_BACKUP_TO=sftp://coop@backups.example/~/declic\n")

    ran = machine.run(ADDRESS, INSTALL_RESTORE="fetch")

    noted = machine.noted()
    folder = machine.root / "var/backups/declic"
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "openssh-client" in next(line for line in noted.splitlines() if line.startswith("apt-get install"))
    fetched, restored = (
        noted.index(one) for one in (f"backup fetch {folder}\n", f"restore {folder}/declic-copy.tar.age\n")
    )
    assert noted.index("pip ") < fetched < restored < noted.index("systemctl enable")


@pytest.mark.parametrize("moved", [True, False])
def test_with_debians_postgresql_the_database_is_made_also_where_the_settings_are_there(
    machine: Machine, moved: bool
) -> None:
    machine.add_wheel()
    if moved:
        bring_settings(machine, "DECLIC_DATABASE_URL=postgresql:///declic?host=/run/postgresql\n")

    ran = machine.run(ADDRESS, INSTALL_POSTGRES="debian")

    assert (ran.returncode, ran.stderr) == (0, "")
    assert "createdb --owner declic" in machine.noted() and "pg_trgm" in machine.noted()
    settings = (machine.root / "etc/declic/declic.env").read_text()
    assert "\nDECLIC_DATABASE_URL=postgresql:///declic?host=/run/postgresql" in settings


GOING_ON = ("", "BACKS_UP=3", "HOLDS=2", "HOLDS=1 INSTALL_BACKUP=none", "BACKS_UP=1 INSTALL_BACKUP=none")
"""A copy that does not arrive holds nothing up (3), nor a version that can prove none (2)."""

STOPPING = ("BACKS_UP=1", "HOLDS=1")


def upgrade_by_script(machine: Machine, given: dict[str, str]) -> subprocess.CompletedProcess[str]:
    bring_newer_wheel(machine)
    for folder in ("run/systemd/system", "var/lib/declic/pg18"):
        (machine.root / folder).mkdir(parents=True)
    ran = machine.run(ADDRESS, **given)
    assert ("declic-9.9.10" in machine.noted().partition("declic backup")[2]) is (ran.returncode == 0)
    return ran


def upgrade_by_package(machine: Machine, given: dict[str, str]) -> subprocess.CompletedProcess[str]:
    text = (ROOT / "deploy/debian/preinst").read_text()
    for top in ("/etc/", "/var/", "/run/systemd", "/opt/"):
        text = text.replace(top, f"{machine.root}{top}")
    bring_settings(machine)
    for folder in ("run/systemd/system", "var/lib/declic/pg18"):
        (machine.root / folder).mkdir(parents=True)
    env = {"PATH": machine.path, "NOTES": str(machine.notes)} | given
    return subprocess.run(
        ["sh", "-c", text, "preinst", "upgrade"], env=env, check=False, capture_output=True, text=True
    )


@pytest.mark.parametrize("upgrade", [upgrade_by_script, upgrade_by_package])
@pytest.mark.parametrize("words", GOING_ON + STOPPING)
def test_an_upgrade_goes_on_after_a_proven_backup(machine: Machine, words: str, upgrade: Callable[..., Any]) -> None:
    ran = upgrade(machine, dict(word.split("=") for word in words.split()))

    assert (ran.returncode != 0) is ("so nothing is upgraded" in ran.stderr) is (words in STOPPING)
    proven = f"declic backup verify {machine.root}/var/backups/declic/declic-2026\n" in machine.noted()
    assert proven is ("BACKS_UP=1" not in words)


def test_a_backup_that_is_not_there_is_missed_before_anything_is_done(machine: Machine) -> None:
    machine.add_wheel()

    ran = machine.run(ADDRESS, INSTALL_RESTORE="/nowhere/declic-entraide")

    assert ran.returncode == 1 and "no backup /nowhere" in ran.stderr and machine.noted() == ""


def test_a_postgresql_of_its_own_operator_needs_no_other(machine: Machine) -> None:
    machine.add_wheel()
    (machine.root / "etc/declic").mkdir()
    (machine.root / "etc/declic/declic.env").write_text(f"DECLIC_URL={ADDRESS}\nDECLIC_DATABASE_URL=postgresql://x/y\n")

    assert machine.run(ADDRESS).returncode == 0

    assert machine.noted().count("--require-hashes") == 1, "the programs of PostgreSQL are not installed for nothing"


def test_what_it_is_asked_by_does_not_pass_for_a_setting(machine: Machine) -> None:
    """`declic` takes each variable that begins so for a setting of the instance that is meant, and refuses others."""
    asked = set(re.findall(r"\$\{(\w+):-", machine.script.read_text()))

    assert {"INSTALL_PROXY", "INSTALL_POSTGRES", "INSTALL_RESTORE", "INSTALL_SHA256"} <= asked
    assert [name for name in asked if name.startswith("DECLIC_")] == []


@pytest.mark.parametrize("script", ["deploy/install.sh", "deploy/debian/preinst"])
def test_a_backup_before_an_upgrade_is_made_by_any_version_and_removes_none(script: str) -> None:
    lines = [line for line in (ROOT / script).read_text().splitlines() if re.search(r"declic\"? backup ", line)]

    options = [re.findall(r"--[a-z-]+", said) for line in lines for said in line.split("backup ")[1:]]
    assert {"--no-copy"} >= {one for found in options for one in found} and [] in options, "an earlier version has none"
