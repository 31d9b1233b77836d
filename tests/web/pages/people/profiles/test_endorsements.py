"""People whom a member shows on her page: seen by visitors, taken off by her; and pages that say how to embed them."""

from federation.instance import Instance
from models.relations import endorsements, follows
from models.relations.blocking import blocks
from models.store.database import connection, transaction
from tests.factories import make_follow
from tests.sample_village import Village
from tests.web.pages.conftest import Browser
from tests.web.pages.people.profiles.test_thanks import OpenBrowser


async def show(instance: Instance, lomme: Village) -> None:
    """Alice shows Bob, of elsewhere, and Hocine."""
    async with transaction(instance.pool) as conn:
        for other in (lomme.bob, lomme.hocine):
            if await follows.find(conn, follower_id=lomme.alice.id, followed_id=other.id) is None:
                await make_follow(conn, lomme.alice, other)
            await endorsements.save(conn, actor_id=lomme.alice.id, target_id=other.id)


async def test_visitors_see_them_but_not_whom_they_block(
    visitor: Browser, open_browser: OpenBrowser, instance: Instance, lomme: Village
) -> None:
    assert "met en avant" not in (await visitor.get("/@alice")).words()
    await show(instance, lomme)
    async with transaction(instance.pool) as conn:
        await blocks.save(conn, uri=f"{lomme.hocine.uri}#blocks/1", actor_id=lomme.hocine.id, target_id=lomme.bob.id)

    page = await visitor.get("/@alice")
    hocine = await (await open_browser(lomme.hocine)).get("/@alice")

    links = "//section[@aria-labelledby='montres']//a/@href"
    assert page.html.xpath(links) == ["/@hocine", "/@bob@henin.test"]
    assert hocine.html.xpath(links) == ["/@hocine"]
    assert "Retirer de ma page" not in page.words()


async def test_she_takes_them_off_herself(open_browser: OpenBrowser, instance: Instance, lomme: Village) -> None:
    await show(instance, lomme)
    alice = await open_browser(lomme.alice)

    done = await alice.send("/moi/montres/oter", {"actor": str(lomme.bob.id)}, form_on="/@alice")

    page = await alice.get(done.location)
    assert "n’est plus sur votre page" in page.words()
    async with connection(instance.pool) as conn:
        left = await endorsements.list_endorsed(conn, lomme.alice.id)
    assert [one.target_id for one in left] == [lomme.hocine.id]


async def test_public_pages_of_ours_say_how_they_are_embedded(visitor: Browser, lomme: Village) -> None:
    embedding = "//link[@type='application/json+oembed']/@href"

    [address] = (await visitor.get(lomme.tent.post.url.removeprefix(lomme.site.url))).html.xpath(embedding)

    assert address.startswith(f"{lomme.site.url}/api/oembed?url=http")
    assert (await visitor.get("/@alice")).html.xpath(embedding) == []
