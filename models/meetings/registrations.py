"""Who comes to which time: members, people elsewhere, guests by mail, and who was written down by hand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from models.ids import make_id
from models.store.database import Connection, execute, fetch_all, fetch_column, fetch_one, fetch_records
from models.store.statements import name_values

RegistrationState = Literal["asked", "seat", "waiting", "cancelled", "refused"]
"""Not answered or not confirmed yet; comes; on the waiting list; takes part no more; not let in."""

TAKES_PART: tuple[RegistrationState, ...] = ("asked", "seat", "waiting")

TO_CONFIRM = timedelta(days=1)
"""So long a guest's address may stay unconfirmed."""

KEPT = timedelta(days=14)
"""So long after a meeting it is known who was there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """One person, or one with others, for one time. Either `actor_id` or `email` says who, or `name` alone where the
    organiser wrote her down.

    `line` orders those who wait. `turn` is of a guest's link: a new one ends those before.
    """

    id: int
    occurrence_id: int
    actor_id: int | None
    email: str | None
    name: str
    language: str
    uri: str | None
    state: RegistrationState
    people: int
    message: str
    line: int | None
    turn: int
    created_at: datetime
    changed_at: datetime
    confirmed_at: datetime | None
    reminded_at: datetime | None

    @property
    def takes_part(self) -> bool:
        """Whether she comes, waits, or asked to."""
        return self.state in TAKES_PART

    @property
    def by_hand(self) -> bool:
        """Whether the organiser wrote her down: nobody else can tell her anything."""
        return self.actor_id is None and self.email is None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRegistration:
    """Somebody wants to come; `uri` is the Join's."""

    occurrence_id: int
    state: RegistrationState
    actor_id: int | None = None
    email: str | None = None
    name: str = ""
    language: str = "fr"
    uri: str | None = None
    people: int = 1
    message: str = ""
    line: int | None = None
    confirmed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody who wants to come says: with how many people in all, and what she brings.

    `recurs_at` names one of several times, else it is the next; `uri` is the Join of somebody elsewhere.
    """

    people: int = 1
    message: str = ""
    recurs_at: datetime | None = None
    uri: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatCounts:
    """How many people come to one time, how many wait, and in how many groups they wait."""

    taken: int = 0
    waiting: int = 0
    lines: int = 0


_CREATE = name_values(
    """
    INSERT INTO meeting_registration (id, occurrence_id, actor_id, email, name, language, uri, state, people, message,
        line, confirmed_at)
    VALUES (:id, :occurrence_id, :actor_id, :email, :name, :language, :uri, :state, :people, :message, :line,
        :confirmed_at)
    RETURNING *
    """,
    NewRegistration,
    also=["id"],
)

_AGAIN = name_values(
    """
    UPDATE meeting_registration SET name = :name, language = :language, uri = coalesce(:uri, uri), state = :state,
        people = :people, message = :message, line = :line, changed_at = now(), reminded_at = NULL,
        confirmed_at = CASE WHEN :state = 'asked' THEN NULL ELSE coalesce(:confirmed_at, confirmed_at) END
    WHERE id = :id AND occurrence_id = :occurrence_id AND actor_id IS NOT DISTINCT FROM :actor_id
        AND email IS NOT DISTINCT FROM :email
    RETURNING *
    """,
    NewRegistration,
    also=["id"],
)


async def save(conn: Connection, new: NewRegistration, held: Registration | None = None) -> Registration:
    """Keep it; whoever took part before, or was refused, has one row for each time."""
    if held is None:
        saved = await fetch_one(conn, Registration, _CREATE.sql, *_CREATE.args(new, id=make_id()))
    else:
        saved = await fetch_one(conn, Registration, _AGAIN.sql, *_AGAIN.args(new, id=held.id))
    assert saved is not None
    return saved


async def find(conn: Connection, id: int) -> Registration | None:
    """The one with this id."""
    return await fetch_one(conn, Registration, "SELECT * FROM meeting_registration WHERE id = $1", id)


async def find_by_uri(conn: Connection, uri: str) -> Registration | None:
    """The one that this Join made."""
    return await fetch_one(conn, Registration, "SELECT * FROM meeting_registration WHERE uri = $1", uri)


async def find_of(
    conn: Connection, occurrence_id: int, *, actor_id: int | None = None, email: str | None = None
) -> Registration | None:
    """Somebody's own for one time, in any state."""
    return await fetch_one(
        conn,
        Registration,
        """
        SELECT * FROM meeting_registration WHERE occurrence_id = $1 AND (actor_id = $2 OR lower(email) = lower($3))
        """,
        occurrence_id,
        actor_id,
        email,
    )


async def set_state(
    conn: Connection, id: int, state: RegistrationState, *, line: int | None = None, people: int | None = None
) -> Registration:
    """She comes, waits, or takes part no more; with so many people, where whoever organises gives seats to fewer."""
    changed = await fetch_one(
        conn,
        Registration,
        """
        UPDATE meeting_registration SET state = $2, line = $3, people = least(people, $4), changed_at = now()
        WHERE id = $1 RETURNING *
        """,
        id,
        state,
        line,
        people,
    )
    assert changed is not None
    return changed


async def rename(conn: Connection, id: int, uri: str) -> None:
    """Another Join says the same, by which it is answered from now on."""
    await execute(conn, "UPDATE meeting_registration SET uri = $2 WHERE id = $1", id, uri)


async def remind_again(conn: Connection, occurrence_ids: Sequence[int]) -> None:
    """These times are at another moment: who was reminded of the one before is reminded of this one too."""
    await execute(
        conn,
        "UPDATE meeting_registration SET reminded_at = NULL WHERE occurrence_id = ANY($1)",
        list(occurrence_ids),
    )


async def renew_link(conn: Connection, id: int) -> Registration:
    """A guest's links end, and the next one counts."""
    changed = await fetch_one(
        conn, Registration, "UPDATE meeting_registration SET turn = turn + 1 WHERE id = $1 RETURNING *", id
    )
    assert changed is not None
    return changed


async def list_of_occurrences(
    conn: Connection, occurrence_ids: Sequence[int], states: Sequence[RegistrationState] = TAKES_PART
) -> list[Registration]:
    """Who takes part in these times: those who come by when they registered, then those who wait, in their order."""
    return await fetch_all(
        conn,
        Registration,
        """
        SELECT * FROM meeting_registration WHERE occurrence_id = ANY($1) AND state = ANY($2)
        ORDER BY occurrence_id, line NULLS FIRST, id
        """,
        list(occurrence_ids),
        list(states),
    )


async def count(conn: Connection, occurrence_ids: Sequence[int]) -> dict[int, SeatCounts]:
    """How many come and wait, for each of these times."""
    rows = await fetch_records(
        conn,
        """
        SELECT occurrence_id, coalesce(sum(people) FILTER (WHERE state = 'seat'), 0) AS taken,
            coalesce(sum(people) FILTER (WHERE state = 'waiting'), 0) AS waiting,
            count(*) FILTER (WHERE state = 'waiting') AS lines
        FROM meeting_registration WHERE occurrence_id = ANY($1) AND state IN ('seat', 'waiting') GROUP BY occurrence_id
        """,
        list(occurrence_ids),
    )
    counted = {
        row["occurrence_id"]: SeatCounts(taken=row["taken"], waiting=row["waiting"], lines=row["lines"]) for row in rows
    }
    return {id: counted.get(id, SeatCounts()) for id in occurrence_ids}


async def find_place(conn: Connection, registration: Registration) -> int | None:
    """Her place in the line, the first being 1; None for who does not wait."""
    if registration.line is None:
        return None
    [before] = await fetch_column(
        conn,
        """
        SELECT count(*) FROM meeting_registration WHERE occurrence_id = $1 AND state = 'waiting' AND line <= $2
        """,
        registration.occurrence_id,
        registration.line,
    )
    return int(before)


async def list_joined(conn: Connection, meeting_id: int) -> list[int]:
    """The row ids of the actors who take part in a meeting, at any time that is not over or was cancelled just now."""
    return await fetch_column(
        conn,
        """
        SELECT DISTINCT r.actor_id FROM meeting_registration r JOIN meeting_occurrence o ON o.id = r.occurrence_id
        WHERE o.meeting_id = $1 AND r.actor_id IS NOT NULL AND r.state IN ('asked', 'seat', 'waiting')
            AND coalesce(o.ends_at, o.begins_at) > now()
        """,
        meeting_id,
    )


async def list_inside(conn: Connection, actor_id: int, community_id: int) -> list[Registration]:
    """What somebody takes part in of what stays inside a community, at times that are not over."""
    return await fetch_all(
        conn,
        Registration,
        """
        SELECT r.* FROM meeting_registration r JOIN meeting_occurrence o ON o.id = r.occurrence_id
        JOIN post p ON p.id = o.meeting_id AND p.community_id = $2
        WHERE r.actor_id = $1 AND r.state IN ('asked', 'seat', 'waiting')
            AND coalesce(o.ends_at, o.begins_at) > now() ORDER BY r.occurrence_id
        """,
        actor_id,
        community_id,
    )


async def list_of_actor(conn: Connection, actor_id: int, *, since: datetime) -> list[Registration]:
    """What somebody takes part in, or was refused, at times that are not over at this moment, the next first."""
    return await fetch_all(
        conn,
        Registration,
        """
        SELECT r.* FROM meeting_registration r JOIN meeting_occurrence o ON o.id = r.occurrence_id
        WHERE r.actor_id = $1 AND r.state <> 'cancelled' AND coalesce(o.ends_at, o.begins_at) > $2
        ORDER BY o.begins_at, r.id LIMIT 200
        """,
        actor_id,
        since,
    )
