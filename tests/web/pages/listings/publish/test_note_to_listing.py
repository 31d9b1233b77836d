"""A note typed in an app becomes a listing: the story from the note to its replacement, and who may do it."""

import re
from collections.abc import Awaitable, Callable

from federation.instance import Instance
from federation.media.uploads import save_upload
from models import posts
from models.people.actors import Actor
from models.posts import Post
from models.posts.provenance import App
from models.store.database import connection, fetch_value, transaction
from outbox.posting import PostRequest, post
from tests.sample_village import Village
from tests.web.pages.conftest import Browser
from tests.web.pages.listings.publish.test_publish_page import PHOTO, changed, send_form

OpenBrowser = Callable[[Actor | None], Awaitable[Browser]]


async def write(instance: Instance, author: Actor, text: str, *, media_ids: tuple[int, ...] = ()) -> Post:
    wish = PostRequest(
        text=text,
        warning="",
        sensitive=False,
        audience="network",
        language=None,
        parent_id=None,
        media_ids=media_ids,
    )
    async with transaction(instance.pool) as conn:
        return await post(conn, instance.site, author, wish, App(name="Tests"))


async def find_link(instance: Instance) -> str:
    """The address in the cooperative's letter."""
    async with connection(instance.pool) as conn:
        letter = await fetch_value(conn, "SELECT content FROM post WHERE audience = 'direct' ORDER BY id DESC LIMIT 1")
    found = re.search(r'href="http://lomme\.test(/publier\?brouillon=\d+)"', letter)
    assert found is not None, letter
    return found[1]


async def test_a_note_becomes_a_listing_with_its_words_and_photos_and_is_taken_back(
    instance: Instance, lomme: Village, alice: Browser
) -> None:
    photo = await save_upload(instance, owner_id=lomme.alice.id, data=PHOTO.read_bytes(), description="Perceuse bleue")
    note = await write(instance, lomme.alice, "#offre Perceuse à percussion\nPeu servie.", media_ids=(photo.id,))
    link = await find_link(instance)

    page = await alice.get(link)
    fields = changed(page, category="outillage", mode="loan", place="Lomme", act="publish")
    answer = await send_form(alice, "/publier", page, fields)

    assert "quand elle sera publiée, le message sera retiré" in page.words()
    assert answer.status == 303, answer.words()
    async with connection(instance.pool) as conn:
        title = await fetch_value(conn, "SELECT title FROM listing ORDER BY post_id DESC LIMIT 1")
        attached = await fetch_value(
            conn, "SELECT l.title FROM media m JOIN listing l ON l.post_id = m.post_id WHERE m.id = $1", photo.id
        )
        gone = await posts.find_by_uri(conn, note.uri)
        deletes = await fetch_value(conn, "SELECT count(*) FROM activity WHERE type = 'Delete'")
    assert title == attached == "Perceuse à percussion"
    assert gone is not None and gone.deleted_at is not None
    assert deletes == 1
    assert (await alice.get(link)).status == 404


async def test_what_is_wrong_in_the_form_leaves_the_note_where_it_is(
    instance: Instance, lomme: Village, alice: Browser
) -> None:
    note = await write(instance, lomme.alice, "#demande Échelle de 3 m")
    page = await alice.get(await find_link(instance))

    answer = await send_form(alice, "/publier", page, changed(page, title="", act="publish"))
    again = await send_form(alice, "/publier", answer, changed(answer, title="Échelle", mode="loan", place="Lomme"))

    assert answer.status == 422
    assert page.html.xpath("//input[@name='kind'][@checked]/@value") == ["request"]
    async with connection(instance.pool) as conn:
        held = await posts.find_by_uri(conn, note.uri)
    assert again.status == 303
    assert held is not None and held.deleted_at is not None


async def test_a_draft_is_its_authors_and_goes_with_the_note(
    instance: Instance, lomme: Village, alice: Browser, open_browser: OpenBrowser
) -> None:
    note = await write(instance, lomme.alice, "#dépannage Roue voilée")
    link = await find_link(instance)
    hocine = await open_browser(lomme.hocine)
    form = await hocine.get("/publier?genre=offer")
    stolen = [*changed(form, title="Vol", mode="gift", place="Lomme"), ("draft", link.rpartition("=")[2])]

    assert (await hocine.get(link)).status == 404
    assert (await send_form(hocine, "/publier", form, stolen)).status == 404
    for wrong in ("", "x", "9" * 30, "-1"):
        assert (await alice.get(f"/publier?brouillon={wrong}")).status == 404
    async with transaction(instance.pool) as conn:
        await posts.delete(conn, note.id)
    assert (await alice.get(link)).status == 404
