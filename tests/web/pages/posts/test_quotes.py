"""Quotes on pages: written below a post, shown as a card, taken back, and by whose wish."""

from collections.abc import Awaitable, Callable

import pytest

from federation.instance import Instance
from models.people.actors import Actor
from models.posts import Post
from models.posts.quotes import quotes
from models.store.database import connection, execute, fetch_value, transaction
from tests.factories import make_note
from tests.sample_village import Village
from tests.web.pages.conftest import Browser, Page

OpenBrowser = Callable[[Actor | None], Awaitable[Browser]]


def words(page: Page) -> str:
    """All that a page says, on one line."""
    return " ".join(page.html.find(".//main").text_content().split())


@pytest.fixture
async def theirs(lomme: Village, instance: Instance) -> Post:
    """A public note of Bob, at Hénin, who lets everybody quote it."""
    raw = {"interactionPolicy": {"canQuote": {"automaticApproval": ["https://www.w3.org/ns/activitystreams#Public"]}}}
    async with connection(instance.pool) as conn:
        return await make_note(conn, lomme.bob, audience="network", content="<p>Fête samedi</p>", raw=raw)


async def test_a_note_elsewhere_is_quoted_and_waits_for_its_authors_word(
    alice: Browser, visitor: Browser, instance: Instance, theirs: Post
) -> None:
    assert "Citer" in words(await alice.get(f"/notes/{theirs.id}"))

    answer = await alice.send(
        f"/citations/{theirs.id}", {"message": "J’y serai", "audience": "tous"}, form_on=f"/citations/{theirs.id}"
    )

    assert answer.status == 303
    own = words(await alice.get(answer.location))
    assert "Fête samedi" in own and "Nous avons demandé son accord" in own
    seen = words(await visitor.get(answer.location))
    assert theirs.uri in seen and "Fête samedi" not in seen and "demandé" not in seen

    async with transaction(instance.pool) as conn:
        quote = await quotes.find(conn, await fetch_value(conn, "SELECT id FROM quote"))
        assert quote is not None
        await quotes.settle(conn, quote.id, "accepted", stamp_uri="https://henin.test/stamps/1")
    assert "Fête samedi" in words(await visitor.get(answer.location))
    assert "J’y serai" in words(await visitor.get(f"/citations/{theirs.id}"))


async def test_a_listing_of_a_neighbour_is_quoted_from_its_page(
    alice: Browser, lomme: Village, open_browser: OpenBrowser, instance: Instance
) -> None:
    async with connection(instance.pool) as conn:
        listing = lomme.sewing
        await execute(
            conn,
            """
            UPDATE post SET raw = '{"interactionPolicy": {"canQuote": {"automaticApproval":
                "https://www.w3.org/ns/activitystreams#Public"}}}' WHERE id = $1
            """,
            listing.id,
        )

    page = await alice.get(f"/annonces/d/{listing.id}")

    assert page.html.xpath(f"//a[@href='/citations/{listing.id}#citer']")


async def test_an_author_takes_her_yes_back_and_chooses_who_may_quote(
    alice: Browser, lomme: Village, instance: Instance, theirs: Post
) -> None:
    path = f"/citations/{lomme.tent.id}"
    async with transaction(instance.pool) as conn:
        quote = await quotes.save(conn, theirs, lomme.tent.uri)
        await quotes.settle(conn, quote.id, "accepted", stamp_uri=f"{lomme.alice.uri}/quotes/1")
    assert "Fête samedi" in words(await alice.get(path))

    answer = await alice.send(f"{path}/retirer", {"message": str(theirs.id)}, form_on=path)
    page = await alice.get(answer.location)

    assert "C’est retiré" in words(page) and "Fête samedi" not in words(page)
    await alice.send(f"{path}/qui", {"policy": "nobody"}, form_on=path)
    page = await alice.get(path)
    assert page.html.xpath("//input[@name='policy'][@checked]/@value") == ["nobody"]


async def test_what_nobody_may_quote_offers_no_form_and_takes_none(
    alice: Browser, lomme: Village, instance: Instance
) -> None:
    path = f"/citations/{lomme.distant_note.id}"

    page = await alice.get(path)
    answer = await alice.send(path, {"message": "x", "audience": "tous"}, form_on=f"/notes/{lomme.distant_note.id}")

    assert not page.html.xpath("//textarea")
    assert answer.status == 422
    async with connection(instance.pool) as conn:
        assert await fetch_value(conn, "SELECT count(*) FROM quote") == 0


async def test_what_is_not_there_and_what_is_not_for_everybody_are_the_same(
    alice: Browser, lomme: Village, instance: Instance
) -> None:
    async with connection(instance.pool) as conn:
        private = await make_note(conn, lomme.alice, audience="followers")

    for id in (private.id, 1, 2**63):
        assert (await alice.get(f"/citations/{id}")).status == 404


async def test_who_is_not_its_author_takes_nothing_back(
    alice: Browser, lomme: Village, instance: Instance, theirs: Post
) -> None:
    path, form = f"/citations/{theirs.id}", f"/notes/{lomme.distant_note.id}"

    answer = await alice.send(f"{path}/retirer", {"message": "1"}, form_on=form)
    choice = await alice.send(f"{path}/qui", {"policy": "nobody"}, form_on=form)

    assert (answer.status, choice.status) == (404, 404)


@pytest.mark.parametrize("fields", [{}, {"policy": "voisins"}], ids=["nothing chosen", "no such choice"])
async def test_who_may_quote_stays_as_it_was_where_nothing_that_can_be_was_chosen(
    alice: Browser, lomme: Village, fields: dict[str, str]
) -> None:
    path = f"/citations/{lomme.tent.id}"
    await alice.send(f"{path}/qui", {"policy": "nobody"}, form_on=path)

    answer = await alice.send(f"{path}/qui", fields, form_on=path)

    assert answer.status == 422 and answer.html.xpath("//*[@id='erreurs']")
    assert (await alice.get(path)).html.xpath("//input[@name='policy'][@checked]/@value") == ["nobody"]


@pytest.mark.parametrize("before", ["9" * 20, "9" * 5000, "abc"])
async def test_an_address_that_was_typed_over_shows_the_first_page(visitor: Browser, theirs: Post, before: str) -> None:
    assert (await visitor.get(f"/citations/{theirs.id}?avant={before}")).status == 200
