"""A search in words: all that narrows it, the same on its page, its feeds, its poster, its frame and its alert."""

import json

import pytest
from lxml import etree

from tests.web.pages.conftest import Browser

COOP = "https%3A%2F%2Fhenin.test%2Fusers%2Fcoop"

SAID = {
    "": "Les annonces",
    "q=tente&lieu=Lomme": "Les annonces pour « tente », autour de Lomme",
    "q=tente&lieu=Lomme&km=10&genre=offer&mode=loan&mode=gift&cat=camping&photo=1": (
        "Les offres pour « tente » dans « Camping et randonnée », à moins de 10 km de Lomme, en prêt ou en don, "
        "avec photo"
    ),
    "lieu=Lomme&km=commune&partenaire=1": "Les annonces, à Lomme, dans un lieu partenaire",
    "lieu=MEL&genre=request": "Les demandes, dans la Métropole Européenne de Lille",
    f"coop={COOP}": "Les annonces, chez Hénin-Carvin",
    "coop=https%3A%2F%2Fnowhere.test%2Fcoop": "Les annonces, chez une coop inconnue",
    "coop=miens&quand=week-end": "Les annonces, chez La Remise et ses voisines, libres ce week-end",
    "du=2027-05-07&au=2027-05-09": "Les annonces, libres du 7 au 9 mai 2027",
    "bounds=50.4,2.8,50.55,3.0": "Les annonces, dans une zone de la carte",
}


@pytest.mark.parametrize("query", SAID)
async def test_all_that_narrows_a_search_is_said_wherever_it_goes(visitor: Browser, query: str) -> None:
    words = SAID[query]
    page = await visitor.get(f"/annonces?{query}")
    atom = etree.fromstring((await visitor.get(f"/annonces/flux.atom?{query}")).text.encode())
    poster = await visitor.get(f"/annonces/affiche?{query}")
    frame = await visitor.get(f"/embed/annonces?{query}")
    calendar = await visitor.get(f"/annonces/flux.ics?{query}")

    assert plain(page.html.xpath("string(//title)")) == f"{words} — La Remise, Lomme"
    assert plain(atom.findtext("{*}title") or "") == f"{words} — La Remise"
    for format, name in (("json", "title"), ("geojson", "name")):
        said = json.loads((await visitor.get(f"/annonces/flux.{format}?{query}")).text)[name]
        assert plain(said) == f"{words} — La Remise"
    assert plain(calendar.text.replace("\r\n ", "").replace("\\,", ",")).count(f"NAME:{words} — La Remise") >= 1
    assert plain(poster.html.xpath("string(//p[starts-with(@class, 'giant')])")) == words
    assert plain(frame.html.xpath("string(//h1)")) == words


def plain(text: str) -> str:
    return " ".join(text.replace("\u202f", " ").replace("\xa0", " ").split())


async def test_an_alert_watches_what_the_page_is_called(alice: Browser) -> None:
    query = "q=tente&lieu=Lomme&km=10&genre=offer&mode=loan&cat=camping&photo=1"
    page, alert = await alice.get(f"/annonces?{query}"), await alice.get(f"/alertes/nouvelle?{query}")

    words = plain(page.html.xpath("string(//title)")).removesuffix(" — La Remise, Lomme")
    assert words in alert.words() and words.endswith(", en prêt, avec photo")
