"""Rows as a spreadsheet opens them: UTF-8 with its mark, semicolons as in France, and no cell that acts."""

import csv
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import StringIO
from typing import Generic

from aiohttp import web

from models.moments import PARIS
from models.store.database import Connection, connection
from web.http.app_keys import INSTANCE
from web.http.row_ids import AnyRow

MARK = "\ufeff"
"""Without it, the usual spreadsheet takes accents for something else."""

ACTING = ("=", "+", "-", "@", "\t", "\r")
"""With what a cell begins that a spreadsheet takes for a formula."""

AT_ONCE = 1000

Cell = str | int | date | None


def write_rows(rows: Iterable[Sequence[Cell]], *, delimiter: str = ";") -> str:
    """Lines that end as the format wants (RFC 4180); moments are those of Paris, numbers stay numbers."""
    written = StringIO()
    csv.writer(written, delimiter=delimiter).writerows([[_write(cell) for cell in row] for row in rows])
    return written.getvalue()


def _write(cell: Cell) -> str | int:
    if isinstance(cell, datetime):
        return cell.astimezone(PARIS).strftime("%Y-%m-%d %H:%M")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, str):
        return f"'{cell}" if cell.startswith(ACTING) else cell
    return "" if cell is None else cell


@dataclass(frozen=True, slots=True, kw_only=True)
class Table(Generic[AnyRow]):
    """A whole table: its heads, how so many rows after an id are read, and how one of them is written."""

    heads: Sequence[str]
    read: Callable[[Connection, int, int], Awaitable[list[AnyRow]]]
    write: Callable[[AnyRow], Sequence[Cell]]


async def send_spreadsheet(request: web.Request, name: str, table: Table[AnyRow]) -> web.StreamResponse:
    """The table as a file of this name, sent as it is read; to whoever asks for its head, that alone."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    response = web.StreamResponse(headers=headers)
    response.content_type, response.charset = "text/csv", "utf-8"
    await response.prepare(request)
    if request.method == "HEAD":
        return response
    await response.write((MARK + write_rows([table.heads])).encode())
    last = 0
    while True:
        async with connection(request.app[INSTANCE].pool) as conn:
            rows = await table.read(conn, last, AT_ONCE)
        if not rows:
            return response
        last = rows[-1].id
        await response.write(write_rows([table.write(row) for row in rows]).encode())
