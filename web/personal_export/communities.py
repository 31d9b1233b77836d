"""The communities that she is or was in touch with, what was decided there about her, and the meetings she came to."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Any

import orjson

from models.communities import decisions, members
from models.meetings import taken_along
from web.personal_export.records import ArchiveOwner, list_own_pages
from web.personal_export.zip_writer import ZipWriter

SHEETS: dict[str, Callable[..., Awaitable[list[Any]]]] = {
    "communities.json": members.list_own,
    "community_decisions.json": decisions.list_own,
    "meetings.json": taken_along.list_own,
}


async def write_communities(owner: ArchiveOwner, parcel: ZipWriter) -> None:
    """One sheet for each, the latest first."""
    for name, read in SHEETS.items():
        async with parcel.open(name) as sheet:
            lead = "["
            async for rows in list_own_pages(owner, read):
                for one in rows:
                    kept = {key: value for key, value in asdict(one).items() if key != "id"}
                    await sheet.write(lead.encode() + orjson.dumps(kept))
                    lead = ",\n"
            await sheet.write("[]\n" if lead == "[" else "]\n")
