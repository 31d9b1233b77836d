"""The page of what is new, the mark in the header, and the way from a thread's line to its messages."""

from collections.abc import Awaitable, Callable

from federation.instance import Instance
from models.news import news, notifications
from models.people.actors import Actor
from models.store.database import connection, execute, transaction
from tests.factories import make_remote_actor
from tests.sample_village import Village
from tests.web.pages.conftest import Browser, Page
from tests.web.pages.coop.pending_things import add_backup

OpenBrowser = Callable[[Actor | None], Awaitable[Browser]]


def mark_of(page: Page) -> str:
    """What the header says about news, to those who see and to those who hear it."""
    return " ".join(page.html.xpath("//a[contains(@class, 'news')]//text()"))


async def like(instance: Instance, village: Village, *names: str) -> None:
    async with transaction(instance.pool) as conn:
        for name in names:
            fan = await make_remote_actor(conn, name)
            await notifications.notify(
                conn, recipient_id=village.alice.id, type="favourite", actor_id=fan.id, post_id=village.tent.id
            )


async def test_news_are_for_members(visitor: Browser) -> None:
    assert (await visitor.get("/notifications")).location.startswith("/connexion")


async def test_every_line_says_who_what_and_leads_there(alice: Browser, lomme: Village, instance: Instance) -> None:
    await like(instance, lomme, "zoe", "ali", "eve", "tom")

    page = await alice.get("/notifications")

    assert "Tom, Eve, Ali et une autre personne aiment ce que vous avez publié" in page.words()
    tent = lomme.tent.post.url.removeprefix(lomme.site.url)
    assert tent in page.html.xpath("//main//a[contains(., 'aiment')]/@href")
    assert page.html.xpath("//main//time/@datetime")


async def test_a_thread_stands_first_and_leads_to_its_messages(
    alice: Browser, lomme: Village, instance: Instance
) -> None:
    page = await alice.get("/notifications")
    (line,) = page.html.xpath("//section[@aria-labelledby='echanges']//a/@href")

    answer = await alice.get(line)

    assert "Léonie vous a écritTente 4 places" in page.words()
    assert answer.status == 200 and answer.html.xpath(f"//li[@id='r{lomme.message.id}']")
    assert "Vos échanges" not in (await alice.get("/notifications")).words()


async def test_the_mark_in_the_header_counts_and_goes_once_everything_was_seen(
    alice: Browser, lomme: Village, instance: Instance
) -> None:
    await like(instance, lomme, "zoe")
    before = await alice.get("/annonces")
    seen = await alice.get("/notifications")

    after = await alice.get("/annonces")

    assert "2 nouvelles non lues" in mark_of(before)
    assert "Nouveau : Zoe aime" in seen.words()
    assert "une nouvelle non lue" in mark_of(after)
    assert "Nouveau : Zoe aime" not in (await alice.get("/notifications")).words()


async def test_a_page_that_is_only_fetched_ahead_was_not_seen(
    alice: Browser, lomme: Village, instance: Instance
) -> None:
    await like(instance, lomme, "zoe")

    await alice.client.head("/notifications")
    await alice.client.get("/notifications", headers={"Sec-Purpose": "prefetch;prerender"})

    assert "2 nouvelles non lues" in mark_of(await alice.get("/annonces"))


async def test_everything_can_be_marked_as_read_at_once(alice: Browser, lomme: Village, instance: Instance) -> None:
    page = await alice.get("/notifications")
    shown = page.html.xpath("string(//input[@name='until']/@value)")

    answer = await alice.send("/notifications/lues", {"until": shown}, form_on="/notifications")

    assert answer.location == "/notifications"
    async with connection(instance.pool) as conn:
        assert await news.count_unread(conn, lomme.alice.id) == 0


async def test_older_news_are_a_page_further(alice: Browser, lomme: Village, instance: Instance) -> None:
    async with transaction(instance.pool) as conn:
        for number in range(25):
            bob = await make_remote_actor(conn, f"bob{number}")
            await notifications.notify(conn, recipient_id=lomme.alice.id, type="follow", actor_id=bob.id)

    first = await alice.get("/notifications")
    (older,) = first.html.xpath("//a[@rel='next']/@href")
    second = await alice.get(older)

    assert "Bob24 vous suit" in first.words() and "Bob4 vous suit" not in first.words()
    assert "Bob4 vous suit" in second.words() and "Bob0 vous suit" in second.words()
    assert "Vos échanges" not in second.words()


async def test_without_news_the_page_says_what_will_come(
    open_browser: OpenBrowser, instance: Instance, lomme: Village
) -> None:
    async with transaction(instance.pool) as conn:
        await add_backup(conn)
    admin = await open_browser(lomme.admin)

    page = await admin.get("/notifications")

    assert "Rien de neuf" in page.words()
    assert "Votre coop n’envoie pas de courriels" in page.words()
    assert 'class="counter"' not in page.text


async def test_there_is_no_news_of_people_who_are_gone(alice: Browser, lomme: Village, instance: Instance) -> None:
    await like(instance, lomme, "zoe", "ali")
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE actor SET deleted_at = now() WHERE username = 'ali'")

    assert "Zoe aime" in (await alice.get("/notifications")).words()
