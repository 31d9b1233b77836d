"""Who is on duty in which week, as which role: planned ahead, and handed over to another one who holds the role.

Weeks are named by their Monday, by the clock in Paris. Who lost a role, or whose account is closed, is on duty no more.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from models.errors import Conflict, Invalid
from models.moments import PARIS
from models.people.accounts import ROLES, Account, Role
from models.people.roles import RIGHTS, Right
from models.store.database import Connection, execute, fetch_all, fetch_column

KEPT_WEEKS = 52
"""So long it is known who was on duty."""

WEEKS_AHEAD = 12
"""So many weeks can be planned, this one among them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """Somebody is on duty for a week as a role; `from_id` is who handed it over to her, if anybody did."""

    week: date
    role: Role
    actor_id: int
    name: str
    username: str
    from_id: int | None


def find_week(at: datetime) -> date:
    """The Monday of the week in which this moment lies."""
    day = at.astimezone(PARIS).date()
    return day - timedelta(days=day.weekday())


async def list_duties(conn: Connection, since: date, until: date) -> list[Duty]:
    """Who is on duty in these weeks, both included, in the order of weeks."""
    return await fetch_all(
        conn,
        Duty,
        """
        SELECT d.week, d.role, d.actor_id, coalesce(nullif(actor.name, ''), actor.username) AS name, actor.username,
            d.from_id
        FROM duty d JOIN account a ON a.actor_id = d.actor_id JOIN actor ON actor.id = d.actor_id
        WHERE d.week BETWEEN $1 AND $2 AND d.role = ANY(a.roles) AND a.disabled_at IS NULL
            AND actor.deleted_at IS NULL AND actor.suspended_at IS NULL
        ORDER BY d.week, array_position($3::text[], d.role), 4, d.actor_id
        """,
        since,
        until,
        list(ROLES),
    )


async def list_on_duty(conn: Connection, right: Right, at: datetime) -> list[int]:
    """Row ids of those who are on duty at this moment as a role that has this right, and not away."""
    return await fetch_column(
        conn,
        """
        SELECT DISTINCT d.actor_id
        FROM duty d JOIN account a ON a.actor_id = d.actor_id JOIN actor ON actor.id = d.actor_id
        WHERE d.week = $1 AND d.role = ANY($2) AND d.role = ANY(a.roles) AND a.disabled_at IS NULL
            AND actor.deleted_at IS NULL AND actor.suspended_at IS NULL
            AND (actor.away_until IS NULL OR actor.away_until <= $3)
        ORDER BY d.actor_id
        """,
        find_week(at),
        sorted(RIGHTS[right]),
        at,
    )


async def list_own(conn: Connection, actor_id: int) -> list[Duty]:
    """All weeks of hers that are known still."""
    return [one for one in await list_duties(conn, date.min, date.max) if one.actor_id == actor_id]


async def list_handed(conn: Connection, actor_id: int, from_id: int, since: date) -> list[Duty]:
    """What this person handed over to her, from this week on."""
    found = await list_duties(conn, since, since + timedelta(weeks=WEEKS_AHEAD))
    return [one for one in found if one.actor_id == actor_id and one.from_id == from_id]


async def take(conn: Connection, account: Account, role: Role, week: date, at: datetime) -> bool:
    """She is on duty for this week; False where she was already. Raises Invalid for a role or week that is not hers."""
    _require_week(week, at)
    _require_role(account, role)
    return bool(
        await execute(
            conn,
            "INSERT INTO duty (week, role, actor_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
            week,
            role,
            account.actor_id,
        )
    )


async def leave(conn: Connection, actor_id: int, role: Role, week: date) -> bool:
    """She is not on duty for this week any more. False where she was not."""
    return bool(
        await execute(conn, "DELETE FROM duty WHERE week = $1 AND role = $2 AND actor_id = $3", week, role, actor_id)
    )


async def hand_over(conn: Connection, giver: Account, receiver: Account, role: Role, week: date, at: datetime) -> None:
    """Another one of the role is on duty instead of her.

    Raises Invalid for a week that is over or one who does not hold the role, Conflict where she is not on duty herself.
    """
    _require_week(week, at)
    _require_role(receiver, role)
    if receiver.actor_id == giver.actor_id:
        raise Invalid("duty_receiver_invalid", field="receiver")
    if not await leave(conn, giver.actor_id, role, week):
        raise Conflict("duty_not_held", field="receiver")
    await execute(
        conn,
        """
        INSERT INTO duty (week, role, actor_id, from_id) VALUES ($1, $2, $3, $4)
        ON CONFLICT (week, role, actor_id) DO UPDATE SET from_id = excluded.from_id
        """,
        week,
        role,
        receiver.actor_id,
        giver.actor_id,
    )


async def forget_old(conn: Connection, *, weeks: int = KEPT_WEEKS) -> int:
    """Forget who was on duty a year ago; how many."""
    return await execute(conn, "DELETE FROM duty WHERE week < now()::date - 7 * $1::integer", weeks)


def _require_week(week: date, at: datetime) -> None:
    first = find_week(at)
    if week.weekday() != 0 or not first <= week < first + timedelta(weeks=WEEKS_AHEAD):
        raise Invalid("duty_week_invalid", field="week")


def _require_role(account: Account, role: Role) -> None:
    if role not in account.roles or account.disabled_at is not None or account.standing != "full":
        raise Invalid("duty_receiver_invalid", field="receiver")
