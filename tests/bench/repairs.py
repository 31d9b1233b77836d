"""(r) One repair call against 5,000 repairers, in each of its waves; and a list of 500 shops by who has room first."""

from datetime import date
from pathlib import Path
from time import perf_counter

from models.listings.listings import Listing
from models.repairs.calls import told
from models.repairs.calls.reaches import REACHES, Reach
from models.repairs.shops import appearing
from models.repairs.shops.appearing import ShopFilter, ShopOrder
from models.store.database import Connection
from tests import large_database, large_repairers
from tests.bench.form import Sized
from tests.bench.report import figure, heading
from tests.bench.server import running
from tests.factories import make_listing, make_member
from tests.repair_shops import let_appear, make_shop

LISTINGS = Sized(long=10_000, short=2_000)

ROUNDS = Sized(long=50, short=15)

SHOPS = 500


async def run(folder: Path) -> None:
    """Wave after wave, in a transaction that is rolled back each time: the statement that picks."""
    heading(f"(r) one repair call against {large_repairers.REPAIRERS:,} repairers, {LISTINGS.now:,} listings")
    async with running(folder / "repairs") as server, server.pool.acquire() as conn:
        await large_database.fill(conn, LISTINGS.now)
        await large_repairers.fill_repairers(conn)
        await conn.execute("VACUUM ANALYZE")
        latitude, longitude = large_repairers.CALL
        call = await make_listing(
            conn,
            await make_member(conn, "hocine"),
            kind="repair_call",
            mode="repair",
            latitude=latitude,
            longitude=longitude,
            repair={"interventions": ["flat-tyre"], "bike_type": "city"},
        )
        times, people = await measure(conn, call)
        for reach in REACHES:
            found = sorted(times[reach])
            figure(
                f"whom to tell: {reach}, {people[reach]} people, p50",
                found[len(found) // 2],
                "ms",
                at_most=20,
                by="sum",
                size=LISTINGS,
            )
        await _fill_shops(conn)
        await conn.execute("VACUUM ANALYZE")
        for order in ORDERS:
            listed = sorted(await _measure_list(conn, order))
            figure(f"list of {SHOPS} shops, order {order}, p50", listed[len(listed) // 2], "ms", at_most=50, by="sum")


ORDERS: tuple[ShopOrder, ...] = ("day", "near", "slot")


async def _fill_shops(conn: Connection) -> None:
    """Shops of ours that appear, each with its next hour."""
    team = await make_member(conn, "team")
    for number in range(SHOPS):
        shop = await make_shop(conn, f"shop{number}", name=f"Atelier {number}")
        await let_appear(conn, shop, team)
    await conn.execute(
        """
        INSERT INTO next_slot (actor_id, begins_at)
        SELECT actor_id, now() + random() * interval '20 days' FROM repair_shop
        """
    )


async def _measure_list(conn: Connection, order: ShopOrder) -> list[float]:
    """Milliseconds of the statement that finds and orders them."""
    latitude, longitude = large_repairers.CALL
    wanted = ShopFilter(order=order, day=date(2027, 5, 3), latitude=latitude, longitude=longitude)
    times: list[float] = []
    for _ in range(ROUNDS.now):
        began = perf_counter()
        assert len(await appearing.list_shops(conn, wanted)) == appearing.MOST_FOUND
        times.append((perf_counter() - began) * 1000)
    return times


async def measure(conn: Connection, call: Listing) -> tuple[dict[Reach, list[float]], dict[Reach, int]]:
    """Milliseconds of each wave after those before it, and how many it tells."""
    times: dict[Reach, list[float]] = {reach: [] for reach in REACHES}
    people: dict[Reach, int] = {}
    for _ in range(ROUNDS.now):
        transaction = conn.transaction()
        await transaction.start()
        for reach in REACHES:
            began = perf_counter()
            people[reach] = len(await told.pick(conn, call, reach))
            times[reach].append((perf_counter() - began) * 1000)
            await told.tell(conn, call, reach)
        await transaction.rollback()
    return times, people
