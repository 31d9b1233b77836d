"""`declic media usage|verify|orphans|purge-remote`: what pictures take, whether they are there, making room."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import click

from web.commands.imports import when_used
from web.commands.runner import print_err, print_out, run, working_instance
from web.commands.team.french_names import BilingualGroup
from web.commands.team.tables import print_rows

with when_used():
    from federation.media import media_cleanup
    from models.posts.media import media_files, stored_files
    from models.store import database, disk_space

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from federation.instance import Instance
    from models.posts.media.stored_files import MediaShare, NamedFile

MEGABYTE = 1_000_000

STEP = 1_000

WORDS = {
    "own": "pictures, films and sounds of members",
    "bikes": "files in books of bikes",
    "remote": "copies from other servers, fetched again when they are gone",
}


@click.group(cls=BilingualGroup)
def media() -> None:
    """Pictures, films and sounds on this machine's disk: what they take, whether they are there, making room."""


@media.command("usage")
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
def show_usage(*, as_json: bool) -> None:
    """Print what takes how much room, and what is left on the disk."""
    shares, free = run(_measure())
    print_rows(
        [{"megabytes": -(-one.bytes // MEGABYTE), "files": one.files, "what": WORDS[one.kind]} for one in shares],
        ("megabytes", "files", "what"),
        as_json=as_json,
    )
    print_err(f"{free // MEGABYTE} MB are left on that disk.")


async def _measure() -> tuple[list[MediaShare], int]:
    async with working_instance() as instance:
        async with database.connection(instance.pool) as conn:
            shares = await stored_files.measure(conn)
        return shares, (await asyncio.to_thread(disk_space.measure, instance.store.folder)).free


@media.command("verify")
@click.pass_context
def verify_files(ctx: click.Context) -> None:
    """Look whether each file that the database names is there; prints those that are not, exit status 1 when one is.

    A copy of another server's picture that is gone is forgotten, and fetched again when somebody looks.
    """
    missing, forgotten, seen = run(_verify())
    for key in missing:
        print_out(key)
    print_err(f"{seen} files looked for; missing: {len(missing)}; copies that will be fetched again: {forgotten}.")
    if missing:
        print_err("A backup has them in its folder `media`: bring them into the same folders of DECLIC_DATA/media.")
        ctx.exit(1)


async def _verify() -> tuple[list[str], int, int]:
    """Keys that are gone, how many copies were forgotten, and how many files were looked for."""
    missing: list[str] = []
    forgotten = seen = 0
    async with working_instance() as instance:
        async for step in _list_files(instance):
            gone = await asyncio.to_thread(_list_gone, instance, step)
            missing += [one.key for one in gone if not one.remote]
            async with database.transaction(instance.pool) as conn:
                for one in gone:
                    if one.remote:
                        await media_files.forget_cached(conn, one.id)
                        forgotten += 1
            seen += len(step)
    return missing, forgotten, seen


def _list_gone(instance: Instance, step: list[NamedFile]) -> list[NamedFile]:
    return [one for one in step if instance.store.find(one.key) is None]


async def _list_files(instance: Instance) -> AsyncIterator[list[NamedFile]]:
    for list_step in (stored_files.list_pictures, stored_files.list_bike_files):
        last = 0
        while True:
            async with database.connection(instance.pool) as conn:
                step = await list_step(conn, after=last, limit=STEP)
            if not step:
                break
            yield step
            last = step[-1].id


@media.command("orphans")
def remove_orphans() -> None:
    """Remove files that nothing names, as each night does: what a process left that died. Prints how many."""
    run(_remove_orphans())


async def _remove_orphans() -> None:
    async with working_instance() as instance:
        removed = await media_cleanup.clean_up(instance) + await media_cleanup.sweep(instance)
    print_out(str(removed))


@media.command("purge-remote")
def purge_remote() -> None:
    """Remove all copies of other servers' pictures, to make room; prints how many files went.

    They are fetched again when somebody looks. DECLIC_MEDIA_CACHE says how many megabytes they may take.
    """
    run(_purge_remote())


async def _purge_remote() -> None:
    async with working_instance() as instance:
        async with database.transaction(instance.pool) as conn:
            await media_files.trim_cache(conn, 0)
        print_out(str(await media_cleanup.clean_up(instance)))
