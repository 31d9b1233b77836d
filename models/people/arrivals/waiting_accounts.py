"""The account of somebody who waits to be let in: she may look around, and nobody sees that she is there.

Until then its address counts as not confirmed, so that everybody is answered as if she did not exist, and its actor as
suspended, so that nothing of hers is listed or sent. Whether the address is her own stands in `sign_up.confirmed_at`.
"""

from collections.abc import Sequence

from models.people.accounts import Account
from models.people.arrivals import answer_mails
from models.people.sign_ups import SignUp
from models.store.database import Connection, execute, fetch_all, fetch_one

KEPT_DAYS = 90
"""After so many days without an answer a request is forgotten, with everything of whoever made it."""

UNCONFIRMED_DAYS = 7
"""And after so many where she did not follow the link in the mail to her address."""


async def begin(conn: Connection, sign_up_id: int, actor_id: int) -> None:
    """This new account waits for what was asked; it holds the password from now on."""
    await execute(
        conn,
        """
        WITH asked AS (
            UPDATE sign_up SET actor_id = $2, password_hash = '' WHERE id = $1 RETURNING actor_id, asked_at
        ), waiting AS (
            UPDATE account SET waits_since = asked.asked_at FROM asked WHERE account.actor_id = asked.actor_id
            RETURNING account.actor_id)
        UPDATE actor SET suspended_at = now() FROM waiting WHERE actor.id = waiting.actor_id
        """,
        sign_up_id,
        actor_id,
    )


async def end(conn: Connection, actor_id: int) -> None:
    """She is let in, and a member from today on."""
    await execute(
        conn,
        """
        WITH welcome AS (
            UPDATE account SET waits_since = NULL, created_at = now()
            WHERE actor_id = $1 AND waits_since IS NOT NULL RETURNING actor_id)
        UPDATE actor SET suspended_at = NULL FROM welcome WHERE actor.id = welcome.actor_id
        """,
        actor_id,
    )


async def erase(conn: Connection, actor_ids: Sequence[int]) -> None:
    """Nobody ever saw these people: nothing of them stays, the request included, and their names are free again."""
    await execute(
        conn,
        """
        WITH gone AS (
            DELETE FROM actor USING account a WHERE a.actor_id = actor.id AND a.waits_since IS NOT NULL
                AND actor.id = ANY($1) RETURNING actor.username)
        DELETE FROM used_username USING gone WHERE used_username.username = gone.username
        """,
        list(actor_ids),
    )


async def find_request(conn: Connection, actor_id: int) -> SignUp | None:
    """What this account waits for; None once somebody answered."""
    return await fetch_one(conn, SignUp, "SELECT * FROM full_sign_up WHERE actor_id = $1", actor_id)


async def confirm_address(conn: Connection, actor_id: int) -> None:
    """She followed the link in the mail that went to her address."""
    await execute(conn, "UPDATE sign_up SET confirmed_at = coalesce(confirmed_at, now()) WHERE actor_id = $1", actor_id)


async def has_confirmed(conn: Connection, account: Account) -> bool:
    """Whether the address of this account is its owner's: of a member, and of whoever waits to be one."""
    if account.waits_since is None:
        return account.confirmed_at is not None
    asked = await find_request(conn, account.actor_id)
    return asked is not None and asked.confirmed_at is not None


async def forget_old(conn: Connection, *, days: int = KEPT_DAYS) -> int:
    """Forget people whom nobody answered for long, with their accounts; how many. They are told by a mail.

    And sooner, without a mail, those who never confirmed their address, unless the team talks with them.
    """
    gone = await fetch_all(
        conn,
        SignUp,
        """
        SELECT f.* FROM full_sign_up f WHERE f.asked_at < now() - make_interval(days => $1)
            OR f.to_confirm AND f.confirmed_at IS NULL AND f.asked_at < now() - make_interval(days => $2)
                AND NOT EXISTS (SELECT FROM sign_up_message m WHERE m.sign_up_id = f.id)
        """,
        days,
        UNCONFIRMED_DAYS,
    )
    for one in gone:
        if not one.is_unproven:
            await answer_mails.queue_expiry(conn, one)
    await execute(conn, "DELETE FROM sign_up WHERE id = ANY($1)", [one.id for one in gone])
    await erase(conn, [one.actor_id for one in gone if one.actor_id is not None])
    return len(gone)
