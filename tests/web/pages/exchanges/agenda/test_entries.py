"""What is said of each thing with a date: who gives, who gets, who comes back."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from models.exchanges.agenda import DatedAgreement
from web.pages.exchanges.agenda.entries import BEGINS, AgendaEntries, add_agreements
from web.rendering.date_ranges import ReaderLocale, begin_at, end_at

TODAY = date(2027, 5, 10)

LOAN = DatedAgreement(
    id=7,
    exchange_id=3,
    own=True,
    kind="offer",
    mode="loan",
    title="Tente",
    other="Léonie",
    state="agreed",
    turn=False,
    yes=False,
    confirm=False,
    reported=False,
    begins_at=begin_at(date(2027, 5, 12)),
    ends_at=end_at(date(2027, 5, 15)),
    ended_at=None,
    place="",
)


def tell(**changes: Any) -> AgendaEntries:
    dated = AgendaEntries()
    locale = ReaderLocale(say=lambda sentence, /, **values: sentence % values if values else sentence, language="fr")
    add_agreements(locale, dated, [replace(LOAN, **changes)], today=TODAY)
    return dated


@pytest.mark.parametrize(
    ("kind", "mode", "own", "words"),
    [
        ("offer", "loan", True, ["Vous prêtez", "Retour chez vous"]),
        ("offer", "loan", False, ["Vous empruntez", "À rendre"]),
        ("request", "loan", True, ["Vous empruntez", "À rendre"]),
        ("request", "loan", False, ["Vous prêtez", "Retour chez vous"]),
        ("offer", "gift", True, ["Vous donnez"]),
        ("request", "gift", True, ["Vous recevez"]),
        ("offer", "service", False, ["On vous donne un coup de main"]),
        ("repair_call", "repair", True, ["On répare votre vélo"]),
        ("repair_call", "repair", False, ["Vous réparez un vélo"]),
        ("offer", "other", True, ["Vous avez rendez-vous"]),
    ],
)
def test_it_is_said_from_her_side(kind: str, mode: str, own: bool, words: list[str]) -> None:
    assert [line.what for line in tell(kind=kind, mode=mode, own=own).lines] == words


def test_every_mode_has_its_words_for_both_sides() -> None:
    assert {mode for mode, _ in BEGINS} == {"loan", "gift", "swap", "sale", "service", "repair"}
    assert len(BEGINS) == 12


@pytest.mark.parametrize(
    ("changes", "state", "urgent", "look"),
    [
        ({"state": "requested", "turn": True}, "À vous de répondre", True, "waiting"),
        ({"state": "countered"}, "Léonie doit répondre", False, "waiting"),
        ({"state": "countered", "yes": True}, "Confirmation en attente", False, "waiting"),
        ({}, "D’accord", False, "agreed"),
        ({"confirm": True}, "À vous de confirmer", True, "agreed"),
        ({"reported": True}, "Léonie doit confirmer", False, "agreed"),
        ({"state": "done"}, "Fait", False, "agreed"),
    ],
)
def test_how_far_it_is_is_said(changes: dict[str, Any], state: str, urgent: bool, look: str) -> None:
    dated = tell(**changes)

    assert {(line.state, line.urgent) for line in dated.lines} == {(state, urgent)}
    assert [one.look for one in dated.stretches] == [look]


def test_a_service_of_some_days_has_one_line_and_lasts() -> None:
    dated = tell(mode="service")

    assert [line.day.day for line in dated.lines] == [12]
    assert (dated.stretches[0].first.day, dated.stretches[0].last.day) == (12, 15)


def test_an_open_end_is_no_return() -> None:
    dated = tell(ends_at=None)

    assert [line.what for line in dated.lines] == ["Vous prêtez"] and dated.stretches[0].last.day == 12


def test_what_was_done_before_it_began_stands_on_the_day_on_which_it_was() -> None:
    dated = tell(state="done", ended_at=datetime(2027, 5, 9, 22, 30, tzinfo=UTC))

    assert [line.day for line in dated.lines] == [date(2027, 5, 10)] * 2, "half past midnight in Paris"


def test_only_what_is_agreed_and_behind_us_is_late() -> None:
    past = {"begins_at": begin_at(date(2027, 5, 1)), "ends_at": end_at(date(2027, 5, 9))}

    assert [line.what for line in tell(**past).late] == ["Retour chez vous"]
    assert not tell(**past, state="done", ended_at=end_at(date(2027, 5, 9))).late
    assert not tell(**past | {"ends_at": end_at(TODAY)}).late
