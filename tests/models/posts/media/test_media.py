"""Rows of pictures: those of a post, those from elsewhere, the icons of actors."""

from typing import Any

import pytest

from models import posts
from models.people import actors
from models.posts.media import media
from models.posts.media.media import RemoteDocument
from models.store.database import Connection, execute, fetch_column, fetch_value
from tests.factories import make_note, make_remote_actor


def document(name: str = "roue.jpg", **changes: Any) -> RemoteDocument:
    values: dict[str, Any] = {"url": f"https://henin.test/media/{name}", "mime_type": "image/jpeg"}
    return RemoteDocument(**(values | changes))


async def test_attachments_from_elsewhere_are_kept_in_their_order(conn: Connection) -> None:
    bob = await make_remote_actor(conn)
    note = await make_note(conn, bob)
    documents = [document("b.jpg", description="Une roue"), document("a.mp4", mime_type="video/mp4")]

    await media.save_remote(conn, note.id, documents)

    first, second = (await media.list_by_posts(conn, [note.id]))[note.id]
    assert (first.description, first.type, first.position) == ("Une roue", "image", 0)
    assert (second.remote_url, second.type) == ("https://henin.test/media/a.mp4", "video")


async def test_an_edit_keeps_what_stays_with_its_id_and_its_copy(conn: Connection) -> None:
    bob = await make_remote_actor(conn)
    note = await make_note(conn, bob)
    await media.save_remote(conn, note.id, [document("a.jpg"), document("b.jpg")])
    kept = (await media.list_by_posts(conn, [note.id]))[note.id][1]
    await execute(conn, "UPDATE media SET file_key = 'k' WHERE id = $1", kept.id)

    await media.save_remote(conn, note.id, [document("b.jpg", description="Mieux"), document("c.jpg")])

    first, second = (await media.list_by_posts(conn, [note.id]))[note.id]
    assert (first.id, first.description, first.file_key, first.position) == (kept.id, "Mieux", "k", 0)
    assert second.remote_url == "https://henin.test/media/c.jpg"


async def test_more_than_sixteen_attachments_are_cut_and_doubles_are_one(conn: Connection) -> None:
    bob = await make_remote_actor(conn)
    note = await make_note(conn, bob)

    await media.save_remote(conn, note.id, [document(f"{index // 2}.jpg") for index in range(100)])

    found = (await media.list_by_posts(conn, [note.id]))[note.id]
    assert [item.position for item in found] == list(range(16))


async def test_an_address_that_is_too_long_is_left_out(conn: Connection) -> None:
    bob = await make_remote_actor(conn)
    note = await make_note(conn, bob)

    await media.save_remote(conn, note.id, [document("x" * 5000), document("a.jpg")])

    assert len((await media.list_by_posts(conn, [note.id]))[note.id]) == 1


@pytest.mark.parametrize(
    ("mime", "name", "type"),
    [
        ("image/png", "a", "image"),
        ("", "a.jpg", "image"),
        ("", "a.mp4?x=1", "video"),
        ("", "a", "image"),
        ("audio/ogg", "a", "audio"),
        ("application/pdf", "a", "unknown"),
        ("text/html", "a.jpg", "unknown"),
    ],
)
def test_what_an_attachment_is(mime: str, name: str, type: str) -> None:
    assert document(name, mime_type=mime).type == type


async def test_an_actor_has_an_icon_and_a_header(conn: Connection) -> None:
    bob = await make_remote_actor(conn)

    await media.save_actor_pictures(conn, bob.id, icon=document("icon.png"), image=document("header.png"))

    held = await actors.get(conn, bob.id)
    assert held.icon_media_id and held.image_media_id
    found = await media.list_by_ids(conn, [held.icon_media_id])
    assert found[held.icon_media_id].remote_url == "https://henin.test/media/icon.png"


async def test_a_new_icon_replaces_the_old_one_and_an_unchanged_one_stays(conn: Connection) -> None:
    bob = await make_remote_actor(conn)
    await media.save_actor_pictures(conn, bob.id, icon=document("icon.png"), image=document("header.png"))
    before = await actors.get(conn, bob.id)

    await media.save_actor_pictures(conn, bob.id, icon=document("other.png"), image=document("header.png"))

    after = await actors.get(conn, bob.id)
    assert after.icon_media_id != before.icon_media_id
    assert after.image_media_id == before.image_media_id
    assert await fetch_value(conn, "SELECT count(*) FROM media WHERE owner_id = $1", bob.id) == 2


async def test_one_picture_may_be_icon_and_header(conn: Connection) -> None:
    bob = await make_remote_actor(conn)

    await media.save_actor_pictures(conn, bob.id, icon=document("icon.png"), image=document("icon.png"))
    await media.save_actor_pictures(conn, bob.id, icon=None, image=None)

    held = await actors.get(conn, bob.id)
    assert (held.icon_media_id, held.image_media_id) == (None, None)
    assert await fetch_value(conn, "SELECT count(*) FROM media WHERE owner_id = $1", bob.id) == 0


async def test_the_files_of_a_deleted_post_are_noted_as_unused(conn: Connection) -> None:
    bob = await make_remote_actor(conn)
    note = await make_note(conn, bob)
    await media.save_remote(conn, note.id, [document("a.jpg"), document("b.jpg")])
    await execute(conn, "UPDATE media SET file_key = 'full', thumbnail_key = 'small' WHERE position = 0")

    await posts.delete(conn, note.id)

    assert sorted(await fetch_column(conn, "SELECT key FROM unused_file")) == ["full", "small"]
    assert await media.list_by_posts(conn, [note.id]) == {note.id: []}


async def test_nothing_is_found_for_nothing(conn: Connection) -> None:
    assert await media.find(conn, 1) is None
    assert await media.list_by_ids(conn, []) == {}
    assert await media.list_by_posts(conn, []) == {}
