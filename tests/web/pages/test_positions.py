"""The point where a member lives: typed as maps write it, kept coarsely, shown as a blurred circle if she wants."""

from typing import Any

import pytest
from multidict import MultiDict

from federation.instance import Instance
from models import homes, listings
from models.database import Connection, connection, fetch_records
from models.geometry import CELL, distance
from tests.factories import make_member
from tests.web.visitor import Doorbell, Visitor
from web.forms import Form
from web.pages.positions import read_position

HOME = (50.64361234, 2.98729876)
"""Somewhere in Lomme."""

AD = {
    "titre": "Perceuse",
    "genre": "offer",
    "comment": "loan",
    "lieu": "Lomme",
    "geste": "publier",
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

    await homes.save_home(conn, alice.id, HOME)

    kept = await homes.find_home(conn, alice.id)
    assert kept is not None and kept != HOME
    assert distance(*kept, *HOME) <= CELL
    rows = await fetch_records(conn, "SELECT to_jsonb(account)::text AS row FROM account WHERE actor_id = $1", alice.id)
    assert "50.6436" not in rows[0]["row"] and "2.98729876" not in rows[0]["row"]
    await homes.save_home(conn, alice.id, None)
    assert await homes.find_home(conn, alice.id) is None


async def at_home(door: Doorbell) -> Visitor:
    """Alice, who told where she lives."""
    alice = await door.ring()
    await alice.log_in("alice")
    await alice.open("/compte/profil")
    await alice.send("/compte/profil", {"name": "Alice", "commune": "Lomme", "position": f"{HOME[0]}, {HOME[1]}"})
    assert alice.path == "/compte?fait=profil"
    return alice


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

    await alice.send("/publier", {**AD, "ou": "chez-moi"})

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


@pytest.mark.parametrize("fields", [{"lieu": "Carvin"}, {"lieu": "Hénin-Beaumont"}])
async def test_a_home_far_from_the_commune_is_refused(door: Doorbell, fields: dict[str, str]) -> None:
    alice = await at_home(door)
    await alice.open("/publier")

    await alice.send("/publier", {**AD, **fields, "ou": "chez-moi"})

    assert alice.status == 422
    assert "Chez vous n’est pas dans cette commune" in alice.text


async def test_who_did_not_tell_where_she_lives_is_led_to_her_profile(door: Doorbell) -> None:
    alice = await door.ring()
    await alice.log_in("alice")
    await alice.open("/publier")
    assert 'href="/compte/profil#position"' in alice.text and "chez-moi" not in alice.text

    await alice.send("/publier", {**AD, "ou": "chez-moi"})

    assert alice.status == 422
