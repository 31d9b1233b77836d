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

ADMINISTRATION = "/usr/local/sbin:/usr/sbin:/sbin"
"""Where useradd is; `su` of Debian leaves the path of who was there before."""


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
    packaged: Path = Path("/usr/lib/systemd/system/declic.service")
    closed: tuple[Path, ...] = (Path("/root"), Path("/home"), Path("/run/user"), Path("/tmp"), Path("/var/tmp"))  # noqa: S108
    """The units hide homes from the services, and what is in the last two goes by itself."""


MACHINE = Machine()


@click.command("install-service")
@click.argument("address")
def install_service(address: str) -> None:
    """Make the account, the folders, the settings and the units of systemd. Prints what to type next.

    ADDRESS is that of the cooperative, such as https://entraide.lomme.example, and permanent. Settings that are there
    stay; units are renewed: what you change in them belongs into drop-ins (`systemctl edit declic`).
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
    if MACHINE.packaged.exists():
        raise CommandFailed(
            "The Debian package declic is installed here: apt upgrades it, and this would make another."
        )
    _require_same_address(url)
    program = _find_program()
    _require_open(program, Path(sys.prefix), Path(sys.base_prefix))
    _make_account()
    _make_folder(MACHINE.settings.parent, 0o750, "root")
    for folder in (MACHINE.data, MACHINE.backups):
        _make_folder(folder, 0o700, NAME)
    _write_settings(url)
    _write_units(program)
    print_out(f"systemctl enable --now declic declic-backup.timer && {_link_program(program)} first-run")


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
    env = os.environ | {"PATH": f"{os.environ.get('PATH', os.defpath)}:{ADMINISTRATION}"}
    try:
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)  # noqa: S603 # words of ours
    except OSError as error:
        raise CommandFailed(f"{command[0]} cannot be run: {error.strerror}.") from None
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


def _find_program() -> Path:
    """The program that runs here, itself and no link to it: what is linked there may be another one tomorrow."""
    program = Path(os.path.abspath(shutil.which(sys.argv[0]) or sys.argv[0]))
    while program.is_symlink():
        program = Path(os.path.abspath(program.parent / program.readlink()))
    return program


def _require_open(*needed: Path) -> None:
    """Raise CommandFailed for what the service could not read, or not for long: it would never start."""
    for path in needed:
        for folder in MACHINE.closed:
            if path.resolve().is_relative_to(folder):
                raise CommandFailed(
                    f"{path.resolve()} is in {folder}, where the service cannot use it: install Déclic, with a Python "
                    f"of the system, into a folder such as {Path(PROGRAM).parents[1]}."
                )


def _link_program(program: Path) -> str:
    """How the program is called on a terminal: by its name where that is free, or means it already."""
    link = MACHINE.programs / NAME
    if not (link.exists() or link.is_symlink()):
        link.symlink_to(program)
    if link.resolve() == program.resolve():
        return NAME
    print_err(f"{link} is another program and stays as it is: this one is {program}.")
    return str(program)


def _write_units(program: Path) -> None:
    changed = False
    for unit in sorted((MACHINE.shipped / "systemd").iterdir()):
        text = unit.read_text(encoding="utf-8").replace(PROGRAM, str(program))
        path = MACHINE.units / unit.name
        was_there = path.exists()
        if _write(path, text, 0o644):
            changed = True
            if was_there:
                print_err(f"{path} is renewed; changes of yours belong into {path}.d/ (systemctl edit {unit.name}).")
    if changed and MACHINE.running.is_dir():
        _call("systemctl", "daemon-reload")
