"""When the cooperative is open, in words."""

from datetime import date, time

from models.people.opening_hours import Closure, OpeningInterval, make_hours, write_hours
from web.rendering.hours_words import list_closure_lines, list_hour_lines, list_hour_rows


def say(sentence: str, /, **values: object) -> str:
    return sentence % values if values else sentence


KEPT = write_hours(
    make_hours(
        [
            OpeningInterval(day=5, opens=time(10), closes=time(12, 30)),
            OpeningInterval(day=2, opens=time(14), closes=time(19)),
            OpeningInterval(day=2, opens=time(10), closes=time(12)),
        ],
        [
            Closure(first=date(2026, 8, 1), last=date(2026, 8, 31)),
            Closure(first=date(2026, 12, 24), last=date(2026, 12, 24)),
            Closure(first=date(2026, 12, 28), last=date(2027, 1, 3)),
        ],
    )
)


def test_each_day_is_a_row_in_the_order_of_the_week() -> None:
    assert list_hour_rows(KEPT, say, "fr") == [
        ("Mercredi", "de 10\u00a0h à 12\u00a0h, de 14\u00a0h à 19\u00a0h"),
        ("Samedi", "de 10\u00a0h à 12\u00a0h\u00a030"),
    ]
    assert list_hour_rows(KEPT, say, "en_GB")[1] == ("Samedi", "de 10:00 à 12:30")


def test_closures_that_are_over_are_not_said() -> None:
    assert list_closure_lines(KEPT, say, "fr", today=date(2026, 12, 24)) == [
        "Fermé le 24 décembre",
        "Fermé du 28 décembre 2026 au 3 janvier 2027",
    ]


def test_no_hours_are_no_words() -> None:
    assert list_hour_lines(None, say, "fr") == []
