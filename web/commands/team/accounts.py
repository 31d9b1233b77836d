"""Whom a command names: a member by her name, or by the handle that other commands print."""

from __future__ import annotations

from typing import TYPE_CHECKING

from web.commands.imports import when_used
from web.commands.runner import CommandFailed

with when_used():
    from models.people import accounts

if TYPE_CHECKING:
    from models.people.accounts import Account
    from models.settings import Site
    from models.store.database import Connection


async def find_account(conn: Connection, site: Site, name: str) -> Account:
    """The member of this name, also with our host behind it. Raises CommandFailed."""
    username, _, host = name.partition("@")
    ours = not host or host.lower() == site.host
    found = await accounts.find_by_username(conn, username) if ours else None
    if found is None:
        raise CommandFailed(f"There is no member named {name} here; `declic members list` names them.")
    return found
