"""What repairers said of bikes and waits for a word of their owners: kept in a book, or in none."""

from models.errors import NotFound
from models.repairs.bikes import awaited_files, entries, files
from models.repairs.bikes.awaited_files import AwaitedFile
from models.repairs.bikes.entries import EntryDetails
from models.repairs.results import results
from models.repairs.results.results import RepairResult
from models.store.database import Connection, fetch_all, fetch_one, fetch_value


async def count_waiting(conn: Connection, cyclist_id: int) -> int:
    """How many wait for her answer."""
    return int(
        await fetch_value(
            conn, "SELECT count(*) FROM repair_result WHERE cyclist_id = $1 AND book_answer IS NULL", cyclist_id
        )
    )


async def has_books(conn: Connection, cyclist_id: int) -> bool:
    """Whether she is a member here, who may keep bikes and their books: nobody who passes by."""
    return bool(
        await fetch_value(conn, "SELECT EXISTS (SELECT FROM account WHERE actor_id = $1 AND NOT passing)", cyclist_id)
    )


async def list_of_exchange(conn: Connection, exchange_id: int, cyclist_id: int) -> list[RepairResult]:
    """What waits for her answer and came of this exchange."""
    return await fetch_all(
        conn,
        RepairResult,
        """
        SELECT r.* FROM repair_result r JOIN agreement g ON g.id = r.agreement_id
        WHERE g.exchange_id = $1 AND r.cyclist_id = $2 AND r.book_answer IS NULL ORDER BY r.id
        """,
        exchange_id,
        cyclist_id,
    )


async def lock(conn: Connection, result_id: int, cyclist_id: int) -> RepairResult | None:
    """What she is asked about, held until the transaction ends; None where she has answered already.

    Raises NotFound for what is not about a bike of hers.
    """
    found = await fetch_one(
        conn,
        RepairResult,
        "SELECT * FROM repair_result WHERE id = $1 AND cyclist_id = $2 FOR NO KEY UPDATE",
        result_id,
        cyclist_id,
    )
    if found is None:
        raise NotFound
    return found if found.book_answer is None else None


async def keep(conn: Connection, result: RepairResult, bike_id: int, details: EntryDetails) -> int:
    """What a repairer said, held by `lock`, becomes a line of this book, with its files and those that are to come.

    Raises Conflict where the book is full, or she has no room for the files.
    """
    if result.cyclist_id is not None:
        await files.require_room_for(conn, result.cyclist_id, result.id)
    entry_id = await entries.add(conn, bike_id, details, result_id=result.id, repairer_id=result.repairer_id)
    await files.keep_of_result(conn, result.id, bike_id, entry_id)
    await awaited_files.keep_of_result(conn, result.id, bike_id, entry_id)
    await results.save_answer(conn, result.id, "kept")
    return entry_id


async def decline(conn: Connection, cyclist_id: int, result_id: int) -> list[AwaitedFile]:
    """She does not want it in a book: its files go, and those that had not come are awaited no more.

    Raises NotFound for what is not about her.
    """
    if await lock(conn, result_id, cyclist_id) is None:
        return []
    await results.save_answer(conn, result_id, "declined")
    await files.drop_of_result(conn, result_id)
    awaited = await awaited_files.list_of_results(conn, [result_id])
    return await awaited_files.stop(conn, [one.id for one in awaited])
