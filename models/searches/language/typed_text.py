"""What somebody types into the search box, taken apart: words, measures, expressions, what she does not want."""

import re
from dataclasses import dataclass

LONGEST_TEXT = 500
"""Characters of a search that are read; what stands behind them is not looked at."""

MOST_PIECES = 24
"""Words of a search that are read, those that say nothing among them."""

_UNITS = (
    r"places?|personnes?|pers|convives?|couverts?|invit[ée]s?|pouces?|po|cm|mm|m|m[èe]tres?|km|litres?|l|kg|kilos?|g|"
    r"volts?|v|watts?|w|wh|ah|ans?|mois|vitesses?|enfants?|go|to|portes?|tiroirs?|marches?|pi[èe]ces?|br[ûu]leurs?"
)

_NUMBER = r"\d+(?:[.,]\d+)?"

_PIECE = re.compile(
    rf"""
    (?P<measure>
        {_NUMBER}\s*(?:m|cm)?(?:\s*[x×*]\s*{_NUMBER})+(?:\s*(?:cm|mm|m|c|b))?(?!\w)   # 180x90, 4 m x 6, 700x28c
        | {_NUMBER}\s*(?:{_UNITS})(?!\w)                                              # 4 places, 18V
        | {_NUMBER}\s*(?:"|''|″|”)                                                    # 20"
        | {_NUMBER}(?!\w)
    )
    | (?<!\S)-(?P<unwanted>[^\W\d_][^\W_]*)
    | "(?P<quoted>[^"]+)"
    | (?P<word>[^\W_]+(?:['’ʼ‑-][^\W_]+)*)
    """,
    re.VERBOSE | re.IGNORECASE,
)

_SILENT = re.compile(
    r"""(?:est-ce\ que|quelqu['’ʼ]un(?:e)?|(?:j['’ʼ]ai|avoir)\ besoin|je\ (?:re)?cherche|(?:re)?cherche|besoin|
    bonjour|svp|merci|urgent|pas\ cher(?:e|s)?|qui\ en\ veut|(?:je\ )?voudrais|j['’ʼ]aimerais|emprunter|louer|
    location|occasion|gratuite?s?|ce\ week[- ]?end|aujourd['’ʼ]hui|demain)(?![\w-])""",
    re.VERBOSE | re.IGNORECASE,
)

_GIVING = re.compile(r"(?:je|j['’ʼ])\s*(?:donne|vends|pr[êe]te|propose|offre|[ée]change)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A word, a measure or an expression, as it is typed. A `measure` is less than a word: numbers say little.

    What is `quoted` is meant as it is typed.
    """

    text: str
    measure: bool = False
    unwanted: bool = False
    quoted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedText:
    """What is typed, in its order; `giving` where somebody says what she has, and wants to find who needs it."""

    pieces: tuple[Piece, ...]
    giving: bool


def read_typed_text(text: str) -> TypedText:
    """What is typed, taken apart; linear, whatever it is."""
    line = " ".join(text.replace("\0", " ")[:LONGEST_TEXT].split())
    giving = _GIVING.search(line) is not None
    told = _SILENT.sub(" ", _GIVING.sub(" ", line))
    pieces = _list_pieces(told) or _list_pieces(line)
    return TypedText(pieces=pieces, giving=giving)


def _list_pieces(line: str) -> tuple[Piece, ...]:
    pieces: list[Piece] = []
    for found in _PIECE.finditer(line):
        kind = found.lastgroup or ""
        text = found[kind].strip()
        if text and len(pieces) < MOST_PIECES:
            pieces.append(
                Piece(text=text, measure=kind == "measure", unwanted=kind == "unwanted", quoted=kind == "quoted")
            )
    return tuple(pieces)
