"""`declic serve`, `declic worker`, `declic migrate`."""

from __future__ import annotations

import socket
from functools import partial
from typing import TYPE_CHECKING

import click

from web.commands.imports import when_used
from web.commands.runner import CommandFailed, print_err, print_out, read_settings, run

with when_used():
    from models.store import postgres, unfinished_restores
    from web.server import bootstrap
    from web.server.processes import count, supervisor
    from web.server.processes import serve as serving

if TYPE_CHECKING:
    from models.settings import Settings


@click.command()
@click.option("--processes", type=click.IntRange(0, 64), help="How many processes; 0 for as many as fit this machine.")
@click.option("--no-worker", is_flag=True, help="Serve only; `declic worker` works elsewhere.")
@click.option("--listener", type=int, hidden=True, help="An open socket that a supervisor hands over.")
def serve(processes: int | None, *, no_worker: bool, listener: int | None) -> int:
    """Serve the instance and do its background work: from two processes on, one works and the others answer."""
    settings = read_settings(quiet=False, creating=True)
    if listener is None:
        found = (settings.processes if processes is None else processes) or (1 if no_worker else count.choose_count())
        return _serve_in(settings, found, work=not no_worker)
    try:
        given = socket.socket(fileno=listener)
    except OSError:
        raise click.BadParameter("no open socket has this number.", param_hint="--listener") from None
    run(serving.serve(settings, work=not no_worker, listener=given))
    return 0


def _serve_in(settings: Settings, processes: int, *, work: bool) -> int:
    """Here, or in so many processes that are forked from this one; the exit status."""
    if processes == 1:
        run(serving.serve(settings, work=work))
        return 0
    listener = run(serving.open_listener(settings))
    part = supervisor.supervise(listener, processes, work=work)
    if isinstance(part, int):
        if settings.database_url is None:
            run(postgres.stop_left_behind(settings.data))  # of processes that took too long and were killed
        return part
    if part.answers:
        run(serving.serve_part(settings, listener, part))
    else:
        listener.close()
        run(serving.work(settings, part))
    return 0


@click.command()
def worker() -> None:
    """Do the background work only; as many as wanted may share one database."""
    run(serving.work(read_settings(quiet=False, creating=True)))


@click.command()
@click.option("--to-postgres", "major", type=int, help="First move to this major of PostgreSQL, 15 or later.")
def migrate(major: int | None) -> None:
    """Bring the database to this version's schema; prints what was applied."""
    if major is not None and major < postgres.OLDEST_MAJOR:
        raise click.BadParameter(f"{major} is older than {postgres.OLDEST_MAJOR}.", param_hint="--to-postgres")
    settings = read_settings(creating=True)
    if major is not None:
        if settings.database_url is not None:
            raise CommandFailed("Only the embedded database is moved; for one of your own, use pg_upgrade or pg_dump.")
        kept = run(postgres.move_database(settings.data, major))
        print_err(f"The database is moved; the old one is kept in {kept}, remove it when all is well.")
    for name in run(_migrate(settings)):
        print_out(name)
    print_err("The database is up to date.")


async def _migrate(settings: Settings) -> list[str]:
    unfinished_restores.require_none(settings.data)
    async with postgres.open_database(settings) as url:
        return await bootstrap.migrate_patiently(url, require=partial(bootstrap.require_only_instance, settings))
