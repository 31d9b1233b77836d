"""The page on which a member asks whether a bike is stolen, what its owner reads, and what the team does."""

from collections.abc import Awaitable, Callable

import pytest

from federation.instance import Instance
from models.people.actors import Actor
from models.store.database import execute, fetch_value, transaction
from tests.factories import make_member
from tests.frame_numbers import NUMBER, add_bike
from tests.repair_shops import make_friend
from tests.sample_village import Village
from tests.web.pages.conftest import Browser

OpenBrowser = Callable[[Actor | None], Awaitable[Browser]]

HERE = "/velo-vole"
LOG = "/coop/velo-vole"


@pytest.fixture
async def owner(instance: Instance, lomme: Village) -> Actor:
    async with transaction(instance.pool) as conn:
        olga = await make_member(conn, "olga", name="Olga")
        await add_bike(conn, olga)
        await make_friend(conn)
    return olga


@pytest.fixture
async def asker(open_browser: OpenBrowser, instance: Instance, owner: Actor) -> Browser:
    async with transaction(instance.pool) as conn:
        nora = await make_member(conn, "nora", name="Nora")
    return await open_browser(nora)


async def ask(browser: Browser, number: str, **ticked: str) -> str:
    """What she reads afterwards."""
    answer = await browser.send(HERE, {"number": number} | ticked, form_on=HERE)
    assert answer.status == 303 and answer.location == f"{HERE}#reponses"
    return (await browser.get(HERE)).words()


async def test_yes_says_what_to_do_and_who_knows(asker: Browser) -> None:
    before = (await asker.get(HERE)).words()

    words = await ask(asker, "wtu 128-k4471")

    assert "aujourd’hui : 10 sur 10" in before and "aujourd’hui : 9 sur 10" in words
    assert "Le numéro qui finit par 471" in words and NUMBER not in words
    assert "oui, déclaré volé" in words and "Hénin-Carvin : pas de réponse" in words
    assert "Ne l’achetez pas" in words and "N’accusez personne" in words and "gendarmerie" in words
    assert "sait que quelqu’un a demandé, pas qui" in words


async def test_no_says_that_it_proves_nothing(asker: Browser) -> None:
    words = await ask(asker, "ANOTHER99")

    assert ": non" in words and "Ce n’est pas une preuve" in words and "Ne l’achetez pas" not in words


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Tapez le numéro"),
        ("12", "de 5 à 40 signes"),
        ("ÉTÉ12345", "sans accent"),
        ("<script>1234", "sans accent"),
        ("9" * 100, "trop long"),
    ],
)
async def test_a_number_that_is_none_is_said_so_and_keeps_what_was_typed(asker: Browser, typed: str, said: str) -> None:
    answer = await asker.send(HERE, {"number": typed}, form_on=HERE)

    assert answer.status == 422 and said in answer.words()
    assert "aujourd’hui : 10 sur 10" in answer.words()


async def test_the_eleventh_question_waits_until_tomorrow(asker: Browser, instance: Instance) -> None:
    async with transaction(instance.pool) as conn:
        me = await fetch_value(conn, "SELECT id FROM actor WHERE username = 'nora' AND local")
        await execute(
            conn,
            """
            INSERT INTO frame_inquiry (id, member_id, ending, may_write)
            SELECT n, $1, '471', false FROM generate_series(1, 10) n
            """,
            me,
        )

    answer = await asker.send(HERE, {"number": NUMBER}, form_on=HERE)

    assert answer.status == 422 and "vos 10 questions du jour" in answer.words()


async def test_the_owner_reads_where_and_by_whom_only_if_she_may(
    asker: Browser, open_browser: OpenBrowser, owner: Actor
) -> None:
    mine = await open_browser(owner)
    await ask(asker, NUMBER)
    unnamed = (await mine.get(HERE)).words()
    news = (await mine.get("/notifications")).words()
    await ask(asker, NUMBER, may_write="1")

    named = await mine.get(HERE)

    assert "Le vert" in unnamed and "n’a pas donné son nom" in unnamed and "nora" not in unnamed
    assert "le numéro de votre vélo volé" in news and "Nora" not in news
    assert "accepte que vous lui écriviez" in named.words() and 'href="/@nora@lomme.test"' in named.text
    assert NUMBER not in named.text


async def test_the_team_reads_who_asked_and_which_servers_did_but_no_number(
    asker: Browser, open_browser: OpenBrowser, instance: Instance, lomme: Village
) -> None:
    team = await open_browser(lomme.admin)
    empty = (await team.get(LOG)).words()
    await ask(asker, NUMBER)
    async with transaction(instance.pool) as conn:
        await execute(
            conn,
            "INSERT INTO frame_question (id, host, uri, ending, stolen) VALUES (1, 'henin.test', 'a', 'B99', true)",
        )

    page = await team.get(LOG)

    assert "Personne encore" in empty and "Aucune encore" in empty
    assert "Nora" in page.words() and "numéro qui finit par 471" in page.words()
    assert "Hénin-Carvin" in page.words() and "numéro qui finit par B99, oui" in page.words()
    assert NUMBER not in page.text


async def test_it_is_for_members(open_browser: OpenBrowser, lomme: Village) -> None:
    visitor = await open_browser(None)

    assert (await visitor.get(HERE)).location.startswith("/connexion")
