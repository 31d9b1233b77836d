"""What an agreement costs in the cooperative's points, as forms say it: between two members only."""

from dataclasses import dataclass

from models.exchanges import points
from models.exchanges.agreements import Agreement
from models.listings.listings import Listing
from models.people.actors import Actor
from models.store.database import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsCost:
    """So much for all of it, or for `each` of what is counted. `pays`: the reader does, who has `free` to promise."""

    amount: int
    each: bool
    pays: bool
    free: int

    @property
    def lacking(self) -> int:
        """What the reader lacks even for the least of it."""
        return max(self.amount - self.free, 0) if self.pays else 0


async def find_cost(
    conn: Connection, listing: Listing, me: Actor, other: Actor, held: Agreement | None = None
) -> PointsCost | None:
    """What the two would settle; None where it costs nothing, or one of them is no member here."""
    amount, owner_id = listing.details.points or 0, listing.post.author_id
    if not amount or not await points.are_kept_between(conn, me.id, other.id):
        return None
    partner_id = other.id if owner_id == me.id else me.id
    payer_id, _ = points.who_pays(listing.details.kind, owner_id, partner_id)
    means = await points.find_means(conn, me.id, but=held.id if held is not None else None)
    return PointsCost(amount=amount, each=listing.details.unit_based, pays=payer_id == me.id, free=means.free)
