"""Imports that were made, each row of them by its number over there, and what became of them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from models.ids import make_id
from models.store.database import Connection, execute, fetch_all, fetch_column, fetch_one, fetch_records, fetch_value

ItemKind = Literal["shop", "manager", "bike", "entry", "result", "walk_in"]

UNDONE_WITHIN = timedelta(days=30)
"""So long an import can be undone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairImport:
    """One import: what it made, and once undone what was left of it because somebody had touched it."""

    id: int
    made_by: int | None
    made_at: datetime
    undone_at: datetime | None
    counts: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportItem:
    """One row that was made; `row_id` is ours, of a manager the shop, and `member_id` who she is.

    Whose bikes and books are is kept once all is made.
    """

    kind: ItemKind
    origin: str
    row_id: int
    member_id: int | None = None


_DIGEST_BIKES = """
    UPDATE repair_import_item i SET digest = md5(t::text), member_id = t.owner_id FROM bike t
    WHERE i.import_id = $1 AND i.kind = 'bike' AND t.id = i.row_id
"""

_DIGEST_ENTRIES = """
    UPDATE repair_import_item i SET digest = md5(t::text), member_id = b.owner_id
    FROM bike_entry t JOIN bike b ON b.id = t.bike_id
    WHERE i.import_id = $1 AND i.kind = 'entry' AND t.id = i.row_id
"""

_DIGEST_RESULTS = """
    UPDATE repair_import_item i SET digest = md5(t::text) FROM repair_result t
    WHERE i.import_id = $1 AND i.kind = 'result' AND t.id = i.row_id
"""

_DIGEST_WALK_INS = """
    UPDATE repair_import_item i SET digest = md5(t::text) FROM walk_in t
    WHERE i.import_id = $1 AND i.kind = 'walk_in' AND t.id = i.row_id
"""

_DIGEST_SHOPS = """
    UPDATE repair_import_item i SET digest = md5(t::text || coalesce((
        SELECT string_agg(p::text, ' ' ORDER BY p.position) FROM repair_price p WHERE p.shop_id = t.actor_id), '')
        || (SELECT coalesce(a.hours::text, '') || coalesce(a.street, '') FROM actor a WHERE a.id = t.actor_id))
    FROM repair_shop t WHERE i.import_id = $1 AND i.kind = 'shop' AND t.actor_id = i.row_id
"""
"""How each kind of row looks, kept beside it: another look later was somebody's doing."""


async def wait_for_turn(conn: Connection) -> None:
    """Until the transaction ends, nobody else imports: the same files twice at once make nothing twice."""
    await execute(conn, "LOCK TABLE repair_import IN SHARE ROW EXCLUSIVE MODE")


async def map_known(conn: Connection, kind: ItemKind, origins: Collection[str]) -> dict[str, int]:
    """Our numbers of those that were made before, whatever became of them since."""
    rows = await fetch_records(
        conn,
        "SELECT origin, row_id FROM repair_import_item WHERE kind = $1 AND origin = ANY($2)",
        kind,
        list(origins),
    )
    return {row["origin"]: row["row_id"] for row in rows}


async def create(conn: Connection, made_by: int | None) -> int:
    """A new import; its number."""
    id = make_id()
    await execute(conn, "INSERT INTO repair_import (id, made_by) VALUES ($1, $2)", id, made_by)
    return id


async def save_items(conn: Connection, import_id: int, items: Sequence[ImportItem]) -> None:
    """These rows were made by it."""
    await execute(
        conn,
        """
        INSERT INTO repair_import_item (import_id, kind, origin, row_id, member_id)
        SELECT $1, one.kind, one.origin, one.row_id, one.member_id
        FROM unnest($2::text[], $3::text[], $4::bigint[], $5::bigint[]) AS one (kind, origin, row_id, member_id)
        """,
        import_id,
        [one.kind for one in items],
        [one.origin for one in items],
        [one.row_id for one in items],
        [one.member_id for one in items],
    )


async def finish(conn: Connection, import_id: int, counts: dict[str, int]) -> None:
    """All of it is made: how the rows look now is kept, to know later what somebody touched.

    The database looks first at how many there are: it would else take the tables for as empty as they were, and go
    through all lines for each of them.
    """
    await execute(conn, "UPDATE repair_import SET counts = $2 WHERE id = $1", import_id, counts)
    await execute(conn, "ANALYZE repair_import_item, bike, bike_entry, repair_result, walk_in")
    await execute(conn, _DIGEST_BIKES, import_id)
    await execute(conn, _DIGEST_ENTRIES, import_id)
    await execute(conn, _DIGEST_RESULTS, import_id)
    await execute(conn, _DIGEST_WALK_INS, import_id)
    await execute(conn, _DIGEST_SHOPS, import_id)


async def find(conn: Connection, import_id: int) -> RepairImport | None:
    """One of them."""
    return await fetch_one(
        conn,
        RepairImport,
        "SELECT id, made_by, made_at, undone_at, counts FROM repair_import WHERE id = $1",
        import_id,
    )


async def list_recent(conn: Connection) -> list[RepairImport]:
    """The last ones, the newest first."""
    return await fetch_all(
        conn,
        RepairImport,
        "SELECT id, made_by, made_at, undone_at, counts FROM repair_import ORDER BY id DESC LIMIT 20",
    )


async def claim_undo(conn: Connection, import_id: int) -> bool:
    """Whether this import may be undone now: once, and within UNDONE_WITHIN."""
    return bool(
        await execute(
            conn,
            """
            UPDATE repair_import SET undone_at = now()
            WHERE id = $1 AND undone_at IS NULL AND made_at > now() - $2::interval
            """,
            import_id,
            UNDONE_WITHIN,
        )
    )


async def save_counts(conn: Connection, import_id: int, counts: dict[str, int]) -> None:
    """What is left of an import that was undone."""
    await execute(conn, "UPDATE repair_import SET counts = $2 WHERE id = $1", import_id, counts)


async def map_members(conn: Connection, emails: Collection[str]) -> dict[str, int]:
    """Members by their confirmed addresses, in lower case; not who waits, is suspended or is gone."""
    rows = await fetch_records(
        conn,
        """
        SELECT lower(c.email) AS email, c.actor_id FROM account c JOIN actor a ON a.id = c.actor_id
        WHERE lower(c.email) = ANY($1) AND c.confirmed_at IS NOT NULL AND c.disabled_at IS NULL
            AND c.waits_since IS NULL AND NOT c.passing AND a.deleted_at IS NULL AND a.suspended_at IS NULL
            AND a.type = 'Person'
        """,
        list(emails),
    )
    return {row["email"]: row["actor_id"] for row in rows}


async def has_shop_named(conn: Connection, name: str) -> bool:
    """Whether a shop of ours is called so already."""
    return bool(
        await fetch_value(
            conn,
            """
            SELECT EXISTS (SELECT FROM repair_shop s JOIN actor a ON a.id = s.actor_id AND a.local
                WHERE fold(a.name) = fold($1) AND a.deleted_at IS NULL)
            """,
            name,
        )
    )


async def filter_bikes(conn: Connection, bike_ids: Mapping[str, int]) -> set[str]:
    """Those of these bikes, by their number over there, that are still here."""
    standing = await fetch_column(conn, "SELECT id FROM bike WHERE id = ANY($1)", list(bike_ids.values()))
    return _select(bike_ids, standing)


async def filter_shops(conn: Connection, shop_ids: Mapping[str, int]) -> set[str]:
    """The same for shops."""
    standing = await fetch_column(
        conn,
        """
        SELECT s.actor_id FROM repair_shop s JOIN actor a ON a.id = s.actor_id AND a.deleted_at IS NULL
        WHERE s.actor_id = ANY($1)
        """,
        list(shop_ids.values()),
    )
    return _select(shop_ids, standing)


def _select(ids: Mapping[str, int], standing: Collection[int]) -> set[str]:
    found = set(standing)
    return {origin for origin, id in ids.items() if id in found}
