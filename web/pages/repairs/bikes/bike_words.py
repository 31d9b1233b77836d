"""How a bike left, or is on its way, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from models.people import actors
from models.people.actors import Actor
from models.repairs.bikes import handovers
from models.repairs.bikes.bikes import Bike
from models.store.database import Connection
from outbox.repairs.bikes.handing_over import name_of
from web.rendering.render import N_

LEFT = {
    "given": N_("Donné"),
    "sold": N_("Vendu"),
    "scrapped": N_("À la casse, ou en pièces"),
    "handed-over": N_("Donné, avec son carnet"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class UnderWay:
    """The book was sent and is not there yet; its owner may keep it from `until` on, which is past where it is `late`.

    No name of a taker who is gone.
    """

    taker: str
    until: datetime
    late: bool


async def map_under_way(conn: Connection, held: Mapping[int, Bike]) -> dict[int, UnderWay]:
    """Those of these bikes that are on their way, by their numbers."""
    sent = [one for one in await handovers.list_of_bikes(conn, [*held]) if one.sent_uri is not None]
    takers = await actors.map_by_ids(conn, [one.taker_id for one in sent if one.taker_id is not None])
    return {one.bike_id: _draw(held[one.bike_id], takers.get(one.taker_id or 0)) for one in sent}


def _draw(bike: Bike, taker: Actor | None) -> UnderWay:
    assert bike.left_at is not None, "it was sent"
    until = bike.left_at + handovers.VALID
    known = taker is not None and taker.deleted_at is None
    return UnderWay(
        taker=name_of(taker) if taker is not None and known else "", until=until, late=until < datetime.now(UTC)
    )
