"""The posted prices of a shop, in its order; of one elsewhere a copy that says how old it is."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, get_args

from models.store.database import Connection, execute, fetch_all, fetch_one, fetch_records, fetch_value

MOST_PRICES = 100
LABEL_LIMIT = 80
NOTE_LIMIT = 120
MOST_CENTS = 1_000_000
ASK_AFTER = timedelta(minutes=5)
"""Nobody makes us ask for one price list more often."""

PriceKind = Literal["fixed", "from", "free"]
"""So much; at least so much; what one wants to give."""

PRICE_KINDS: tuple[PriceKind, ...] = get_args(PriceKind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """One line; `cents` is None where one gives what one wants."""

    label: str
    kind: PriceKind
    cents: int | None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceCopy:
    """How old the prices of a shop elsewhere are; `told_at` is None until they came."""

    told_at: datetime | None
    etag: str


async def list_prices(conn: Connection, shop_id: int) -> list[Price]:
    """All lines, in the shop's order."""
    return await fetch_all(
        conn,
        Price,
        "SELECT label, kind, cents, note FROM repair_price WHERE shop_id = $1 ORDER BY position",
        shop_id,
    )


async def map_by_shops(conn: Connection, shop_ids: Collection[int]) -> dict[int, list[Price]]:
    """The lines of each of these shops, in its order; of one without any nothing."""
    rows = await fetch_records(
        conn,
        """
        SELECT shop_id, label, kind, cents, note FROM repair_price WHERE shop_id = ANY($1) ORDER BY shop_id, position
        """,
        list(shop_ids),
    )
    found: dict[int, list[Price]] = {}
    for row in rows:
        line = Price(label=row["label"], kind=row["kind"], cents=row["cents"], note=row["note"])
        found.setdefault(row["shop_id"], []).append(line)
    return found


async def replace_prices(conn: Connection, shop_id: int, prices: Sequence[Price]) -> None:
    """These lines instead of all that were there; no more than are kept. Needs the caller's transaction."""
    kept = prices[:MOST_PRICES]
    await execute(conn, "DELETE FROM repair_price WHERE shop_id = $1", shop_id)
    await execute(
        conn,
        """
        INSERT INTO repair_price (shop_id, position, label, kind, cents, note)
        SELECT $1, line.position, line.label, line.kind, line.cents, line.note
        FROM unnest($2::text[], $3::text[], $4::integer[], $5::text[]) WITH ORDINALITY
            AS line (label, kind, cents, note, position)
        """,
        shop_id,
        [one.label for one in kept],
        [one.kind for one in kept],
        [one.cents for one in kept],
        [one.note for one in kept],
    )


async def claim_copy(conn: Connection, shop_id: int) -> bool:
    """Whether the prices of a shop elsewhere are to be asked for: not lately. Whoever hears yes asks."""
    return bool(
        await execute(
            conn,
            """
            INSERT INTO repair_price_copy (shop_id) VALUES ($1)
            ON CONFLICT (shop_id) DO UPDATE SET asked_at = now()
            WHERE repair_price_copy.asked_at < now() - $2::interval
            """,
            shop_id,
            ASK_AFTER,
        )
    )


async def find_copy(conn: Connection, shop_id: int) -> PriceCopy | None:
    """How old what we hold is; None where it was never asked for."""
    return await fetch_one(conn, PriceCopy, "SELECT told_at, etag FROM repair_price_copy WHERE shop_id = $1", shop_id)


async def save_copy(conn: Connection, shop_id: int, prices: Sequence[Price], etag: str) -> None:
    """What its server says now; nothing where the shop is gone. Needs the caller's transaction."""
    known = await fetch_value(conn, "SELECT EXISTS (SELECT FROM repair_shop WHERE actor_id = $1)", shop_id)
    if not known:
        return
    await replace_prices(conn, shop_id, prices)
    await execute(
        conn,
        """
        INSERT INTO repair_price_copy (shop_id, told_at, etag) VALUES ($1, now(), $2)
        ON CONFLICT (shop_id) DO UPDATE SET told_at = now(), etag = excluded.etag
        """,
        shop_id,
        etag,
    )


async def confirm_copy(conn: Connection, shop_id: int) -> None:
    """Its server says that nothing changed."""
    await execute(conn, "UPDATE repair_price_copy SET told_at = now() WHERE shop_id = $1", shop_id)
