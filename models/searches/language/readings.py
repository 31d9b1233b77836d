"""What the database says of words that are typed: stems, what else they are called, whether a listing has them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from models.searches.language.typed_text import Piece
from models.store.database import Connection, fetch_records

LONGEST_EXPRESSION = 4
"""Words of an expression of the shipped list, as "pompe à vélo sans fil"."""

LOOKED_AT_FIRST = 100
"""What many listings have is found in the newest ones in a moment: the index of words reads all that have it."""

STEM = re.compile(r"'((?:[^']|'')*)'")
"""A stem in the text of a tsquery."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What is known of a piece: its tsquery, its relations as (relation, other, match, thing).

    `known` is whether a listing or the shipped list has it; `shown` how it is written, where that is with a hyphen, and
    `joined` the tsquery of two words that others write as one. `listings` is how many have it, as of the last count.
    `things` are those it names, where listings have these names: none while some are still to be read anew.
    """

    match: str
    known: bool = False
    shown: str = ""
    joined: str = ""
    listings: int = 0
    things: tuple[str, ...] = ()
    relations: tuple[tuple[str, str, str, str], ...] = ()


Readings = dict[str, Reading]


async def read_pieces(conn: Connection, pieces: Sequence[Piece]) -> Readings:
    """What is known of each piece, and of those that stand together. One question, however many there are."""
    if not pieces:
        return {}
    typed = [piece.text for piece in pieces]
    single = list(dict.fromkeys(typed))
    together = dict.fromkeys(
        " ".join(typed[first : first + length])
        for length in range(2, LONGEST_EXPRESSION + 1)
        for first in range(len(typed) - length + 1)
    )
    rows = await fetch_records(
        conn,
        """
        WITH read AS MATERIALIZED (
            -- "à" says nothing, which PostgreSQL knows of it with its accent alone
            SELECT text, n, CASE WHEN n > $2 OR (fold(text) <> 'a' AND to_tsvector('public.fr', fold(text)) <> '')
                THEN phraseto_tsquery('public.fr', search_text(text)) END AS match
            -- (SELECT …) so that how many there are does not make its plan cheaper than the one that is kept
            FROM unnest((SELECT $1::text[])) WITH ORDINALITY AS t (text, n)),
        piece AS MATERIALIZED (
            -- What `search_key` says, of what is read already
            SELECT read.*, array_to_string(ARRAY(
                SELECT stem[1] FROM regexp_matches(match::text, '''([^'']*)''', 'g') AS stem), ' ') AS key
            FROM read)
        SELECT p.text, coalesce(p.match::text, '') AS match, coalesce(k.shown, '') AS shown,
            coalesce(k.listings, 0) AS listings,
            CASE WHEN p.n > $2 AND k.word IS NOT NULL
                THEN phraseto_tsquery('public.fr', search_text(k.word))::text ELSE '' END AS joined,
            k.word IS NOT NULL OR (p.n <= $2 AND (
                EXISTS (SELECT FROM (SELECT l.search FROM listing l WHERE is_open_status(l.status)
                    ORDER BY l.post_id DESC LIMIT (SELECT $3::int)) AS newest WHERE newest.search @@ p.match)
                OR EXISTS (SELECT FROM listing l WHERE l.search @@ p.match AND is_open_status(l.status)))) AS known,
            (SELECT array_agg(DISTINCT w.thing) FROM everyday_word w
                WHERE w.key = p.key AND w.key <> '' AND (SELECT named_id IS NULL FROM known_word_count)) AS things,
            (SELECT jsonb_agg(DISTINCT jsonb_build_array(r.relation, other.word, other.match, other.thing))
                FROM everyday_word w CROSS JOIN LATERAL (
                    SELECT 'same' AS relation, w.thing AS other
                    UNION ALL SELECT r.relation, r.other FROM everyday_relation r WHERE r.thing = w.thing) AS r
                JOIN everyday_word other ON other.thing = r.other AND other.found
                WHERE w.key = p.key AND w.key <> '') AS relations
        FROM piece p LEFT JOIN known_word k ON k.word = translate(fold(p.text), ' -', '')
        """,
        [*single, *together],
        len(single),
        LOOKED_AT_FIRST,
    )
    return {
        row["text"]: Reading(
            match=row["match"],
            known=row["known"],
            shown=row["shown"] if "-" in row["shown"] else "",
            joined=row["joined"],
            listings=row["listings"],
            things=tuple(row["things"] or ()),
            relations=tuple((one[0], one[1], one[2], one[3]) for one in row["relations"] or ()),
        )
        for row in rows
    }


def list_spans(pieces: Sequence[Piece], readings: Readings) -> list[range]:
    """Which pieces make one word together: the longest expressions that are known; stop words are none."""
    spans: list[range] = []
    place = 0
    while place < len(pieces):
        longest = min(LONGEST_EXPRESSION, len(pieces) - place)
        together = (range(place, place + length) for length in range(longest, 1, -1))
        span = next((span for span in together if _is_known(pieces, span, readings)), range(place, place + 1))
        spans.append(span)
        place = span.stop
    return [span for span in spans if readings[join_pieces(pieces, span)].match]


def _is_known(pieces: Sequence[Piece], span: range, readings: Readings) -> bool:
    """Whether these make an expression, which neither begins nor ends with a word that says nothing."""
    whole = readings[join_pieces(pieces, span)]
    ends = (pieces[span.start], pieces[span.stop - 1])
    joined = whole.joined and not any(end.measure for end in ends)
    return bool(whole.relations or joined) and all(readings[end.text].match for end in ends)


def join_pieces(pieces: Sequence[Piece], span: range) -> str:
    """These pieces as they are typed, without what stood between them."""
    return " ".join(pieces[place].text for place in span)
