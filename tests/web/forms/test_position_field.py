"""Where a member lives: told by commune, map or browser, kept coarsely, shown as a blurred circle if she wants."""

import html
import re
from typing import Any

import pytest
from multidict import MultiDict

from federation.instance import Instance
from models.listings import listings
from models.people import accounts, member_locations
from models.places import places
from models.places.geometry import CELL, distance, find_bearing, move
from models.store.database import Connection, connection, fetch_records
from tests.factories import make_member
from tests.web.form_client import Doorbell, Visitor
from web.forms.form import Form
from web.forms.position_field import read_position

HOME = (50.64361234, 2.98729876)
"""Somewhere in Lomme."""

AD = {
    "title": "Perceuse",
    "kind": "offer",
    "mode": "loan",
    "place": "Lomme",
    "act": "publish",
}


def repeat(sentence: str, /, **values: Any) -> str:
    return sentence % values if values else sentence


def make_form(typed: str) -> Form:
    return Form(MultiDict({"position": typed}), repeat)


@pytest.mark.parametrize(
    "typed",
    [
        "50.6436, 2.9873",
        "50,6436 2,9873",
        "50,6436, 2,9873",
        "geo:50.6436,2.9873",
        "https://www.openstreetmap.org/#map=17/50.6436/2.9873",
    ],
)
def test_a_point_is_read_as_maps_write_it(typed: str) -> None:
    form = make_form(typed)

    assert (read_position(form), form.ok) == ((50.6436, 2.9873), True)


@pytest.mark.parametrize("typed", ["Lomme", "50 2", "50.6436", "95.1, 2.2", "50.1, 200.5", "12 rue des Tisserands"])
def test_anything_else_is_no_point(typed: str) -> None:
    form = make_form(typed)

    assert (read_position(form), bool(form.error("position"))) == (None, True)


async def test_only_the_middle_of_a_cell_is_kept(conn: Connection) -> None:
    alice = await make_member(conn)

    await member_locations.save_location(conn, alice.id, HOME)

    kept = await member_locations.find_location(conn, alice.id)
    assert kept is not None and kept != HOME
    assert distance(*kept, *HOME) <= CELL
    rows = await fetch_records(conn, "SELECT to_jsonb(account)::text AS row FROM account WHERE actor_id = $1", alice.id)
    assert "50.6436" not in rows[0]["row"] and "2.98729876" not in rows[0]["row"]
    await member_locations.save_location(conn, alice.id, None)
    assert await member_locations.find_location(conn, alice.id) is None


async def at_home(door: Doorbell) -> Visitor:
    """Alice, who told where she lives."""
    alice = await door.ring()
    await alice.log_in("alice")
    await alice.open("/compte/profil")
    await alice.send("/compte/profil", {"name": "Alice", "commune": "Lomme", "position": f"{HOME[0]}, {HOME[1]}"})
    assert alice.path == "/compte?fait=profile"
    return alice


async def find_home(door: Doorbell) -> tuple[float, float] | None:
    async with connection(door.instance.pool) as conn:
        account = await accounts.find_by_username(conn, "alice")
        assert account is not None
        return await member_locations.find_location(conn, account.actor_id)


async def test_home_is_told_from_the_middle_of_the_commune_and_shown_in_words(door: Doorbell) -> None:
    alice = await door.ring()
    await alice.log_in("alice")
    before = (await alice.open("/compte/profil")).text
    async with connection(door.instance.pool) as conn:
        lomme = await places.find_commune_named(conn, "Lomme")
    assert lomme is not None

    told = {"name": "Alice", "commune": "Lomme", "home": "centre", "distance": "2000", "direction": "ne"}
    await alice.send("/compte/profil", told)

    home = await find_home(door)
    assert home is not None and "50.6436" not in before and 'placeholder="50' not in before
    assert abs(distance(lomme.latitude, lomme.longitude, *home) - 2000) <= CELL
    assert home[0] > lomme.latitude and home[1] > lomme.longitude, "north-east"
    await alice.open("/compte/profil")
    words = html.unescape(alice.text).replace("\u00a0", " ").replace("\u202f", " ")
    assert re.search(r"Comme maintenant : à (1,5|2|2,5) km environ, au nord-est du centre de Lomme", words), "at 500 m"
    assert f"{home[0]:.3f}" not in words, "nobody reads coordinates"


async def test_home_stays_where_it_was_until_it_is_changed_and_is_forgotten_when_asked(door: Doorbell) -> None:
    alice = await at_home(door)
    before = await find_home(door)
    told = {"name": "Alice", "commune": "Lomme", "position": ""}
    await alice.open("/compte/profil")
    assert 'value="garder" checked' in alice.text

    await alice.send("/compte/profil", told | {"home": "garder", "summary": "Des outils."})
    kept = await find_home(door)
    await alice.open("/compte/profil")
    await alice.send("/compte/profil", told | {"home": "carte", "position": "12 rue des Tisserands"})
    wrong = alice.status, alice.text
    await alice.open("/compte/profil")
    await alice.send("/compte/profil", told | {"home": "rien"})

    assert before is not None and kept == before
    assert wrong[0] == 422 and "copiez son adresse entière" in wrong[1]
    assert 'value="carte" id="chez-carte" checked' in wrong[1], "what was typed is kept"
    assert await find_home(door) is None


@pytest.mark.parametrize(("metres", "bearing"), [(0, 0), (1500, 45), (3000, 225), (5000, 315)])
def test_a_point_is_as_far_and_in_the_direction_that_was_told(metres: float, bearing: float) -> None:
    there = move(*HOME, metres, bearing)

    assert abs(distance(*HOME, *there) - metres) < 5
    assert not metres or abs(find_bearing(HOME, there) - bearing) < 0.5


async def find_place(instance: Instance) -> tuple[object, ...]:
    async with connection(instance.pool) as conn:
        [row] = await fetch_records(conn, "SELECT post_id FROM listing")
        listing = await listings.find_by_post(conn, row["post_id"])
    assert listing is not None
    details = listing.details
    return details.place_name, details.latitude, details.longitude, details.radius


async def test_a_listing_around_home_has_the_circle_and_comes_back_so_for_editing(door: Doorbell) -> None:
    alice = await at_home(door)
    await alice.open("/publier")
    assert "rond de 500 m" in alice.text.replace("\u202f", " ").replace("\u00a0", " ")

    await alice.send("/publier", {**AD, "where": "chez-moi"})

    name, latitude, longitude, radius = await find_place(door.instance)
    assert (name, radius) == ("Lomme", CELL)
    assert isinstance(latitude, float) and isinstance(longitude, float)
    assert 0 < distance(latitude, longitude, *HOME) <= CELL
    assert "50.6436" not in alice.text
    await alice.open(f"{alice.path.partition('?')[0]}/modifier")
    assert 'value="chez-moi" checked' in alice.text
    assert 'value="Lomme (59160)"' in alice.text


async def test_the_commune_is_what_is_shown_unless_the_circle_is_chosen(door: Doorbell) -> None:
    alice = await at_home(door)
    await alice.open("/publier")

    await alice.send("/publier", AD)

    _, _, _, radius = await find_place(door.instance)
    assert radius is not None and radius != CELL


@pytest.mark.parametrize("fields", [{"place": "Carvin"}, {"place": "Hénin-Beaumont"}])
async def test_a_home_far_from_the_commune_is_refused(door: Doorbell, fields: dict[str, str]) -> None:
    alice = await at_home(door)
    await alice.open("/publier")

    await alice.send("/publier", {**AD, **fields, "where": "chez-moi"})

    assert alice.status == 422
    assert "Chez vous n’est pas dans cette commune" in alice.text


async def test_who_did_not_tell_where_she_lives_is_asked_in_the_form(door: Doorbell) -> None:
    alice = await door.ring()
    await alice.log_in("alice")
    await alice.open("/publier")
    assert 'href="/compte/profil#home"' not in alice.text and 'value="chez-moi"' in alice.text

    await alice.send("/publier", {**AD, "where": "chez-moi"})

    assert alice.status == 422
