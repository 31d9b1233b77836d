"""A table as spreadsheets write it: UTF-8 or Windows-1252, apart by semicolons, commas or tabs, heads first."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import TypeVar

from models.errors import Invalid
from models.places.places import fold_name

HEADS_SAID = 300
"""So many characters of a table's heads stand in an error."""

Column = TypeVar("Column", bound=str)

Rows = list[tuple[int, list[str]]]
"""Lines that are not empty, each with its number as editors count, the heads first."""


def decode(body: bytes) -> tuple[str, bool]:
    """The text of a file, and whether it was read as Windows writes it. Raises Invalid for what is no text."""
    if body.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise Invalid("list_is_workbook", field="file")
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return body.decode("utf-16", "replace"), False
    if b"\x00" in body:
        raise Invalid("list_unreadable", field="file")
    try:
        return body.decode("utf-8-sig"), False
    except UnicodeDecodeError:
        return body.decode("cp1252", "replace"), True


def read_rows(text: str, *, most: int, field: str) -> Rows:
    """The lines of a table; of one that has more than so many below the heads, one line more. Raises Invalid."""
    text = text.removeprefix("\ufeff")
    first = text.lstrip("\r\n").partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(";,\t", key=first.count))
    rows: Rows = []
    before = 0
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append((before + 1, cells))
            before = reader.line_num
            if len(rows) > most + 1:
                return rows
    except csv.Error as error:
        raise Invalid("list_unreadable", field=field) from error
    if not rows:
        raise Invalid("list_empty", field=field)
    return rows


def find_columns(heads: Sequence[str], names: Mapping[Column, Sequence[str]]) -> dict[Column, int]:
    """Where each column is, by the first of its `names` that stands in the heads; those of no name are left out."""
    folded = {fold_name(head).strip(): place for place, head in reversed(list(enumerate(heads)))}
    found: dict[Column, int] = {}
    for column, known in names.items():
        place = next((folded[name] for name in known if name in folded), None)
        if place is not None:
            found[column] = place
    return found


def quote_heads(heads: Sequence[str]) -> str:
    """The heads as an error says them."""
    return ", ".join(f"« {head} »" for head in heads if head)[:HEADS_SAID]
