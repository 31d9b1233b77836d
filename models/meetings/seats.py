"""Seats: given under the lock of one time, so that the last one goes to one of two who ask for it at once."""

from dataclasses import dataclass, replace
from datetime import datetime

from models.ids import make_id
from models.meetings import registrations
from models.meetings.registrations import NewRegistration, Registration
from models.store.database import Connection, execute, fetch_one, fetch_value


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedOccurrence:
    """One time while nobody else takes a seat of it. `capacity` is its own or the meeting's; None: as many as come."""

    id: int
    meeting_id: int
    begins_at: datetime
    ends_at: datetime | None
    cancelled: bool
    capacity: int | None
    waiting_list: bool

    def is_over(self, at: datetime) -> bool:
        """Whether it has ended."""
        return (self.ends_at or self.begins_at) <= at


async def lock(conn: Connection, occurrence_id: int) -> LockedOccurrence | None:
    """This time, kept from changing until the transaction ends; read after that, as whoever held it before left it."""
    await execute(conn, "SELECT FROM meeting_occurrence WHERE id = $1 FOR UPDATE", occurrence_id)
    return await fetch_one(
        conn,
        LockedOccurrence,
        """
        SELECT o.id, o.meeting_id, o.begins_at, o.ends_at, o.cancelled, coalesce(o.capacity, m.capacity) AS capacity,
            m.waiting_list
        FROM meeting_occurrence o JOIN meeting m ON m.post_id = o.meeting_id WHERE o.id = $1
        """,
        occurrence_id,
    )


async def count_free(conn: Connection, locked: LockedOccurrence) -> int | None:
    """How many seats are left, none where fewer are offered than taken; None where as many as come have one."""
    if locked.capacity is None:
        return None
    taken: int = await fetch_value(
        conn,
        "SELECT coalesce(sum(people), 0) FROM meeting_registration WHERE occurrence_id = $1 AND state = 'seat'",
        locked.id,
    )
    return max(locked.capacity - taken, 0)


async def take(
    conn: Connection, locked: LockedOccurrence, new: NewRegistration, held: Registration | None = None
) -> Registration | None:
    """A seat, or the end of the line; None where there is neither. Nobody overtakes those who wait already.

    `held` is her own row where she has one; whoever has a seat keeps it, and gets None where she wants more than there
    are.
    """
    if await _has_room(conn, locked, new.people, held):
        return await registrations.save(conn, replace(new, state="seat", line=None), held)
    if not locked.waiting_list or (held is not None and held.state == "seat"):
        return None
    line = held.line if held is not None and held.line is not None else make_id()
    return await registrations.save(conn, replace(new, state="waiting", line=line), held)


async def _has_room(conn: Connection, locked: LockedOccurrence, people: int, held: Registration | None) -> bool:
    free = await count_free(conn, locked)
    if free is None:
        return True
    if held is not None and held.state == "seat":
        return people <= free + held.people
    waiting = (await registrations.count(conn, [locked.id]))[locked.id].lines
    return not waiting and people <= free


async def give_freed(conn: Connection, locked: LockedOccurrence) -> list[Registration]:
    """Seats that are free go to the first in line, in order, as long as her people fit; those who have one now."""
    given: list[Registration] = []
    waiting = await registrations.list_of_occurrences(conn, [locked.id], ("waiting",))
    free = await count_free(conn, locked)
    for first in waiting:
        if free is not None and first.people > free:
            break
        given.append(await registrations.set_state(conn, first.id, "seat"))
        free = None if free is None else free - first.people
    return given
