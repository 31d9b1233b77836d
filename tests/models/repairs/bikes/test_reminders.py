"""When something is due on a bike, and how far it has come by guess."""

from datetime import UTC, date, datetime

import pytest

from models.errors import Conflict
from models.repairs.bikes import bikes, distances, reminders
from models.repairs.bikes.distances import MOST_DISTANCES, Distance, guess
from models.repairs.bikes.reminders import MOST_REMINDERS, BikeReminder, Rhythm, add_months
from models.store.database import Connection
from tests.bikes import make_bike
from tests.factories import make_member

DAY = date(2026, 5, 31)


def told(*words: tuple[date, int]) -> list[Distance]:
    return [Distance(bike_id=1, told_on=on, kilometres=km) for on, km in words]


def remind(**changes: object) -> BikeReminder:
    values: dict[str, object] = {
        "id": 1, "bike_id": 1, "title": "Chaîne", "since_on": DAY, "since_km": None, "put_off_until": None,
        "told_at": None,
    }  # fmt: skip
    return BikeReminder(**values | changes)  # type: ignore[arg-type] # fields by name


@pytest.mark.parametrize(
    ("words", "on", "expected"),
    [
        ((), DAY, None),
        (((DAY, 900),), date(2027, 5, 31), 900),
        (((date(2026, 5, 1), 1000), (date(2026, 5, 31), 1300)), date(2026, 6, 10), 1400),
        (((date(2026, 5, 1), 1000), (date(2026, 5, 31), 1300)), date(2026, 5, 2), 1300),
        (((date(2026, 5, 29), 1000), (date(2026, 5, 31), 1300)), date(2026, 6, 10), 1300),
        (((date(2026, 5, 1), 1000), (date(2026, 5, 31), 1300)), date(2999, 1, 1), 1300 + 3650),
    ],
)
def test_kilometres_go_straight_on_from_what_was_told(
    words: tuple[tuple[date, int], ...], on: date, expected: int | None
) -> None:
    assert guess(told(*words), on) == expected


@pytest.mark.parametrize(
    ("reminder", "on", "kilometres", "due"),
    [
        (remind(every_months=6), date(2026, 11, 29), None, False),
        (remind(every_months=6), date(2026, 11, 30), None, True),
        (remind(every_km=500), date(2030, 1, 1), 9_000, False),
        (remind(every_km=500, since_km=1000), DAY, 1499, False),
        (remind(every_km=500, since_km=1000), DAY, 1500, True),
        (remind(every_months=6, every_km=500, since_km=1000), DAY, 1500, True),
        (remind(every_months=1, put_off_until=date(2026, 8, 1)), date(2026, 7, 31), None, False),
        (remind(every_months=120, put_off_until=date(2026, 8, 1)), date(2026, 8, 1), None, True),
    ],
)
def test_it_is_due_by_the_day_or_the_kilometres(
    reminder: BikeReminder, on: date, kilometres: int | None, due: bool
) -> None:
    assert reminder.is_due(on, kilometres) is due


def test_months_end_where_the_month_does() -> None:
    assert add_months(date(2026, 8, 31), 6) == date(2027, 2, 28)


async def test_what_contradicts_a_new_word_goes(conn: Connection) -> None:
    bike = await make_bike(conn, await make_member(conn, "alice"))

    for on, km in ((date(2026, 1, 1), 900), (date(2026, 3, 1), 9999), (date(2026, 4, 1), 1200)):
        await distances.tell(conn, bike, on, km)

    words = (await distances.map_by_bike(conn, [bike]))[bike]
    assert [(one.told_on.month, one.kilometres) for one in words] == [(1, 900), (4, 1200)]
    held = await bikes.find(conn, bike)
    assert held is not None and (held.kilometres, held.kilometres_on) == (1200, date(2026, 4, 1))


async def test_the_oldest_words_give_way(conn: Connection) -> None:
    bike = await make_bike(conn, await make_member(conn, "alice"))

    for number in range(MOST_DISTANCES + 3):
        await distances.tell(conn, bike, date.fromordinal(DAY.toordinal() + number), 1000 + number)

    words = (await distances.map_by_bike(conn, [bike]))[bike]
    assert len(words) == MOST_DISTANCES and words[0].kilometres == 1003


async def test_kilometres_count_from_the_first_word(conn: Connection) -> None:
    bike = await make_bike(conn, await make_member(conn, "alice"))
    await reminders.add(conn, bike, Rhythm(title="Chaîne", every_km=500), on=DAY, kilometres=None)

    await distances.tell(conn, bike, DAY, 700)

    [held] = await reminders.list_of_bike(conn, bike)
    assert held.due_km == 1200


async def test_there_are_so_many_and_no_more(conn: Connection) -> None:
    bike = await make_bike(conn, await make_member(conn, "alice"))
    for _ in range(MOST_REMINDERS):
        await reminders.add(conn, bike, Rhythm(title="Chaîne", every_months=6), on=DAY, kilometres=None)

    with pytest.raises(Conflict, match="reminders_too_many"):
        await reminders.add(conn, bike, Rhythm(title="Chaîne", every_months=6), on=DAY, kilometres=None)


async def test_each_is_told_once_until_it_is_done_or_put_off(conn: Connection) -> None:
    bike = await make_bike(conn, await make_member(conn, "alice"))
    await reminders.add(conn, bike, Rhythm(title="Chaîne", every_months=1), on=DAY, kilometres=None)
    later = date(2026, 9, 1)
    [held] = await reminders.list_untold(conn, 0, on=later, limit=9)

    assert await reminders.claim(conn, held.id) is not None and await reminders.claim(conn, held.id) is None
    assert await reminders.list_untold(conn, 0, on=later, limit=9) == []
    await reminders.put_off(conn, held.id, until=date(2026, 10, 1))
    assert await reminders.list_untold(conn, 0, on=later, limit=9) == []
    assert len(await reminders.list_untold(conn, 0, on=date(2026, 10, 1), limit=9)) == 1
    await reminders.mark_done(conn, held.id, on=later, kilometres=None)
    assert not (await reminders.get(conn, bike, held.id)).is_due(date(2026, 9, 30), None)


async def test_of_a_bike_that_left_nothing_is_told(conn: Connection) -> None:
    bike = await make_bike(conn, await make_member(conn, "alice"))
    await reminders.add(conn, bike, Rhythm(title="Chaîne", every_months=1), on=DAY, kilometres=None)

    await bikes.mark_left(conn, bike, "sold")

    assert await reminders.list_untold(conn, 0, on=datetime(2027, 1, 1, tzinfo=UTC).date(), limit=9) == []
