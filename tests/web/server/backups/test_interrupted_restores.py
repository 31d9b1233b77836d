"""A restoration that was interrupted: nothing serves what it left, and the same backup restored again ends it."""

from pathlib import Path
from typing import Any

import pytest

from models.store import unfinished_restores
from tests.web.server.backups.sample_instance import OWN, House, elsewhere, restore, run
from web.server.backups import restoring
from web.server.backups.making import BackupResult
from web.server.backups.restoring import NotRestored
from web.server.bootstrap import open_ready_instance

PICTURE = f"media/{OWN[0][:2]}/{OWN[0]}"


@pytest.mark.parametrize("step", ["_take_media", "_compare", "_put_in_place"])
async def test_a_restoration_that_was_killed_serves_nothing_and_goes_on_where_it_stopped(
    house: House, made: BackupResult, tmp_path: Path, empty_url: str, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    new = elsewhere(house.settings, tmp_path / "new", empty_url)

    def die(*_: Any) -> None:
        raise KeyboardInterrupt  # nothing catches it, as nothing catches a SIGKILL

    with monkeypatch.context() as patch:
        patch.setattr(restoring, step, die)
        with pytest.raises(KeyboardInterrupt):
            await restore(new, made.folder)
    with pytest.raises(unfinished_restores.RestoreUnfinished, match="restore the same backup again"):
        async with open_ready_instance(new):
            pass
    await restore(new, made.folder)

    assert sorted(path.name for path in new.data.iterdir()) == ["media"]
    assert (new.data / PICTURE).read_bytes() == (house.settings.data / PICTURE).read_bytes()
    assert await run(empty_url, "SELECT count(*) FROM restoration") == (2 if step == "_put_in_place" else 1)


async def test_another_backup_does_not_go_on_where_one_was_interrupted(
    house: House, made: BackupResult, tmp_path: Path, empty_url: str
) -> None:
    new = elsewhere(house.settings, tmp_path / "new", empty_url)
    new.data.mkdir()
    unfinished_restores.begin(new.data, "2026-01-01 00:00:00 UTC")

    with pytest.raises(NotRestored, match=r"of 2026-01-01 00:00:00 UTC was being restored .* or put all of it away"):
        await restore(new, made.folder)

    assert await run(empty_url, "SELECT to_regclass('actor')::text") is None


async def test_of_two_at_the_same_time_the_second_is_refused_and_takes_nothing_from_the_first(
    house: House, made: BackupResult, tmp_path: Path, empty_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    new, refused = elsewhere(house.settings, tmp_path / "new", empty_url), []

    async def begin_another(*_: Any) -> None:
        with pytest.raises(unfinished_restores.RestoreUnfinished, match="Another `declic restore`"):
            await restore(new, made.folder)
        refused.append(sorted(path.name for path in (new.data / restoring.FILLING).glob("*/*")))

    monkeypatch.setattr(restoring, "_compare", begin_another)
    await restore(new, made.folder)

    pictures = sorted(path.name for path in (new.data / "media").glob("*/*"))
    assert refused == [pictures] and OWN[0] in pictures
    assert sorted(path.name for path in new.data.iterdir()) == ["media"]


async def test_pictures_that_went_away_meanwhile_are_missed_before_anything_is_served(
    house: House, made: BackupResult, tmp_path: Path, empty_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = elsewhere(house.settings, tmp_path / "new", empty_url)

    async def take_away(*_: Any) -> None:
        next((new.data / restoring.FILLING).glob("*/*")).unlink()

    with monkeypatch.context() as patch:
        patch.setattr(restoring, "_compare", take_away)
        with pytest.raises(NotRestored, match=r"Of \d+ pictures \d+ are in"):
            await restore(new, made.folder)
    with pytest.raises(unfinished_restores.RestoreUnfinished):
        unfinished_restores.require_none(new.data)
    await restore(new, made.folder)

    assert (new.data / PICTURE).exists()


def test_a_marker_that_this_account_may_not_read_is_said_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> str:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_text", refuse)

    with pytest.raises(unfinished_restores.RestoreUnfinished, match="cannot be read by this account"):
        unfinished_restores.require_none(tmp_path)
