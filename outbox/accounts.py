"""A new member: the name taken for ever, the actor, its keys and its account, together or not at all."""

from typing import NotRequired, TypedDict, Unpack

from federation import uris
from federation.key_pairs import KeyPairs, save_local_keys
from models import accounts, actors
from models.accounts import Role
from models.actors import Actor
from models.database import Connection
from models.settings import Site
from outbox.local_actors import describe_local


class NewMember(TypedDict):
    """What is known of somebody who joins. `confirmed` is False while a mail to the address is still to be answered."""

    username: str
    email: str
    password_hash: str | None
    role: Role
    language: str
    name: NotRequired[str]
    confirmed: NotRequired[bool]


async def register(conn: Connection, site: Site, *, key_pairs: KeyPairs, **member: Unpack[NewMember]) -> Actor:
    """Create a local person. The keys were made before the transaction, since RSA takes its time.

    Raises Invalid or Conflict whose `field` is `username` or `email`.
    """
    username = member["username"]
    await accounts.reserve_username(conn, username)
    described = describe_local(
        site,
        username,
        type="Person",
        name=member.get("name", ""),
        territory_uri=uris.actor_uri(site, "coop"),
    )
    actor = await actors.create_local(conn, described)
    await accounts.create(
        conn,
        actor_id=actor.id,
        email=member["email"],
        password_hash=member["password_hash"],
        role=member["role"],
        language=member["language"],
    )
    if member.get("confirmed", True):
        await accounts.confirm_email(conn, actor.id)
    await save_local_keys(conn, site, actor, key_pairs)
    return actor
