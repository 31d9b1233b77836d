"""`declic publish`, `edit`, `close`, `withdraw`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from web.commands.imports import when_used
from web.commands.runner import CommandFailed, print_err, print_out, run, working_instance

with when_used():
    from federation.media import uploads
    from models import preferences
    from models.listings import categories, listing_duration, listings, subcategories
    from models.moderation import held_posts
    from models.people import accounts, actors
    from models.places import places
    from models.store import database
    from outbox import inside
    from outbox.listings import listing_defaults
    from outbox.listings import listings as outbox

if TYPE_CHECKING:
    from federation.instance import Instance
    from models.listings.listings import Listing, ListingDraft, ListingKind, ListingMode
    from models.people.actors import Actor
    from models.store.database import Connection

KINDS: dict[str, ListingKind] = {"offer": "offer", "request": "request", "repair-call": "repair_call"}

MODES = ("gift", "loan", "swap", "sale", "service")

AUDIENCES = ("network", "coop", "territories")

OUTCOMES = ("done", "elsewhere", "cancelled")

Command = TypeVar("Command", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the options of `publish` and `edit` say; None where an option is absent."""

    title: str | None
    text: str | None
    category: str | None
    mode: ListingMode | None
    place: str | None
    photo: tuple[Path, ...]
    alt: tuple[str, ...]
    until: datetime | None
    audience: str | None


def _check_audience(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    if value is None or value in AUDIENCES or value.startswith(inside.PREFIX):
        return value
    raise click.BadParameter(f"{value} is none of {', '.join(AUDIENCES)}, community:NAME.")


def listing_options(command: Command) -> Command:
    """The options that `publish` and `edit` share."""
    for option in reversed(
        (
            click.option("--title", help="What it is, in a few words."),
            click.option("--text", help="The rest."),
            click.option("--category", help="A slug such as outil-electrique."),
            click.option("--mode", type=click.Choice(MODES)),
            click.option("--place", help='A commune, such as "59160 Lomme".'),
            click.option("--photo", type=click.Path(exists=True, dir_okay=False, path_type=Path), multiple=True),
            click.option("--alt", multiple=True, help="What the photo shows; one for each --photo, in order."),
            click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="The last day, such as 2027-01-31."),
            click.option(
                "--audience", callback=_check_audience, help=f"{', '.join(AUDIENCES)}, or community:NAME of the member."
            ),
        )
    ):
        command = option(command)
    return command


@click.command()
@click.argument("kind", type=click.Choice(list(KINDS)))
@click.option("--as", "name", required=True, help="The member who publishes.")
@listing_options
def publish(kind: str, name: str, **options: Any) -> None:
    """Publish a listing; prints its id."""
    if not options["title"]:
        raise click.UsageError("Missing option '--title'.")
    run(_publish(KINDS[kind], name, Options(**options)))


@click.command()
@click.argument("id")
@listing_options
def edit(id: str, **options: Any) -> None:
    """Change a listing; prints its id."""
    if not any(options.values()):
        raise click.UsageError("Say what to change, for example with --title or --until.")
    run(_edit(id, Options(**options)))


@click.command()
@click.argument("id")
@click.option("--outcome", type=click.Choice(OUTCOMES), default="done", show_default=True)
def close(id: str, outcome: str) -> None:
    """Close a listing; prints its id."""
    run(_close(id, outcome))


@click.command()
@click.argument("id")
def withdraw(id: str) -> None:
    """Take a listing back everywhere; prints its id."""
    run(_withdraw(id))


async def _publish(kind: ListingKind, name: str, options: Options) -> None:
    async with working_instance() as instance:
        author = await _find_author(instance, name)
        mode: ListingMode = "repair" if kind == "repair_call" else options.mode or "loan"
        await _require_mode(instance, mode)
        draft = listings.ListingDraft(kind=kind, mode=mode, title="", language=instance.site.languages[0])
        draft = await _apply(instance, author, draft, options)
        async with database.transaction(instance.pool) as conn:
            if draft.commune_code is None:
                draft = replace(draft, **places.place_fields(await listing_defaults.find_own_place(conn, author)))
            listing = await outbox.publish(conn, instance.site, author, draft)
            await _say_held(conn, listing)
        print_out(listing.uri)


async def _edit(id: str, options: Options) -> None:
    async with working_instance() as instance:
        async with database.connection(instance.pool) as conn:
            listing, author = await _find_own(conn, id)
            latest = await listing_defaults.find_latest(conn, listing)
            draft = listing_defaults.read_back(latest.listing, latest.attached)
        if options.mode not in (None, draft.mode):
            await _require_mode(instance, options.mode)
        draft = await _apply(instance, author, draft, options)
        async with database.transaction(instance.pool) as conn:
            await _say_held(conn, await outbox.edit(conn, instance.site, author, id, draft))
        print_out(id)


async def _say_held(conn: Connection, listing: Listing) -> None:
    if await held_posts.find(conn, listing.id) is not None:
        print_err("It waits for a look of the team before it appears.")


async def _close(id: str, outcome: str) -> None:
    async with working_instance() as instance, database.transaction(instance.pool) as conn:
        _, author = await _find_own(conn, id)
        await outbox.close(conn, instance.site, author, id, outcome)
    print_out(id)


async def _withdraw(id: str) -> None:
    async with working_instance() as instance, database.transaction(instance.pool) as conn:
        _, author = await _find_own(conn, id)
        await outbox.withdraw(conn, instance.site, author, id)
    print_out(id)


async def _require_mode(instance: Instance, mode: str | None) -> None:
    """Raise UsageError for a way of exchanging that the cooperative has switched off: sales, unless it wants them."""
    async with database.connection(instance.pool) as conn:
        allowed = (await preferences.load(conn)).modes
    if mode != "repair" and mode not in allowed:
        raise click.UsageError(f"This cooperative does not offer {mode}: it has {', '.join(allowed)}.")


async def _find_author(instance: Instance, name: str) -> Actor:
    async with database.connection(instance.pool) as conn:
        author = await actors.find_local(conn, name.removeprefix("@"))
        if author is None or author.deleted_at is not None or await accounts.find(conn, author.id) is None:
            raise CommandFailed(f"There is no member named {name} here.")
    return author


async def _find_own(conn: Connection, id: str) -> tuple[Listing, Actor]:
    listing = await listings.find_by_listing_uri(conn, id)
    if listing is None or not listing.post.local or listing.post.deleted_at is not None:
        raise CommandFailed(f"{id} is not a listing of this server.")
    return listing, await actors.get(conn, listing.post.author_id)


async def _apply(instance: Instance, author: Actor, draft: ListingDraft, options: Options) -> ListingDraft:
    """The draft with what the options say; what they do not say stays."""
    said = {"title": options.title, "text": options.text, "mode": options.mode}
    changes: dict[str, Any] = {name: value for name, value in said.items() if value is not None}
    if options.audience is not None:
        async with database.connection(instance.pool) as conn:
            changes["audience"], changes["community_id"] = await inside.read_audience(conn, author, options.audience)
    if options.until is not None:
        changes["expires_at"] = listing_duration.end_of(options.until.date())
    if options.category is not None:
        if not await _is_category(instance, options.category):
            raise click.UsageError(f"There is no category {options.category}.")
        changes["category"] = options.category
    if options.place is not None:
        async with database.connection(instance.pool) as conn:
            changes |= await _read_place(conn, options.place)
    if options.photo:
        changes["media_ids"] = await _upload(instance, author, options.photo, options.alt)
    return replace(draft, **changes)


async def _is_category(instance: Instance, slug: str) -> bool:
    """Whether there is such a category, a shared one or a sub-category of ours."""
    if categories.OWN not in slug:
        return categories.find(slug) is not None
    async with database.connection(instance.pool) as conn:
        return await subcategories.find_label(conn, slug) is not None


async def _read_place(conn: Connection, text: str) -> dict[str, Any]:
    commune = await places.find_commune_named(conn, text)
    if commune is None:
        raise click.UsageError(
            f'"{text}" names no commune, or more than one; write it with its postcode: "59160 Lomme".'
        )
    return places.place_fields(commune.place)


async def _upload(
    instance: Instance, author: Actor, photos: tuple[Path, ...], alts: tuple[str, ...]
) -> tuple[int, ...]:
    if len(alts) != len(photos):
        raise click.UsageError("Each --photo needs an --alt that says what it shows.")
    uploaded = []
    for path, alt in zip(photos, alts, strict=True):
        data = await asyncio.to_thread(path.read_bytes)
        saved = await uploads.save_upload(instance, owner_id=author.id, data=data, name=path.name, description=alt)
        uploaded.append(saved.id)
    return tuple(uploaded)
