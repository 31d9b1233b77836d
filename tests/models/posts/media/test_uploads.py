"""Pictures that our people upload: theirs alone, waiting, attached in order, changed in words."""

import pytest

from models import posts
from models.errors import Conflict, Invalid, NotFound
from models.people.actors import Actor
from models.posts.media import media, uploads
from models.posts.media.media import Media, RemoteDocument, StoredPicture
from models.store.database import Connection, execute, fetch_column
from tests.factories import make_listing, make_member, make_note, make_remote_actor


def stored(name: str = "a") -> StoredPicture:
    return StoredPicture(
        file_key=f"{name}.full", thumbnail_key=f"{name}.small", byte_size=9, width=3, height=2, blurhash="L0"
    )


async def upload(conn: Connection, owner: Actor, name: str = "a") -> Media:
    return await uploads.create_upload(conn, owner.id, stored(name))


async def test_an_upload_waits_for_its_post(conn: Connection) -> None:
    alice = await make_member(conn)

    made = await uploads.create_upload(conn, alice.id, stored(), " Une tente ")

    assert (made.post_id, made.owner_id, made.description) == (None, alice.id, "Une tente")
    assert (made.width, made.height, made.blurhash, made.type) == (3, 2, "L0", "image")
    assert await uploads.get_own(conn, made.id, alice.id) == made


async def test_uploads_are_attached_in_the_order_given(conn: Connection) -> None:
    alice = await make_member(conn)
    listing = await make_listing(conn, alice)
    first, second, third = [await upload(conn, alice, name) for name in "abc"]

    await uploads.attach(conn, listing.id, alice.id, [third.id, first.id, second.id, third.id])

    found = (await media.list_by_posts(conn, [listing.id]))[listing.id]
    assert [item.id for item in found] == [third.id, first.id, second.id]


async def test_an_edit_may_reorder_add_and_remove(conn: Connection) -> None:
    alice = await make_member(conn)
    listing = await make_listing(conn, alice)
    first, second, third = [await upload(conn, alice, name) for name in "abc"]
    await uploads.attach(conn, listing.id, alice.id, [first.id, second.id])

    attached = await uploads.attach(conn, listing.id, alice.id, [third.id, second.id])

    assert [item.id for item in attached] == [third.id, second.id]
    assert sorted(await fetch_column(conn, "SELECT key FROM unused_file")) == ["a.full", "a.small"]


async def test_a_listing_takes_no_films_and_the_refusal_says_so(conn: Connection) -> None:
    alice = await make_member(conn)
    listing = await make_listing(conn, alice)
    film = await upload(conn, alice)
    await execute(conn, "UPDATE media SET type = 'video' WHERE id = $1", film.id)

    with pytest.raises(Invalid) as refused:
        await uploads.attach(conn, listing.id, alice.id, [film.id])

    assert refused.value.code == "media_not_pictures"


async def test_a_post_may_lose_all_its_pictures(conn: Connection) -> None:
    alice = await make_member(conn)
    listing = await make_listing(conn, alice)
    await uploads.attach(conn, listing.id, alice.id, [(await upload(conn, alice)).id])

    assert await uploads.attach(conn, listing.id, alice.id, []) == []


async def test_nobody_attaches_what_is_not_hers_or_used_elsewhere(conn: Connection) -> None:
    alice, carol = await make_member(conn), await make_member(conn, "carol")
    listing, other = await make_listing(conn, alice), await make_note(conn, alice)
    hers, used = await upload(conn, carol), await upload(conn, alice)
    await uploads.attach(conn, other.id, alice.id, [used.id])

    for id in (hers.id, used.id, 12345):
        with pytest.raises(Invalid) as error:
            await uploads.attach(conn, listing.id, alice.id, [id])
        assert error.value.field == "media_ids"


async def test_six_pictures_are_the_most(conn: Connection) -> None:
    alice = await make_member(conn)
    listing = await make_listing(conn, alice)
    ids = [(await upload(conn, alice, str(index))).id for index in range(7)]

    with pytest.raises(Invalid):
        await uploads.attach(conn, listing.id, alice.id, ids)

    assert len(await uploads.attach(conn, listing.id, alice.id, ids[:6])) == 6


async def test_words_are_changed_by_their_owner_only(conn: Connection) -> None:
    alice, carol = await make_member(conn), await make_member(conn, "carol")
    made = await upload(conn, alice)

    changed = await uploads.save_words(conn, made.id, alice.id, description="Une tente", focus=(-2.0, 0.5))

    assert (changed.description, changed.focus_x, changed.focus_y) == ("Une tente", -1.0, 0.5)
    assert (await uploads.save_words(conn, made.id, alice.id)).description == "Une tente"
    with pytest.raises(NotFound):
        await uploads.save_words(conn, made.id, carol.id, description="à moi")


async def test_a_description_has_a_limit_and_a_sentence(conn: Connection) -> None:
    alice = await make_member(conn)

    with pytest.raises(Invalid, match="1500") as error:
        await uploads.create_upload(conn, alice.id, stored(), "x" * 1501)

    assert error.value.field == "description"
    assert len((await uploads.create_upload(conn, alice.id, stored(), "x" * 1500)).description) == 1500


async def test_thirty_uploads_may_wait_and_no_more(conn: Connection) -> None:
    alice = await make_member(conn)
    for index in range(uploads.MAX_UNATTACHED):
        await upload(conn, alice, str(index))

    with pytest.raises(Conflict):
        await upload(conn, alice, "one more")


async def test_400_megabytes_may_wait_and_no_more(conn: Connection) -> None:
    alice = await make_member(conn)
    await upload(conn, alice, "a")
    await execute(conn, "UPDATE media SET byte_size = $1", uploads.MAX_UNATTACHED_BYTES - 1)
    await uploads.require_room(conn, alice.id)
    await execute(conn, "UPDATE media SET byte_size = $1", uploads.MAX_UNATTACHED_BYTES)

    with pytest.raises(Conflict):
        await upload(conn, alice, "one more")


async def test_an_unused_upload_can_be_deleted_but_not_out_of_a_post(conn: Connection) -> None:
    alice = await make_member(conn)
    listing = await make_listing(conn, alice)
    unused, used = await upload(conn, alice, "a"), await upload(conn, alice, "b")
    await uploads.attach(conn, listing.id, alice.id, [used.id])

    await uploads.delete_upload(conn, unused.id, alice.id)

    assert await media.find(conn, unused.id) is None
    with pytest.raises(Conflict):
        await uploads.delete_upload(conn, used.id, alice.id)


async def test_a_remote_picture_is_nobodys_upload(conn: Connection) -> None:
    bob = await make_remote_actor(conn)
    await media.save_actor_pictures(conn, bob.id, icon=RemoteDocument(url="https://henin.test/i.png"), image=None)
    icon = next(iter((await media.list_by_ids(conn, await fetch_column(conn, "SELECT id FROM media"))).values()))

    with pytest.raises(NotFound):
        await uploads.get_own(conn, icon.id, bob.id)


async def test_withdrawing_a_post_gives_up_its_files(conn: Connection) -> None:
    alice = await make_member(conn)
    listing = await make_listing(conn, alice)
    await uploads.attach(conn, listing.id, alice.id, [(await upload(conn, alice)).id])

    await posts.delete(conn, listing.id)

    assert sorted(await fetch_column(conn, "SELECT key FROM unused_file")) == ["a.full", "a.small"]


async def test_what_is_sent_again_under_its_key_is_the_same_upload_and_keys_are_each_owners_own(
    conn: Connection,
) -> None:
    alice, bob = await make_member(conn), await make_member(conn, "bob")

    first = await uploads.create_upload(conn, alice.id, stored("a"), key="k" * 24)
    again = await uploads.create_upload(conn, alice.id, stored("b"), key="k" * 24)
    other = await uploads.create_upload(conn, alice.id, stored("c"), key="l" * 24)
    his = await uploads.create_upload(conn, bob.id, stored("d"), key="k" * 24)
    without = [await upload(conn, alice, name) for name in "ef"]

    assert again == first
    assert len({first.id, other.id, his.id, *(one.id for one in without)}) == 5
