"""Before an upgrade, or a step back, one reads what it would do; what cannot work is named, and nothing is changed."""

import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from models.settings import Settings
from models.store import upgrades
from models.store.backup_runs import BackupState
from models.store.database import Connection
from models.store.migrate import Migration, list_migrations
from models.store.upgrades import plan_upgrade
from web.cli import run_command
from web.commands.upgrades import list_backup_lines, list_lines
from web.server.releases import NotARelease, Release, read_installed, read_wheel

LATER = Migration(name="9999_later", sql="ALTER TABLE post ADD COLUMN later text;")


def make_wheel(path: Path, *, python: str = ">=3.11", migrations: list[Migration]) -> Path:
    """A wheel with so much of Déclic as is looked at."""
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr("declic-9.0.0.dist-info/METADATA", f"Name: declic\nVersion: 9.0.0\nRequires-Python: {python}\n")
        for one in migrations:
            wheel.writestr(f"models/store/migrations/{one.name}.sql", one.sql)
    return path


async def look(conn: Connection, release: Release) -> dict[str, str]:
    """What is said, by its mark."""
    plan = await plan_upgrade(conn, release.migrations)
    return {line.mark: line.words for line in list_lines(release, plan)}


async def test_what_is_installed_has_nothing_to_do_here(conn: Connection) -> None:
    found = await look(conn, read_installed())

    assert found.keys() == {"✓"}
    assert found["✓"] == f"The schema is at {list_migrations()[-1].name}: nothing is to be migrated."


async def test_what_waits_and_which_tables_it_changes_are_named(
    conn: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upgrades, "LARGE_BYTES", 1)
    release = read_wheel(make_wheel(tmp_path / "declic.whl", migrations=[*list_migrations(), LATER]))

    plan = await plan_upgrade(conn, release.migrations)
    found = [line.words for line in list_lines(release, plan) if line.mark == "!"]

    assert release.version == "9.0.0" and release.runs_here
    assert "1 migration waits: 9999_later. There is no way back." in found[0]
    assert found[1].startswith("post is changed, with ") and len(found) == 2


@pytest.mark.parametrize(
    ("migrations", "python", "words"),
    [
        (list_migrations()[:-1], ">=3.11", "restore the backup of before the upgrade"),
        ([*list_migrations()[:-1], replace(list_migrations()[-1], sql="")], ">=3.11", "is another file"),
        (list_migrations(), ">=3.99", "It needs Python 3.99"),
    ],
)
async def test_what_cannot_work_is_named(
    migrations: list[Migration], python: str, words: str, conn: Connection, tmp_path: Path
) -> None:
    release = read_wheel(make_wheel(tmp_path / "declic.whl", python=python, migrations=migrations))

    assert words in (await look(conn, release))["✗"]


async def test_a_backup_that_has_no_room_prevents_it(conn: Connection, tmp_path: Path) -> None:
    plan = await plan_upgrade(conn, list_migrations())
    settings = Settings(url="https://lomme.test", data=tmp_path)

    held, short = (
        {line.mark: line.words for line in list_backup_lines(settings, one, BackupState(), tmp_path / "backups")}
        for one in (plan, replace(plan, size=10**18))
    )

    assert held.keys() == {"!", "✓"} and "No backup of this instance is known" in held["!"]
    assert "1,000,000,000,000.0 MB at most" in short["✗"]


def test_what_is_no_wheel_of_ours_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text.whl").write_text("declic")

    with pytest.raises(NotARelease, match="can be read"):
        read_wheel(tmp_path / "text.whl")
    with pytest.raises(NotARelease, match="no wheel of Déclic"):
        read_wheel(make_wheel(tmp_path / "empty.whl", migrations=[]))


def test_it_never_upgrades_by_itself(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["upgrade"]) == 2
    assert "--check" in capsys.readouterr().err
