"""What happened is counted where it happened, once; kept when its month is over, and found equal when recounted."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from models import posts
from models.coop.figures import events, sums
from models.coop.figures.cells import find_available, load_figures, load_months
from models.coop.figures.deciding import WHOLE, Slice
from models.coop.figures.periods import ALL, Period, read_period
from models.personal_data import account_erasure
from models.store.database import Connection, execute, fetch_column, fetch_records, fetch_value
from tests.factories import make_listing, make_member, make_remote_actor
from tests.figures import close_months, make_exchange
from tests.sample_territory import set_territory

MARCH = Period(first=date(2026, 3, 1), length="month")

TODAY = date(2026, 5, 3)


async def count(conn: Connection) -> dict[str, int]:
    """What is kept, all in all."""
    rows = await fetch_records(conn, "SELECT what, sum(cases)::integer AS cases FROM figure_sum GROUP BY 1")
    return {row["what"]: row["cases"] for row in rows}


async def load_amounts(conn: Connection, period: Period = MARCH, slice: Slice = WHOLE) -> dict[str, int | None]:
    found = await load_figures(conn, period, slice)
    return {what: None if one.amount is None else int(one.amount) for what, one in found.items()}


async def fill(conn: Connection) -> None:
    """Lucie lends six times and gives eight objects in Lomme, helps seven times in Lille, and once across a border."""
    await set_territory(conn)
    lucie, ines = await make_member(conn, "lucie"), await make_member(conn, "ines")
    bob = await make_remote_actor(conn)
    await execute(conn, "UPDATE account SET created_at = '2026-03-02', confirmed_at = '2026-03-03'")
    for day in range(1, 7):
        await make_exchange(conn, lucie, ines, date(2026, 3, day))
        await make_exchange(conn, lucie, bob, date(2026, 3, day), mode="gift", quantity=2)
    for day in range(7, 14):
        help: dict[str, Any] = {"mode": "service", "commune_code": "59350"}
        await make_exchange(
            conn, lucie, ines, date(2026, 3, day), hours=3, answered=None if day > 10 else timedelta(1), **help
        )
    there = await make_listing(conn, bob)
    await make_exchange(conn, bob, lucie, date(2026, 3, 20), kind="request", mode="loan")
    await execute(conn, "UPDATE post SET local = false WHERE author_id = $1", bob.id)
    assert there


async def test_month_says_what_happened_on_listings_of_ours(conn: Connection) -> None:
    await fill(conn)

    await close_months(conn, TODAY)

    whole = await load_amounts(conn)
    assert whole["listings"] == 19 and whole["agreed"] == 19 and whole["done"] == 19
    assert whole["objects"] == 6 + 6 * 2 and whole["hours"] == 7 * 3
    assert whole["members"] is None  # two
    lomme = await load_amounts(conn, slice=Slice(commune_code="59355"))
    assert (lomme["agreed"], lomme["objects"], lomme["hours"]) == (12, None, 0)
    assert [(await load_amounts(conn, slice=Slice(mode=mode)))["objects"] for mode in ("loan", "gift")] == [6, 12]
    assert (await load_amounts(conn, slice=Slice(side="elsewhere")))["agreed"] == 6
    assert (await load_amounts(conn, slice=Slice(kind="offer", mode="gift")))["done"] == 6
    assert (await load_amounts(conn, slice=Slice(epci_code="200093201")))["agreed"] == 19
    assert (await load_amounts(conn, Period(first=date(2026, 4, 1), length="month")))["agreed"] == 0


async def test_answers_are_told_rounded_and_only_of_many(conn: Connection) -> None:
    await fill(conn)
    lucie, leo = await make_member(conn, "lea"), await make_member(conn, "leo")
    await make_exchange(conn, lucie, leo, date(2026, 3, 20))

    await close_months(conn, TODAY)

    whole = await load_amounts(conn)
    assert whole["median"] == 120  # an hour: the next bound
    assert whole["unanswered"] == 15  # three of twenty, known a week later
    assert "median" not in await load_amounts(conn, slice=Slice(commune_code="59355"))


async def test_who_asked_in_march_and_waited_a_week_counts_in_april(conn: Connection) -> None:
    lucie, ines = await make_member(conn, "lucie"), await make_member(conn, "ines")
    await make_exchange(conn, lucie, ines, date(2026, 3, 28), answered=timedelta(days=9))

    await events.collect(conn)

    assert await fetch_column(conn, "SELECT month FROM figure_event WHERE what = 'unanswered'") == [date(2026, 4, 1)]


async def test_listing_that_waits_for_a_look_counts_once_it_appears(conn: Connection) -> None:
    post = {"published_at": datetime(2026, 3, 5, tzinfo=UTC)}
    listing = await make_listing(conn, await make_member(conn, "lucie"), post=post)
    await execute(conn, "INSERT INTO unpublished_post (post_id) VALUES ($1)", listing.id)
    counted = "SELECT source_id FROM figure_event WHERE what = 'listings'"

    await events.collect(conn)
    before = await fetch_column(conn, counted)
    await execute(conn, "DELETE FROM unpublished_post")
    await events.collect(conn)

    assert (before, await fetch_column(conn, counted)) == ([], [listing.id])


async def test_sums_of_a_closed_month_stay_when_people_and_their_listings_go(conn: Connection) -> None:
    await fill(conn)
    await close_months(conn, TODAY)
    before = await count(conn), await load_amounts(conn), await load_amounts(conn, slice=Slice(commune_code="59355"))

    lucie_id = await fetch_value(conn, "SELECT id FROM actor WHERE username = 'lucie'")
    await account_erasure.erase(conn, lucie_id)
    await close_months(conn, TODAY)

    after = await count(conn), await load_amounts(conn), await load_amounts(conn, slice=Slice(commune_code="59355"))
    assert after == before
    ines_id = await fetch_value(conn, "SELECT id FROM actor WHERE username = 'ines'")
    assert await fetch_column(conn, "SELECT source_id FROM figure_event") == [ines_id]
    assert await sums.list_differences(conn) == []


async def test_exchange_counts_in_its_commune_though_its_listing_is_taken_back_before_the_month_ends(
    conn: Connection,
) -> None:
    await set_territory(conn)
    lucie, ines = await make_member(conn, "lucie"), await make_member(conn, "ines")
    agreed = [await make_exchange(conn, lucie, ines, date(2026, 3, day)) for day in range(1, 8)]
    await events.collect(conn)
    for one in agreed:
        await posts.delete(conn, one.listing_id)

    await close_months(conn, TODAY)

    assert (await load_amounts(conn, slice=Slice(commune_code="59355")))["done"] == 7


async def test_who_is_let_in_late_counts_in_the_month_that_is_open(conn: Connection) -> None:
    await fill(conn)
    await close_months(conn, TODAY)
    before = await load_amounts(conn)
    members = [await make_member(conn, f"m{number}") for number in range(6)]
    await execute(
        conn,
        "UPDATE account SET created_at = '2026-03-09', confirmed_at = '2026-03-09' WHERE actor_id = ANY($1)",
        [one.id for one in members],
    )

    await close_months(conn, date(2026, 6, 1))

    assert await load_amounts(conn) == before
    kept = await fetch_records(conn, "SELECT month, cases FROM figure_sum WHERE what = 'members' ORDER BY 1")
    assert [(one["month"].month, one["cases"]) for one in kept] == [(3, 2), (5, 6)]
    assert await sums.list_differences(conn) == []


async def test_kept_sum_that_is_wrong_is_told_and_put_right(conn: Connection) -> None:
    await fill(conn)
    await close_months(conn, TODAY)
    before = await load_amounts(conn)
    await execute(conn, "UPDATE figure_sum SET cases = cases + 4, amount = amount + 4 WHERE what = 'done'")

    await close_months(conn, TODAY)

    told = {one.what: (one.kept, one.counted) for one in await sums.list_differences(conn)}
    assert told == {"done": (19 + 3 * 4, 19)}
    assert await load_amounts(conn) == before
    await sums.mark_seen(conn)
    assert await sums.list_differences(conn) == []


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE listing SET mode = 'service' WHERE mode = 'loan'",
        "UPDATE agreement SET state = 'agreed' WHERE id = (SELECT min(id) FROM agreement)",
        "UPDATE agreement SET quantity = 9 WHERE id = (SELECT min(id) FROM agreement)",
        "DELETE FROM exchange_event",
    ],
)
async def test_closed_month_stays_as_it_is_whatever_happens_later(conn: Connection, change: str) -> None:
    await fill(conn)
    await close_months(conn, TODAY)
    before = await count(conn), await load_amounts(conn), await load_amounts(conn, slice=Slice(mode="loan"))
    lea, leo = await make_member(conn, "lea"), await make_member(conn, "leo")

    await execute(conn, change)
    await make_exchange(conn, lea, leo, date(2026, 3, 20))
    await close_months(conn, TODAY)

    assert (await count(conn), await load_amounts(conn), await load_amounts(conn, slice=Slice(mode="loan"))) == before
    assert await sums.list_differences(conn) == []


async def test_month_that_ends_is_counted_as_it_is_by_then(conn: Connection) -> None:
    await fill(conn)
    await events.collect(conn)
    await execute(conn, "UPDATE agreement SET state = 'agreed' WHERE id = (SELECT min(id) FROM agreement)")
    await execute(conn, "UPDATE agreement SET quantity = 3 WHERE quantity = 2")

    await close_months(conn, TODAY)

    whole = await load_amounts(conn)
    assert (whole["agreed"], whole["done"], whole["objects"]) == (19, 18, 5 + 6 * 3)
    assert await sums.list_differences(conn) == []


async def test_exchange_is_whole_one_of_objects_or_of_help_when_its_listing_changes_meanwhile(conn: Connection) -> None:
    await fill(conn)
    await events.collect(conn)
    await execute(conn, "UPDATE listing SET mode = 'service' WHERE mode = 'loan'")

    await close_months(conn, TODAY)

    kept = await fetch_records(
        conn,
        """
        SELECT what, mode, sum(cases)::integer FROM figure_sum WHERE what IN ('done', 'objects')
        GROUP BY 1, 2 ORDER BY 1, 2
        """,
    )
    assert [tuple(one) for one in kept] == [("done", "gift", 6), ("done", "service", 13), ("objects", "gift", 6)]


async def test_forgotten_guest_was_not_left_without_an_answer(conn: Connection) -> None:
    lucie, guest = await make_member(conn, "lucie"), await make_member(conn, "somebody")
    await make_exchange(conn, lucie, guest, date(2026, 3, 28), answered=None)
    await execute(conn, "UPDATE actor SET host = '' WHERE id = $1", guest.id)

    await events.collect(conn)

    assert not await fetch_column(conn, "SELECT source_id FROM figure_event WHERE what = 'unanswered'")


async def test_whole_time_is_what_is_shown_and_says_where_more_is_hidden(conn: Connection) -> None:
    await fill(conn)
    lucie = await make_member(conn, "lea")
    ines = await make_member(conn, "leo")
    for month in (9, 9, 11, 11):
        await make_exchange(conn, lucie, ines, date(2025, month, 2))

    await close_months(conn, TODAY)

    year = read_period("2025")
    assert year is not None
    assert (await load_amounts(conn, year))["agreed"] is None
    found = (await load_figures(conn, ALL, WHOLE))["agreed"]
    assert (found.amount, found.partial) == (Decimal(19), True)


async def test_what_may_be_asked_for_is_said(conn: Connection) -> None:
    await fill(conn)
    await close_months(conn, TODAY)

    there = await find_available(conn)

    assert [one.code for one in there.periods] == ["tout", "2026-04", "2026-T1", "2026-03", "2026-02", "2026-01"]
    assert [(one.name, one.is_epci) for one in there.places] == [
        ("Métropole Européenne de Lille", True),
        ("Lille", False),
        ("Lomme", False),
    ]
    assert there.kinds == ["offer"] and there.modes == ["gift", "loan", "service"]
    (month,) = await load_months(conn, [WHOLE], "agreed", [MARCH.first])
    assert month.is_of(WHOLE) and not month.is_of(Slice(side="here")) and month.amount == Decimal(19)
