"""What is done of the way to the opening, and what somebody put off: facts from across subjects, and two that are
noted here.
"""

from dataclasses import dataclass
from typing import Literal, get_args

from models.store.database import Connection, execute, fetch_column, fetch_one

OpeningStep = Literal["legal", "mail", "hours", "offer", "neighbour", "poster", "backup"]

STEPS: tuple[OpeningStep, ...] = get_args(OpeningStep)

Noted = Literal["tested", "later"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningFacts:
    """What there is: `hours` of the cooperative or of a place, listings from here, a cooperative that ours follows, an
    invitation to print, a backup that went well, a test mail that left.
    """

    hours: bool
    offer: bool
    neighbour: bool
    poster: bool
    backup: bool
    mail: bool


async def load_facts(conn: Connection) -> OpeningFacts:
    """All of them, as they are now."""
    found = await fetch_one(
        conn,
        OpeningFacts,
        """
        SELECT
            EXISTS (
                SELECT FROM preference WHERE key IN ('opening_hours', 'hours') AND value NOT IN ('""'::jsonb, '{}')
            )
                OR EXISTS (SELECT FROM actor WHERE local AND hours IS NOT NULL) AS hours,
            EXISTS (SELECT FROM full_listing WHERE local) AS offer,
            EXISTS (
                SELECT FROM follow f JOIN actor coop ON coop.id = f.follower_id
                WHERE coop.local AND coop.username = 'coop'
            ) AS neighbour,
            EXISTS (SELECT FROM invitation WHERE email IS NULL) AS poster,
            EXISTS (SELECT FROM backup_run WHERE kind = 'backup' AND failure IS NULL) AS backup,
            EXISTS (SELECT FROM opening_step WHERE step = 'mail' AND noted = 'tested') AS mail
        """,
    )
    assert found is not None
    return found


async def list_put_off(conn: Connection) -> list[str]:
    """The steps that somebody put off."""
    return await fetch_column(conn, "SELECT step FROM opening_step WHERE noted = 'later'")


async def note(conn: Connection, step: OpeningStep, noted: Noted, *, by: int) -> None:
    """Note that the mail was tested, or that a step may wait."""
    await execute(
        conn,
        """
        INSERT INTO opening_step (step, noted, noted_by) VALUES ($1, $2, $3)
        ON CONFLICT (step) DO UPDATE SET noted = excluded.noted, noted_by = excluded.noted_by, noted_at = now()
        """,
        step,
        noted,
        by,
    )


async def take_up_again(conn: Connection) -> None:
    """Show again what was put off."""
    await execute(conn, "DELETE FROM opening_step WHERE noted = 'later'")
