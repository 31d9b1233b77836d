"""`declic demo`."""

import click

from web.commands.imports import when_used
from web.commands.runner import read_settings, run

with when_used():
    from web.commands.demo import servers


@click.command()
@click.option("--keep", is_flag=True, help="Go on with the demo of last time instead of a new one.")
def demo(*, keep: bool) -> None:
    """Run two cooperatives on this machine, federating, with sample data; Ctrl-C ends them."""
    run(servers.run_demo(read_settings(own=True), keep=keep))
