"""A place tells where it is and when it is open; a person never does."""

import html
from datetime import date, time
from typing import Any

import pytest
from multidict import MultiDict

from federation.discovery.remote_actors import describe_actor as describe_remote
from federation.discovery.webfinger import Handle
from federation.documents.serialize import to_json
from federation.vocabulary.actors import read_actor
from models import searches
from models.listings import listings
from models.listings.listings import ListingDraft
from models.people import actors, member_locations
from models.people.actors import Actor
from models.people.opening_hours import Closure, OpeningInterval, make_hours, read_hours
from models.searches import NetworkFilter
from models.store.database import connection, execute, transaction
from outbox.listings.listings import publish
from outbox.people.profiles import describe_actor
from tests.factories import make_listing, make_remote_actor
from tests.payloads import load_json
from tests.web.form_client import Doorbell, Visitor
from web.forms.form import Form
from web.forms.opening_hours_field import read_hours_form

TYPED = {
    "name": "Objetothèque",
    "summary": "On y emprunte ce qui sert rarement.",
    "commune": "59160",
    "street": "12 rue de la Mairie",
    "position": "50.64362, 2.98731",
    "hours_2": "14h-18h",
    "hours_5": "10h-12h30, 14h à 18h",
    "closed_from_0": "2027-08-01",
    "closed_until_0": "2027-08-21",
}
WEEK = make_hours(
    [
        OpeningInterval(day=2, opens=time(14), closes=time(18)),
        OpeningInterval(day=5, opens=time(10), closes=time(12, 30)),
        OpeningInterval(day=5, opens=time(14), closes=time(18)),
    ],
    [Closure(first=date(2027, 8, 1), last=date(2027, 8, 21))],
)


def form(**values: str) -> Form:
    return Form(MultiDict(values), lambda sentence, /, **kwargs: sentence % kwargs if kwargs else sentence)


@pytest.mark.parametrize(
    "typed", ["10h-12h30,14h-18h", "10:00 - 12:30 ; 14:00 - 18:00", "14 à 18 et 10 h–12 h 30", "14h-18h/10h à 12h30"]
)
def test_hours_are_read_however_people_write_them(typed: str) -> None:
    assert read_hours_form(form(hours_5=typed)).weekly == WEEK.weekly[1:]


@pytest.mark.parametrize("typed", ["18h-14h", "le matin", "25h-26h", "10h", "10h-10h", "10h99-12h"])
def test_what_is_no_span_is_asked_again(typed: str) -> None:
    asked = form(hours_0=typed)

    assert read_hours_form(asked).weekly == () and "10h-12h30" in asked.error("hours_0")


def test_a_closure_may_be_one_day_and_never_goes_backwards() -> None:
    good, bad = form(closed_from_3="2027-05-01"), form(closed_from_0="2027-05-02", closed_until_0="2027-05-01")

    assert read_hours_form(good).closures == (Closure(first=date(2027, 5, 1), last=date(2027, 5, 1)),)
    assert read_hours_form(bad).closures == () and bad.error("closed_until_0")


async def load(door: Doorbell) -> Actor:
    async with connection(door.instance.pool) as conn:
        return await actors.get_local(conn, "alice")


@pytest.fixture
async def place(door: Doorbell) -> Visitor:
    """Somebody who looks after a place."""
    visitor = await door.ring()
    await visitor.log_in("alice")
    async with connection(door.instance.pool) as conn:
        await execute(conn, "UPDATE actor SET type = 'Organization' WHERE username = 'alice'")
    return await visitor.open("/compte/profil")


async def test_a_place_is_shown_and_told_exactly(door: Doorbell, place: Visitor) -> None:
    await place.send("/compte/profil", TYPED)

    actor = await load(door)
    assert (actor.street, read_hours(actor.hours)) == ("12 rue de la Mairie", WEEK)
    assert (actor.latitude, actor.longitude, actor.radius) == (50.64362, 2.98731, None)
    async with connection(door.instance.pool) as conn:
        told = to_json(await describe_actor(conn, door.instance.site, actor))
        assert await member_locations.find_location(conn, actor.id) is None
    assert told["location"]["address"]["streetAddress"] == "12 rue de la Mairie" and "serviceArea" not in told
    assert told["openingHoursSpecification"][0]["dayOfWeek"] == "Wednesday"
    shown = html.unescape((await (await door.ring()).open("/@alice")).text).replace("\xa0", " ")
    assert "12 rue de la Mairie" in shown and "Samedi : de 10 h à 12 h 30, de 14 h à 18 h" in shown
    again = html.unescape((await place.open("/compte/profil")).text)
    assert 'value="10h-12h30, 14h-18h"' in again and 'value="garder" checked' in again
    assert "50.6436" not in again, "nobody reads coordinates"


async def test_a_form_with_wrong_hours_comes_back_as_it_was_typed(door: Doorbell, place: Visitor) -> None:
    await place.send("/compte/profil", TYPED | {"hours_0": "le matin"})

    assert place.status == 422 and 'value="le matin"' in place.text and "12 rue de la Mairie" in place.text
    assert (await load(door)).hours is None


async def test_a_person_has_neither_street_nor_hours(door: Doorbell) -> None:
    visitor = await door.ring()
    await visitor.log_in("alice")
    page = await visitor.open("/compte/profil")
    assert 'name="street"' not in page.text

    async with transaction(door.instance.pool) as conn:
        await actors.save_place(conn, (await actors.get_local(conn, "alice")).id, "1 rue Perdue", {"weekly": []})

    assert ((await load(door)).street, (await load(door)).hours) == (None, None)


@pytest.mark.parametrize(("type", "kept"), [("Organization", True), ("Person", False)])
async def test_what_others_tell_of_a_place_is_kept_and_of_a_person_is_not(
    door: Doorbell, type: str, kept: bool
) -> None:
    document: dict[str, Any] = load_json("declic/organization_place") | {"type": type}

    found = describe_remote(read_actor(document), Handle(username="objetotheque", host="lomme.example"))

    assert (found.street, found.hours is not None) == (("12 rue de la Mairie", True) if kept else (None, False))


async def test_searching_finds_what_places_lend_here_and_elsewhere(door: Doorbell, place: Visitor) -> None:
    async with transaction(door.instance.pool) as conn:
        here = await actors.get_local(conn, "alice")
        draft = ListingDraft(kind="offer", mode="loan", title="Ponceuse")
        ours = await publish(conn, door.instance.site, here, draft)
        library = await make_remote_actor(conn, "objets", type="Organization")
        theirs = await make_listing(conn, library, title="Perceuse")
        coop = await make_remote_actor(conn, "coop", "arras.test", type="Organization")
        for other in (await make_remote_actor(conn, "zoe"), coop):
            await make_listing(conn, other, title="Tente")
        found = await searches.list_network(conn, NetworkFilter(from_places=True))
        counted = await searches.count_network(conn, NetworkFilter(from_places=True))
        assert await listings.find_by_post(conn, ours.id) is not None

    page = html.unescape((await place.open("/annonces?partenaire=1")).text)

    assert {one.id for one in found} == {ours.id, theirs.id} and sum(counted.values()) == 2
    assert "Ponceuse" in page and "Perceuse" in page and "Tente" not in page


async def test_the_page_says_whether_it_is_open_now(door: Doorbell, place: Visitor) -> None:
    every_day = {f"hours_{day}": "0h-24h" for day in range(7)}
    await place.send("/compte/profil", {"name": "Atelier", "commune": "59160"} | every_day)
    opened = html.unescape((await place.open("/@alice")).text)
    await place.open("/compte/profil")
    await place.send("/compte/profil", {"name": "Atelier", "commune": "59160"} | dict.fromkeys(every_day, ""))
    silent = (await place.open("/@alice")).text

    assert "Ouvert maintenant, jusqu’à" in opened and "Ouvert maintenant" not in silent
