"""`declic install-service`: a program that was installed by hand becomes the service that `install.sh` makes."""

import stat
from pathlib import Path

import pytest

from models.errors import DeclicError
from web.cli import run_command
from web.commands import services
from web.commands.services import Machine

ROOT = Path(__file__).parents[3]

ADDRESS = "https://entraide.lomme.example"


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """A folder that stands for a machine on which we are root, where the account is made without asking anybody."""
    for one in ("systemd", "bin", "etc", "running"):
        (tmp_path / one).mkdir()
    machine = Machine(
        settings=tmp_path / "etc/declic/declic.env",
        units=tmp_path / "systemd",
        programs=tmp_path / "bin",
        data=tmp_path / "lib/declic",
        backups=tmp_path / "backups/declic",
        shipped=ROOT / "deploy",
        running=tmp_path / "running",
        packaged=tmp_path / "lib/systemd/declic.service",
        closed=(tmp_path / "home", tmp_path / "root"),
    )
    program = tmp_path / "venv/bin/declic"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    called: list[str] = []

    def note(*command: str) -> None:
        called.append(" ".join(command))
        (tmp_path / "called").write_text("\n".join(called))

    monkeypatch.setattr(services, "MACHINE", machine)
    monkeypatch.setattr("sys.argv", [str(program)])
    monkeypatch.setattr("os.geteuid", lambda: 0)
    monkeypatch.setattr("shutil.chown", lambda path, *owner: note("chown", ":".join(owner), str(path)))
    monkeypatch.setattr(services, "_call", note)
    monkeypatch.setattr("sys.prefix", str(tmp_path / "venv"))
    monkeypatch.setattr("sys.base_prefix", "/usr")
    monkeypatch.setattr("pwd.getpwnam", dict[str, object]().__getitem__)
    return machine


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_account_the_folders_the_settings_and_the_units_are_made(
    machine: Machine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(["installer-service", f"{ADDRESS.upper()}/"]) == 0

    assert capsys.readouterr().out == "systemctl enable --now declic declic-backup.timer && declic first-run\n"
    assert f"\nDECLIC_URL={ADDRESS}\n" in machine.settings.read_text() and mode(machine.settings) == 0o640
    assert [mode(one) for one in (machine.settings.parent, machine.data, machine.backups)] == [0o750, 0o700, 0o700]
    assert {unit.name for unit in machine.units.iterdir()} == {one.name for one in (ROOT / "deploy/systemd").iterdir()}
    program = tmp_path / "venv/bin/declic"
    assert f"ExecStart={program} serve\n" in (machine.units / "declic.service").read_text()
    assert (machine.programs / "declic").readlink() == program
    called = (tmp_path / "called").read_text()
    assert "useradd --system" in called and "systemctl daemon-reload" in called
    assert f"chown root:declic {machine.settings}" in called and f"chown declic:declic {machine.data}" in called


def test_a_second_run_keeps_what_somebody_wrote_and_renews_the_units(
    machine: Machine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run_command(["install-service", ADDRESS])
    with machine.settings.open("a") as settings:
        settings.write("DECLIC_SMTP_URL=smtps://mail.example\n")
    written = machine.settings.read_text()
    (machine.units / "declic.service").write_text("of an earlier version")

    assert run_command(["install-service", ADDRESS]) == 0

    assert machine.settings.read_text() == written
    assert "ExecStart" in (machine.units / "declic.service").read_text()
    assert f"declic.service is renewed; changes of yours belong into {machine.units}" in capsys.readouterr().err
    assert (tmp_path / "called").read_text().count("daemon-reload") == 2


@pytest.mark.parametrize(
    "address",
    ["entraide.lomme.example", "http://a.example", "https://a.example/coop", "https://a.example:1", "https://1.1"],
)
def test_an_address_that_is_none_is_refused_before_anything_is_made(machine: Machine, address: str) -> None:
    assert run_command(["install-service", address]) == 2

    assert not machine.settings.exists()


def test_another_address_than_the_one_in_use_is_refused(machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    run_command(["install-service", ADDRESS])

    assert run_command(["install-service", "https://autre.example"]) == 1

    assert "an address is permanent" in capsys.readouterr().err
    assert f"DECLIC_URL={ADDRESS}" in machine.settings.read_text()


def test_who_is_not_root_is_told_how_to_be(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)

    assert run_command(["install-service", ADDRESS]) == 1

    assert capsys.readouterr().err.startswith("Run this as root: sudo ")


def test_where_the_package_of_debian_is_nothing_is_made(machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    machine.packaged.parent.mkdir(parents=True)
    machine.packaged.touch()

    assert run_command(["install-service", ADDRESS]) == 1

    assert "The Debian package declic is installed here" in capsys.readouterr().err
    assert not machine.settings.exists()


@pytest.mark.parametrize("where", ["program", "python"])
def test_a_program_that_the_service_could_not_read_is_refused(
    machine: Machine,
    where: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    hidden = tmp_path / "root/venv/bin/declic"
    hidden.parent.mkdir(parents=True)
    hidden.touch(0o755)
    if where == "program":
        (tmp_path / "opt").symlink_to(tmp_path / "root")
        monkeypatch.setattr("sys.argv", [str(tmp_path / "opt/venv/bin/declic")])
    else:
        monkeypatch.setattr("sys.base_prefix", str(tmp_path / "root/.pyenv"))

    assert run_command(["install-service", ADDRESS]) == 1

    assert f"is in {tmp_path}/root, where the service cannot use it" in capsys.readouterr().err
    assert not machine.settings.exists() and not [*machine.units.iterdir()]


def test_another_program_of_that_name_stays_and_is_said(
    machine: Machine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other"
    other.touch(0o755)
    (machine.programs / "declic").symlink_to(other)

    assert run_command(["install-service", ADDRESS]) == 0

    program = tmp_path / "venv/bin/declic"
    printed = capsys.readouterr()
    assert printed.out.endswith(f"&& {program} first-run\n")
    assert f"{machine.programs}/declic is another program and stays as it is" in printed.err
    assert (machine.programs / "declic").readlink() == other


def test_the_units_name_the_program_itself_where_it_is_called_by_its_link(
    machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    link = machine.programs / "declic"
    link.symlink_to(tmp_path / "venv/bin/declic")
    monkeypatch.setattr("sys.argv", [str(link)])

    assert run_command(["install-service", ADDRESS]) == 0

    assert f"ExecStart={tmp_path}/venv/bin/declic serve\n" in (machine.units / "declic.service").read_text()
    assert capsys.readouterr().out.endswith("&& declic first-run\n")


def test_programs_of_administration_are_found_after_a_plain_su(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(services, "ADMINISTRATION", str(tmp_path / "sbin"))
    with pytest.raises(DeclicError, match="useradd cannot be run: No such file or directory"):
        services._call("useradd")

    (tmp_path / "sbin").mkdir()
    (tmp_path / "sbin/useradd").write_text("#!/bin/sh\n")
    (tmp_path / "sbin/useradd").chmod(0o755)
    services._call("useradd")


def test_a_program_that_fails_is_named_with_its_words() -> None:
    with pytest.raises(DeclicError, match="sh failed: no such account"):
        services._call("sh", "-c", "echo no such account >&2; exit 3")


def test_the_shipped_units_name_the_program_where_it_is_expected() -> None:
    units = [one.read_text() for one in (ROOT / "deploy/systemd").glob("*.service")]

    assert units and all(f"ExecStart={services.PROGRAM} " in unit for unit in units)
