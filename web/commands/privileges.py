"""Root becomes the account that the data belong to: what root leaves there, the server could not use."""

import os
import pwd
from pathlib import Path
from typing import TYPE_CHECKING

import click

from models.errors import DeclicError
from models.lazy import LazyModule, read_delayed
from web.commands.installed_settings import Installed

if TYPE_CHECKING:
    from models.store.postgres import account
else:
    account = LazyModule("models.store.postgres.account")

CODE = (os.__file__, click.__file__, __file__)
"""Of Python, of the libraries and of ours one file each: the others are beside them, and some are read only later."""


class WrongOwner(DeclicError):
    """The data belong to another account."""


def drop_privileges(data: Path, installed: Installed | None, *, creating: bool) -> str | None:
    """Go on as the account that `data` belong to, where we are root; its name, or None where nothing changed.

    A folder that is not there yet is made for the account of the installed service, where the command is `creating`
    one. Raises WrongOwner, and then nothing was touched.
    """
    if os.geteuid() != 0:
        return None
    user = None if installed is None else installed.user
    if not data.exists() and user not in (None, "root"):
        _make_for(data, user, creating=creating)
    if not data.exists():
        return None
    found = data.stat()
    if found.st_uid == 0:
        if user not in (None, "root"):
            raise WrongOwner(
                f"{data} belongs to root, and the service runs as {user}, which could not use what is done here: "
                f"chown -R {user}: {data}"
            )
        return None
    closed = _find_closed(found.st_uid, found.st_gid)
    if closed is not None:
        raise WrongOwner(
            f"{data} belongs to {account.describe_user(found.st_uid)}, who may not read {closed}, where this command "
            "is: take the one of the service, such as /opt/declic/venv/bin/declic."
        )
    read_delayed()
    _become(found.st_uid, found.st_gid)
    return os.environ["LOGNAME"]


def _find_closed(uid: int, gid: int) -> str | None:
    """What the account may not read of the program itself, so that it would fail in the middle."""
    os.setegid(gid)
    os.seteuid(uid)
    try:
        return next((path for path in CODE if not os.access(path, os.R_OK, effective_ids=True)), None)
    finally:
        os.seteuid(0)
        os.setegid(0)


def _make_for(data: Path, user: str | None, *, creating: bool) -> None:
    assert user is not None
    if not creating:
        raise WrongOwner(f"There is no instance in {data} yet: starting the service makes one.")
    try:
        entry = pwd.getpwnam(user)
    except KeyError:
        raise WrongOwner(f"The service runs as {user}, and there is no such account on this machine.") from None
    try:
        data.mkdir(mode=0o700)
        os.chown(data, entry.pw_uid, entry.pw_gid)
    except OSError as error:
        raise WrongOwner(f"The data folder {data} cannot be made: {error.strerror}.") from None


def _become(uid: int, gid: int) -> None:
    """The account and its groups, its home, and files that nobody else reads."""
    try:
        entry = pwd.getpwuid(uid)
        name, home = entry.pw_name, entry.pw_dir
        os.initgroups(name, entry.pw_gid)
    except KeyError:
        name, home = f"the account {uid}", "/"
        os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)
    os.umask(0o077)
    os.environ.update({"HOME": home, "USER": name, "LOGNAME": name})
