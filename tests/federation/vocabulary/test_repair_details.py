"""What a repair call says beside the bike, read of others: as far as it says so, and never what is no value."""

from typing import Any

import pytest

from federation.documents.serialize import to_json
from federation.vocabulary.embedded import read_object
from federation.vocabulary.marketplace import Proposal
from tests.payloads import load_json


def read_call(**changes: Any) -> Proposal:
    """The call of somebody who passes by, changed."""
    document = load_json("declic/repairs/note_passing_call")
    found = read_object(document | {"repair": document["repair"] | changes})
    assert isinstance(found, Proposal) and found.repair is not None
    return found


def test_how_far_she_goes_which_part_it_takes_and_what_she_gives() -> None:
    call = read_call()

    assert call.repair is not None
    assert call.repair.help == {"travel_km": 3, "part": "chambre à air 20 pouces", "reward": "free-price"}


@pytest.mark.parametrize("value", ["3", 3.5, True, -1, 101, 10**30, None, [], {"km": 3}])
def test_what_is_no_distance_is_not_said(value: object) -> None:
    call = read_call(travelDistance=value)

    assert call.repair is not None and "travel_km" not in call.repair.help


@pytest.mark.parametrize("value", [7, [], {}, None, ""])
def test_what_is_no_text_is_not_said(value: object) -> None:
    call = read_call(partNeeded=value, reward=value)

    assert call.repair is not None and set(call.repair.help) == {"travel_km"}


def test_a_sound_hangs_on_a_call_as_it_is_written_and_is_read_again() -> None:
    document = load_json("declic/repairs/note_call_with_sound")

    call = read_object(document)

    assert isinstance(call, Proposal)
    photo, sound = call.note.attachments
    assert (photo.media_type, sound.media_type, sound.duration) == ("image/jpeg", "audio/mp4", 4.5)
    assert to_json(call)["attachment"] == document["attachment"]


def test_an_older_server_says_none_of_it() -> None:
    found = read_object(load_json("declic/note_repair_call"))

    assert isinstance(found, Proposal) and found.repair is not None and found.repair.help == {}
