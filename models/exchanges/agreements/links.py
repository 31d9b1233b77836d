"""Links by which somebody without an account here says yes or no to terms: each acts once, while those wait."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from models.errors import Gone
from models.exchanges.agreements.values import Agreement
from models.hashing import hash_token
from models.store.database import Connection, execute, fetch_one

KEPT = timedelta(days=30)
"""So long a link that ended is known, so that it can be said that it ended."""

LONGEST = timedelta(days=7)
"""Where nobody says until when an answer is waited for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementLink:
    """Who may answer which Offer of which agreement; `used` where she did."""

    agreement_id: int
    actor_id: int
    offer_uri: str
    used: bool


def find_end(held: Agreement) -> datetime:
    """Until when a link to these terms acts: as long as they wait for an answer."""
    return held.held_until or datetime.now(UTC) + LONGEST


async def create(conn: Connection, held: Agreement, actor_id: int) -> str:
    """The token of a new link by which this person answers the terms on the table."""
    token = secrets.token_urlsafe(24)
    await execute(
        conn,
        """
        INSERT INTO agreement_link (token_hash, agreement_id, actor_id, offer_uri, expires_at)
        VALUES ($1, $2, $3, $4, $5)
        """,
        hash_token(token),
        held.id,
        actor_id,
        held.offer_uri,
        find_end(held),
    )
    return token


async def find(conn: Connection, token: str) -> AgreementLink | None:
    """The link of this token until its time is over; looking at it does not use it."""
    return await fetch_one(
        conn,
        AgreementLink,
        """
        SELECT agreement_id, actor_id, offer_uri, used_at IS NOT NULL AS used FROM agreement_link
        WHERE token_hash = $1 AND expires_at > now()
        """,
        hash_token(token),
    )


async def use(conn: Connection, token: str) -> AgreementLink:
    """Use the link up; `used` tells whether it was before. Raises Gone when it is unknown or too old."""
    found = await fetch_one(
        conn,
        AgreementLink,
        """
        UPDATE agreement_link AS link SET used_at = coalesce(before.used_at, now())
        FROM (SELECT token_hash, used_at FROM agreement_link WHERE token_hash = $1 FOR UPDATE) AS before
        WHERE link.token_hash = before.token_hash AND link.expires_at > now()
        RETURNING link.agreement_id, link.actor_id, link.offer_uri, before.used_at IS NOT NULL AS used
        """,
        hash_token(token),
    )
    if found is None:
        raise Gone("proposal_link_expired")
    return found


async def forget_old(conn: Connection) -> int:
    """Remove links a month after they ended."""
    return await execute(conn, "DELETE FROM agreement_link WHERE expires_at < now() - $1::interval", KEPT)
