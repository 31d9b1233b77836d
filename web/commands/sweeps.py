"""`declic sweep`: forgets now what the nights forget, and says of each table how many rows went or why none could."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from web.commands.imports import when_used
from web.commands.runner import CommandFailed, print_err, print_out, run, working_instance

with when_used():
    from web.server.worker import nightly_sweep

if TYPE_CHECKING:
    from federation.instance import Instance


SILENT_SECONDS = 10.0
"""After so many seconds with one table a word on stderr says how far it came."""


@click.command()
@click.argument("names", metavar="[TABLE]…", nargs=-1)
def sweep(names: tuple[str, ...]) -> None:
    """Forget now what is too old, as each night does; without names all of it.

    Each table is gone through to its end, however long that takes; stopped (Ctrl-C), it goes on there the next time.
    """
    run(_sweep(names))


async def _sweep(names: tuple[str, ...]) -> None:
    unknown = [name for name in names if name not in nightly_sweep.SWEEPS]
    if unknown:
        known = ", ".join(sorted(nightly_sweep.SWEEPS))
        raise CommandFailed(f"Nothing is swept under the name {unknown[0]}; there are: {known}.")
    async with working_instance() as instance:
        await nightly_sweep.sweep(instance, names, forget_whole)


async def forget_whole(instance: Instance, name: str) -> int:
    """How many rows went, said once nothing is left; a night would stop after a minute, and go on in the next."""
    gone, more, said = 0, True, time.monotonic()
    while more:
        step, more = await nightly_sweep.take_step(instance, name)
        gone += step
        if more and time.monotonic() - said >= SILENT_SECONDS:
            print_err(f"{name}: {gone} gone so far…")
            said = time.monotonic()
    print_out(f"{name}\t{gone}")
    return gone
