"""The table of a rehearsal has every figure that stood on the terminal."""

from contextlib import redirect_stdout

from tests.bench.report import figure
from tests.rehearsal.__main__ import Told, write_table


def test_figures_of_all_sizes_are_in_the_table_with_their_targets() -> None:
    told = Told()
    with redirect_stdout(told):
        figure("from a start to the first answer, middle of three", 2.5, "s", at_most=3)
        figure("connections to PostgreSQL at most", 4, "")
        figure("processor, of a core", 0.125, "s")
        figure("rows of all these tables, before", 1_060_008, "")

    table = write_table(told.getvalue())

    assert "| from a start to the first answer, middle of three | 2.50 s | ≤ 3: reached |" in table
    assert "| connections to PostgreSQL at most | 4.00  |  |" in table
    assert "| processor, of a core | 0.125 s |  |" in table
    assert "| rows of all these tables, before | 1,060,008.0  |  |" in table
