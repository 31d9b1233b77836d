"""Places of ours to which people come, as the place of somebody's listing: their address is public, and exact."""

from dataclasses import dataclass

from models.places.places import Place
from models.store.database import Connection, fetch_records

NAME_SHOWN = 45
"""Characters of a place's name that stand behind its commune: with the longest commune they are the most of a place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicPlace:
    """One of them; `place` is what a listing there has: "Lomme (La Remise)", its point exact where it is known."""

    username: str
    name: str
    street: str
    place: Place


async def list_public_places(conn: Connection) -> list[PublicPlace]:
    """Those at which anybody of ours may place what she publishes, by name: not suspended, and known where they are.

    Not shops that an import made and nobody said yes to.
    """
    rows = await fetch_records(
        conn,
        """
        SELECT actor.username, coalesce(nullif(actor.name, ''), actor.username) AS name,
            coalesce(actor.street, '') AS street, actor.place_name, actor.postcode, actor.commune_code,
            actor.latitude, actor.longitude, actor.radius
        FROM account a JOIN actor ON actor.id = a.actor_id
        WHERE actor.type = 'Organization' AND actor.deleted_at IS NULL AND actor.suspended_at IS NULL
            AND a.disabled_at IS NULL AND NOT is_unpublished(actor.id)
            AND NOT EXISTS (SELECT FROM repair_shop s WHERE s.actor_id = actor.id AND NOT s.workshop)
            AND actor.id NOT IN (SELECT actor_id FROM shop_apart)
            AND actor.place_name IS NOT NULL AND actor.latitude IS NOT NULL AND actor.longitude IS NOT NULL
        ORDER BY fold(coalesce(nullif(actor.name, ''), actor.username)), actor.id
        """,
    )
    return [
        PublicPlace(
            username=row["username"],
            name=row["name"],
            street=row["street"],
            place=Place(
                name=f"{row['place_name'].partition(' (')[0]} ({' '.join(row['name'].split())[:NAME_SHOWN].strip()})",
                postcode=row["postcode"],
                commune_code=row["commune_code"],
                latitude=row["latitude"],
                longitude=row["longitude"],
                radius=row["radius"],
            ),
        )
        for row in rows
    ]
