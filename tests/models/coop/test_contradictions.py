"""Settings that do not go together."""

from dataclasses import fields
from typing import Any

import pytest

from models.coop.contradictions import CONTRADICTIONS, find_contradictions
from models.preferences import Preferences
from web.rendering.error_messages import settings

HELD: dict[str, dict[str, Any]] = {
    "closed_while_members_invite": {"member_invitations": 2},
    "passers_by_without_guests": {"guests": False},
    "points_without_use": {"points": True, "modes": ("gift",)},
    "markets_without_goods": {"markets": True, "modes": ("loan",)},
    "no_way_to_exchange": {"modes": ()},
    "no_kind": {"kinds": ("repair_call",)},
    "calls_off_while_passers_by": {"kinds": ("offer", "request")},
    "home_without_loans": {"home_needed": "everybody", "modes": ("gift",)},
    "background_without_source": {"map_tiles": "https://tuiles.example/{z}/{x}/{y}.png"},
    "kilograms_without_source": {"kilogram_factor": 12},
    "dues_out_of_order": {"dues_suggested": 5},
    "dues_lapse_without_loans": {"dues": True, "dues_lapse": "borrowing", "modes": ("gift",)},
}


def test_as_shipped_nothing_contradicts_anything() -> None:
    assert find_contradictions(Preferences()) == []


def test_what_follows_without_dues_needs_no_loans_where_none_are_asked_for() -> None:
    assert find_contradictions(Preferences(dues_lapse="borrowing", modes=("gift",))) == []


@pytest.mark.parametrize("code", HELD)
def test_each_is_found_and_named(code: str) -> None:
    assert [one.code for one in find_contradictions(Preferences(**HELD[code]))] == [code]


def test_each_has_its_sentence_and_names_settings_that_there_are() -> None:
    codes = {one.code for one in CONTRADICTIONS}

    assert codes == {*HELD} == {*settings.CONTRADICTIONS}
    assert {name for one in CONTRADICTIONS for name in one.fields} <= {field.name for field in fields(Preferences)}
