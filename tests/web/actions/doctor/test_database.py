"""What the doctor says of the memory of the embedded database: it was chosen when that started, and may have grown."""

from pathlib import Path

import pytest

from models.store.database import Pool
from models.store.postgres import memory
from tests.web.actions.doctor.patients import change_database_health, make_patient
from web.actions.doctor import database

MEGABYTE = 1 << 20


@pytest.mark.parametrize(
    ("running", "database_url", "severity"),
    [
        (48, None, "warning"),
        (127, None, "warning"),
        (128, None, "ok"),
        (256, None, "ok"),
        (48, "postgresql://others/declic", "ok"),
    ],
)
async def test_our_own_database_that_outgrew_its_memory_is_named_and_nobody_is_mailed(
    pool: Pool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    running: int,
    database_url: str | None,
    severity: str,
) -> None:
    (tmp_path / "pg18" / "base" / "5").mkdir(parents=True)
    with (tmp_path / "pg18" / "base" / "5" / "16384").open("wb") as file:
        file.truncate(512 * MEGABYTE)
    monkeypatch.setattr(memory, "read_memory", lambda: 64 << 30)
    change_database_health(monkeypatch, shared_buffers=running * MEGABYTE)

    found = await database.check_database(make_patient(pool, data=tmp_path, database_url=database_url))

    assert (found.severity, found.quiet) == (severity, severity == "warning")
    assert (f"{running}\u00a0Mo de mémoire, 256 iraient mieux" in found.what) == (severity == "warning")
    assert bool(found.command and found.mend) == (severity == "warning")
