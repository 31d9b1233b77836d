"""Each act of the journal is said in words, on a line without anybody's name."""

from models.moderation.journal import ACTS
from web.rendering.journal_words import ACT_WORDS


def test_each_act_has_words_of_its_own() -> None:
    assert set(ACT_WORDS) == set(ACTS)
    assert len(set(ACT_WORDS.values())) == len(ACTS)
    assert not any("%(" in words for words in ACT_WORDS.values())
