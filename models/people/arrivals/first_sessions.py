"""Members who came lately, and which cards of their first session they passed over.

Whoever has seen to all of them, or wants to see none, has no row any more. What the cooperative asks of everybody who
joins is not passed over: accounts that the team made are asked for it so.
"""

from typing import Literal, get_args

from models.store.database import Connection, execute, fetch_column

CardName = Literal["phone", "commune", "listing", "told"]

CARDS: tuple[CardName, ...] = get_args(CardName)
"""Her number where the cooperative wants everybody's, where she lives, what she could lend or do, how she wants to be
told; in this order."""

PASSED_OVER = tuple(card for card in CARDS if card != "phone")
"""Those that nobody has to see to."""


async def begin(conn: Connection, actor_id: int) -> None:
    """Somebody is a member from now on. Places, and those who look after the cooperative, know their way."""
    await execute(
        conn,
        """
        INSERT INTO first_session (actor_id)
        SELECT a.actor_id FROM account a JOIN actor ON actor.id = a.actor_id
        WHERE a.actor_id = $1 AND a.roles = '{}' AND actor.type = 'Person'
        ON CONFLICT DO NOTHING
        """,
        actor_id,
    )


async def list_left(conn: Connection, actor_id: int) -> list[CardName]:
    """The cards that she neither passed over nor needs any more, since she did what they say."""
    return await fetch_column(
        conn,
        """
        SELECT card.name FROM first_session s JOIN account a ON a.actor_id = s.actor_id CROSS JOIN LATERAL (VALUES
            (0, 'phone', a.phone <> '' OR NOT EXISTS (
                SELECT FROM preference q WHERE q.key = 'phone_required' AND q.value = 'true')),
            (1, 'commune', a.default_commune_code IS NOT NULL),
            (2, 'listing', EXISTS (SELECT FROM listing l JOIN post p ON p.id = l.post_id
                WHERE p.author_id = a.actor_id)),
            (3, 'told', EXISTS (SELECT FROM mail_choice c WHERE c.actor_id = a.actor_id AND c.rhythm IS NOT NULL)
                OR EXISTS (SELECT FROM follow f WHERE f.follower_id = a.actor_id))
        ) AS card (place, name, done)
        WHERE s.actor_id = $1 AND NOT card.done AND card.name <> ALL(s.skipped) ORDER BY card.place
        """,
        actor_id,
    )


async def skip(conn: Connection, actor_id: int, card: CardName) -> None:
    """She passes this card over."""
    await execute(
        conn,
        """
        UPDATE first_session SET skipped = array_append(skipped, $2) WHERE actor_id = $1 AND $2 <> ALL(skipped)
        """,
        actor_id,
        card,
    )


async def skip_all(conn: Connection, actor_id: int) -> None:
    """She wants to see none of those that can be passed over."""
    await execute(conn, "UPDATE first_session SET skipped = $2 WHERE actor_id = $1", actor_id, list(PASSED_OVER))


async def end(conn: Connection, actor_id: int) -> None:
    """She needs no card any more."""
    await execute(conn, "DELETE FROM first_session WHERE actor_id = $1", actor_id)
