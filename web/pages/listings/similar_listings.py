"""What is like a listing: shown below it."""

from models import searches
from models.listings import categories
from models.listings.listings import Listing
from models.searches import NetworkFilter
from models.settings import Site
from models.store.database import Connection
from web.pages.components.listing_cards import ListingCard, list_cards

SIMILAR_WITHIN = 50
"""Kilometres around a listing in which others of its kind are shown below it."""


async def list_similar(conn: Connection, site: Site, listing: Listing, *, reader_id: int | None) -> list[ListingCard]:
    """Up to three open listings of the same category, the nearest to this one first."""
    details = listing.details
    category = categories.find(details.category or "")
    if category is None or category == categories.OTHER:
        return []
    found = await searches.list_network(
        conn,
        NetworkFilter(
            categories=tuple(categories.list_slugs(category.parent or category.slug)),
            latitude=details.latitude,
            longitude=details.longitude,
            radius=SIMILAR_WITHIN,
            reader_local=reader_id is not None,
            reader_id=reader_id,
            order="near",
        ),
        limit=4,
    )
    return await list_cards(conn, site, [one.id for one in found if one.id != listing.id][:3])
