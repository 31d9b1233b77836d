"""What messengers and networks show of a page that somebody shares (Open Graph)."""

import pytest

from federation.instance import Instance
from models.listings.listings import Listing
from models.store.database import execute, transaction
from tests.factories import make_note
from tests.sample_village import Village
from tests.web.pages.conftest import Browser, Page
from web.rendering.open_graph import LONGEST, shorten


def metas(page: Page) -> dict[str, str]:
    """What the head says, by property or name."""
    found = page.html.xpath("//head/meta[@property or @name]")
    return {one.get("property") or one.get("name"): one.get("content") for one in found}


async def describe(instance: Instance, listing: Listing, html: str) -> None:
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE listing SET description = $2 WHERE post_id = $1", listing.id, html)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Prise universelle.</p><p>Voir la notice.</p>", "Prise universelle. Voir la notice."),
        ("<p>Un<br>deux</p><ul><li>trois</li><li>quatre</li></ul>", "Un deux trois quatre"),
        ("<p>a &lt; b &amp; c</p>", "a < b & c"),
        ("", ""),
    ],
)
def test_a_text_is_one_line_with_its_paragraphs_apart(html: str, text: str) -> None:
    assert shorten(html) == text


def test_a_long_text_ends_with_a_whole_word() -> None:
    short = shorten(f"<p>{'déménagement, ' * 60}</p>")

    assert short.endswith("déménagement…") and len(short) <= LONGEST
    assert len(shorten("x" * 900)) == LONGEST


async def test_a_listing_says_what_it_is_and_where(visitor: Browser, lomme: Village, instance: Instance) -> None:
    await describe(instance, lomme.tent, "<p>Double toit.</p><p>Voir les photos.</p>")

    page = await visitor.get(lomme.tent.post.url.removeprefix("http://lomme.test"))

    said = metas(page)
    assert said["og:title"] == "Prêt : Tente 4 places, facile à monter, Lomme"
    assert said["og:description"] == said["description"] == "Double toit. Voir les photos."
    assert (said["og:type"], said["og:locale"]) == ("website", "fr_FR")
    assert said["og:url"] == lomme.tent.post.url == page.html.xpath("string(//link[@rel='canonical']/@href)")


async def test_without_a_description_its_terms_stand_there(
    visitor: Browser, lomme: Village, instance: Instance
) -> None:
    await describe(instance, lomme.tent, "")

    said = metas(await visitor.get(lomme.tent.post.url.removeprefix("http://lomme.test")))

    assert said["og:description"].startswith("Prêt")


@pytest.mark.parametrize("audience", ["coop", "territories"])
async def test_what_is_not_for_everybody_tells_nothing(
    alice: Browser, lomme: Village, instance: Instance, audience: str
) -> None:
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE post SET audience = $2 WHERE id = $1", lomme.tent.id, audience)

    page = await alice.get(lomme.tent.post.url.removeprefix("http://lomme.test"))

    assert page.status == 200 and not [name for name in metas(page) if name.startswith(("og:", "description"))]


async def test_a_note_says_its_warning_and_not_what_is_behind_it(
    visitor: Browser, lomme: Village, instance: Instance
) -> None:
    async with transaction(instance.pool) as conn:
        plain = await make_note(conn, lomme.bob, content="<p>Qui vient ?</p><p>Samedi.</p>")
        warned = await make_note(conn, lomme.bob, content="<p>Aïe.</p>", warning="Blessure")

    first, second = [metas(await visitor.get(f"/notes/{post.id}")) for post in (plain, warned)]

    assert (first["og:description"], first["og:type"]) == ("Qui vient ? Samedi.", "article")
    assert second["og:description"] == "Blessure" and "og:image" not in second


async def test_home_profile_and_network_have_titles_and_pictures(visitor: Browser, lomme: Village) -> None:
    home, coop, network = [metas(await visitor.get(path)) for path in ("/", "/@coop", "/reseau")]

    assert home["og:image"].startswith("http://lomme.test/media/portraits/coop.header.")
    assert (home["og:image:type"], home["og:image:width"]) == ("image/png", "1500") and home["og:image:alt"]
    assert home["og:url"] == "http://lomme.test/" and home["og:title"]
    assert coop["og:type"] == "profile" and "/media/portraits/coop." in coop["og:image"]
    assert network["og:title"].startswith("Le réseau, vu de") and network["og:description"]
