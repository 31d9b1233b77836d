"""Of terms in the place of others it is said first what is other, clause by clause, then the whole of them."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from models.exchanges.agreements import Terms
from models.listings.listings import ListingDetails
from models.moments import PARIS
from outbox.builders.texts.term_changes import write_changes, write_other

TENT = ListingDetails(kind="offer", mode="loan", title="Tente : 4 places", description="")


def at(day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(2027, 5, day, hour, minute, tzinfo=PARIS)


def days(begins_at: datetime | None, ends_at: datetime | None = None, **more: Any) -> Terms:
    return Terms(begins_at=begins_at, ends_at=ends_at, **more)


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("before", "after", "french", "english"),
    [
        (
            days(at(13, 10), at(17, 12)),
            days(at(13, 10), at(17, 18)),
            ["fin à 18 h au lieu de 12 h"],
            ["end at 18:00 instead of 12:00"],
        ),
        (
            days(at(13, 10), at(17, 12)),
            days(at(14, 9, 30), at(17, 12)),
            ["début le 14 mai à 9 h 30 au lieu du 13 mai à 10 h"],
            ["start on 14 May at 9:30 instead of 13 May at 10:00"],
        ),
        (
            days(at(13), at(18)),
            days(at(14), at(20)),
            ["début le 14 mai au lieu du 13 mai", "fin le 19 mai au lieu du 17 mai"],
            ["start on 14 May instead of 13 May", "end on 19 May instead of 17 May"],
        ),
        (
            days(at(13), at(14)),
            days(at(13, 10), at(13, 12)),
            ["le 13 mai, de 10 h à 12 h au lieu du 13 mai"],
            ["on 13 May, from 10:00 to 12:00 instead of on 13 May"],
        ),
        (
            days(at(13, 10)),
            days(at(13, 11)),
            ["le 13 mai à 11 h au lieu du 13 mai à 10 h"],
            ["on 13 May at 11:00 instead of on 13 May at 10:00"],
        ),
        (days(None), days(at(13), at(14)), ["le 13 mai"], ["on 13 May"]),
        (days(None, place="La gare"), days(None), ["sans « La gare »"], ["without “La gare”"]),
        (
            days(None, place="La gare", amount=Decimal(5)),
            days(None, place="La gare", amount=Decimal(7)),
            ["7 € au lieu de 5 €"],
            ["€7 instead of €5"],
        ),
        (days(at(13), at(14), note="Sèche"), days(at(13), at(14), note="Sèche"), [], []),
    ],
)
def test_each_clause_that_changed_says_what_stood_there(
    before: Terms, after: Terms, french: list[str], english: list[str]
) -> None:
    assert [plain(one) for one in write_changes(after, before, None, french=True)] == french
    assert write_changes(after, before, None, french=False) == english


def test_the_change_comes_first_and_the_whole_behind_it() -> None:
    before, after = days(at(13, 10), at(17, 12), place="La gare"), days(at(13, 10), at(17, 18), place="La gare")

    assert plain(write_other(TENT, after, before, "fr")) == (
        "Pour « Tente : 4 places », je vous propose ceci : fin à 18 h au lieu de 12 h. "
        "En entier : du 13 mai à 10 h au 17 mai à 18 h, La gare."
    )
    assert write_other(TENT, after, before, "en") == (
        "About “Tente : 4 places”, I propose this: end at 18:00 instead of 12:00. "
        "The whole of it: from 13 May at 10:00 to 17 May at 18:00, La gare."
    )


@pytest.mark.parametrize("before", [Terms(), days(at(13), at(14))])
def test_what_is_all_new_or_the_same_is_said_once(before: Terms) -> None:
    assert plain(write_other(TENT, days(at(13), at(14)), before, "fr")) == (
        "Pour « Tente : 4 places », je vous propose ceci : le 13 mai."
    )
