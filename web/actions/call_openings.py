"""Somebody opens a repair call, by its page or in an app: whoever was told of it is counted once."""

from federation.instance import Instance
from models.listings.listings import Listing
from models.store.database import transaction
from outbox.repairs.calls.reports import note_opened


async def note_call_opened(instance: Instance, listing: Listing, reader_id: int | None) -> None:
    """For a reader who is logged in; nothing is known of others, nor counted of what is no call."""
    if reader_id is None or listing.details.kind != "repair_call":
        return
    async with transaction(instance.pool) as conn:
        await note_opened(conn, listing, reader_id)
