"""Somebody who joins: what the form asks for, and the account that it makes."""

import re
from dataclasses import dataclass

from aiohttp import web

from federation.key_pairs import make_key_pairs
from models import accounts
from models.accounts import Account, Role
from models.database import transaction
from models.errors import Conflict, Invalid
from models.places import Commune
from outbox.accounts import register, settle
from web.forms import Form
from web.keys import INSTANCE
from web.pages.new_password import read_new_password
from web.passwords import hash_password
from web.render import reader_language

NAME_LIMIT = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Newcomer:
    """What somebody typed who wants to join."""

    name: str
    username: str
    email: str
    password: str


def read_newcomer(form: Form) -> Newcomer:
    """Read the fields in the order of the page."""
    name = form.text("name", limit=NAME_LIMIT, missing="Donnez votre prénom.")
    username = read_username(form)
    email = form.email("email", missing="Donnez votre courriel.")
    password = read_new_password(form, username, name, email, email.partition("@")[0])
    return Newcomer(name=name, username=username, email=email, password=password)


def read_username(form: Form) -> str:
    """A user name; capitals and a leading @ are forgiven."""
    username = form.text("username", limit=100, missing="Choisissez un nom de membre.").lower().removeprefix("@")
    try:
        accounts.require_username(username)
    except Invalid:
        if re.fullmatch(accounts.USERNAME, username):
            form.fail("username", "Le nom « %(name)s » est réservé. Choisissez-en un autre.", name=username)
        else:
            form.fail("username", "Sans espace ni accent : des lettres de a à z, des chiffres ou _, 30 au plus.")
    return username


async def create_member(
    request: web.Request, newcomer: Newcomer, *, role: Role, commune: Commune | None, confirmed: bool
) -> Account:
    """Create the account with its actor and keys. Raises Conflict whose `field` is `username` or `email`."""
    instance = request.app[INSTANCE]
    password_hash = await hash_password(newcomer.password)
    key_pairs = await make_key_pairs(instance.settings)
    async with transaction(instance.pool) as conn:
        actor = await register(
            conn,
            instance.site,
            username=newcomer.username,
            email=newcomer.email,
            password_hash=password_hash,
            role=role,
            language=reader_language(request),
            name=newcomer.name,
            confirmed=confirmed,
            key_pairs=key_pairs,
        )
        if commune is not None:
            await settle(conn, actor, commune)
        return await accounts.get(conn, actor.id)


def tell_conflict(form: Form, conflict: Conflict) -> None:
    """Say at the right field what was taken meanwhile or before."""
    if conflict.field == "email":
        form.fail("email", "Cette adresse a déjà un compte ici. Connectez-vous, ou demandez un lien à votre coop.")
    else:
        form.fail("username", "Ce nom est déjà pris. Essayez avec un chiffre ou votre commune.")
