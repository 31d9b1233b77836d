"""What its author warns of is folded away until it is asked for: photos, on every page that shows them."""

import pytest

from federation.instance import Instance
from models.exchanges import exchanges
from models.posts.media import media
from models.posts.media.media import RemoteDocument
from models.store.database import Connection, execute, transaction
from outbox.threads.messages import Words, write
from tests.factories import make_note
from tests.sample_village import Village
from tests.web.pages.conftest import Browser, Page

PHOTOS = "//main//img[contains(@src, '/media/')]"


def list_open(page: Page) -> list[str]:
    """Photos that are seen without asking."""
    return [one.get("src") for one in page.html.xpath(f"{PHOTOS}[not(ancestor::details[not(@open)])]")]


def list_folded(page: Page) -> list[tuple[str, str]]:
    """Photos that are not, each with the words that stand for it, and how it is loaded."""
    found = page.html.xpath(f"{PHOTOS}[ancestor::details[not(@open)]]")
    said = [" ".join(one.xpath("string(ancestor::details/summary)").split()) for one in found]
    return [(words, one.get("loading") or "at once") for words, one in zip(said, found, strict=True)]


async def warn(conn: Connection, post_id: int, warning: str) -> None:
    """As its author elsewhere said it; without words it is only sensitive."""
    await execute(conn, "UPDATE post SET sensitive = true, warning = $2 WHERE id = $1", post_id, warning)


async def add_photo(conn: Connection, post_id: int) -> None:
    await media.save_remote(conn, post_id, [RemoteDocument(url="https://henin.test/m/2.jpg", mime_type="image/jpeg")])


@pytest.mark.parametrize(
    ("warning", "said"), [("Chasse : du sang", "Chasse : du sang"), ("", "Des images qui peuvent heurter : les voir")]
)
async def test_photos_of_a_listing_are_behind_its_warning_on_its_page_and_on_the_poster(
    visitor: Browser, alice: Browser, instance: Instance, lomme: Village, warning: str, said: str
) -> None:
    path = lomme.tent.post.url.removeprefix(lomme.site.url)
    before = await visitor.get(path)
    async with transaction(instance.pool) as conn:
        await warn(conn, lomme.tent.id, warning)

    page = await visitor.get(path)

    assert list_open(before) and not list_folded(before) and before.html.xpath("//*[@class='poster']//img")
    assert not list_open(page) and {one for one in list_folded(page)} == {(said, "lazy")}
    assert not page.html.xpath("//*[@class='poster']//img") and not page.html.xpath("//meta[@property='og:image']")
    assert not list_open(await alice.get(path)), "its author sees what others see"


async def test_the_photo_of_a_listing_with_a_warning_stands_in_no_thread_about_it(
    alice: Browser, instance: Instance, lomme: Village
) -> None:
    async with transaction(instance.pool) as conn:
        thread = await exchanges.open(
            conn, listing_id=lomme.tent.id, owner_id=lomme.alice.id, partner_id=lomme.hocine.id
        )
    path = f"/echanges/{thread.id}"
    before = await alice.get(path)
    async with transaction(instance.pool) as conn:
        await warn(conn, lomme.tent.id, "Chasse")

    assert before.html.xpath("//aside//picture/source[@type='image/webp'][@srcset]"), "no browser fetches it whole"
    assert before.html.xpath("//aside//img") and not (await alice.get(path)).html.xpath("//aside//img")


@pytest.mark.parametrize("warning", ["Araignées", ""])
async def test_photos_of_messages_are_behind_theirs_under_a_listing_in_a_thread_and_on_their_own_page(
    alice: Browser, instance: Instance, lomme: Village, warning: str
) -> None:
    async with transaction(instance.pool) as conn:
        below = await make_note(conn, lomme.bob, in_reply_to_uri=lomme.tent.uri)
        thread = await exchanges.open(
            conn, listing_id=lomme.tent.id, owner_id=lomme.alice.id, partner_id=lomme.hocine.id
        )
        said = await write(conn, lomme.site, lomme.hocine, thread, Words(text="Voilà."))
        assert said is not None
        for id in (below.id, said.id):
            await add_photo(conn, id)
    paths = (lomme.tent.post.url.removeprefix(lomme.site.url), f"/echanges/{thread.id}", f"/notes/{below.id}")
    shown = [len(list_open(await alice.get(path))) for path in paths]
    async with transaction(instance.pool) as conn:
        for id in (below.id, said.id):
            await warn(conn, id, warning)

    for path, before in zip(paths, shown, strict=True):
        page = await alice.get(path)
        assert (len(list_open(page)), len(list_folded(page))) == (before - 1, 1), path
        assert list_folded(page)[0][0] == (warning or "Des images qui peuvent heurter : les voir")
