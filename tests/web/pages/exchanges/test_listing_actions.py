"""From a listing into an exchange: what its page offers to whom, what it says where something stands in the way."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from federation.instance import Instance
from models.exchanges import agreements
from models.people.actors import Actor
from models.relations.blocking import blocks
from models.store.database import execute, transaction
from outbox.exchanges.agreements.agreements import accept, request
from tests import sample_threads
from tests.sample_village import Village
from tests.web.pages.conftest import Browser, Page
from tests.web.pages.listings.test_listing_page import path_of

OpenBrowser = Callable[[Actor | None], Awaitable[Browser]]


def asking(village: Village, name: str) -> str:
    """Where a listing of the village is asked for."""
    return f"/annonces/d/{getattr(village, name).id}/demander"


def main_act(page: Page) -> tuple[str, str]:
    """The one act that stands out: what it says, and where it leads."""
    (link,) = page.html.xpath("//article//a[contains(@class, 'primary')]")
    return " ".join(link.text_content().split()), link.get("href")


async def change(instance: Instance, sql: str, *values: Any) -> None:
    """Something that happened meanwhile."""
    async with transaction(instance.pool) as conn:
        await execute(conn, sql, *values)


@pytest.fixture
async def hocine(open_browser: OpenBrowser, lomme: Village) -> Browser:
    """Hocine, whom nothing binds to Alice yet."""
    return await open_browser(lomme.hocine)


@pytest.mark.parametrize(
    ("details", "words"),
    [
        ("mode = 'loan'", "Demander des dates"),
        ("mode = 'service'", "Demander un moment"),
        ("mode = 'service', unit = 'hour', unit_based = true", "Demander quelques heures"),
        ("mode = 'gift'", "Demander"),
        ("mode = 'gift', first_come = true", "Je le prends"),
        ("mode = 'swap'", "Proposer un échange"),
        ("mode = 'sale'", "Cela m’intéresse"),
        ("mode = 'other'", "On se met d’accord"),
        ("kind = 'request'", "Proposer mon aide"),
        ("kind = 'repair_call', mode = 'repair'", "Proposer un rendez-vous"),
    ],
)
async def test_the_main_act_fits_what_is_offered(
    hocine: Browser, instance: Instance, lomme: Village, details: str, words: str
) -> None:
    await change(instance, f"UPDATE listing SET {details} WHERE post_id = $1", lomme.tent.id)

    page = await hocine.get(path_of(lomme, "tent"))

    assert main_act(page) == (words, asking(lomme, "tent"))
    assert ("Premier arrivé, premier servi" in page.words()) == ("first_come" in details)
    assert (await hocine.get(asking(lomme, "tent"))).status == 200


async def test_writing_in_private_and_asking_all_stand_beside_it(hocine: Browser, lomme: Village) -> None:
    page = await hocine.get(path_of(lomme, "tent"))

    links = {" ".join(a.text_content().split()): a.get("href") for a in page.html.xpath("//article//a")}
    assert links["Écrire à Maryse"] == "#repondre"
    assert links["Poser une question à tous"] == "?pour=tous#repondre"
    chosen = "//form[contains(@action, 'repondre')]//input[@name='audience'][@checked]/@value"
    assert page.html.xpath(chosen) == ["prive"]
    assert (await hocine.get(f"{path_of(lomme, 'tent')}?pour=tous")).html.xpath(chosen) == ["tous"]


async def test_whoever_has_a_thread_goes_on_there(alice: Browser, instance: Instance, lomme: Village) -> None:
    async with transaction(instance.pool) as conn:
        made = await sample_threads.build(conn, lomme)

    page = await alice.get(f"/annonces/d/{lomme.sewing.id}")

    assert main_act(page) == ("Ouvrir notre échange", f"/echanges/{made.sewing.exchange_id}")
    words = page.words()
    assert "Votre échange avec Léonie" in words and "Léonie doit répondre, du " in words
    assert "Demander des dates" not in words, "it is asked for already"
    assert not page.html.xpath("//input[@name='audience'][@value='prive']"), "private words stand in the thread"
    assert page.html.xpath("//input[@name='audience'][@value='tous']")


async def test_what_is_lent_can_be_asked_for_again_once_that_is_settled(
    alice: Browser, instance: Instance, lomme: Village
) -> None:
    async with transaction(instance.pool) as conn:
        await sample_threads.build(conn, lomme)

    page = await alice.get(path_of(lomme, "drill"))

    assert main_act(page)[0] == "Ouvrir notre échange"
    assert page.html.xpath("//article//a[contains(., 'Demander des dates')]/@href") == [asking(lomme, "drill")]


@pytest.mark.parametrize(
    ("sql", "why", "possible"),
    [
        (
            "UPDATE listing SET status = 'paused' WHERE mode = 'loan'",
            "Cette annonce est en pause",
            "Vous pouvez quand même écrire à Maryse",
        ),
        (
            "UPDATE listing SET status = 'cancelled' WHERE title LIKE 'Tente%'",
            "n’est plus ouverte aux demandes",
            "Voir ce qui y ressemble",
        ),
        ("UPDATE actor SET away_until = now() + interval '9 days' WHERE username = 'alice'", "est absente", "écrire à"),
        (
            """
            INSERT INTO unavailability (id, listing_id, begins_at, ends_at)
            SELECT 1, post_id, '2027-04-30', '2027-07-02' FROM listing WHERE title LIKE 'Tente%'
            """,
            "Tous les jours sont déjà pris",
            "Vous pouvez quand même écrire à Maryse",
        ),
        ("UPDATE actor SET moved_to = 'https://x.test/h' WHERE username = 'hocine'", "Vous avez déménagé", ""),
    ],
    ids=["paused", "closed", "away", "full", "moved"],
)
async def test_what_stands_in_the_way_is_said_with_what_is_possible(
    hocine: Browser, instance: Instance, lomme: Village, sql: str, why: str, possible: str
) -> None:
    await change(instance, "UPDATE listing SET category = 'camping' WHERE post_id = $1", lomme.drill.id)
    await change(instance, sql)

    page, form = await hocine.get(path_of(lomme, "tent")), await hocine.get(asking(lomme, "tent"))

    assert not page.html.xpath("//article//a[contains(@href, '/demander')]")
    assert why in page.words() and possible in page.words()
    assert why in form.words() and not form.html.xpath("//form[@method='post'][contains(@action, 'demander')]")
    assert bool(page.html.xpath("//input[@value='prive']")) == ("écrire à" in possible)


async def test_whom_one_blocks_is_not_met_at_all(hocine: Browser, instance: Instance, lomme: Village) -> None:
    async with transaction(instance.pool) as conn:
        await blocks.save(conn, uri="https://x.test/b", actor_id=lomme.alice.id, target_id=lomme.hocine.id)

    assert (await hocine.get(path_of(lomme, "tent"))).status == 404
    assert (await hocine.get(asking(lomme, "tent"))).status == 404


async def test_the_first_door_leads_back_to_asking(visitor: Browser, instance: Instance, lomme: Village) -> None:
    path = path_of(lomme, "tent")

    def first_door(page: Page) -> str:
        return str(page.html.xpath("string(//div[@class='door'][1]//a[contains(@class, 'primary')]/@href)"))

    assert first_door(await visitor.get(path)) == f"/connexion?retour={asking(lomme, 'tent')}"
    await change(instance, "UPDATE actor SET away_until = now() + interval '9 days' WHERE username = 'alice'")
    assert first_door(await visitor.get(path)) == f"/connexion?retour={path}%23repondre"


async def test_the_author_sees_who_answered_what_waits_for_her_first(
    alice: Browser, instance: Instance, lomme: Village
) -> None:
    path = path_of(lomme, "tent")
    async with transaction(instance.pool) as conn:
        made = await sample_threads.build(conn, lomme)
    hocine, nadia = lomme.hocine, lomme.admin
    async with transaction(instance.pool) as conn:
        for person, number in ((hocine, 20), (nadia, 25)):
            await request(conn, lomme.site, person, lomme.tent, sample_threads.days(number, number + 1))
        held = await agreements.get_latest(conn, (await sample_threads.find_thread(conn, lomme.tent, hocine)).id)
        assert held is not None
        await accept(conn, lomme.site, lomme.alice, held)

    page = await alice.get(path)

    rows = page.html.xpath("//section[@aria-labelledby='echanges']//li")
    assert [row.xpath("string(.//a)") for row in rows] == ["Nadia", "Léonie", "Hocine"]
    assert "3 personnes vous ont répondu" in page.words()
    words = [" ".join(row.text_content().split()) for row in rows]
    assert "À vous de répondre" in words[0] and "D’accord" in words[2]
    assert rows[1].xpath(".//a/@href") == [f"/echanges/{made.tent.exchange_id}"]
    assert not page.html.xpath("//article//a[contains(@href, '/demander')]")


async def test_an_owner_whose_server_reads_no_agreements_is_asked_just_so(
    alice: Browser, instance: Instance, lomme: Village
) -> None:
    await change(instance, "UPDATE actor SET territory_uri = NULL, implements = '{}' WHERE NOT local")
    page = await alice.get(f"/annonces/d/{lomme.sewing.id}")
    (path,) = page.html.xpath("//article//a[contains(@class, 'primary')]/@href")

    first, last = sample_threads.days(3, 3).begins_at, sample_threads.days(5, 5).begins_at
    assert first is not None and last is not None
    fields = {"first_day": f"{first:%d/%m/%Y}", "last_day": f"{last:%d/%m/%Y}", "message": "Pour un ourlet."}
    answer = await alice.send(path, fields, form_on="/publier")
    thread = await alice.get(answer.location)

    assert answer.location.startswith("/echanges/")
    assert thread.words().count("Pour un ourlet.") == 1, "the note that says it stands in the event"
    assert "est-ce possible" not in thread.words() and "En route" in thread.words()
    async with transaction(instance.pool) as conn:
        sent = await conn.fetchval("SELECT count(*) FROM activity WHERE type = 'Offer'")
        content = await conn.fetchval("SELECT body FROM activity WHERE type = 'Create' ORDER BY id DESC LIMIT 1")
    assert sent == 0 and "est-ce possible" in content and "/accord/" in content


async def test_what_lies_between_is_read_in_english(hocine: Browser, lomme: Village, instance: Instance) -> None:
    await change(instance, "UPDATE listing SET status = 'paused' WHERE post_id = $1", lomme.tent.id)
    await change(instance, "UPDATE account SET language = 'en'")

    assert "This listing is paused" in (await hocine.get(path_of(lomme, "tent"))).words()
