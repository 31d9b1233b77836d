"""Her points, where the cooperative keeps some or once did: what came and went, and what for."""

from typing import Any

import orjson

from models.exchanges import points
from models.exchanges.points import Movement
from web.personal_export.records import ArchiveOwner, list_own_pages
from web.personal_export.zip_writer import ZipWriter


async def write_points(owner: ArchiveOwner, parcel: ZipWriter) -> None:
    """`points.json`, the newest movement first; what each is about is named as she sees it on her page."""
    async with parcel.open("points.json") as sheet:
        lead = "["
        async for rows in list_own_pages(owner, points.list_movements):
            for one in rows:
                await sheet.write(lead.encode() + orjson.dumps(_describe(one)))
                lead = ",\n"
        await sheet.write("[]\n" if lead == "[" else "]\n")


def _describe(one: Movement) -> dict[str, Any]:
    told: dict[str, Any] = {"at": one.created_at, "kind": one.kind, "amount": one.amount}
    about = {
        "month": one.month,
        "listing": one.title,
        "url": one.url,
        "with": one.other_name,
        "reason": one.reason,
        "by": one.by_name,
    }
    return told | {name: value for name, value in about.items() if value}
