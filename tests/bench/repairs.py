"""(r) One repair call against 5,000 repairers, in each of its waves."""

from pathlib import Path
from time import perf_counter

from models.listings.listings import Listing
from models.repairs.calls import told
from models.repairs.calls.reaches import REACHES, Reach
from models.store.database import Connection
from tests import large_database, large_repairers
from tests.bench.report import figure, heading
from tests.bench.server import running
from tests.factories import make_listing, make_member

LISTINGS = 10_000

ROUNDS = 50


async def run(folder: Path) -> None:
    """Wave after wave, in a transaction that is rolled back each time: the statement that picks."""
    heading(f"(r) one repair call against {large_repairers.REPAIRERS:,} repairers, {LISTINGS:,} listings")
    async with running(folder / "repairs") as server, server.pool.acquire() as conn:
        await large_database.fill(conn, LISTINGS)
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
            figure(f"whom to tell: {reach}, {people[reach]} people, p50", found[len(found) // 2], "ms", at_most=20)


async def measure(conn: Connection, call: Listing) -> tuple[dict[Reach, list[float]], dict[Reach, int]]:
    """Milliseconds of each wave after those before it, and how many it tells."""
    times: dict[Reach, list[float]] = {reach: [] for reach in REACHES}
    people: dict[Reach, int] = {}
    for _ in range(ROUNDS):
        transaction = conn.transaction()
        await transaction.start()
        for reach in REACHES:
            began = perf_counter()
            people[reach] = len(await told.pick(conn, call, reach))
            times[reach].append((perf_counter() - began) * 1000)
            await told.tell(conn, call, reach)
        await transaction.rollback()
    return times, people
