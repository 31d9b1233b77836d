"""My place: my listings by state with what waits on each, acts that lead back, and what stands beside them."""

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import asyncpg
import pytest

from federation.instance import Instance
from models import preferences
from models.listings import listing_drafts, listings
from models.listings.listings import Listing
from models.moderation import cases, held_posts
from models.moderation.held_posts import NewHold
from models.people import absences, actors
from models.people.actors import Actor
from models.people.opening_hours import Closure, OpeningInterval, make_hours, write_hours
from models.preferences import Preferences
from models.store.database import connection, execute, transaction
from tests.factories import make_listing, make_note
from tests.rulings import rule
from tests.sample_threads import SampleThreads
from tests.sample_village import Village
from tests.web.pages.conftest import Browser, Page

OpenBrowser = Callable[[Actor | None], Awaitable[Browser]]


def row(page: Page, id: int) -> Any:
    """The line of a listing."""
    [found] = page.html.xpath(f"//li[@id='a-{id}']")
    return found


def read(page: Page, id: int) -> str:
    return " ".join(row(page, id).text_content().replace("\u202f", " ").replace("\u00a0", " ").split())


def acts(page: Page, id: int) -> list[str]:
    return [str(one) for one in row(page, id).xpath(".//input[@name='act']/@value")]


async def add(instance: Instance, author: Actor, number: int, **details: Any) -> Listing:
    """A listing of hers with a page of its own."""
    url = f"{instance.site.url}/annonces/5f0c9d1e-0000-4000-8000-{number:012}"
    async with transaction(instance.pool) as conn:
        return await make_listing(conn, author, post={"url": url}, **({"title": f"Chose {number}"} | details))


async def test_each_thing_stands_under_its_state_with_what_waits_on_it(
    alice: Browser, instance: Instance, lomme: Village, made: SampleThreads
) -> None:
    paused = await add(instance, lomme.alice, 1, status="paused")
    over = await add(instance, lomme.alice, 2, status="fulfilled")

    page, finished = await alice.get("/chez-moi"), await alice.get("/chez-moi?voir=finies")

    assert "Une demande attend votre réponse" in read(page, lomme.tent.id)
    assert f"/echanges/{made.tent.exchange_id}" in row(page, lomme.tent.id).xpath(".//a/@href")
    assert "Une demande attend votre réponse" in read(page, lomme.wanted.id)
    headings = {one.get("id"): one.text_content() for one in page.html.xpath("//main//h2") if one.get("id")}
    assert headings["open"].split() == ["Ouvertes", "(3)"] and headings["paused"].split() == ["En", "pause", "(1)"]
    assert row(page, paused.id).xpath("ancestor::section/@aria-labelledby") == ["paused"]
    assert not page.html.xpath(f"//li[@id='a-{over.id}']") and row(finished, over.id) is not None
    assert "En cours (4)" in page.words() and "Finies (1)" in page.words()
    assert page.html.xpath("//a[@aria-current='page'][@href='/chez-moi']")


async def test_what_is_promised_next_leads_to_its_thread(
    open_browser: OpenBrowser, instance: Instance, lomme: Village, made: SampleThreads
) -> None:
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE agreement SET state = 'agreed' WHERE id = $1", made.tent.id)
    alice = await open_browser(lomme.alice)

    page = await alice.get("/chez-moi")

    assert "Promis : du " in read(page, lomme.tent.id) and "avec Léonie" in read(page, lomme.tent.id)
    assert f"/echanges/{made.tent.exchange_id}" in row(page, lomme.tent.id).xpath(".//a/@href")


@pytest.mark.parametrize(
    ("status", "days", "shown"),
    [
        ("open", 60, ["pause", "prolong", "done", "elsewhere", "cancelled"]),
        ("open", 3, ["prolong", "pause", "done", "elsewhere", "cancelled"]),
        ("open", None, ["pause", "done", "elsewhere", "cancelled"]),
        ("reserved", 60, ["pause", "prolong", "done", "elsewhere", "cancelled"]),
        ("paused", 60, ["reopen", "prolong", "done", "elsewhere", "cancelled"]),
        ("fulfilled", 60, ["reopen"]),
        ("cancelled", -3, ["prolong"]),
        ("expired", -3, ["prolong"]),
    ],
)
async def test_the_acts_are_those_that_its_state_allows(
    alice: Browser, instance: Instance, lomme: Village, status: str, days: int | None, shown: list[str]
) -> None:
    end = None if days is None else datetime.now(UTC) + timedelta(days=days)
    thing = await add(instance, lomme.alice, 1, status=status, expires_at=end)
    over = status in ("fulfilled", "cancelled", "expired")

    page = await alice.get("/chez-moi?voir=finies" if over else "/chez-moi")

    assert acts(page, thing.id) == shown
    links = row(page, thing.id).xpath(".//a/@href")
    path = thing.post.url.removeprefix(instance.site.url)
    assert f"{path}/modifier" in links and (f"{path}#jours" in links) == (not over)


@pytest.mark.parametrize(
    ("verb", "begins", "becomes", "said"),
    [
        ("pause", "open", "paused", "En pause"),
        ("reopen", "paused", "open", "Rouverte"),
        ("prolong", "open", "open", "C’est prolongé"),
        ("done", "open", "fulfilled", "C’est fait, bravo"),
        ("cancelled", "open", "cancelled", "Annulée"),
    ],
)
async def test_an_act_leads_back_to_where_it_was_made(
    alice: Browser, instance: Instance, lomme: Village, verb: str, begins: str, becomes: str, said: str
) -> None:
    end = datetime.now(UTC) + timedelta(days=30)
    thing = await add(instance, lomme.alice, 1, status=begins, expires_at=end)
    path = f"/annonces/d/{thing.id}/etat"

    whole = await alice.get("/chez-moi")
    back = row(whole, thing.id).xpath("string(.//input[@name='back']/@value)")
    sent = await alice.send(path, {"act": verb, "back": back}, form_on="/chez-moi")

    assert back == "/chez-moi" and sent.location == f"/chez-moi?fait={verb}#a-{thing.id}"
    assert said in (await alice.get(sent.location)).words()
    async with connection(instance.pool) as conn:
        held = await listings.find_by_post(conn, thing.id)
    assert held is not None and held.details.status == becomes
    later = None if verb == "prolong" else end  # what is lent has no end from then on
    assert held.details.expires_at == later


@pytest.mark.parametrize("place", ["0-1", "9-1", "0-99999999999999999999", "-", "0-9223372036854775808", "x"])
async def test_a_page_that_begins_nowhere_is_shown_all_the_same(alice: Browser, place: str) -> None:
    assert (await alice.get(f"/chez-moi?apres={place}&voir=nulle-part")).status == 200


@pytest.mark.parametrize("back", ["https://evil.test/", "//evil.test", "/chez-moi\n//evil", "/chez-moix", "/compte"])
async def test_an_act_leads_nowhere_else(alice: Browser, instance: Instance, lomme: Village, back: str) -> None:
    thing = await add(instance, lomme.alice, 1)

    sent = await alice.send(f"/annonces/d/{thing.id}/etat", {"act": "pause", "back": back}, form_on="/chez-moi")

    assert sent.location == f"{thing.post.url.removeprefix(instance.site.url)}?fait=state"


async def test_things_of_others_are_not_there_and_not_to_be_changed(
    alice: Browser, visitor: Browser, lomme: Village
) -> None:
    page = await alice.get("/chez-moi")
    sent = await alice.send(f"/annonces/d/{lomme.drill.id}/etat", {"act": "prolong"}, form_on="/chez-moi")

    assert not page.html.xpath(f"//li[@id='a-{lomme.drill.id}']") and sent.status == 404
    assert (await visitor.get("/chez-moi")).location.startswith("/connexion")


async def test_many_things_come_by_pages_with_the_way_back_to_each(
    alice: Browser, instance: Instance, lomme: Village
) -> None:
    for number in range(25):
        await add(instance, lomme.alice, number, status="open" if number % 2 else "paused")

    first = await alice.get("/chez-moi")
    (further,) = first.html.xpath("//a[@rel='next']/@href")
    second = await alice.get(further)

    seen = [
        [one.get("id") for one in page.html.xpath("//main//li[starts-with(@id, 'a-')]")] for page in (first, second)
    ]
    assert (len(seen[0]), len(seen[1]), len({*seen[0], *seen[1]})) == (20, 8, 28)
    assert second.html.xpath("string((//input[@name='back'])[1]/@value)") == further
    assert not second.html.xpath("//a[@rel='next']")


async def test_what_was_begun_in_an_app_is_completed_from_here(
    open_browser: OpenBrowser, instance: Instance, lomme: Village
) -> None:
    async with transaction(instance.pool) as conn:
        note = await make_note(conn, lomme.alice, source="#offre Escabeau\nTrois marches.")
        draft = await listing_drafts.create(conn, lomme.alice.id, note.id, "offer")
    alice, nadia = await open_browser(lomme.alice), await open_browser(lomme.admin)

    page = await alice.get("/chez-moi")

    assert "À compléter" in page.words() and "Escabeau Offre" in page.words()
    (address,) = page.html.xpath("//section[@aria-labelledby='begun']//a/@href")
    assert address == f"/publier?brouillon={draft.id}" and (await alice.get(address)).status == 200
    assert "À compléter" not in (await nadia.get("/chez-moi")).words()


async def test_absence_points_and_hours_stand_beside(
    open_browser: OpenBrowser, instance: Instance, lomme: Village
) -> None:
    alice = await open_browser(lomme.alice)
    before = await alice.get("/chez-moi")
    async with transaction(instance.pool) as conn:
        await preferences.save(conn, Preferences(points=True, points_one="graine", points_many="graines"))
        await absences.set_away(conn, lomme.alice.id, datetime.now(UTC) + timedelta(days=9))
        await execute(conn, "UPDATE actor SET type = 'Organization' WHERE id = $1", lomme.alice.id)
        closed = date.today() + timedelta(days=20)
        hours = make_hours(
            [OpeningInterval(day=2, opens=time(14), closes=time(18))], [Closure(first=closed, last=closed)]
        )
        await actors.save_place(conn, lomme.alice.id, "12 rue de la Mairie", write_hours(hours))

    after = await alice.get("/chez-moi")

    assert not any(words in before.words() for words in ("Votre lieu", "graines", "Vous n’êtes pas là"))
    for words in ("Vous n’êtes pas là", "Vous avez 0 graine", "12 rue de la Mairie", "Mercredi : de 14 h à 18 h"):
        assert words in after.words()
    assert "Fermé le " in after.words() and "/compte/profil#horaires" in after.html.xpath("//main//a/@href")


async def test_who_has_nothing_yet_reads_what_will_be_there(open_browser: OpenBrowser, lomme: Village) -> None:
    nadia = await open_browser(lomme.admin)

    page, over = await nadia.get("/chez-moi"), await nadia.get("/chez-moi?voir=finies")

    assert "Rien en cours" in page.words() and "Ici viendront vos annonces" in page.words()
    assert "Rien de fini" in over.words() and "/publier" in page.html.xpath("//main//a/@href")


async def test_my_place_is_found_from_where_one_looks_for_it(alice: Browser, lomme: Village) -> None:
    for path in ("/echanges", "/compte", "/@alice", "/agenda", lomme.tent.post.url.removeprefix(lomme.site.url)):
        assert "/chez-moi" in (await alice.get(path)).html.xpath("//main//a/@href"), path


async def test_a_place_with_much_costs_as_many_questions_as_one_with_little(
    alice: Browser, instance: Instance, lomme: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    costs = []
    for count in (0, 18):
        for number in range(count):
            await add(instance, lomme.alice, number)
        costs.append(await count_questions(alice, "/chez-moi", monkeypatch))

    assert 5 < costs[0] == costs[1] < 20


async def count_questions(browser: Browser, path: str, monkeypatch: pytest.MonkeyPatch) -> int:
    """How often the database is asked while a page is made."""
    asked: list[str] = []

    with monkeypatch.context() as patch:
        for name in ("fetch", "fetchrow", "fetchval", "execute"):
            do = getattr(asyncpg.Connection, name)

            def count(self: Any, query: str, *values: Any, _do: Any = do, **options: Any) -> Any:
                asked.append(query)
                return _do(self, query, *values, **options)

            patch.setattr(asyncpg.Connection, name, count)
        assert (await browser.get(path)).status == 200
    return len(asked)


async def test_what_others_do_not_see_is_marked(alice: Browser, instance: Instance, lomme: Village) -> None:
    hidden, held, edited, plain = [await add(instance, lomme.alice, number) for number in range(1, 5)]
    async with transaction(instance.pool) as conn:
        for one, draft in ((held, None), (edited, {"title": "Autre"})):
            case_id = await cases.open_case(conn, lomme.alice.id, "Alice")
            await held_posts.hold(conn, one.id, case_id, NewHold(reason="filter", draft=draft))
        await rule(conn, lomme.alice, "hide", posts=(hidden.id,), site=instance.site)

    page = await alice.get("/chez-moi")

    assert "Masquée par l’équipe" in read(page, hidden.id)
    assert "En attente de relecture" in read(page, held.id)
    assert "Nouvelle version en attente de relecture" in read(page, edited.id)
    assert not any(words in read(page, plain.id) for words in ("Masquée", "relecture"))
