"""What was taken back says so on its page, a copy like the original; what was never public looks like nothing."""

from collections.abc import Awaitable, Callable

import pytest

from federation.instance import Instance
from models import posts
from models.listings.listings import Listing
from models.people.actors import Actor
from models.posts import Post
from models.store.database import execute, transaction
from tests.sample_village import Village
from tests.web.pages.conftest import Browser

OpenBrowser = Callable[[Actor | None], Awaitable[Browser]]


async def take_back(instance: Instance, thing: Listing | Post, audience: str = "network") -> None:
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE post SET audience = $2 WHERE id = $1", thing.id, audience)
        await posts.delete(conn, thing.id)


async def test_withdrawn_copies_are_gone_with_the_same_sentence_as_ours(
    visitor: Browser, lomme: Village, instance: Instance
) -> None:
    await take_back(instance, lomme.sewing)
    await take_back(instance, lomme.distant_note)

    ours = await visitor.get(lomme.withdrawn.post.url.removeprefix(lomme.site.url))
    listing = await visitor.get(f"/annonces/d/{lomme.sewing.id}")
    note = await visitor.get(f"/notes/{lomme.distant_note.id}")

    assert [page.status for page in (ours, listing, note)] == [410, 410, 410]
    assert listing.words() == ours.words() == note.words()
    assert "Machine à coudre" not in listing.text


@pytest.mark.parametrize("audience", ["coop", "territories", "followers", "direct"])
async def test_what_was_private_looks_like_what_never_was(
    visitor: Browser, lomme: Village, instance: Instance, audience: str
) -> None:
    for one in (lomme.sewing, lomme.tent, lomme.distant_note):
        await take_back(instance, one, audience)

    pages = [
        await visitor.get(path)
        for path in (
            f"/annonces/d/{lomme.sewing.id}",
            f"/notes/{lomme.distant_note.id}",
            lomme.tent.post.url.removeprefix(lomme.site.url),
            f"/annonces/d/{lomme.tent.id}",
            "/annonces/d/12345",
        )
    ]

    assert [page.status for page in pages] == [404] * 5
    assert not [one for page in pages for one in ("Machine à coudre", "Tente") if one in page.text]
    assert len({page.words() for page in pages if page is not pages[1]}) == 1


async def test_its_author_reads_that_her_private_listing_is_gone(
    alice: Browser, lomme: Village, instance: Instance
) -> None:
    await take_back(instance, lomme.tent, "coop")

    page = await alice.get(lomme.tent.post.url.removeprefix(lomme.site.url))

    assert page.status == 410
