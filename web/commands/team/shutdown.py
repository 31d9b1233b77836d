"""`declic shutdown-instance`: the instance ends for ever, in two weeks, unless somebody takes it back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from web.commands.imports import when_used
from web.commands.runner import CommandFailed, print_err, print_out, run, working_instance

with when_used():
    from models.coop import shutdown
    from models.store import database
    from outbox.people import instance_shutdown

if TYPE_CHECKING:
    from federation.instance import Instance
    from models.coop.shutdown import Concerned, Farewells, Shutdown

SAYS = """{url} will end for ever in {days} days.

Until then all goes on, and it can be taken back: by `declic shutdown-instance --take-back`, or by an administrator at
{url}/coop/ouverture. Every page says when it ends, and each member is told by news and mail how to take her data along
and how to move. Nobody can join any more, and nothing can be agreed that would end after that day.

It concerns {concerned}."""


@click.command()
@click.option("--confirm", metavar="HOST", help="The host of the instance, for scripts: nothing is asked.")
@click.option("--take-back", is_flag=True, help="Let the instance go on; members are told.")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and whom it concerns.")
def shutdown_instance(confirm: str | None, *, take_back: bool, dry_run: bool) -> None:
    """End the instance for ever, after 14 days in which it can be taken back."""
    run(_take_back(dry_run=dry_run) if take_back else _begin(confirm, dry_run=dry_run))


async def _begin(confirm: str | None, *, dry_run: bool) -> None:
    async with working_instance() as instance:
        async with database.connection(instance.pool) as conn:
            found = await shutdown.find(conn)
            concerned = await shutdown.count_concerned(conn)
            farewells = await shutdown.count_farewells(conn)
        if found is not None:
            raise CommandFailed(f"{instance.site.url} {_tell_state(found, farewells)}")
        words = SAYS.format(url=instance.site.url, days=shutdown.WAIT.days, concerned=_count(concerned))
        if dry_run:
            print_out(words)
            return
        print_err(words)
        _require_host(instance, confirm)
        async with database.transaction(instance.pool) as conn:
            due_at = await instance_shutdown.begin(conn, by=None)
        print_out(f"{instance.site.url} ends on {_write(due_at)}")


async def _take_back(*, dry_run: bool) -> None:
    async with working_instance() as instance, database.transaction(instance.pool) as conn:
        if dry_run:
            found = await shutdown.find(conn)
            if found is None or found.due_at <= datetime.now(UTC):
                raise CommandFailed(f"{instance.site.url} has no end that could be taken back.")
            print_out(f"would take back that {instance.site.url} ends on {_write(found.due_at)}")
            return
        await instance_shutdown.take_back(conn, by=None)
        print_out(f"{instance.site.url} goes on")


def _require_host(instance: Instance, confirm: str | None) -> None:
    """Raise CommandFailed unless the host was typed in full."""
    host = instance.site.host
    typed = confirm if confirm is not None else click.prompt(f"Type {host} to go on", default="", show_default=False)
    if typed.strip() != host:
        raise CommandFailed(f"Nothing was done: to end this instance, type its host in full, {host}.")


def _tell_state(found: Shutdown, farewells: Farewells) -> str:
    """How far it is: whoever runs the server reads here whether she may take it away."""
    if found.due_at > datetime.now(UTC):
        return f"ends on {_write(found.due_at)} already."
    told = f"farewells to other servers: {farewells.told} arrived, {farewells.waiting} wait, {farewells.failed} failed."
    if found.ended_at is not None:
        return f"ended on {_write(found.ended_at)}; {told}"
    until = "are being made" if found.offered_until is None else f"are offered until {_write(found.offered_until)}"
    return f"is ending: the archives of its members {until}; {farewells.left_here} actors are left; {told}"


def _count(concerned: Concerned) -> str:
    return (
        f"{concerned.members} members, {concerned.listings} open listings, {concerned.agreements} agreements that run, "
        f"and {concerned.servers} other servers that would be told"
    )


def _write(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d at %H:%M UTC")
