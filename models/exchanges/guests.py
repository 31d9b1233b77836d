"""People without any account: each has one thread, about one listing, by a private link that comes by mail."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from models.ids import make_id
from models.store.database import Connection, execute, fetch_all, fetch_column, fetch_one, fetch_value

TO_CONFIRM = timedelta(days=3)
"""So long an address may stay unconfirmed before what was typed is forgotten."""

KEPT = timedelta(days=90)
"""So long after the end of a thread its guest is kept."""

NOBODY = "Une personne sans compte"
"""The name that stays in a thread."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """One person about one listing. Without `actor_id` the address is not confirmed, and nobody knows of her.

    `turn` is of her link: a new one ends those before. `message` and `terms` are typed and not in the thread yet;
    `told_id` is the newest line that went to her by mail; from `stopped_at` on she gets no more.
    """

    id: int
    listing_id: int
    actor_id: int | None
    email: str
    name: str
    language: str
    turn: int
    message: str
    terms: dict[str, Any] | None
    told_id: int
    created_at: datetime
    confirmed_at: datetime | None
    stopped_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewGuest:
    """What somebody typed at the door of a listing."""

    listing_id: int
    email: str
    name: str
    language: str
    message: str
    terms: dict[str, Any] | None = None


async def save(conn: Connection, new: NewGuest) -> Guest:
    """Keep what was typed until its author opens the link; links that this address had before end.

    Whoever is confirmed already keeps her name: somebody else may have typed her address.
    """
    saved = await fetch_one(
        conn,
        Guest,
        """
        INSERT INTO guest (id, listing_id, email, name, language, message, terms) VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (listing_id, lower(email)) DO UPDATE SET turn = guest.turn + 1, message = excluded.message,
            terms = CASE WHEN guest.actor_id IS NULL THEN excluded.terms END,
            name = CASE WHEN guest.actor_id IS NULL THEN excluded.name ELSE guest.name END,
            language = CASE WHEN guest.actor_id IS NULL THEN excluded.language ELSE guest.language END,
            created_at = CASE WHEN guest.actor_id IS NULL THEN now() ELSE guest.created_at END
        RETURNING *
        """,
        make_id(),
        new.listing_id,
        new.email,
        new.name,
        new.language,
        new.message,
        new.terms,
    )
    assert saved is not None
    return saved


async def renew(conn: Connection, *, listing_id: int, email: str) -> Guest | None:
    """End the link of this address and count the next one; None where nobody is known by it."""
    return await fetch_one(
        conn,
        Guest,
        "UPDATE guest SET turn = turn + 1 WHERE listing_id = $1 AND lower(email) = lower($2) RETURNING *",
        listing_id,
        email,
    )


async def find(conn: Connection, id: int) -> Guest | None:
    """The guest with this id."""
    return await fetch_one(conn, Guest, "SELECT * FROM guest WHERE id = $1", id)


async def lock(conn: Connection, id: int) -> Guest | None:
    """The same, kept from changing until the transaction ends: a link that is opened twice confirms once."""
    return await fetch_one(conn, Guest, "SELECT * FROM guest WHERE id = $1 FOR UPDATE", id)


async def confirm(conn: Connection, guest: Guest, uri: str) -> int:
    """Make her an actor, under an id of this site that leads nowhere; its row id.

    Her host is the empty string, which no server can have, and there is no inbox: nobody can name her, nothing is
    sent to her. Her username is longer than any that a member can have.
    """
    actor_id: int = await fetch_value(
        conn,
        """
        INSERT INTO actor (id, uri, type, local, username, host, name, url, inbox, discoverable, indexable)
        VALUES ($1, $2, 'Person', false, $3, '', $4, $2, '', false, false) RETURNING id
        """,
        make_id(),
        uri,
        uuid4().hex,
        guest.name,
    )
    await execute(
        conn,
        "UPDATE guest SET actor_id = $2, confirmed_at = now(), message = '', terms = NULL WHERE id = $1",
        guest.id,
        actor_id,
    )
    return actor_id


async def clear_message(conn: Connection, id: int) -> None:
    """What was typed at the door stands in the thread now."""
    await execute(conn, "UPDATE guest SET message = '' WHERE id = $1 AND message <> ''", id)


async def stop(conn: Connection, id: int) -> None:
    """Write no more mails to her."""
    await execute(conn, "UPDATE guest SET stopped_at = coalesce(stopped_at, now()) WHERE id = $1", id)


async def may_be_reached(conn: Connection, actor_id: int) -> bool:
    """Whether this guest still takes part: neither forgotten nor tired of mails."""
    return bool(
        await fetch_value(
            conn, "SELECT EXISTS (SELECT FROM guest WHERE actor_id = $1 AND stopped_at IS NULL)", actor_id
        )
    )


async def list_unmailed(conn: Connection, *, until: datetime, limit: int = 100) -> list[int]:
    """Guests in whose thread the owner, or the clock, did something before `until` that no mail has told yet.

    Not those who stopped them, are hidden by the owner, or have read it on their page.
    """
    return await fetch_column(
        conn,
        """
        SELECT g.id FROM guest g JOIN exchange e ON e.listing_id = g.listing_id AND e.partner_id = g.actor_id
        WHERE g.stopped_at IS NULL AND e.last_id > greatest(g.told_id, e.partner_read_id)
            AND EXISTS (SELECT FROM exchange_event v WHERE v.exchange_id = e.id AND v.id <= $2
                AND v.id > greatest(g.told_id, e.partner_read_id) AND v.actor_id IS DISTINCT FROM g.actor_id)
            AND NOT EXISTS (SELECT FROM barred b WHERE b.reader_id = e.partner_id AND b.author_id = e.owner_id OFFSET 0)
        ORDER BY e.last_id LIMIT $1
        """,
        limit,
        make_id(until),
    )


async def list_news(conn: Connection, guest: Guest) -> list[int]:
    """The lines of her thread that others wrote and that neither a mail nor her page has shown, at most 20."""
    return await fetch_column(
        conn,
        """
        SELECT v.id FROM exchange e JOIN exchange_event v ON v.exchange_id = e.id
        WHERE e.listing_id = $1 AND e.partner_id = $2 AND v.id > greatest($3, e.partner_read_id)
            AND v.actor_id IS DISTINCT FROM $2
        ORDER BY v.id LIMIT 20
        """,
        guest.listing_id,
        guest.actor_id,
        guest.told_id,
    )


async def save_mailed(conn: Connection, id: int, last_id: int, *, before: int) -> bool:
    """Everything up to this line goes by mail now. False where another worker was faster."""
    return bool(
        await execute(conn, "UPDATE guest SET told_id = $2 WHERE id = $1 AND told_id = $3", id, last_id, before)
    )


async def list_over(conn: Connection, *, at: datetime, limit: int = 100) -> list[Guest]:
    """Guests to be forgotten: in whose threads nothing is open, and nothing was said or done for KEPT."""
    return await fetch_all(
        conn,
        Guest,
        """
        SELECT g.* FROM guest g JOIN exchange e ON e.listing_id = g.listing_id AND e.partner_id = g.actor_id
        WHERE e.last_id < $1 AND NOT EXISTS (
            SELECT FROM agreement a WHERE a.exchange_id = e.id AND is_live_state(a.state))
        ORDER BY e.last_id LIMIT $2
        """,
        make_id(at - KEPT),
        limit,
    )


async def forget(conn: Connection, guest: Guest) -> None:
    """Delete who she is and what she wrote.

    What the two agreed stays under NOBODY, for the owner and the figures: what, when, and how it ended.
    """
    await execute(conn, "DELETE FROM guest WHERE id = $1", guest.id)
    if guest.actor_id is None:
        return
    await execute(conn, "UPDATE actor SET name = $2, updated_at = now() WHERE id = $1", guest.actor_id, NOBODY)
    await execute(conn, "DELETE FROM exchange_event WHERE actor_id = $1 AND kind = 'said'", guest.actor_id)
    await execute(
        conn,
        """
        UPDATE exchange_event
        SET details = details #- '{text}' #- '{terms,note}' #- '{terms,in_return}' #- '{terms,place}'
        WHERE actor_id = $1
        """,
        guest.actor_id,
    )
    await execute(
        conn,
        """
        UPDATE agreement SET note = CASE WHEN proposed_by = $1 THEN '' ELSE note END,
            in_return = CASE WHEN proposed_by = $1 THEN '' ELSE in_return END,
            place = CASE WHEN proposed_by = $1 THEN '' ELSE place END,
            reason = CASE WHEN state = 'withdrawn' THEN '' ELSE reason END
        WHERE partner_id = $1
        """,
        guest.actor_id,
    )


async def clear_thread(conn: Connection, guest: Guest) -> None:
    """Delete what was said in her thread, by either of the two: it ended long ago."""
    await execute(
        conn,
        """
        DELETE FROM exchange_event v USING exchange e
        WHERE v.exchange_id = e.id AND v.kind IN ('said', 'thanked') AND e.listing_id = $1 AND e.partner_id = $2
        """,
        guest.listing_id,
        guest.actor_id,
    )


async def forget_unconfirmed(conn: Connection) -> int:
    """Delete what was typed at a door and never confirmed, and actors of guests whose listing is gone. A sweep."""
    gone = await execute(
        conn, "DELETE FROM guest WHERE confirmed_at IS NULL AND created_at < now() - $1::interval", TO_CONFIRM
    )
    return gone + await execute(
        conn,
        """
        DELETE FROM actor WHERE host = '' AND NOT EXISTS (SELECT FROM guest WHERE actor_id = actor.id)
            AND NOT EXISTS (SELECT FROM exchange WHERE partner_id = actor.id)
        """,
    )
