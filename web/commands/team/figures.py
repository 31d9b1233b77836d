"""`declic figures`: what is shown of the cooperative, for scripts; and months that are over closed at once."""

from __future__ import annotations

import csv
import sys
from typing import TYPE_CHECKING

import click

from web.commands.imports import when_used
from web.commands.runner import CommandFailed, print_err, run, working_instance

with when_used():
    import orjson

    from models.coop.figures import cells, periods
    from models.store import database
    from web.pages.instance.figures import files
    from web.server.worker import figures as figures_chore

if TYPE_CHECKING:
    from models.coop.figures.cells import ShownSlice


@click.command()
@click.option("--period", "--periode", "period", help="2026-03, 2026-T1, 2026 or tout; without it, all there is.")
@click.option(
    "--format", type=click.Choice(["csv", "json"]), default="csv", show_default=True, help="With semicolons, or JSON."
)
@click.option("--close", "--arreter", "close", is_flag=True, help="Close and recount now what is done at night.")
def figures(period: str | None, format: str, *, close: bool) -> None:
    """Print the figures as they are shown: what is too small stands in no line of them."""
    lines = run(_load(period, close=close))
    if format == "json":
        rows = [dict(zip(files.COLUMNS, files.write_line(one), strict=True)) for one in lines]
        click.echo(orjson.dumps(rows, option=orjson.OPT_INDENT_2).decode())
        return
    writer = csv.writer(sys.stdout, delimiter=";", lineterminator="\n")
    writer.writerows([files.COLUMNS, *map(files.write_line, lines)])


async def _load(period: str | None, *, close: bool) -> list[ShownSlice]:
    async with working_instance() as instance:
        if close:
            await figures_chore.close_and_recount(instance)
            print_err("Months that are over are closed, and those before were counted again.")
        async with database.connection(instance.pool) as conn:
            if period is None:
                return await cells.list_all(conn)
            there = (await cells.find_available(conn)).periods
            found = periods.read_period(period)
            if found is None or found not in there:
                known = ", ".join(one.code for one in there) or "none yet"
                raise CommandFailed(f"There are no figures of {period}; there are: {known}.")
            return await cells.list_slices(conn, found)
