"""Where a listing is: a commune, a blurred quarter told in the form itself, or a place of the cooperative."""

from math import isclose

import pytest

from federation.instance import Instance
from models.people import accounts, actors, member_locations
from models.people.actors import Actor
from models.places.geometry import blur, move
from models.store.database import connection, execute, fetch_value, transaction
from outbox.listings.listings import close
from tests.factories import make_member
from tests.namesakes import SAINT_DENIS, add_namesakes
from tests.outbox.sent_activities import list_sent
from tests.sample_village import Village
from tests.web.pages.conftest import Browser
from tests.web.pages.listings.publish.test_publish_page import changed, errors, publish_so, send_form, typed

POINT = (50.64213, 2.98432)


@pytest.fixture
async def remise(instance: Instance, lomme: Village) -> Actor:
    """A place of ours with its address, exact on the map."""
    async with transaction(instance.pool) as conn:
        place = await make_member(conn, "remise", type="Organization", name="La Remise")
        await execute(
            conn,
            """
            UPDATE actor SET place_name = 'Lomme', postcode = '59160', commune_code = $2, latitude = $3, longitude = $4,
                radius = NULL, street = '12 rue des Tisserands' WHERE id = $1
            """,
            place.id,
            lomme.tent.details.commune_code,
            *POINT,
        )
    return place


async def test_the_quarter_is_told_in_the_form_and_known_to_the_next_one(
    alice: Browser, instance: Instance, lomme: Village
) -> None:
    first, _ = await publish_so(
        alice, instance, title="Râteau", mode="gift", where="chez-moi", home="centre", distance="1000", direction="n"
    )
    again, _ = await publish_so(alice, instance, title="Pelle", mode="gift", where="chez-moi", home="garder")

    async with connection(instance.pool) as conn:
        kept = await member_locations.find_location(conn, lomme.alice.id)
    commune = await _middle_of_lomme(instance, lomme)
    assert kept == blur(*move(*commune, 1000, 0))
    for listing in (first, again):
        assert (listing.details.latitude, listing.details.longitude, listing.details.radius) == (*kept, 500)
        assert listing.details.place_name == "Lomme"


async def _middle_of_lomme(instance: Instance, lomme: Village) -> tuple[float, float]:
    async with connection(instance.pool) as conn:
        code = (await accounts.get(conn, lomme.alice.id)).default_commune_code
        found = await fetch_value(conn, "SELECT ARRAY[latitude, longitude] FROM commune WHERE code = $1", code)
    return found[0], found[1]


async def test_a_point_of_the_map_is_kept_as_its_cell_and_one_far_away_is_refused(
    alice: Browser, instance: Instance, lomme: Village
) -> None:
    async with transaction(instance.pool) as conn:
        await member_locations.save_location(conn, lomme.alice.id, None)
    near, far = "50.6441, 2.9871", "48.8534, 2.3488"
    page = await alice.get("/publier")
    wanted = {"title": "Râteau", "mode": "gift", "where": "chez-moi", "home": "carte"}

    refused = await send_form(alice, "/publier", page, changed(page, **wanted, position=far, act="publish"))
    nothing = await send_form(alice, "/publier", page, changed(page, **wanted, position="", act="publish"))
    listing, _ = await publish_so(alice, instance, **(wanted | {"position": near}))

    assert list(errors(refused)) == ["place"] and list(errors(nothing)) == ["position"]
    assert dict(typed(refused))["position"] == far
    assert (listing.details.latitude, listing.details.longitude) == blur(50.6441, 2.9871)


@pytest.mark.parametrize(
    ("latitude", "longitude", "kept"),
    [("50.6441", "2.9871", True), ("nan", "2", False), ("91", "2", False), ("x", "", False), ("", "", False)],
)
async def test_a_tap_on_the_map_is_kept_as_its_cell_and_what_is_no_point_is_asked_for_anew(
    alice: Browser, latitude: str, longitude: str, kept: bool
) -> None:
    page = await alice.get("/publier")
    fields = changed(
        page, title="Râteau", mode="gift", where="chez-moi", home="carte", home_latitude=latitude,
        home_longitude=longitude, act="preview",
    )  # fmt: skip

    answer = await send_form(alice, "/publier", page, fields)

    assert list(errors(answer)) == ([] if kept else ["position"])
    assert dict(typed(answer))["home_latitude"] == latitude


async def test_a_place_of_the_coop_is_shown_exactly_and_what_is_there_stands_until_taken_back(
    alice: Browser, instance: Instance, remise: Actor
) -> None:
    listing, shown = await publish_so(alice, instance, title="Chaises", mode="gift", where="lieu", at_place="remise")
    edited = await alice.get(f"{listing.post.url.removeprefix(instance.site.url)}/modifier")

    details = listing.details
    assert details.place_name == "Lomme (La Remise)" and details.radius is None
    assert details.latitude is not None and isclose(details.latitude, POINT[0])
    assert details.longitude is not None and isclose(details.longitude, POINT[1])
    assert details.expires_at is None
    assert "Lomme (La Remise, 59160)" in shown.words()
    assert {"where": "lieu", "at_place": "remise", "place": "Lomme (59160)"}.items() <= dict(typed(edited)).items()
    async with connection(instance.pool) as conn:
        [create] = [one.activity for one in await list_sent(conn) if one.type == "Create"]
    assert create["object"]["location"]["name"] == "Lomme (La Remise)"


async def test_a_place_that_closed_is_offered_no_more_and_the_form_asks_anew(
    alice: Browser, instance: Instance, remise: Actor
) -> None:
    page = await alice.get("/publier")
    fields = changed(page, title="Chaises", mode="gift", where="lieu", at_place="remise", act="publish")
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE actor SET suspended_at = now() WHERE id = $1", remise.id)

    refused = await send_form(alice, "/publier", page, fields)

    assert list(errors(refused)) == ["at_place"]
    assert "lieu" not in refused.html.xpath("//input[@name='where']/@value")


async def test_the_form_begins_like_the_last_one_of_its_kind(alice: Browser, instance: Instance, remise: Actor) -> None:
    await publish_so(
        alice, instance, title="Tente", mode="loan", max_duration="P1W", where="lieu", at_place="remise", deposit="20"
    )
    listing, _ = await publish_so(
        alice, instance, kind="request", title="Pots", mode="gift", audience="coop", where="commune"
    )
    async with transaction(instance.pool) as conn:
        await close(conn, instance.site, await _author(instance, listing.post.author_id), listing.uri, "done")

    offer, request = dict(typed(await alice.get("/publier"))), dict(typed(await alice.get("/publier?genre=request")))

    assert (offer["mode"], offer["max_duration"], offer["where"]) == ("loan", "P1W", "lieu")
    assert (offer["audience"], offer["title"], offer["deposit"]) == ("network", "", "")
    assert (request["mode"], request["audience"], request["where"]) == ("gift", "coop", "commune")


async def _author(instance: Instance, id: int) -> Actor:
    async with connection(instance.pool) as conn:
        return await actors.get(conn, id)


async def test_the_address_fills_the_form_in_and_publishes_nothing(alice: Browser) -> None:
    page = await alice.get("/publier?genre=request&titre=Diable%20%3Cb%3E&texte=Pour%20samedi&lieu=Lille&mode=loan")
    odd = dict(typed(await alice.get(f"/publier?genre=odd&mode=odd&titre={'x' * 5000}")))

    values = dict(typed(page))
    assert (values["kind"], values["title"], values["text"].strip(), values["place"], values["mode"]) == (
        "request", "Diable <b>", "Pour samedi", "Lille", "loan"
    )  # fmt: skip
    assert odd["kind"] == "offer" and "mode" not in odd and len(odd["title"]) == 4000


async def test_which_commune_of_a_name_is_asked_before_anything_is_published(
    alice: Browser, instance: Instance
) -> None:
    async with transaction(instance.pool) as conn:
        await add_namesakes(conn)

    page = await alice.get("/publier")
    asked = changed(page, title="Chaises", mode="gift", where="commune", place="Saint-Denis", act="publish")
    refused = await send_form(alice, "/publier", page, asked)
    _, said = await publish_so(alice, instance, title="Chaises", mode="gift", where="commune", place=SAINT_DENIS[1])

    assert list(errors(refused)) == ["place"]
    assert f"peut être {', '.join(SAINT_DENIS)}. Laquelle" in errors(refused)["place"]
    assert dict(typed(refused))["place"] == "Saint-Denis" and "Saint-Denis (93200)" in said.words()
