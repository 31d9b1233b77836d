"""Opening hours and closures come with a shop, once; they go with it, but for what its people changed."""

from datetime import date, time, timedelta

import pytest

from federation.own_keys.key_pairs import KeyPairs
from models.people import actors
from models.people.opening_hours import MOST_CLOSURES, Closure, OpeningInterval, read_hours
from models.store.database import Connection, execute
from outbox.repairs.importing.undoing import undo_import
from tests.outbox.repairs.importing.test_importing import alice, bring, find_shop, key_pairs, look
from tests.rustine import CLOSURES, OPENINGS, SOON, make_json
from tests.today import today
from web.pages.repairs.importing.reading import SentFile, read_files

__all__ = ["alice", "key_pairs"]

pytestmark = pytest.mark.usefixtures("alice")


async def test_a_shop_comes_with_its_week_and_the_closures_that_are_not_over(
    conn: Connection, key_pairs: KeyPairs
) -> None:
    await bring(conn, key_pairs)

    hours = read_hours((await find_shop(conn, "12")).hours)
    assert hours.weekly == (
        OpeningInterval(day=0, opens=time(9), closes=time(12, 30)),
        OpeningInterval(day=0, opens=time(14), closes=time(23, 59)),
        OpeningInterval(day=4, opens=time(9, 30), closes=time(18)),
    )
    assert hours.closures == (Closure(first=SOON.date(), last=SOON.date() + timedelta(days=3)),)
    assert (await find_shop(conn, "13")).hours is None


async def test_the_same_files_again_leave_what_its_people_wrote(conn: Connection, key_pairs: KeyPairs) -> None:
    await bring(conn, key_pairs)
    shop = await find_shop(conn, "12")
    await actors.save_place(conn, shop.id, None, None)

    plan = await look(conn)

    assert plan.known > 0 and plan.shops == [] and plan.faults == []
    assert (await find_shop(conn, "12")).hours is None


@pytest.mark.parametrize(
    ("touched", "left"),
    [
        ("SELECT 1", {}),
        ("UPDATE actor SET hours = NULL WHERE username = 'chez_johnny'", {"shop": 1, "manager": 1}),
        ("UPDATE actor SET street = '1 rue du Lin' WHERE username = 'chez_johnny'", {"shop": 1, "manager": 1}),
    ],
)
async def test_a_shop_whose_hours_or_street_somebody_wrote_is_not_taken_back(
    conn: Connection, key_pairs: KeyPairs, touched: str, left: dict[str, int]
) -> None:
    id = await bring(conn, key_pairs)
    await execute(conn, touched)

    assert await undo_import(conn, id, None) == left


async def test_hours_of_a_shop_that_is_in_no_file_are_a_mistake_and_too_many_a_doubt(conn: Connection) -> None:
    day = today()
    many = "".join(f"{n},12,{day + timedelta(days=n)},{day + timedelta(days=n)}\n" for n in range(MOST_CLOSURES + 1))

    unknown = await look(conn, openings=OPENINGS.replace("4,14,", "4,99,"))
    long = await look(conn, closures=CLOSURES.partition("\n")[0] + "\n" + many)

    assert [(one.file, one.line, one.fault, one.value) for one in unknown.faults] == [
        ("openings.csv", 5, "unknown_repairer", "99")
    ]
    assert [one.value for one in long.doubts if one.doubt == "hours_too_many"] == [str(MOST_CLOSURES + 1)]


@pytest.mark.parametrize(
    ("file", "row", "column", "fault"),
    [
        ("openings", "1,12,someday,09:00,12:00", "day", "no_day"),
        ("openings", "1,12,monday,9 heures,12:00", "start_time", "no_hour"),
        ("openings", "1,12,monday,25:00,12:00", "start_time", "no_hour"),
        ("openings", "1,12,monday,14:00,12:00", "end_time", "ends_before"),
        ("openings", "1,12,monday,09:00,", "end_time", "missing"),
        ("closures", "1,12,demain,2027-08-01", "start_date", "no_date"),
        ("closures", "1,12,2027-08-02,2027-08-01", "end_date", "ends_before"),
    ],
)
def test_a_mistake_is_named_with_its_line_and_column(file: str, row: str, column: str, fault: str) -> None:
    heads = (OPENINGS if file == "openings" else CLOSURES).partition("\n")[0]

    lines, _ = read_files([SentFile(name=f"{file}.csv", body=f"{heads}\n{row}\n".encode())])

    assert [(one.line, one.column, one.fault) for one in lines.faults] == [(2, column, fault)]


def test_a_day_of_the_api_is_the_day_that_it_says() -> None:
    told = {"id": 1, "repairer": "/repairers/12", "startDate": "2027-08-01T00:00:00+02:00", "endDate": "2027-08-02"}

    lines, unread = read_files([make_json("repairer_exceptional_closures", [told], hydra=True)])

    assert (lines.faults, unread) == ([], [])
    assert [(one.repairer, one.first, one.last) for one in lines.closures] == [
        ("12", date(2027, 8, 1), date(2027, 8, 2))
    ]
