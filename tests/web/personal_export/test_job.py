"""The job that makes an archive, what becomes of one that fails, and what is thrown away."""

import os
import stat
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO
from zipfile import ZipFile

import msgspec
import pytest

from federation.instance import Instance
from models.coop import shutdown
from models.errors import Unavailable
from models.people.actors import Actor
from models.personal_data import export_archives
from models.personal_data.export_archives import Archive
from models.settings import Settings
from models.store import disk_space
from models.store.background import periodic_tasks
from models.store.database import Pool, execute, fetch_column, fetch_value, transaction
from models.store.disk_space import MEGABYTE, RESERVE, DiskSpace
from tests.factories import HERE, make_listing, make_member
from tests.fediverse import FakeFediverse
from tests.web.form_client import list_mails
from web.personal_export import csv_tables, job
from web.personal_export.storage import ArchiveStorage, find_storage


@pytest.fixture
def instance(pool: Pool, tmp_path: Path) -> Instance:
    """Lomme."""
    settings = Settings(url=HERE.url, data=tmp_path)
    return Instance(site=HERE, settings=settings, pool=pool, transport=FakeFediverse())


@pytest.fixture
async def alice(instance: Instance) -> Actor:
    """Alice, who reads English and offers something."""
    async with transaction(instance.pool) as conn:
        alice = await make_member(conn)
        await execute(conn, "UPDATE account SET language = 'en'")
        await make_listing(conn, alice)
        return alice


async def test_an_archive_is_on_the_disk_before_it_has_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage, synced = ArchiveStorage(tmp_path / "archives"), list[dict[str, str]]()
    monkeypatch.setattr(
        os, "fsync", lambda _: synced.append({one.name: one.read_text() for one in storage.folder.iterdir()})
    )

    async def fill(file: BinaryIO) -> None:
        file.write(b"all of hers")

    key, _ = await storage.pack(fill)

    assert synced == [{f".{key}": "all of hers"}]


async def ask(instance: Instance, actor: Actor) -> int:
    async with transaction(instance.pool) as conn:
        assert await job.queue_archive(conn, actor.id)
        return int(await fetch_value(conn, "SELECT id FROM archive WHERE actor_id = $1", actor.id))


async def make(instance: Instance, actor: Actor) -> Path:
    """An archive, made now."""
    await job.make_archive(instance, {"archive_id": await ask(instance, actor)})
    archive = await find(instance, actor)
    assert archive and archive.state == "ready" and archive.file_key
    path = find_storage(instance.settings).find(archive.file_key)
    assert path
    return path


async def find(instance: Instance, actor: Actor) -> Archive | None:
    async with transaction(instance.pool) as conn:
        return await export_archives.find_of(conn, actor.id)


async def test_it_speaks_her_language_and_a_mail_says_that_it_is_ready(instance: Instance, alice: Actor) -> None:
    path = await make(instance, alice)

    with ZipFile(path) as zip:
        assert "My listings" in zip.read("index.html").decode()
    assert [mail["kind"] for mail in await list_mails(instance)] == ["archive"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600 and stat.S_IMODE(path.parent.stat().st_mode) == 0o700


async def test_once_the_instance_ends_the_mail_says_so(instance: Instance, alice: Actor) -> None:
    async with transaction(instance.pool) as conn:
        await shutdown.begin(conn, by=None, due_at=datetime.now(UTC))

    await make(instance, alice)

    async with transaction(instance.pool) as conn:
        queued = await fetch_column(conn, "SELECT payload FROM pgqueuer WHERE entrypoint = 'shutdown_mail'")
    assert await list_mails(instance) == []
    assert [msgspec.json.decode(one) for one in queued] == [{"actor_id": alice.id, "ended": False, "archive": True}]


async def test_one_at_a_time_and_a_fresh_one_is_not_made_again(instance: Instance, alice: Actor) -> None:
    id = await ask(instance, alice)
    async with transaction(instance.pool) as conn:
        assert not await job.queue_archive(conn, alice.id)
    await job.make_archive(instance, {"archive_id": id})
    async with transaction(instance.pool) as conn:
        assert not await job.queue_archive(conn, alice.id)
        await execute(conn, "UPDATE archive SET asked_at = now() - interval '61 minutes'")

        assert await job.queue_archive(conn, alice.id)


async def test_a_job_that_runs_again_or_too_late_makes_nothing(instance: Instance, alice: Actor) -> None:
    path = await make(instance, alice)
    archive = await find(instance, alice)
    assert archive

    await job.make_archive(instance, {"archive_id": archive.id})
    await job.make_archive(instance, {"archive_id": archive.id + 1})

    assert list(path.parent.iterdir()) == [path] and await find(instance, alice) == archive


async def test_one_that_cannot_be_written_has_failed_and_leaves_nothing(
    instance: Instance, alice: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(csv_tables, "write_tables", full)

    await job.make_archive(instance, {"archive_id": await ask(instance, alice)})

    archive = await find(instance, alice)
    assert archive and archive.state == "failed"
    assert list(find_storage(instance.settings).folder.iterdir()) == []
    async with transaction(instance.pool) as conn:
        assert [one.cause for one in await periodic_tasks.list_failing(conn)] == ["No space left on device"]
    await ask(instance, alice)


async def test_one_that_would_take_the_last_room_has_failed_and_leaves_nothing(
    instance: Instance, alice: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk_space, "measure", lambda _: DiskSpace(free=RESERVE - 1, total=100 * 1024 * MEGABYTE))

    await job.make_archive(instance, {"archive_id": await ask(instance, alice)})

    archive = await find(instance, alice)
    assert archive and archive.state == "failed"
    assert list(find_storage(instance.settings).folder.iterdir()) == []
    async with transaction(instance.pool) as conn:
        assert [one.name for one in await periodic_tasks.list_failing(conn)] == ["archive"]


async def test_while_the_database_is_away_the_job_waits_for_another_try(
    instance: Instance, alice: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> None:
        raise Unavailable

    monkeypatch.setattr(csv_tables, "write_tables", away)

    with pytest.raises(Unavailable):
        await job.make_archive(instance, {"archive_id": await ask(instance, alice)})

    archive = await find(instance, alice)
    assert archive and archive.state == "making"


async def test_one_whose_job_was_given_up_counts_as_failed(instance: Instance, alice: Actor) -> None:
    await ask(instance, alice)
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE archive SET asked_at = now() - interval '7 hours'")

    await job.clear_archives(instance)

    archive = await find(instance, alice)
    assert archive and archive.state == "failed"


async def test_what_nobody_may_fetch_any_more_is_removed(instance: Instance, alice: Actor) -> None:
    async with transaction(instance.pool) as conn:
        bob, carol = await make_member(conn, "bob"), await make_member(conn, "carol")
    folder = (await make(instance, alice)).parent
    kept = await make(instance, bob)
    await make(instance, carol)
    (folder / f".{'0' * 32}.zip").touch()
    (folder / "a-note-of-somebody").touch()
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE archive SET expires_at = now() - interval '1 s' WHERE actor_id = $1", alice.id)
        await execute(conn, "DELETE FROM account WHERE actor_id = $1", carol.id)

    assert await job.clear_archives(instance) == 0  # too young: their rows might still come
    assert await job.clear_archives(instance, settled=-60) == 3

    assert sorted(path.name for path in folder.iterdir()) == sorted([kept.name, "a-note-of-somebody"])
    assert await find(instance, alice) is None


def test_a_shelf_hands_out_nothing_but_archives(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x")

    assert (
        ArchiveStorage(tmp_path / "archives").find("../secret") is None
        and ArchiveStorage(tmp_path).find("secret") is None
    )
