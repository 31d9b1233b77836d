"""Pictures over HTTP: which headers they carry, and what is answered to addresses that somebody made up."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from multidict import CIMultiDict

from federation.http_client.transport import Fetched
from federation.instance import Instance
from federation.media.media_uris import media_url, source_set, square_url, thumbnail_url
from federation.media.uploads import save_upload
from models.posts.media import media, uploads
from models.posts.media.media import Media, RemoteDocument
from models.settings import Settings
from models.store.database import Pool, execute, transaction
from tests.factories import HERE, make_member, make_note, make_remote_actor
from tests.fediverse import FakeFediverse
from tests.film_files import make_film
from tests.picture_files import decode, draw, encode
from web.http.app_keys import INSTANCE
from web.server.media import ROUTES

Client = TestClient[web.Request, web.Application]

WHEEL = "https://henin.test/media/roue.jpg"


@pytest.fixture
async def instance(pool: Pool, tmp_path: Path) -> AsyncIterator[Instance]:
    settings = Settings(url=HERE.url, data=tmp_path)
    instance = Instance(site=HERE, settings=settings, pool=pool, transport=FakeFediverse())
    yield instance
    await instance.pictures.close()


@pytest.fixture
async def client(instance: Instance) -> AsyncIterator[Client]:
    app = web.Application()
    app[INSTANCE] = instance
    app.add_routes(ROUTES)
    async with TestClient(TestServer(app)) as client:
        yield client


@pytest.fixture
async def tent(instance: Instance) -> Media:
    async with transaction(instance.pool) as conn:
        alice = await make_member(conn)
        note = await make_note(conn, alice)
    tent = await save_upload(instance, owner_id=alice.id, data=encode(draw(2000, 1500)), name="tente.jpg")
    async with transaction(instance.pool) as conn:
        return (await uploads.attach(conn, note.id, alice.id, [tent.id]))[0]


@pytest.fixture
async def wheel(instance: Instance) -> Media:
    async with transaction(instance.pool) as conn:
        note = await make_note(conn, await make_remote_actor(conn))
        await media.save_remote(conn, note.id, [RemoteDocument(url=WHEEL)])
        return (await media.list_by_posts(conn, [note.id]))[note.id][0]


def path_of(url: str | None) -> str:
    assert url is not None
    return url.removeprefix(HERE.url)


async def test_a_picture_of_ours_is_shown_and_kept_by_browsers_for_a_day(client: Client, tent: Media) -> None:
    answer = await client.get(path_of(media_url(HERE, tent)))

    assert answer.status == 200
    assert decode(await answer.read()).size == (1600, 1200)
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["Cache-Control"] == "public, max-age=86400"


async def test_a_thumbnail_is_small(client: Client, tent: Media) -> None:
    answer = await client.get(path_of(thumbnail_url(HERE, tent)))

    assert decode(await answer.read()).size == (480, 360)


async def test_pages_show_small_copies_in_webp(client: Client, tent: Media) -> None:
    square = await client.get(path_of(square_url(HERE, tent)))
    large = await client.get(path_of(source_set(HERE, tent).split()[-2]))

    assert (decode(await square.read()).size, decode(await large.read()).size) == ((224, 224), (960, 720))
    for answer in (square, large):
        assert (
            answer.headers["Content-Type"] == "image/webp"
            and answer.headers["Cache-Control"] == "public, max-age=86400"
        )
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"


async def test_a_picture_from_before_there_were_copies_gets_them_when_one_is_asked_for(
    client: Client, instance: Instance, tent: Media
) -> None:
    for path in instance.store.folder.rglob("*.webp"):
        path.unlink()
    await set_weight(instance, tent, 1)

    first = await client.get(path_of(square_url(HERE, tent)))
    async with transaction(instance.pool) as conn:
        after = await media.find(conn, tent.id)

    copies = [path.stat().st_size for path in instance.store.folder.rglob("*.webp")]
    assert (first.headers["Content-Type"], len(copies)) == ("image/webp", 3)
    assert after is not None and after.byte_size == 1 + sum(copies)


async def set_weight(instance: Instance, picture: Media, byte_size: int) -> None:
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE media SET byte_size = $2 WHERE id = $1", picture.id, byte_size)


async def test_a_picture_of_which_no_copy_can_be_made_is_shown_itself_and_asked_for_again_soon(
    client: Client, instance: Instance, tent: Media
) -> None:
    for path in instance.store.folder.rglob("*.webp"):
        path.unlink()
    kept = instance.store.find(tent.file_key or "")
    assert kept is not None
    kept.write_bytes(b"not a picture any more")

    answer = await client.get(path_of(square_url(HERE, tent)))

    assert (answer.status, answer.headers["Content-Type"]) == (200, "image/jpeg")
    assert answer.headers["Cache-Control"] == "public, max-age=60"


async def test_a_picture_can_do_nothing_in_a_browser(client: Client, tent: Media) -> None:
    answer = await client.head(path_of(media_url(HERE, tent)))

    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["Content-Disposition"] == 'inline; filename="photo.jpg"'
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Set-Cookie" not in answer.headers


async def test_an_activitypub_reader_gets_a_picture_too(client: Client, tent: Media) -> None:
    answer = await client.get(path_of(media_url(HERE, tent)), headers={"Accept": "application/activity+json"})

    assert answer.headers["Content-Type"] == "image/jpeg"


async def test_parts_and_known_copies_are_answered_as_such(client: Client, tent: Media) -> None:
    path = path_of(media_url(HERE, tent))
    whole = await client.get(path)

    part = await client.get(path, headers={"Range": "bytes=0-9"})
    known = await client.get(path, headers={"If-None-Match": whole.headers["ETag"]})

    assert (part.status, len(await part.read())) == (206, 10)
    assert known.status == 304


async def test_a_remote_picture_comes_from_us(client: Client, instance: Instance, wheel: Media) -> None:
    network = instance.transport
    assert isinstance(network, FakeFediverse)
    network.documents[WHEEL] = Fetched(url=WHEEL, status=200, headers=CIMultiDict(), body=encode(draw()))

    full = await client.get(path_of(media_url(HERE, wheel)))
    small = await client.get(path_of(thumbnail_url(HERE, wheel)))
    square = await client.get(path_of(square_url(HERE, wheel)))

    assert square.headers["Content-Type"] == "image/webp" and decode(await square.read()).size == (224, 224)
    assert (full.status, small.status) == (200, 200)
    assert full.headers["Content-Type"] == "image/jpeg"
    assert network.fetched == [WHEEL]


async def test_the_poster_of_a_film_from_elsewhere_comes_from_us_and_the_film_does_not(
    client: Client, instance: Instance
) -> None:
    network = instance.transport
    assert isinstance(network, FakeFediverse)
    network.documents[WHEEL] = Fetched(url=WHEEL, status=200, headers=CIMultiDict(), body=encode(draw()))
    document = RemoteDocument(url="https://henin.test/roue.mp4", mime_type="video/mp4", poster_url=WHEEL, width=1280)
    async with transaction(instance.pool) as conn:
        note = await make_note(conn, await make_remote_actor(conn))
        await media.save_remote(
            conn, note.id, [document, replace(document, url="https://henin.test/b.mp4", poster_url=None)]
        )
        film, bare = (await media.list_by_posts(conn, [note.id]))[note.id]

    shown = await client.get(path_of(thumbnail_url(HERE, film)))
    missing = await client.get(f"/media/remote/{bare.id}")
    async with transaction(instance.pool) as conn:
        kept = await media.find(conn, film.id)

    assert (shown.status, shown.headers["Content-Type"], missing.status) == (200, "image/jpeg", 404)
    assert network.fetched == [WHEEL]
    assert media_url(HERE, film) == "https://henin.test/roue.mp4" and thumbnail_url(HERE, bare) is None
    assert kept is not None and (kept.mime_type, kept.width, kept.type) == ("video/mp4", 1280, "video")
    assert kept.file_key and kept.thumbnail_key and kept.byte_size and kept.blurhash


async def test_a_remote_picture_that_cannot_be_had_is_said_for_a_minute(client: Client, wheel: Media) -> None:
    answer = await client.get(path_of(media_url(HERE, wheel)))

    assert answer.status == 502
    assert answer.headers["Cache-Control"] == "public, max-age=60"


@pytest.mark.parametrize(
    "path",
    [
        "/media/" + "a" * 32 + ".jpg",
        "/media/" + "a" * 32 + ".svg",
        "/media/..%2f..%2fdeclic.toml",
        "/media/%2e%2e/declic.toml",
        "/media/remote/1",
        "/media/remote/9999999999999999999",
        "/media/remote/99999999999999999999",
        "/media/remote/-1",
        "/media/remote/1/large",
        "/media/remote/1/huge",
        "/media/" + "a" * 32 + ".large.webp",
        "/media/" + "a" * 32 + ".huge.webp",
        "/media/" + "a" * 32 + ".webp",
        "/media/remote/1?url=https://evil.test/",
        "/media/",
    ],
)
async def test_made_up_addresses_find_nothing(client: Client, instance: Instance, path: str) -> None:
    answer = await client.get(path)

    assert answer.status == 404
    network = instance.transport
    assert isinstance(network, FakeFediverse) and network.fetched == []


async def test_b20_a_film_is_handed_out_as_a_file_of_its_own_type(client: Client, instance: Instance) -> None:
    film = make_film("webm")
    key = await instance.store.save(film, "webm")

    answer = await client.get(f"/media/{key}")
    old = await client.get(f"/media/{await instance.store.save(film, 'mov')}")
    part = await client.get(f"/media/{key}", headers={"Range": "bytes=0-3"})
    missing = await client.get(f"/media/{'0' * 32}.html")

    assert answer.headers["Content-Type"] == "video/webm"
    assert old.headers["Content-Type"] == "video/quicktime"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="media.webm"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert (part.status, await part.read()) == (206, film[:4])
    assert missing.status == 404
