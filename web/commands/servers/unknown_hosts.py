"""`declic peer waiting | admit | send-away`: hosts that nobody here knows, whose listings wait."""

from dataclasses import asdict

import click
import orjson

from federation.discovery.hosts import read_host
from models.servers import waiting_posts
from models.store.database import connection, transaction
from web.commands.imports import when_used
from web.commands.runner import CommandFailed, print_err, print_out, run, working_instance

with when_used():
    from models.moderation import journal
    from outbox.servers import peers as outbox
    from web.pages.servers import unknown_hosts as pages


@click.command()
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
def waiting(as_json: bool) -> None:
    """List the servers that nobody here knows and whose listings wait: how many, since when, until when."""
    run(_list_waiting(as_json=as_json))


@click.command()
@click.argument("host")
def admit(host: str) -> None:
    """Let a server's listings into the lists, those that wait and all that come."""
    run(_admit(read_host(host, whole_name=False)))


@click.command("send-away")
@click.argument("host")
def send_away(host: str) -> None:
    """Remove the listings of a server that wait, and set it aside.

    Nothing comes from it or goes to it any more, until: declic peer level HOST reader
    """
    run(_send_away(read_host(host, whole_name=False)))


async def _list_waiting(*, as_json: bool) -> None:
    async with working_instance() as instance, connection(instance.pool) as conn:
        found = [pages.describe(one) for one in await waiting_posts.list_hosts(conn)]
    if as_json:
        print_out(orjson.dumps([asdict(one) for one in found], option=orjson.OPT_INDENT_2).decode())
        return
    for one in found:
        until = "" if one.leaves_at is None else f" until {one.leaves_at:%Y-%m-%d}"
        refused = f", {one.refused} more not kept" if one.refused else ""
        print_out(f"{one.host}: {one.listings} since {one.since:%Y-%m-%d}{until}{refused}. {one.title}".rstrip())
    if not found:
        print_err("No server waits.")


async def _admit(host: str) -> None:
    async with working_instance() as instance, transaction(instance.pool) as conn:
        waited = await outbox.admit(conn, host)
        await journal.record(conn, "server_decided", by=None, right="servers", host=host, what="admit")
    print_out(str(waited))
    print_err(
        "So many posts stand in the lists now." if waited else f"Nothing of {host} waited; what comes will stand."
    )


async def _send_away(host: str) -> None:
    async with working_instance() as instance, transaction(instance.pool) as conn:
        if host not in {one.host for one in await waiting_posts.list_hosts(conn)}:
            raise CommandFailed(f"Nothing of {host} waits; declic peer level {host} aside sets it aside.")
        removed = await outbox.send_away(conn, host)
        await journal.record(conn, "server_decided", by=None, right="servers", host=host, what="aside")
    print_out(str(removed))
    print_err("So many listings are removed, and the server is set aside.")
