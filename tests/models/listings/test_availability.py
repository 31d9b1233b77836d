"""When something is taken."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from models.exchanges.agreements import Taken, Terms, is_free
from models.ids import make_id
from models.listings.availability import list_taken
from models.listings.listings import Listing
from models.store.database import Connection, execute
from tests.factories import make_agreement, make_listing, make_member, make_remote_actor

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


async def test_what_touches_a_range_is_taken_by_the_owner_and_by_agreements_that_wait_or_stand(
    conn: Connection,
) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    listing, other = await make_listing(conn, alice), await make_listing(conn, alice)
    for thing, first, last in ((listing, 0, 2), (listing, 2, 4), (listing, 6, 8), (other, 2, 4)):
        await make_unavailable(conn, thing, first, last)
    held = [
        await make_agreement(conn, listing, await make_member(conn, state), state=state, terms=between(3, 5))
        for state in ("requested", "countered", "agreed", "done", "refused")
    ]
    for first, last in ((0, 2), (6, 9)):
        await make_agreement(
            conn, listing, await make_member(conn, f"m{first}"), state="agreed", terms=between(first, last)
        )
    await make_agreement(conn, other, bob, state="agreed", terms=between(3, 5))

    found = await list_taken(conn, listing.id, moment(2), moment(6))
    but_one = await list_taken(conn, listing.id, moment(2), moment(6), but=held[0].id)

    assert {one.agreement_id for one in found} == {None, *(one.id for one in held[:3])}
    assert len(found) == 4
    assert (found[0].begins_at, found[0].ends_at, found[0].quantity) == (moment(2), moment(4), None)
    assert {one.agreement_id for one in but_one} == {None, *(one.id for one in held[1:3])}


def moment(day: int) -> datetime:
    return DAY + timedelta(days=day)


def between(first: int, last: int) -> Terms:
    return Terms(begins_at=moment(first), ends_at=moment(last))


async def make_unavailable(conn: Connection, listing: Listing, first: int, last: int) -> None:
    await execute(
        conn,
        "INSERT INTO unavailability (id, listing_id, begins_at, ends_at) VALUES ($1, $2, $3, $4)",
        make_id(),
        listing.id,
        moment(first),
        moment(last),
    )
