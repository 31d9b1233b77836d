"""`declic journal`: what those who look after the cooperative did."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import click

from web.commands.imports import when_used
from web.commands.runner import run, working_instance
from web.commands.team.tables import Cell, print_rows

with when_used():
    from models.moderation import journal as records
    from models.people import actors
    from models.store import database

COLUMNS = ("at", "act", "by", "role", "about", "rule")

USUAL_DAYS = 30

LAST_DAY = datetime(9999, 1, 1, tzinfo=UTC)


@click.command()
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="The first day; without it the last 30 days.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=1_000, show_default=True, help="So many at most.")
@click.option("--json", "as_json", is_flag=True, help="For scripts, with the details.")
def journal(since: datetime | None, limit: int, *, as_json: bool) -> None:
    """Print what the team did, and commands such as these (by nobody), the latest first."""
    run(_print_journal(since, limit, as_json=as_json))


async def _print_journal(since: datetime | None, limit: int, *, as_json: bool) -> None:
    begin = since.replace(tzinfo=UTC) if since is not None else datetime.now(UTC) - timedelta(days=USUAL_DAYS)
    async with working_instance() as instance, database.connection(instance.pool) as conn:
        found = await records.list_entries(conn, None, span=(begin, LAST_DAY), limit=limit)
        people = await actors.map_by_ids(conn, [id for one in found for id in (one.by_id, one.about_id) if id])
    rows: list[dict[str, Cell]] = [
        {
            "at": one.at,
            "act": one.act,
            "by": people[one.by_id].username if one.by_id in people else None,
            "role": one.role,
            "about": people[one.about_id].handle if one.about_id in people else None,
            "rule": one.rule,
            "details": one.details,
        }
        for one in found
    ]
    print_rows(rows, COLUMNS, as_json=as_json)
