"""What is asked: filters, and what is typed as it is looked for, with what else it is called, spelt as known here."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from models.searches.language.readings import STEM, Reading, Readings, join_pieces, list_spans, read_pieces
from models.searches.language.spelling import list_similar_words
from models.searches.language.typed_text import LONGEST_TEXT, Piece, TypedText, read_typed_text
from models.searches.language.word_matches import Word, join_all, join_any, read_measure, relate
from models.store.database import Connection
from models.store.recent_texts import RecentTexts

MOST_WORDS = 8
"""Words that are looked for; what is typed beyond them is said to be left out."""

MOST_MEASURES = 4
"""Measures of a search that are looked for: each says little, and has a thousand listings."""

NOTHING = "'='"
"""A tsquery that no listing fits: PostgreSQL takes an empty one, but says each time that it is."""

_HEAD = re.compile(r"(?:^|[|(] *)'([^']*)'")
"""The first stem of each word or expression in the text of a tsquery."""


Order = Literal["best", "near", "new", "ending"]
"""How what is found is sorted: by words, distance and freshness together, or by one of them, or by when it ends.

Nothing else counts, neither who offers it nor how often she lends. Without a place `near` is `new`.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkFilter:
    """The filters of the network page. Empty tuples and None filter nothing; `radius` is in kilometres.

    `subcategory` is one of ours under `categories`. `communes` are INSEE codes, `epcis` SIREN codes of federations of
    communes, one of all of them is enough; `territory_uris` are cooperatives' actors, as `territory_uri` is. It is
    wanted between two moments, `free_from` and `free_until`. `bounds` is south, west, north, east of a map;
    `from_places` are those that people may come to. `reader_local` adds what only members may see, `community_id` asks
    for what stays inside that one; `reader_id` leaves out whom that member blocked or muted.
    """

    text: str = ""
    kinds: tuple[str, ...] = ()
    modes: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    subcategory: str | None = None
    territory_uri: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    radius: float | None = None
    with_photo: bool = False
    from_places: bool = False
    reader_local: bool = False
    reader_id: int | None = None
    communes: tuple[str, ...] = ()
    epcis: tuple[str, ...] = ()
    territory_uris: tuple[str, ...] = ()
    free_from: datetime | None = None
    free_until: datetime | None = None
    bounds: tuple[float, float, float, float] | None = None
    order: Order = "best"
    community_id: int | None = None

    @property
    def narrow(self) -> bool:
        """Whether it asks for what few listings may have, wherever there are many."""
        return self.placed or self.named

    @property
    def named(self) -> bool:
        """The same without areas."""
        named = (self.categories, self.subcategory, self.territory_uri, self.territory_uris, self.community_id)
        return self.from_places or any(named)

    @property
    def placed(self) -> bool:
        """Whether it asks for an area: how much lies in one differs by more than a plan for all of them is good for."""
        return any((self.communes, self.epcis, self.bounds)) or (self.radius is not None and self.latitude is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A search as it is looked for. `match` is the text of the tsquery that listings must fit, '' for all of them.

    `left_out` are words, as they are typed, that nothing was found with; `partial` says that no listing has all the
    others, so that those with most of them are found. `giving`: who says what she has looks for those who need it.
    `by_index` is false where so little fits all else that each is looked at, `beside` where so much does that no index
    of it is read beside that of words. `counts` are how many listings fit it and
    the filter it was fitted to, by (kind, mode), up to COUNT_LIMIT; None where they were not counted for it. `ids` are
    all of them, None where not all were looked at.
    """

    match: str = ""
    words: tuple[Word, ...] = ()
    unwanted: str = ""
    phrase: str = NOTHING
    left_out: tuple[str, ...] = ()
    partial: bool = False
    giving: bool = False
    by_index: bool = True
    beside: bool = False
    counts: Mapping[tuple[str, str], int] | None = None
    ids: tuple[int, ...] | None = None

    @property
    def beside_others(self) -> str:
        """All of `match`, where it is looked up in the index of words, and what else is asked in its own."""
        return self.match if self.by_index and self.beside else ""

    @property
    def alone(self) -> str:
        """All of `match`, where it is looked up in the index of words alone."""
        return self.match if self.by_index and not self.beside else ""

    @property
    def one_by_one(self) -> str:
        """All of `match`, where listings are looked at for it one by one."""
        return "" if self.by_index else self.match

    @property
    def strict(self) -> str:
        """All words, each or what else it is called: what is kept of a saved search. '' where no word is looked for.

        By name and in all the words there are for it: names go with an edition of the shipped list.
        """
        return join_all([join_any([word.near, word.spelt]) for word in self.words], self.unwanted)

    @property
    def corrected(self) -> tuple[tuple[str, str], ...]:
        """What was typed, and the known word that was looked for instead."""
        return tuple((word.typed, word.taken) for word in self.words if word.typed != word.taken)

    @property
    def synonyms(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Words with what else they are called, where that counted as well."""
        return tuple((word.taken, word.synonyms) for word in self.words if word.synonyms)

    @property
    def similar(self) -> tuple[str, ...]:
        """Known words that look like those which are not known here."""
        return tuple(dict.fromkeys(other for word in self.words for other in word.similar if other != word.taken))

    @property
    def exact(self) -> str:
        """Any of the words themselves: they count most."""
        return join_any([word.exact for word in self.words]) or NOTHING

    @property
    def near(self) -> str:
        """Any of the words, or what else they are called."""
        return join_any([word.rated for word in self.words]) or NOTHING

    @property
    def each(self) -> list[str]:
        """What finds each word, for counting those that a listing has not."""
        return [word.wide for word in self.words] if self.partial else []

    @property
    def weights(self) -> list[float]:
        """What each of these counts."""
        return [word.weight for word in self.words] if self.partial else []

    @property
    def exact_head(self) -> str:
        """Titles that begin with what is looked for."""
        return join_any(_list_heads(self._head.exact)) if self.words else NOTHING

    @property
    def near_head(self) -> str:
        """Titles that begin with what else it is called."""
        return join_any(_list_heads(self._head.spelt)) if self.words else NOTHING

    @property
    def _head(self) -> Word:
        return max(self.words, key=lambda word: word.weight)

    @property
    def exact_count(self) -> int:
        """How many stems `exact` has."""
        return len(set(STEM.findall(self.exact)))

    @property
    def near_count(self) -> int:
        """How many stems `near` has."""
        return len(set(STEM.findall(self.near)))

    @property
    def count(self) -> int:
        """How many words are looked for."""
        return len(self.words)


def _list_heads(match: str) -> list[str]:
    """What `search_head` would make of a title that begins with one of these words or expressions."""
    return [f"'h={found[1]}'" for found in _HEAD.finditer(match)]


_RECENT = RecentTexts["Query"]()

_MISSPELT = RecentTexts[Word]()
"""Words that no listing has, as they are spelt here; that none has is asked again."""


async def read_query(conn: Connection, text: str) -> Query:
    """What is typed, with corrections and synonyms; nothing is left out yet (`fit_query` does that)."""
    if (kept := _RECENT.find(conn, text[:LONGEST_TEXT])) is not None:
        return kept
    typed = read_typed_text(text)
    wanted = [piece for piece in typed.pieces if not piece.unwanted]
    readings = await read_pieces(conn, typed.pieces)
    query = await _read_words(conn, typed, wanted, readings)
    if not query.words:
        return Query(left_out=tuple(filter(None, [text.strip()])))
    if all(_is_settled(readings[piece.text]) for piece in wanted):
        _RECENT.keep(conn, text[:LONGEST_TEXT], query)
    return query


def _is_settled(reading: Reading) -> bool:
    """Whether it will be read the same in a moment: what is not known is, as soon as a listing has it."""
    return reading.known or not reading.match


async def _read_words(conn: Connection, typed: TypedText, wanted: Sequence[Piece], readings: Readings) -> Query:
    spans, others = _choose_spans(wanted, list_spans(wanted, readings))
    read = [await _read_word(conn, wanted, span, readings) for span in spans]
    words = _weigh({word.near: word for word in read if word.exact}.values())
    query = Query(
        words=words,
        left_out=tuple(join_pieces(wanted, span) for span in others),
        unwanted=join_any([readings[piece.text].match for piece in typed.pieces if piece.unwanted]),
        phrase=_join_phrase(words),
        giving=typed.giving,
    )
    return replace(query, match=query.strict)


def _choose_spans(pieces: Sequence[Piece], spans: Sequence[range]) -> tuple[list[range], list[range]]:
    """Those that are looked for, and the others."""
    measures = [span for span in spans if len(span) == 1 and pieces[span.start].measure]
    many = measures[MOST_MEASURES:]
    chosen = [span for span in spans if span not in many][:MOST_WORDS]
    return chosen, [span for span in spans if span not in chosen]


def _join_phrase(words: Sequence[Word]) -> str:
    """The words as they stand together; those that may be several are left out."""
    single = [word.exact for word in words if "|" not in word.exact]
    return " <-> ".join(single) if len(single) > 1 else NOTHING


def _weigh(words: Iterable[Word]) -> tuple[Word, ...]:
    """The first word that is not light counts most: "raclette samedi soir", "table ping-pong extérieur"."""
    listed = list(words)
    first = next((place for place, word in enumerate(listed) if not word.light), 0)
    return tuple(replace(word, weight=word.weight * 2) if place == first else word for place, word in enumerate(listed))


async def _read_word(conn: Connection, pieces: Sequence[Piece], span: range, readings: Readings) -> Word:
    text = join_pieces(pieces, span)
    if len(span) > 1:
        parts = [await _read_word(conn, pieces, range(place, place + 1), readings) for place in span]
        apart = join_all([part.near for part in parts if part.exact])
        word = relate(text, text, readings[text])
        return replace(word, wide=join_any([word.wide, apart])) if apart else word
    if pieces[span.start].measure:
        return read_measure(text, readings[text])
    if pieces[span.start].quoted:
        return relate(text, text, readings[text])
    return await _read_single(conn, text, readings[text])


async def _read_single(conn: Connection, text: str, reading: Reading) -> Word:
    """A word, spelt as it is known here."""
    if reading.shown and "-" not in text:
        return await _spell(conn, text, (reading.shown,))
    if reading.known or reading.relations or not reading.match:
        return relate(text, text, reading)
    if (kept := _MISSPELT.find(conn, text)) is not None:
        return kept
    similar = tuple(one.shown for one in await list_similar_words(conn, text))
    word = await _spell(conn, text, similar) if similar else relate(text, text, reading)
    _MISSPELT.keep(conn, text, word)
    return word


async def _spell(conn: Connection, text: str, similar: tuple[str, ...]) -> Word:
    """The first of these, which it was meant to be."""
    [taken] = (await read_pieces(conn, [Piece(text=similar[0])])).values()
    return replace(relate(text, similar[0], taken), similar=similar)
