"""The package for YunoHost: its scripts run with stand-ins for the helpers, and its files agree with ours."""

import hashlib
import io
import os
import re
import shutil
import subprocess
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

from deploy.release.source_tree import SourceTree
from deploy.release.yunohost_archive import build_archive
from models.settings import Settings

ROOT = Path(__file__).parents[2]

PACKAGE = ROOT / "deploy" / "yunohost"

HELPERS = Path(__file__).with_name("yunohost_helpers.sh")

GIVEN = {
    "app": "declic",
    "domain": "entraide.lomme.example",
    "path": "/",
    "port": "8095",
    "db_user": "declic",
    "db_name": "declic",
    "db_pwd": "secret",
}

LINK = "https://entraide.lomme.example/installation/abc"

PYTHON = f"""#!/bin/bash
echo "python $*" >>"$NOTES"
case "$*" in
  *" -m pip --version") exit 1 ;;
  "-m zipfile"*) exec python3 "$@" ;;
  "-m venv --clear "*) mkdir -p "$4/bin"; cp "$0" "$4/bin/python3"
    printf '#!/bin/bash\\necho "declic $*" >>"$NOTES"\\necho {LINK}\\n' >"$4/bin/declic"; chmod +x "$4/bin/declic" ;;
esac
"""
"""Makes a virtual environment without one: its pip and its `declic` only note what they were asked."""


class Machine:
    """A folder that stands for a machine with YunoHost."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.notes, self.root = folder, folder / "notes", folder / "root"
        shutil.copytree(PACKAGE, folder / "package")
        shutil.copytree(PACKAGE, folder / "backup" / "settings")
        (folder / "backup" / "apps").mkdir()
        for script in (*(folder / "package/scripts").iterdir(), *(folder / "backup/settings/scripts").iterdir()):
            text = script.read_text().replace("/usr/share/yunohost/helpers", str(HELPERS))
            script.write_text(text)
        wheel = folder / "declic-9.9.9-py3-none-any.whl"
        with zipfile.ZipFile(wheel, "w") as packed:
            packed.writestr("web/project/requirements.txt", "nothing==1\n")
        (folder / "bin").mkdir()
        (folder / "bin" / "python3").write_text(PYTHON.replace("exec python3", f"exec {shutil.which('python3')}"))
        (folder / "bin" / "python3").chmod(0o755)
        self.wheel = wheel

    def run(self, script: str, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        """A script as YunoHost runs it: in its folder, with the app's settings as variables."""
        self.notes.write_text("")
        kept = script in {"backup", "restore"}
        place = self.folder / ("backup/apps" if kept else "package/scripts")
        path = self.folder / ("backup/settings/scripts" if kept else "package/scripts") / script
        environment = GIVEN | {
            "PATH": f"{self.folder / 'bin'}:{os.defpath}",
            "NOTES": str(self.notes),
            "ROOT": str(self.root),
            "WHEEL": str(self.wheel),
            "install_dir": str(self.folder / "var/www/declic"),
            "data_dir": str(self.folder / "home/declic"),
        }
        return subprocess.run(
            ["bash", str(path), *arguments],
            cwd=place, env=environment | more, capture_output=True, text=True, check=False,
        )  # fmt: skip

    def noted(self) -> str:
        """What the last script did, a line each."""
        return self.notes.read_text()


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_an_installation_ends_with_the_address_of_the_first_run(machine: Machine) -> None:
    ran = machine.run("install")

    assert (ran.returncode, ran.stderr) == (0, "")
    noted = machine.noted()
    assert "--require-hashes --only-binary :all: -r" in noted and "--no-deps --force-reinstall" in noted
    assert noted.index("systemctl restart declic") < noted.index("first-run") < noted.index(f"set first_run={LINK}")
    settings = (machine.root / "etc/declic/declic.env").read_text()
    lines = dict(line.split("=", 1) for line in settings.splitlines() if not line.startswith("#"))
    assert {name.removeprefix("DECLIC_").lower() for name in lines} <= set(Settings.__struct_fields__)
    assert lines["DECLIC_URL"] == "https://entraide.lomme.example"
    assert lines["DECLIC_PROCESSES"] == "1", "the manifest says 200M"
    assert lines["DECLIC_SMTP_URL"] == "smtp://127.0.0.1:25?from=declic@entraide.lomme.example"
    assert "__" not in settings
    assert "location / {" in (machine.root / "etc/nginx/conf.d/entraide.lomme.example.d/declic.conf").read_text()


def test_an_upgrade_keeps_what_was_chosen_and_starts_again(machine: Machine) -> None:
    ran = machine.run("upgrade", smtp_url="smtps://a:b@mail.example:465?from=c@mail.example")

    assert (ran.returncode, ran.stderr) == (0, "")
    assert "smtps://a:b@mail.example" in (machine.root / "etc/declic/declic.env").read_text()
    noted = machine.noted()
    assert noted.index("systemctl stop declic") < noted.index("source ") < noted.index("systemctl restart declic")


@pytest.mark.parametrize("chosen", ["", "smtps://a:b@mail.example:465?from=c@mail.example&dkim=s1"])
def test_an_upgrade_keeps_each_sign_of_the_mail_server_and_that_there_is_none(machine: Machine, chosen: str) -> None:
    """In a template of YunoHost an & is the name of the variable; an empty setting is one that somebody emptied."""
    ran = machine.run("upgrade", smtp_url=chosen)

    assert (ran.returncode, ran.stderr) == (0, "")
    lines = (machine.root / "etc/declic/declic.env").read_text().splitlines()
    assert [line for line in lines if "SMTP" in line] == [f"DECLIC_SMTP_URL={chosen}"]
    assert "set smtp_url" not in machine.noted()


def test_an_upgrade_from_before_there_was_a_mail_server_names_that_of_the_machine(machine: Machine) -> None:
    ran = machine.run("upgrade")

    assert (ran.returncode, ran.stderr) == (0, "")
    assert "DECLIC_SMTP_URL=smtp://127.0.0.1:25?from=" in (machine.root / "etc/declic/declic.env").read_text()
    assert "set smtp_url=" in machine.noted()


def test_all_that_is_backed_up_comes_back(machine: Machine) -> None:
    saved = machine.run("backup")
    kept = {line.removeprefix("backup ") for line in machine.noted().splitlines() if line.startswith("backup ")}
    ran = machine.run("restore")

    assert (saved.returncode, saved.stderr, ran.returncode, ran.stderr) == (0, "", 0, "")
    back = {line.removeprefix("restore ") for line in machine.noted().splitlines() if line.startswith("restore ")}
    assert kept == back and len(kept) == 5
    assert "sql -- a dump" in machine.noted()
    assert machine.noted().index("sql ") < machine.noted().index("systemctl restart declic")


def test_removing_leaves_the_data(machine: Machine) -> None:
    ran = machine.run("remove")

    assert (ran.returncode, ran.stderr) == (0, "")
    assert "remove systemd declic" in machine.noted() and "remove nginx" in machine.noted()
    assert "home/declic" not in machine.noted()


def test_the_domain_is_never_changed(machine: Machine) -> None:
    ran = machine.run("change_url", old_domain="entraide.lomme.example", new_domain="autre.example")

    assert ran.returncode == 1 and "définitif" in ran.stderr and machine.noted() == ""


@pytest.mark.parametrize(
    ("typed", "fault"), [("smtps://a:b@c.example:465?from=d@e.example", ""), ("a@b.example", "smtps://")]
)
def test_a_wrong_mail_server_is_said_before_it_is_kept(machine: Machine, typed: str, fault: str) -> None:
    script = machine.folder / "package/scripts/config"
    script.write_text(f"{script.read_text()}\nvalidate__smtp_url\n")

    ran = machine.run("config", "apply", smtp_url=typed)

    assert ran.returncode == 0 and (fault in ran.stdout if fault else ran.stdout == "")


@pytest.mark.parametrize("wrong", ["ynh_add_config --template=x", "ynh_config_add --file=declic.env --destination=/x"])
def test_the_stand_ins_refuse_what_yunohost_does_not_have(machine: Machine, wrong: str) -> None:
    """Else the tests above would prove nothing."""
    script = machine.folder / "package/scripts/upgrade"
    script.write_text(script.read_text().replace("write_settings", wrong))

    assert machine.run("upgrade", smtp_url="").returncode in {99, 127}


def test_the_unit_takes_away_what_ours_does() -> None:
    def read(text: str) -> set[str]:
        return {line for line in text.partition("NoNewPrivileges")[2].splitlines() if re.match(r"[A-Z]\w+=", line)}

    ours = read((ROOT / "deploy/systemd/declic.service").read_text())
    theirs = read((PACKAGE / "conf/systemd.service").read_text())

    assert ours - theirs == {"ProtectHome=yes", "ReadWritePaths=/var/lib/declic /tmp"}
    assert theirs - ours == {"ProtectHome=tmpfs", "BindPaths=__DATA_DIR__", "ReadWritePaths=__DATA_DIR__ /tmp"}


def test_the_archive_names_the_wheel_and_is_the_same_each_time(tmp_path: Path) -> None:
    wheel = tmp_path / "declic-9.9.9-py3-none-any.whl"
    wheel.write_bytes(b"a wheel")
    tree = SourceTree(folder=ROOT, version="9.9.9", epoch=1_800_000_000)

    first = build_archive(tree, wheel, tmp_path, address="https://declic.example/9.9.9/").read_bytes()
    again = build_archive(tree, wheel, tmp_path, address="https://declic.example/9.9.9/").read_bytes()

    assert first == again
    with tarfile.open(fileobj=io.BytesIO(first)) as archive:
        names = archive.getnames()
        opened = archive.extractfile("declic_ynh-9.9.9/manifest.toml")
        assert opened is not None
        manifest = tomllib.loads(opened.read().decode())
    source = manifest["resources"]["sources"]["main"]
    assert source["url"] == f"https://declic.example/9.9.9/{wheel.name}"
    assert source["sha256"] == hashlib.sha256(b"a wheel").hexdigest()
    assert (
        manifest["version"] == "9.9.9~ynh1"
        and manifest["integration"]["ldap"] is manifest["integration"]["sso"] is False
    )
    assert {f"declic_ynh-9.9.9/scripts/{one}" for one in ("install", "remove", "upgrade", "backup", "restore")} <= set(
        names
    )


def test_the_manifest_says_what_its_schema_knows_and_the_program_is_described_in_both_languages() -> None:
    main = tomllib.loads((PACKAGE / "manifest.toml").read_text())["resources"]["sources"]["main"]

    assert main["format"] == "whatever" and main["extract"] is False, "a wheel is none of the archives that it unpacks"
    assert all((PACKAGE / "doc" / name).stat().st_size > 300 for name in ("DESCRIPTION.md", "DESCRIPTION_fr.md"))
