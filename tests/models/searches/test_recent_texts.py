"""What was read of a text is not read again in the next minute, but inside transactions and for words nobody has."""

from dataclasses import replace
from typing import cast

import pytest

from models.searches import fitting
from models.searches.fitting import fit_query
from models.searches.network import expect
from models.searches.queries import NetworkFilter, Query, read_query
from models.store import recent_texts
from models.store.database import Connection, begin
from models.store.recent_texts import RecentTexts
from tests.models.searches.conftest import Territory
from tests.models.searches.test_fitting import Counting


async def test_a_text_is_kept_for_a_minute_and_only_the_last_ones_are(territory: Territory) -> None:
    now = 0.0
    kept = RecentTexts[int](lambda: now)

    for number in range(recent_texts.MOST_KEPT + 1):
        kept.keep(territory.conn, f"text {number}", number)

    assert kept.find(territory.conn, "text 0") is None
    assert kept.find(territory.conn, "text 1") == 1
    now = recent_texts.KEPT_SECONDS
    assert kept.find(territory.conn, "text 1") is None


async def test_inside_a_transaction_nothing_is_kept_nor_taken(territory: Territory) -> None:
    kept = RecentTexts[int]()
    async with begin(territory.conn):
        kept.keep(territory.conn, "inside", 1)
    kept.keep(territory.conn, "before", 2)

    async with begin(territory.conn):
        assert kept.find(territory.conn, "before") is None
    assert kept.find(territory.conn, "inside") is None


@pytest.mark.parametrize(
    ("text", "again"), [("remorque à vélo", 0), ("zzyzx vélo", 1), ("velo", 0), ("vélo " * 2000, 0)]
)
async def test_what_everybody_knows_is_read_once(territory: Territory, text: str, again: int) -> None:
    first = await read_query(territory.conn, text)
    counting = Outside(territory.conn)

    second = await read_query(cast(Connection, counting), text)

    assert second == first
    assert min(counting.asked, 1) == again


async def test_how_a_misspelt_word_is_spelt_here_is_looked_for_once(territory: Territory) -> None:
    first = await read_query(territory.conn, "perseuse")
    counting = Outside(territory.conn)

    second = await read_query(cast(Connection, counting), "perseuse sans fil")

    assert first.corrected and second.corrected == first.corrected
    assert counting.asked == 1


async def test_how_much_fits_a_filter_is_asked_once_in_a_minute(territory: Territory) -> None:
    filter = NetworkFilter(latitude=50.6, longitude=3.0, radius=5)
    first = await expect(territory.conn, filter, Query())
    counting = Outside(territory.conn)

    second = await expect(cast(Connection, counting), filter, Query())
    await expect(cast(Connection, counting), replace(filter, radius=6), Query())

    assert (second, counting.asked) == (first, 1)


async def test_what_more_have_than_anybody_looks_at_is_fitted_once(
    territory: Territory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fitting, "_RECENT", RecentTexts[Query]())
    filter = NetworkFilter(text="tente")
    all_of_them = await fit_query(territory.conn, filter)
    monkeypatch.setattr(fitting, "COUNT_LIMIT", sum((all_of_them.counts or {}).values()))
    many = await fit_query(territory.conn, filter)
    counting = Outside(territory.conn)

    sorted_anew = await fit_query(cast(Connection, counting), replace(filter, order="new"))
    asked = counting.asked
    await fit_query(cast(Connection, counting), replace(filter, kinds=("offer",)))

    assert all_of_them.ids and many.ids is None
    assert (sorted_anew, asked) == (many, 0)
    assert counting.asked > 0


async def test_what_few_have_is_looked_for_anew_since_the_next_listing_counts(territory: Territory) -> None:
    filter = NetworkFilter(text="tente")
    first = await fit_query(territory.conn, filter)
    counting = Outside(territory.conn)

    second = await fit_query(cast(Connection, counting), filter)

    assert first.ids and second == first
    assert counting.asked > 0


class Outside(Counting):
    """A connection that counts what it is asked, outside a transaction."""

    def __init__(self, conn: Connection) -> None:
        super().__init__(conn)
        self.get_server_pid = conn.get_server_pid

    def is_in_transaction(self) -> bool:
        """It is in none."""
        return False
