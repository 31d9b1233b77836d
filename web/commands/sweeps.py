"""`declic sweep`: forgets now what the nights forget, and says of each table how many rows went or why none could."""

from __future__ import annotations

import click

from web.commands.imports import when_used
from web.commands.runner import CommandFailed, run, working_instance

with when_used():
    from models.store.background import periodic_tasks
    from web.server.worker import nightly_sweep


@click.command()
@click.argument("names", metavar="[TABLE]…", nargs=-1)
def sweep(names: tuple[str, ...]) -> None:
    """Forget now what is too old, as each night does; without names all of it.

    A large table is gone through for a minute: called again, it goes on where it stopped.
    """
    run(_sweep(names))


async def _sweep(names: tuple[str, ...]) -> None:
    unknown = [name for name in names if name not in nightly_sweep.SWEEPS]
    if unknown:
        known = ", ".join(sorted(nightly_sweep.SWEEPS))
        raise CommandFailed(f"Nothing is swept under the name {unknown[0]}; there are: {known}.")
    async with working_instance() as instance:
        if not names:
            await nightly_sweep.sweep(instance)
            return
        for name in names:
            try:
                gone = await nightly_sweep.forget(instance, name)
            except Exception as error:
                raise CommandFailed(f"{name}: {periodic_tasks.describe_cause(error)}") from error
            click.echo(f"{name}\t{gone}")
