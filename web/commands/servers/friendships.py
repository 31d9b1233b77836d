"""`declic peer friendship list|propose|accept|refuse|end`: cooperatives that are friends, or may become it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from federation.discovery.hosts import read_host
from web.commands.imports import when_used
from web.commands.runner import CommandFailed, print_err, print_out, run, working_instance
from web.commands.team.french_names import BilingualGroup

with when_used():
    from federation.discovery import remote
    from models.moderation import journal
    from models.people import actors
    from models.servers import friendships as models
    from models.store import database
    from outbox.servers import friendships as outbox
    from web.actions import follow_by_address
    from web.middlewares import work_signals

if TYPE_CHECKING:
    from federation.instance import Instance
    from models.people.actors import Actor
    from models.servers.friendships import FriendshipRow
    from models.store.database import Connection

LOST = {
    "asked": "what it proposed would be refused, and it would be told.",
    "met": "it would not be asked about any more; it goes on following.",
    "proposed": "what we proposed would be taken back, and it would be told.",
    "confirmed": "it would be told, and its server would be one like others, no friend’s any more.",
    "ended": "its server would be one like others, no friend’s any more.",
}
"""What is lost by a no, or by the end, as it stands with the cooperative."""


@click.group(cls=BilingualGroup)
def friendship() -> None:
    """Cooperatives that are friends: both said so."""


@friendship.command("list")
def list_all() -> None:
    """Print how far it is with each: host, state, since when. Those with asked, met or ended wait for a word."""
    run(_list_all())


async def _list_all() -> None:
    async with working_instance() as instance, database.connection(instance.pool) as conn:
        found = await models.list_all(conn)
        known = await actors.map_by_ids(conn, [one.actor_id for one in found])
    for one in found:
        print_out(f"{known[one.actor_id].host} {one.state} {one.changed_at:%Y-%m-%d}")


@friendship.command("propose")
@click.argument("host")
@click.option("--follow", "--suivre", "follows", is_flag=True, help="Follow its streams as the cooperative as well.")
def propose(host: str, *, follows: bool) -> None:
    """Ask a cooperative to be friends; where it asked first, this is the yes. Prints how it stands then."""
    run(_propose(read_host(host, whole_name=False), follows=follows))


async def _propose(host: str, *, follows: bool) -> None:
    async with working_instance() as instance:
        async with database.connection(instance.pool) as conn:
            held = await models.find_on_host(conn, host)
            known = await actors.get(conn, held.actor_id) if held is not None else None
            ours = await actors.get_local(conn, "coop")
        other = known or await remote.resolve_handle(instance, f"@coop@{host}")
        if follows:
            await follow_by_address.follow_address(instance, ours, "", host=host)
        async with database.transaction(instance.pool) as conn:
            await outbox.propose(conn, instance.site, other)
            await _finish(conn, host, "link" if follows else "befriend")
        await work_signals.notify_work(instance.pool)


@friendship.command("accept")
@click.argument("host")
def accept(host: str) -> None:
    """Say yes to a cooperative that proposes it: the two are friends. Prints how it stands then."""
    run(_accept(read_host(host, whole_name=False)))


async def _accept(host: str) -> None:
    async with working_instance() as instance:
        async with database.transaction(instance.pool) as conn:
            other, _ = await _find(conn, host)
            await outbox.accept(conn, instance.site, other)
            await _finish(conn, host, "befriend")
        await work_signals.notify_work(instance.pool)


@friendship.command("refuse")
@click.argument("host")
@click.option("--dry-run", is_flag=True, help="Say what would be lost, and change nothing.")
def refuse(host: str, *, dry_run: bool) -> None:
    """Say no to a cooperative that proposes it, or that only follows. Prints how it stands then."""
    run(_refuse(read_host(host, whole_name=False), dry_run=dry_run))


async def _refuse(host: str, *, dry_run: bool) -> None:
    async with working_instance() as instance:
        async with database.transaction(instance.pool) as conn:
            other, held = await _find(conn, host)
            if dry_run and held.state in ("asked", "met"):
                _say_lost(host, held)
                return
            await outbox.decline(conn, instance.site, other)
            await _finish(conn, host, "decline")
        await work_signals.notify_work(instance.pool)


@friendship.command("end")
@click.argument("host")
@click.option("--dry-run", is_flag=True, help="Say what would be lost, and change nothing.")
def end(host: str, *, dry_run: bool) -> None:
    """End a friendship, or take back what was proposed; also where the other ended it. Prints how it stands then."""
    run(_end(read_host(host, whole_name=False), dry_run=dry_run))


async def _end(host: str, *, dry_run: bool) -> None:
    async with working_instance() as instance:
        async with database.transaction(instance.pool) as conn:
            other, held = await _find(conn, host)
            if held.state not in ("proposed", "confirmed", "ended"):
                raise CommandFailed(f"{host} is no friend, and nothing was proposed to it: it stands as {held.state}.")
            if dry_run:
                _say_lost(host, held)
                return
            await _carry_out_end(conn, instance, other, held)
        await work_signals.notify_work(instance.pool)


async def _carry_out_end(conn: Connection, instance: Instance, other: Actor, held: FriendshipRow) -> None:
    if held.state == "proposed":
        await outbox.take_back(conn, instance.site, other)
        await _finish(conn, other.host, "take_back")
    else:
        await outbox.end(conn, instance.site, other)
        await _finish(conn, other.host, "end")


def _say_lost(host: str, held: FriendshipRow) -> None:
    print_err(f"Of {host}: {LOST[held.state]}")
    print_out(held.state)


async def _find(conn: Connection, host: str) -> tuple[Actor, FriendshipRow]:
    """The cooperative of this host and how it stands with it."""
    held = await models.find_on_host(conn, host)
    if held is None:
        raise CommandFailed(f"Nothing is between our cooperative and {host}: declic peer friendship propose {host}")
    return await actors.get(conn, held.actor_id), held


async def _finish(conn: Connection, host: str, what: str) -> None:
    """Write down what was done, and say how it stands now."""
    await journal.record(conn, "server_decided", by=None, right="servers", host=host, what=what)
    held = await models.find_on_host(conn, host)
    print_out(held.state if held is not None else "none")
