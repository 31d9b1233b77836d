"""Rows of a file by their columns, each with its line: tables as spreadsheets write them, and JSON of an API.

JSON may be a plain array or what API Platform answers (`hydra:member`, `member`), its objects as deep as they are: of a
thing that is named by another one, its address, its mail or its name is taken, whichever its column asks for.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Literal

from models.errors import Invalid
from models.places.places import fold_name
from web.forms.table_file import decode, find_columns, read_rows

MOST_LINES = 50_000
"""Of one file."""

LONGEST = 5_000
"""Characters of one cell; more is cut, as nothing here takes as much."""

MEMBER = re.compile(r'"(?:hydra:)?member"\s*:\s*\[')

SPACE = re.compile(r"[\s,]*")

JOINED = " | "
"""Between several things in one cell."""

Wanted = Literal["text", "number", "mail"]
"""What is taken of a thing that is named: its name, its number, its mail."""

KEYS: Mapping[Wanted, Sequence[str]] = {
    "text": ("name", "description", "label", "prestation"),
    "number": ("id", "@id"),
    "mail": ("email",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """How a column may be called, folded, and what it takes of a thing that is named."""

    names: Sequence[str]
    wanted: Wanted = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRow:
    """One row; what has no column is "". `heads` is how the file calls its columns; `beyond` cells have none."""

    line: int
    cells: Mapping[str, str]
    heads: Mapping[str, str]
    beyond: int = 0

    def __getitem__(self, column: str) -> str:
        """What stands in this column."""
        return self.cells.get(column, "")


def read_file(body: bytes, columns: Mapping[str, Column]) -> list[FileRow]:
    """The rows of a file. Raises Invalid for what cannot be read at all."""
    text, _ = decode(body)
    rows = list(_read_json(text, columns)) if text.lstrip()[:1] in ("[", "{") else _read_table(text, columns)
    if len(rows) > MOST_LINES:
        raise Invalid("import_too_long", most=MOST_LINES)
    return rows


def _read_table(text: str, columns: Mapping[str, Column]) -> list[FileRow]:
    rows = read_rows(text, most=MOST_LINES, field="")
    heads = [" ".join(_part_words(head).split()) for head in rows[0][1]]
    places = find_columns(heads, {column: one.names for column, one in columns.items()})
    named = {column: rows[0][1][place] for column, place in places.items()}
    return [
        FileRow(
            line=line,
            cells={
                column: tidy(cells[place], columns[column]) for column, place in places.items() if place < len(cells)
            },
            heads=named,
            beyond=sum(1 for cell in cells[len(heads) :] if cell.strip()),
        )
        for line, cells in rows[1:]
    ]


def _part_words(head: str) -> str:
    """ "streetNumber" as "street Number"."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", head)


def tidy(cell: str, column: Column) -> str:
    """A cell as it is meant: of an address of the API its number, of what a spreadsheet wrote as text the text."""
    cell = _clean(cell[:LONGEST]).strip()
    if cell[:1] == "'" and cell[1:2] in ("=", "+", "-", "@"):
        cell = cell[1:]
    return cell.rpartition("/")[2] if column.wanted == "number" else cell


def _clean(text: str) -> str:
    """Without what no database takes: zero bytes, and halves of a letter, which JSON can name alone."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def _read_json(text: str, columns: Mapping[str, Column]) -> Iterator[FileRow]:
    names = {fold_name(name).strip(): column for column, one in columns.items() for name in reversed(one.names)}
    for line, value in islice(_list_values(text), MOST_LINES + 1):
        cells: dict[str, str] = {}
        heads: dict[str, str] = {}
        for key, said in value.items():
            column = names.get(fold_name(_part_words(str(key))).strip())
            if column is not None and (column not in cells or not cells[column]):
                cells[column] = tidy(_say(said, columns[column].wanted), columns[column])
                heads[column] = _clean(key)
        yield FileRow(line=line, cells=cells, heads=heads)


def _list_values(text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Each object of the list with the line in which it begins, read one after the other."""
    place = _find_list(text)
    decoder = json.JSONDecoder()
    line = text.count("\n", 0, place) + 1
    while True:
        begin = SPACE.match(text, place).end()  # type: ignore[union-attr] # it matches nothing at all too
        line += text.count("\n", place, begin)
        if text[begin : begin + 1] == "]":
            return
        value, place = _read_value(decoder, text, begin, line)
        yield line, value
        line += text.count("\n", begin, place)


def _read_value(decoder: json.JSONDecoder, text: str, begin: int, line: int) -> tuple[dict[str, Any], int]:
    """An object, and where it ends. What is none, or stops in its middle, is said with its line."""
    error: Exception | None = None
    try:
        value, end = decoder.raw_decode(text, begin)
    except (ValueError, RecursionError) as found:
        value, end, error = None, begin, found
    if not isinstance(value, dict):
        further = text.count("\n", begin, error.pos) if isinstance(error, json.JSONDecodeError) else 0
        raise Invalid("import_json_broken", line=line + further) from error
    return value, end


def _find_list(text: str) -> int:
    """Where the first object may stand."""
    begin = len(text) - len(text.lstrip())
    if text[begin : begin + 1] == "[":
        return begin + 1
    found = MEMBER.search(text)
    if found is None:
        raise Invalid("import_json_no_list")
    return found.end()


def _say(value: Any, wanted: Wanted) -> str:
    """What a cell says of a value of JSON; of a list each of its things."""
    if isinstance(value, list):
        return JOINED.join(filter(None, (_say_one(one, wanted) for one in value)))
    return _say_one(value, wanted)


def _say_one(value: Any, wanted: Wanted) -> str:
    if isinstance(value, dict):
        value = _name_thing(value, wanted)
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int | float) else ""


def _name_thing(thing: dict[str, Any], wanted: Wanted) -> Any:
    """By its address, its mail or its name; a commune by its postcode too, which tells it from its namesakes."""
    found = next((thing[key] for key in KEYS[wanted] if thing.get(key)), "")
    return f"{thing['postcode']} {found}" if wanted == "text" and thing.get("postcode") else found
