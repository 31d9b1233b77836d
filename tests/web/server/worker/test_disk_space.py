"""Little room on the disk: administrators hear of it in time, pictures are refused first, and a full disk is said."""

from pathlib import Path

import asyncpg
import pytest
from aiohttp import FormData, web
from structlog.testing import capture_logs

from federation.media_store import FolderStore, StoreFull
from models.errors import NoSpace
from models.store import disk_space
from models.store.database import Pool, connection, execute, fetch_value, transaction
from models.store.disk_space import LOW, MEGABYTE, RESERVE, DiskSpace
from tests.factories import make_member
from tests.web.small_app import make_instance, serving
from web.api.parameters import read_parameters
from web.server.worker.disk_space import watch_disk

LARGE = 100 * 1024 * MEGABYTE
SMALL = 2048 * MEGABYTE

MAILS = "SELECT count(*) FROM pgqueuer WHERE convert_from(payload, 'UTF8')::json->>'kind' = 'disk_space'"


@pytest.mark.parametrize(
    ("free", "total", "low", "holds"),
    [
        (LOW, LARGE, False, True),
        (LOW - 1, LARGE, True, True),
        (RESERVE, LARGE, True, True),
        (RESERVE - 1, LARGE, True, False),
        (SMALL // 10, SMALL, False, True),
        (SMALL // 10 - 1, SMALL, True, True),
        (SMALL // 20 - 1, SMALL, True, False),
    ],
)
def test_what_is_little_and_what_is_kept_free(free: int, total: int, low: bool, holds: bool) -> None:
    space = DiskSpace(free=free, total=total)

    assert (space.is_low, space.holds(0)) == (low, holds)
    assert not space.holds(free)


def test_a_folder_that_is_still_to_be_made_is_measured_where_it_will_be(tmp_path: Path) -> None:
    assert disk_space.measure(tmp_path / "a" / "b").total == disk_space.measure(tmp_path).total > 0


async def test_a_picture_does_not_take_the_last_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store, left = FolderStore(tmp_path / "media"), DiskSpace(free=RESERVE + 10, total=LARGE)
    monkeypatch.setattr("federation.media_store.measure", lambda _: left)

    with pytest.raises(StoreFull):
        await store.save(b"x" * 11)
    assert not (tmp_path / "media").exists()

    assert store.find(await store.save(b"x" * 10))


async def test_a_film_does_not_take_it_either_neither_as_it_comes_in_nor_as_a_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, left = FolderStore(tmp_path / "media"), [DiskSpace(free=RESERVE, total=LARGE)]
    monkeypatch.setattr("federation.media_store.measure", lambda _: left[0])

    async with store.open_spool() as spool:
        draft = spool.new()
        draft.write_bytes(b"film")
        left[0] = DiskSpace(free=RESERVE - 1, total=LARGE)
        with pytest.raises(StoreFull):
            spool.new()
        with pytest.raises(StoreFull):
            await spool.keep(draft, "mp4")

    assert [path for path in store.folder.rglob("*") if path.is_file()] == []


async def test_a_film_is_no_longer_taken_in_as_soon_as_the_last_room_is_reached(
    pool: Pool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, left = FolderStore(tmp_path / "media"), [DiskSpace(free=RESERVE + 1, total=LARGE)] * 3
    monkeypatch.setattr(
        "federation.media_store.measure", lambda _: left.pop() if left else DiskSpace(free=0, total=LARGE)
    )

    async def take(request: web.Request) -> web.Response:
        async with store.open_spool() as spool:
            await read_parameters(request, file_limit=40 * MEGABYTE, spool=spool)
        return web.Response()

    form = FormData()
    form.add_field("file", b"x" * 4 * MEGABYTE, filename="film.mp4")
    async with serving(make_instance(pool), [web.post("/api/v1/x", take)]) as client:
        answer = await client.post("/api/v1/x", data=form)

    assert answer.status == 507
    assert [path for path in store.folder.rglob("*") if path.is_file()] == []


async def test_administrators_have_one_mail_a_day_until_there_is_room(
    pool: Pool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = [DiskSpace(free=LOW - 1, total=LARGE)]
    monkeypatch.setattr(disk_space, "measure", lambda _: left[0])
    instance = make_instance(pool, data=tmp_path)
    async with transaction(pool) as conn:
        await make_member(conn, "alice")
        nadia = await make_member(conn, "nadia")
        await execute(conn, "UPDATE account SET roles = '{admin}' WHERE actor_id = $1", nadia.id)

    with capture_logs() as lines:
        await watch_disk(instance)
        await watch_disk(instance)
    async with transaction(pool) as conn:
        assert await fetch_value(conn, MAILS) == 1
        found = await disk_space.find(conn)
        assert found is not None and found.megabytes == LOW // MEGABYTE - 1 and not found.refuses
        await execute(conn, "DELETE FROM pgqueuer")
        await execute(conn, "UPDATE disk_space SET told_at = now() - interval '25 hours'")
    assert [line["event"] for line in lines] == ["disk_nearly_full"] * 2

    left[0] = DiskSpace(free=RESERVE - 1, total=LARGE)
    await watch_disk(instance)
    async with connection(pool) as conn:
        assert await fetch_value(conn, MAILS) == 1
        found = await disk_space.find(conn)
        assert found is not None and found.refuses

    left[0] = DiskSpace(free=LOW, total=LARGE)
    await watch_disk(instance)
    async with connection(pool) as conn:
        assert await disk_space.find(conn) is None


async def test_a_full_disk_is_said_as_what_it_is(pool: Pool) -> None:
    async def write(_: web.Request) -> web.Response:
        async with transaction(pool):
            raise asyncpg.DiskFullError("could not extend file: No space left on device")

    with pytest.raises(NoSpace):
        await write(None)  # type: ignore[arg-type]  # it looks at no request
    async with serving(make_instance(pool), [web.get("/ecrire", write), web.get("/api/v1/x", write)]) as client:
        page = await client.get("/ecrire", headers={"Accept": "text/html", "Accept-Language": "fr"})
        app = await client.get("/api/v1/x", headers={"Accept-Language": "en"})

        assert page.status == app.status == 503 and page.headers["Retry-After"]
        assert "plus de place sur son disque" in await page.text()
        assert "The disk of the platform is full" in (await app.json())["error"]
