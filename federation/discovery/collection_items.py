"""The items of somebody's collection, page by page and no further than is good for us (B-12)."""

from typing import Any

from federation.discovery.fetches import fetch_object
from federation.errors import FetchFailed, Malformed
from federation.instance import Instance
from federation.uris import same_origin
from federation.vocabulary.collections import Collection, CollectionPage

MOST_PAGES = 10
MOST_ITEMS = 1000


async def fetch_items(instance: Instance, uri: str, *, most: int = MOST_ITEMS) -> list[Any]:
    """The first items of a collection: addresses, or objects as received, which prove nothing by themselves.

    At most ten pages, each once and all on the collection's origin. A page that fails ends the list; a collection
    that cannot be fetched raises FetchFailed.
    """
    collection = await fetch_object(instance, uri)
    if not isinstance(collection, Collection):
        return []
    items, address, seen = list(collection.items), collection.first, {uri, collection.id}
    for _ in range(MOST_PAGES):
        if not address or address in seen or len(items) >= most or not same_origin(address, collection.id):
            break
        seen.add(address)
        page = await _fetch_page(instance, address)
        if page is None:
            break
        items += page.items
        address = page.next
    return items[:most]


async def _fetch_page(instance: Instance, address: str) -> CollectionPage | None:
    try:
        page = await fetch_object(instance, address)
    except (FetchFailed, Malformed):
        return None
    return page if isinstance(page, CollectionPage) else None
