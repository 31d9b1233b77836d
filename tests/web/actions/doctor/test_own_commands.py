"""The command that mends something is one of this machine: in a container, and with YunoHost, it is another."""

import ast
import re
import shlex
import subprocess
import sys
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from web.actions.doctor import own_commands
from web.actions.doctor.findings import Examined, Finding
from web.actions.doctor.own_commands import AS_ROOT, MAKE_KEY, WEB_SERVER, fit_commands

START = "systemctl enable --now declic-backup.timer && systemctl start declic-backup.service"

OF_SYSTEMD = re.compile(r"systemctl|journalctl|runuser|/etc/declic")

DOCTOR = Path(own_commands.__file__).parent


def fit(command: str, data: Path = Path("/data"), url: str | None = None) -> str:
    """As it is told here; told twice it is the same."""
    one = Examined(name="x", title="X", finding=Finding(severity="error", what="…", command=command))
    [once] = fit_commands([one], data, url)
    assert fit_commands([once], data, url) == [once]
    return once.finding.command


@pytest.mark.parametrize(
    ("command", "there"),
    [
        ("declic key rotate --all", "docker compose exec declic declic key rotate --all"),
        (START, "docker compose exec declic declic backup /backups"),
        ("journalctl -u declic -p warning -n 50", "docker compose logs --tail 50 declic"),
        ("journalctl -u declic-backup -n 50", "docker compose logs --tail 50 backups"),
        ("journalctl -u caddy -u nginx -u certbot -n 50", "docker compose logs --tail 50 caddy"),
        (
            "PGOPTIONS='-c x=off' runuser -u postgres -- psql -d declic -c 'SELECT 1'",
            "docker compose exec -e PGOPTIONS='-c x=off' postgres psql -U declic -d declic -c 'SELECT 1'",
        ),
        ("getent ahosts lomme.example", "getent ahosts lomme.example"),
        ("psql -d declic -c 'SELECT 1'", "docker compose exec postgres psql -U declic -d declic -c 'SELECT 1'"),
        ("du -xh /data | sort -h", "docker compose exec declic du -xh /data | sort -h"),
        ("ls -ld /database", "ls -ld /database"),
        (
            "cp -an FOLDER/media/. /data/media && chown -R --reference=/data /data/media",
            "docker compose exec declic cp -an /backups/FOLDER/media/. /data/media",
        ),
        ("chown 1 /data/key && chmod 600 /data/key", f"{AS_ROOT} 'chown 1 /data/key && chmod 600 /data/key'"),
        (
            "declic restore FOLDER",
            "docker compose stop declic && docker compose run --rm declic declic restore /backups/FOLDER && "
            "docker compose up -d",
        ),
        (WEB_SERVER, "cat Caddyfile"),
        ("", ""),
    ],
)
def test_in_a_container_it_is_typed_beside_compose(
    command: str, there: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_commands, "CONTAINER_MARKS", (tmp_path / "mark",))
    monkeypatch.setattr(own_commands, "YUNOHOST", tmp_path / "none")
    before = fit(command)
    (tmp_path / "mark").touch()

    assert (before, fit(command)) == (command, there)


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("postgresql://declic:s3cret@127.0.0.1/coop", "runuser -u postgres -- psql -d coop -c 'VACUUM'"),
        ("postgresql:///coop?host=/run/postgresql", "runuser -u postgres -- psql -d coop -c 'VACUUM'"),
        ("postgresql://%2Frun%2Fpostgresql/coop", "runuser -u postgres -- psql -d coop -c 'VACUUM'"),
        ("postgresql://us:s3cret@db.example/coop", "psql -h db.example -p 5432 -U us -d coop -c 'VACUUM'"),
        ("postgresql://us:s3cret@one:1,two:2/coop", "psql -d coop -c 'VACUUM'"),
        (None, "psql -c 'VACUUM'"),
    ],
)
def test_a_statement_goes_into_our_database_by_an_account_that_may(
    url: str | None, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_commands, "CONTAINER_MARKS", ())
    monkeypatch.setattr(own_commands, "YUNOHOST", tmp_path / "none")

    assert fit("psql -c 'VACUUM'", url=url) == told


def test_a_statement_for_the_database_that_we_start_runs_as_it_is_told(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_commands, "CONTAINER_MARKS", ())
    folder = parse_qs(urlsplit(postgres_url).query)["host"][0]

    told = fit("psql -c 'SELECT current_database()'", url=f"postgresql://postgres@/postgres?host={folder}&port=5432")

    assert "postgres" in subprocess.run(["sh", "-c", told], check=True, capture_output=True, text=True).stdout


def list_commands() -> set[str]:
    """Whole texts in the checks that speak of systemd or of our folder of settings."""
    trees = [ast.parse(path.read_text()) for path in DOCTOR.rglob("*.py") if path.stem != "own_commands"]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    parts = {id(part) for node in nodes if isinstance(node, ast.JoinedStr) for part in node.values}
    texts = {str(one.value) for one in nodes if isinstance(one, ast.Constant) and id(one) not in parts}
    return {one for one in texts if OF_SYSTEMD.search(one) and " " in one}


def test_no_command_of_the_doctor_asks_a_container_for_systemd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_commands, "CONTAINER_MARKS", (tmp_path,))
    said = {*list_commands(), MAKE_KEY, START}

    assert len(said) > 12
    assert {one: fit(one) for one in said if OF_SYSTEMD.search(fit(one))} == {}


def test_with_yunohost_it_names_the_app_its_program_and_its_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_commands, "CONTAINER_MARKS", ())
    monkeypatch.setattr(own_commands, "YUNOHOST", tmp_path)
    monkeypatch.setattr(sys, "prefix", "/var/www/declic__2/venv")
    program = "/var/www/declic__2/venv/bin/declic --settings /etc/declic/declic__2.env"

    assert fit("declic key rotate --all") == f"{program} key rotate --all"
    assert fit("systemctl restart declic") == "systemctl restart declic__2"
    assert fit("journalctl -u declic -n 50") == "journalctl -u declic__2 -n 50"
    assert fit("editor /etc/declic/declic.env") == "editor /etc/declic/declic__2.env"
    assert fit(START).endswith(f"{program} backup --keep 7 /var/backups/declic__2")
    key = fit(MAKE_KEY, Path("/home/yunohost.app/declic__2"))
    assert "key_file" in key and "/declic.toml" in key and "/etc/declic/declic.env" not in key


@pytest.mark.parametrize("yunohost", [False, True])
def test_the_line_for_a_key_file_makes_one_that_settings_find(
    yunohost: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_commands, "CONTAINER_MARKS", ())
    monkeypatch.setattr(own_commands, "YUNOHOST", tmp_path if yunohost else tmp_path / "none")
    line = fit(MAKE_KEY, tmp_path / "data").replace("/etc/declic", shlex.quote(str(tmp_path)))
    (tmp_path / "data").mkdir()
    harmless = re.sub(r"chgrp|chown|systemctl restart", "true", line).rpartition(" && ")[0]

    subprocess.run(["sh", "-ec", harmless], check=True)

    key = tmp_path / ("data/key" if yunohost else "key")
    assert len(key.read_bytes()) > 40 and key.stat().st_mode & 0o007 == 0
    kept = (tmp_path / "data/declic.toml" if yunohost else tmp_path / "declic.env").read_text()
    assert kept.strip() == (f'key_file = "{key}"' if yunohost else f"DECLIC_KEY_FILE={key}")

    before = key.read_bytes()
    again = subprocess.run(["sh", "-ec", harmless], capture_output=True)

    assert again.returncode != 0 and key.read_bytes() == before
