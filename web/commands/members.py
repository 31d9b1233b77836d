"""`declic account create`, `declic account link`, `declic token create`."""

import click

from federation.key_pairs import make_key_pairs
from models import accounts, actors, tokens
from models.accounts import ROLES, Role
from models.database import transaction
from models.errors import Invalid
from models.links import Purpose
from outbox.accounts import register
from web.commands.running import Refused, run, say, tell, working_instance
from web.forms import EMAIL
from web.links import make_member_link
from web.passwords import MAXIMUM, hash_password


@click.group()
def account() -> None:
    """Members' accounts."""


@account.command("create")
@click.argument("name")
@click.option("--email", required=True, help="The address of the person; never shown to others.")
@click.option("--password", help="Without one, a link for a first log-in is shown.")
@click.option("--role", type=click.Choice(ROLES), default="member", show_default=True)
def create_account(name: str, email: str, password: str | None, role: Role) -> None:
    """Create an account; prints the actor's id."""
    if not EMAIL.fullmatch(email.lower()):
        raise Invalid(f"{email} is not an e-mail address.")
    if password is not None and not 0 < len(password) <= MAXIMUM:
        raise Invalid(f"A password has 1 to {MAXIMUM} characters.")
    run(_create_account(name.removeprefix("@"), email, password, role))


async def _create_account(name: str, email: str, password: str | None, role: Role) -> None:
    async with working_instance() as instance:
        accounts.require_username(name)
        password_hash = None if password is None else await hash_password(password)
        key_pairs = await make_key_pairs(instance.settings)
        async with transaction(instance.pool) as conn:
            actor = await register(
                conn,
                instance.site,
                key_pairs=key_pairs,
                username=name,
                email=email,
                password_hash=password_hash,
                role=role,
                language=instance.site.languages[0],
            )
            link = None if password else await make_member_link(conn, instance.site, actor.id)
        if link is not None:
            say(f"First log-in, within two days: {link}")
        tell(actor.uri)


@account.command("link")
@click.argument("name")
@click.option("--enter-only", is_flag=True, help="The link lets in without a new password.")
def link_account(name: str, *, enter_only: bool) -> None:
    """Make a link with which a member enters once, within two days; prints it."""
    run(_link_account(name.removeprefix("@"), "login" if enter_only else "password"))


async def _link_account(name: str, purpose: Purpose) -> None:
    async with working_instance() as instance, transaction(instance.pool) as conn:
        found = await accounts.find_by_username(conn, name)
        if found is None:
            raise Refused(f"There is no account named {name} here; `declic account create {name}` makes one.")
        tell(await make_member_link(conn, instance.site, found.actor_id, purpose))


@click.group()
def token() -> None:
    """Tokens for apps and scripts."""


@token.command("create")
@click.argument("name")
@click.option("--scopes", default="read write follow push", show_default=True)
def create_token(name: str, scopes: str) -> None:
    """Create a token for an account; prints it, this once."""
    run(_create_token(name.removeprefix("@"), scopes.split()))


async def _create_token(name: str, scopes: list[str]) -> None:
    async with working_instance() as instance, transaction(instance.pool) as conn:
        actor = await actors.find_local(conn, name)
        if actor is None or await accounts.find(conn, actor.id) is None:
            raise Refused(f"There is no account named {name} here; `declic account create {name}` makes one.")
        tell(await tokens.create(conn, actor_id=actor.id, scopes=scopes, application_name="declic token create"))
