"""Somebody joins, by the page or by an app: one account with its actor and keys, or a request that waits for a yes."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from federation.instance import Instance
from federation.own_keys.key_pairs import make_key_pairs
from models.people import accounts, phone_numbers
from models.people.accounts import Account, Role
from models.people.invitations.entries import Entry
from models.people.sign_ups import NewSignUp, SignUp, SignUpAnswer
from models.places.places import Commune
from models.store.database import transaction
from outbox.people import accounts as outbox
from outbox.people.accounts import register, settle
from web.security.passwords import hash_password

NAME_LIMIT = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMember:
    """What somebody typed who wants to join; `language` is the one in which they read, `entry` what they bring."""

    name: str
    username: str
    email: str
    password: str
    language: str
    entry: Entry = field(default_factory=Entry)
    phone: str = ""

    @property
    def is_proven(self) -> bool:
        """Whether she comes by an invitation that was sent to this address: whoever has it reads its mails."""
        return self.email.lower() == self.entry.proven_email.lower()


async def create_member(
    instance: Instance, newcomer: NewMember, *, roles: Collection[Role], commune: Commune | None, confirmed: bool
) -> Account:
    """Create the account with its actor and keys. Raises Conflict: `field` is `username`, `email` or `invitation`."""
    password_hash = await hash_password(newcomer.password)
    key_pairs = await make_key_pairs(instance.settings)
    async with transaction(instance.pool) as conn:
        actor = await register(
            conn,
            instance.site,
            username=newcomer.username,
            email=newcomer.email,
            password_hash=password_hash,
            roles=roles,
            language=newcomer.language,
            name=newcomer.name,
            confirmed=confirmed,
            entry=newcomer.entry,
            key_pairs=key_pairs,
        )
        if commune is not None:
            await settle(conn, actor, commune)
        if newcomer.phone:
            await phone_numbers.set_phone(conn, actor.id, newcomer.phone)
        return await accounts.get(conn, actor.id)


async def ask_to_join(
    instance: Instance, newcomer: NewMember, commune: Commune | None, answers: Sequence[SignUpAnswer]
) -> SignUp:
    """Put a newcomer on the list, with an account that nobody sees, and tell those who can answer.

    Raises Conflict whose `field` is `username`, `email`, `invitation`, or "" where it is full.
    """
    password_hash = await hash_password(newcomer.password)
    new = NewSignUp(
        username=newcomer.username,
        email=newcomer.email,
        password_hash=password_hash,
        name=newcomer.name,
        language=newcomer.language,
        commune_code=commune.code if commune else None,
        answers=tuple(answers),
        to_confirm=instance.settings.smtp_url is not None and not newcomer.is_proven,
    )
    async with transaction(instance.pool) as conn:
        asked = await outbox.ask_to_join(conn, instance.site, new, commune, newcomer.entry)
        if newcomer.phone and asked.actor_id is not None:
            await phone_numbers.set_phone(conn, asked.actor_id, newcomer.phone)
        return asked
