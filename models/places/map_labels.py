"""Communes that make a drawn map readable: the largest of each cell of a grid."""

from dataclasses import dataclass

from models.places.geometry import Box
from models.store.database import Connection, fetch_all


@dataclass(frozen=True, slots=True, kw_only=True)
class Landmark:
    """A commune that is known exactly enough to be drawn."""

    name: str
    latitude: float
    longitude: float
    population: int


async def list_landmarks(conn: Connection, box: Box, *, cells: int, parts: bool = False) -> list[Landmark]:
    """The most populous commune of each of `cells` × `cells` equal parts of the box, the largest first.

    With `parts` also those inside communes whose own place is known: Lomme, of Lille.
    """
    return await fetch_all(
        conn,
        Landmark,
        """
        SELECT name, latitude, longitude, population FROM (
            SELECT DISTINCT ON (width_bucket(latitude, $1, $3, $5), width_bucket(longitude, $2, $4, $5))
                name, latitude, longitude, population
            FROM commune
            WHERE (kind = 'commune' OR $6) AND precision IN ('exact', 'namesake')
                AND latitude > $1 AND latitude < $3 AND longitude > $2 AND longitude < $4
            ORDER BY width_bucket(latitude, $1, $3, $5), width_bucket(longitude, $2, $4, $5), population DESC, code
        ) AS largest ORDER BY population DESC, name
        """,
        box.south,
        box.west,
        box.north,
        box.east,
        cells,
        parts,
    )
