"""Whether somebody wants to be told of what fits what she offers or seeks, and lets others know what she seeks."""

from dataclasses import dataclass

from models.store.database import Connection, execute, fetch_one

RADII = (2, 5, 10, 25, 50)
"""Kilometres within which something is near."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchChoice:
    """What holds until she chooses: nobody is told without having asked for it; what she seeks is for all to see.

    `needs`: told when somebody near seeks what she offers; `offers`: told when somebody offers what she seeks;
    `shown`: those who offer what she seeks may be told.
    """

    needs: bool = False
    offers: bool = False
    shown: bool = True
    radius: int = 10
    by_mail: bool = True


async def find(conn: Connection, actor_id: int) -> MatchChoice:
    """As this member chose."""
    found = await fetch_one(
        conn,
        MatchChoice,
        "SELECT needs, offers, shown, radius, by_mail FROM match_choice WHERE actor_id = $1",
        actor_id,
    )
    return found or MatchChoice()


async def save(conn: Connection, actor_id: int, choice: MatchChoice) -> None:
    """This member wants it so."""
    await execute(
        conn,
        """
        INSERT INTO match_choice (actor_id, needs, offers, shown, radius, by_mail) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (actor_id) DO UPDATE SET needs = excluded.needs, offers = excluded.offers, shown = excluded.shown,
            radius = excluded.radius, by_mail = excluded.by_mail
        """,
        actor_id,
        choice.needs,
        choice.offers,
        choice.shown,
        choice.radius,
        choice.by_mail,
    )


async def stop(conn: Connection, actor_id: int) -> None:
    """She wants to be told of none any more."""
    await execute(conn, "UPDATE match_choice SET needs = false, offers = false WHERE actor_id = $1", actor_id)


async def stop_mails(conn: Connection, actor_id: int) -> None:
    """She wants no more mails about it; her news still tell."""
    await execute(conn, "UPDATE match_choice SET by_mail = false WHERE actor_id = $1", actor_id)
