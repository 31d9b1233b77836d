"""The diagnostic as anybody walks through it: by links alone, to a sheet, a stop, a call, a workshop or an evening."""

from urllib.parse import parse_qs, urlsplit

import pytest

from federation.instance import Instance
from models.repairs.diagnostic import versions
from models.repairs.diagnostic.versions import NewDiagnostic
from models.store.database import transaction
from tests.factories import make_meeting
from tests.invitations import plain
from tests.models.repairs.diagnostic.test_reading import SMALL
from tests.sample_village import Village
from tests.web.pages.conftest import Browser, Page

FLAT = "/diagnostic?suite=non-mais-il-ne-roule-plus.un-pneu.il-est-a-plat.je-n-ai-pas-de-pompe"

SHEET = "/diagnostic?suite=non-et-le-velo-roule.la-chaine.elle-grince-elle-est-seche"


async def follow(browser: Browser, page: Page, words: str) -> Page:
    """The page behind the answer with these words."""
    [link] = [
        one for one in page.html.xpath("//main//ul[contains(@class, 'gestures')]//a") if words in one.text_content()
    ]
    return await browser.get(link.get("href").partition("#")[0])


async def test_a_visitor_walks_by_links_to_a_sheet(visitor: Browser) -> None:

    page = await visitor.get("/diagnostic")
    for words in ("Non, et le vélo roule", "Les freins", "Des patins", "Il frotte quand je roule", "Tout le temps"):
        page = await follow(visitor, page, words)

    assert page.status == 200 and page.html.findtext(".//h1") == "Recentrer un frein à patins"
    assert "Arrêtez-vous ici si" in page.words() and "Rien n’est envoyé" in page.words()
    assert "Set-Cookie" not in page.headers, "a walk is nobody's"
    changes = [one.get("href") for one in page.html.xpath("//main//aside//a")]
    assert changes[0] == "/diagnostic#contenu" and changes[2].startswith(
        "/diagnostic?suite=non-et-le-velo-roule.les-freins#"
    )


async def test_a_stop_offers_neither_a_ride_nor_a_call(visitor: Browser) -> None:

    for answer in (
        "les-freins-ne-freinent-plus",
        "la-batterie-chauffe-gonfle-ou-fume",
        "une-piece-est-fendue-ou-pliee",
    ):
        page = await visitor.get(f"/diagnostic?suite={answer}")

        assert page.status == 200
        ways = page.html.xpath("//main//a/@href")
        assert not [way for way in ways if "publier" in way or "connexion" in way], answer


async def test_answers_go_into_the_form_of_a_call(alice: Browser) -> None:
    end = await alice.get(FLAT)
    [href] = [one for one in end.html.xpath("//main//a/@href") if one.startswith("/depannage/appeler?")]
    assert parse_qs(urlsplit(href).query)["panne"] == ["flat-tyre"]

    form = (await alice.get(href)).html

    assert form.xpath("//input[@name='interventions'][@checked]/@value") == ["flat-tyre"]
    assert form.xpath("//input[@name='rideable'][@checked]/@value") == ["non"]
    text = form.xpath("string(//*[@name='text']/@value)")
    assert "Il est à plat · Je n’ai pas de pompe" in text
    bike = (await alice.get("/depannage/appeler?velo=ebike&panne=bombe&roule=bof")).html
    assert bike.xpath("//select[@name='bike_type']/option[@selected]/@value") == ["ebike"]
    assert bike.xpath("//input[@name='interventions'][@checked]/@value") == []


async def test_a_sheet_that_did_not_help_is_named_in_the_call(alice: Browser) -> None:
    page = await alice.get(SHEET)

    [href] = [one for one in page.html.xpath("//main//a/@href") if one.startswith("/depannage/appeler?")]

    assert "J’ai lu la fiche « Nettoyer et huiler la chaîne »." in plain(parse_qs(urlsplit(href).query)["texte"][0])


async def test_ends_name_who_is_open_and_when_people_repair_together(
    lomme: Village, instance: Instance, visitor: Browser
) -> None:
    ways = "/diagnostic?suite=non-et-le-velo-roule.la-selle.je-ne-sais-pas"
    assert "Aucune soirée de réparation n’est annoncée" in (await visitor.get(ways)).words()
    async with transaction(instance.pool) as conn:
        await make_meeting(conn, lomme.alice, title="Café réparation")
        await make_meeting(conn, lomme.alice, title="Troc de plants")

    call, evening = await visitor.get(FLAT), await visitor.get(ways)

    assert "12 rue des Tisserands" in call.words(), "the cooperative itself, where no place tells its hours"
    assert any(way.startswith("/depannage/appeler?") for way in call.html.xpath("//main//a/@href"))
    assert "Les prochaines fois où l’on répare ensemble" in evening.words() and "Café réparation" in evening.words()
    assert "Troc de plants" not in evening.words()


@pytest.mark.parametrize("typed", ["x", "non-et-le-velo-roule.x.y", "." * 3000, "é%00", "a." * 400])
async def test_what_an_address_makes_up_leads_to_a_question(visitor: Browser, typed: str) -> None:
    page = await visitor.get(f"/diagnostic?suite={typed}")

    assert page.status == 200 and page.html.xpath("//main//ul[contains(@class, 'gestures')]")


async def test_the_page_that_browsers_keep_holds_every_node_and_nobody(visitor: Browser) -> None:
    page = await visitor.get("/diagnostic/entier")

    ids = page.html.xpath("//div[@class='whole']/section/@id")
    targets = {one[1:] for one in page.html.xpath("//div[@class='whole']//a/@href") if one.startswith("#")}

    assert ids[0] == "q-securite" and len(ids) > 100 and targets <= set(ids)
    assert "Set-Cookie" not in page.headers and not page.html.xpath("//input[@name='csrf_token']")
    assert (await visitor.get("/diagnostic/repare")).status == 200


async def test_the_service_worker_changes_with_the_tree(lomme: Village, instance: Instance, visitor: Browser) -> None:
    before = await visitor.get("/service-worker.js")

    async with transaction(instance.pool) as conn:
        new = NewDiagnostic(source=SMALL, summary="", restores=None, published_by=lomme.alice.id, follows=0)
        await versions.publish(conn, new)
    after = await visitor.get("/service-worker.js")

    assert (
        before.headers["Content-Type"].startswith("text/javascript") and "max-age=0" in before.headers["Cache-Control"]
    )
    assert before.text.splitlines()[0] != after.text.splitlines()[0]
    assert before.text.splitlines()[1:] == after.text.splitlines()[1:]
    assert (await visitor.get("/diagnostic")).html.findtext(".//h1") == "Et alors : ça roule ?"
