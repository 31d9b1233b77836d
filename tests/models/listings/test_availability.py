"""When something is taken."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from models.exchanges.agreements import Taken, is_free

DAY = datetime(2027, 5, 10, tzinfo=UTC)


def taken(first: int, last: int, quantity: int | None = 1) -> Taken:
    """From one day until before another."""
    return Taken(
        begins_at=DAY + timedelta(days=first),
        ends_at=DAY + timedelta(days=last),
        quantity=None if quantity is None else Decimal(quantity),
        agreement_id=None,
    )


def free(ranges: list[Taken], first: int, last: int, *, wanted: int = 1, there: int = 1) -> bool:
    """Whether so many are free from one day until before another."""
    begins_at, ends_at = DAY + timedelta(days=first), DAY + timedelta(days=last)
    return is_free(ranges, begins_at, ends_at, wanted=Decimal(wanted), there=Decimal(there))


def test_ranges_that_touch_do_not_overlap() -> None:
    assert free([taken(0, 3)], 3, 5)
    assert free([taken(5, 6)], 3, 5)
    assert not free([taken(0, 4)], 3, 5)
    assert not free([taken(4, 9)], 3, 5)
    assert not free([taken(3, 4)], 0, 9)


def test_what_the_owner_keeps_is_kept_whole() -> None:
    assert not free([taken(2, 3, None)], 0, 9, there=100)


def test_of_several_things_as_many_may_be_out_at_once() -> None:
    out = [taken(0, 4), taken(3, 6), taken(5, 9)]

    assert free(out, 0, 9, wanted=1, there=3)
    assert not free(out, 0, 9, wanted=2, there=3)
    assert free(out, 6, 9, wanted=2, there=3)


ranges = st.lists(
    st.builds(
        lambda first, length, quantity: taken(first, first + length, quantity),
        st.integers(0, 20),
        st.integers(1, 10),
        st.one_of(st.none(), st.integers(1, 3)),
    ),
    max_size=8,
)


@given(ranges, st.integers(0, 20), st.integers(1, 10), st.integers(1, 3), st.integers(1, 5))
def test_it_is_free_when_it_is_free_at_every_hour(
    out: list[Taken], first: int, length: int, wanted: int, there: int
) -> None:
    hours = [DAY + timedelta(days=first, hours=12 + 24 * day) for day in range(length)]

    def left(hour: datetime) -> bool:
        at_once = [one.quantity for one in out if one.begins_at <= hour < one.ends_at]
        return None not in at_once and sum(quantity or 0 for quantity in at_once) + wanted <= there

    assert free(out, first, first + length, wanted=wanted, there=there) == all(left(hour) for hour in hours)
