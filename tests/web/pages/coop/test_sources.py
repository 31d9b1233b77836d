"""All that may wait for the team: whom its line is for, what it says of one and of many, and the mark it sets."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest

from federation.instance import Instance
from models.coop import pending_kinds
from models.people.accounts import ROLES, Role
from models.people.actors import Actor
from models.people.roles import RIGHTS
from models.store.database import Connection, execute, transaction
from tests.factories import make_member
from tests.sample_village import Village
from tests.web.pages.conftest import Browser, Page
from tests.web.pages.coop import pending_things as things
from tests.web.pages.coop.pending_things import Add
from web.pages.coop.sources import SOURCES

Open = Callable[[Actor | None], Awaitable[Browser]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """How one more of it comes, and what its line says; `many` is None of what there can be only one."""

    add: Add
    one: str
    many: str | None
    href: str
    button: str


THINGS: dict[str, Thing] = {
    "sign_ups": Thing(
        add=things.add_sign_up,
        one="Rachid attend d’entrer dans la coop",
        many="Rachid et Claire attendent d’entrer dans la coop",
        href="/coop/demandes",
        button="L’accueillir",
    ),
    "unattended": Thing(
        add=things.add_absence,
        one="Personne de l’équipe n’est passé : les inscriptions attendent un accord",
        many=None,
        href="/coop/demandes",
        button="Voir les demandes",
    ),
    "reports": Thing(
        add=things.add_report,
        one="Une annonce est signalée : « Vends cigarettes »",
        many="2 personnes sont signalées",
        href="/coop/dossiers",
        button="Lire et décider",
    ),
    "appeals": Thing(
        add=things.add_appeal,
        one="Hocine conteste une décision de l’équipe",
        many="2 personnes contestent une décision de l’équipe",
        href="/coop/dossiers?voir=recours",
        button="Relire et répondre",
    ),
    "decisions": Thing(
        add=things.add_proposal,
        one="L’exclusion de Hocine attend une deuxième personne",
        many="2 décisions attendent une deuxième personne",
        href="/coop/dossiers?voir=a-confirmer",
        button="Lire et confirmer",
    ),
    "held_posts": Thing(
        add=things.add_held_post,
        one="« Brouette » attend un regard avant de paraître",
        many="2 publications attendent un regard avant de paraître",
        href="/coop/retenues",
        button="Regarder",
    ),
    "letters": Thing(
        add=things.add_letter,
        one="Un message d’une personne inconnue attend d’entrer",
        many="2 messages de personnes inconnues attendent d’entrer",
        href="/coop/inconnus",
        button="Lire et décider",
    ),
    "endings": Thing(
        add=things.add_ending,
        one="« Remorque » se termine bientôt, et quelqu’un y attend une réponse",
        many="2 annonces se terminent bientôt, et quelqu’un y attend une réponse",
        href="/annonces/d/",
        button="Voir l’annonce",
    ),
    "dues": Thing(
        add=things.add_ended_dues,
        one="Une adhésion est terminée : Maryse",
        many="2 adhésions sont terminées",
        href="/coop/membres/adhesions",
        button="Voir les adhésions à renouveler",
    ),
    "repair_shops": Thing(
        add=things.add_asking_shop,
        one="L’atelier « Le Rayon libre » demande à paraître",
        many="2 ateliers demandent à paraître",
        href="/coop/ateliers",
        button="Lui répondre",
    ),
    "disk_space": Thing(
        add=things.add_shortage,
        one="Il n’y a presque plus de place sur le disque",
        many=None,
        href="/coop/serveurs",
        button="Voir quoi faire",
    ),
    "backup": Thing(
        add=things.age_backup,
        one="La dernière sauvegarde a 9 jours",
        many=None,
        href="/coop/serveurs#sauvegardes",
        button="Voir les sauvegardes",
    ),
    "servers": Thing(
        add=things.add_failing_server,
        one="libercourt0.test ne reçoit plus rien",
        many="libercourt0.test et une autre plateforme ne reçoivent plus rien",
        href="/coop/serveurs/libercourt0.test",
        button="Voir ce qui coince",
    ),
    "neighbours": Thing(
        add=things.add_neighbour,
        one="La Bricole suit votre coop : la suivre en retour ?",
        many="2 coops attendent un mot de la vôtre",
        href="/coop/serveurs/voisine",
        button="Lui répondre",
    ),
    "territories": Thing(
        add=things.add_territory,
        one="Une coop à suivre vous est proposée : bricole0.test",
        many="2 coops à suivre vous sont proposées",
        href="/reseau#proposees",
        button="Regarder et décider",
    ),
    "hosts": Thing(
        add=things.add_host,
        one="Personne ici ne connaît neuf",
        many="2 sites que personne ici ne connaît envoient des annonces",
        href="/coop/serveurs#inconnus",
        button="Regarder et décider",
    ),
    "health": Thing(
        add=things.add_health_trouble,
        one="Une chose ne va pas sur la machine de la plateforme",
        many="2 choses ne vont pas sur la machine de la plateforme",
        href="/coop/sante",
        button="Voir quoi faire",
    ),
    "figures": Thing(
        add=things.add_difference,
        one="Les chiffres d’un mois passé ne tombaient plus juste",
        many=None,
        href="/coop/chiffres#ecarts",
        button="Voir les écarts",
    ),
    "chores": Thing(
        add=things.add_failing_chore,
        one="Une tâche que la plateforme fait toute seule n’y arrive pas",
        many="2 tâches que la plateforme fait toute seule n’y arrivent pas",
        href="/coop/serveurs#routine",
        button="Voir laquelle",
    ),
    "mails": Thing(
        add=things.add_stuck_mail,
        one="Un courriel n’est pas parti cette semaine",
        many="2 courriels ne sont pas partis cette semaine",
        href="/coop/courriels",
        button="Voir pourquoi",
    ),
}


def list_lines(page: Page) -> list[str]:
    """What waits, as the page says it; the mark in the bar and the greeting agree with it."""
    found = [" ".join(b.text_content().split()) for b in page.html.xpath("//main//ol[@role='list']/li//p/b")]
    mark = page.html.xpath("string(//nav[contains(@class, 'bar')]//a[@href='/coop']//span[@aria-hidden])").strip()
    assert mark == (str(len(found)) if found else "")
    return [one.replace("\u202f", " ").replace("\u00a0", " ") for one in found]


@pytest.fixture
async def quiet(instance: Instance, lomme: Village) -> Village:
    """Lomme with a good backup, and one for each role in its team."""
    async with transaction(instance.pool) as conn:
        await things.add_backup(conn)
    return lomme


async def change(instance: Instance, village: Village, *adds: Add) -> None:
    async with transaction(instance.pool) as conn:
        for add in adds:
            await add(conn, village)


def test_every_source_and_every_kind_that_the_mark_counts_is_held_here() -> None:
    assert {one.name for one in SOURCES} == set(THINGS) == set(pending_kinds.COUNTED)


@pytest.mark.parametrize("name", THINGS)
async def test_a_thing_that_waits_has_a_line_for_those_alone_who_settle_it(
    open_browser: Open, instance: Instance, quiet: Village, name: str
) -> None:
    thing = THINGS[name]
    [source] = [one for one in SOURCES if one.name == name]
    async with transaction(instance.pool) as conn:
        team: dict[Role, Actor] = {role: await make_member(conn, f"membre_{role}", roles=[role]) for role in ROLES}
    browsers = {role: await open_browser(actor) for role, actor in team.items()}
    before = {role: list_lines(await browser.get("/coop")) for role, browser in browsers.items()}

    await change(instance, quiet, thing.add)
    pages = {role: await browser.get("/coop") for role, browser in browsers.items()}
    one = {role: list_lines(page) for role, page in pages.items()}

    assert before == {role: [] for role in ROLES}
    assert [role for role in ROLES if one[role]] == [role for role in ROLES if role in RIGHTS[source.right]]
    [line] = one["admin"]
    [button] = pages["admin"].html.xpath("//main//ol[@role='list']/li/a")
    assert line.startswith(thing.one)
    assert button.get("href").startswith(thing.href) and button.text_content() == thing.button
    if thing.many is not None:
        await change(instance, quiet, thing.add)
        assert list_lines(await browsers["admin"].get("/coop")) == [thing.many]


async def test_with_nothing_to_do_the_page_says_so_and_with_much_it_counts_in_words(
    open_browser: Open, instance: Instance, quiet: Village
) -> None:
    nadia = await open_browser(quiet.admin)

    nothing = (await nadia.get("/coop")).words()
    await change(instance, quiet, things.add_sign_up)
    single = (await nadia.get("/coop")).words()
    await change(instance, quiet, *(thing.add for thing in THINGS.values()))
    page = await nadia.get("/coop")

    assert "Bonjour Nadia, rien ne vous attend" in nothing
    assert "Bonjour Nadia, une chose à faire" in single
    assert "Bonjour Nadia, vingt choses à faire" in page.words() and len(list_lines(page)) == 20


async def test_news_tell_of_the_same_things(open_browser: Open, instance: Instance, quiet: Village) -> None:
    await change(instance, quiet, things.add_sign_up, things.add_report, things.add_stuck_mail)
    nadia, alice = await open_browser(quiet.admin), await open_browser(quiet.alice)

    news = await nadia.get("/notifications")

    assert [one.text_content() for one in news.html.xpath("//section[@aria-labelledby='decider']//a")] == [
        "L’accueillir",
        "Lire et décider",
        "Voir pourquoi",
    ]
    assert "decider" not in (await alice.get("/notifications")).text


async def close_reports(conn: Connection, village: Village) -> None:
    """Everything that was reported is settled."""
    await execute(conn, "UPDATE report SET closed_at = now()")


@pytest.mark.parametrize("language", ["fr", "en"])
async def test_what_was_settled_is_gone_at_once(
    open_browser: Open, instance: Instance, quiet: Village, language: str
) -> None:
    await change(instance, quiet, things.add_report)
    nadia = await open_browser(quiet.admin)
    before = list_lines(await nadia.get("/coop", language=language))

    await change(instance, quiet, close_reports)

    assert len(before) == 1 and list_lines(await nadia.get("/coop", language=language)) == []
