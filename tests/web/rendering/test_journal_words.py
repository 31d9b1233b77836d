"""Each act of the journal is said in words, on a line without anybody's name."""

from typing import get_args

from models.moderation.journal import Act
from web.rendering.journal_words import ACT_WORDS


def test_each_act_has_words_of_its_own() -> None:
    assert set(ACT_WORDS) == set(get_args(Act))
    assert len(set(ACT_WORDS.values())) == len(get_args(Act))
    assert not any("%(" in words for words in ACT_WORDS.values())
