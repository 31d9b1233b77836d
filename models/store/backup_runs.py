"""When backups were last made and verified, and what failed: written by the commands, shown to administrators."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from models.store.database import Connection, execute, fetch_all, fetch_column, fetch_value

RunKind = Literal["backup", "verification", "copy", "removal"]
"""`copy`: to another place; `removal`: of older copies at such a place."""

FAILURE_LIMIT = 500

STALE = timedelta(days=8)
"""A backup a week is the least; one day more, and it was forgotten."""

COPY_LAG = timedelta(hours=26)
"""A copy leaves with each backup, each night: one that is so much older than the last backup did not arrive since."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupRun:
    """One run; `failure` is None when it went well, `byte_size` what the backup holds."""

    kind: RunKind
    ended_at: datetime
    folder: str
    failure: str | None
    byte_size: int | None
    seconds: float

    @property
    def megabytes(self) -> int:
        """What it holds, 1 at least."""
        return max(round((self.byte_size or 0) / 1_000_000), 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupState:
    """The last backup, copy and verification that went well, and those that failed since then.

    `uncopied` has each place where the copy of the last backup did not arrive, `unremoved` each where older copies
    could not be removed then.
    """

    made: BackupRun | None = None
    failed: BackupRun | None = None
    verified: BackupRun | None = None
    refuted: BackupRun | None = None
    copied: BackupRun | None = None
    uncopied: tuple[BackupRun, ...] = ()
    unremoved: tuple[BackupRun, ...] = ()

    @property
    def is_old(self) -> bool:
        """Whether the last good backup is of so long ago that somebody should look."""
        return self.made is not None and datetime.now(UTC) - self.made.ended_at > STALE


async def note(
    conn: Connection, kind: RunKind, folder: str, *, seconds: float, failure: str | None = None, size: int | None = None
) -> None:
    """Note a run that ended, and forget those of more than a year ago. A database of before has no place for it, or
    for some kinds: it is backed up by what comes after it, before an upgrade.
    """
    if not await _has_place(conn, kind):
        return
    await execute(
        conn,
        "INSERT INTO backup_run (kind, folder, failure, byte_size, seconds) VALUES ($1, $2, $3, $4, $5)",
        kind,
        folder,
        None if failure is None else failure[:FAILURE_LIMIT],
        size,
        seconds,
    )
    await execute(conn, "DELETE FROM backup_run WHERE ended_at < now() - interval '1 year'")


async def _has_place(conn: Connection, kind: RunKind) -> bool:
    return bool(
        await fetch_value(
            conn,
            """
            SELECT EXISTS (SELECT FROM pg_constraint WHERE conrelid = to_regclass('backup_run') AND contype = 'c'
                AND strpos(pg_get_constraintdef(oid), quote_literal($1)) > 0)
            """,
            kind,
        )
    )


async def list_uncopied_places(conn: Connection, places: list[str]) -> list[str]:
    """Those of the places where the last copy is much older than the last backup, or none ever arrived.

    A copy that was broken off with its command left no note of its failure.
    """
    return await fetch_column(
        conn,
        """
        SELECT place FROM unnest($1::text[]) WITH ORDINALITY AS given (place, position)
        WHERE (SELECT max(ended_at) FROM backup_run WHERE kind = 'backup' AND failure IS NULL) - $2::interval
            >= coalesce((SELECT max(ended_at) FROM backup_run
                         WHERE kind = 'copy' AND failure IS NULL AND folder = place), '-infinity')
        ORDER BY position
        """,
        places,
        COPY_LAG,
    )


async def find_state(conn: Connection) -> BackupState:
    """How it stands with the backups, for administrators; none in a database without a place for it."""
    if not await _has_place(conn, "backup"):
        return BackupState()
    runs = await fetch_all(
        conn,
        BackupRun,
        """
        SELECT DISTINCT ON (kind, failure IS NULL) kind, ended_at, folder, failure, byte_size, seconds
        FROM backup_run AS run
        WHERE failure IS NULL OR kind NOT IN ('copy', 'removal') AND NOT EXISTS (
            SELECT FROM backup_run AS later
            WHERE later.kind = run.kind AND later.failure IS NULL AND later.id > run.id)
        ORDER BY kind, failure IS NULL DESC, id DESC
        """,
    )
    elsewhere = await fetch_all(
        conn,
        BackupRun,
        """
        SELECT kind, ended_at, folder, failure, byte_size, seconds FROM backup_run
        WHERE kind IN ('copy', 'removal') AND failure IS NOT NULL AND id > (
            SELECT max(id) FROM backup_run WHERE kind = 'backup' AND failure IS NULL)
        ORDER BY id
        """,
    )
    found = {(run.kind, run.failure is None): run for run in runs}
    return BackupState(
        made=found.get(("backup", True)),
        failed=found.get(("backup", False)),
        verified=found.get(("verification", True)),
        refuted=found.get(("verification", False)),
        copied=found.get(("copy", True)),
        uncopied=tuple(run for run in elsewhere if run.kind == "copy"),
        unremoved=tuple(run for run in elsewhere if run.kind == "removal"),
    )
