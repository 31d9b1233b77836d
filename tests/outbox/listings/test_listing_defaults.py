"""What a listing begins with: the circle around a home, the end, and the published one that is changed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from models.errors import Invalid
from models.listings.listings import ListingDraft
from models.places.places import Commune
from models.store.database import Connection
from outbox.listings.listing_defaults import FARTHEST_HOME, find_end, find_own_place, place_around_home, read_back
from tests.factories import make_listing, make_member
from tests.outbox.sample_people import picture

AT = datetime(2026, 11, 24, 9, tzinfo=UTC)
LOMME = Commune(
    code="59355",
    name="Lomme",
    postcodes=["59160"],
    department="Nord",
    region="Hauts-de-France",
    epci_code=None,
    epci_name=None,
    population=27_000,
    latitude=50.645,
    longitude=2.987,
    precision="exact",
    parent_code=None,
    kind="commune",
)
METRES_NORTH = 1 / 111_195
"""Degrees of latitude."""


def north(metres: float) -> tuple[float, float]:
    """So far north of the middle of Lomme."""
    return LOMME.latitude + metres * METRES_NORTH, LOMME.longitude


def test_the_circle_around_a_home_holds_it_without_being_about_it() -> None:
    home = north(900)

    place = place_around_home(LOMME, home)

    assert (place.name, place.postcode) == ("Lomme", "59160")
    assert (place.latitude, place.longitude) != home


def test_who_gave_no_home_is_asked_for_one() -> None:
    with pytest.raises(Invalid) as refused:
        place_around_home(LOMME, None)

    assert (refused.value.code, refused.value.field) == ("home_missing", "around_home")


def test_nobody_lives_fifteen_kilometres_away_from_her_commune_but_in_a_wide_one() -> None:
    assert FARTHEST_HOME == 15_000
    assert place_around_home(LOMME, north(14_900)).name == "Lomme"
    with pytest.raises(Invalid) as refused:
        place_around_home(LOMME, north(15_100))
    assert (refused.value.code, refused.value.field) == ("home_not_in_commune", "commune")

    assert place_around_home(replace(LOMME, precision="epci"), north(15_900)).name == "Lomme"


async def test_a_listing_is_read_back_as_it_was_filled_in(conn: Connection) -> None:
    alice = await make_member(conn)
    made = await make_listing(conn, alice, post={"source": "Facile !", "language": "en", "audience": "coop"})
    silent = await make_listing(conn, alice, post={"language": None})

    draft = read_back(made, [picture(id=7), picture(id=5)])

    assert (draft.text, draft.language, draft.audience, draft.media_ids) == ("Facile !", "en", "coop", (7, 5))
    assert (draft.title, draft.place_name, draft.radius) == (made.details.title, "Lomme", 500)
    assert read_back(silent, []).language == "fr"


async def test_an_end_that_somebody_gave_stays_and_else_it_is_the_usual_one(conn: Connection) -> None:
    own = ListingDraft(kind="offer", mode="gift", title="Tente", expires_at=AT + timedelta(days=3))
    alice = await make_member(conn)

    assert await find_end(conn, alice, own, AT) == own
    usual = (await find_end(conn, alice, replace(own, expires_at=None), AT)).expires_at
    assert usual is not None and usual > AT + timedelta(days=3)


async def test_who_chose_no_commune_has_no_place(conn: Connection) -> None:
    assert await find_own_place(conn, await make_member(conn)) is None
