"""`declic doctor`: what is wrong with this instance, why, and the command that mends it."""

from __future__ import annotations

import asyncio
import json
from contextlib import AsyncExitStack
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

import click

from models.errors import DeclicError
from web.commands.imports import when_used
from web.commands.runner import print_out, read_settings, run

with when_used():
    from models.store import migrate
    from web.actions.doctor import checks, files, findings
    from web.commands import english_errors
    from web.server import bootstrap

if TYPE_CHECKING:
    from models.settings import Settings
    from web.actions.doctor.findings import Examined

MARKS = {"ok": "✓", "warning": "!", "error": "✗", "skipped": "–"}

SECONDS = 10
"""So long the database may take to answer."""


@click.command()
@click.option("--json", "as_json", is_flag=True, help="For scripts: a list of objects.")
@click.pass_context
def doctor(ctx: click.Context, *, as_json: bool) -> None:
    """Look at everything that may be wrong here; exit status 1 when something is."""
    found = run(_examine(read_settings()))
    if as_json:
        print_out(json.dumps([_describe(one) for one in found], ensure_ascii=False, indent=2))
    else:
        for one in found:
            _print(one)
    if any(one.finding.severity == "error" for one in found):
        ctx.exit(1)


async def _examine(settings: Settings) -> list[Examined]:
    found_files = files.list_settings_files()
    patient = findings.Patient(settings=settings, say=english_errors.to_english, settings_files=found_files)
    async with AsyncExitStack() as stack:
        try:
            async with asyncio.timeout(SECONDS):
                instance = await stack.enter_async_context(bootstrap.open_ready_instance(settings, migrating=False))
        except (DeclicError, OSError, TimeoutError) as error:
            why = english_errors.translate_error(error) if isinstance(error, DeclicError) else str(error)
            older = isinstance(error, migrate.NotMigrated)
            return await checks.examine(replace(patient, unanswered=why.rstrip("."), older=older))
        return await checks.examine(replace(patient, instance=instance))


def _print(one: Examined) -> None:
    print_out(f"{MARKS[one.finding.severity]} {one.title}: {one.finding.what}")
    for line in (one.finding.mend, one.finding.command and f"$ {one.finding.command}"):
        if line:
            print_out(f"    {line}")


def _describe(one: Examined) -> dict[str, str]:
    return {"check": one.name, "title": one.title, **asdict(one.finding)}
