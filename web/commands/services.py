"""`declic install-service`: makes of an installed program a service of systemd, where no script did."""

from __future__ import annotations

import os
import pwd
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import click

from models.settings import INSTALLED
from web.commands.installed_settings import read_lines
from web.commands.runner import CommandFailed, print_err, print_out

ADDRESS = re.compile(r"https://(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]*[a-z][a-z0-9-]*")

NAME = "declic"

PROGRAM = "/opt/declic/venv/bin/declic"
"""Where the shipped units expect it."""


@dataclass(frozen=True, slots=True)
class Machine:
    """Where things go on it."""

    settings: Path = INSTALLED / f"{NAME}.env"
    units: Path = Path("/etc/systemd/system")
    programs: Path = Path("/usr/local/bin")
    data: Path = Path("/var/lib/declic")
    backups: Path = Path("/var/backups/declic")
    shipped: Path = Path(__file__).parents[1] / "project" / "deploy"
    running: Path = Path("/run/systemd/system")


MACHINE = Machine()


@click.command("install-service")
@click.argument("address")
def install_service(address: str) -> None:
    """Make the account, the folders, the settings and the units of systemd; what is there already is kept.

    ADDRESS is that of the cooperative, such as https://entraide.lomme.example, and permanent. Prints what to type next.
    """
    url = address.lower().rstrip("/")
    if not ADDRESS.fullmatch(url):
        raise click.UsageError(
            f"{address} is no address such as https://entraide.lomme.example (a name of its own, no folder, no port)."
        )
    if os.geteuid() != 0:
        raise CommandFailed(f"Run this as root: sudo {sys.argv[0]} install-service {url}")
    if not MACHINE.shipped.is_dir():
        raise CommandFailed("The units come with the wheel: install that one, and run this from there.")
    _require_same_address(url)
    _make_account()
    _make_folder(MACHINE.settings.parent, 0o750, "root")
    for folder in (MACHINE.data, MACHINE.backups):
        _make_folder(folder, 0o700, NAME)
    _write_settings(url)
    program = _link_program()
    _write_units(program)
    print_out("systemctl enable --now declic declic-backup.timer && declic first-run")


def _require_same_address(url: str) -> None:
    if not MACHINE.settings.exists():
        return
    there = dict(read_lines(MACHINE.settings.read_text(encoding="utf-8"))).get("DECLIC_URL")
    if there != url:
        raise CommandFailed(
            f"{MACHINE.settings} is about {there}, and an address is permanent: name that one, or change the file."
        )


def _make_account() -> None:
    try:
        pwd.getpwnam(NAME)
    except KeyError:
        _call(
            "useradd", "--system", "--user-group", "--home-dir", "/var/lib/declic", "--shell", "/usr/sbin/nologin", NAME
        )


def _call(*command: str) -> None:
    """Raises CommandFailed with what the program says."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 # words of ours alone
    if done.returncode != 0:
        raise CommandFailed(f"{command[0]} failed: {' '.join(done.stderr.split()) or done.returncode}")


def _make_folder(path: Path, mode: int, owner: str) -> None:
    path.mkdir(parents=True, exist_ok=True)
    path.chmod(mode)
    shutil.chown(path, owner, NAME)


def _write_settings(url: str) -> None:
    if MACHINE.settings.exists():
        print_err(f"{MACHINE.settings} stays as it is.")
        return
    text = (MACHINE.shipped / "declic.env.example").read_text(encoding="utf-8")
    _write(MACHINE.settings, re.sub(r"^DECLIC_URL=.*", f"DECLIC_URL={url}", text, flags=re.MULTILINE), 0o640)
    shutil.chown(MACHINE.settings, "root", NAME)


def _write(path: Path, text: str, mode: int) -> bool:
    """Whether it says something else than before. It is there whole or not at all, and never open to others."""
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return False
    new = path.with_name(f".{path.name}.new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding="utf-8") as file:
        os.fchmod(file.fileno(), mode)
        file.write(text)
    new.rename(path)
    return True


def _link_program() -> Path:
    """The program that runs here, by the path that stays: of pipx the one outside of its environment."""
    program = Path(os.path.abspath(shutil.which(sys.argv[0]) or sys.argv[0]))
    link = MACHINE.programs / NAME
    if program != link and not (link.exists() or link.is_symlink()):
        link.symlink_to(program)
    return program


def _write_units(program: Path) -> None:
    changed = False
    for unit in sorted((MACHINE.shipped / "systemd").iterdir()):
        text = unit.read_text(encoding="utf-8").replace(PROGRAM, str(program))
        changed |= _write(MACHINE.units / unit.name, text, 0o644)
    if changed and MACHINE.running.is_dir():
        _call("systemctl", "daemon-reload")
