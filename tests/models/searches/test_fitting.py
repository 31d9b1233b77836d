"""What is left out of a search until something is found: the same, however it is looked for, in few questions."""

from typing import Any, cast

import pytest

from models import searches
from models.searches import NetworkFilter, Query, fitting
from models.searches.pages import count_found
from models.store.database import Connection
from tests.models.searches.conftest import Territory, read_lines

# Those of the most words: they take every way of leaving some out.
TEXTS = sorted((line["text"] for line in read_lines("queries_first.jsonl")), key=lambda text: -len(text.split()))[:25]

FILTERS: tuple[dict[str, Any], ...] = (
    {"radius": 12},
    {"kinds": ("offer",), "radius": 30},
    {"categories": ("velo", "velo-adulte", "velo-enfant", "camping", "outil-electrique"), "radius": 60},
)


def look(territory: Territory, text: str, **narrow: Any) -> NetworkFilter:
    """A search from Carvin."""
    return NetworkFilter(**{"text": text, **territory.at("Carvin"), **narrow})


class Counting:
    """A connection that counts what it is asked."""

    def __init__(self, conn: Connection) -> None:
        self.conn, self.asked = conn, 0

    def is_in_transaction(self) -> bool:
        """As if: what was read a moment ago is asked once more."""
        return True

    async def prepare(self, sql: str, name: str) -> object:
        self.asked += 1
        return await self.conn.prepare(sql, name=name)

    async def fetch(self, sql: str, *args: object) -> object:
        self.asked += 1
        return await self.conn.fetch(sql, *args)


async def fit(territory: Territory, filter: NetworkFilter, monkeypatch: pytest.MonkeyPatch, through: int) -> Query:
    monkeypatch.setattr(fitting, "LOOKED_THROUGH", through)
    return await searches.fit_query(territory.conn, filter)


@pytest.mark.parametrize("narrow", FILTERS, ids=lambda narrow: "+".join(narrow))
async def test_looking_through_what_fits_the_filters_finds_what_the_index_of_words_does(
    territory: Territory, monkeypatch: pytest.MonkeyPatch, narrow: dict[str, Any]
) -> None:
    for text in TEXTS:
        filter = look(territory, text, **narrow)

        by_index = await fit(territory, filter, monkeypatch, -1)
        through = await fit(territory, filter, monkeypatch, 1_000_000)

        assert (by_index.by_index, through.by_index) == (True, False)
        assert through.match == by_index.match and through.left_out == by_index.left_out, text
        assert through.counts == by_index.counts, text
        assert sorted(through.ids or ()) == sorted(by_index.ids or ()), text


@pytest.mark.parametrize("narrow", [{}, FILTERS[0]], ids=["anywhere", "near"])
async def test_what_was_counted_while_fitting_is_how_many_there_are(
    territory: Territory, narrow: dict[str, Any]
) -> None:
    for text in TEXTS:
        filter = look(territory, text, **narrow)

        query = await searches.fit_query(territory.conn, filter)

        assert query.counts == await count_found(territory.conn, filter, query), text
        assert query.ids is not None and len(query.ids) == sum((query.counts or {}).values()), text


async def test_pages_of_what_was_found_while_fitting_go_on_without_repeating(territory: Territory) -> None:
    filter = look(territory, "vélo")
    whole = (await searches.search_network(territory.conn, filter, limit=60)).found
    pages, after = list[int](), None
    while len(pages) < 60:
        page = await searches.search_network(territory.conn, filter, after=after, limit=7)
        pages += [one.id for one in page.found]
        after = page.next
        if after is None:
            break

    assert len(whole) > 20
    assert pages[: len(whole)] == [one.id for one in whole]


@pytest.mark.parametrize(
    ("text", "most"),
    [("vélo", 3), ("tente 4 personnes", 5), ("garde chat vacances août", 7), ("remorque vélo 2 enfants", 6)],
)
async def test_a_search_asks_the_database_few_questions(territory: Territory, text: str, most: int) -> None:
    counting = Counting(territory.conn)
    filter = look(territory, text)

    page = await searches.search_network(cast(Connection, counting), filter)
    await searches.count_network(cast(Connection, counting), filter, query=page.query)

    assert page.found
    assert counting.asked <= most
