"""Places of ours that say when they are open: what there is without waiting for a call to be answered."""

from dataclasses import dataclass

from models.store.database import Connection, fetch_all


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """A place of ours with hours, and how far it is in metres from where somebody looks, if that is known."""

    actor_id: int
    distance: float | None


async def list_open_places(
    conn: Connection, latitude: float | None, longitude: float | None, *, limit: int = 3
) -> list[Workshop]:
    """Places of our members that say when they are open, the nearest first."""
    return await fetch_all(
        conn,
        Workshop,
        """
        SELECT id AS actor_id, 2 * 6371000 * asin(least(1, sqrt(sin(radians(latitude - $1) / 2) ^ 2
            + sin(radians(longitude - $2) / 2) ^ 2 * cos(radians($1)) * cos(radians(latitude))))) AS distance
        FROM actor JOIN account ON account.actor_id = actor.id
        WHERE local AND type = 'Organization' AND hours IS NOT NULL AND deleted_at IS NULL AND suspended_at IS NULL
            AND actor.id NOT IN (SELECT actor_id FROM shop_apart)
        ORDER BY distance NULLS LAST, id LIMIT $3
        """,
        latitude,
        longitude,
        limit,
    )
