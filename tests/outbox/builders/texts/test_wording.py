"""What listings of each kind are called in the posts that others read, in both languages."""

import pytest

from models.listings.listings import ListingKind, ListingMode
from outbox.builders.texts.wording import find_wording

WORDS: list[tuple[ListingKind, ListingMode, str, str]] = [
    ("offer", "gift", "Don", "Gift"),
    ("offer", "loan", "Prêt", "Loan"),
    ("offer", "swap", "Échange", "Swap"),
    ("offer", "sale", "Vente", "For sale"),
    ("offer", "service", "Service", "Service"),
    ("request", "gift", "Cherche", "Wanted"),
    ("request", "loan", "Cherche", "Wanted"),
    ("request", "swap", "Cherche", "Wanted"),
    ("request", "sale", "Cherche", "Wanted"),
    ("request", "service", "Cherche", "Wanted"),
    ("repair_call", "repair", "Dépannage", "Bike repair needed"),
]


@pytest.mark.parametrize(("kind", "mode", "french", "english"), WORDS)
def test_each_kind_has_its_word_in_both_languages(
    kind: ListingKind, mode: ListingMode, french: str, english: str
) -> None:
    wording = find_wording(kind, mode)

    assert (wording.french, wording.english) == (french, english)
