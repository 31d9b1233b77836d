"""Distances, boxes, and the cell that hides an exact point."""

from math import cos, radians

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.places.geometry import CELL, blur, bounding_box, distance


def test_distance_from_lomme_to_carvin() -> None:
    assert distance(50.6436, 2.9872, 50.4924, 2.9581) == pytest.approx(16_950, rel=0.01)


LATITUDES = st.floats(-89.9, 89.9)
LONGITUDES = st.floats(-180, 179.999)


@given(LATITUDES, LONGITUDES)
def test_a_blurred_point_is_near_and_tells_no_more_than_its_cell(latitude: float, longitude: float) -> None:
    centre = blur(latitude, longitude)

    assert distance(latitude, longitude, *centre) <= CELL
    assert blur(*centre) == centre


@given(st.floats(41, 51.2), st.floats(-5, 9.5), st.floats(0, 0.0001), st.floats(0, 0.0001))
def test_a_cell_in_france_is_half_a_kilometre_wide(latitude: float, longitude: float, up: float, right: float) -> None:
    centre = blur(latitude, longitude)
    east = blur(centre[0], centre[1] + 500 / (111_195 * cos(radians(centre[0]))) + right)
    north = blur(centre[0] + 500 / 111_195 + up, centre[1])

    assert distance(*centre, *east) == pytest.approx(CELL, rel=0.02)
    assert distance(centre[0], 0, north[0], 0) == pytest.approx(CELL, rel=0.01)


@given(LATITUDES, LONGITUDES, st.floats(1, 300_000), st.floats(-1, 1), st.floats(-1, 1))
def test_what_is_within_reach_is_within_the_box(
    latitude: float, longitude: float, radius: float, up: float, right: float
) -> None:
    point = (max(-90.0, min(90.0, latitude + up * 4)), max(-180.0, min(180.0, longitude + right * 4)))
    box = bounding_box(latitude, longitude, radius)

    inside = box.south <= point[0] <= box.north and box.west <= point[1] <= box.east
    assert inside or distance(latitude, longitude, *point) > radius
