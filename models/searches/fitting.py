"""All words first, then most words: what is left out of a search until something is found."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from math import comb

from models.searches.language.typed_text import LONGEST_TEXT
from models.searches.language.word_matches import Word, join_all, join_any, name_any
from models.searches.network import (
    COUNT_LIMIT,
    Group,
    expect,
    group_by_parts,
    list_present,
    try_ways,
)
from models.searches.queries import NOTHING, NetworkFilter, Query, read_query
from models.store.database import Connection
from models.store.recent_texts import RecentTexts

LOOKED_THROUGH = 1_000
"""Where no more listings are expected to fit all but the words, each of them is asked for these. In an area, of which
the database knows how much it has, so many for each word: more of them are left out in more ways.
"""

READ_AS_FAST = 4
"""In an area, of which the index of places has so many times fewer than listings have each word, these are looked at:
an index of words reads all that have them.
"""

LOOKED_THROUGH_AS_WELL = 5_000
"""Where no more are expected, an index of them is read beside that of words; where more are, that takes too long."""

ENOUGH = 5
"""Listings with all words; where there are fewer, those with most of them come after them."""

MANY = 2 * COUNT_LIMIT
"""So many listings with each of the words, spelt so: maybe as many as anybody looks at have all of them."""

MOST_COMBINATIONS = 30
"""Ways to leave words out that are asked for at once; where there are more, fewer words are asked for."""


Alternatives = Sequence[Sequence[str]]
"""What is looked for: all parts of one of these, each the text of a tsquery."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Among:
    """What words are looked for in: what fits the filter. `few` says that so little does that an index of it is read as
    well as that of words; `groups` are all of these that have any of the words, where each was looked at.
    """

    filter: NetworkFilter
    few: bool
    groups: Sequence[Group] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A query that a search may be fitted to, where at least so many listings fit it."""

    query: Query
    alternatives: Alternatives
    least: int


_RECENT = RecentTexts[Query]()


async def fit_query(conn: Connection, filter: NetworkFilter) -> Query:
    """The text of the filter as it is looked for among all else that it asks: what finds nothing is left out.

    Where more have all words than anybody looks at, that is kept for a moment: the next page is asked with it too.
    """
    query = await read_query(conn, filter.text)
    if not query.words:
        return _narrow(query, filter)
    about = f"{query.match}{replace(filter, text=filter.text[:LONGEST_TEXT], order='best')}"
    if (kept := _RECENT.find(conn, about)) is not None:
        return kept
    fitted = await _fit(conn, filter, query)
    if fitted.ids is None and _count(fitted) == COUNT_LIMIT and not fitted.partial and len(fitted.words) == query.count:
        _RECENT.keep(conn, about, fitted)
    return fitted


async def _fit(conn: Connection, filter: NetworkFilter, query: Query) -> Query:
    among = await _look_among(conn, filter, query)
    query = replace(query, by_index=among.groups is None, beside=among.few)
    found = await _find_first(conn, among, [*([] if among.few else _take_itself(query)), *_begin(query)])
    if found is None:
        return await _leave_out(conn, among, query)
    return await _find_first(conn, among, _add_most(found)) or found


def _count(query: Query) -> int:
    return sum((query.counts or {}).values())


async def _look_among(conn: Connection, filter: NetworkFilter, query: Query) -> Among:
    """How the words are looked for: one by one in what fits all else, where that is little, or by their index.

    That has categories too (`_ask_index`): to ask how many listings are of these takes longer than it spares.
    """
    if not replace(filter, categories=()).narrow:
        return Among(filter=filter, few=False, groups=None)
    expected = (await expect(conn, filter, Query())).fitting
    few = expected <= LOOKED_THROUGH_AS_WELL
    groups = await _read_groups(conn, filter, query) if _is_little(filter, query, expected) else None
    return Among(filter=filter, few=few, groups=groups)


def _is_little(filter: NetworkFilter, query: Query, expected: int) -> bool:
    """Whether so many are looked at one by one sooner than the words are looked up."""
    if not filter.placed:
        return expected <= LOOKED_THROUGH
    common = min(word.listings for word in query.words) // READ_AS_FAST
    return expected <= max(LOOKED_THROUGH * query.count, min(common, LOOKED_THROUGH_AS_WELL))


async def _read_groups(conn: Connection, filter: NetworkFilter, query: Query) -> list[Group]:
    """Where little fits all else: which of the words each of these has, so that nothing is to be asked again."""
    each = [part for word in query.words for part in (word.exact, word.near, word.wide)]
    parts = list(dict.fromkeys([*each, *_find_shelf(query)]))
    every = join_any([*(word.wide for word in query.words), *_find_shelf(query)])
    return await group_by_parts(conn, filter, parts, any=join_all([every], query.unwanted))


async def _find_first(conn: Connection, among: Among, ways: Sequence[Way]) -> Query | None:
    """The query of the first way that enough listings fit, with how many do, and which."""
    if not ways:
        return None
    if among.groups is None:
        asked = [(_ask_index(among.filter, way.query.match), way.least) for way in ways]
        found = await try_ways(conn, among.filter, asked, few=among.few)
        return _tell(ways[found[0]], *found[1:]) if found else None
    counted = ((way, *_count_fitting(way, among.groups)) for way in ways)
    return next((_tell(way, counts, ids) for way, counts, ids in counted if counts.total() >= way.least), None)


def _ask_index(filter: NetworkFilter, match: str) -> str:
    """With the categories, so that the index of words tells what has both; of a kind or a mode there is too much."""
    return join_all([match, *name_any("c", filter.categories)])


def _count_fitting(way: Way, groups: Sequence[Group]) -> tuple[Counter[tuple[str, str]], tuple[int, ...]]:
    fitting = [group for group in groups if any(group.has.issuperset(parts) for parts in way.alternatives)]
    counts = Counter[tuple[str, str]]()
    for group in fitting:
        counts[group.kind, group.mode] += group.total
    return counts, tuple(id for group in fitting for id in group.ids)


def _tell(way: Way, counts: Mapping[tuple[str, str], int], ids: tuple[int, ...]) -> Query:
    """With what was counted, up to COUNT_LIMIT in all; with the listings themselves, where these are surely all."""
    first: dict[tuple[str, str], int] = {}
    for of, total in counts.items():
        first[of] = min(total, COUNT_LIMIT - sum(first.values()))
    known = ids if len(ids) == sum(counts.values()) != COUNT_LIMIT else None
    return replace(way.query, counts={of: total for of, total in first.items() if total}, ids=known)


def _try(query: Query, alternatives: Alternatives, least: int, *, partial: bool = False) -> Way:
    """The query that asks for all parts of one of these."""
    every = join_any([join_all(parts) for parts in alternatives])
    asked = replace(query, match=join_all([every], query.unwanted), partial=partial)
    return Way(query=asked, alternatives=alternatives, least=least)


def _begin(query: Query) -> list[Way]:
    """All words, each or what else it is called; where few listings have these, with what it is for as well."""
    near, wide = [word.near for word in query.words], [word.wide for word in query.words]
    widely = _try(query, [wide], 1)
    return [widely] if near == wide else [_try(query, [near], ENOUGH), widely]


def _take_itself(query: Query) -> list[Way]:
    """The words alone, where each has many: what else they are called stands behind more than anybody looks at."""
    if any(word.listings < MANY for word in query.words if not word.light):
        return []
    words = tuple(
        word
        if word.light
        else replace(word, near=word.exact, wide=word.exact, spelt=word.exact, rated=word.exact, synonyms=())
        for word in query.words
    )
    alone = [word.near for word in words]
    if alone == [word.near for word in query.words]:
        return []
    return [_try(replace(query, words=words), [alone], COUNT_LIMIT)]


def _add_most(query: Query) -> list[Way]:
    """Where few have all words: those without the measures stand behind, or those that lack one of three or more."""
    if _count(query) >= ENOUGH:
        return []
    nouns = [word for word in query.words if not word.light]
    if nouns and len(nouns) < query.count:
        fewer = [[word.wide for word in nouns]]
    elif len(nouns) > 2:
        fewer = _combine(nouns, len(nouns) - 1)
    else:
        return []
    return [_try(query, [[word.wide for word in query.words], *fewer], 1, partial=True)]


def _combine(words: Sequence[Word], kept: int) -> list[list[str]]:
    return [[word.wide for word in some] for some in combinations(words, kept)]


async def _leave_out(conn: Connection, among: Among, query: Query) -> Query:
    """None has all words: without those that none here has, then without measures, then with as many as some have."""
    present = await _list_present(conn, among, query)
    nouns = [word for word in present if not word.light]
    fewer = [
        _try(_keep(query, kept), [[word.wide for word in kept]], 1)
        for kept in (present, nouns)
        if 0 < len(kept) < query.count
    ]
    ways = [*fewer, *_keep_most(query, nouns or present), *_show_shelf(query)]
    return await _find_first(conn, among, ways) or replace(query, counts={}, ids=())


async def _list_present(conn: Connection, among: Among, query: Query) -> list[Word]:
    """The words that something here has, each by itself."""
    if among.groups is not None:
        return [word for word in query.words if any(word.wide in group.has for group in among.groups)]
    return await _ask_for_each(conn, among, query) if query.count > 1 else []


async def _ask_for_each(conn: Connection, among: Among, query: Query) -> list[Word]:
    """The words alone are found in a moment, and most are; the figures of a measure alone are not the measure."""
    itself = await _list_found(
        conn, among, query, {word: word.wide if word.light else word.exact for word in query.words}
    )
    rest = {word: word.wide for word in query.words if word not in itself and not word.light}
    present = [*itself, *await _list_found(conn, among, query, rest)]
    return [word for word in query.words if word in present]


async def _list_found(conn: Connection, among: Among, query: Query, parts: Mapping[Word, str]) -> list[Word]:
    matches = [_ask_index(among.filter, join_all([part], query.unwanted)) for part in parts.values()]
    found = await list_present(conn, among.filter, matches, few=among.few) if matches else []
    return [list(parts)[place] for place in found]


def _keep_most(query: Query, words: Sequence[Word]) -> list[Way]:
    """As many of these words as enough listings have, else as any has."""
    kept = _keep(query, words)
    combined: list[list[str]] = []
    ways: list[Way] = []
    for number in range(len(words) - 1, 0, -1):
        if comb(len(words), number) <= MOST_COMBINATIONS:
            combined = [*combined, *_combine(words, number)]
            ways.append(_try(kept, combined, ENOUGH if number > 1 else 1, partial=True))
    return ways


def _show_shelf(query: Query) -> list[Way]:
    """Nothing has any of the words: what stands in the same category as what is called so, if anything does."""
    gone = tuple(word.typed for word in query.words)
    return [_try(replace(query, left_out=gone, words=()), [[shelf]], 1) for shelf in _find_shelf(query)]


def _find_shelf(query: Query) -> list[str]:
    shelf = [word.shelf for word in query.words if word.shelf]
    return [join_any(shelf)] if shelf else []


def _keep(query: Query, kept: Sequence[Word]) -> Query:
    gone = tuple(word.typed for word in query.words if word not in kept)
    return replace(query, words=tuple(kept), left_out=(*query.left_out, *gone), phrase=NOTHING)


def _narrow(query: Query, filter: NetworkFilter) -> Query:
    """Without words, with kinds, modes and categories as words, which the index of words has too."""
    if query.match:
        return query
    of = (("k", filter.kinds), ("m", filter.modes), ("c", filter.categories))
    return replace(query, match=join_all([part for one in of for part in name_any(*one)]), beside=True)
