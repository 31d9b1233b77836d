"""What came back of a member's own after a restoration: she sees what stands again."""

from collections.abc import Awaitable, Callable

from federation.instance import Instance
from models.people.actors import Actor
from models.store.database import transaction
from models.traffic import returned_posts
from tests.sample_village import Village
from tests.web.pages.conftest import Browser

PAGE = "/chez-moi/revenues"


async def test_she_reads_what_stands_again_and_nobody_else_does(
    alice: Browser,
    open_browser: Callable[[Actor | None], Awaitable[Browser]],
    lomme: Village,
    instance: Instance,
) -> None:
    async with transaction(instance.pool) as conn:
        await returned_posts.note_restored(conn, lomme.tent.uri, lomme.alice.id, "henin.test")

    hocine = await open_browser(lomme.hocine)
    hers, his = await alice.get(PAGE), await hocine.get(PAGE)

    assert lomme.tent.post.url.removeprefix(lomme.site.url) in hers.html.xpath("//main//li//a/@href")
    assert "Rien n’est revenu pour vous." in his.words()
