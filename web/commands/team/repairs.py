"""`declic rustine import|undo` and `declic open-data`: what comes from Rustine Libre, and repairs as open data."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from web.commands.imports import when_used
from web.commands.runner import CommandFailed, print_err, print_out, run, working_instance
from web.commands.team.french_names import BilingualGroup

with when_used():
    from federation.own_keys import key_pairs
    from models import preferences
    from models.repairs.importing import imports
    from models.store import database
    from outbox.repairs.importing import applying, planning, undoing
    from web.commands import english_errors
    from web.pages.repairs.figures import open_files
    from web.pages.repairs.importing import columns, reading, report

if TYPE_CHECKING:
    from collections.abc import Sequence

    from web.pages.repairs.figures.open_files import OpenFile
    from web.pages.repairs.importing.reading import SentFile
    from web.pages.repairs.importing.report import ImportReport


@click.group(cls=BilingualGroup)
def rustine() -> None:
    """Bring in what a Rustine Libre knows, and take it back."""


@rustine.command("import")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--apply", is_flag=True, help="Make it; without this nothing is made, and the report says what would be.")
def import_folder(folder: Path, *, apply: bool) -> None:
    """Read the files of a folder (deploy/rustine/README.md) and report; with --apply print the import's number."""
    run(_import_files(_read_folder(folder), apply=apply))


def _read_folder(folder: Path) -> list[SentFile]:
    """Its files; what else stands there is left alone. Raises CommandFailed."""
    try:
        sent = [
            reading.SentFile(name=one.name, body=one.read_bytes())
            for one in sorted(folder.iterdir())
            if one.is_file() and columns.find_kind(one.name) is not None
        ]
    except OSError as error:
        raise CommandFailed(f"{error.filename or folder} could not be read: {error.strerror}") from error
    if not sent:
        raise CommandFailed(f"There is none of the files in {folder} that deploy/rustine/README.md names.")
    return sent


async def _import_files(sent: Sequence[SentFile], *, apply: bool) -> None:
    lines, unread = reading.read_files(sent)
    async with working_instance() as instance:
        async with database.connection(instance.pool) as conn:
            plan = await planning.plan_import(conn, lines, at=datetime.now(UTC))
        told = report.make_report(english_errors.to_english, english_errors.translate_error, plan, unread)
        _print_report(told)
        if told.broken:
            raise CommandFailed("Nothing was made: put right what is said above.")
        if not apply:
            print_err("Nothing was made: add --apply to make it.")
            return
        pairs = [await key_pairs.make_key_pairs(instance.settings) for _ in plan.shops]
        async with database.transaction(instance.pool) as conn:
            await imports.wait_for_turn(conn)
            plan = await planning.plan_import(conn, lines, at=datetime.now(UTC))
            if len(plan.shops) > len(pairs):
                raise CommandFailed("Somebody imports at the same time: try again.")
            print_out(str(await applying.apply_import(conn, instance.site, plan, pairs[: len(plan.shops)], None)))


def _print_report(told: ImportReport) -> None:
    """On stderr: what is printed on stdout is the result alone."""
    for words, count in told.counts:
        print_err(f"{words}: {count}")
    if told.known:
        print_err(f"Known from an import before: {told.known}")
    for group in told.doubts:
        print_err(f"{group.words} ({group.count})")
        for line in group.lines:
            print_err(f"  {line}")
    for fault in told.faults:
        print_err(f"! {fault}")
    if told.more_faults:
        print_err(f"! and {told.more_faults} more")


@rustine.command("undo")
@click.argument("number", type=int)
def undo(number: int) -> None:
    """Take back an import of the last 30 days, but for what somebody touched since; prints what stays."""
    run(_undo(number))


async def _undo(number: int) -> None:
    async with working_instance() as instance, database.transaction(instance.pool) as conn:
        if await imports.find(conn, number) is None:
            raise CommandFailed(f"There is no import {number}; /coop/reparations/importer lists the last ones.")
        left = await undoing.undo_import(conn, number, None)
        print_out(" ".join(f"{kind}={count}" for kind, count in sorted(left.items())) or "nothing")


@click.command()
@click.argument("file", type=click.Choice(["ord", "velos"]))
def open_data(file: OpenFile) -> None:
    """Print repairs as open data: `ord` as the Open Repair Data Standard 0.3 has them, `velos` of mechanical bikes."""
    run(_open_data(file))


async def _open_data(file: OpenFile) -> None:
    async with working_instance() as instance:
        async with database.transaction(instance.pool) as conn:
            chosen = await preferences.load(conn)
            publisher = await open_files.find_publisher(conn, instance.settings, chosen.name or instance.site.host)
        async for piece in open_files.write_file(instance.pool, publisher, file):
            click.echo(piece, nl=False)
