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
from web.commands.runner import print_out, read_settings, run, working_instance

with when_used():
    from models.servers import looks as asked_looks
    from models.store import database, migrate
    from outbox.servers import looks
    from web.actions.doctor import checks, files, findings, friend_look
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
@click.option("--ask", "friend", metavar="HOST", help="Ask this friendly cooperative what it sees of us from outside.")
@click.option("--anew", is_flag=True, help="Look now at what is looked at once a day: a large photo, maps, S3.")
@click.pass_context
def doctor(ctx: click.Context, *, as_json: bool, friend: str | None, anew: bool) -> None:
    """Look at everything that may be wrong here; exit status 1 when something is.

    With --ask, it is a friendly cooperative that looks, and only what it sees is told.
    """
    found = run(_examine(read_settings(), anew=anew) if friend is None else _ask(friend))
    if as_json:
        print_out(json.dumps([_describe(one) for one in found], ensure_ascii=False, indent=2))
    else:
        for one in found:
            _print(one)
    if any(one.finding.severity == "error" for one in found):
        ctx.exit(1)


async def _examine(settings: Settings, *, anew: bool) -> list[Examined]:
    found_files = files.list_settings_files(settings.data)
    patient = findings.Patient(
        settings=settings,
        say=english_errors.to_english,
        settings_files=found_files,
        dear="anew" if anew else "kept",
    )
    async with AsyncExitStack() as stack:
        try:
            async with asyncio.timeout(SECONDS):
                instance = await stack.enter_async_context(bootstrap.open_ready_instance(settings, migrating=False))
        except (DeclicError, OSError, TimeoutError) as error:
            why = _explain(error)
            older = isinstance(error, migrate.NotMigrated)
            return await checks.examine(replace(patient, unanswered=why.rstrip("."), older=older))
        return await checks.examine(replace(patient, instance=instance))


def _explain(error: Exception) -> str:
    if isinstance(error, DeclicError):
        return english_errors.translate_error(error)
    return str(error) or f"it did not answer within {SECONDS} seconds."


async def _ask(host: str) -> list[Examined]:
    """What that friend sees, now: nobody else has to do the work. Raises Conflict for whoever is no friend."""
    async with working_instance() as instance:
        async with database.transaction(instance.pool) as conn:
            look_id = await looks.begin(conn, host.strip().lower(), None)
        await looks.ask_job(instance, look_id)
        async with database.connection(instance.pool) as conn:
            look = next(one for one in await asked_looks.list_asked(conn) if one.id == look_id)
            behind = await friend_look.find_clock(conn)
        patient = findings.Patient(settings=instance.settings, say=english_errors.to_english, instance=instance)
        return friend_look.describe_look(patient, look, behind=behind)


def _print(one: Examined) -> None:
    print_out(f"{MARKS[one.finding.severity]} {one.title}: {one.finding.what}")
    for line in (one.finding.mend, one.finding.record, one.finding.command and f"$ {one.finding.command}"):
        if line:
            print_out(f"    {line}")


def _describe(one: Examined) -> dict[str, str]:
    return {"check": one.name, "title": one.title, **asdict(one.finding)}
