"""The capped cache of remote pictures, and which files may go."""

from datetime import timedelta

from models.people import actors
from models.people.actors import Actor
from models.posts.media import media, media_files, uploads
from models.posts.media.media import Media, RemoteDocument, StoredPicture
from models.store.database import Connection, execute, fetch_column
from tests.factories import make_member, make_note, make_remote_actor


def stored(name: str, size: int = 100) -> StoredPicture:
    return StoredPicture(
        file_key=f"{name}.full", thumbnail_key=f"{name}.small", byte_size=size, width=3, height=2, blurhash="L0"
    )


async def make_remote_media(conn: Connection, count: int = 1, author: Actor | None = None) -> list[Media]:
    bob = author or await make_remote_actor(conn)
    note = await make_note(conn, bob)
    await media.save_remote(
        conn, note.id, [RemoteDocument(url=f"https://henin.test/{index}.jpg") for index in range(count)]
    )
    return (await media.list_by_posts(conn, [note.id]))[note.id]


async def unused(conn: Connection) -> list[str]:
    return sorted(await fetch_column(conn, "SELECT key FROM unused_file"))


async def test_a_fetched_picture_is_cached_once(conn: Connection) -> None:
    (remote,) = await make_remote_media(conn)

    first = await media_files.save_cached(conn, remote.id, stored("a"))
    second = await media_files.save_cached(conn, remote.id, stored("b"))

    held = await media.find(conn, remote.id)
    assert (first, second) == (True, False)
    assert held is not None and (held.file_key, held.width, held.blurhash) == ("a.full", 3, "L0")


async def test_the_longest_unread_copies_are_forgotten_beyond_the_cap(conn: Connection) -> None:
    pictures = await make_remote_media(conn, 4)
    for age, picture in enumerate(pictures):
        await media_files.save_cached(conn, picture.id, stored(str(age)))
        await execute(
            conn, "UPDATE media SET read_at = now() - $2::interval WHERE id = $1", picture.id, timedelta(days=age)
        )

    forgotten = await media_files.trim_cache(conn, 250)

    assert forgotten == 2
    assert await unused(conn) == ["2.full", "2.small", "3.full", "3.small"]
    assert await media_files.trim_cache(conn, 250) == 0


async def test_a_forgotten_picture_can_be_cached_again(conn: Connection) -> None:
    (remote,) = await make_remote_media(conn)
    await media_files.save_cached(conn, remote.id, stored("a"))

    await media_files.forget_cached(conn, remote.id)

    assert await unused(conn) == ["a.full", "a.small"]
    assert await media_files.save_cached(conn, remote.id, stored("b"))


async def test_reading_keeps_a_copy_longer(conn: Connection) -> None:
    first, second = await make_remote_media(conn, 2)
    for picture in (first, second):
        await media_files.save_cached(conn, picture.id, stored(str(picture.id)))
    await execute(conn, "UPDATE media SET read_at = now() - interval '3 days'")

    await media_files.note_read(conn, first.id)
    await media_files.trim_cache(conn, 100)

    assert [key for key in await unused(conn) if key.endswith(".full")] == [f"{second.id}.full"]


async def test_a_failure_is_remembered_for_an_hour(conn: Connection) -> None:
    (remote,) = await make_remote_media(conn)
    before = await media_files.recently_failed(conn, remote.id)

    await media_files.save_failure(conn, remote.id, "henin.test did not answer in time." + "x" * 1000)

    after = await media_files.recently_failed(conn, remote.id)
    await execute(conn, "UPDATE media SET failed_at = now() - interval '61 minutes'")
    assert (before, after, await media_files.recently_failed(conn, remote.id)) == (False, True, False)


async def test_uploads_that_nobody_used_go_after_a_day(conn: Connection) -> None:
    alice = await make_member(conn)
    old = await uploads.create_upload(conn, alice.id, stored("old"))
    new = await uploads.create_upload(conn, alice.id, stored("new"))
    icon = await uploads.create_upload(conn, alice.id, stored("icon"))
    await actors.save_icon(conn, alice.id, icon.id)
    await execute(
        conn, "UPDATE media SET created_at = now() - interval '25 hours' WHERE id = ANY($1)", [old.id, icon.id]
    )

    deleted = await media_files.delete_orphans(conn)

    assert deleted == 1
    assert await unused(conn) == ["old.full", "old.small"]
    assert set(await media.list_by_ids(conn, [old.id, new.id, icon.id])) == {new.id, icon.id}


async def test_unused_files_are_listed_until_they_are_removed(conn: Connection) -> None:
    (remote,) = await make_remote_media(conn)
    await media_files.save_cached(conn, remote.id, stored("a"))
    await execute(conn, "DELETE FROM media")

    listed = await media_files.list_unused_files(conn)
    await media_files.forget_unused_files(conn, listed)

    assert sorted(listed) == ["a.full", "a.small"]
    assert await media_files.list_unused_files(conn) == []


async def test_files_without_a_row_are_told_apart(conn: Connection) -> None:
    alice = await make_member(conn)
    await uploads.create_upload(conn, alice.id, stored("a"))

    unknown = await media_files.list_unknown_files(conn, ["a.full", "a.small", "b.full"])

    assert unknown == ["b.full"]
