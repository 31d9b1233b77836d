"""Terms and acts in words, in both languages: what somebody without our pages reads."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from models.exchanges.agreements import Terms
from models.listings.listings import ListingDetails
from models.moments import PARIS
from outbox.builders.texts import terms as words
from outbox.builders.texts.wording import write_day

OFFER = ListingDetails(kind="offer", mode="loan", title="Tente", description="")

LINK = "https://lomme.test/r/1"

AFTERNOON = datetime(2026, 8, 3, 14, 30, tzinfo=PARIS)

MIDNIGHT = datetime(2026, 8, 3, tzinfo=PARIS)


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.parametrize(
    ("language", "choice", "link"),
    [
        (
            "fr",
            f"Répondez « oui » ou « non » à ce message, ou choisissez ici : {LINK} (lien valable jusqu’au %s).",
            f"Ou choisissez ici : {LINK} (lien valable jusqu’au %s).",
        ),
        (
            "en",
            f"Answer “yes” or “no” to this message, or choose here: {LINK} (until %s).",
            f"Or choose here: {LINK} (until %s).",
        ),
    ],
)
def test_how_to_answer_is_said_with_the_link_and_its_end(language: str, choice: str, link: str) -> None:
    day = write_day(AFTERNOON, french=language == "fr")
    until = plain(f"{day} à 14 h 30" if language == "fr" else f"{day} at 14:30")

    assert plain(words.write_choice(LINK, language, AFTERNOON)) == choice % until
    assert plain(words.write_link(LINK, language, AFTERNOON)) == link % until


@pytest.mark.parametrize(
    ("language", "too", "expected"),
    [
        ("fr", False, f"Pour répondre : {LINK}"),
        ("fr", True, f"Ou répondez ici : {LINK}"),
        ("en", False, f"To answer: {LINK}"),
        ("en", True, f"Or answer here: {LINK}"),
    ],
)
def test_where_the_buttons_are_is_said(language: str, too: bool, expected: str) -> None:
    assert plain(words.write_buttons(LINK, language, too=too)) == expected


def test_where_the_thread_stands_is_said() -> None:
    assert plain(words.write_page(LINK, "fr")) == f"Pour le dire : {LINK}"
    assert plain(words.write_page(LINK, "en")) == f"To say so: {LINK}"


@pytest.mark.parametrize(
    ("begins_at", "ends_at", "french", "english"),
    [
        (None, None, "", ""),
        (AFTERNOON, None, "le {a} à 14 h 30", "on {a} at 14:30"),
        (AFTERNOON.replace(minute=0), None, "le {a} à 14 h", "on {a} at 14:00"),
        (MIDNIGHT, MIDNIGHT + timedelta(days=1), "le {a}", "on {a}"),
        (MIDNIGHT, MIDNIGHT + timedelta(days=3), "du {a} au {b}", "from {a} to {b}"),
        (
            AFTERNOON,
            AFTERNOON + timedelta(days=2),
            "du {a} à 14 h 30 au {b} à 14 h 30",
            "from {a} at 14:30 to {b} at 14:30",
        ),
        (MIDNIGHT, AFTERNOON, "le {a}, de 0 h à 14 h 30", "on {a}, from 0:00 to 14:30"),
    ],
)
def test_when_is_said_by_the_day_where_whole_days_are_meant(
    begins_at: datetime | None, ends_at: datetime | None, french: str, english: str
) -> None:
    terms = Terms(begins_at=begins_at, ends_at=ends_at)

    for expected, in_french in ((french, True), (english, False)):
        days = {
            "a": write_day(MIDNIGHT, french=in_french),
            "b": write_day(MIDNIGHT + timedelta(days=2), french=in_french),
        }
        assert plain(words.write_when(terms, french=in_french)) == plain(expected.format(**days))


@pytest.mark.parametrize(
    ("changes", "french", "english"),
    [
        ({}, [], []),
        ({"quantity": Decimal(3)}, ["3 en tout"], ["3 in all"]),
        ({"quantity": Decimal("1.50"), "unit": "hour"}, ["1,5 heures"], ["1.5 hours"]),
        ({"quantity": Decimal(1), "unit": "hour"}, ["1 heure"], ["1 hour"]),
        ({"place": "Gare", "note": "Sèche."}, ["Gare", "Sèche."], ["Gare", "Sèche."]),
        ({"in_return": "un gâteau"}, ["contre un gâteau"], ["for un gâteau"]),
        ({"points": 3}, [], []),
    ],
)
def test_the_rest_is_said_part_by_part(changes: dict[str, Any], french: list[str], english: list[str]) -> None:
    terms = replace(Terms(), **changes)

    for expected, in_french in ((french, True), (english, False)):
        assert [plain(part) for part in words.write_rest(terms, None, french=in_french) if part] == expected


@pytest.mark.parametrize(
    ("kind", "details", "french", "english"),
    [
        (
            "requested",
            {},
            "Bonjour, pour « Tente », Gare : est-ce possible ?",
            "Hello, about “Tente”, Gare: is it possible?",
        ),
        (
            "requested",
            {"kind": "request"},
            "Bonjour, pour « Tente », je peux vous aider, Gare. Cela vous convient ?",
            "Hello, about “Tente”, I can help, Gare. Does that suit you?",
        ),
        ("countered", {}, "Pour « Tente », je vous propose ceci : Gare.", "About “Tente”, I propose this: Gare."),
        (
            "refused",
            {"title": ""},
            "Pour « annonce retirée », ce n’est pas possible, désolé.",
            "About “withdrawn listing”: sorry, it is not possible.",
        ),
    ],
)
def test_what_happened_is_one_sentence(kind: str, details: dict[str, Any], french: str, english: str) -> None:
    listing, terms = replace(OFFER, **details), Terms(place="Gare")

    assert plain(words.write_act(kind, listing, terms, "fr")) == french
    assert plain(words.write_act(kind, listing, terms, "en")) == english


def test_without_anything_to_say_of_the_terms_nothing_is_said() -> None:
    assert plain(words.write_act("countered", OFFER, Terms(), "fr")) == "Pour « Tente », je vous propose ceci."
