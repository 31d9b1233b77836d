"""Rows as a spreadsheet opens them: UTF-8 with its mark, semicolons as in France, and no cell that acts."""

import csv
from collections.abc import Iterable, Sequence
from datetime import datetime
from io import StringIO

from models.moments import PARIS

MARK = "\ufeff"
"""Without it, the usual spreadsheet takes accents for something else."""

ACTING = ("=", "+", "-", "@", "\t", "\r")
"""With what a cell begins that a spreadsheet takes for a formula."""

Cell = str | int | datetime | None


def write_rows(rows: Iterable[Sequence[Cell]]) -> str:
    """Lines that end as the format wants (RFC 4180); moments are those of Paris, numbers stay numbers."""
    written = StringIO()
    csv.writer(written, delimiter=";").writerows([[_write(cell) for cell in row] for row in rows])
    return written.getvalue()


def _write(cell: Cell) -> str | int:
    if isinstance(cell, datetime):
        return cell.astimezone(PARIS).strftime("%Y-%m-%d %H:%M")
    if isinstance(cell, str):
        return f"'{cell}" if cell.startswith(ACTING) else cell
    return "" if cell is None else cell
