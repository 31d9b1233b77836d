"""Where an appointment is: at the workshop, or at an address in one of the communes to which the shop comes.

Before both say yes the commune alone is known to the shop, as the place of the terms. The address stands beside the
agreement: of one of ours as she typed it, of somebody elsewhere as her server told it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from models.errors import Invalid
from models.listings.listings import Listing
from models.places.places import fold_name
from models.repairs.shops import shops
from models.store.database import Connection, execute, fetch_column, fetch_value

ADDRESS_LIMIT = 200

KEPT = timedelta(days=30)
"""So long after the end an address stays: then the repair is talked about no more."""

MOST_NAMED = 20
"""Communes that a refusal names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitArea:
    """Where a shop comes, by name; `workshop` where one may come to it as well."""

    communes: Sequence[str]
    workshop: bool

    @property
    def words(self) -> str:
        """Its communes, for a sentence; not all of very many."""
        return ", ".join(self.communes[:MOST_NAMED]) + ("…" if len(self.communes) > MOST_NAMED else "")


async def find_area(conn: Connection, listing: Listing) -> VisitArea | None:
    """Where the shop of these appointments comes; None for one that stays at its workshop, and for all that is no shop.

    One elsewhere has a workshop where it has a street.
    """
    shop = await shops.find(conn, listing.post.author_id) if listing.details.slots_uri is not None else None
    if shop is None or not shop.commune_codes:
        return None
    names: list[str] = await fetch_column(
        conn,
        "SELECT DISTINCT name FROM commune WHERE code = ANY($1) OR parent_code = ANY($1) ORDER BY name",
        list(shop.commune_codes),
    )
    workshop = shop.workshop and bool(
        await fetch_value(
            conn, "SELECT local OR coalesce(street, '') <> '' FROM actor WHERE id = $1", listing.post.author_id
        )
    )
    return VisitArea(communes=names, workshop=workshop) if names else None


def require_reached(area: VisitArea | None, place: str) -> None:
    """Raise Invalid where the shop does not come there, or comes by only and nobody says where."""
    if area is None or (not place and area.workshop):
        return
    if not place:
        raise Invalid("visit_commune_missing", communes=area.words, field="place")
    if fold_name(place) not in {fold_name(name) for name in area.communes}:
        raise Invalid("visit_commune_outside", communes=area.words, field="place")


async def save_address(conn: Connection, agreement_id: int, address: str) -> None:
    """The appointment is there; an empty one forgets it."""
    if not address:
        await forget(conn, agreement_id)
        return
    await execute(
        conn,
        """
        INSERT INTO visit_address (agreement_id, address) VALUES ($1, $2)
        ON CONFLICT (agreement_id) DO UPDATE SET address = excluded.address, told_at = NULL
        """,
        agreement_id,
        address[:ADDRESS_LIMIT],
    )


async def forget(conn: Connection, agreement_id: int) -> None:
    """It came to nothing, or is at the workshop."""
    await execute(conn, "DELETE FROM visit_address WHERE agreement_id = $1", agreement_id)


async def find_shown(conn: Connection, agreement_id: int, reader_id: int) -> str:
    """The address, for the one who typed it and, once both said yes, for the shop; empty where none is to be read."""
    found: str | None = await fetch_value(
        conn,
        """
        SELECT v.address FROM visit_address v JOIN agreement g ON g.id = v.agreement_id
        WHERE g.id = $1 AND (g.partner_id = $2 OR g.owner_id = $2 AND is_bound_state(g.state))
        """,
        agreement_id,
        reader_id,
    )
    return found or ""


async def claim_untold(conn: Connection, agreement_id: int) -> str | None:
    """The address that a shop elsewhere is to be told now that both said yes, once."""
    found: str | None = await fetch_value(
        conn,
        """
        UPDATE visit_address SET told_at = now() WHERE agreement_id = $1 AND told_at IS NULL
            AND EXISTS (SELECT FROM agreement g WHERE g.id = agreement_id AND g.state = 'agreed')
        RETURNING address
        """,
        agreement_id,
    )
    return found


async def forget_over(conn: Connection) -> int:
    """Addresses of what came to nothing, and of what was done a month ago, are nobody's business any more; how many."""
    return await execute(
        conn,
        """
        DELETE FROM visit_address v USING agreement g
        WHERE g.id = v.agreement_id AND NOT is_live_state(g.state)
            AND (g.state <> 'done' OR g.ended_at < now() - $1::interval)
        """,
        KEPT,
    )
