"""The short form of a call for members: what the address fills in, photos, and the same listing as the long form's."""

import pytest

from models.people import actors
from models.store.database import connection, fetch_column, fetch_value, transaction
from tests.bikes import make_bike
from tests.factories import make_member
from tests.picture_files import draw, encode
from tests.web.form_client import Doorbell, Visitor
from tests.web.passing_scenario import BROKEN, FORM, WHERE, Roadside


async def log_in(road: Roadside) -> Visitor:
    return await (await road.stop()).log_in("alice")


async def test_a_member_calls_in_three_steps_and_sees_where_it_stands(road: Roadside) -> None:
    alice = await log_in(road)
    await alice.open(FORM)

    await alice.send(FORM, BROKEN | {"act": "next"})
    await alice.send(FORM, WHERE | {"act": "next"})
    assert "Comment recevoir les réponses" not in alice.text
    await alice.send(FORM, {"act": "publish", "text": "Devant la gare."})

    listing = await road.published()
    assert listing is not None and alice.path == f"/depannage/appels/{listing.id}?fait=published"
    assert "Votre appel est parti" in alice.text and "Devant la gare." in alice.text
    assert listing.details.repair == {
        "bike_type": "city",
        "interventions": ["wheel"],
        "wheel_size": None,
        "rideable": False,
        "urgency": "Today",
        "travel_km": 3,
        "reach": "3km",
    }
    assert listing.details.place_name == "Lomme" and listing.details.category == "velo-reparation"


@pytest.mark.parametrize("own", [True, False])
async def test_she_says_which_bike_of_hers_it_is_and_nobody_else_knows(road: Roadside, own: bool) -> None:
    alice = await log_in(road)
    async with transaction(road.door.instance.pool) as conn:
        member = await actors.get_local(conn, "alice")
        owner = member if own else await make_member(conn, "hocine")
        bike = await make_bike(conn, owner, bike_type="cargo")
        await make_bike(conn, member, "Le pliant")
    await alice.open(FORM)

    await alice.send(FORM, {"interventions": "wheel", "rideable": "non", "own_bike": str(bike), "act": "next"})
    await alice.send(FORM, WHERE | {"act": "next"})
    await alice.send(FORM, {"act": "publish", "text": "Devant la gare."})

    listing = await road.published()
    assert listing is not None and listing.details.repair is not None
    assert listing.details.repair["bike_type"] == ("cargo" if own else None)
    async with connection(road.door.instance.pool) as conn:
        assert await fetch_column(conn, "SELECT bike_id FROM bike_link") == ([bike] if own else [])


@pytest.mark.parametrize(
    ("query", "step"),
    [
        ("organe=brakes&velo=ebike&roule=0&recit=Il+crie", "Étape 2 sur 3"),
        ("interventions=brakes&interventions=wheel", "Étape 1 sur 3"),
        ("panne=wheel&velo=city&roule=non&texte=Il+crie", "Étape 2 sur 3"),
        ("organe=licorne&roule=peut-être", "Étape 1 sur 3"),
    ],
)
async def test_the_diagnostic_fills_it_in(road: Roadside, query: str, step: str) -> None:
    visitor = await (await road.stop()).open(f"{FORM}?{query}")

    assert visitor.status == 200 and step in visitor.text
    if "crie" in query:
        assert 'name="rideable" value="non"' in visitor.text and 'name="text" value="Il crie"' in visitor.text


async def test_photos_stay_through_a_mistake_and_belong_to_whoever_sent_them(road: Roadside) -> None:
    visitor = await (await road.stop()).open(FORM)
    await visitor.send(FORM, BROKEN | {"act": "next"})
    await visitor.send(FORM, WHERE | {"act": "next"})

    await visitor.upload(FORM, {"act": "publish"}, "photos", "roue.jpg", encode(draw(800, 600)))
    assert visitor.status == 422 and "Dites comment recevoir" in visitor.text
    media = visitor.hidden_fields(FORM)["media"]
    thief = await (await road.stop()).open(FORM)
    await thief.send(FORM, BROKEN | {"act": "next"})
    await thief.send(FORM, WHERE | {"act": "next", "media": media})
    await thief.send(FORM, {"act": "publish", "contact": "link", "media": media})
    assert await road.count("SELECT count(*) FROM media WHERE post_id IS NOT NULL") == 0

    await visitor.send(FORM, {"act": "publish", "contact": "link"})
    assert "Gardez ce lien" in visitor.text
    assert await road.count("SELECT count(*) FROM media WHERE post_id IS NOT NULL") == 1


async def test_what_the_long_form_changes_keeps_what_the_short_one_said(road: Roadside) -> None:
    alice = await log_in(road)
    await road.call({"text": "Bonjour", "part": "rayon", "reward": "gift"}, alice)
    listing = await road.published()
    assert listing is not None
    path = f"{listing.post.url.removeprefix(road.door.instance.site.url)}/modifier"

    await alice.open(path)

    assert 'name="part" type="text" value="rayon"' in alice.text
    assert '<option value="3" selected>' in alice.text and '<option value="gift" selected>' in alice.text


async def test_the_first_page_of_repairs_says_what_to_do_first(road: Roadside, door: Doorbell) -> None:
    page = (await (await road.stop()).open("/depannage")).text

    assert page.index("/diagnostic") < page.index('id="ouvert"') < page.index(FORM)
    async with connection(door.instance.pool) as conn:
        assert await fetch_value(conn, "SELECT count(*) FROM repair_passer_by") == 0
