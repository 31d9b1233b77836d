"""What people whom a member does not know wrote to her: read as plain text, let in, sent away, by nobody but her."""

from collections.abc import Awaitable, Callable

import pytest

from federation.instance import Instance
from inbox.processing.process import process_due
from models import preferences
from models.news import notifications
from models.news.notifications import NotificationPage
from models.people.actors import Actor
from models.posts import message_requests
from models.posts.message_requests import news
from models.store.database import connection, execute, fetch_value, transaction
from outbox.moderation.message_requests import accept_known_senders, notify_waiting
from tests.factories import make_local_actor
from tests.sample_message_requests import make_stranger, make_waiting
from tests.sample_village import Village
from tests.web.pages.conftest import Browser

PAGE = "/messages/inconnus"

WORST = "<![x]<script>alert(1)</script>\n\n<a href='//evil.test'>x</a> \u202ecba " + "m" * 3000


@pytest.fixture
async def eve(instance: Instance, lomme: Village) -> Actor:
    """Somebody of whom a message waits for Alice."""
    async with transaction(instance.pool) as conn:
        await make_local_actor(conn, "instance", type="Application")
        eve = await make_stranger(conn, name="Ève")
        await make_waiting(conn, eve, lomme.alice, text="Votre tente est-elle libre ?", about_id=lomme.tent.id)
        return eve


async def told(instance: Instance, reader: Actor) -> list[int]:
    """Of whom the member is told in her notifications."""
    async with connection(instance.pool) as conn:
        found = await notifications.list_notifications(conn, reader.id, NotificationPage(types=("mention",)))
    return [one.actor_id for one in found]


async def waiting(instance: Instance, reader: Actor) -> tuple[int, int]:
    async with connection(instance.pool) as conn:
        return await message_requests.count_senders(conn, reader.id)


async def test_who_wrote_from_where_since_when_about_what_and_what(alice: Browser, lomme: Village, eve: Actor) -> None:
    page = await alice.get(PAGE)

    words = page.words()
    assert "Ève" in words and "@eve@neu.test" in words and "un message, reçu" in words
    assert "Votre tente est-elle libre ?" in words
    assert lomme.tent.post.url.removeprefix(lomme.site.url) in page.html.xpath("//article//a/@href")
    assert "disparaît au bout de 30 jours" in words and "Personne d’autre que vous" in words


async def test_news_do_not_say_that_there_are_none_while_somebody_waits(
    open_browser: Callable[[Actor | None], Awaitable[Browser]], instance: Instance, lomme: Village, eve: Actor
) -> None:
    async with transaction(instance.pool) as conn:
        await make_waiting(conn, eve, lomme.admin)
    odile = await open_browser(lomme.admin)

    page = (await odile.get("/notifications")).words()

    assert "Une personne que vous ne connaissez pas vous a écrit" in page
    assert "Rien de neuf" not in page


async def test_the_worst_message_breaks_nothing_and_hides_no_other(
    alice: Browser, instance: Instance, lomme: Village, eve: Actor
) -> None:
    async with transaction(instance.pool) as conn:
        mallory = await make_stranger(conn, "mallory", "bad.test", name="<img src=x>")
        files = (("image/png", "un <b>chat</b>"), ("image/png", ""), ("application/x", ""))
        await make_waiting(conn, mallory, lomme.alice, text=WORST, warning="<script>x</script>", files=files)

    page = await alice.get(PAGE)

    assert page.status == 200
    assert "Votre tente est-elle libre ?" in page.words()
    assert "<![x]<script>alert(1)</script>" in page.words()
    assert "Avec : 2 images, un fichier. « un <b>chat</b> »" in page.words()
    assert page.html.xpath("//main//script") == [] and page.html.xpath("//article//img") == []
    assert "//evil.test" not in page.html.xpath("//main//a/@href")


async def test_what_is_let_in_arrives_as_it_would_have(
    alice: Browser, instance: Instance, lomme: Village, eve: Actor
) -> None:
    answer = await alice.send(PAGE, {"act": "allow", "person": str(eve.id)}, form_on=PAGE)
    on_its_way = (await alice.get(PAGE)).words()
    await process_due(instance)

    assert answer.location == f"{PAGE}?fait=allow"
    assert "il arrive" in on_its_way
    assert "Ève" not in (await alice.get(PAGE)).words()
    assert eve.id in await told(instance, lomme.alice)


@pytest.mark.parametrize("act", ["set_aside", "report"])
async def test_what_is_sent_away_is_gone_and_reported_where_that_was_meant(
    alice: Browser, instance: Instance, lomme: Village, eve: Actor, act: str
) -> None:
    answer = await alice.send(PAGE, {"act": act, "person": str(eve.id)}, form_on=PAGE)

    assert answer.location == f"{PAGE}?fait={act}"
    assert await waiting(instance, lomme.alice) == (0, 0)
    reported = await instance.pool.fetchval("SELECT string_agg(content, '') FROM report WHERE target_id = $1", eve.id)
    assert ("Votre tente est-elle libre ?" in (reported or "")) is (act == "report")
    assert await instance.pool.fetchval("SELECT state FROM received WHERE host = 'neu.test'") == "ignored"


async def test_somebody_elses_and_missing_ones_are_answered_alike(
    open_browser: Callable[[Actor | None], Awaitable[Browser]], instance: Instance, lomme: Village, eve: Actor
) -> None:
    hocine, nobody = await open_browser(lomme.hocine), await open_browser(None)

    answers = [
        await hocine.send(PAGE, {"act": act, "person": str(id)}, form_on="/compte")
        for act in ("allow", "set_aside", "report")
        for id in (eve.id, 12345, "abc")
    ]

    assert [answer.status for answer in answers] == [404] * 9
    assert len({" ".join(answer.words().split()) for answer in answers}) == 1
    assert "Ève" not in (await hocine.get(PAGE)).words()
    assert (await nobody.get(PAGE)).location.startswith("/connexion")
    assert await waiting(instance, lomme.alice) == (1, 1)


async def test_a_member_is_told_once_in_her_news_without_a_word_of_it(
    alice: Browser, instance: Instance, lomme: Village, eve: Actor
) -> None:
    await notify_waiting(instance, {"reader_id": lomme.alice.id})

    page = await alice.get("/notifications")
    await alice.get(PAGE)
    after = await alice.get("/notifications")

    assert "Quelqu’un que vous ne connaissez pas vous a écrit" in page.words()
    assert "Une personne que vous ne connaissez pas vous a écrit" in page.words()
    assert "libre" not in page.html.xpath("string(//main//ul[.//a[@href='/messages/inconnus']])")
    assert "Ève" not in page.words()
    assert "Nouveau : Quelqu’un" not in after.words()
    assert "(1)" in (await alice.get("/echanges")).words()


async def test_what_came_soon_after_she_had_looked_is_told_a_day_later(
    instance: Instance, lomme: Village, eve: Actor
) -> None:
    lately = "SELECT told_at > now() - interval '1 hour' FROM message_request_news"
    async with transaction(instance.pool) as conn:
        assert await news.claim(conn, lomme.alice.id)
        await execute(conn, "UPDATE message_request SET received_at = now() - interval '30 hours'")
        await execute(conn, "UPDATE message_request_news SET told_at = now() - interval '29 hours'")
        await execute(conn, "UPDATE message_request_news SET seen_at = now() - interval '28 hours'")
    await accept_known_senders(instance)
    async with transaction(instance.pool) as conn:
        assert not await fetch_value(conn, lately), "she has seen all that waits"
        await make_waiting(conn, eve, lomme.alice, text="Et le réchaud ?")
        await execute(
            conn, "UPDATE message_request SET received_at = now() - interval '20 hours' WHERE text = 'Et le réchaud ?'"
        )

    await accept_known_senders(instance)

    async with transaction(instance.pool) as conn:
        assert await fetch_value(conn, lately)


async def test_nobody_is_told_of_what_was_decided_meanwhile(
    alice: Browser, instance: Instance, lomme: Village, eve: Actor
) -> None:
    await alice.send(PAGE, {"act": "set_aside", "person": str(eve.id)}, form_on=PAGE)
    before = await told(instance, lomme.alice)

    await notify_waiting(instance, {"reader_id": lomme.alice.id})

    assert await told(instance, lomme.alice) == before


@pytest.mark.parametrize("act", ["block", "mute"])
async def test_who_is_blocked_is_gone_and_who_is_muted_is_not_seen(
    alice: Browser, instance: Instance, lomme: Village, eve: Actor, act: str
) -> None:
    await alice.send(f"/personnes/{eve.id}", {"act": act, "back": PAGE}, form_on=PAGE)

    assert await waiting(instance, lomme.alice) == (0, 0)
    kept = await instance.pool.fetchval("SELECT count(*) FROM message_request")
    assert kept == (0 if act == "block" else 1)


async def test_a_whole_server_that_she_blocks_waits_no_longer(
    alice: Browser, instance: Instance, lomme: Village, eve: Actor
) -> None:
    await alice.send("/compte/masques/serveur", {"domain": "neu.test"}, form_on="/compte/masques")

    assert await instance.pool.fetchval("SELECT count(*) FROM message_request") == 0


async def test_members_are_told_where_moderators_read_it_too(
    alice: Browser, instance: Instance, lomme: Village, eve: Actor
) -> None:
    async with transaction(instance.pool) as conn:
        chosen = await preferences.load(conn)
        await preferences.save(conn, preferences.Preferences(name=chosen.name, strangers_shown=True))

    assert "L’équipe de modération de votre coop peut aussi lire" in (await alice.get(PAGE)).words()


async def test_why_is_it_not_here_says_that_it_waits_for_her_and_to_others_nothing(
    alice: Browser,
    open_browser: Callable[[Actor | None], Awaitable[Browser]],
    instance: Instance,
    lomme: Village,
    eve: Actor,
) -> None:
    uri = await instance.pool.fetchval("SELECT uri FROM message_request")
    hocine = await open_browser(lomme.hocine)

    hers = await alice.send("/pourquoi", {"address": uri}, form_on="/pourquoi")
    his = await hocine.send("/pourquoi", {"address": uri}, form_on="/pourquoi")

    assert "vous attend : lisez-la parmi les messages de personnes inconnues" in hers.words()
    assert hers.html.xpath("//main//a[@href='/messages/inconnus']")
    assert "vous attend" not in his.words() and "laisse entrer" not in his.words()
