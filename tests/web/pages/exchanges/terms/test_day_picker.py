"""Which days can be chosen, what the strip beside terms shows, and what changed, in words."""

from datetime import date, time
from decimal import Decimal

from models.exchanges.agreements import Taken, Terms
from web.pages.exchanges.month_weeks import next_month
from web.pages.exchanges.terms.day_picker import DayChoice, PickDay, draw_months, draw_strip, find_availability
from web.pages.exchanges.terms.summary import list_term_lines
from web.rendering.date_ranges import ReaderLocale, begin_at, end_at

ONE = Decimal(1)

TODAY = date(2027, 5, 3)


def lent(first: int, last: int, *, until: time | None = None, quantity: Decimal | None = ONE) -> Taken:
    """Taken from one day of May until another, both included, or until an hour."""
    begin, end = begin_at(date(2027, 5, first)), end_at(date(2027, 5, last), until)
    return Taken(begins_at=begin, ends_at=end, quantity=quantity, agreement_id=None)


def pick(*taken: Taken, first: date | None = None, last: date | None = None) -> dict[int, PickDay]:
    """The days of May."""
    choosing = DayChoice(path="/x", today=TODAY, first=first, last=last, taken=taken, wanted=ONE, there=ONE)
    [month] = draw_months(choosing, date(2027, 5, 1), count=1)
    return {one.day.day: one for week in month.weeks for one in week if one}


def test_a_month_has_whole_weeks_from_monday() -> None:
    choosing = DayChoice(path="/x", today=TODAY, first=None, last=None, taken=(), wanted=ONE, there=ONE)

    may, june = draw_months(choosing, date(2027, 5, 1), count=2)

    assert [len(week) for week in may.weeks] == [7] * 6
    assert may.weeks[0][:5] == [None] * 5 and may.weeks[0][5] is not None
    assert june.weeks[0][0] is None and june.weeks[0][1] is not None


def test_first_the_first_day_is_chosen_then_the_last() -> None:
    assert pick()[13].href == "/x?du=2027-05-13&mois=2027-05"
    days = pick(first=date(2027, 5, 13))
    assert days[17].href == "/x?du=2027-05-13&au=2027-05-17&mois=2027-05"
    assert days[10].href == "/x?du=2027-05-10&mois=2027-05", "a day before begins anew"
    chosen = pick(first=date(2027, 5, 13), last=date(2027, 5, 17))
    assert [day for day, one in chosen.items() if one.chosen] == [13, 14, 15, 16, 17]
    assert chosen[20].href == "/x?du=2027-05-20&mois=2027-05"


def test_what_is_taken_or_past_cannot_be_chosen_and_nothing_reaches_over_it() -> None:
    days = pick(lent(15, 16), first=date(2027, 5, 13))

    assert (days[15].href, days[15].freedom, days[2].href) == (None, "taken", None)
    assert days[14].href == "/x?du=2027-05-13&au=2027-05-14&mois=2027-05"
    assert days[17].href == "/x?du=2027-05-17&mois=2027-05"


def test_a_day_that_is_taken_until_noon_can_be_chosen_and_says_so() -> None:
    day = pick(lent(15, 16, until=time(12)))[16]

    assert (day.freedom, day.href) == ("partly", "/x?du=2027-05-16&mois=2027-05")


def test_of_three_things_two_may_be_lent() -> None:
    day = date(2027, 5, 15)

    assert find_availability(day, [lent(14, 16), lent(15, 15)], wanted=ONE, there=Decimal(3)) == "free"
    assert find_availability(day, [lent(14, 16), lent(15, 15)], wanted=Decimal(2), there=Decimal(3)) == "taken"
    assert find_availability(day, [lent(15, 15, quantity=None)], wanted=ONE, there=Decimal(3)) == "taken", (
        "its owner keeps all"
    )
    assert find_availability(day, [lent(14, 16)], wanted=ONE, there=None) == "free"


def test_the_last_day_of_summer_time_is_taken_as_a_whole() -> None:
    sunday = date(2027, 10, 31)
    taken = Taken(begins_at=begin_at(sunday), ends_at=end_at(sunday), quantity=ONE, agreement_id=None)

    assert find_availability(sunday, [taken], wanted=ONE, there=ONE) == "taken"
    assert find_availability(date(2027, 11, 1), [taken], wanted=ONE, there=ONE) == "free"


def test_a_strip_is_a_week_with_the_day_before_and_hours_where_it_begins_and_ends() -> None:
    terms = Terms(begins_at=begin_at(date(2027, 5, 13), time(10)), ends_at=end_at(date(2027, 5, 17), time(18)))

    strip = draw_strip(terms, [lent(18, 18)])

    assert [one.day.day for one in strip] == [12, 13, 14, 15, 16, 17, 18]
    assert [one.inside for one in strip] == [False, True, True, True, True, True, False]
    assert (strip[1].hour, strip[5].hour, strip[6].taken) == (time(10), time(18), True)


def test_there_is_no_strip_without_days_or_for_a_whole_month() -> None:
    assert draw_strip(Terms(), []) == []
    assert draw_strip(Terms(begins_at=begin_at(TODAY), ends_at=end_at(date(2027, 6, 3))), []) == []


def test_months_follow_each_other_over_the_year() -> None:
    assert next_month(date(2027, 12, 1), 1) == date(2028, 1, 1)
    assert next_month(date(2027, 1, 1), -1) == date(2026, 12, 1)


def speak(sentence: str, /, **values: object) -> str:
    """French as it stands in the code."""
    return sentence % values if values else sentence


def test_what_changed_is_told_whole_beside_what_it_was() -> None:
    locale = ReaderLocale(say=speak, language="fr")
    before = Terms(begins_at=begin_at(date(2026, 12, 5)), ends_at=end_at(date(2026, 12, 6)), place="À la coop")
    after = Terms(
        begins_at=begin_at(date(2026, 12, 5), time(10)), ends_at=end_at(date(2026, 12, 6), time(19)), note="Sèche."
    )

    facts = {fact.key: fact for fact in list_term_lines(locale, after, before)}

    assert facts["when"].text == "Du samedi 5 décembre, 10\u00a0h, au dimanche 6 décembre, 19\u00a0h"
    assert facts["when"].before == "Du samedi 5 décembre au dimanche 6 décembre"
    assert (facts["place"].text, facts["place"].before) == ("", "À la coop"), "given up"
    assert (facts["note"].text, facts["note"].before) == ("Sèche.", ""), "new"
    assert [fact.before for fact in list_term_lines(locale, after, after)] == [None, None]
