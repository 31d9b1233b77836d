"""What a shop says of itself: kinds, bikes, repairs, where it comes by; ours as it stands, others' as told."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from models.store.database import Connection, execute, fetch_all, fetch_one, fetch_value
from models.store.statements import compose, name_values

MOST_COMMUNES = 200
WORDS_LIMIT = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopDetails:
    """What its people write. Without a `workshop` it comes by, and nothing names where it lives.

    `commune_codes` are INSEE codes.
    """

    types: Sequence[str] = ()
    bike_types: Sequence[str] = ()
    interventions: Sequence[str] = ()
    by_appointment: bool = False
    workshop: bool = True
    commune_codes: Sequence[str] = ()
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopAddresses:
    """Where one elsewhere tells its prices, and the listing by which one asks it for an appointment."""

    prices: str | None = None
    appointments: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairShop(ShopDetails):
    """A shop as it is read; the addresses are of one elsewhere."""

    actor_id: int
    prices_uri: str | None
    appointments_uri: str | None
    changed_at: datetime

    @property
    def complete(self) -> bool:
        """Whether it says what people need to find it: without that it does not appear."""
        return bool(self.types and self.bike_types and self.interventions)


_COLUMNS = """
    actor_id, types, bike_types, interventions, by_appointment, workshop, commune_codes, words, prices_uri,
    appointments_uri, changed_at
"""

_FIND, _LIST = (
    compose(text, columns=_COLUMNS)
    for text in (
        "SELECT {columns} FROM repair_shop WHERE actor_id = $1",
        "SELECT {columns} FROM repair_shop WHERE actor_id = ANY($1)",
    )
)

_SAVE = name_values(
    """
    UPDATE repair_shop SET types = :types, bike_types = :bike_types, interventions = :interventions,
        by_appointment = :by_appointment, workshop = :workshop, commune_codes = :commune_codes, words = :words,
        changed_at = now()
    WHERE actor_id = :actor_id AND EXISTS (SELECT FROM actor a WHERE a.id = actor_id AND a.local)
    """,
    ShopDetails,
    also=["actor_id"],
)


async def find(conn: Connection, actor_id: int) -> RepairShop | None:
    """The shop that this actor is; None for any other."""
    return await fetch_one(conn, RepairShop, _FIND, actor_id)


async def map_by_ids(conn: Connection, actor_ids: Collection[int]) -> dict[int, RepairShop]:
    """Those of these actors that are shops."""
    found = await fetch_all(conn, RepairShop, _LIST, list(actor_ids)) if actor_ids else []
    return {one.actor_id: one for one in found}


async def create(conn: Connection, actor_id: int) -> bool:
    """This place of ours is a shop from now on; False where it was already."""
    return bool(
        await execute(
            conn,
            """
            INSERT INTO repair_shop (actor_id)
            SELECT id FROM actor WHERE id = $1 AND local AND type = 'Organization' ON CONFLICT DO NOTHING
            """,
            actor_id,
        )
    )


async def lock(conn: Connection, actor_id: int) -> None:
    """Let nobody else change the prices or the people of this shop until the transaction ends."""
    await execute(conn, "SELECT FROM repair_shop WHERE actor_id = $1 FOR NO KEY UPDATE", actor_id)


async def save(conn: Connection, actor_id: int, details: ShopDetails) -> None:
    """What a shop of ours says from now on."""
    await execute(conn, _SAVE.sql, *_SAVE.args(details, actor_id=actor_id))


async def save_remote(conn: Connection, actor_id: int, told: ShopDetails, addresses: ShopAddresses) -> None:
    """Keep what a shop elsewhere says; codes of communes that nobody knows are left out. Nothing of one of ours."""
    await execute(
        conn,
        """
        INSERT INTO repair_shop (actor_id, types, bike_types, interventions, by_appointment, commune_codes, words,
            prices_uri, appointments_uri)
        SELECT id, $2, $3, $4, $5, ARRAY(SELECT c.code FROM commune c WHERE c.code = ANY($6) ORDER BY c.code), $7,
            $8, $9
        FROM actor WHERE id = $1 AND NOT local AND type = 'Organization'
        ON CONFLICT (actor_id) DO UPDATE SET types = excluded.types, bike_types = excluded.bike_types,
            interventions = excluded.interventions, by_appointment = excluded.by_appointment,
            commune_codes = excluded.commune_codes, words = excluded.words, prices_uri = excluded.prices_uri,
            appointments_uri = excluded.appointments_uri, changed_at = now()
        """,
        actor_id,
        list(told.types),
        list(told.bike_types),
        list(told.interventions),
        told.by_appointment,
        list(told.commune_codes),
        told.words,
        addresses.prices,
        addresses.appointments,
    )


async def forget(conn: Connection, actor_id: int) -> None:
    """This actor is no shop any more."""
    await execute(conn, "DELETE FROM repair_shop WHERE actor_id = $1", actor_id)


async def has_own(conn: Connection) -> bool:
    """Whether any place of ours is a shop."""
    return bool(
        await fetch_value(
            conn, "SELECT EXISTS (SELECT FROM repair_shop s JOIN actor a ON a.id = s.actor_id AND a.local)"
        )
    )


async def comes_by_only(conn: Connection, actor_id: int) -> bool:
    """Whether this is a shop to which nobody comes: where its repairer lives is nobody's business."""
    return bool(
        await fetch_value(
            conn, "SELECT EXISTS (SELECT FROM repair_shop WHERE actor_id = $1 AND NOT workshop)", actor_id
        )
    )
