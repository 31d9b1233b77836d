"""Whom she follows, hides and keeps as CSV, in the very columns that Mastodon and its kin import."""

import csv
import io
from collections.abc import AsyncIterator, Iterable, Sequence

from models.people import actors
from models.personal_data import personal_export
from models.relations import lists
from models.relations.blocking import blocks, mutes
from models.store.database import connection
from web.personal_export.records import ArchiveOwner, list_own_pages
from web.personal_export.zip_writer import ZipWriter

Rows = AsyncIterator[list[Sequence[str]]]


async def write_tables(owner: ArchiveOwner, parcel: ZipWriter) -> None:
    """Each under the name by which Mastodon's own export calls it."""
    followed = ("Account address", "Show boosts", "Notify on new posts", "Languages")
    await _write(parcel, "following_accounts.csv", _list_followed(owner), followed)
    await _write(parcel, "followers.csv", _list_followers(owner), ("Account address",))
    await _write(parcel, "blocked_accounts.csv", _list_blocked(owner))
    await _write(parcel, "muted_accounts.csv", _list_muted(owner), ("Account address", "Hide notifications"))
    await _write(parcel, "blocked_domains.csv", _list_domains(owner))
    await _write(parcel, "bookmarks.csv", _list_kept(owner))
    await _write(parcel, "lists.csv", _list_lists(owner))


async def _write(parcel: ZipWriter, name: str, pages: Rows, heads: Sequence[str] = ()) -> None:
    async with parcel.open(f"csv/{name}") as sheet:
        await sheet.write(write_rows([heads] if heads else []))
        async for rows in pages:
            await sheet.write(write_rows(rows))


def write_rows(rows: Iterable[Sequence[str]]) -> str:
    """Lines of CSV."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()


async def _list_followed(owner: ArchiveOwner) -> Rows:
    async for rows in list_own_pages(owner, personal_export.list_followed):
        yield [
            (row.handle, _format_flag(row.shares), _format_flag(row.notify), ", ".join(row.languages or ()))
            for row in rows
        ]


async def _list_followers(owner: ArchiveOwner) -> Rows:
    async for rows in list_own_pages(owner, personal_export.list_followers):
        yield [(row.handle,) for row in rows]


async def _list_kept(owner: ArchiveOwner) -> Rows:
    async for rows in list_own_pages(owner, personal_export.list_kept):
        yield [(row.uri,) for row in rows]


async def _list_blocked(owner: ArchiveOwner) -> Rows:
    async for rows in list_own_pages(owner, blocks.list_blocked):
        handles = await _find_handles(owner, [row.target_id for row in rows])
        yield [(handles[row.target_id],) for row in rows if row.target_id in handles]


async def _list_muted(owner: ArchiveOwner) -> Rows:
    async for rows in list_own_pages(owner, mutes.list_muted):
        handles = await _find_handles(owner, [row.target_id for row in rows])
        yield [(handles[row.target_id], _format_flag(row.notifications)) for row in rows if row.target_id in handles]


async def _list_domains(owner: ArchiveOwner) -> Rows:
    async for rows in list_own_pages(owner, blocks.list_domains):
        yield [(row.domain,) for row in rows]


async def _list_lists(owner: ArchiveOwner) -> Rows:
    async with connection(owner.instance.pool) as conn:
        owned = await lists.list_owned(conn, owner.actor.id)
    for one in owned:
        async with connection(owner.instance.pool) as conn:
            members = await lists.list_members(conn, one.id, limit=None)
        handles = await _find_handles(owner, [member.actor_id for member in members])
        yield [(one.title, handle) for handle in handles.values()]


async def _find_handles(owner: ArchiveOwner, ids: list[int]) -> dict[int, str]:
    async with connection(owner.instance.pool) as conn:
        return {actor.id: actor.handle for actor in await actors.list_by_ids(conn, ids)}


def _format_flag(value: bool) -> str:
    return "true" if value else "false"
