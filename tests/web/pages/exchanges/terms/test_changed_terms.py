"""What is other in new terms, in words that are the same read or heard: one clause for each thing."""

from datetime import datetime
from typing import Any

import pytest

from models.exchanges.agreements import Terms
from models.moments import PARIS
from web.pages.exchanges.terms.summary import list_term_lines
from web.rendering.date_ranges import ReaderLocale


def at(text: str) -> datetime:
    """A moment of December 2026 in Paris: "5 18:30"."""
    day, _, hour = text.partition(" ")
    hours, _, minutes = (hour or "0:0").partition(":")
    return datetime(2026, 12, int(day), int(hours), int(minutes), tzinfo=PARIS)


def span(begin: str, end: str = "") -> Terms:
    return Terms(begins_at=at(begin), ends_at=at(end) if end else None)


def say(text: str, /, **values: Any) -> str:
    return text % values if values else text


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        (span("17 12:00"), span("17 18:00"), ("18 h au lieu de 12 h",)),
        (span("17"), span("18"), ("vendredi 18 décembre au lieu de jeudi 17 décembre",)),
        (span("17"), span("17 18:30"), ("18 h 30 au lieu de toute la journée",)),
        (span("17 12:00", "17 14:00"), span("17 13:00", "17 14:00"), ("Début : 13 h au lieu de 12 h",)),
        (span("5 10:00", "6 18:00"), span("5 10:00", "6 19:00"), ("Fin : 19 h au lieu de 18 h",)),
        (
            span("5 10:00", "6 18:00"),
            span("4 10:00", "6 19:00"),
            ("Début : vendredi 4 décembre, 10 h au lieu de samedi 5 décembre, 10 h", "Fin : 19 h au lieu de 18 h"),
        ),
        (span("5", "7"), span("5", "8"), ("Fin : lundi 7 décembre au lieu de dimanche 6 décembre",)),
        (Terms(), span("5"), ()),
    ],
    ids=["hour", "day", "hour-of-a-whole-day", "start", "end", "both", "last-day", "new"],
)
def test_each_change_is_a_clause_of_its_own(before: Terms, now: Terms, said: tuple[str, ...]) -> None:
    [line] = list_term_lines(ReaderLocale(say=say, language="fr"), now, before)

    assert tuple(one.replace("\u202f", " ").replace("\u00a0", " ") for one in line.changes) == said
    assert line.before is not None


def test_what_did_not_change_says_nothing() -> None:
    [line] = list_term_lines(ReaderLocale(say=say, language="fr"), span("5", "7"), span("5", "7"))

    assert (line.changes, line.before) == ((), None)
