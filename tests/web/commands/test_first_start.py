"""`declic first-run` beside a service that just began waits for it, and fails at once where none runs."""

import asyncio
from collections.abc import AsyncIterator
from itertools import chain, repeat
from pathlib import Path
from types import SimpleNamespace

import asyncpg
import pytest

from models.settings import Settings
from models.store.migrate import LOCK, NotMigrated
from models.store.postgres import NoInstance
from tests.databases import copied_database
from web.commands import first_start
from web.commands.first_start import awaited_instance, is_running
from web.commands.installed_settings import Installed

HOLD = f"SELECT pg_advisory_lock({LOCK})"
"""As whoever migrates it does."""


@pytest.fixture
async def database(postgres_url: str, furnished: str) -> AsyncIterator[str]:
    async with copied_database(postgres_url, furnished) as url:
        yield url


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Installed:
    """An instance whose service systemd runs; what it says is in `answer`."""
    monkeypatch.setattr(first_start, "PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(first_start, "SILENT_SECONDS", 0.0)
    monkeypatch.setattr(first_start, "RUNNING", tmp_path)
    program = tmp_path / "systemctl"
    program.write_text(
        f"#!/bin/sh\ntest $1,$2 = is-active,lomme.service && cat {tmp_path}/answer\n"
        f'test "$*" = "show --property=NRestarts --value lomme.service" && cat {tmp_path}/restarts\n'
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    return Installed(file=tmp_path / "lomme.env", user="root")


def use(monkeypatch: pytest.MonkeyPatch, settings: Settings, installed: Installed | None) -> None:
    monkeypatch.setattr(first_start, "read_installed", lambda: (settings, installed))


async def wait_for_what_comes(conn: asyncpg.Connection, asked: asyncio.Event) -> None:
    """The instance is there once the service made its database, which it does after it was asked how it is."""

    async def come() -> None:
        await asked.wait()
        await conn.execute("ALTER TABLE coming RENAME TO migration")

    coming = asyncio.create_task(come())
    async with awaited_instance() as instance:
        assert instance.site.url == "http://lomme.test"

    await coming
    await conn.close()


async def test_a_database_that_is_still_being_made_is_waited_for_and_that_is_said(
    database: str,
    installed: Installed,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    use(monkeypatch, Settings(url="http://lomme.test", data=tmp_path / "data", database_url=database), installed)
    conn = await asyncpg.connect(database)
    await conn.execute("ALTER TABLE migration RENAME TO coming")
    asked = asyncio.Event()

    def note(installed: Installed) -> bool:
        asked.set()
        return True

    monkeypatch.setattr(first_start, "is_running", note)

    await wait_for_what_comes(conn, asked)
    assert capsys.readouterr().err.count("Waiting for the service lomme") == 1


@pytest.mark.parametrize("answer", ["inactive", "failed", None])
async def test_where_no_service_runs_it_fails_at_once(
    installed: Installed, answer: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "answer").write_text(answer or "active")
    use(monkeypatch, Settings(data=tmp_path / "data"), installed if answer is not None else None)

    with pytest.raises(NoInstance, match="There is no instance in"):
        async with awaited_instance():
            raise AssertionError


async def test_a_first_start_that_takes_minutes_is_waited_for_as_long_as_somebody_works_at_it(
    database: str, installed: Installed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "answer").write_text("active")
    (tmp_path / "restarts").write_text("0")
    monkeypatch.setattr(first_start, "PATIENCE_SECONDS", 0.0)
    use(monkeypatch, Settings(url="http://lomme.test", data=tmp_path / "data", database_url=database), installed)
    conn = await asyncpg.connect(database)
    await conn.execute("ALTER TABLE migration RENAME TO coming")
    await conn.execute(HOLD)
    asked, steady = asyncio.Event(), first_start.is_steady

    def note(installed: Installed) -> bool:
        asked.set()
        return steady(installed)

    monkeypatch.setattr(first_start, "is_steady", note)

    await wait_for_what_comes(conn, asked)


@pytest.mark.parametrize(("restarts", "worked_at"), [("0", True), ("1", True), ("0", False)])
async def test_patience_has_an_end(
    database: str, installed: Installed, restarts: str, worked_at: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "answer").write_text("active")
    (tmp_path / "restarts").write_text(restarts)
    monkeypatch.setattr(first_start, "PATIENCE_SECONDS", 0.1)
    monkeypatch.setattr(first_start, "STEADY_SECONDS", 0.2 if (restarts, worked_at) == ("0", True) else 900.0)
    use(monkeypatch, Settings(data=tmp_path / "data", database_url=database), installed)
    conn = await asyncpg.connect(database)
    await conn.execute("DELETE FROM migration")
    if worked_at:
        await conn.execute(HOLD)

    with pytest.raises(NotMigrated, match="restart"):
        async with awaited_instance():
            raise AssertionError
    await conn.close()


@pytest.mark.parametrize("worked_at", [False, True])
async def test_a_database_of_an_earlier_version_is_said_at_once_where_nobody_works_at_it(
    database: str,
    installed: Installed,
    worked_at: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "answer").write_text("active")
    (tmp_path / "restarts").write_text("0")
    ticks = chain((0.0, 0.0), repeat(2 * first_start.STEADY_SECONDS))  # at once, and after all patience
    monkeypatch.setattr(first_start, "time", SimpleNamespace(monotonic=lambda: next(ticks)))
    use(monkeypatch, Settings(data=tmp_path / "data", database_url=database), installed)
    conn = await asyncpg.connect(database)
    await conn.execute("DELETE FROM migration WHERE name > '0700'")
    if worked_at:
        await conn.execute(HOLD)

    with pytest.raises(NotMigrated):
        async with awaited_instance():
            raise AssertionError

    await conn.close()
    assert capsys.readouterr().err.count("So far: The database is older than this version") == (0 if worked_at else 1)


@pytest.mark.parametrize(
    ("answer", "running"),
    [("active", True), ("activating", True), ("", True), ("inactive", False), ("failed", False), ("unknown", False)],
)
def test_what_systemd_says_is_understood(installed: Installed, tmp_path: Path, answer: str, running: bool) -> None:
    (tmp_path / "answer").write_text(answer)

    assert is_running(installed) is running
    assert not is_running(Installed(file=installed.file, user=None)), "no unit of that name is there"
