"""A command beside an installed service means that instance, works as the owner of its data, or refuses."""

import json
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from models.store.postgres import DatabaseError, server
from tests.web.server.backups.sample_instance import run
from web.cli import run_command
from web.commands import installed_settings
from web.commands.installed_settings import read_lines

STARTER = """
import json, os, sys
from pathlib import Path
from models.lazy import LAZY, read_delayed
from web.cli import run_command
from web.commands import accounts, backups, installed_settings, keys, privileges
from web.commands.servers import peers

while any(type(module) is LAZY for module in list(sys.modules.values())):
    read_delayed()
for line in sys.stdin:
    given = json.loads(line)
    root = Path(given["root"])
    child = os.fork()
    if child == 0:
        os.chdir(root / "cwd")
        for number, name in ((1, "out"), (2, "err")):
            os.dup2(os.open(root / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
        os.environ.update(given["env"])
        privileges.CODE = [given["env"].pop("CODE", "/")]
        installed_settings.INSTALLED, installed_settings.UNITS = root / "etc", (root / "units",)
        status = run_command(given["arguments"])
        sys.stdout.flush()
        os._exit(status)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""
"""Everything is imported once, and a process of its own runs each command: root does not come back from nobody."""

NOBODY = pwd.getpwnam("nobody")

AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes somebody else")


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """A machine with /etc/declic, units of systemd, and the data of a service that runs as nobody."""

    root: Path
    starter: "subprocess.Popen[str]"

    @property
    def etc(self) -> Path:
        """Where settings are."""
        return self.root / "etc"

    @property
    def data(self) -> Path:
        """Where the data are."""
        return self.root / "lib"

    def install(self, name: str = "declic", **settings: str) -> Path:
        """The settings of an instance; `nobody` is the user of its unit."""
        file = self.etc / f"{name}.env"
        given = {"url": "https://lomme.test", "data": str(self.data)} | settings
        file.write_text("# settings\n" + "".join(f"DECLIC_{key.upper()}={value}\n" for key, value in given.items()))
        (self.root / "units" / f"{name}.service").write_text("[Service]\nUser=nobody\n")
        return file

    def declic(self, *arguments: str, **env: str) -> tuple[int, str, str]:
        """A command in an empty folder, with no setting in the environment unless given."""
        assert self.starter.stdin is not None
        assert self.starter.stdout is not None
        self.starter.stdin.write(json.dumps({"root": str(self.root), "env": env, "arguments": arguments}) + "\n")
        self.starter.stdin.flush()
        status = int(self.starter.stdout.readline())
        assert list((self.root / "cwd").iterdir()) == []  # nothing is ever made where somebody happens to be
        return status, (self.root / "out").read_text(), (self.root / "err").read_text()


@pytest.fixture(scope="module")
def starter() -> Iterator["subprocess.Popen[str]"]:
    """What starts the commands."""
    env = {key: value for key, value in os.environ.items() if not key.startswith("DECLIC_")}
    command = [sys.executable, "-c", STARTER]
    with subprocess.Popen(command, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process


@pytest.fixture
def machine(starter: "subprocess.Popen[str]") -> Iterator[Machine]:
    """In a folder that others may walk through, unlike tmp_path."""
    root = Path(tempfile.mkdtemp(prefix="declic-"))
    root.chmod(0o711)
    for name in ("etc", "units", "backups", "cwd"):
        (root / name).mkdir()
    yield Machine(root=root, starter=starter)
    shutil.rmtree(root)


@AS_ROOT
async def test_a_backup_as_root_is_of_the_installed_instance_and_belongs_to_its_account(
    machine: Machine, furnished_url: str
) -> None:
    machine.data.mkdir(mode=0o700)
    for folder in (machine.data, machine.root / "backups"):
        os.chown(folder, NOBODY.pw_uid, NOBODY.pw_gid)
    file = machine.install(database_url=f'"{furnished_url}"')

    status, out, err = machine.declic("backup", str(machine.root / "backups"))

    assert status == 0, err
    assert f"Instance: https://lomme.test, by {file}, as nobody." in err
    kept = Path(out.strip())
    assert kept.name.startswith("declic-lomme.test-")
    assert {path.stat().st_uid for path in (kept, *kept.rglob("*"))} == {NOBODY.pw_uid}
    assert await run(furnished_url, "SELECT folder FROM backup_run") == str(kept)

    (machine.root / "backups").chmod(0o700)
    os.chown(machine.root / "backups", 0, 0)
    status, out, err = machine.declic("backup", str(machine.root / "backups"))
    assert (status, out) == (1, "")
    assert f"nobody may not write into {machine.root}/backups; run as root: install -d -m 700 -o nobody" in err


@AS_ROOT
async def test_a_restore_as_root_makes_data_that_the_service_can_use(
    machine: Machine, furnished_url: str, postgres_url: str
) -> None:
    machine.install(database_url=furnished_url)
    backups = machine.root / "backups"
    os.chown(backups, NOBODY.pw_uid, NOBODY.pw_gid)
    machine.data.mkdir()
    (machine.data / "media" / "aa").mkdir(parents=True)
    key = "a" * 32 + ".jpg"
    (machine.data / "media" / "aa" / key).write_text("picture")
    for path in (machine.data, *machine.data.rglob("*")):
        os.chown(path, NOBODY.pw_uid, NOBODY.pw_gid)
    await run(furnished_url, "INSERT INTO media (id, mime_type, file_key) VALUES (1, 'image/jpeg', $1)", key)
    status, out, err = machine.declic("backup", str(backups))
    assert status == 0, err
    shutil.rmtree(machine.data)
    await run(furnished_url, "DROP SCHEMA public CASCADE")
    await run(furnished_url, "CREATE SCHEMA public")

    status, _, err = machine.declic("restore", out.strip())

    assert status == 0, err
    assert {path.stat().st_uid for path in (machine.data, *machine.data.rglob("*"))} == {NOBODY.pw_uid}
    assert (machine.data / "media" / "aa" / key).read_text() == "picture"
    assert await run(furnished_url, "SELECT file_key FROM media") == key


@AS_ROOT
@pytest.mark.parametrize("command", ["backup", "restore"])
def test_data_that_root_took_from_the_service_are_named_with_the_way_back(machine: Machine, command: str) -> None:
    machine.install()
    machine.data.mkdir()

    status, _, err = machine.declic(command, str(machine.root / "backups"))

    assert (status, err.count("\n")) == (1, 1)
    assert f"{machine.data} belongs to root" in err
    assert f"chown -R nobody: {machine.data}" in err
    assert list(machine.data.iterdir()) == []


@AS_ROOT
def test_a_command_that_the_account_of_the_data_may_not_read_does_not_begin(machine: Machine, tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    machine.install()
    machine.data.mkdir()
    os.chown(machine.data, NOBODY.pw_uid, NOBODY.pw_gid)

    status, _, err = machine.declic("backup", str(machine.root / "backups"), CODE=str(tmp_path / "os.py"))

    assert (status, err.count("\n")) == (1, 1)
    assert f"belongs to nobody, who may not read {tmp_path}/os.py, where this command is" in err


@AS_ROOT
@pytest.mark.parametrize("command", [("backup", "b"), ("peer", "list"), ("token", "create", "alice"), ("key", "seal")])
def test_where_no_instance_is_none_is_made(machine: Machine, command: tuple[str, ...]) -> None:
    status, out, err = machine.declic(*command)
    assert (status, out, err.count("\n")) == (1, "", 1)
    assert f"There is no instance in {machine.root}/cwd/data: `declic serve` or `declic migrate` makes one" in err

    machine.install()
    status, out, err = machine.declic(*command)
    assert (status, out, err.count("\n")) == (1, "", 1)
    assert f"There is no instance in {machine.data} yet: starting the service makes one." in err
    assert not machine.data.exists()


def test_several_instances_and_a_unit_without_settings_are_asked_about(machine: Machine) -> None:
    (machine.root / "units" / "declic.service").write_text("[Service]\nUser=nobody\n")
    status, _, err = machine.declic("peer", "list")
    assert (status, err.count("\n")) == (1, 1)
    assert "its settings are not in" in err

    files = [machine.install(name, data=str(machine.root / name)) for name in ("henin", "lomme")]
    status, _, err = machine.declic("peer", "list")
    assert (status, err.count("\n")) == (1, 1)
    assert (
        f"Several instances are installed (henin, lomme): say which one, such as `declic --settings {files[0]}" in err
    )

    status, _, err = machine.declic("--settings", str(files[1]), "peer", "list")
    assert f"no instance in {machine.root}/lomme" in err


def test_settings_that_do_not_say_where_the_data_are_are_refused(machine: Machine) -> None:
    file = machine.install(data="data")

    status, _, err = machine.declic("peer", "list")

    assert (status, err.count("\n")) == (1, 1)
    assert f"{file} has no DECLIC_DATA with the whole path" in err


def test_settings_in_the_environment_are_meant(machine: Machine) -> None:
    machine.install()

    _, _, err = machine.declic("peer", "list", DECLIC_DATA=str(machine.root / "mine"))

    assert f"There is no instance in {machine.root}/mine: " in err


def test_settings_that_this_account_may_not_read_are_said(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(_: Path) -> None:
        raise PermissionError(13, "Permission denied")

    for name in [name for name in os.environ if name.startswith("DECLIC_")]:
        monkeypatch.delenv(name)
    monkeypatch.setattr(installed_settings, "INSTALLED", machine.etc)
    monkeypatch.setattr(Path, "iterdir", refuse)

    assert run_command(["peer", "list"]) == 1
    said = capsys.readouterr().err
    assert f"Déclic is installed on this machine, and {machine.etc} is closed to this account" in said
    assert said.count("\n") == 1


def test_an_environment_file_is_read_as_systemd_reads_it() -> None:
    text = """
# DECLIC_URL=https://old.test
; another comment
DECLIC_URL=https://lomme.test
DECLIC_SMTP_URL="smtps://a:\\"b\\"@c"
DECLIC_TRUSTED_PROXIES=127.0.0.1, ::1
DECLIC_DATA='/var/lib/declic'
DECLIC_LISTEN=127.0.0.1:\\
8000
nonsense
"""
    assert dict(read_lines(text)) == {
        "DECLIC_URL": "https://lomme.test",
        "DECLIC_SMTP_URL": 'smtps://a:"b"@c',
        "DECLIC_TRUSTED_PROXIES": "127.0.0.1, ::1",
        "DECLIC_DATA": "/var/lib/declic",
        "DECLIC_LISTEN": "127.0.0.1:8000",
    }


@pytest.mark.parametrize("name", ["postgres.lock", "postgres.users", "socket", "pg18.new", "pg18", "media"])
def test_what_another_account_left_in_the_data_is_said_with_the_way_out(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / name).mkdir()
    (tmp_path / "declic.toml").touch()
    owner = pwd.getpwuid(tmp_path.stat().st_uid).pw_name
    monkeypatch.setattr(os, "geteuid", lambda: NOBODY.pw_uid)

    with pytest.raises(DatabaseError) as caught:
        server.require_ownership(tmp_path)
    assert str(caught.value).startswith(f"{tmp_path / name} belongs to {owner}: ")
    assert f"chown -R nobody: {tmp_path}" in str(caught.value)
