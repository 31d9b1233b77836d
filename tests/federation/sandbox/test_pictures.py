"""The processes in which pictures are opened: started when needed, limited, replaced when they die, ended when idle."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from federation.sandbox import pictures
from federation.sandbox.pictures import (
    MAX_BYTES,
    BrokenPicture,
    NotAPicture,
    PicturePool,
    PicturesBusy,
    RefusedPicture,
    TooHeavy,
    TooManyPixels,
    UnreadableFormat,
    shown_name,
)
from tests.picture_files import decode, draw, encode, png_of

SLEEPER = "import time\ntime.sleep(60)\n"

CRASHER = "import os\nos._exit(3)\n"


@pytest.fixture
async def pool() -> AsyncIterator[PicturePool]:
    pool = PicturePool()
    yield pool
    await pool.close()


@pytest.fixture
def child(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Another program in the place of the child."""
    path = tmp_path / "child.py"
    monkeypatch.setattr(pictures, "CHILD", path)
    return path


def process_of(pool: PicturePool) -> asyncio.subprocess.Process:
    return pool._spare[0][0]


async def test_a_photo_comes_back_reduced(pool: PicturePool) -> None:
    picture = await pool.check_and_reduce(encode(draw(2000, 1500)), "vélo.jpg")

    assert (picture.width, picture.height, picture.mime) == (1600, 1200, "image/jpeg")
    assert decode(picture.full).size == (1600, 1200)
    assert decode(picture.thumbnail).size == (480, 360)
    assert len(picture.blurhash) > 20


async def test_no_process_runs_before_the_first_photo_and_one_serves_many(pool: PicturePool) -> None:
    before = pool.spare

    await pool.check_and_reduce(encode(draw()))
    first = process_of(pool).pid
    await pool.check_and_reduce(encode(draw()))

    assert (before, pool.spare) == (0, 1)
    assert process_of(pool).pid == first


async def test_an_idle_process_ends() -> None:
    pool = PicturePool(idle=0.01)
    await pool.check_and_reduce(encode(draw()))
    process = process_of(pool)

    code = await asyncio.wait_for(process.wait(), 60)

    assert (code, pool.spare) == (0, 0)


async def test_photos_sent_together_are_all_answered(pool: PicturePool) -> None:
    found = await asyncio.gather(*(pool.check_and_reduce(encode(draw(90 + index, 60))) for index in range(8)))

    assert [picture.width for picture in found] == [90 + index for index in range(8)]
    assert pool.spare == 2


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"bonjour", NotAPicture),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", UnreadableFormat),
        (png_of(50_000, 50_000), TooManyPixels),
        (encode(draw())[:1000], BrokenPicture),
        (b"\xff\xd8\xff" + b"\0" * MAX_BYTES, TooHeavy),
    ],
    ids=["text", "heic", "bomb", "truncated", "heavy"],
)
async def test_a_bad_file_is_refused_by_a_code_with_its_name(
    pool: PicturePool, data: bytes, error: type[RefusedPicture]
) -> None:
    with pytest.raises(error) as refusal:
        await pool.check_and_reduce(data, "C:\\fakepath\\mon vélo.jpg")

    assert (refusal.value.code, refusal.value.values) == (error.code, {"name": "mon vélo.jpg"})
    assert (refusal.value.status, refusal.value.field) == (422, "photo")


async def test_a_bad_file_does_not_cost_the_process(pool: PicturePool) -> None:
    with pytest.raises(NotAPicture):
        await pool.check_and_reduce(b"bonjour")

    assert pool.spare == 1


async def test_a_process_that_takes_too_long_is_killed(child: Path) -> None:
    child.write_text(SLEEPER)
    pool = PicturePool(timeout=0.05)

    with pytest.raises(BrokenPicture):
        await pool.check_and_reduce(encode(draw()))

    assert pool.spare == 0


async def test_a_process_that_crashes_takes_only_its_photo_along(
    pool: PicturePool, child: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    child.write_text(CRASHER)
    with pytest.raises(BrokenPicture):
        await pool.check_and_reduce(encode(draw()))

    monkeypatch.undo()

    assert (await pool.check_and_reduce(encode(draw()))).width == 400


async def test_a_process_killed_while_it_waited_is_replaced(pool: PicturePool) -> None:
    await pool.check_and_reduce(encode(draw()))
    os.kill(process_of(pool).pid, signal.SIGKILL)

    picture = await pool.check_and_reduce(encode(draw()))

    assert picture.width == 400


async def test_a_reader_who_leaves_frees_the_place(child: Path) -> None:
    child.write_text(SLEEPER)
    pool = PicturePool(size=1)
    waiting = asyncio.create_task(pool.check_and_reduce(encode(draw())))
    while not pool._places.locked():
        await asyncio.sleep(0)

    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting

    assert not pool._places.locked()


async def test_too_many_photos_at_once_are_sent_away(child: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    child.write_text(SLEEPER)
    monkeypatch.setattr(pictures, "WAITING", 2)
    pool = PicturePool(size=1)
    waiting = [asyncio.create_task(pool.check_and_reduce(encode(draw()))) for _ in range(3)]
    while pool._waiting < 2:
        await asyncio.sleep(0)

    with pytest.raises(PicturesBusy) as busy:
        await pool.check_and_reduce(encode(draw()))

    assert (busy.value.status, busy.value.retry) == (503, True)
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)


async def test_the_process_knows_nothing_of_ours_and_can_write_no_file(
    pool: PicturePool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DECLIC_DATABASE_URL", "postgresql://secret")
    await pool.check_and_reduce(encode(draw()))

    process = Path(f"/proc/{process_of(pool).pid}")

    assert b"secret" not in (process / "environ").read_bytes()
    limits = (process / "limits").read_text()
    assert "Max file size             0" in limits
    assert "Max address space         1073741824" in limits


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("a.png/../../b", "b"),
        ("photo\x00\r\nSet-Cookie: x.jpg", "photo Set-Cookie: x.jpg"),
        ("é" * 300 + ".jpg", "é" * 24 + "…" + "é" * 11 + ".jpg"),
        ("https://henin.test/media/roue.jpg", "roue.jpg"),
        ("", ""),
    ],
)
def test_a_name_is_only_shown_and_shown_safely(name: str, shown: str) -> None:
    assert shown_name(name) == shown
