"""`declic open` and `declic close-site`: whether visitors see the site."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from web.commands.imports import when_used
from web.commands.runner import CommandFailed, print_err, print_out, run, working_instance

with when_used():
    from models import preferences
    from models.coop import opening
    from models.moderation import journal
    from models.store import database
    from outbox.people import cooperative_settings

if TYPE_CHECKING:
    from models.preferences import Preferences

LIMIT = 300
"""Characters that publisher and host may have, as on the page."""


@click.command("open")
@click.option("--publisher", help="Who publishes the site, for the legal notice; kept.")
@click.option("--host", help="Who hosts it: name, address and telephone; kept.")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and what is missing.")
def open_site(publisher: str | None, host: str | None, *, dry_run: bool) -> None:
    """Show the site to everybody; publisher and host have to be named, here or on the pages."""
    run(_open(publisher, host, dry_run=dry_run))


@click.command()
@click.option("--dry-run", is_flag=True, help="Say what would be done.")
def close_site(*, dry_run: bool) -> None:
    """Show visitors nothing but a page that says so; members, other servers and apps go on."""
    run(_close(dry_run=dry_run))


async def _open(publisher: str | None, host: str | None, *, dry_run: bool) -> None:
    async with working_instance() as instance, database.transaction(instance.pool) as conn:
        chosen = await preferences.load_for_change(conn)
        named = replace(
            chosen,
            legal_publisher=chosen.legal_publisher if publisher is None else _shorten(publisher),
            legal_host=chosen.legal_host if host is None else _shorten(host),
        )
        _require_legal(named, instance.site.url)
        if dry_run:
            print_out(f"would open {instance.site.url}" if chosen.closed else f"{instance.site.url} is open already")
            return
        await cooperative_settings.save_preferences(conn, instance.site, named)
        opened = await opening.open_site(conn, by=None)
        if opened or named != chosen:
            await journal.record(conn, "settings_changed", by=None, right="settings", page="opening", opened=True)
    print_out(f"{'opened' if opened else 'open already:'} {instance.site.url}")


async def _close(*, dry_run: bool) -> None:
    async with working_instance() as instance, database.transaction(instance.pool) as conn:
        if dry_run:
            closed = await opening.is_closed(conn)
            print_out(f"{instance.site.url} is closed already" if closed else f"would close {instance.site.url}")
            return
        changed = await opening.close_site(conn)
        if changed:
            await journal.record(conn, "settings_changed", by=None, right="settings", page="opening", opened=False)
    print_out(f"{'closed' if changed else 'closed already:'} {instance.site.url}")
    if changed:
        print_err("Visitors may still see it for a minute; members, other servers and apps go on.")


def _shorten(text: str) -> str:
    if len(text) > LIMIT:
        raise CommandFailed(f"This is longer than {LIMIT} characters.")
    return text.strip()


def _require_legal(chosen: Preferences, url: str) -> None:
    missing = opening.list_missing(chosen)
    if missing:
        options = " and ".join(f"--{name.removeprefix('legal_')}" for name in missing)
        raise CommandFailed(
            f"Say first who publishes and who hosts the site: {options}, or {url}/coop/ouverture/mentions"
        )
