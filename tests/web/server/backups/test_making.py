"""A backup is whole or absent, of one moment, and says what it holds."""

import asyncio
import fcntl
import os
import shutil
import stat
import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import asyncpg
import pytest

from models.errors import Unavailable
from models.store.backup_runs import find_state
from models.store.postgres import DatabaseError, clients
from tests.web.server.backups.sample_instance import (
    CACHED,
    OWN,
    House,
    elsewhere,
    empty_database,
    restore,
    run,
    wrap_programs,
)
from web.commands.backups import _make
from web.server.backups import making
from web.server.backups.making import BackupResult, NotMade, make_backup
from web.server.backups.manifest import read_manifest
from web.server.backups.rotation import Rotation
from web.server.backups.verifying import verify_backup

SETTINGS_OF_17 = (
    *("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "transaction_timeout"),
    *("client_encoding", "standard_conforming_strings", "check_function_bodies", "xmloption", "client_min_messages"),
    *("row_security", "default_tablespace", "default_table_access_method"),
)
"""Those that dumps set."""


def modes(folder: Path) -> set[str]:
    """The permissions of everything in there."""
    return {oct(stat.S_IMODE(path.stat().st_mode)) for path in folder.rglob("*")}


async def test_it_names_each_file_and_the_rows_of_each_table_and_nobody_else_may_read_it(
    house: House, made: BackupResult
) -> None:
    manifest = read_manifest(made.folder)

    assert (manifest.url, manifest.missing) == ("https://lomme.test", [])
    assert manifest.migrations[0] == "0001_initial"
    assert manifest.tables["media"].rows == 3
    assert manifest.tables["actor"].rows == await run(house.url, "SELECT count(*) FROM actor")
    assert sorted(entry.path for entry in manifest.media) == [f"media/{key[:2]}/{key}" for key in OWN]
    files = {path.relative_to(made.folder).as_posix() for path in made.folder.rglob("*") if path.is_file()}
    assert files == {manifest.dump.path, "manifest.json", "manifest.json.sha256"} | {
        entry.path for entry in manifest.media
    }
    assert modes(made.folder.parent) == {"0o600", "0o700"}


def test_everybody_s_own_tools_check_the_manifest_and_what_it_names(made: BackupResult) -> None:
    subprocess.run(["sha256sum", "-c", "manifest.json.sha256"], cwd=made.folder, check=True, capture_output=True)
    for entry in (made.manifest.dump, *made.manifest.media):
        summed = subprocess.run(["sha256sum", made.folder / entry.path], capture_output=True, text=True, check=True)
        assert summed.stdout.startswith(entry.sha256)


async def test_copies_of_other_servers_pictures_are_left_out_unless_asked_for(house: House, folder: Path) -> None:
    made = await make_backup(house.settings, house.url, folder, cache=True)

    assert made.manifest.with_cache
    assert f"media/{CACHED[:2]}/{CACHED}" in {entry.path for entry in made.manifest.media}


async def test_what_is_uploaded_and_deleted_meanwhile_does_not_confuse_it(
    house: House, folder: Path, tmp_path: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    new, going = "d" * 32 + ".jpg", "e" * 32 + ".jpg"
    await house.add_picture(21, going)
    take, write = making._take_media, clients.dump

    def take_late(*arguments: Any) -> Any:
        house.place(going).unlink()
        return take(*arguments)

    async def dump_late(*arguments: Any, **options: Any) -> None:
        await house.add_picture(20, new)
        await run(house.url, "DELETE FROM media WHERE id = 21")
        await write(*arguments, **options)

    monkeypatch.setattr(making, "_take_media", take_late)
    monkeypatch.setattr(clients, "dump", dump_late)
    made = await make_backup(house.settings, house.url, folder)

    await run(house.url, "DELETE FROM media WHERE id = 20")
    assert made.manifest.tables["media"].rows == 4
    assert made.manifest.missing == []
    assert new not in str(made.manifest.media)
    async with empty_database(postgres_url) as url:
        await restore(elsewhere(house.settings, tmp_path / "new", url), made.folder)
        assert await run(url, "SELECT array_agg(id ORDER BY id) FROM media") == [10, 11, 12, 21]


async def test_a_picture_that_was_lost_before_is_said(house: House, folder: Path) -> None:
    kept = house.place(OWN[0]).read_bytes()
    house.place(OWN[0]).unlink()
    try:
        made = await make_backup(house.settings, house.url, folder)
    finally:
        house.place(OWN[0]).write_bytes(kept)

    assert made.manifest.missing == [OWN[0]]


async def test_unchanged_pictures_are_those_of_the_backup_before(house: House, folder: Path) -> None:
    first = await make_backup(house.settings, house.url, folder)
    spoilt = first.folder / "media" / "bb" / OWN[1]
    spoilt.unlink()
    spoilt.write_bytes(b"cut short")

    second = await make_backup(house.settings, house.url, folder)
    third = await make_backup(house.settings, house.url, folder, full=True)

    places = [one.folder / "media" / "aa" / OWN[0] for one in (first, second, third)]
    assert places[0].samefile(places[1])
    assert not places[0].samefile(places[2])
    assert [one.linked for one in (first, second, third)] == [0, 1, 0]
    assert (second.folder / "media" / "bb" / OWN[1]).read_bytes() == house.place(OWN[1]).read_bytes()
    await verify_backup(house.settings, second.folder)


async def test_only_so_many_stay_and_those_of_others_are_not_ours(house: House, folder: Path) -> None:
    other = folder / "declic-lomme.test-8000-20200101-000000"
    odd = folder / "declic-lomme.test-20209901-000000"
    for leftover in (other, odd, folder / "declic-lomme.test-20200101-000000.part", folder / "declic-lomme.test-mine"):
        leftover.mkdir(parents=True)
    made = [await make_backup(house.settings, house.url, folder, keep=Rotation(latest=2)) for _ in range(3)]

    assert [one.removed for one in made] == [0, 0, 1]
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        [other.name, odd.name, "declic-lomme.test-mine", made[1].folder.name, made[2].folder.name]
    )


async def test_a_clock_that_was_ahead_once_costs_no_new_backup(house: House, folder: Path) -> None:
    ahead = folder / "declic-lomme.test-20990101-000000"
    ahead.mkdir(parents=True)

    made = [await make_backup(house.settings, house.url, folder, keep=Rotation(latest=1)) for _ in range(2)]

    assert [one.removed for one in made] == [0, 1]
    assert {path.name for path in folder.iterdir()} == {ahead.name, made[1].folder.name}


async def test_what_fails_leaves_nothing_of_it_and_is_told_to_administrators(
    house: House, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = await _make(house.settings, folder, keep=None, full=False, cache=False)

    async def fail(*_: Any, **__: Any) -> None:
        raise DatabaseError("The database could not be copied: No space left on device")

    monkeypatch.setattr(clients, "dump", fail)
    with pytest.raises(DatabaseError, match="No space left"):
        await _make(house.settings, folder, keep=Rotation(latest=1), full=False, cache=False)

    assert list(folder.iterdir()) == [good.folder]
    conn = await asyncpg.connect(house.url)
    state = await find_state(conn)
    await conn.close()
    assert state.made is not None
    assert (state.made.folder, state.made.byte_size) == (str(good.folder), good.manifest.size)
    assert state.failed is not None
    assert state.failed.failure == "The database could not be copied: No space left on device"


async def test_why_it_failed_is_told_in_words_and_not_by_a_code(
    house: House, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: Any, **__: Any) -> None:
        raise Unavailable("database_unreachable", cause="Connection refused")

    monkeypatch.setattr(clients, "dump", fail)
    with pytest.raises(Unavailable):
        await _make(house.settings, folder, keep=Rotation(latest=1), full=False, cache=False)

    failure = await run(house.url, "SELECT failure FROM backup_run ORDER BY id DESC LIMIT 1")
    assert failure == "The database cannot be reached: Connection refused"


async def test_too_little_room_is_said_before_anything_is_copied(
    house: House, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=100))

    with pytest.raises(NotMade, match=r"There is no room in .*backups: the pictures alone need 0\.0 MB"):
        await make_backup(house.settings, house.url, folder)
    assert list(folder.iterdir()) == []


async def test_two_at_once_into_one_folder_are_refused(house: House, folder: Path) -> None:
    folder.mkdir()
    busy = os.open(folder, os.O_RDONLY)
    fcntl.flock(busy, fcntl.LOCK_EX)
    try:
        with pytest.raises(NotMade, match="Another backup is being written"):
            await make_backup(house.settings, house.url, folder)
    finally:
        os.close(busy)


async def test_a_folder_that_cannot_be_made_is_said(house: House, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(NotMade, match="could not be written into"):
        await make_backup(house.settings, house.url, tmp_path / "file" / "backups")


async def test_the_password_of_the_database_stands_on_no_command_line(
    house: House, folder: Path, tmp_path: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = tmp_path / "seen"
    script = f"tr '\\0' ' ' < /proc/$$/cmdline >> {seen}\necho >> {seen}\necho \"password=$PGPASSWORD\" >> {seen}"
    wrapped = wrap_programs(tmp_path / "bin", script)
    monkeypatch.setattr(clients, "find_clients", lambda: iter([wrapped]))

    def with_password(url: str) -> str:
        user, at, rest = url.removeprefix("postgresql://").rpartition("@")
        return f"postgresql://{user.partition(':')[0] or 'postgres'}:s%40cret@{rest if at else url}"

    made = await make_backup(house.settings, with_password(house.url), folder)
    async with empty_database(postgres_url) as url:
        await restore(elsewhere(house.settings, tmp_path / "new", with_password(url)), made.folder)
    async with empty_database(postgres_url) as url:
        await clients.fill(wrapped, with_password(url), made.folder / "database.dump", major=17, known=SETTINGS_OF_17)

    commands = [line for line in seen.read_text().splitlines() if not line.startswith("password=")]
    assert [name for name in ("pg_dump", "pg_restore", "psql") if any(name in line for line in commands)] == [
        "pg_dump",
        "pg_restore",
        "psql",
    ]
    assert "cret" not in " ".join(commands)
    assert "password=s@cret" in seen.read_text()


async def test_a_database_of_before_is_backed_up_as_it_is(
    house: House, folder: Path, database_url: str, tmp_path: Path
) -> None:
    last = await run(
        database_url, "DELETE FROM migration WHERE name = (SELECT max(name) FROM migration) RETURNING name"
    )
    await run(database_url, "DROP TABLE backup_run")
    before = elsewhere(house.settings, tmp_path / "old", database_url)

    made = await _make(before, folder, keep=None, full=False, cache=False)

    assert last not in made.manifest.migrations
    assert await run(database_url, "SELECT to_regclass('backup_run')::text") is None
    await asyncio.wait_for(verify_backup(before, made.folder), 60)
