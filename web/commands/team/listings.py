"""`declic listings list|hide|show|purge`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from models.listings.listings import OVER, STANDING
from web.commands.imports import when_used
from web.commands.runner import CommandFailed, print_err, print_out, run, working_instance
from web.commands.team.french_names import BilingualGroup
from web.commands.team.tables import print_rows

with when_used():
    from models.listings import listings as records
    from models.listings import local_listings
    from models.moderation import decisions, held_posts, journal
    from models.people import actors
    from models.store import database
    from outbox.listings import listings as outbox
    from outbox.moderation import case_decisions
    from outbox.moderation import held_posts as held_verbs

if TYPE_CHECKING:
    from federation.instance import Instance
    from models.listings.listings import Listing, ListingStatus
    from models.moderation.decisions import DecisionKind, ModerationDecision
    from models.store.database import Connection

LEAST_DAYS = 30
"""Nothing is purged that ended more lately."""

STEP = 50

STATES = (*STANDING, *OVER)


@click.group(cls=BilingualGroup)
def listings() -> None:
    """Listings: listed, hidden, shown again, removed long after their end."""


@listings.command("list")
@click.option("--state", type=click.Choice(STATES), help="Only those that are so.")
@click.option("--by", "author", metavar="NAME", help="Only those of this member.")
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
def list_listings(state: ListingStatus | None, author: str | None, *, as_json: bool) -> None:
    """Print the listings that were published here, a line each, the oldest first."""
    found = run(_list(state, author and author.removeprefix("@")))
    print_rows(
        [
            {
                "state": one.details.status,
                "kind": one.details.kind,
                "published": one.post.published_at,
                "title": one.details.title,
                "id": one.uri,
            }
            for one in found
        ],
        ("state", "kind", "published", "title", "id"),
        as_json=as_json,
    )


async def _list(state: ListingStatus | None, author: str | None) -> list[Listing]:
    found: list[Listing] = []
    async with working_instance() as instance, database.connection(instance.pool) as conn:
        if author is not None and await actors.find_local(conn, author) is None:
            raise CommandFailed(f"There is nobody named {author} here.")
        while True:
            last = found[-1].id if found else 0
            step = await local_listings.list_ours(conn, state=state, author=author, after=last, limit=STEP)
            if not step:
                return found
            found += step


@listings.command("hide")
@click.argument("id")
@click.option("--reason", required=True, help="Why, in words that its author reads.")
@click.option("--rule", default="", help="Which rule of the cooperative it rests on.")
def hide_listing(id: str, reason: str, rule: str) -> None:
    """Hide a listing, ours or one from elsewhere, by a decision that its author reads; prints its id."""
    if not reason.strip():
        raise click.UsageError("Say why: its author reads it.")
    run(_hide(id, reason.strip(), rule.strip()))


async def _hide(id: str, reason: str, rule: str) -> None:
    async with working_instance() as instance, database.transaction(instance.pool) as conn:
        found = await _find(conn, id)
        if await _list_hiding(conn, found):
            raise CommandFailed(f"{id} is hidden already; `declic listings show {id}` shows it again.")
        author = await actors.get(conn, found.post.author_id)
        ruling = case_decisions.Ruling(kind="hide", words=reason, rule=rule, post_ids=(found.id,))
        await case_decisions.decide_directly(conn, instance.site, author, ruling, None, post_id=found.id)
        print_out(id)


@listings.command("show")
@click.argument("id")
def show_listing(id: str) -> None:
    """Show a listing again that was hidden, or let one appear that waits for a look; prints its id."""
    run(_show(id))


async def _show(id: str) -> None:
    async with working_instance() as instance, database.transaction(instance.pool) as conn:
        found = await _find(conn, id)
        hidden = await _list_hiding(conn, found)
        waits = await held_posts.find(conn, found.id) is not None
        if not hidden and not waits:
            raise CommandFailed(f"{id} is not hidden.")
        for one in hidden:
            await case_decisions.take_back(conn, instance.site, one.id, None, "")
        if waits:
            await held_verbs.release(conn, instance.site, found.id, None)
        print_out(id)


@listings.command("purge")
@click.option(
    "--older-than",
    "days",
    type=click.IntRange(min=LEAST_DAYS),
    default=365,
    show_default=True,
    help="Days since it ended.",
)
@click.option("--dry-run", is_flag=True, help="Print which would go, and change nothing.")
def purge_listings(days: int, *, dry_run: bool) -> None:
    """Take back, for ever, our listings that ended long ago and about which nothing runs; prints their ids."""
    run(_purge(days, dry_run=dry_run))


async def _purge(days: int, *, dry_run: bool) -> None:
    total, last = 0, 0
    async with working_instance() as instance:
        while True:
            async with database.transaction(instance.pool) as conn:
                step = await local_listings.list_ended(conn, days=days, after=last, limit=STEP)
                for one in step:
                    await _purge_one(conn, instance, one, dry_run=dry_run)
            if not step:
                break
            total, last = total + len(step), step[-1].id
        print_err(f"Would go: {total}." if dry_run else f"Gone: {total}.")


async def _purge_one(conn: Connection, instance: Instance, one: Listing, *, dry_run: bool) -> None:
    if not dry_run:
        author = await actors.get(conn, one.post.author_id)
        await outbox.withdraw(conn, instance.site, author, one.uri)
        await journal.record(conn, "listing_purged", by=None, right="operation", about_id=author.id, uri=one.uri)
    print_out(one.uri)


async def _find(conn: Connection, id: str) -> Listing:
    found = await records.find_by_listing_uri(conn, id) or await records.find_by_url(conn, id)
    if found is None or found.post.deleted_at is not None:
        raise CommandFailed(f"{id} is not a listing that is held here: give the address of its page, or its id.")
    return found


async def _list_hiding(conn: Connection, found: Listing) -> list[ModerationDecision]:
    """The decisions that hide it just now."""
    kinds: tuple[DecisionKind, ...] = ("hide",)
    return [one for one in await decisions.list_in_force(conn, found.post.author_id, kinds) if found.id in one.post_ids]
