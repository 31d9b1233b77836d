"""Until when each member has paid her yearly dues, as the team noted it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from models import preferences
from models.moments import PARIS
from models.people import actors
from models.people.accounts import Account
from models.preferences import Preferences
from models.store.database import Connection, execute, fetch_one, fetch_value

MOST_CENTS = 10_000_00
"""Nobody gives more at once."""

KEPT = timedelta(days=7)
"""So long after the cooperative ceased to ask for dues what was noted stays: a switch is soon put back."""

LAPSING = ("dues", "dues_lapse", "dues_grace")
"""The settings from whose last change on nobody is refused anything before the time of grace is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dues:
    """What is noted of one member: `valid_until` is the last day, None where nothing is asked of her.

    `cents` is what she gave, None where it is not kept; `noted_by` the name of who noted it, "" of somebody who left.
    """

    member_id: int
    valid_until: date | None
    cents: int | None
    noted_at: datetime
    noted_by: str = ""


async def find(conn: Connection, member_id: int) -> Dues | None:
    """What is noted of this member; None where nothing ever was."""
    return await fetch_one(
        conn,
        Dues,
        """
        SELECT d.member_id, d.valid_until, d.cents, d.noted_at,
            coalesce((SELECT coalesce(nullif(a.name, ''), a.username) FROM actor a WHERE a.id = d.noted_by), '')
                AS noted_by
        FROM dues d WHERE d.member_id = $1
        """,
        member_id,
    )


async def save(
    conn: Connection, member_id: int, *, until: date | None, cents: int | None = None, by: int | None = None
) -> bool:
    """She has paid until this day, or nothing is asked of her; reminders begin anew. Whether the day is another one.

    Where it is the same one and nothing is said of what she gave, that stays too.
    """
    before = await find(conn, member_id)
    await execute(
        conn,
        """
        INSERT INTO dues (member_id, valid_until, cents, noted_by) VALUES ($1, $2, $3, $4)
        ON CONFLICT (member_id) DO UPDATE SET valid_until = excluded.valid_until,
            cents = CASE WHEN dues.valid_until = excluded.valid_until THEN coalesce(excluded.cents, dues.cents)
                ELSE excluded.cents END,
            noted_by = excluded.noted_by, noted_at = now(),
            told = CASE WHEN dues.valid_until = excluded.valid_until THEN dues.told ELSE 0 END
        """,
        member_id,
        until,
        cents,
        by,
    )
    return before is None or before.valid_until != until


async def is_asked_of(conn: Connection, account: Account) -> bool:
    """Whether dues are hers to pay: of a place, of a local authority and of who passes by none are asked."""
    if account.authority or account.passing:
        return False
    return (await actors.get(conn, account.actor_id)).type == "Person"


async def forget_amounts(conn: Connection) -> int:
    """What was given is kept no longer, of anybody; of how many it was."""
    return await execute(conn, "UPDATE dues SET cents = NULL WHERE cents IS NOT NULL")


async def is_kept(conn: Connection) -> bool:
    """Whether something is noted of anybody, also where the cooperative asks for none any more."""
    found: bool = await fetch_value(conn, "SELECT EXISTS (SELECT FROM dues)")
    return found


async def forget_unasked(conn: Connection) -> int:
    """Where the cooperative has asked for no dues for KEPT, nothing of them stays; of how many members it was."""
    return await execute(
        conn,
        """
        DELETE FROM dues WHERE EXISTS (SELECT FROM preference
            WHERE key = 'dues' AND value = 'false'::jsonb AND updated_at < now() - $1::interval)
        """,
        KEPT,
    )


async def find_lapse(conn: Connection, chosen: Preferences, member_id: int) -> date | None:
    """The first day on which this member is refused what needs dues; None where she never is.

    The time of grace begins when hers end, when she came if she never paid, and no sooner than when the cooperative
    last decided to ask. Of places and local authorities nothing is asked.
    """
    if not chosen.dues or chosen.dues_lapse == "nothing":
        return None
    begun: date | None = await fetch_value(
        conn,
        """
        SELECT CASE WHEN d.member_id IS NULL THEN (a.created_at AT TIME ZONE $2)::date ELSE d.valid_until END
        FROM account a JOIN actor p ON p.id = a.actor_id LEFT JOIN dues d ON d.member_id = a.actor_id
        WHERE a.actor_id = $1 AND p.type = 'Person' AND NOT a.authority AND NOT a.passing
        """,
        member_id,
        PARIS.key,
    )
    if begun is None:
        return None
    decided = await preferences.find_last_change(conn, LAPSING)
    since = max(begun, decided.astimezone(PARIS).date()) if decided is not None else begun
    return since + timedelta(days=chosen.dues_grace + 1)
