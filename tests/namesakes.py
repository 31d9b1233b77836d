"""Communes of one name, for whatever asks which one is meant."""

from models.places.places import fold_name
from models.store.database import Connection, execute_many

SAINT_DENIS = ("Saint-Denis (97400)", "Saint-Denis (93200)", "Saint-Denis (11310)")
"""How they are typed, those with more people first."""


async def add_namesakes(conn: Connection, name: str = "Saint-Denis", *, count: int = 3) -> None:
    """So many communes of this name, each with a postcode and people of its own; the first three are well known."""
    known = [("97411", "97400", "974", 155_634), ("93066", "93200", "93", 149_077), ("11339", "11310", "11", 523)]
    more = [(f"013{n:02}", f"013{n:02}", "01", 100 - n) for n in range(count - len(known))]
    await execute_many(
        conn,
        """
        INSERT INTO commune (code, name, search_name, postcodes, department, region, population, latitude, longitude,
            precision, kind)
        VALUES ($1, $2, $3, ARRAY[$4], $5, '00', $6, 48.9, 2.35, 'exact', 'commune')
        """,
        [(code, name, fold_name(name), postcode, dep, people) for code, postcode, dep, people in [*known, *more]],
    )
