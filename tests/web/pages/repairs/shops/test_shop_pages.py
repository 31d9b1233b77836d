"""Shops as visitors find them, as their people run them, and as the team decides about them."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from federation.instance import Instance
from models.people import actors
from models.people.actors import Actor
from models.repairs.shops import prices, requests, shops, staff
from models.repairs.shops.prices import Price
from models.store.database import connection, fetch_column, fetch_value, transaction
from tests.factories import make_member
from tests.repair_shops import DETAILS, let_appear, make_shop
from tests.sample_village import Village
from tests.web.pages.conftest import Browser
from web.api.entities.accounts import load_account
from web.api.entities.values import EntityContext

OpenBrowser = Callable[[Actor | None], Awaitable[Browser]]

OFFICE = "/ateliers/rayon/gerer"


@pytest.fixture
async def rayon(instance: Instance, lomme: Village) -> Actor:
    async with transaction(instance.pool) as conn:
        return await make_shop(conn)


@pytest.fixture
async def gerante(open_browser: OpenBrowser, instance: Instance, rayon: Actor) -> Browser:
    """An ordinary member who manages it."""
    async with transaction(instance.pool) as conn:
        gwen = await make_member(conn, "gwen", name="Gwen")
        await staff.save(conn, rayon.id, gwen.id, "manager")
    return await open_browser(gwen)


@pytest.fixture
async def visitor(open_browser: OpenBrowser) -> Browser:
    return await open_browser(None)


async def appear(instance: Instance, shop: Actor, lomme: Village) -> None:
    async with transaction(instance.pool) as conn:
        await let_appear(conn, shop, lomme.admin)


async def test_only_who_appears_is_listed_and_shown(
    visitor: Browser, instance: Instance, rayon: Actor, lomme: Village
) -> None:
    before = [(await visitor.get("/ateliers")).words(), (await visitor.get("/ateliers/rayon")).location]
    await appear(instance, rayon, lomme)

    after = (await visitor.get("/ateliers")).words()
    page = await visitor.get("/ateliers/rayon")

    assert "Le Rayon libre" not in before[0] and before[1] == "/@rayon"
    assert "Le Rayon libre" in after
    assert page.status == 200 and "Pneus et chambres à air" in page.words()
    assert "gerer" not in page.text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("panne=brakes", True),
        ("panne=electric", False),
        ("velo=cargo&lieu=Lomme&km=5", True),
        ("velo=road", False),
        ("lieu=Lomme&km=5&passe=1", False),
        ("tri=near", True),
        ("panne=1%27&tri=x&km=99", True),
    ],
)
async def test_the_list_is_narrowed(
    visitor: Browser, instance: Instance, rayon: Actor, lomme: Village, query: str, found: bool
) -> None:
    await appear(instance, rayon, lomme)

    page = await visitor.get(f"/ateliers?{query}")

    assert page.status in (200, 422)
    assert ("Le Rayon libre" in page.words()) is found


async def test_who_comes_by_is_found_in_each_commune_and_shows_no_street(
    gerante: Browser, visitor: Browser, instance: Instance, rayon: Actor, lomme: Village
) -> None:
    async with transaction(instance.pool) as conn:
        await actors.save_place(conn, rayon.id, "7 rue de la Bobine", None)
    fields = [
        ("types", "itinerant"),
        ("bike_types", "city"),
        ("interventions", "flat-tyre"),
        ("workshop", "non"),
        ("commune", "Lomme"),
        ("street", "7 rue de la Bobine"),
        ("communes", "Lille, Lomme"),
    ]
    missing = await gerante.send(OFFICE, [one for one in fields if one[0] != "communes"], form_on=OFFICE)

    answer = await gerante.send(OFFICE, fields, form_on=OFFICE)
    await appear(instance, rayon, lomme)

    assert missing.status == 422 and "dans quelles communes vous passez" in missing.words()
    assert answer.location == f"{OFFICE}?fait=saved"
    page = await visitor.get("/ateliers/rayon")
    assert "Bobine" not in page.text and "vient chez vous" in page.words()
    assert "Le Rayon libre" in (await visitor.get("/ateliers?lieu=Lille&km=5&passe=1")).words()
    async with connection(instance.pool) as conn:
        now = await actors.get(conn, rayon.id)
    assert now.street is None and now.radius is not None


async def test_a_mistake_loses_nothing_typed(gerante: Browser) -> None:
    fields = [
        ("types", "artisan"),
        ("bike_types", "city"),
        ("words", "On parle vélo."),
        ("workshop", "oui"),
        ("commune", "Lomme"),
        ("communes", "Nullepart-sur-Rien"),
    ]

    page = await gerante.send(OFFICE, fields, form_on=OFFICE)

    assert page.status == 422
    assert page.html.xpath("string(//textarea[@name='words'])").strip() == "On parle vélo."
    assert page.html.xpath("//input[@name='types'][@checked]/@value") == ["artisan"]
    assert "Nullepart" in page.words()


async def test_prices_are_added_put_in_order_changed_and_taken_off(
    gerante: Browser, visitor: Browser, instance: Instance, rayon: Actor, lomme: Village
) -> None:
    home = f"{OFFICE}/prix"
    for line in (
        {"label": "Chambre à air", "price": "8"},
        {"label": "Redresser une roue", "price": "12,5 €", "kind": "from", "note": "sans les rayons"},
        {"label": "Regarder", "kind": "free"},
    ):
        assert (await gerante.send(home, {"act": "save"} | line, form_on=home)).location.startswith(f"{home}?fait=save")

    await gerante.send(home, {"act": "up", "line": "1", "was": "Redresser une roue"}, form_on=home)
    changed = {"act": "save", "line": "1", "was": "Chambre à air", "label": "Chambre à air", "price": "0"}
    await gerante.send(home, changed, form_on=home)
    stale = await gerante.send(home, {"act": "remove", "line": "0", "was": "Chambre à air"}, form_on=home)
    wrong = await gerante.send(home, {"act": "save", "label": "Freins", "price": "cher"}, form_on=home)
    await gerante.send(home, {"act": "remove", "line": "2", "was": "Regarder"}, form_on=home)
    await appear(instance, rayon, lomme)

    assert stale.status == 422 and "La liste a changé" in stale.words()
    assert wrong.status == 422 and wrong.html.xpath("string(//input[@name='label']/@value)") == "Freins"
    words = (await visitor.get("/ateliers/rayon")).words()
    assert "à partir de 12,50 €" in words and "gratuit" in words and "prix libre" not in words
    async with connection(instance.pool) as conn:
        kept = await prices.list_prices(conn, rayon.id)
    assert kept == [
        Price(label="Redresser une roue", kind="from", cents=1250, note="sans les rayons"),
        Price(label="Chambre à air", kind="fixed", cents=0),
    ]


async def test_a_manager_runs_her_own_shop_only_and_others_nothing(
    gerante: Browser, open_browser: OpenBrowser, instance: Instance, rayon: Actor, lomme: Village
) -> None:
    async with transaction(instance.pool) as conn:
        other = await make_shop(conn, "autre", name="L’autre")
        vic = await make_member(conn, "vic")
        await staff.save(conn, rayon.id, vic.id, "volunteer")
    helper, alice, admin = [await open_browser(one) for one in (vic, lomme.alice, lomme.admin)]

    answers = {
        "own": await gerante.get(OFFICE),
        "another": await gerante.get("/ateliers/autre/gerer"),
        "volunteer": await helper.get(OFFICE),
        "member": await alice.get(OFFICE),
        "admin": await admin.get("/ateliers/autre/gerer"),
        "place": await gerante.get("/coop/lieux/rayon"),
    }

    assert {name: one.status for name, one in answers.items()} == {
        "own": 200, "another": 404, "volunteer": 404, "member": 404, "admin": 200, "place": 404
    }  # fmt: skip
    assert (await helper.send(f"{OFFICE}/prix", {"act": "save", "label": "x"}, form_on="/ateliers")).status == 404
    assert other.id != rayon.id


async def test_people_come_go_and_say_themselves_whether_they_are_named(
    gerante: Browser, open_browser: OpenBrowser, instance: Instance, rayon: Actor, lomme: Village
) -> None:
    async with transaction(instance.pool) as conn:
        vic = await make_member(conn, "vic", name="Vic")
    await appear(instance, rayon, lomme)
    await gerante.send(f"{OFFICE}/equipe", {"member": "@vic", "role": "volunteer"}, form_on=OFFICE)
    helper = await open_browser(vic)
    unnamed = (await helper.get("/ateliers/rayon")).words()
    await helper.send("/ateliers/rayon/moi", {"shown": "1"}, form_on="/ateliers/rayon")

    named = (await (await open_browser(None)).get("/ateliers/rayon")).words()
    last = await gerante.send(f"{OFFICE}/equipe", {"act": "taken", "member": "gwen"}, form_on=OFFICE)
    nobody = await gerante.send(f"{OFFICE}/equipe", {"member": "personne"}, form_on=OFFICE)

    assert "Vic, y est bénévole" not in unnamed and "Vic, y est bénévole" in named
    assert last.status == 422 and "au moins une personne qui gère" in last.words()
    assert nobody.status == 422


async def test_a_shop_asks_the_team_which_says_why(
    gerante: Browser, open_browser: OpenBrowser, instance: Instance, rayon: Actor, lomme: Village
) -> None:
    admin, way = await open_browser(lomme.admin), f"{OFFICE}/paraitre"
    asked = await gerante.send(way, {"act": "asked", "message": "Depuis dix ans."}, form_on=OFFICE)
    again = await gerante.send(way, {"act": "asked"}, form_on=OFFICE)
    assert asked.location.startswith(f"{OFFICE}?fait=asked") and again.status == 422
    assert "demande à paraître" in (await admin.get("/coop")).words()
    page = await admin.get("/coop/ateliers")
    assert "Depuis dix ans." in page.words()
    async with connection(instance.pool) as conn:
        (request,) = await requests.list_requests(conn, "asked")
    act = f"/coop/ateliers/{request.id}"

    bare = await admin.send(act, {"act": "refused"}, form_on="/coop/ateliers")
    await admin.send(act, {"act": "refused", "reason": "Pas de prix affichés."}, form_on="/coop/ateliers")
    late = await admin.send(act, {"act": "approved"}, form_on="/coop/ateliers")

    assert bare.status == 422 and late.status == 422
    assert "Pas de prix affichés." in (await gerante.get(OFFICE)).words()
    async with connection(instance.pool) as conn:
        told = await fetch_value(conn, "SELECT content FROM post WHERE content LIKE '%Pas de prix affichés.%'")
        acts = await fetch_column(conn, "SELECT details->>'what' FROM journal_entry ORDER BY id")
    assert "Le Rayon libre" in told and acts == ["refused"]
    await gerante.send(way, {"act": "asked"}, form_on=OFFICE)
    async with connection(instance.pool) as conn:
        (request,) = await requests.list_requests(conn, "asked")
    await admin.send(f"/coop/ateliers/{request.id}", {"act": "approved"}, form_on="/coop/ateliers")
    assert "Le Rayon libre" in (await gerante.get("/ateliers")).words()
    assert "Nadia" in (await gerante.get("/ateliers/rayon")).words()
    await gerante.send(way, {"act": "left"}, form_on=OFFICE)
    assert "Le Rayon libre" not in (await admin.get("/ateliers")).html.findtext(".//ul[@class='ruled']", "")
    assert await _count(instance, rayon) == 0


async def _count(instance: Instance, shop: Actor) -> int:
    async with connection(instance.pool) as conn:
        found: int = await fetch_value(conn, "SELECT count(*) FROM appearing_shop WHERE actor_id = $1", shop.id)
    return found


async def test_one_that_does_not_say_what_it_repairs_cannot_ask(
    gerante: Browser, instance: Instance, rayon: Actor
) -> None:
    async with transaction(instance.pool) as conn:
        await shops.save(conn, rayon.id, replace(DETAILS, interventions=[]))

    page = await gerante.send(f"{OFFICE}/paraitre", {"act": "asked"}, form_on=OFFICE)

    assert page.status == 422 and "personne ne le trouverait" in page.words()


async def test_the_team_opens_a_shop_for_a_place_and_adds_its_own_kinds(
    open_browser: OpenBrowser, instance: Instance, lomme: Village
) -> None:
    async with transaction(instance.pool) as conn:
        place = await make_member(conn, "garage", type="Organization", name="Le garage")
    admin = await open_browser(lomme.admin)

    person = await admin.send("/coop/ateliers/ouvrir", {"username": "alice"}, form_on="/coop/ateliers")
    opened = await admin.send(
        "/coop/ateliers/ouvrir", {"username": "garage", "member": "alice"}, form_on="/coop/ateliers"
    )
    kinds = await admin.send(
        "/coop/ateliers", {"collective": "", "own_types": "Ressourcerie\nVélo-école"}, form_on="/coop/ateliers"
    )

    assert person.status == 422 and opened.location and kinds.location
    office = await (await open_browser(lomme.alice)).get("/ateliers/garage/gerer")
    assert office.status == 200 and "Vélo-école" in office.words()
    async with connection(instance.pool) as conn:
        assert await shops.find(conn, place.id) is not None


async def test_an_app_and_the_profile_lead_to_prices_and_hours(
    visitor: Browser, instance: Instance, rayon: Actor, lomme: Village
) -> None:
    await appear(instance, rayon, lomme)
    async with transaction(instance.pool) as conn:
        await prices.replace_prices(conn, rayon.id, [Price(label="Roue", kind="fixed", cents=500)])
        look = EntityContext(site=instance.site, settings=instance.settings, person="", group="", header="")
        fields = (await load_account(conn, look, await actors.get(conn, rayon.id)))["fields"]

    page = await visitor.get("/@rayon")

    assert [(one["name"], one["value"]) for one in fields] == [
        ("Prix", "Roue\u00a0: 5\u00a0€"),
        ("Vélos", "vélos de ville, vélos cargos"),
    ]
    assert "/ateliers/rayon" in page.html.xpath("//main//a/@href")


async def test_the_map_holds_what_the_list_does_and_no_more_of_where_it_is(
    visitor: Browser, instance: Instance, rayon: Actor, lomme: Village
) -> None:
    await appear(instance, rayon, lomme)

    points = json.loads((await visitor.get("/ateliers/points.geojson?velo=cargo")).text)
    none = json.loads((await visitor.get("/ateliers/points.geojson?velo=road")).text)
    page = await visitor.get("/ateliers?velo=cargo&vue=carte")

    (feature,) = points["features"]
    assert feature["properties"] == {
        "title": "Le Rayon libre", "kind": "repair_shop", "place": "Lomme", "radius": None, "url": "/ateliers/rayon"
    }  # fmt: skip
    assert none["features"] == []
    assert page.html.xpath("string(//declic-map/@data-points)") == "/ateliers/points.geojson?velo=cargo"
