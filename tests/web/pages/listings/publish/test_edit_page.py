"""Changing a listing of which a version waits: the form begins with what was typed last, whatever others see."""

from collections.abc import Awaitable, Callable

import pytest

from federation.instance import Instance
from models.listings import listings
from models.listings.listings import ListingDraft
from models.moderation import filters, held_posts
from models.moderation.filters import ModerationRule
from models.people.actors import Actor
from models.store.database import connection, transaction
from outbox.moderation import held_posts as verbs
from tests.sample_village import Village
from tests.web.pages.conftest import Browser, Page
from tests.web.pages.listings.publish.test_publish_page import PHOTO, changed, errors, send_form, typed

OpenBrowser = Callable[[Actor | None], Awaitable[Browser]]


@pytest.fixture
async def path(instance: Instance, lomme: Village) -> str:
    """Where Alice changes her tent; a filter holds every mention of crypto."""
    async with transaction(instance.pool) as conn:
        rule = ModerationRule(name="Arnaques", patterns=("crypto*",), action="hold", on_local=True, on_remote=False)
        await filters.save(conn, rule)
    return f"{lomme.tent.post.url.removeprefix(lomme.site.url)}/modifier"


async def change(browser: Browser, path: str, photos: list[bytes] | None = None, **values: str) -> Page:
    """Open the form and save it with these answers; its photos but the first go where new ones come."""
    page = await browser.get(path)
    fields = changed(page, act="publish", **values)
    if photos:
        fields += [("remove", id) for id in page.html.xpath("//input[@name='media']/@value")[1:]]
    answer = await send_form(browser, path, page, fields, photos)
    assert answer.status == 303, errors(answer)
    return answer


async def find_draft(instance: Instance, lomme: Village) -> ListingDraft:
    async with connection(instance.pool) as conn:
        held = await held_posts.find(conn, lomme.tent.id)
    assert held is not None and held.draft is not None
    return held_posts.read_draft(held.draft, ListingDraft)


async def test_the_form_begins_with_the_version_that_waits_and_says_what_others_see(
    alice: Browser, open_browser: OpenBrowser, instance: Instance, lomme: Village, path: str
) -> None:
    wanted = {"title": "Tente 5 places", "text": "Payable en cryptos", "place": "Lille (59000)", "max_duration": "P2D"}
    await change(alice, path, [PHOTO.read_bytes()], **wanted)

    page = await alice.get(path)

    stands = dict(typed(page))
    assert {name: stands[name].strip() for name in wanted} == wanted
    hung = [int(id) for id in page.html.xpath("//input[@name='media']/@value")]
    assert tuple(hung) == (await find_draft(instance, lomme)).media_ids and len(hung) == 2
    assert "attend d’être relue" in page.words() and "les autres voient ce qu’il y avait avant" in page.words()
    other = await (await open_browser(lomme.hocine)).get(path.removesuffix("/modifier"))
    assert "Tente 5 places" not in other.words() and "cryptos" not in other.words()


async def test_a_second_change_keeps_the_first_and_both_appear_together(
    alice: Browser, instance: Instance, lomme: Village, path: str
) -> None:
    await change(alice, path, title="Tente 5 places", text="Payable en cryptos")
    await change(alice, path, max_duration="P2D")
    draft = await find_draft(instance, lomme)
    assert (draft.title, draft.text, draft.max_duration) == ("Tente 5 places", "Payable en cryptos", "P2D")

    async with transaction(instance.pool) as conn:
        await verbs.release(conn, instance.site, lomme.tent.id, None)
        listing = await listings.find_by_post(conn, lomme.tent.id)

    assert listing is not None
    assert (listing.details.title, listing.details.max_duration) == ("Tente 5 places", "P2D")
    assert "attend d’être relue" not in (await alice.get(path)).words()


async def test_a_mistake_leaves_the_words_about_what_waits_where_they_were(alice: Browser, path: str) -> None:
    await change(alice, path, text="Payable en cryptos")
    page = await alice.get(path)

    answer = await send_form(alice, path, page, changed(page, title="", act="publish"))

    assert answer.status == 422 and list(errors(answer)) == ["title"]
    assert "attend d’être relue" in answer.words()


async def test_without_a_version_that_waits_the_form_says_nothing_of_one(alice: Browser, path: str) -> None:
    assert "attend d’être relue" not in (await alice.get(path)).words()
