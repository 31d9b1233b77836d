"""Rows as a spreadsheet opens them."""

from datetime import UTC, datetime

import pytest

from web.rendering.feeds.spreadsheets import Cell, write_rows


def test_rows_are_lines_of_cells() -> None:
    rows: list[list[Cell]] = [
        ["Été", 12, None],
        ['dit "oui"', -3, datetime(2027, 7, 1, 22, 30, tzinfo=UTC)],
        ["a;b\nc", 0, ""],
    ]

    assert write_rows(rows) == 'Été;12;\r\n"dit ""oui""";-3;2027-07-02 00:30\r\n"a;b\nc";0;\r\n'


@pytest.mark.parametrize("text", ["=1+1", "+33", "-2", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_acts(text: str) -> None:
    assert write_rows([[text]]).strip('"').startswith("'")
