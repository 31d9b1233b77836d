"""All words first, then most words: what is left out of a search until something is found."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations
from math import comb

from models.searches.language.word_matches import Word, join_all, join_any
from models.searches.network import COUNT_LIMIT, NetworkFilter, count_found, expect
from models.searches.queries import NOTHING, Query, read_query
from models.store.database import Connection

LOOKED_THROUGH = 4_000
"""Where no more listings are expected to fit all but the words, each of them is asked for these."""

ENOUGH = 5
"""Listings with all words; where there are fewer, those with most of them come after them."""

MOST_COMBINATIONS = 30
"""Ways to leave words out that are asked for at once; where there are more, fewer words are asked for."""


async def fit_query(conn: Connection, filter: NetworkFilter) -> Query:
    """The text of the filter as it is looked for among all else that it asks: what finds nothing is left out."""
    query = await read_query(conn, filter.text)
    if not query.words:
        return _narrow(query, filter)
    query = replace(query, by_index=await expect(conn, filter, Query()) > LOOKED_THROUGH)
    itself = _take_itself(query)
    if await _are_many(conn, filter, itself):
        return itself
    found = await _count(conn, filter, query)
    if found < ENOUGH:
        query = _ask(query, [[word.wide for word in query.words]])
        found = await _count(conn, filter, query)
    if found >= ENOUGH:
        return _narrow(query, filter)
    return _narrow(_add_most(query) if found else await _leave_out(conn, filter, query), filter)


async def _are_many(conn: Connection, filter: NetworkFilter, query: Query) -> bool:
    """Whether more listings fit than anybody looks at; counted only where the database expects so."""
    if await expect(conn, filter, query) < COUNT_LIMIT:
        return False
    return await _count(conn, filter, query, most=COUNT_LIMIT) >= COUNT_LIMIT


def _take_itself(query: Query) -> Query:
    """The words alone: where more listings have them than anybody looks at, what else they are called stands behind."""
    words = tuple(
        word if word.light else replace(word, near=word.exact, wide=word.exact, synonyms=()) for word in query.words
    )
    return _ask(replace(query, words=words), [[word.near for word in words]])


def _ask(query: Query, ways: Sequence[Sequence[str]]) -> Query:
    """The query that asks for all words of one of these ways."""
    every = join_any([join_all(way) for way in ways])
    return replace(query, match=join_all([every], query.unwanted))


def _add_most(query: Query) -> Query:
    """Few have all words: those without the measures stand after them, or those that lack one of three or more."""
    nouns = [word for word in query.words if not word.light]
    if nouns and len(nouns) < query.count:
        fewer = [[word.wide for word in nouns]]
    elif len(nouns) > 2:
        fewer = _combine(nouns, len(nouns) - 1)
    else:
        return query
    return replace(_ask(query, [[word.wide for word in query.words], *fewer]), partial=True)


def _combine(words: Sequence[Word], kept: int) -> list[list[str]]:
    return [[word.wide for word in some] for some in combinations(words, kept)]


async def _leave_out(conn: Connection, filter: NetworkFilter, query: Query) -> Query:
    """None has all words: without those that none here has, then without measures, then with as many as some have."""
    present = [word for word in query.words if await _count(conn, filter, _ask(query, [[word.wide]]))]
    nouns = [word for word in present if not word.light]
    for kept in (present, nouns):
        if 0 < len(kept) < query.count:
            fewer = _keep(query, kept)
            if await _count(conn, filter, fewer):
                return fewer
    most = await _keep_most(conn, filter, query, nouns or present)
    return most or await _show_shelf(conn, filter, query)


async def _keep_most(conn: Connection, filter: NetworkFilter, query: Query, words: Sequence[Word]) -> Query | None:
    """As many of these words as enough listings have; None where none has any."""
    ways: list[list[str]] = []
    some: Query | None = None
    for number in range(len(words) - 1, 0, -1):
        if comb(len(words), number) > MOST_COMBINATIONS:
            continue
        ways += _combine(words, number)
        asked = replace(_ask(_keep(query, words), ways), partial=True)
        found = await _count(conn, filter, asked)
        some = asked if found else some
        if found >= ENOUGH:
            break
    return some


async def _show_shelf(conn: Connection, filter: NetworkFilter, query: Query) -> Query:
    """Nothing has any of the words: what stands in the same category as what is called so, if anything does."""
    shelf = [word.shelf for word in query.words if word.shelf]
    if not shelf:
        return query
    instead = replace(_ask(query, [[join_any(shelf)]]), left_out=tuple(word.typed for word in query.words), words=())
    return instead if await _count(conn, filter, instead) else query


def _keep(query: Query, kept: Sequence[Word]) -> Query:
    gone = tuple(word.typed for word in query.words if word not in kept)
    fewer = replace(query, words=tuple(kept), left_out=(*query.left_out, *gone), phrase=NOTHING)
    return _ask(fewer, [[word.wide for word in kept]]) if kept else fewer


def _narrow(query: Query, filter: NetworkFilter) -> Query:
    """Without words, with kinds, modes and categories as words, which the index of words has too."""
    if query.match:
        return query
    of = [
        join_any([f"'{letter}={value}'" for value in values if "'" not in value and "\\" not in value])
        for letter, values in (("k", filter.kinds), ("m", filter.modes), ("c", filter.categories))
    ]
    return replace(query, match=join_all([part for part in of if part]))


async def _count(conn: Connection, filter: NetworkFilter, query: Query, *, most: int = ENOUGH) -> int:
    counts = await count_found(conn, filter, query, most=most)
    return sum(counts.values())
