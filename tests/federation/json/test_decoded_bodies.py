"""What a body says, handed on: by its bytes alone, once, and never more than there is room for."""

import time

import pytest

from federation.json import decoded_bodies
from federation.json.decoded_bodies import MOST, MOST_BYTES, Decoded, DecodedBodies

BODY = b'{"id": "https://a.example/1"}'
SAID = Decoded(document={"id": "https://a.example/1"}, misread=False)


@pytest.fixture
def bodies() -> DecodedBodies:
    """Those of a process in which somebody takes."""
    found = DecodedBodies()
    assert found.take(b"{}") is None
    return found


def keep(bodies: DecodedBodies, body: bytes, said: Decoded = SAID) -> None:
    bodies.keep(body, said)


def test_each_is_taken_once(bodies: DecodedBodies) -> None:
    keep(bodies, BODY)

    assert bodies.take(BODY) is SAID
    assert bodies.take(BODY) is None


@pytest.mark.parametrize("other", [b'{"id": "https://A.example/1"}', b'{"id":"https://a.example/1"}', BODY + b" ", b""])
def test_a_body_that_differs_in_one_byte_is_another(bodies: DecodedBodies, other: bytes) -> None:
    keep(bodies, BODY)

    assert bodies.take(other) is None
    assert bodies.take(BODY) is SAID


def test_nothing_is_kept_where_nobody_takes() -> None:
    bodies = DecodedBodies()

    keep(bodies, BODY)

    assert len(bodies) == 0


def test_what_comes_while_all_places_are_full_is_not_kept_and_pushes_nothing_out(bodies: DecodedBodies) -> None:
    for number in range(MOST + 10):
        keep(bodies, b"%d" % number)

    assert len(bodies) == MOST
    assert bodies.take(b"0") is SAID
    keep(bodies, b"late")
    assert bodies.take(b"late") is SAID


def test_they_have_so_many_bytes_together(bodies: DecodedBodies) -> None:
    large = b"x" * (MOST_BYTES // 2)

    for number in range(3):
        keep(bodies, b"%d" % number + large)

    assert len(bodies) == 1
    assert bodies.take(b"0" + large) is SAID
    keep(bodies, b"1" + large)
    assert bodies.take(b"1" + large) is SAID


def test_the_same_again_takes_no_second_place(bodies: DecodedBodies) -> None:
    for _ in range(2):
        keep(bodies, BODY)

    assert bodies.take(BODY) is SAID
    assert len(bodies) == 0


def test_what_nobody_took_makes_room(bodies: DecodedBodies, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(MOST):
        keep(bodies, b"%d" % number)
    now = time.monotonic()

    monkeypatch.setattr(time, "monotonic", lambda: now + decoded_bodies.KEPT_SECONDS + 1)
    keep(bodies, BODY)

    assert len(bodies) == 1
    assert bodies.take(BODY) is SAID


def test_what_nobody_took_is_dropped_by_the_next_who_takes(
    bodies: DecodedBodies, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(bodies, BODY)
    now = time.monotonic()

    monkeypatch.setattr(time, "monotonic", lambda: now + decoded_bodies.KEPT_SECONDS + 1)

    assert bodies.take(b"another") is None
    assert len(bodies) == 0
