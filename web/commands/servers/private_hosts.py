"""`declic peer private HOST on|off`: whether what is not for everybody is sent to a server."""

import click

from federation.discovery.hosts import read_host
from models.store.database import transaction
from web.commands.imports import when_used
from web.commands.runner import print_err, print_out, run, working_instance

with when_used():
    from outbox.servers import peers as outbox


@click.command()
@click.argument("host")
@click.argument("choice", type=click.Choice(["on", "off"]))
def private(host: str, choice: str) -> None:
    """Send private things to a server, or none.

    With off, posts for followers only and direct notes of your members are not sent to it, nor to what stands under
    its name; their authors see it. What is public goes on. With on, they are sent again; what was not can be sent by:
    declic peer catch-up.
    """
    run(_choose(read_host(host, whole_name=False), allowed=choice == "on"))


async def _choose(host: str, *, allowed: bool) -> None:
    kept = 0
    async with working_instance() as instance, transaction(instance.pool) as conn:
        if allowed:
            await outbox.allow_private(conn, host)
        else:
            kept = await outbox.withhold_private(conn, host)
    print_out("on" if allowed else "off")
    if allowed:
        print_err(f"What stayed here can be sent now: declic peer catch-up {host} DATE")
    elif kept:
        print_err(f"Deliveries that waited and stay here: {kept}")
