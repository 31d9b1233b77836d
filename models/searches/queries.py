"""What is typed, as it is looked for: each word with what else it is called, in the spelling that this instance knows."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from models.searches.language.spelling import list_similar_words
from models.searches.language.typed_text import Piece, read_typed_text
from models.store.database import Connection, fetch_records

MOST_WORDS = 8
"""Words that are looked for; what is typed beyond them is said to be left out."""

LONGEST_EXPRESSION = 4
"""Words of an expression of the shipped list, as "pompe à vélo sans fil"."""

_STEM = re.compile(r"'((?:[^']|'')*)'")

_PEOPLE = "plac", "person", "per", "conviv", "couvert", "invit"
"""Stems that count the same: who looks for four people's finds four places."""

_NUMERALS = {
    "2": "deux", "3": "troi", "4": "quatr", "5": "cinq", "6": "six", "7": "sept", "8": "huit", "9": "neuf", "10": "dix",
    "12": "douz", "15": "quinz", "20": "vingt", "30": "trent", "40": "quarant", "50": "cinquant", "60": "soix", "100": "cent",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A word, measure or expression of a search. `typed` as it is typed, `taken` as it is looked for.

    `exact`, `near` (with synonyms, kinds and categories) and `wide` (with what it is for) are texts of tsqueries.
    `similar` are known words that it may have been meant to be, where it is not known itself.
    """

    typed: str
    taken: str
    exact: str
    near: str
    wide: str
    measure: bool = False
    synonyms: tuple[str, ...] = ()
    similar: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A search as it is looked for. `match` is the text of the tsquery that listings must fit, '' for all of them.

    `left_out` are words, as they are typed, that nothing was found with; `partial` says that no listing has all the
    others, so that those with most of them are found. `giving`: who says what she has looks for those who need it.
    """

    match: str = ""
    words: tuple[Word, ...] = ()
    unwanted: str = ""
    phrase: str = ""
    left_out: tuple[str, ...] = ()
    partial: bool = False
    giving: bool = False

    @property
    def strict(self) -> str:
        """All words, each or what else it is called: what is kept of a saved search. '' where no word is looked for."""
        return join_all([word.near for word in self.words], self.unwanted)

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
        return join_any([word.exact for word in self.words])

    @property
    def near(self) -> str:
        """Any of the words, or what else they are called."""
        return join_any([word.near for word in self.words])

    @property
    def each(self) -> list[str]:
        """What finds each word, for counting those that a listing has not."""
        return [word.wide for word in self.words] if self.partial else []

    @property
    def weights(self) -> list[float]:
        """What each of these counts: a measure less than a word."""
        return [0.4 if word.measure else 1.0 for word in self.words] if self.partial else []

    @property
    def exact_count(self) -> int:
        """How many stems `exact` has."""
        return len(set(_STEM.findall(self.exact)))

    @property
    def near_count(self) -> int:
        """How many stems `near` has."""
        return len(set(_STEM.findall(self.near)))

    @property
    def count(self) -> int:
        """How many words are looked for."""
        return len(self.words)


def join_all(matches: Sequence[str], unwanted: str = "") -> str:
    """The text of a tsquery that asks for all of them."""
    return " & ".join([*(f"({match})" for match in matches), *([f"!({unwanted})"] if unwanted and matches else [])])


def join_any(matches: Sequence[str]) -> str:
    """The text of a tsquery that asks for one of them."""
    return " | ".join(dict.fromkeys(f"({match})" for match in matches))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """What the database says of a piece: its tsquery, its relations as (relation, other, match), whether it is known."""

    match: str
    relations: list[tuple[str, str, str]] = field(default_factory=list)
    known: bool = False


async def read_query(conn: Connection, text: str) -> Query:
    """What is typed, with corrections and synonyms; nothing is left out yet (`fit_query` does, where all is too much)."""
    typed = read_typed_text(text)
    pieces = [piece for piece in typed.pieces if not piece.unwanted]
    if not typed.pieces:
        return Query(left_out=(text.strip(),) if text.strip() else ())
    readings = await _read(conn, pieces, [piece.text for piece in typed.pieces if piece.unwanted])
    words = [await _read_word(conn, pieces, span, readings) for span in _list_spans(pieces, readings)]
    words = list({word.exact: word for word in words}.values())
    query = Query(
        words=tuple(words[:MOST_WORDS]),
        left_out=tuple(word.typed for word in words[MOST_WORDS:]) or (() if words else (text.strip(),)),
        unwanted=join_any([readings[piece.text].match for piece in typed.pieces if piece.unwanted]),
        giving=typed.giving,
    )
    phrase = " <-> ".join(word.exact for word in query.words if "<" not in word.exact) if len(words) > 1 else ""
    return replace(query, match=query.strict, phrase=phrase)


async def _read(conn: Connection, pieces: Sequence[Piece], unwanted: Sequence[str]) -> dict[str, _Reading]:
    """What the database says of each piece, and of those that stand together."""
    single = [*(piece.text for piece in pieces), *unwanted]
    together = [
        " ".join(piece.text for piece in pieces[first : first + length])
        for length in range(2, LONGEST_EXPRESSION + 1)
        for first in range(len(pieces) - length + 1)
    ]
    joined = [one.text + other.text for one, other in zip(pieces, pieces[1:], strict=False)]
    rows = await fetch_records(
        conn,
        """
        WITH piece AS MATERIALIZED (
            SELECT text, n, phraseto_tsquery('public.fr', search_text(text)) AS match
            FROM unnest($1::text[]) WITH ORDINALITY AS t (text, n))
        SELECT p.text, p.match::text AS match, numnode(p.match) > 0 AND (
                EXISTS (SELECT FROM known_word k WHERE k.word = fold(p.text)) OR (p.n <= $2 AND EXISTS (
                    SELECT FROM listing l WHERE l.search @@ p.match AND is_open_status(l.status)))) AS known,
            (SELECT jsonb_agg(jsonb_build_array(e.relation, e.other, e.match) ORDER BY e.relation, e.other)
                FROM everyday_word e WHERE e.key = search_key(p.text)) AS relations
        FROM piece p
        """,
        [*single, *together, *joined],
        len(single),
    )
    return {
        row["text"]: _Reading(
            match=row["match"],
            known=row["known"],
            relations=[(one[0], one[1], one[2]) for one in row["relations"] or ()],
        )
        for row in rows
    }


def _list_spans(pieces: Sequence[Piece], readings: dict[str, _Reading]) -> list[range]:
    """Which pieces make one word together: the longest expressions that the shipped list has; stop words are none."""
    spans: list[range] = []
    place = 0
    while place < len(pieces):
        length = next(
            (
                n
                for n in range(min(LONGEST_EXPRESSION, len(pieces) - place), 1, -1)
                if _is_known(pieces, place, n, readings)
            ),
            1,
        )
        spans.append(range(place, place + length))
        place += length
    return [span for span in spans if readings[_join(pieces, span)].match]


def _is_known(pieces: Sequence[Piece], first: int, length: int, readings: dict[str, _Reading]) -> bool:
    """Whether these make an expression, which neither begins nor ends with a word that says nothing."""
    ends = (readings[pieces[first].text].match, readings[pieces[first + length - 1].text].match)
    reading = readings[_join(pieces, range(first, first + length))]
    return all(ends) and bool(reading.relations)


def _join(pieces: Sequence[Piece], span: range) -> str:
    return " ".join(pieces[place].text for place in span)


async def _read_word(conn: Connection, pieces: Sequence[Piece], span: range, readings: dict[str, _Reading]) -> Word:
    text = _join(pieces, span)
    reading = readings[text]
    if pieces[span.start].measure and len(span) == 1:
        return _read_measure(text, reading)
    taken, similar = text, ()
    if len(span) == 1 and not (reading.known or reading.relations or pieces[span.start].quoted):
        found = await list_similar_words(conn, text)
        similar = tuple(one.shown for one in found)
        if found:
            taken = found[0].shown
            reading = (await _read(conn, [Piece(text=taken)], []))[taken]
    return _relate(text, taken, reading, similar)


def _relate(typed: str, taken: str, reading: _Reading, similar: tuple[str, ...]) -> Word:
    """The word with all that it stands for."""
    near, wide, synonyms = [reading.match], [], []
    for relation, other, match in reading.relations:
        (near if relation in ("same", "kind", "category") else wide).append(match)
        if relation in ("same", "kind"):
            synonyms.append(other)
    return Word(
        typed=typed,
        taken=taken,
        exact=reading.match,
        near=join_any([match for match in near if match]),
        wide=join_any([match for match in [*near, *wide] if match]),
        synonyms=tuple(synonyms),
        similar=similar,
    )


def _read_measure(text: str, reading: _Reading) -> Word:
    """A number with its unit, written in figures or letters; the figures of a size may have more between them."""
    stems = _STEM.findall(reading.match)
    figures = [stem for stem in stems if stem.isdecimal()]
    ways = [reading.match]
    if len(figures) > 1:
        ways.append(" & ".join(f"'{figure}'" for figure in figures))
    elif len(stems) == 2 and figures:
        number = " | ".join(f"'{one}'" for one in (figures[0], _NUMERALS.get(figures[0])) if one)
        units = _PEOPLE if stems[1] in _PEOPLE else (stems[1],)
        unit = " | ".join(f"'{one}'" for one in units)
        ways.append(f"({number}) <-> ({unit})")
    near = join_any(ways)
    return Word(typed=text, taken=text, exact=reading.match, near=near, wide=near, measure=True)
