"""What people whom she does not know wrote to her, and what waits until she lets it in."""

import orjson

from models.personal_data import personal_export
from web.archives.parcel import Parcel
from web.archives.reading import Owner, turn_own


async def write_waiting(owner: Owner, parcel: Parcel) -> None:
    """`message_requests.json`, the newest first, as plain text."""
    async with parcel.open("message_requests.json") as sheet:
        lead = "["
        async for rows in turn_own(owner, personal_export.list_waiting):
            for one in rows:
                told = {"by": one.handle, "url": one.url, "at": one.received_at, "private": one.private}
                words = {"warning": one.warning, "text": one.text}
                await sheet.write(lead.encode() + orjson.dumps(told | words))
                lead = ",\n"
        await sheet.write("[]\n" if lead == "[" else "]\n")
