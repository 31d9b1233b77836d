"""The slots of shops elsewhere: times, and how much room there is."""

from federation.documents.collection_lines import FetchedLines, fetch_lines
from federation.instance import Instance
from federation.vocabulary.collections import Slot, read_slot


async def fetch_slots(instance: Instance, uri: str, *, etag: str = "") -> FetchedLines[Slot] | None:
    """The times at which a shop has room, which everybody may read, as `fetch_lines` says."""
    return await fetch_lines(instance, uri, read_slot, etag=etag)
