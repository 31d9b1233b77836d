"""All words first, then most words: what is left out of a search until something is found."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations
from math import comb

from models.searches.language.readings import STEM
from models.searches.language.word_matches import Word, join_all, join_any
from models.searches.network import COUNT_LIMIT, NetworkFilter, expect, try_ways
from models.searches.queries import NOTHING, Query, read_query
from models.store.database import Connection

LOOKED_THROUGH = 20
"""Where no more listings for each stem are expected to fit all but the words, they are asked for these one by one: that
takes as long as the index does, which is asked for one stem after the other.
"""

ENOUGH = 5
"""Listings with all words; where there are fewer, those with most of them come after them."""

MOST_COMBINATIONS = 30
"""Ways to leave words out that are asked for at once; where there are more, fewer words are asked for."""


async def fit_query(conn: Connection, filter: NetworkFilter) -> Query:
    """The text of the filter as it is looked for among all else that it asks: what finds nothing is left out."""
    query = await read_query(conn, filter.text)
    if not query.words:
        return _narrow(query, filter)
    wide = _ask(query, [[word.wide for word in query.words]])
    stems = len(STEM.findall(wide.match))
    by_index = await expect(conn, filter, Query()) > LOOKED_THROUGH * stems
    query, wide = replace(query, by_index=by_index), replace(wide, by_index=by_index)
    found = await _find_first(conn, filter, [(_take_itself(query), COUNT_LIMIT), (query, ENOUGH), (wide, 1)])
    if found is None:
        return await _leave_out(conn, filter, query)
    more = _add_most(query)
    if more is None or sum((found.counts or {}).values()) >= ENOUGH:
        return found
    return await _find_first(conn, filter, [(more, 1)]) or found


async def _find_first(conn: Connection, filter: NetworkFilter, ways: Sequence[tuple[Query, int]]) -> Query | None:
    """The first of these queries that as many listings fit as stands beside it, with how many do."""
    if not ways:
        return None
    asked = [(query.match, least) for query, least in ways]
    for way, counts in await try_ways(conn, filter, asked, by_index=ways[0][0].by_index):
        return replace(ways[way][0], counts=counts)
    return None


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


def _add_most(query: Query) -> Query | None:
    """Few have all words: those without the measures stand after them, or those that lack one of three or more."""
    nouns = [word for word in query.words if not word.light]
    if nouns and len(nouns) < query.count:
        fewer = [[word.wide for word in nouns]]
    elif len(nouns) > 2:
        fewer = _combine(nouns, len(nouns) - 1)
    else:
        return None
    return replace(_ask(query, [[word.wide for word in query.words], *fewer]), partial=True)


def _combine(words: Sequence[Word], kept: int) -> list[list[str]]:
    return [[word.wide for word in some] for some in combinations(words, kept)]


async def _leave_out(conn: Connection, filter: NetworkFilter, query: Query) -> Query:
    """None has all words: without those that none here has, then without measures, then with as many as some have."""
    present = await _list_present(conn, filter, query) if query.count > 1 else []
    nouns = [word for word in present if not word.light]
    fewer = [_keep(query, kept) for kept in (present, nouns) if 0 < len(kept) < query.count]
    ways = [*((one, 1) for one in fewer), *_keep_most(query, nouns or present), *_show_shelf(query)]
    return await _find_first(conn, filter, ways) or replace(query, counts={})


async def _list_present(conn: Connection, filter: NetworkFilter, query: Query) -> list[Word]:
    each = [(_ask(query, [[word.wide]]).match, 1) for word in query.words]
    there = await try_ways(conn, filter, each, by_index=query.by_index, first=len(each), most=1)
    return [query.words[place] for place, _ in there]


def _keep_most(query: Query, words: Sequence[Word]) -> list[tuple[Query, int]]:
    """As many of these words as enough listings have, else as any has."""
    kept, combined = _keep(query, words), list[list[str]]()
    asked: list[tuple[Query, int]] = []
    for number in range(len(words) - 1, 0, -1):
        if comb(len(words), number) <= MOST_COMBINATIONS:
            combined += _combine(words, number)
            asked.append((replace(_ask(kept, combined), partial=True), ENOUGH if number > 1 else 1))
    return asked


def _show_shelf(query: Query) -> list[tuple[Query, int]]:
    """Nothing has any of the words: what stands in the same category as what is called so, if anything does."""
    shelf = [word.shelf for word in query.words if word.shelf]
    if not shelf:
        return []
    gone = tuple(word.typed for word in query.words)
    return [(replace(_ask(query, [[join_any(shelf)]]), left_out=gone, words=()), 1)]


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
