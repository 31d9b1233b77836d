"""Bikes, and what repairers say of them, for tests."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from models.ids import make_id
from models.people.actors import Actor
from models.repairs.bikes import bikes
from models.repairs.bikes.bikes import BikeDetails
from models.repairs.results import results
from models.repairs.results.results import RepairResult
from models.store.database import Connection

RESULT = RepairResult(
    id=0,
    agreement_id=None,
    author_id=None,
    repairer_id=None,
    cyclist_id=None,
    uri=None,
    bike_type="city",
    organ="chain",
    outcome="fixed",
    barrier=None,
    minutes=25,
    parts=["Chaîne 8 vitesses"],
    learnt="La cassette est à surveiller.",
    problem="La chaîne sautait.",
    brand="",
    commune_code=None,
    repaired_on=date(2026, 5, 3),
    noted_at=datetime(2026, 5, 3, 12, tzinfo=UTC),
    book_answer=None,
)


async def make_bike(conn: Connection, owner: Actor, name: str = "Le bleu", **changes: Any) -> int:
    """A bike of hers."""
    return await bikes.add(conn, owner.id, replace(BikeDetails(name=name), **changes))


async def make_result(conn: Connection, cyclist: Actor, **changes: Any) -> int:
    """What somebody said of a bike of hers."""
    return await results.save(conn, replace(RESULT, id=make_id(), cyclist_id=cyclist.id, **changes))
