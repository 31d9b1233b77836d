"""`declic reports list|show|settle`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from web.commands.imports import when_used
from web.commands.runner import CommandFailed, print_out, run, working_instance
from web.commands.team.french_names import BilingualGroup
from web.commands.team.tables import print_rows

with when_used():
    from models.moderation import journal
    from models.moderation import reports as records
    from models.people import actors
    from models.store import database
    from outbox.moderation import reports as outbox
    from web.mail import staff_mails

if TYPE_CHECKING:
    from models.moderation.reports import Report
    from models.people.actors import Actor
    from models.store.database import Connection
    from web.commands.team.tables import Cell

COLUMNS = ("id", "at", "category", "about", "by", "content")


@click.group(cls=BilingualGroup)
def reports() -> None:
    """What was reported, and what came of it."""


@reports.command("list")
@click.option("--limit", type=click.IntRange(1, 1000), default=100, show_default=True, help="So many at most.")
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
def list_reports(limit: int, *, as_json: bool) -> None:
    """Print the reports that wait, a line each, the oldest first."""
    run(_list_reports(limit, as_json=as_json))


async def _list_reports(limit: int, *, as_json: bool) -> None:
    async with working_instance() as instance, database.connection(instance.pool) as conn:
        found = await records.list_open(conn, limit=limit)
        people = await actors.map_by_ids(conn, [id for one in found for id in (one.reporter_id, one.target_id) if id])
    print_rows([_describe(one, people) for one in found], COLUMNS, as_json=as_json)


def _describe(one: Report, people: dict[int, Actor]) -> dict[str, Cell]:
    target, reporter = people.get(one.target_id or 0), people.get(one.reporter_id or 0)
    return {
        "id": str(one.id),
        "at": one.created_at,
        "category": one.category,
        "about": target.handle if target is not None else one.target_name,
        "by": reporter.handle if reporter is not None else one.reporter_email,
        "content": one.content,
    }


@reports.command("show")
@click.argument("id", type=int)
def show_report(id: int) -> None:
    """Print all that is known of a report."""
    run(_show_report(id))


async def _show_report(id: int) -> None:
    async with working_instance() as instance, database.connection(instance.pool) as conn:
        found = await _find(conn, id)
        people = await actors.map_by_ids(conn, [one for one in (found.reporter_id, found.target_id) if one])
    for name, value in _describe(found, people).items():
        print_out(f"{name}: {value if value is not None else '-'}")
    for uri in found.object_uris:
        print_out(f"object: {uri}")
    for extract in found.extracts:
        print_out(f"text: {' '.join(extract['text'].split())}")
    if found.closed_at is not None:
        print_out(f"settled: {found.closed_at:%Y-%m-%d %H:%M}")


@reports.command("settle")
@click.argument("id", type=int)
@click.option("--note", default="", help="What was done, for the team.")
@click.option("--answer", default="", help="What whoever reported is told.")
def settle_report(id: int, note: str, answer: str) -> None:
    """Settle a report; whoever reported is told. Prints its id."""
    for words in (note, answer):
        if len(words) > records.NOTE_LIMIT:
            raise click.UsageError(f"A note or an answer has at most {records.NOTE_LIMIT} characters.")
    run(_settle_report(id, note.strip(), answer.strip()))


async def _settle_report(id: int, note: str, answer: str) -> None:
    async with working_instance() as instance, database.transaction(instance.pool) as conn:
        found = await _find(conn, id)
        if found.closed_at is not None:
            raise CommandFailed(f"Report {id} was settled on {found.closed_at:%Y-%m-%d}.")
        settled = await outbox.settle(conn, id, records.Settlement(by=None, note=note, answer=answer))
        await staff_mails.queue_answer(conn, settled)
        await journal.record(conn, "case_closed", by=None, right="reports", about_id=found.target_id, report_id=id)
        print_out(str(id))


async def _find(conn: Connection, id: int) -> Report:
    found = await records.find(conn, id, None)
    if found is None:
        raise CommandFailed(f"There is no report {id}; `declic reports list` lists those that wait.")
    return found
