"""The calendars of listings elsewhere: ranges of days, and nothing about why."""

from federation.documents.collection_lines import FetchedLines, fetch_lines
from federation.instance import Instance
from federation.signatures import Signer
from federation.vocabulary.collections import Unavailability, read_unavailability


async def fetch_calendar(
    instance: Instance, uri: str, *, signer: Signer | None = None, etag: str = ""
) -> FetchedLines[Unavailability] | None:
    """The ranges in which a listing is not to be had, as `fetch_lines` says."""
    return await fetch_lines(instance, uri, read_unavailability, signer=signer, etag=etag)
