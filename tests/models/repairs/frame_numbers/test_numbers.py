"""What people type for a frame number, and what is none."""

import pytest

from models.repairs.frame_numbers.numbers import cut_ending, is_frame_number, read_frame_number


@pytest.mark.parametrize(
    "typed", ["wtu 128 k4471", "WTU-128.K/4471", " wtu128k4471\n", "(WTU) 128–K_4471", "WTU\u00a0128\u202fK4471"]
)
def test_blanks_dashes_and_small_letters_make_no_difference(typed: str) -> None:
    assert read_frame_number(typed) == "WTU128K4471"


@pytest.mark.parametrize(
    "typed", ["", "1", "AB12", "A" * 41, "ÉTÉ12345", "WTU128К4471", "１２３４５", "ABC🚲1234", "A\0B123"]
)
def test_odd_signs_and_lengths_are_none(typed: str) -> None:
    assert not is_frame_number(read_frame_number(typed))


def test_a_line_keeps_three_signs() -> None:
    assert cut_ending("WTU128K4471") == "471"
