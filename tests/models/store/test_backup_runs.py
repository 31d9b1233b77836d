"""Backups are noted where the database has a place for it: one of before is backed up before its upgrade."""

from models.store import backup_runs
from models.store.backup_runs import BackupState
from models.store.database import Connection, execute, fetch_column


async def test_a_database_without_a_place_for_it_notes_nothing_and_knows_of_none(conn: Connection) -> None:
    await execute(conn, "DROP TABLE backup_run")

    await backup_runs.note(conn, "backup", "/srv/backup", seconds=1)

    assert await backup_runs.find_state(conn) == BackupState()


async def test_a_database_of_before_copies_notes_backups_alone(conn: Connection) -> None:
    await execute(conn, "ALTER TABLE backup_run DROP CONSTRAINT backup_run_kind_check")
    await execute(
        conn,
        "ALTER TABLE backup_run ADD CONSTRAINT backup_run_kind_check CHECK (kind IN ('backup', 'verification'))",
    )

    for kind in ("backup", "copy", "removal", "verification"):
        await backup_runs.note(conn, kind, "/srv/backup", seconds=1)

    assert await fetch_column(conn, "SELECT kind FROM backup_run ORDER BY kind") == ["backup", "verification"]


async def test_every_kind_is_noted_here(conn: Connection) -> None:
    for kind in ("backup", "copy", "removal", "verification"):
        await backup_runs.note(conn, kind, "/srv/backup", seconds=1)

    assert len(await fetch_column(conn, "SELECT kind FROM backup_run")) == 4
