"""A backup that cannot become this instance again is refused in one sentence, before anything is touched."""

import hashlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import asyncpg
import msgspec
import pytest

from models.errors import Conflict
from models.store.postgres import DatabaseError, binaries, clients, embedded
from models.store.postgres.binaries import Binaries, find_binaries, find_clients
from tests.web.server.backups.sample_instance import (
    CACHED,
    OWN,
    House,
    copy_backup,
    elsewhere,
    restore,
    rewrite_manifest,
    run,
    wrap_programs,
)
from web.server.backups.making import BackupResult, make_backup
from web.server.backups.manifest import Unusable
from web.server.backups.restoring import NotRestored, check_source, check_target, restore_backup
from web.server.backups.verifying import verify_backup

PICTURE = f"media/{OWN[0][:2]}/{OWN[0]}"


def spoil(name: str) -> Callable[[Path], None]:
    """Change one byte in the middle."""

    def change(backup: Path) -> None:
        data = bytearray((backup / name).read_bytes())
        data[len(data) // 2] ^= 1
        (backup / name).write_bytes(data)

    return change


def cut(name: str) -> Callable[[Path], None]:
    """Leave the first half."""
    return lambda backup: os.truncate(backup / name, (backup / name).stat().st_size // 2)


def remove(*names: str) -> Callable[[Path], None]:
    """Take files away."""

    def take(backup: Path) -> None:
        for name in names:
            (backup / name).unlink()

    return take


def claim(**changes: Any) -> Callable[[Path], None]:
    """Write something else into the manifest, with the right checksum."""
    return lambda backup: rewrite_manifest(backup, **changes)


def name(path: str) -> Callable[[Path], None]:
    """Let the manifest name another file than a picture of its own, which lies there."""

    def change(backup: Path) -> None:
        (backup.parent / "outside.jpg").write_bytes(b"outside")
        rewrite_manifest(backup, media=[[path, 7, hashlib.sha256(b"outside").hexdigest()]])

    return change


def link(inside: str, outside: str) -> Callable[[Path], None]:
    """A link stands for a file of the backup, and leads to the same bytes elsewhere."""

    def change(backup: Path) -> None:
        (backup / inside).rename(backup.parent / outside)
        (backup / inside).symlink_to(backup.parent / outside)

    return change


BROKEN = [
    pytest.param(remove("manifest.json", "manifest.json.sha256", "database.dump"), "is no backup", id="no backup"),
    pytest.param(remove("manifest.json", "manifest.json.sha256"), "made before backups had one", id="no manifest"),
    pytest.param(spoil("manifest.json"), "is not the one that was written", id="manifest changed"),
    pytest.param(remove("manifest.json.sha256"), "is not the one that was written", id="no checksum"),
    pytest.param(claim(tables=[]), "cannot be understood", id="manifest is nonsense"),
    pytest.param(claim(format=2), "made by a newer version", id="newer form"),
    pytest.param(claim(migrations=["0001_initial", "9999_later"]), "newer version of Déclic.*9999_later", id="newer"),
    pytest.param(remove("database.dump"), "database.dump is missing", id="no dump"),
    pytest.param(cut("database.dump"), "changed or cut short", id="dump cut short"),
    pytest.param(spoil("database.dump"), "changed or cut short", id="dump changed"),
    pytest.param(name("media/../../outside.jpg"), "names what is no file of a backup", id="out of the backup"),
    pytest.param(name("/etc/hostname"), "names what is no file of a backup", id="anywhere"),
    pytest.param(claim(dump=["media/../other", 1, "0"]), "names what is no file of a backup", id="another dump"),
    pytest.param(link(PICTURE, "secret"), r"1 picture changed \(media/aa/", id="picture is a link"),
    pytest.param(link("database.dump", "other"), "changed or cut short", id="dump is a link"),
    pytest.param(remove(PICTURE), r"1 picture missing \(media/aa/", id="picture missing"),
    pytest.param(spoil(PICTURE), r"1 picture changed \(media/aa/", id="picture changed"),
]


@pytest.mark.parametrize(("harm", "sentence"), BROKEN)
async def test_what_is_not_whole_or_newer_is_refused_and_no_verification_passes_it(
    house: House, made: BackupResult, tmp_path: Path, harm: Callable[[Path], None], sentence: str
) -> None:
    backup = copy_backup(made.folder, tmp_path)
    harm(backup)
    new = elsewhere(house.settings, tmp_path / "new", "postgresql://nobody@127.0.0.1:1/none")

    with pytest.raises(Unusable, match=sentence) as caught:
        await restore(new, backup)
    assert "\n" not in str(caught.value)
    assert not new.data.exists()
    with pytest.raises(Unusable, match=sentence):
        await verify_backup(house.settings, backup)


async def test_a_folder_of_backups_and_an_unfinished_one_are_none(
    house: House, made: BackupResult, tmp_path: Path
) -> None:
    with pytest.raises(Unusable, match=f"the last one is {made.folder}"):
        await restore(house.settings, made.folder.parent)
    unfinished = copy_backup(made.folder, tmp_path)
    unfinished = unfinished.rename(unfinished.with_name(unfinished.name + ".part"))
    with pytest.raises(Unusable, match="never finished"):
        await restore(house.settings, unfinished)


async def test_a_clock_that_is_behind_the_backup_is_refused(house: House, made: BackupResult, tmp_path: Path) -> None:
    backup = copy_backup(made.folder, tmp_path)
    rewrite_manifest(backup, made_at="2999-01-01T00:00:00Z")

    with pytest.raises(Unusable, match=r"clock of this machine.*2999-01-01"):
        await restore(elsewhere(house.settings, tmp_path / "new", "postgresql://nobody@127.0.0.1:1/none"), backup)
    assert not (tmp_path / "new").exists()


async def test_another_address_is_refused(house: House, made: BackupResult, tmp_path: Path) -> None:
    moved = msgspec.structs.replace(house.settings, url="https://henin.test", data=tmp_path / "new")

    with pytest.raises(Unusable, match=r"of https://lomme\.test, and DECLIC_URL says https://henin\.test"):
        await restore(moved, made.folder)


async def test_what_is_there_already_is_never_written_over(
    house: House, made: BackupResult, tmp_path: Path, empty_url: str
) -> None:
    with pytest.raises(NotRestored, match="There is an instance in"):
        await restore(elsewhere(house.settings, house.settings.data, empty_url), made.folder)
    with pytest.raises(Conflict, match="database_not_empty"):
        await restore(elsewhere(house.settings, tmp_path / "new", house.url), made.folder)

    assert not (tmp_path / "new").exists()
    assert await run(empty_url, "SELECT to_regclass('actor')::text") is None


async def test_too_little_room_is_said_before_anything_is_written(
    house: House, made: BackupResult, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = msgspec.structs.replace(house.settings, data=tmp_path / "new", database_url=None)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=10_000_000))

    with pytest.raises(NotRestored, match=r"no room in .*new: this backup needs .* MB, and 10\.0 MB are free"):
        await restore(new, made.folder)
    assert not new.data.exists()


async def test_an_account_that_may_not_write_there_is_told(
    house: House, made: BackupResult, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: not mode & os.W_OK)

    with pytest.raises(NotRestored, match="cannot be written by this account: run this as root"):
        await restore(msgspec.structs.replace(house.settings, data=tmp_path / "new"), made.folder)


async def test_without_its_pictures_the_rest_comes_back_when_that_is_wanted(
    house: House, made: BackupResult, tmp_path: Path, empty_url: str
) -> None:
    backup = copy_backup(made.folder, tmp_path)
    (backup / PICTURE).unlink()
    new = elsewhere(house.settings, tmp_path / "new", empty_url)

    await restore(new, backup, without_media=True)

    assert [path.name for path in (new.data / "media").rglob("*.jpg")] == [OWN[1]]
    assert await run(empty_url, "SELECT count(*) FROM media") == 3


def test_without_a_manifest_only_pictures_are_taken_and_no_links_to_what_lies_elsewhere(
    house: House, made: BackupResult, tmp_path: Path
) -> None:
    backup = copy_backup(made.folder, tmp_path)
    (backup / "media" / OWN[1][:2] / OWN[1]).unlink()
    link(PICTURE, "secret")(backup)
    (backup / "media" / "dd").mkdir()
    (backup / "media" / "dd" / f"{'d' * 32}.jpg").write_bytes(b"a picture")
    (backup / "media" / "dd" / "run.sh").write_bytes(b"no picture")
    (backup / "media" / "ee").symlink_to(tmp_path)
    (tmp_path / f"{'e' * 32}.jpg").write_bytes(b"elsewhere")

    source = check_source(house.settings, backup, without_media=False, without_manifest=True)

    assert source.media == [Path(f"media/dd/{'d' * 32}.jpg")]


async def test_all_is_back_and_pictures_of_other_servers_will_be_fetched_again(
    house: House, made: BackupResult, tmp_path: Path, empty_url: str
) -> None:
    new = elsewhere(house.settings, tmp_path / "new", empty_url)

    await restore(new, made.folder)

    for key in OWN:
        assert (new.data / "media" / key[:2] / key).read_bytes() == house.place(key).read_bytes()
    assert await run(empty_url, "SELECT file_key FROM media WHERE remote_url IS NOT NULL") is None
    assert await run(house.url, "SELECT file_key FROM media WHERE remote_url IS NOT NULL") == CACHED
    assert {path.name for path in new.data.iterdir()} == {"media"}


async def test_an_archive_whose_file_is_left_out_is_not_offered_any_more(
    house: House, folder: Path, tmp_path: Path, empty_url: str
) -> None:
    await run(
        house.url,
        """
        WITH member AS (
            INSERT INTO account (actor_id, email) SELECT id, 'alice@lomme.test' FROM actor WHERE username = 'alice'
            RETURNING actor_id)
        INSERT INTO archive (id, actor_id, state, file_key, expires_at)
        SELECT 1, actor_id, 'ready', 'a.zip', now() + interval '7 days' FROM member
        """,
    )
    made = await make_backup(house.settings, house.url, folder)
    await run(house.url, "DELETE FROM account")

    await restore(elsewhere(house.settings, tmp_path / "new", empty_url), made.folder)

    assert await run(empty_url, "SELECT count(*) FROM archive") == 0
    assert await run(empty_url, "SELECT count(*) FROM account") == 1


async def test_a_failed_restore_leaves_nothing_and_may_be_tried_again(
    house: House, made: BackupResult, tmp_path: Path, empty_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = elsewhere(house.settings, tmp_path / "new", empty_url)

    async def fail(*_: Any, **__: Any) -> None:
        raise DatabaseError("The database could not be copied: No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(clients, "fill", fail)
        with pytest.raises(DatabaseError, match="No space left"):
            await restore(new, made.folder)
    assert not new.data.exists()

    await restore(new, made.folder)


async def test_an_account_that_made_no_extension_restores_all_the_same(
    house: House, made: BackupResult, tmp_path: Path, empty_url: str, postgres_url: str
) -> None:
    role = empty_url.partition("?")[0].rpartition("/")[2]
    await run(postgres_url, f"CREATE ROLE {role} LOGIN")
    try:
        await run(postgres_url, f"ALTER DATABASE {role} OWNER TO {role}")
        await run(empty_url, "CREATE EXTENSION unaccent")
        await run(empty_url, "CREATE EXTENSION pg_trgm")
        own_url = empty_url.replace("://postgres@", f"://{role}@", 1)

        await restore(elsewhere(house.settings, tmp_path / "new", own_url), made.folder)

        assert await run(own_url, "SELECT count(*) FROM media") == 3
        await run(empty_url, f"REASSIGN OWNED BY {role} TO CURRENT_USER")
    finally:
        await run(postgres_url, f"ALTER DATABASE {role} OWNER TO CURRENT_USER")
        await run(postgres_url, f"DROP ROLE {role}")


async def test_a_dump_that_no_program_here_reads_is_refused_with_the_reason(
    house: House, made: BackupResult, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = "echo 'pg_restore: error: unsupported version (1.17) in file header' >&2; exit 1"
    wrapped = wrap_programs(tmp_path / "bin", script)
    monkeypatch.setattr(clients, "find_clients", lambda: iter([wrapped]))
    new = msgspec.structs.replace(house.settings, data=tmp_path / "new", database_url=None)
    source = check_source(new, made.folder, without_media=False, without_manifest=False)
    check_target(new, source)

    with pytest.raises(DatabaseError, match=r"No pg_restore on this machine reads database.dump: .*1\.17"):
        await restore_backup(new, source)
    assert not new.data.exists()


async def test_a_dump_read_as_text_goes_in_whole_or_not_at_all(
    house: House, made: BackupResult, tmp_path: Path, empty_url: str
) -> None:
    newest = next(found for found in find_clients() if found.major >= 18)
    known = await _list_settings(empty_url)
    dump = tmp_path / "database.dump"
    shutil.copy(made.folder / "database.dump", dump)
    os.truncate(dump, dump.stat().st_size * 3 // 4)

    with pytest.raises(DatabaseError):
        await clients.fill(newest, empty_url, dump, major=17, known=known)

    assert await run(empty_url, "SELECT to_regclass('actor')::text") is None


def test_settings_that_the_server_lacks_are_left_out_of_the_preamble_and_of_nothing_else() -> None:
    lines = [
        b"--\n",
        b"\\restrict x\n",
        b"SET statement_timeout = 0;\n",
        b"SET transaction_timeout = 0;\n",
        b"SELECT pg_catalog.set_config('search_path', '', false);\n",
        b"\n",
        b"COPY public.post (text) FROM stdin;\n",
        b"SET transaction_timeout = 0;\n",
    ]
    rest = iter(lines)

    begun = list(clients.skip_unknown(rest, {"statement_timeout"}))

    assert begun + list(rest) == [*lines[:3], *lines[4:]]


def _older() -> Binaries | None:
    return next((found for found in find_binaries() if found.major < 17), None)


@pytest.mark.skipif(_older() is None, reason="needs PostgreSQL 15 or 16 on the system")
async def test_a_dump_of_newer_programs_goes_into_an_older_postgresql(
    house: House, made: BackupResult, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    older = _older()
    with monkeypatch.context() as patch:
        patch.setattr(binaries, "find_binaries", lambda: iter([older]))
        async with embedded(tmp_path / "data") as url:
            new = elsewhere(house.settings, tmp_path / "new", url)
            await restore(new, made.folder)  # which compares what stands in each table
            assert await run(url, "SELECT current_setting('server_version_num')::integer / 10000") < 17


async def test_the_client_package_alone_is_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wrapped = wrap_programs(tmp_path / "bin", ":")
    monkeypatch.setattr(binaries, "find_spec", lambda _: None)
    monkeypatch.setattr(binaries, "SYSTEM_FOLDERS", (f"{wrapped.folder}",))
    monkeypatch.setattr(shutil, "which", lambda _: None)

    assert [found.folder for found in find_clients()] == [wrapped.folder]
    assert list(find_binaries()) == []
    with pytest.raises(DatabaseError, match="postgresql-client-99"):
        clients.list_clients(99)


async def _list_settings(url: str) -> list[str]:
    conn = await asyncpg.connect(url)
    found = await conn.fetch("SELECT name FROM pg_settings")
    await conn.close()
    return [row["name"] for row in found]
