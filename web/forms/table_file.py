"""A table as spreadsheets write it: UTF-8 or Windows-1252, apart by semicolons, commas or tabs, heads first."""

import csv
import io

from models.errors import Invalid

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
