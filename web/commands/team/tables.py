"""Lists as a table for people, its columns as wide as they must be, or as JSON for scripts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import orjson

from web.commands.runner import print_out

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Cell = str | int | datetime | list[str] | dict[str, Any] | None


def print_rows(rows: Sequence[Mapping[str, Cell]], columns: Sequence[str], *, as_json: bool) -> None:
    """Each row by its columns; nothing but `[]`, or the names of the columns, where there is none."""
    if as_json:
        print_out(orjson.dumps([dict(row) for row in rows], option=orjson.OPT_INDENT_2).decode())
        return
    written = [tuple(columns), *(tuple(_write(row[name]) for name in columns) for row in rows)]
    widths = [max(len(row[place]) for row in written) for place in range(len(columns))]
    for row in written:
        print_out("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def _write(value: Cell) -> str:
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%d %H:%M}"
    if isinstance(value, list):
        return ",".join(value) or "-"
    return " ".join(str(value).split()) if value not in (None, "") else "-"
