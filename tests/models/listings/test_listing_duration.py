"""How long a listing stands: the longest that any may, and what nobody gave an end."""

from datetime import UTC, date, datetime, timedelta

import pytest

from models.listings.listing_duration import LONGEST_DAYS, last_day, latest_end, usual_end
from models.listings.listings import ListingKind, ListingMode
from models.moments import PARIS
from models.preferences import LEAST_USUAL_DAYS, MOST_USUAL_DAYS

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "end"),
    [
        (NOON, datetime(2027, 11, 25, 22, 59, 59, tzinfo=UTC)),
        (datetime(2026, 11, 23, 23, 0, tzinfo=UTC), datetime(2027, 11, 25, 22, 59, 59, tzinfo=UTC)),
        (datetime(2026, 11, 23, 22, 59, 59, tzinfo=UTC), datetime(2027, 11, 24, 22, 59, 59, tzinfo=UTC)),
        (datetime(2027, 7, 1, 8, tzinfo=UTC), datetime(2028, 7, 1, 21, 59, 59, tzinfo=UTC)),
    ],
    ids=["at noon", "after midnight in France", "just before midnight in France", "over a leap day, in summer"],
)
def test_a_listing_may_stand_until_the_end_of_the_same_day_of_next_year(at: datetime, end: datetime) -> None:
    assert latest_end(at) == end


def test_the_last_day_is_the_day_of_the_latest_end() -> None:
    assert last_day(date(2026, 11, 24)) == latest_end(NOON).astimezone(PARIS).date()


@pytest.mark.parametrize(
    ("kind", "mode", "urgency", "end"),
    [
        ("offer", "loan", None, None),
        ("offer", "service", None, None),
        ("offer", "gift", None, datetime(2026, 12, 4, 22, 59, 59, tzinfo=UTC)),
        ("request", "loan", None, datetime(2026, 12, 4, 22, 59, 59, tzinfo=UTC)),
        ("repair_call", "repair", "Today", datetime(2026, 12, 4, 22, 59, 59, tzinfo=UTC)),
        ("repair_call", "repair", "Now", NOON + timedelta(hours=48)),
    ],
)
def test_what_nobody_gave_an_end_stands_as_long_as_its_kind_does(
    kind: ListingKind, mode: ListingMode, urgency: str | None, end: datetime | None
) -> None:
    assert usual_end(kind, mode, NOON, days=10, urgency=urgency) == end


def test_a_cooperative_cannot_choose_more_than_a_listing_may_stand() -> None:
    assert 1 <= LEAST_USUAL_DAYS < MOST_USUAL_DAYS <= LONGEST_DAYS
