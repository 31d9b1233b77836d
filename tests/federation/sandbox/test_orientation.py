"""How a picture is to be held, as whoever opens its file reads it."""

import pytest

from federation.sandbox.orientation import TURNS, hold
from federation.sandbox.picture_child import reduce
from tests.picture_files import decode, draw, encode

SIDES = {90: (0.5, 0.1), 180: (0.9, 0.5), 270: (0.5, 0.9)}
"""Where the red third of the picture, which was left, is then: parts of its width and height."""


@pytest.mark.parametrize("degrees", sorted(TURNS))
def test_a_picture_is_turned_clockwise_by_whoever_opens_it(degrees: int) -> None:
    _, turned, *_ = reduce(hold(encode(draw(60, 40)), degrees))

    image = decode(turned)
    across, down = SIDES[degrees]
    red, _, blue = (
        image.crop((0, 0, *image.size)).resize((9, 9)).tobytes()[3 * (9 * int(down * 9) + int(across * 9)) :][:3]
    )
    assert image.size == ((60, 40) if degrees == 180 else (40, 60))
    assert red > 150 > 100 > blue


def test_other_files_and_other_angles_are_refused() -> None:
    for data, degrees in ((encode(draw(4, 4), "PNG"), 90), (encode(draw(4, 4)), 45), (b"", 180)):
        with pytest.raises(ValueError, match="only a JPEG"):
            hold(data, degrees)
