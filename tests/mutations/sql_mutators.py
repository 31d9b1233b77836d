"""Mutations of the SQL in strings: conditions taken out, boundaries moved, AND and OR, NULL and NOT NULL, LIMIT.

All of them leave valid SQL with the same parameters: a condition goes by `(… OR true)`.
"""

import ast
import re
from collections.abc import Iterator

from tests.mutations.python_mutators import Places
from tests.mutations.values import Change, Kind

IS_SQL = re.compile(r"^\W*(SELECT|INSERT INTO|UPDATE|DELETE FROM|WITH)\s|\bWHERE\b|\bAND\b.*(=|\bIS\b)", re.S)

COMMENT = re.compile(r"--[^\n]*")
LITERAL = re.compile(r"'(?:[^']|'')*'")
TOKEN = re.compile(
    r"\(|\)|,|;|(?<!DISTINCT )\b(?:ON|FROM)\b"
    r"|\b(?:BETWEEN|AND|OR|WHERE|HAVING|WHEN|THEN|ELSE|END|CASE|FILTER|SELECT|GROUP|ORDER|LIMIT|OFFSET|RETURNING|FOR"
    r"|UNION|EXCEPT|INTERSECT|SET|LEFT|RIGHT|CROSS|FULL|INNER|JOIN|WINDOW|USING|DO|AS)\b"
)
OPENERS = ("WHERE", "AND", "ON", "HAVING")
"""What stands before a condition. `OR` does not: a condition that always holds would hide the others of its row."""

BOUNDARIES = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
BOUNDARY = re.compile(r"(?<=\s)(<=|>=|<|>)(?=\s)")
LIMIT = re.compile(r"\bLIMIT\s+(\$\d+|\d+)(?!\d)")
NULLS = re.compile(r"\bIS (NOT )?NULL\b")
NOT_EXISTS = re.compile(r"\bNOT (?=EXISTS\b|[a-z_]+\()")
DESCENDING = re.compile(r"\s+DESC\b")


def list_changes(source: str) -> list[Change]:
    """All changes of the SQL of this source, in the order of their places."""
    places = Places(source)
    found: list[Change] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and IS_SQL.search(node.value):
            start, end = places.span(node)
            if source[start:end].lstrip("rR").startswith(("'", '"')):
                found += list_of_statement(source[start:end], start)
    return sorted(found, key=lambda change: (change.start, change.end, change.text))


def list_of_statement(text: str, offset: int = 0) -> list[Change]:
    """All changes of one statement, that stands `offset` characters into its source."""
    bare = _blank(text)
    found = [*_conditions(text, bare), *_words(bare)]
    return [
        Change(start=one.start + offset, end=one.end + offset, text=one.text, kind=one.kind)
        for one in found
        if text[one.start : one.end] != one.text
    ]


def _blank(text: str) -> str:
    """The same length, with nothing to read in comments and literals."""
    for pattern in (COMMENT, LITERAL):
        text = pattern.sub(lambda found: "?" * len(found[0]) if found[0][0] == "'" else " " * len(found[0]), text)
    return text


def _conditions(text: str, bare: str) -> Iterator[Change]:
    for start, end in find_conditions(bare):
        condition = text[start:end]
        yield Change(start=start, end=end, text=f"({condition} OR true)", kind=_kind_of(condition))


def _kind_of(condition: str) -> Kind:
    return "sql_deleted" if re.fullmatch(r"(\w+\.)?deleted_at IS NULL", condition) else "sql_filter"


def find_conditions(bare: str) -> list[tuple[int, int]]:
    """Where the conditions of WHERE, ON and HAVING stand, each without the AND before it."""
    tokens = list(TOKEN.finditer(bare))
    found: list[tuple[int, int]] = []
    for number, token in enumerate(tokens):
        if token[0] in OPENERS and not _belongs_to_between(tokens, number):
            end = _find_end(bare, tokens[number + 1 :])
            span = _trim(bare, token.end(), end)
            if end is not None and _is_condition(bare[span[0] : span[1]]):
                found.append(span)
    return found


def _belongs_to_between(tokens: list[re.Match[str]], number: int) -> bool:
    """Whether this AND stands between the two ends of a range."""
    depth = 0
    for token in reversed(tokens[:number]):
        depth += (token[0] == ")") - (token[0] == "(")
        if depth < 0:
            return False
        if depth == 0 and token[0] not in (")", "("):
            return tokens[number][0] == "AND" and token[0] == "BETWEEN"
    return False


def _find_end(bare: str, following: list[re.Match[str]]) -> int | None:
    """Where a condition ends; None where an OR makes it half of one, or it goes on in a way not read here."""
    depth, between = 0, False
    for token in following:
        word = token[0]
        depth += (word == "(") - (word == ")")
        if depth < 0:
            return token.start()
        if depth > 0 or word in ("(", ")"):
            continue
        if word in ("OR", "CASE", "FILTER"):
            return None
        if word != "BETWEEN" and not (word == "AND" and between):
            return token.start()
        between = word == "BETWEEN"
    return len(bare.rstrip("\"' \n"))


def _trim(bare: str, start: int, end: int | None) -> tuple[int, int]:
    piece = bare[start : end or start]
    return start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())


def _is_condition(piece: str) -> bool:
    """Whole, and more than a word that another statement fills in."""
    if piece.startswith("CONFLICT") or piece.count("(") != piece.count(")"):
        return False
    return bool(re.search(r"[=<>(]|\b(IS|IN|LIKE|NOT|BETWEEN)\b|^\w+\.\w+$", piece))


def _words(bare: str) -> Iterator[Change]:
    for found in BOUNDARY.finditer(bare):
        yield Change(start=found.start(), end=found.end(), text=BOUNDARIES[found[1]], kind="sql_boundary")
    for found in LIMIT.finditer(bare):
        more = f"{found[1]} + 1" if found[1][0] == "$" else str(int(found[1]) + 1)
        yield Change(start=found.start(1), end=found.end(1), text=more, kind="sql_limit")
    for found in NULLS.finditer(bare):
        yield Change(
            start=found.start(), end=found.end(), text="IS NULL" if found[1] else "IS NOT NULL", kind="sql_null"
        )
    for found in NOT_EXISTS.finditer(bare):
        yield Change(start=found.start(), end=found.end(), text="", kind="sql_not")
    for found in DESCENDING.finditer(bare):
        yield Change(start=found.start(), end=found.end(), text="", kind="sql_order")
    yield from _joints(bare)


def _joints(bare: str) -> Iterator[Change]:
    """AND becomes OR where the range of a BETWEEN does not need it."""
    tokens = list(TOKEN.finditer(bare))
    for number, token in enumerate(tokens):
        if token[0] == "AND" and not _belongs_to_between(tokens, number):
            yield Change(start=token.start(), end=token.end(), text="OR", kind="sql_and")
