"""A word of a search, and the texts of tsqueries that find it."""

import pytest

from models.searches.language.word_matches import join_all, join_any, split_any

PHRASE = "'pomp' <-> 'velo' | 'pomp' <2> 'velo'"


@pytest.mark.parametrize(
    ("match", "parts"),
    [
        ("'velo'", ["'velo'"]),
        ("'velo' | 'vtt'", ["'velo'", "'vtt'"]),
        (join_any(["'velo'", join_any(["'vtt'", "'velo'"])]), ["'velo'", "'vtt'"]),
        (join_any([PHRASE, "'gonfleur'"]), ["'pomp' <-> 'velo'", "'pomp' <2> 'velo'", "'gonfleur'"]),
        (join_any([join_all(["'a' | 'b'", "'c'"]), "'d'"]), ["('a' | 'b') & ('c')", "'d'"]),
        ("('4' | 'quatr') <-> ('plac' | 'person')", ["('4' | 'quatr') <-> ('plac' | 'person')"]),
        ("'it''s (' | ' | ' | ')'", ["'it''s ('", "' | '", "')'"]),
        ("", [""]),
    ],
)
def test_what_was_joined_is_taken_apart(match: str, parts: list[str]) -> None:
    assert split_any(match) == parts
