"""A picture on its way in: its row and its files, or neither."""

import asyncio
from pathlib import Path

import pytest

from federation.instance import Instance
from federation.media import media_cleanup
from federation.media.uploads import FilmUpload, save_film, save_upload, turn_upload
from federation.media_store import COPIES, FolderStore, StoreFull
from federation.sandbox.pictures import NotAPicture, RefusedPicture
from models.errors import Conflict, Invalid, NotFound
from models.people.actors import Actor
from models.posts.media import media, media_files, uploads
from models.posts.media.media import Media
from models.store.database import connection, execute, transaction
from tests.factories import make_member
from tests.film_files import make_film
from tests.picture_files import decode, draw, encode


@pytest.fixture
async def alice(instance: Instance) -> Actor:
    async with transaction(instance.pool) as conn:
        return await make_member(conn)


def files_of(store: FolderStore) -> list[Path]:
    return [path for path in store.folder.rglob("*") if path.is_file()] if store.folder.exists() else []


async def test_an_upload_is_a_row_two_files_and_their_copies_for_pages(instance: Instance, alice: Actor) -> None:
    data = encode(draw(2000, 1500))

    made = await save_upload(instance, owner_id=alice.id, data=data, name="../../x.svg", description="Une tente")

    full, small = instance.store.find(made.file_key or ""), instance.store.find(made.thumbnail_key or "")
    assert full is not None and decode(full.read_bytes()).size == (1600, 1200)
    assert small is not None and decode(small.read_bytes()).size == (480, 360)
    copies = [instance.store.find_copy(made.file_key or "", name) for name in COPIES]
    assert [decode(copy.read_bytes()).format for copy in copies if copy] == ["WEBP"] * 3
    assert made.byte_size == sum(path.stat().st_size for path in (full, small, *copies) if path)
    assert (made.description, made.width, made.height) == ("Une tente", 1600, 1200)


async def test_a_file_that_is_no_photo_leaves_nothing(instance: Instance, alice: Actor) -> None:
    with pytest.raises(NotAPicture, match=r"texte\.txt"):
        await save_upload(instance, owner_id=alice.id, data=b"bonjour", name="texte.txt")

    assert files_of(instance.store) == []


async def test_a_description_that_is_too_long_is_told_before_any_work(instance: Instance, alice: Actor) -> None:
    with pytest.raises(Invalid):
        await save_upload(instance, owner_id=alice.id, data=encode(draw()), description="x" * 1501)

    assert instance.pictures.spare == 0


async def test_without_room_nothing_is_opened(
    instance: Instance, alice: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "MAX_UNATTACHED", 0)

    with pytest.raises(Conflict):
        await save_upload(instance, owner_id=alice.id, data=encode(draw()))

    assert instance.pictures.spare == 0


async def test_when_the_row_cannot_be_written_the_files_go_again(
    instance: Instance, alice: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*args: object, **names: object) -> None:
        raise NotFound

    monkeypatch.setattr(uploads, "create_upload", fail)

    with pytest.raises(NotFound):
        await save_upload(instance, owner_id=alice.id, data=encode(draw()))

    assert files_of(instance.store) == []


async def test_the_same_photo_sent_twice_at_once_is_kept_once(instance: Instance, alice: Actor) -> None:
    data = encode(draw())

    first, second = await asyncio.gather(
        *(save_upload(instance, owner_id=alice.id, data=data, key="k" * 24) for _ in range(2))
    )
    again = await save_upload(instance, owner_id=alice.id, data=data, key="k" * 24)

    assert first == second == again
    assert len(files_of(instance.store)) == 5, "the picture, its thumbnail and three copies"


async def test_a_turned_photo_is_an_upload_of_its_own(instance: Instance, alice: Actor) -> None:
    photo = await save_upload(instance, owner_id=alice.id, data=encode(draw(60, 40)), description="Trois couleurs")

    turned = await turn_upload(instance, photo, 270)
    await instance.store.delete([photo.file_key or ""])

    assert (turned.width, turned.height, turned.description) == (40, 60, "Trois couleurs")
    assert turned.id != photo.id and turned.file_key != photo.file_key
    with pytest.raises(RefusedPicture):
        await turn_upload(instance, photo, 90)


async def test_a_full_disk_is_said_and_leaves_no_row(instance: Instance, alice: Actor, tmp_path: Path) -> None:
    (tmp_path / "media").write_text("a file where the folder should be")

    with pytest.raises(StoreFull):
        await save_upload(instance, owner_id=alice.id, data=encode(draw()))

    async with connection(instance.pool) as conn:
        await uploads.require_room(conn, alice.id)
        assert await media.list_by_posts(conn, []) == {}


async def send_film(instance: Instance, alice: Actor) -> Media | None:
    async with instance.store.open_spool() as spool:
        path = spool.new()
        path.write_bytes(make_film("mp4"))
        return await save_film(instance, FilmUpload(path=path, kind="mov"), spool, owner_id=alice.id)


async def test_a_film_is_a_row_and_two_files_and_all_of_them_go_when_nobody_uses_it(
    instance: Instance, alice: Actor
) -> None:
    made = await send_film(instance, alice)

    assert made is not None
    small = made.thumbnail_key or ""
    files = [instance.store.find(made.file_key or ""), instance.store.find(small)]
    files += [instance.store.find_copy(small, name) for name in COPIES]
    assert sorted(files_of(instance.store)) == sorted(path for path in files if path)
    assert made.byte_size == sum(path.stat().st_size for path in files if path)
    assert (made.type, made.mime_type, made.width, made.measures["small"]) == ("video", "video/mp4", 64, [64, 48])
    async with transaction(instance.pool) as conn:
        assert await media_files.list_unknown_files(conn, [made.file_key or "", made.thumbnail_key or ""]) == []
        await execute(conn, "UPDATE media SET created_at = now() - interval '25 hours'")
    assert await media_cleanup.clean_up(instance) == 2
    assert files_of(instance.store) == []


async def test_when_the_row_of_a_film_cannot_be_written_its_files_go_again(
    instance: Instance, alice: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*args: object) -> None:
        raise NotFound

    monkeypatch.setattr(uploads, "create_film", fail)

    with pytest.raises(NotFound):
        await send_film(instance, alice)

    assert files_of(instance.store) == []


async def test_a_film_that_comes_while_the_disk_is_full_is_said_so(
    instance: Instance, alice: Actor, tmp_path: Path
) -> None:
    (tmp_path / "media").write_text("a file where the folder should be")

    with pytest.raises(StoreFull):
        await send_film(instance, alice)
