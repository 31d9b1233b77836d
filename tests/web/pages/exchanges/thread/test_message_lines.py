"""Each of the two reads a message from her side, as it stands now; what they say to each other is kept by no page."""

from collections.abc import Awaitable, Callable

import pytest

from federation.instance import Instance
from models.exchanges import exchanges
from models.people.actors import Actor
from models.posts import Post
from models.store.database import execute, transaction
from outbox.threads.messages import Words, write
from tests.sample_threads import SampleThreads
from tests.sample_village import Village
from tests.web.pages.conftest import Browser, Page
from web.rendering.templating import Templates

OpenBrowser = Callable[[Actor | None], Awaitable[Browser]]


@pytest.fixture
async def said(instance: Instance, lomme: Village, made: SampleThreads) -> Post:
    """What Hocine says to Alice."""
    async with transaction(instance.pool) as conn:
        thread = await exchanges.get_for(conn, made.drill.exchange_id, lomme.hocine.id)
        post = await write(conn, lomme.site, lomme.hocine, thread, Words(text="La mèche de 8 est avec."))
    assert post is not None
    return post


def look_at(page: Page, post: Post) -> tuple[str, bool, bool]:
    """Who wrote it as its line says, whether it stands among the reader's own, and whether she may report it."""
    (line,) = page.html.xpath(f"//li[@id='r{post.id}']")
    return line.findtext(".//b").strip(), line.get("class") == "mine", bool(line.xpath(".//a[@rel='nofollow']"))


async def test_each_of_the_two_reads_a_message_from_her_side(
    alice: Browser, open_browser: OpenBrowser, lomme: Village, made: SampleThreads, said: Post
) -> None:
    hocine = await open_browser(lomme.hocine)
    pages = [await one.get(f"/echanges/{made.drill.exchange_id}") for one in (alice, hocine, alice, hocine)]

    seen = [look_at(page, said) for page in pages]

    assert seen == [("Hocine", False, True), ("Vous", True, False)] * 2


async def test_what_the_two_say_to_each_other_stays_in_no_memory_of_parts(
    alice: Browser, templates: Templates, made: SampleThreads, said: Post
) -> None:
    kept = templates.environments["fr"].fragments  # type: ignore[attr-defined]  # a PageEnvironment
    kept.forget()

    pages = [await alice.get(path) for path in ("/annonces", f"/echanges/{made.drill.exchange_id}")]

    assert "La mèche de 8" in pages[1].text
    assert {key._whole[1] for key in kept._kept} == {"category_options", "small_ad"}


async def test_a_warning_folds_the_words_and_what_came_with_them(
    alice: Browser, instance: Instance, made: SampleThreads, said: Post
) -> None:
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE post SET warning = 'Outils <vieux>', sensitive = true WHERE id = $1", said.id)

    page = await alice.get(f"/echanges/{made.drill.exchange_id}")

    (folded,) = page.html.xpath(f"//li[@id='r{said.id}']/details")
    assert folded.findtext("summary") == "Outils <vieux>"
    assert "La mèche de 8" in folded.text_content() and "Signaler" not in folded.text_content()


async def test_a_reader_of_another_language_gets_no_line_of_a_french_page(
    alice: Browser, instance: Instance, lomme: Village, made: SampleThreads, said: Post
) -> None:
    path = f"/echanges/{made.drill.exchange_id}"
    french = await alice.get(path)
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE account SET language = 'en' WHERE actor_id = $1", lomme.alice.id)
    english = await alice.get(path)

    lines = [page.html.xpath(f"//li[@id='r{said.id}']")[0] for page in (french, english)]

    assert ["Signaler" in line.text_content() for line in lines] == [True, False]
    assert [line.xpath("string(.//div[@class='prose']/@lang)") for line in lines] == ["", "fr"]


@pytest.mark.parametrize(
    ("change", "shown"),
    [
        ("UPDATE post SET content = '<p>Sans la mèche.</p>' WHERE id = $1", "Sans la mèche."),
        ("UPDATE post SET warning = 'Outils' WHERE id = $1", "Outils"),
        ("UPDATE actor SET name = 'Hocine B.' WHERE id = (SELECT author_id FROM post WHERE id = $1)", "Hocine B."),
        ("UPDATE post SET deleted_at = now() WHERE id = $1", ""),
    ],
)
async def test_what_is_changed_or_taken_back_is_so_on_the_next_page(
    alice: Browser, instance: Instance, made: SampleThreads, said: Post, change: str, shown: str
) -> None:
    path = f"/echanges/{made.drill.exchange_id}"
    before = await alice.get(path)
    async with transaction(instance.pool) as conn:
        await execute(conn, change, said.id)

    after = await alice.get(path)

    lines = [page.html.xpath(f"string(//li[@id='r{said.id}'])") for page in (before, after)]
    assert "La mèche de 8" in lines[0] and (shown not in lines[0] or not shown)
    assert shown in lines[1] and bool(lines[1]) == bool(shown)
