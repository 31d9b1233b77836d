"""What people whom she does not know wrote to her, and what waits until she lets it in."""

import orjson

from models.personal_data import personal_export
from web.personal_export.records import ArchiveOwner, list_own_pages
from web.personal_export.zip_writer import ZipWriter


async def write_message_requests(owner: ArchiveOwner, parcel: ZipWriter) -> None:
    """`message_requests.json`, the newest first, as plain text."""
    async with parcel.open("message_requests.json") as sheet:
        lead = "["
        async for rows in list_own_pages(owner, personal_export.list_waiting):
            for one in rows:
                told = {"by": one.handle, "url": one.url, "at": one.received_at, "private": one.private}
                words = {"warning": one.warning, "text": one.text}
                await sheet.write(lead.encode() + orjson.dumps(told | words))
                lead = ",\n"
        await sheet.write("[]\n" if lead == "[" else "]\n")
