"""What is shared inside a community, searched by who is in it with the filters of any search."""

from collections.abc import Awaitable, Callable

from federation.instance import Instance
from models.people.actors import Actor
from models.store.database import transaction
from outbox.listings import listings
from tests.outbox.communities.inside.sample_inside import share_listing
from tests.outbox.communities.sample_community import put_in
from tests.outbox.listings.test_listings import make_draft
from tests.sample_village import Village
from tests.web.pages.communities.conftest import Communities
from tests.web.pages.conftest import SITE, Browser

OpenBrowser = Callable[[Actor | None], Awaitable[Browser]]

PAGE = "/communautes/remorques/annonces"


async def test_members_search_what_is_shared_inside_and_nothing_else(
    alice: Browser, open_browser: OpenBrowser, instance: Instance, lomme: Village, communities: Communities
) -> None:
    async with transaction(instance.pool) as conn:
        await share_listing(conn, lomme.alice, communities.seen, title="Remorque bleue")
        await share_listing(conn, lomme.alice, communities.seen, title="Diable", kind="request", mode="loan")
        await share_listing(conn, lomme.alice, communities.hidden, title="Remorque secrète")
        await listings.publish(conn, SITE, lomme.alice, make_draft(title="Remorque publique"))

    every = await alice.get(PAGE)
    assert "Remorque bleue" in every.words() and "Diable" in every.words()
    assert "secrète" not in every.text and "publique" not in every.text

    found = await alice.get(f"{PAGE}?q=remorque&genre=offer")
    assert "Remorque bleue" in found.words() and "Diable" not in found.words()
    doors = [*found.html.xpath("//main//form/@action"), *found.html.xpath("//main//a[contains(@href, '?')]/@href")]
    assert all(one.startswith(PAGE) or "annonces" not in one for one in doors)
    assert not found.html.xpath("//link[@rel='alternate'][contains(@href, 'flux')]")
    assert "Rien ne correspond à cette recherche ici" in (await alice.get(f"{PAGE}?q=piano")).words()

    async with transaction(instance.pool) as conn:
        await put_in(conn, lomme.hocine, communities.seen)
    hocine = await open_browser(lomme.hocine)
    assert "Remorque bleue" in (await hocine.get(f"{PAGE}?tri=recent")).words()


async def test_what_is_near_nowhere_is_looked_for_in_the_whole_community(
    alice: Browser, instance: Instance, lomme: Village, communities: Communities
) -> None:
    async with transaction(instance.pool) as conn:
        far = {"place_name": "Marseille", "postcode": "13001", "latitude": 43.3, "longitude": 5.4}
        await share_listing(conn, lomme.alice, communities.seen, title="Remorque bleue", **far)

    words = (await alice.get(f"{PAGE}?lieu=59160+Lomme&km=2")).words()

    assert "nous avons cherché dans toute la communauté" in words and "Remorque bleue" in words
