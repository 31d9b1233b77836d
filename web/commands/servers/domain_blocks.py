"""`declic peer blocks …`: lists of servers to set aside, as Mastodon writes them, brought in and taken out."""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

import click

from models.servers import trust_levels
from models.store.database import connection, transaction
from web.commands.imports import when_used
from web.commands.runner import print_err, print_out, run, working_instance
from web.commands.team.french_names import BilingualGroup

with when_used():
    from federation.directory import domain_list
    from models.moderation import journal
    from outbox.servers import peers

if TYPE_CHECKING:
    from federation.directory.domain_list import Plan
    from federation.instance import Instance


@click.group(cls=BilingualGroup)
def blocks() -> None:
    """Lists of servers to set aside (Mastodon's CSV)."""


@blocks.command("import")
@click.argument("file", type=click.File("r", encoding="utf-8", errors="replace"))
@click.option("--apply", "is_meant", is_flag=True, help="Do it; without this only what would change is shown.")
@click.option("--silenced-too", is_flag=True, help="Set aside also what the list only limits.")
def import_list(file: TextIO, is_meant: bool, silenced_too: bool) -> None:
    """Show what a list would set aside; with --apply, set it aside."""
    text = file.read(domain_list.LONGEST + 1)
    run(_import_list(text, is_meant=is_meant, silenced_too=silenced_too))


@blocks.command("export")
@click.argument("file", type=click.File("w", encoding="utf-8"), default="-")
def export_list(file: TextIO) -> None:
    """Write what is set aside, with its public reasons, to a file or to stdout."""
    file.write(run(_export_list()))


async def _import_list(text: str, *, is_meant: bool, silenced_too: bool) -> None:
    reading = domain_list.read_list(text)
    async with working_instance() as instance:
        planned = await _plan(instance, reading, silenced_too=silenced_too)
        print_plan(planned)
        if not is_meant:
            print_err("Nothing was changed: repeat with --apply to do it.")
            return
        async with transaction(instance.pool) as conn:
            count = await peers.set_aside(conn, planned)
            if count:
                await journal.record(conn, "server_decided", by=None, right="servers", what="list", count=count)
        print_err(f"{count} set aside")


async def _plan(instance: Instance, reading: domain_list.Reading, *, silenced_too: bool) -> Plan:
    async with connection(instance.pool) as conn:
        return await domain_list.plan(conn, reading, own_host=instance.site.host, silenced_too=silenced_too)


def print_plan(planned: Plan) -> None:
    """What would change on stdout, one domain a line with what hangs on it; what would not on stderr."""
    for change in planned.changes:
        reach = change.reach
        print_out(
            f"{change.entry.domain}\tfollowed {reach.followed}\tfollowers {reach.followers}\tknown {reach.actors}"
        )
    print_err(
        f"{len(planned.changes)} to set aside ({planned.followed} follows of ours and {planned.followers} of theirs "
        f"would rest), {len(planned.already)} already are, {planned.ignored} ask for nothing."
    )
    for words, domains in (
        ("Friends, left as they are", planned.friends),
        ("Only limited there, left as they are (--silenced-too sets them aside)", planned.silenced),
        ("Lines that name no domain", planned.unreadable),
    ):
        if domains:
            print_err(f"{words}: {', '.join(domains[:20])}{' …' if len(domains) > 20 else ''}")


async def _export_list() -> str:
    async with working_instance() as instance, connection(instance.pool) as conn:
        return domain_list.write_list(await trust_levels.list_decided(conn))
