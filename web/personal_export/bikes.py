"""Her bikes with their books, what repairers said of them, and the files that go with it."""

from dataclasses import asdict
from typing import Any

import orjson

from models.repairs.bikes import bikes, distances, entries, files, reminders
from models.repairs.bikes.bikes import Bike
from models.repairs.bikes.files import BikeFile
from models.repairs.results import results
from models.repairs.results.results import RepairResult
from models.store.database import Connection, connection
from web.personal_export.records import ArchiveOwner
from web.personal_export.zip_writer import ZipWriter

BESIDES = (
    "id",
    "bike_id",
    "owner_id",
    "result_id",
    "repairer_id",
    "entry_id",
    "agreement_id",
    "author_id",
    "cyclist_id",
)
"""Numbers that mean something in this database alone."""


async def write_bikes(owner: ArchiveOwner, parcel: ZipWriter) -> None:
    """`bikes.json`: a bike at a time; what waits for her answer stands there too, and the files that she sends with
    what she repaired.
    """
    async with connection(owner.instance.pool) as conn:
        held = await bikes.list_own(conn, owner.actor.id)
        waiting = [await _tell_result(conn, parcel, one) for one in await results.list_waiting(conn, owner.actor.id)]
        noted = [_tell_file(parcel, one) for one in await files.list_noted(conn, owner.actor.id)]
    async with parcel.open("bikes.json") as sheet:
        await sheet.write(b'{"bikes":[')
        for number, bike in enumerate(held):
            async with connection(owner.instance.pool) as conn:
                told, kept = await describe_bike(conn, bike), await files.list_of_bike(conn, bike.id)
            told["files"] = [place for one in kept if (place := parcel.take_file(one.file_key))]
            await sheet.write((b",\n" if number else b"") + orjson.dumps(told))
        await sheet.write(b'],"waiting":' + orjson.dumps(waiting) + b',"noted":' + orjson.dumps(noted) + b"}\n")


async def describe_bike(conn: Connection, bike: Bike) -> dict[str, Any]:
    """A bike with all of its book, as JSON says it."""
    told = (await distances.map_by_bike(conn, [bike.id]))[bike.id]
    return _tell(bike) | {
        "entries": [_tell(one) for one in await entries.list_of_bike(conn, bike.id)],
        "reminders": [_tell(one) for one in await reminders.list_of_bike(conn, bike.id)],
        "distances": [_tell(one) for one in told],
    }


async def _tell_result(conn: Connection, parcel: ZipWriter, result: RepairResult) -> dict[str, Any]:
    held = await files.list_of_result(conn, result.id)
    return _tell(result) | {"files": [place for one in held if (place := parcel.take_file(one.file_key))]}


def _tell_file(parcel: ZipWriter, one: BikeFile) -> dict[str, Any]:
    return {"kind": one.kind, "created_at": one.created_at, "file": parcel.take_file(one.file_key)}


def _tell(row: Any) -> dict[str, Any]:
    return {name: value for name, value in asdict(row).items() if name not in BESIDES}
