"""`declic members list|approve|refuse|role|export|reset-factors`; the others stand in `sanctions` and `invitations`."""

from __future__ import annotations

import asyncio
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import click

from models.people.accounts import ROLES
from web.commands.imports import when_used
from web.commands.runner import CommandFailed, print_err, print_out, run, working_instance
from web.commands.team.accounts import find_account
from web.commands.team.french_names import BilingualGroup
from web.commands.team.invitations import invite
from web.commands.team.sanctions import suspend, unsuspend
from web.commands.team.tables import print_rows

with when_used():
    from federation.own_keys import key_pairs
    from models.moderation import journal
    from models.people import accounts, sign_ups
    from models.people.arrivals.answer_mails import TeamAnswer
    from models.personal_data import export_archives
    from models.store import database
    from outbox.people import accounts as outbox
    from web.actions import team
    from web.mail import account_mails
    from web.personal_export import job, storage

if TYPE_CHECKING:
    from models.people.accounts import Account
    from models.people.sign_ups import SignUp
    from models.store.database import Connection
    from web.commands.team.tables import Cell

COLUMNS = ("name", "roles", "state", "last_seen", "display_name", "email")

STEP = 500


@click.group(cls=BilingualGroup)
def members() -> None:
    """Who belongs here: let in, trusted, suspended, helped to log in."""


members.add_command(suspend)
members.add_command(unsuspend)
members.add_command(invite)


@members.command("list")
@click.option("--search", default="", help="A part of the name, the user name or the address.")
@click.option("--role", type=click.Choice(["member", *ROLES]), help="Those alone who hold it; member: who holds none.")
@click.option("--state", type=click.Choice(["full", "waiting", "suspended"]), help="Those alone.")
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
def list_members(search: str, role: str | None, state: str | None, *, as_json: bool) -> None:
    """Print the members, a line each, and who asks to join."""
    run(_list_members(search, role, state, as_json=as_json))


async def _list_members(search: str, role: str | None, state: str | None, *, as_json: bool) -> None:
    found: list[Account] = []
    async with working_instance() as instance, database.connection(instance.pool) as conn:
        while len(step := await accounts.list_accounts(conn, search=search, limit=STEP, offset=len(found))) == STEP:
            found += step
        asked = await sign_ups.list_waiting(conn) if role is None and state in (None, "waiting") else []
    rows: list[dict[str, Cell]] = [
        {
            "name": one.username,
            "roles": _name_roles(one),
            "state": one.standing,
            "last_seen": one.last_seen_at,
            "display_name": one.name,
            "email": one.email,
        }
        for one in found + step
        if _has_role(one, role) and state in (None, one.standing)
    ]
    print_rows([*rows, *(_describe_asked(one) for one in asked if search in one.username)], COLUMNS, as_json=as_json)


def _has_role(one: Account, role: str | None) -> bool:
    return role is None or (role in one.roles if role != "member" else not one.roles)


def _name_roles(one: Account) -> list[str]:
    """What she is trusted with; a local authority is named in the same column, since it holds none."""
    return ["authority"] if one.authority else [str(role) for role in one.roles]


def _describe_asked(one: SignUp) -> dict[str, Cell]:
    return {
        "name": one.username,
        "roles": [],
        "state": "asks to join",
        "last_seen": None,
        "display_name": one.name,
        "email": one.email,
    }


@members.command("approve")
@click.argument("name")
def approve_member(name: str) -> None:
    """Let in who asked to join; prints the name. A mail asks for a confirmation of the address, where mails leave."""
    run(_approve_member(name.removeprefix("@")))


async def _approve_member(name: str) -> None:
    async with working_instance() as instance:
        mail = instance.settings.smtp_url is not None
        pairs = await key_pairs.make_key_pairs(instance.settings)
        async with database.transaction(instance.pool) as conn:
            asked = await _find_asked(conn, name)
            await outbox.approve_sign_up(
                conn, instance.site, asked.id, TeamAnswer(), key_pairs=pairs, confirmed=not mail
            )
        print_out(name)


@members.command("refuse")
@click.argument("name")
@click.option("--dry-run", is_flag=True, help="Say what would be lost, and change nothing.")
def refuse_member(name: str, *, dry_run: bool) -> None:
    """Take a request to join off the list, for ever; prints the name."""
    run(_refuse_member(name.removeprefix("@"), dry_run=dry_run))


async def _refuse_member(name: str, *, dry_run: bool) -> None:
    async with working_instance() as instance, database.transaction(instance.pool) as conn:
        asked = await _find_asked(conn, name)
        if dry_run:
            print_err(f"This would remove the request of {asked.name or name}, made {asked.asked_at:%Y-%m-%d}.")
        else:
            await outbox.reject_sign_up(conn, asked.id, TeamAnswer())
        print_out(name)


async def _find_asked(conn: Connection, name: str) -> SignUp:
    for one in await sign_ups.list_waiting(conn):
        if one.username == name:
            return one
    raise CommandFailed(f"Nobody named {name} asks to join; `declic members list --state waiting` lists who does.")


@members.command("role")
@click.argument("name")
@click.argument("held", nargs=-1, required=True, type=click.Choice(["member", *ROLES]))
def set_role(name: str, held: tuple[str, ...]) -> None:
    """Trust a member with these roles alone (member: with none); prints them."""
    if "member" in held and len(held) > 1:
        raise click.UsageError("member means without any role: give it alone, or leave it out.")
    run(_set_role(name.removeprefix("@"), held))


async def _set_role(name: str, held: tuple[str, ...]) -> None:
    async with working_instance() as instance, database.transaction(instance.pool) as conn:
        found = await find_account(conn, instance.site, name)
        chosen = accounts.order_roles(held)
        await team.change_roles(conn, instance.site, found, chosen, by=None)
        print_out(" ".join(chosen) or "member")


@members.command("export")
@click.argument("name")
@click.option("--to", "target", required=True, type=click.Path(dir_okay=False, path_type=Path), help="A new zip file.")
def export_member(name: str, target: Path) -> None:
    """Write all that a member may take along into a file; prints its path. A mail tells the member."""
    if target.exists():
        raise click.UsageError(f"{target} is there already.")
    if not os.access(target.parent, os.W_OK | os.X_OK):
        raise click.UsageError(f"There is no folder {target.parent} that can be written to.")
    run(_export_member(name.removeprefix("@"), target))


async def _export_member(name: str, target: Path) -> None:
    async with working_instance() as instance:
        async with database.transaction(instance.pool) as conn:
            found = await find_account(conn, instance.site, name)
            id = await export_archives.ask(conn, found.actor_id)
            await journal.record(conn, "account_exported", by=None, right="members", about_id=found.actor_id)
        if id is not None:
            await job.make_archive(instance, {"archive_id": id})
        async with database.connection(instance.pool) as conn:
            archive = await export_archives.find_of(conn, found.actor_id)
        path = storage.find_storage(instance.settings).find(archive.file_key or "") if archive is not None else None
        if path is None:
            raise CommandFailed("The archive could not be made just now: the server's log says why.")
        try:
            await asyncio.to_thread(_copy, path, target)
        except OSError as error:
            raise CommandFailed(f"{target} could not be written: {error.strerror}") from error
        print_out(str(target))


@members.command("reset-factors")
@click.argument("name")
def reset_factors(name: str) -> None:
    """Let a member in without the second proof that was lost; a mail tells the member. Prints the name."""
    run(_reset_factors(name.removeprefix("@")))


async def _reset_factors(name: str) -> None:
    async with working_instance() as instance, database.transaction(instance.pool) as conn:
        found = await find_account(conn, instance.site, name)
        if not await account_mails.reset_factors(conn, found.actor_id):
            raise CommandFailed(f"{name} has no second factor; the first proof lets in already.")
        print_out(name)


def _copy(source: Path, target: Path) -> None:
    """For whoever runs the server alone."""
    shutil.copyfile(source, target)
    target.chmod(0o600)
