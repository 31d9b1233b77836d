"""Why terms are refused, said with their numbers as French writes them."""

import re
from typing import Any

from models.errors import Invalid
from outbox.builders.texts.reasons import REFUSALS, write_reason


def test_numbers_stand_as_french_writes_them_and_words_as_they_are() -> None:
    said = write_reason(Invalid("message_too_long", most=12_000))

    assert "12\u00a0000 caractères" in said
    assert write_reason(Invalid("points_out_of_range", least="1", most=999)).endswith("de 1 à 999 points.")


def test_every_sentence_can_be_written() -> None:
    for code, sentence in REFUSALS.items():
        values: dict[str, Any] = {name: 2_000 for name in re.findall(r"%\((\w+)\)s", sentence)}

        assert write_reason(Invalid(code, **values)) == sentence % dict.fromkeys(values, "2\u00a0000")
