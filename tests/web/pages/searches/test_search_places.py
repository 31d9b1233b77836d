"""Where somebody looks from: a commune, a postcode or a federation of communes, in one box."""

import json
from urllib.parse import parse_qsl, quote, quote_plus, urlsplit

import pytest

from federation.instance import Instance
from models.store.database import execute, fetch_value, transaction
from tests.namesakes import SAINT_DENIS, add_namesakes
from tests.web.pages.conftest import Browser, Page

SEWING = "Machine à coudre et boîte à fils"

CAHC = "Communauté d'agglomération d'Hénin-Carvin (59)"

MEL = "Métropole Européenne de Lille (59)"


def titles(page: Page) -> set[str]:
    """The listings that stand on the page."""
    return {link.text_content() for link in page.html.xpath("//ul[@class='listings']//a")}


def chips(page: Page) -> list[str]:
    """What can be taken away."""
    return [" ".join(link.text_content().split()) for link in page.html.xpath("//a[span[contains(., 'retirer')]]")]


@pytest.mark.parametrize("typed", ["CAHC", "CA Hénin-Carvin", "henin carvin", CAHC])
@pytest.mark.parametrize("distance", ["", "&km=25", "&km=epci"])
async def test_a_federation_of_communes_is_a_place(visitor: Browser, typed: str, distance: str) -> None:
    page = await visitor.get(f"/annonces?lieu={quote(typed)}{distance}")

    assert titles(page) == {SEWING}
    assert chips(page) == ["CA d'Hénin-Carvin, retirer"]
    assert page.html.xpath("//select[@id='km']/option[@selected]/@value") == ["epci"]
    (feed,) = page.html.xpath("//link[@type='application/atom+xml']/@href")
    assert feed == f"/annonces/flux.atom?lieu={quote_plus(CAHC)}&km=epci"


async def test_distances_are_from_the_reader_where_she_lives_in_it(alice: Browser, visitor: Browser) -> None:
    near = await alice.get(f"/annonces?lieu={quote('mel')}")

    assert titles(near) > {"Tente 4 places, facile à monter"} and SEWING not in titles(near)
    assert near.html.xpath("normalize-space(//h1)") == "Dans la Métropole Européenne de Lille"
    tent = near.html.xpath("//li[.//a[contains(., 'Tente 4 places')]]")[0].text_content()
    assert "km" not in tent, "from Lomme where she lives, not from the middle of Lille"


async def test_what_may_be_several_is_asked(visitor: Browser, instance: Instance) -> None:
    """An acronym of two, and the beginning of a commune's name and of a federation's."""
    async with transaction(instance.pool) as conn:
        await execute(
            conn,
            """
            INSERT INTO commune (code, name, search_name, postcodes, department, region, epci_code, epci_name,
                population, latitude, longitude, precision, kind)
            VALUES ('29232', 'Quimper', ' quimper', '{29000}', '29', '53', '200068120',
                'Communauté d''agglomération du Hameau Côtier', 60000,
                48, -4, 'exact', 'commune')
            """,
        )

    acronym = await visitor.get("/annonces?lieu=cahc&km=25&q=machine")
    begun = await visitor.get("/annonces?lieu=henin")

    assert f"« cahc » peut être Communauté d'agglomération du Hameau Côtier (29), {CAHC}. Laquelle ?" in acronym.words()
    (choice,) = acronym.html.xpath(f"""//a[.="{CAHC}"]/@href""")
    assert titles(await visitor.get(choice)) == {SEWING}
    assert f"Vouliez-vous dire Hénin-Beaumont (62110), {CAHC} ?" in begun.words()
    assert not begun.html.xpath("//details[@id='filtres' and @open]"), "nothing is wrong behind that button"
    for one in ("Hénin-Beaumont (62110)", CAHC):
        assert len(begun.html.xpath(f"""//a[.="{one}"]""")) == 1


@pytest.mark.parametrize("view", ["", "&vue=carte"])
async def test_of_communes_of_one_name_it_is_asked_which_one(visitor: Browser, instance: Instance, view: str) -> None:
    async with transaction(instance.pool) as conn:
        await add_namesakes(conn)

    asked = await visitor.get(f"/annonces?lieu=saint-denis&km=10&q=tente{view}")
    alert = await visitor.get("/annonces?lieu=93200+Saint-Denis&km=10&q=tente")

    assert f"« saint-denis » peut être {', '.join(SAINT_DENIS)}. Laquelle ?" in asked.words()
    (choice,) = asked.html.xpath(f"//a[.='{SAINT_DENIS[1]}']/@href")
    assert dict(parse_qsl(urlsplit(choice).query)) == {"q": "tente", "lieu": SAINT_DENIS[1], "km": "10"} | dict(
        parse_qsl(view)
    )
    assert "Laquelle ?" not in (await visitor.get(choice)).words() and "Laquelle ?" not in alert.words()


async def test_of_too_many_to_list_the_postcode_is_asked(visitor: Browser, instance: Instance) -> None:
    async with transaction(instance.pool) as conn:
        await add_namesakes(conn, "Saint-Sauveur", count=7)

    asked = await visitor.get("/annonces?lieu=st+sauveur")

    said = "7 communes s’appellent « st sauveur » : ajoutez le code postal, par exemple Saint-Sauveur (97400), "
    assert said in asked.words()
    assert len(asked.html.xpath("//a[starts-with(., 'Saint-Sauveur (')]")) == 6


async def test_federations_complete_what_is_typed_where_they_are_taken(visitor: Browser) -> None:
    towns = await visitor.get("/lieux?q=lille")
    both = await visitor.get("/lieux?q=lille&epci=1")
    acronym = await visitor.get("/lieux?q=MEL&epci=1")

    assert json.loads(towns.text) == ["Lille (59000)"]
    assert json.loads(both.text) == ["Lille (59000)", MEL]
    assert json.loads(acronym.text) == [MEL]
    for page in ("/annonces", "/"):
        assert (await visitor.get(page)).html.xpath("//input[@name='lieu']/@data-places") == ["epci"]


async def test_an_alert_takes_a_federation_too(alice: Browser, instance: Instance) -> None:
    page = await alice.get("/alertes/nouvelle?q=scie&lieu=mel")
    typed = {"search": "q=scie", "place": "CAHC", "within": "10", "rhythm": "daily"}
    await alice.send("/alertes/nouvelle", typed, form_on="/alertes/nouvelle")

    assert "Les annonces pour « scie », dans la Métropole Européenne de Lille" in page.words()
    async with transaction(instance.pool) as conn:
        kept = await fetch_value(conn, "SELECT area || epcis[1] || parameters FROM search_alert WHERE text = 'scie'")
    assert kept == f"{CAHC[:-5]}246200364q=scie&lieu={quote_plus(CAHC)}&km=epci"
