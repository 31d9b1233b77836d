"""`declic account create|link|authority|reset-second-factor|alias|move|free-name|delete`, `declic token create`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, TextIO

import click

from models.access import tokens
from models.access.one_time_links import Purpose
from models.people import accounts, actors, name_rest
from models.people.accounts import ROLES, Role
from models.people.actors import Actor
from models.store.database import connection, transaction
from web.commands.imports import when_used
from web.commands.runner import CommandFailed, print_err, print_out, run, working_instance
from web.commands.team.french_names import BilingualGroup

with when_used():
    from federation.discovery import remote
    from federation.own_keys import key_pairs
    from models.traffic import restoration_words
    from outbox.people import account_moves
    from outbox.people import accounts as outbox
    from web.actions import team
    from web.forms import form
    from web.mail import account_mails
    from web.middlewares import work_signals
    from web.security import one_time_links, passwords

if TYPE_CHECKING:
    from federation.instance import Instance
    from web.security.passwords import Fault

FAULTS: dict[Fault, str] = {
    "short": "A password has at least {0} characters: a few words will do.",
    "long": "A password has at most {1} characters.",
    "common": "This password is too easy to guess; choose a few words that have nothing to do with each other.",
}

OPENS = {
    True: "the profile of a local authority says so, and the figures that are not published are open to it.",
    False: "an account like others reads the figures alone that are published.",
}


@click.group(cls=BilingualGroup)
def account() -> None:
    """Members' accounts."""


@account.command("create")
@click.argument("name")
@click.option("--email", required=True, help="The address of the person; never shown to others.")
@click.option(
    "--password",
    prompt="Password",
    prompt_required=False,
    hide_input=True,
    confirmation_prompt=True,
    help="Without a value it is asked for. Without a password, a link for a first log-in is shown.",
)
@click.option("--password-file", type=click.File(), help="A file whose first line is the password; - for stdin.")
@click.option(
    "--role",
    "roles",
    type=click.Choice(["member", *ROLES]),
    multiple=True,
    help="What the member is trusted with; may be said several times.",
)
@click.option("--place", is_flag=True, help="A place that people come to, with an address and hours; else a person.")
@click.option(
    "--despite-loss",
    is_flag=True,
    help="Give the name out although the instance was restored a moment ago: you know that nobody had it since.",
)
def create_account(
    name: str, email: str, password: str | None, password_file: TextIO | None, roles: tuple[str, ...], **how: bool
) -> None:
    """Create an account; prints the actor's id."""
    if _is_on_the_line("--password", password):
        print_err(
            "Warning: everybody on this machine sees what stands on a command line, and this version is the last to "
            "take a password there: say --password alone, or --password-file."
        )
    if password_file is not None:
        password = password_file.readline().rstrip("\r\n")
    if not form.EMAIL.fullmatch(email.lower()):
        raise click.UsageError(f"{email} is not an e-mail address.")
    fault = None if password is None else passwords.find_fault(password, name, email)
    if fault is not None:
        raise click.UsageError(FAULTS[fault].format(passwords.MINIMUM, passwords.MAXIMUM))
    run(_create_account(name.removeprefix("@"), email, password, accounts.order_roles(roles), **how))


def _is_on_the_line(option: str, value: str | None) -> bool:
    """Whether a secret was given on the command line, where it was not asked for."""
    return value is not None and any(part in {value, f"{option}={value}"} for part in sys.argv)


async def _create_account(
    name: str, email: str, password: str | None, roles: list[Role], *, place: bool, despite_loss: bool
) -> None:
    async with working_instance() as instance:
        accounts.require_username(name)
        if not despite_loss:
            await _require_given_out(instance)
        password_hash = None if password is None else await passwords.hash_password(password)
        pairs = await key_pairs.make_key_pairs(instance.settings)
        async with transaction(instance.pool) as conn:
            actor = await outbox.register(
                conn,
                instance.site,
                key_pairs=pairs,
                username=name,
                email=email,
                password_hash=password_hash,
                roles=roles,
                language=instance.site.languages[0],
                place=place,
                despite_loss=despite_loss,
            )
            link = None if password else await one_time_links.make_member_link(conn, instance.site, actor.id)
        if link is not None:
            print_err(f"First log-in, within two days: {link}")
        print_out(actor.uri)


async def _require_given_out(instance: Instance) -> None:
    async with connection(instance.pool) as conn:
        end = await name_rest.find_end(conn)
    if end is not None:
        raise CommandFailed(
            f"This instance was restored from a backup a moment ago: no new name is given out before {end:%H:%M} "
            "UTC, or before the other servers have said which accounts were lost. With --despite-loss it is: say so "
            "only where you know that nobody had this name since."
        )


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
            raise CommandFailed(f"There is no account named {name} here; `declic account create {name}` makes one.")
        print_out(await one_time_links.make_member_link(conn, instance.site, found.actor_id, purpose))


@account.command("free-name")
@click.argument("name", required=False)
def free_name(name: str | None) -> None:
    """Let a NAME be given again that is kept since a restoration, because another server spoke of it.

    Without NAME: which are kept, and which server spoke of each.
    """
    run(_free_name(None if name is None else name.removeprefix("@")))


async def _free_name(name: str | None) -> None:
    async with working_instance() as instance, transaction(instance.pool) as conn:
        if name is None:
            for line in await restoration_words.list_names(conn):
                print_out(line)
        elif await restoration_words.give_back(conn, name) is None:
            raise CommandFailed(f"{name} is not kept because another server spoke of it; without NAME: which are.")
        else:
            print_out(name)


@account.command("authority")
@click.argument("name")
@click.option("--end", "--fin", "ends", is_flag=True, help="It is no more; what it published and follows stays.")
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
def authority_account(name: str, *, ends: bool, dry_run: bool) -> None:
    """Say that an account is that of a local authority: it reads the figures and lets nobody in. Prints the name."""
    run(_authority_account(name.removeprefix("@"), ends=ends, dry_run=dry_run))


async def _authority_account(name: str, *, ends: bool, dry_run: bool) -> None:
    async with working_instance() as instance:
        async with transaction(instance.pool) as conn:
            found = await accounts.find_by_username(conn, name)
            if found is None:
                raise CommandFailed(f"There is no account named {name} here; `declic account create {name}` makes one.")
            if dry_run:
                print_err(f"{name} {'would change' if found.authority is ends else 'is so already'}: {OPENS[not ends]}")
            else:
                await team.change_authority(conn, instance.site, found, authority=not ends, by=None)
        await work_signals.notify_work(instance.pool)
        print_out(name)


@account.command("reset-second-factor")
@click.argument("name")
def reset_account(name: str) -> None:
    """Let a member in without the second proof that was lost; a mail tells the member. Prints the name."""
    run(_reset_account(name.removeprefix("@")))


async def _reset_account(name: str) -> None:
    async with working_instance() as instance:
        member = await _find_member(instance, name)
        async with transaction(instance.pool) as conn:
            if not await account_mails.reset_factors(conn, member.id):
                raise CommandFailed(f"{name} has no second factor; the first proof lets in already.")
        print_out(name)


@account.command("alias")
@click.argument("name")
@click.argument("handle")
def alias_account(name: str, handle: str) -> None:
    """Say that an account elsewhere is the same person's, who may then move here from there; prints its id."""
    run(_alias_account(name.removeprefix("@"), handle))


async def _alias_account(name: str, handle: str) -> None:
    async with working_instance() as instance:
        member = await _find_member(instance, name)
        other = await remote.resolve_handle(instance, handle)
        async with transaction(instance.pool) as conn:
            await account_moves.add_alias(conn, instance.site, member, other)
        await work_signals.notify_work(instance.pool)
        print_out(other.uri)


@account.command("move")
@click.argument("name")
@click.argument("handle")
def move_account(name: str, handle: str) -> None:
    """Move a member to @user@host, which has to name this account as an alias; prints the new id."""
    run(_move_account(name.removeprefix("@"), handle))


async def _move_account(name: str, handle: str) -> None:
    async with working_instance() as instance:
        member = await _find_member(instance, name)
        target = await account_moves.find_target(instance, member, handle)
        async with transaction(instance.pool) as conn:
            await account_moves.move(conn, instance.site, member, target)
        await work_signals.notify_work(instance.pool)
        print_out(target.uri)


@account.command("delete")
@click.argument("name")
@click.option("--yes", "is_meant", is_flag=True, help="Do it: without this, nothing is changed.")
def delete_account(name: str, *, is_meant: bool) -> None:
    """End a member's account for ever, and tell everybody who may know it; prints its id."""
    run(_delete_account(name.removeprefix("@"), is_meant=is_meant))


async def _delete_account(name: str, *, is_meant: bool) -> None:
    async with working_instance() as instance:
        member = await _find_member(instance, name)
        if not is_meant:
            raise CommandFailed(
                f"This ends {member.handle} for ever, and the name stays taken: repeat with --yes to do it."
            )
        async with transaction(instance.pool) as conn:
            await outbox.delete(conn, instance.site, member)
        await work_signals.notify_work(instance.pool)
        print_out(member.uri)


async def _find_member(instance: Instance, name: str) -> Actor:
    async with connection(instance.pool) as conn:
        found = await accounts.find_by_username(conn, name)
        if found is None:
            raise CommandFailed(f"There is no account named {name} here; `declic account create {name}` makes one.")
        return await actors.get(conn, found.actor_id)


@click.group(cls=BilingualGroup)
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
            raise CommandFailed(f"There is no account named {name} here; `declic account create {name}` makes one.")
        print_out(await tokens.create(conn, actor_id=actor.id, scopes=scopes, application_name="declic token create"))
