"""`declic peer …`: other servers, how each does, why nothing goes through, and what can be done about it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, get_args

import click

from federation.discovery.hosts import read_host
from models.people import accounts
from models.servers.trust_levels import Level
from models.store.background import periodic_tasks
from models.store.database import Connection, connection, transaction
from models.traffic import dead_letters, peer_traffic
from models.traffic.inbound import inbox_overflows
from models.traffic.peer_traffic import SELECTIONS, Peer, Selection
from web.commands.imports import when_used
from web.commands.runner import CommandFailed, print_err, print_out, run, working_instance
from web.commands.servers.domain_blocks import blocks
from web.commands.servers.friendships import friendship
from web.commands.servers.peer_output import (
    describe_peer,
    describe_trouble,
    draw_table,
    list_facts,
    list_troubles,
    write_json,
    write_minute,
)
from web.commands.servers.private_hosts import private
from web.commands.servers.unknown_hosts import admit, send_away, waiting
from web.commands.team.french_names import BilingualGroup

with when_used():
    from federation.discovery import server_check
    from inbox.traffic import diagnosis
    from models.moderation import journal
    from outbox.servers import friendships
    from outbox.servers import peers as outbox
    from outbox.traffic import resend
    from web.commands import english_errors
    from web.pages.servers import diagnosis_steps

if TYPE_CHECKING:
    from collections.abc import Sequence

    from federation.instance import Instance
    from models.store.background.periodic_tasks import FailingTask
    from models.traffic.dead_letters import SetAside
    from models.traffic.inbound.inbox_overflows import Overflow

MARKS = {True: "ok", False: "FAILS", None: "-"}


@click.group(cls=BilingualGroup)
def peer() -> None:
    """Other servers: how they do, and what to do."""


peer.add_command(blocks)
peer.add_command(private)
peer.add_command(friendship)
for command in (waiting, admit, send_away):
    peer.add_command(command)


@peer.command("list")
@click.option("--only", "selection", type=click.Choice(SELECTIONS), default="all", show_default=True)
@click.option("--limit", type=click.IntRange(1, 10_000), default=200, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
def list_all(selection: Selection, limit: int, as_json: bool) -> None:
    """List the servers that are known, those that need somebody first; the last column says what is wrong."""
    run(_list_all(selection, limit, as_json=as_json))


@peer.command()
@click.argument("host")
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
def show(host: str, as_json: bool) -> None:
    """Show what is known of a server, and what did not get there."""
    run(_show(read_host(host, whole_name=False), as_json=as_json))


@peer.command()
@click.argument("host")
def test(host: str) -> None:
    """Try a server step by step; status 1 when a step fails."""
    run(_test(read_host(host, whole_name=False)))


@peer.command()
@click.argument("host")
def retry(host: str) -> None:
    """Try now what waits for a server."""
    run(_retry(read_host(host, whole_name=False)))


@peer.command("catch-up")
@click.argument("host")
@click.argument("since", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE")
def catch_up(host: str, since: datetime) -> None:
    """Send again what was not delivered to a server since DATE (2026-11-24)."""
    run(_catch_up(read_host(host, whole_name=False), since.replace(tzinfo=UTC)))


@peer.command()
@click.argument("host")
def hold(host: str) -> None:
    """Hold what is to be delivered to a server until it is released."""
    run(_hold(read_host(host, whole_name=False)))


@peer.command()
@click.argument("host")
def release(host: str) -> None:
    """Let go what was held for a server."""
    run(_release(read_host(host, whole_name=False)))


@peer.command()
@click.argument("host")
@click.argument("level", type=click.Choice(get_args(Level)))
def level(host: str, level: Level) -> None:
    """Say how far the cooperative trusts a server.

    A friend is another cooperative, a reader may follow and answer as anybody, and nothing goes to or comes from a
    server that is set aside.
    """
    run(_level(read_host(host, whole_name=False), level))


@peer.command()
@click.argument("url")
@click.option("--as", "name", help="The member who does not see it.")
def why(url: str, name: str | None) -> None:
    """Find out why something from elsewhere is not seen here; status 1 when a step fails."""
    run(_why(url, name))


async def _list_all(selection: Selection, limit: int, *, as_json: bool) -> None:
    async with working_instance() as instance, connection(instance.pool) as conn:
        found = await peer_traffic.list_peers(conn, selection=selection, limit=limit)
        own_clock = await peer_traffic.find_own_clock(conn)
        put_aside = await dead_letters.list_set_aside(conn, limit=5)
        too_much = await inbox_overflows.list_overflows(conn, limit=5)
        failing = await periodic_tasks.list_failing(conn)
    if as_json:
        print_out(write_json([describe_peer(one) for one in found]))
        return
    if own_clock is not None:
        print_err(f"This machine's clock is probably wrong: the others differ by {own_clock} seconds.")
    _say_failures(put_aside, too_much, failing)
    for line in draw_table(found):
        print_out(line)


def _say_failures(put_aside: Sequence[SetAside], too_much: Sequence[Overflow], failing: Sequence[FailingTask]) -> None:
    """What could not be done here, was too much to be taken in, or fails by the clock."""
    for one in put_aside:
        origin = f"from {one.host}: {one.error}" if one.host else "a job of this server"
        print_err(f"Set aside {write_minute(one.at)}, since it could not be done here: {one.what} ({origin})")
    for full in too_much:
        last = write_minute(full.last_at)
        print_err(f"Refused {full.refused} activities of {full.domain}, the last {last}: too much of it waits here.")
    for chore in failing:
        since = write_minute(chore.since)
        print_err(f"The chore {chore.name} failed {chore.failures} times since {since}: {chore.cause}")


async def _show(host: str, *, as_json: bool) -> None:
    async with working_instance() as instance, connection(instance.pool) as conn:
        found = await _get_peer(conn, host)
        troubles = await peer_traffic.list_failed_deliveries(conn, host)
    if as_json:
        print_out(write_json(describe_peer(found) | {"troubles": [describe_trouble(one) for one in troubles]}))
        return
    for line in (*list_facts(found), *list_troubles(found, troubles)):
        print_out(line)


async def _get_peer(conn: Connection, host: str) -> Peer:
    found = await peer_traffic.find_peer(conn, host)
    if found is None:
        raise CommandFailed(f"Nothing is known of {host}; declic peer test {host} tries it.")
    return found


async def _test(host: str) -> None:
    async with working_instance() as instance:
        found = await server_check.check_host(instance, host)
    for one in found:
        words = diagnosis_steps.describe_finding(english_errors.to_english, host, one)
        print_out(f"{MARKS[one.ok]:<6} {one.trial.value:<10} {words}".rstrip())
    failed = next((one for one in found if one.ok is False), None)
    if failed is not None:
        raise CommandFailed(f"{host} fails at {failed.trial.value}.")


async def _retry(host: str) -> None:
    async with working_instance() as instance, transaction(instance.pool) as conn:
        await _get_peer(conn, host)
        due = await resend.retry(conn, host, at=datetime.now(UTC))
    print_out(str(due))
    print_err("So many deliveries are tried now." if due else f"Nothing waits for {host}.")


async def _catch_up(host: str, since: datetime) -> None:
    at = datetime.now(UTC)
    async with working_instance() as instance, transaction(instance.pool) as conn:
        await _get_peer(conn, host)
        queued = await resend.catch_up(conn, host, since=since, at=at)
    print_out(str(queued))
    print_err("So many deliveries are on their way again." if queued else f"Nothing for {host} had failed since then.")


async def _hold(host: str) -> None:
    async with working_instance() as instance, transaction(instance.pool) as conn:
        kept = await outbox.hold(conn, host)
    print_out(str(kept))
    print_err(f"So many deliveries wait now until: declic peer release {host}")


async def _release(host: str) -> None:
    async with working_instance() as instance, transaction(instance.pool) as conn:
        await _get_peer(conn, host)
        released = await outbox.release(conn, host)
    print_out(str(released))
    print_err("So many deliveries are on their way again." if released else f"Nothing was held for {host}.")


async def _level(host: str, level: Level) -> None:
    async with working_instance() as instance, transaction(instance.pool) as conn:
        await friendships.trust(conn, instance.site, host, level)
        await journal.record(conn, "server_decided", by=None, right="servers", host=host, what=level)
    print_out(level)


async def _why(url: str, name: str | None) -> None:
    async with working_instance() as instance:
        found = await diagnosis.diagnose(instance, url, await _find_reader(instance, name))
    for check in found.checks:
        words = diagnosis_steps.describe_check(english_errors.to_english, check)
        print_out(f"{MARKS[check.ok]:<6} {check.step.value:<10} {words}")
    if found.fault is not None:
        raise CommandFailed(f"It fails at {found.fault.step.value}.")


async def _find_reader(instance: Instance, name: str | None) -> int | None:
    if name is None:
        return None
    async with connection(instance.pool) as conn:
        account = await accounts.find_by_username(conn, name.removeprefix("@"))
    if account is None:
        raise CommandFailed(f"There is no member named {name} here.")
    return account.actor_id
