"""Results of repairs for tests, as somebody noted them."""

from datetime import UTC, date, datetime
from typing import Any

from models.ids import make_id
from models.moments import PARIS
from models.people.actors import Actor
from models.repairs.results import results
from models.repairs.results.results import RepairResult
from models.store.database import Connection


async def note_result(conn: Connection, author: Actor | None = None, **said: Any) -> int:
    """Brakes of a bike that were repaired in Lomme in March 2025; `said` is what is otherwise."""
    values: dict[str, Any] = {
        "id": make_id(),
        "agreement_id": None,
        "author_id": author.id if author else None,
        "repairer_id": None,
        "cyclist_id": None,
        "uri": None,
        "bike_type": "city",
        "organ": "brakes",
        "outcome": "fixed",
        "barrier": None,
        "minutes": 30,
        "parts": [],
        "learnt": "",
        "problem": "",
        "brand": "",
        "commune_code": "59355",
        "repaired_on": date(2025, 3, 4),
        "noted_at": datetime(2025, 3, 4, 12, tzinfo=UTC),
        "book_answer": None,
    }
    return await results.save(conn, RepairResult(**(values | said)))


async def add_sample_results(conn: Connection) -> None:
    """Repairs of this year in two communes, some of them with words that nobody else should read."""
    year = datetime.now(PARIS).year
    for number in range(14):
        await note_result(
            conn,
            repaired_on=date(year, 1 + number % 3, 1 + number),
            organ=("flat-tyre", "brakes", "gears", "lights")[number % 4],
            outcome="end-of-life" if number == 5 else "fixed",
            barrier="too-worn" if number == 5 else None,
            bike_type="ebike" if number % 5 == 0 else "city",
            commune_code="59355" if number < 12 else "59350",
            minutes=10 + 5 * number,
            parts=["Câble de frein", "Gaine 1 m"] if number % 4 == 1 else [],
            problem="Vélo de Maryse Lefèvre, 12 rue des Lilas, 06 12 34 56 78 : ne freine plus" if number == 1 else "",
            brand="Gitane" if number % 2 else "",
        )
