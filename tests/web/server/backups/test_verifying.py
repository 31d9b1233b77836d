"""A verification restores everything beside the instance, compares it, and leaves nothing behind."""

import json
import shutil
from pathlib import Path
from types import SimpleNamespace

import msgspec
import pytest

from tests.fake_pooler import pooler
from tests.web.server.backups.sample_instance import House, copy_backup, elsewhere, rewrite_manifest, run
from web.commands.backup_words import describe_verified
from web.server.backups.making import BackupResult
from web.server.backups.manifest import MANIFEST
from web.server.backups.verifying import NotVerifiable, VerificationFailed, verify_backup

SCRATCH = "SELECT count(*) FROM pg_database WHERE datname LIKE 'declic_verify_%'"


async def test_it_tells_what_it_compared_and_the_scratch_database_is_gone(
    house: House, made: BackupResult, postgres_url: str
) -> None:
    before = await run(house.url, "SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()")
    await run(postgres_url, "CREATE DATABASE declic_verify_left")  # by a verification that was killed

    verified = await verify_backup(house.settings, made.folder)

    first, files, rows = describe_verified(verified)
    assert "https://lomme.test" in first
    assert "Read 3 files" in files
    assert f"{len(made.manifest.tables)} tables" in rows
    assert verified.contents.tables == made.manifest.tables
    assert await run(postgres_url, SCRATCH) == 0
    assert before is not None
    assert await run(house.url, "SELECT count(*) FROM media") == 3


@pytest.mark.parametrize("what", ["rows", "content", "schema"])
async def test_what_comes_back_otherwise_than_it_was_is_said_and_nothing_stays(
    house: House, made: BackupResult, tmp_path: Path, postgres_url: str, what: str
) -> None:
    backup = copy_backup(made.folder, tmp_path)
    manifest = json.loads((backup / MANIFEST).read_bytes())
    media = manifest["tables"]["media"]
    changes, words = {
        "rows": ({"tables": manifest["tables"] | {"media": media | {"rows": 4}}}, r"media \(4 rows then, 3 now\)"),
        "content": ({"tables": manifest["tables"] | {"media": media | {"checksum": "1"}}}, "what stands in media"),
        "schema": ({"migrations": manifest["migrations"][:-1]}, "the schema differ"),
    }[what]
    rewrite_manifest(backup, **changes)

    with pytest.raises(VerificationFailed, match=words):
        await verify_backup(house.settings, backup)
    assert await run(postgres_url, SCRATCH) == 0


async def test_too_little_room_says_nothing_against_the_backup(
    house: House, made: BackupResult, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=10_000_000))
    here = msgspec.structs.replace(house.settings, database_url=None)

    with pytest.raises(NotVerifiable, match="There is no room in"):
        await verify_backup(here, made.folder)
    assert {path.name for path in here.data.iterdir()} == {"media"}


async def test_where_no_database_may_be_made_it_starts_one_of_its_own(
    house: House, made: BackupResult, postgres_url: str
) -> None:
    database = house.url.partition("?")[0].rpartition("/")[2]
    await run(postgres_url, f"CREATE ROLE {database}_reader LOGIN")
    try:
        limited = house.url.replace("://postgres@", f"://{database}_reader@", 1)
        verified = await verify_backup(elsewhere(house.settings, house.settings.data, limited), made.folder)
    finally:
        await run(postgres_url, f"DROP ROLE {database}_reader")

    assert verified.place == "a database of its own"
    assert {path.name for path in house.settings.data.iterdir()} == {"media"}


async def test_behind_a_pooler_that_knows_one_database_it_starts_one_of_its_own(
    house: House, made: BackupResult, postgres_url: str
) -> None:
    async with pooler(house.url) as url:
        verified = await verify_backup(elsewhere(house.settings, house.settings.data, url), made.folder)

    assert verified.place == "a database of its own"
    assert await run(postgres_url, SCRATCH) == 0
