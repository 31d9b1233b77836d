"""`declic first-run`: the address of the first-run page once more."""

import click

from models.store.database import transaction
from web.commands.imports import when_used
from web.commands.runner import CommandFailed, print_out, run, working_instance

with when_used():
    from web.security import one_time_links


@click.command("first-run")
def first_run() -> None:
    """Print the address where a new instance is set up; it works for three days, and once."""
    run(_first_run())


async def _first_run() -> None:
    async with working_instance() as instance, transaction(instance.pool) as conn:
        address = await one_time_links.make_setup_link(conn, instance.site)
    if address is None:
        raise CommandFailed(
            "This instance is set up: somebody administers it. `declic account link NAME` lets a member in again."
        )
    print_out(address)
