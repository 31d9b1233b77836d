"""The page of a thread: who sees it, what stands there in words, what may be done, and how it is left."""

import re
from collections import Counter
from collections.abc import Awaitable, Callable

import asyncpg
import pytest

from federation.instance import Instance
from models.exchanges import exchanges
from models.exchanges.agreements import Agreement
from models.people.actors import Actor
from models.relations.blocking import blocks
from models.store.database import connection, execute, transaction
from outbox.listings import listings as outbox_listings
from outbox.threads.messages import Words, write
from tests.sample_threads import SampleThreads
from tests.sample_village import Village
from tests.web.pages.conftest import Browser, Page

OpenBrowser = Callable[[Actor | None], Awaitable[Browser]]


def buttons(page: Page) -> set[str]:
    """What can be done with the agreement."""
    return set(page.html.xpath("//section[contains(@class, 'agreement')]//input[@name='act']/@value"))


async def test_a_thread_tells_messages_and_what_happened_in_words(alice: Browser, made: SampleThreads) -> None:
    page = await alice.get(f"/echanges/{made.tent.exchange_id}")

    words = page.words()
    assert page.status == 200
    assert "Tente 4 places, facile à monter, avec Léonie" in words
    for told in (
        "Je peux passer samedi ?",
        "Bonjour ! Avec plaisir.",
        "Léonie fait une demande : du ",
        "On part à Wissant, à quatre et à vélo.",
        "Vous proposez d’autres dates",
        "Léonie propose autre chose",
        "à vous de répondre",
        "Ces dates sont gardées jusqu’au",
    ):
        assert told in words, told
    assert words.index("Je peux passer samedi") < words.index("Bonjour !") < words.index("fait une demande")
    assert "@bob" not in page.html.xpath("string(//ol[contains(@class, 'thread')])"), "names for other servers stay out"
    changed = " ".join(page.html.xpath("string(//li[@class='act']//p[contains(., 'Quand')])").split())
    said = changed.replace("\u202f", " ").replace("\u00a0", " ")
    assert re.fullmatch(r"Quand : fin : \S+ \d+ \S+ au lieu de \S+ \d+ \S+", said), said
    assert page.html.xpath("//dl//ins[contains(., 'Rendue sèche')]")
    assert "étape passée" in words and ": fait" not in words
    chosen = page.html.xpath("//ol[@class='days']/li[@class='taken']")
    assert chosen and all("choisi" in one.text_content() for one in chosen), "said, not only coloured"


async def test_each_side_sees_exactly_what_it_may_do(
    alice: Browser, open_browser: OpenBrowser, lomme: Village, made: SampleThreads
) -> None:
    hocine = await open_browser(lomme.hocine)

    assert buttons(await alice.get(f"/echanges/{made.tent.exchange_id}")) == {"accept", "refuse"}
    assert buttons(await alice.get(f"/echanges/{made.sewing.exchange_id}")) == {"withdraw"}
    assert buttons(await hocine.get(f"/echanges/{made.wanted.exchange_id}")) == {"withdraw"}
    assert buttons(await alice.get(f"/echanges/{made.wanted.exchange_id}")) == {"accept", "refuse"}
    done = await hocine.get(f"/echanges/{made.drill.exchange_id}")
    assert buttons(done) == set()
    assert "confirmé par vous deux" in done.words()
    assert done.html.xpath("normalize-space(//ol[@class='progress']/li[@aria-current])") == "Fait"


async def test_strangers_and_passers_by_see_nothing(
    visitor: Browser, open_browser: OpenBrowser, lomme: Village, made: SampleThreads
) -> None:
    nadia = await open_browser(lomme.admin)

    assert (await nadia.get(f"/echanges/{made.tent.exchange_id}")).status == 404
    assert (await nadia.get("/echanges/12")).status == 404
    assert (await visitor.get(f"/echanges/{made.tent.exchange_id}")).location.startswith("/connexion")


async def test_opening_it_is_reading_it_for_the_reader_alone(
    alice: Browser, instance: Instance, lomme: Village, made: SampleThreads
) -> None:
    await alice.get(f"/echanges/{made.tent.exchange_id}")

    async with connection(instance.pool) as conn:
        thread = await exchanges.get_for(conn, made.tent.exchange_id, lomme.alice.id)
        sent = await conn.fetchval("SELECT count(*) FROM activity WHERE type IN ('View', 'Read')")
    assert thread.owner_read_id == thread.last_id
    assert (thread.partner_read_id, sent) < (thread.last_id, 1)


@pytest.mark.parametrize(("method", "headers"), [("HEAD", {}), ("GET", {"Sec-Purpose": "prefetch;prerender"})])
async def test_what_programs_fetch_ahead_is_not_read(
    alice: Browser, instance: Instance, lomme: Village, made: SampleThreads, method: str, headers: dict[str, str]
) -> None:
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE exchange SET owner_read_id = 0")

    answer = await alice.client.request(
        method, f"/echanges/{made.tent.exchange_id}", headers={"Accept": "text/html"} | headers
    )

    async with connection(instance.pool) as conn:
        thread = await exchanges.get_for(conn, made.tent.exchange_id, lomme.alice.id)
    assert (answer.status, thread.owner_read_id) == (200, 0)


async def test_one_sees_where_own_words_and_acts_are_and_sends_them_again(
    alice: Browser, instance: Instance, lomme: Village, made: SampleThreads
) -> None:
    path = f"/echanges/{made.tent.exchange_id}"
    assert (await alice.get(path)).words().count("En route") == 2
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE delivery SET state = 'failed', error = 'HTTP 500', cause = 'server-error'")

    page = await alice.get(path)
    lines = page.html.xpath("//form[contains(@action, 'renvoyer')]//input[@name='event']/@value")
    answer = await alice.send(f"{path}/renvoyer", {"event": lines[0]}, form_on=path)

    assert page.words().count("Pas arrivé chez Hénin-Carvin") == 2
    assert (len(lines), answer.status, answer.location) == (1, 303, path)
    again = (await alice.get(path)).words()
    assert (again.count("Pas encore arrivé"), again.count("Pas arrivé")) == (1, 1)


async def test_lines_of_others_are_not_sent_again(alice: Browser, instance: Instance, made: SampleThreads) -> None:
    async with connection(instance.pool) as conn:
        entries = await exchanges.list_entries(conn, made.tent.exchange_id)
        theirs = next(one.id for one in entries if one.kind == "event")
    path = f"/echanges/{made.tent.exchange_id}"

    assert (await alice.send(f"{path}/renvoyer", {"event": str(theirs)}, form_on=path)).status == 404


async def test_older_lines_are_a_page_further_and_the_card_stands_on_the_newest(
    alice: Browser, instance: Instance, lomme: Village, made: SampleThreads
) -> None:
    path = f"/echanges/{made.tent.exchange_id}"
    async with transaction(instance.pool) as conn:
        for _ in range(60):
            await exchanges.add_event(conn, made.tent.exchange_id, "contact", actor_id=lomme.bob.id)

    newest = await alice.get(path)
    (older,) = newest.html.xpath("//a[@rel='next']/@href")
    before = await alice.get(older)

    assert newest.words().count("vous donne ses coordonnées") == 50
    assert buttons(newest) == {"accept", "refuse"}, "however far back it was proposed"
    assert before.words().count("vous donne ses coordonnées") == 10
    assert "Je peux passer samedi ?" in before.words() and not buttons(before)
    assert not before.html.xpath("//a[@rel='next']")


async def test_a_withdrawn_listing_leaves_the_thread_and_a_way_out(
    alice: Browser, open_browser: OpenBrowser, instance: Instance, lomme: Village, made: SampleThreads
) -> None:
    async with transaction(instance.pool) as conn:
        await outbox_listings.withdraw(conn, lomme.site, lomme.alice, lomme.tent.uri)

    page = await alice.get(f"/echanges/{made.tent.exchange_id}")

    assert page.status == 200
    assert "Annonce retirée, avec Léonie" in page.words()
    assert "Ce que vous vous êtes dit reste ici." in page.words()
    assert "Je peux passer samedi ?" in page.words()
    assert "Vous dites non." in page.words()


async def test_somebody_who_is_gone_leaves_a_thread_in_which_one_can_still_take_back(
    alice: Browser, instance: Instance, lomme: Village, made: SampleThreads
) -> None:
    path = f"/echanges/{made.sewing.exchange_id}"
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE actor SET deleted_at = now() WHERE id = $1", lomme.bob.id)

    page = await alice.get(path)
    answer = await alice.send(f"{path}/accord", {"agreement": str(made.sewing.id), "act": "withdraw"}, form_on=path)

    assert "Vous ne pouvez plus vous écrire ici" in page.words()
    assert not page.html.xpath("//textarea[@name='message']")
    assert (answer.status, answer.location) == (303, f"{path}?fait=no")


async def test_whom_one_blocks_is_not_written_to(
    alice: Browser, instance: Instance, lomme: Village, made: SampleThreads
) -> None:
    async with transaction(instance.pool) as conn:
        await blocks.save(conn, uri="https://x.test/b", actor_id=lomme.alice.id, target_id=lomme.bob.id)

    page = await alice.get(f"/echanges/{made.tent.exchange_id}")

    assert page.status == 200
    assert "Vous ne pouvez plus vous écrire ici" in page.words()
    assert "Je peux passer samedi ?" not in page.words()


async def test_nothing_is_begun_with_whom_one_blocks(
    alice: Browser, instance: Instance, lomme: Village, made: SampleThreads
) -> None:
    async def read() -> tuple[bool, bool]:
        asked, owned = [await alice.get(f"/echanges/{one.exchange_id}") for one in (made.drill, made.tent)]
        may_ask = bool(asked.html.xpath(f"//a[@class='button'][@href='/annonces/d/{lomme.drill.id}/demander']"))
        return may_ask, "Pour se mettre d’accord, c’est Léonie" in owned.words()

    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE agreement SET state = 'refused' WHERE id = $1", made.tent.id)
    before = await read()
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE listing SET status = 'paused' WHERE post_id = $1", lomme.tent.id)
    assert await read() == (True, False), "nobody asks for what rests"
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE listing SET status = 'open' WHERE post_id = $1", lomme.tent.id)
        for number, other in enumerate((lomme.hocine, lomme.bob)):
            await blocks.save(conn, uri=f"https://x.test/{number}", actor_id=lomme.alice.id, target_id=other.id)

    assert before == (True, True)
    assert await read() == (False, False)


async def test_asking_again_is_offered_only_to_a_partner_where_nothing_waits_and_it_is_to_be_had(
    alice: Browser, instance: Instance, lomme: Village, made: SampleThreads
) -> None:
    async def may_ask(held: Agreement) -> bool:
        page = await alice.get(f"/echanges/{held.exchange_id}")
        return bool(page.html.xpath(f"//a[@class='button'][@href='/annonces/d/{held.listing_id}/demander']"))

    async def change(sql: str, id: int) -> None:
        async with transaction(instance.pool) as conn:
            await execute(conn, sql, id)

    await change("UPDATE agreement SET state = 'refused' WHERE id = $1", made.tent.id)
    found = [await may_ask(one) for one in (made.drill, made.sewing, made.tent)]
    await change("UPDATE agreement SET state = 'agreed' WHERE id = $1", made.drill.id)
    lent = await may_ask(made.drill)
    await change("UPDATE listing SET mode = 'gift' WHERE post_id = $1", lomme.drill.id)
    given = await may_ask(made.drill)
    await change("UPDATE agreement SET state = 'done' WHERE id = $1", made.drill.id)
    await change("UPDATE listing SET status = 'paused' WHERE post_id = $1", lomme.drill.id)
    paused = await may_ask(made.drill)
    await change("UPDATE listing SET status = 'open' WHERE post_id = $1", lomme.drill.id)
    await change("UPDATE post SET deleted_at = now() WHERE id = $1", lomme.drill.id)

    assert found == [True, False, False], "done; hers still waits; she is the owner"
    assert (lent, given) == (True, False), "for other days; what is given is had once"
    assert (paused, await may_ask(made.drill)) == (False, False)


async def test_a_conversation_with_a_mastodon_account_says_that_it_is_less_private(
    alice: Browser, instance: Instance, lomme: Village, made: SampleThreads
) -> None:
    path = f"/echanges/{made.tent.exchange_id}"
    assert "moins privée" not in (await alice.get(path)).words()
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE server SET software = 'mastodon'")
        await execute(conn, "UPDATE actor SET territory_uri = NULL WHERE id = $1", lomme.bob.id)

    assert "compte Mastodon : moins privée" in (await alice.get(path)).words()


async def test_a_thread_is_read_in_english_too(alice: Browser, made: SampleThreads, instance: Instance) -> None:
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE account SET language = 'en'")

    words = (await alice.get(f"/echanges/{made.tent.exchange_id}")).words()

    assert "Léonie proposes something else" in words
    assert "I agree to these dates" in words


async def test_a_long_thread_takes_as_many_questions_to_the_database_as_a_short_one(
    alice: Browser, instance: Instance, lomme: Village, made: SampleThreads, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, asked = f"/echanges/{made.tent.exchange_id}", Counter[str]()
    for name in ("fetch", "fetchrow", "fetchval", "execute"):
        monkeypatch.setattr(asyncpg.Connection, name, _counting(getattr(asyncpg.Connection, name), asked))
    await alice.get(path)  # reads it
    asked.clear()
    await alice.get(path)
    short = asked.total()
    async with transaction(instance.pool) as conn:
        thread = await exchanges.get_for(conn, made.tent.exchange_id, lomme.alice.id)
        for number in range(45):
            await write(conn, lomme.site, lomme.alice, thread, Words(text=f"Et de {number}."))
    asked.clear()

    page = await alice.get(path)

    assert "Et de 44." in page.words()
    assert 10 < asked.total() <= min(short, 25), asked


def _counting(run: Callable[..., Awaitable[object]], asked: Counter[str]) -> Callable[..., Awaitable[object]]:
    """The same, each statement counted."""

    async def count(self: object, query: str, *rest: object, **options: object) -> object:
        asked[query] += 1
        return await run(self, query, *rest, **options)

    return count
