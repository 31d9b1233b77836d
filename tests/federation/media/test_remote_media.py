"""Pictures of other servers: fetched once when looked at, checked like uploads, never asked for again too soon."""

import asyncio
from typing import Any

import pytest
from multidict import CIMultiDict

from federation.errors import Cause, FetchFailed
from federation.http_client.transport import Fetched
from federation.instance import Instance
from federation.media.media_cleanup import clean_up, sweep
from federation.media.remote_media import PictureUnavailable, find_picture
from models import posts
from models.errors import NotFound
from models.posts.media import media
from models.posts.media.media import Media, RemoteDocument
from models.store.database import Pool, connection, execute, fetch_value, transaction
from tests.factories import make_note, make_remote_actor
from tests.fediverse import FakeFediverse
from tests.picture_files import decode, draw, encode, png_of

WHEEL = "https://henin.test/media/roue.jpg"


@pytest.fixture
async def wheel(instance: Instance) -> Media:
    return await make_wheel(instance.pool)


async def make_wheel(pool: Pool, **changes: Any) -> Media:
    async with transaction(pool) as conn:
        note = await make_note(conn, await make_remote_actor(conn))
        await media.save_remote(conn, note.id, [RemoteDocument(url=WHEEL, **changes)])
        return (await media.list_by_posts(conn, [note.id]))[note.id][0]


def serve(instance: Instance, body: bytes) -> FakeFediverse:
    network = instance.transport
    assert isinstance(network, FakeFediverse)
    headers = CIMultiDict({"Content-Type": "image/jpeg"})
    network.documents[WHEEL] = Fetched(url=WHEEL, status=200, headers=headers, body=body)
    return network


async def test_a_picture_is_fetched_when_somebody_looks_and_kept(instance: Instance, wheel: Media) -> None:
    network = serve(instance, encode(draw(2000, 1500)))

    full = await find_picture(instance, wheel.id, "full")
    small = await find_picture(instance, wheel.id, "small")

    assert network.fetched == [WHEEL]
    assert network.signers == [None]
    assert decode(full.read_bytes()).size == (1600, 1200)
    assert decode(small.read_bytes()).size == (480, 360)


async def test_ten_readers_cause_one_fetch(instance: Instance, wheel: Media) -> None:
    network = serve(instance, encode(draw()))

    found = await asyncio.gather(*(find_picture(instance, wheel.id, "small") for _ in range(10)))

    assert network.fetched == [WHEEL]
    assert len(set(found)) == 1
    assert instance.picture_fetches.running == {}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"<script>alert(1)</script>", "roue.jpg"),
        (png_of(50_000, 50_000), "too_many_pixels"),
        (encode(draw())[:900], "broken_picture"),
    ],
)
async def test_what_is_no_picture_is_refused_and_remembered(
    instance: Instance, wheel: Media, body: bytes, words: str
) -> None:
    network = serve(instance, body)

    for _ in range(2):
        with pytest.raises(PictureUnavailable) as error:
            await find_picture(instance, wheel.id, "full")

    assert error.value.status == 502
    assert network.fetched == [WHEEL]
    async with connection(instance.pool) as conn:
        assert words in await fetch_value(conn, "SELECT failure FROM media")
        held = await media.find(conn, wheel.id)
    assert held is not None and held.failed_at is not None


async def test_a_server_that_fails_is_asked_again_after_an_hour(instance: Instance, wheel: Media) -> None:
    network = serve(instance, encode(draw()))
    network.documents[WHEEL] = FetchFailed(Cause.TIMED_OUT, "henin.test", retry=True)
    with pytest.raises(PictureUnavailable):
        await find_picture(instance, wheel.id, "full")
    serve(instance, encode(draw()))

    with pytest.raises(PictureUnavailable):
        await find_picture(instance, wheel.id, "full")
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE media SET failed_at = now() - interval '61 minutes'")
    await find_picture(instance, wheel.id, "full")

    assert len(network.fetched) == 2
    async with connection(instance.pool) as conn:
        held = await media.find(conn, wheel.id)
    assert held is not None and held.failed_at is None


async def test_only_remote_pictures_are_found_here(instance: Instance) -> None:
    film = await make_wheel(instance.pool, mime_type="video/mp4")

    for id in (film.id, 12345):
        with pytest.raises(NotFound):
            await find_picture(instance, id, "full")


async def test_a_reader_who_leaves_does_not_stop_the_fetch(instance: Instance, wheel: Media) -> None:
    serve(instance, encode(draw()))
    reader = asyncio.create_task(find_picture(instance, wheel.id, "full"))
    while wheel.id not in instance.picture_fetches.running:
        await asyncio.sleep(0)
    fetch = instance.picture_fetches.running[wheel.id]

    reader.cancel()
    await asyncio.wait([reader, fetch])

    async with connection(instance.pool) as conn:
        held = await media.find(conn, wheel.id)
    assert held is not None and held.file_key is not None


async def test_a_picture_deleted_while_it_is_fetched_leaves_no_file(instance: Instance, wheel: Media) -> None:
    serve(instance, encode(draw()))
    reader = asyncio.create_task(find_picture(instance, wheel.id, "full"))
    while wheel.id not in instance.picture_fetches.running:
        await asyncio.sleep(0)
    async with transaction(instance.pool) as conn:
        assert wheel.post_id is not None
        await posts.delete(conn, wheel.post_id)

    with pytest.raises(NotFound):
        await reader

    await clean_up(instance)
    assert [path for path in instance.store.folder.rglob("*.jpg")] == []


async def test_an_emptied_store_fills_again(instance: Instance, wheel: Media) -> None:
    network = serve(instance, encode(draw()))
    path = await find_picture(instance, wheel.id, "full")
    path.unlink()

    again = await find_picture(instance, wheel.id, "full")

    assert again != path and again.is_file()
    assert network.fetched == [WHEEL, WHEEL]


async def test_the_cache_is_trimmed_and_its_files_removed(instance: Instance, wheel: Media) -> None:
    serve(instance, encode(draw()))
    path = await find_picture(instance, wheel.id, "full")
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE media SET byte_size = 2147483647, read_at = now()")

    removed = await clean_up(instance)

    assert removed == 2
    assert not path.exists()
    assert await clean_up(instance) == 0


async def test_files_that_no_row_names_are_swept(instance: Instance, wheel: Media) -> None:
    serve(instance, encode(draw()))
    kept = await find_picture(instance, wheel.id, "full")
    lost = instance.store.find(await instance.store.save(b"left behind"))
    assert lost is not None

    untouched = await sweep(instance)
    removed = await sweep(instance, settled=-60)

    assert (untouched, removed) == (0, 1)
    assert kept.is_file() and not lost.exists()
