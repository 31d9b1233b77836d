"""The times of a meeting follow its rule; whoever comes keeps her time where it moved."""

from datetime import datetime, timedelta

from models.meetings import occurrences, registrations
from models.meetings.occurrences import PlannedTime
from models.meetings.registrations import NewRegistration
from models.moments import PARIS
from models.store.database import Connection
from tests.factories import make_local_actor, make_meeting, make_remote_actor

FIRST = datetime(2027, 1, 9, 14, tzinfo=PARIS)


def list_spans(*days: int, hour: int = 14) -> list[PlannedTime]:
    starts = [FIRST.replace(hour=hour) + timedelta(days=day) for day in days]
    return [PlannedTime(recurs_at=start, begins_at=start, ends_at=start + timedelta(hours=4)) for start in starts]


async def test_times_keep_their_rows_when_the_hour_moves(conn: Connection) -> None:
    held = await make_meeting(conn, await make_local_actor(conn, "coop"), begins_at=FIRST, ends_at=None)
    await occurrences.sync(conn, held.id, list_spans(0, 7, 14), since=FIRST)
    before = await occurrences.list_of_meeting(conn, held.id)

    changes = await occurrences.sync(conn, held.id, list_spans(0, 7, 14, hour=15), since=FIRST)

    after = await occurrences.list_of_meeting(conn, held.id)
    assert [one.id for one in after] == [one.id for one in before]
    assert [one.begins_at.astimezone(PARIS).hour for one in after] == [15, 15, 15]
    assert len(changes.moved) == 3
    assert changes.dropped == ()


async def test_what_is_no_more_goes_unless_somebody_registered(conn: Connection) -> None:
    held = await make_meeting(conn, await make_local_actor(conn, "coop"), begins_at=FIRST, ends_at=None)
    await occurrences.sync(conn, held.id, list_spans(0, 7, 14), since=FIRST)
    _, second, _ = await occurrences.list_of_meeting(conn, held.id)
    bob = await make_remote_actor(conn)
    await registrations.save(conn, NewRegistration(occurrence_id=second.id, actor_id=bob.id, state="seat"))

    changes = await occurrences.sync(conn, held.id, list_spans(0), since=FIRST)

    found = await occurrences.list_of_meeting(conn, held.id)
    assert [(one.begins_at, one.cancelled) for one in found] == [
        (FIRST, False),
        (FIRST + timedelta(days=7), True),
    ]
    assert len(changes.dropped) == 2


async def test_a_single_time_moves_to_another_day(conn: Connection) -> None:
    held = await make_meeting(conn, await make_local_actor(conn, "coop"), begins_at=FIRST, ends_at=None)
    [before] = await occurrences.list_of_meeting(conn, held.id)

    await occurrences.sync(conn, held.id, list_spans(30), since=FIRST)

    [after] = await occurrences.list_of_meeting(conn, held.id)
    assert (after.id, after.begins_at) == (before.id, FIRST + timedelta(days=30))


async def test_a_time_that_was_changed_alone_stays(conn: Connection) -> None:
    held = await make_meeting(conn, await make_local_actor(conn, "coop"), begins_at=FIRST, ends_at=None)
    await occurrences.sync(conn, held.id, list_spans(0, 7), since=FIRST)
    [first, _] = await occurrences.list_of_meeting(conn, held.id)
    evening = FIRST.replace(hour=19)
    await occurrences.change(
        conn, occurrences.Occurrence(id=first.id, meeting_id=held.id, recurs_at=FIRST, begins_at=evening, ends_at=None)
    )

    changes = await occurrences.sync(conn, held.id, list_spans(0, 7, hour=15), since=FIRST)

    found = await occurrences.list_of_meeting(conn, held.id)
    assert [one.begins_at.astimezone(PARIS).hour for one in found] == [19, 15]
    assert [one.recurs_at.astimezone(PARIS).hour for one in found] == [15, 15]
    assert len(changes.moved) == 1
