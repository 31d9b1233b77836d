"""Who near whoever seeks something has it: said on her own request's page, right after she published it too."""

from dataclasses import dataclass

from models.listings.listings import Listing
from models.searches.alerts import match_choices, matches
from models.settings import Site
from models.store.database import Connection
from web.pages.components.listing_cards import ListingCard, list_cards

RADII = (5, 25)
"""Kilometres: those nearby, else those one would fetch it from."""

SHOWN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class FittingOffers:
    """How many `people` within so many kilometres have what is sought, and some of it; `told` where she is told of
    more."""

    people: int
    radius: int
    cards: list[ListingCard]
    told: bool


async def find_fitting_offers(conn: Connection, site: Site, listing: Listing, *, own: bool) -> FittingOffers | None:
    """Of her own open request or call; None for all else."""
    if not own or listing.details.kind == "offer" or listing.details.status != "open":
        return None
    choice = await match_choices.find(conn, listing.post.author_id)
    for radius in RADII:
        found = await matches.list_near(conn, listing.id, radius)
        if found:
            kilometres = {one.id: one.distance for one in found[:SHOWN]}
            cards = await list_cards(conn, site, kilometres, kilometres)
            return FittingOffers(people=len(found), radius=radius, cards=cards, told=choice.offers)
    return FittingOffers(people=0, radius=RADII[-1], cards=[], told=choice.offers)
