"""Pictures that are not where the database has them are named, with what brings them back."""

import subprocess
from pathlib import Path

import pytest

from models.store.database import Pool, execute, transaction
from tests.factories import make_member
from tests.web.actions.doctor.patients import make_patient
from web.actions.doctor import pictures


def mend(command: str) -> None:
    subprocess.run(["sh", "-c", command], check=True)


async def test_a_folder_of_pictures_that_is_emptied_or_no_folder_is_named_and_the_command_mends_it(
    pool: Pool, tmp_path: Path
) -> None:
    at = make_patient(pool, data=tmp_path)
    assert at.instance is not None
    media, backup = tmp_path / "media", tmp_path / "backup"
    keys = [await at.instance.store.save(b"picture") for _ in range(3)]
    async with transaction(pool) as conn:
        alice = await make_member(conn, "alice")
        for number, key in enumerate(keys):
            await execute(conn, "INSERT INTO media (id, owner_id, file_key) VALUES ($1, $2, $3)", number, alice.id, key)
    there = await pictures.check_pictures(at)

    backup.mkdir()
    media.rename(backup / "media")
    lost = await pictures.check_pictures(at)
    media.mkdir()
    mend(lost.command.replace("FOLDER", str(backup)))
    again = await pictures.check_pictures(at)
    media.rename(tmp_path / "elsewhere")
    media.touch()
    occupied = await pictures.check_pictures(at)
    mend(occupied.command)

    assert (there.severity, lost.severity, again.severity, occupied.severity) == ("ok", "error", "ok", "error")
    assert f"ne sont pas dans {media} : il en manque 3 sur 3." in lost.what
    assert "n’est pas un dossier" in occupied.what and not media.exists()


async def test_the_database_is_asked_for_the_newest_again_only_once_one_is_not_there(
    pool: Pool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = make_patient(pool, data=tmp_path)
    assert at.instance is not None
    key, asked = await at.instance.store.save(b"picture"), []

    async def list_keys(_: object, limit: int) -> list[str]:
        asked.append(limit)
        return [key]

    monkeypatch.setattr(pictures, "list_newest_keys", list_keys)
    looks = [await pictures.count_missing(at.instance) for _ in range(3)]
    once = len(asked)
    await at.instance.store.delete([key])
    gone = await pictures.count_missing(at.instance)

    assert (looks, once) == ([(0, 1)] * 3, 1)
    assert (gone, len(asked)) == ((1, 1), 2)


async def test_without_pictures_nothing_is_missing_and_without_a_database_nothing_is_seen(
    pool: Pool, tmp_path: Path
) -> None:
    assert (await pictures.check_pictures(make_patient(pool, data=tmp_path))).severity == "ok"
    assert (await pictures.check_pictures(make_patient(data=tmp_path))).severity == "skipped"
