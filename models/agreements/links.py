"""Links by which somebody without an account here says yes or no to terms: each acts once, within a week."""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from models.database import Connection, execute, fetch_one
from models.errors import Gone
from models.sessions import hash_token

LIFETIME = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementLink:
    """Who may answer which Offer of which agreement."""

    agreement_id: int
    actor_id: int
    offer_uri: str


async def create(conn: Connection, *, agreement_id: int, actor_id: int, offer_uri: str) -> str:
    """A new link's token."""
    token = secrets.token_urlsafe(24)
    await execute(
        conn,
        """
        INSERT INTO agreement_link (token_hash, agreement_id, actor_id, offer_uri, expires_at)
        VALUES ($1, $2, $3, $4, now() + $5::interval)
        """,
        hash_token(token),
        agreement_id,
        actor_id,
        offer_uri,
        LIFETIME,
    )
    return token


async def find(conn: Connection, token: str) -> AgreementLink | None:
    """The link of this token while it can still be used; looking at it does not use it."""
    return await fetch_one(
        conn,
        AgreementLink,
        """
        SELECT agreement_id, actor_id, offer_uri FROM agreement_link
        WHERE token_hash = $1 AND used_at IS NULL AND expires_at > now()
        """,
        hash_token(token),
    )


async def use(conn: Connection, token: str) -> AgreementLink:
    """Use the link up. Raises Gone when it is unknown, used or too old."""
    found = await fetch_one(
        conn,
        AgreementLink,
        """
        UPDATE agreement_link SET used_at = now() WHERE token_hash = $1 AND used_at IS NULL AND expires_at > now()
        RETURNING agreement_id, actor_id, offer_uri
        """,
        hash_token(token),
    )
    if found is None:
        raise Gone("Ce lien a déjà servi, ou il a plus de sept jours.")
    return found


async def forget_old(conn: Connection) -> int:
    """Remove links a month after they ended."""
    return await execute(conn, "DELETE FROM agreement_link WHERE expires_at < now() - interval '30 days'")
