"""What is said of somebody's place on the list of a listing."""

import pytest

from outbox.builders.texts.reserve import write_reserve


@pytest.mark.parametrize(
    ("title", "language", "begin"),
    [
        ("Canapé", "fr", "« Canapé » : l’annonce est close"),
        ("", "fr", "« Annonce retirée » : l’annonce est close"),
        ("", "en", "“Listing taken back”: the listing is closed"),
    ],
)
def test_what_was_taken_away_is_called_so(title: str, language: str, begin: str) -> None:
    assert write_reserve("closed", title, language).startswith(begin)
